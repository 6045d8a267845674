//! What DNS answered: the plain data that everything else is a function of.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use lr_net::Failure;
use serde::{Deserialize, Serialize};

/// A question to DNS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Question {
    /// The name, lower case, without a trailing dot.
    pub name: String,
    /// The type.
    pub rtype: RecordType,
}

impl Question {
    /// A question; the name is normalised.
    #[must_use]
    pub fn new(name: &str, rtype: RecordType) -> Self {
        Self { name: normal(name), rtype }
    }
}

/// The record types that matter to mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum RecordType {
    /// Text.
    Txt,
    /// Mail exchanges.
    Mx,
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Names of an address.
    Ptr,
    /// Certificates of a TLS server (RFC 6698).
    Tlsa,
    /// The record type that SPF once had (type 99, RFC 7208, section 3.1).
    Spf,
}

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Answer {
    /// There are records.
    Records {
        /// The names that CNAME records led through, ending in the owner of the data; empty
        /// without aliases.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        aliases: Vec<String>,
        /// The records, in the order of the answer.
        data: Vec<Data>,
        /// Whether the resolver has validated them with DNSSEC; only asked for where it matters.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        authentic: bool,
    },
    /// The name, or the end of its alias, exists but has no such records.
    NoData,
    /// The name, or the end of its alias, does not exist.
    NxDomain {
        /// The end of the alias, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alias: Option<String>,
    },
    /// Not a name that can be asked for: an empty label, or one of more than 63 bytes.
    NotAName,
    /// There was no answer. No verdict on the domain.
    Failed {
        /// Why.
        failure: Failure,
    },
}

impl Answer {
    /// Records without aliases.
    #[must_use]
    pub fn records(data: impl IntoIterator<Item = Data>) -> Self {
        Self::Records { aliases: Vec::new(), data: data.into_iter().collect(), authentic: false }
    }

    /// The data, in the order of the answer.
    pub fn data(&self) -> impl Iterator<Item = &Data> {
        match self {
            Self::Records { data, .. } => data.as_slice(),
            _ => &[],
        }
        .iter()
    }

    /// The texts in it.
    pub fn texts(&self) -> impl Iterator<Item = &TxtRecord> {
        self.data().filter_map(|data| match data {
            Data::Txt(text) => Some(text),
            _ => None,
        })
    }

    /// The addresses in it.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.data().filter_map(|data| match data {
            Data::Address(ip) => Some(*ip),
            _ => None,
        })
    }

    /// Whether there is nothing: a void lookup in the sense of RFC 7208, section 4.6.4.
    #[must_use]
    pub fn is_void(&self) -> bool {
        match self {
            Self::NoData | Self::NxDomain { .. } | Self::NotAName => true,
            Self::Records { data, .. } => data.is_empty(),
            Self::Failed { .. } => false,
        }
    }

    /// Why there was no answer, if there was none.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure } => Some(failure),
            _ => None,
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Data {
    /// A text.
    Txt(TxtRecord),
    /// A mail exchange.
    Mx {
        /// Lower is tried first.
        preference: u16,
        /// Host name without a trailing dot; `.` for the null MX of RFC 7505.
        exchange: String,
    },
    /// An address.
    Address(IpAddr),
    /// The name that an address has.
    Name(String),
    /// What certificate a TLS server must have (RFC 6698, section 2.1).
    Tlsa {
        /// Certificate usage.
        usage: u8,
        /// The certificate, or its key alone.
        selector: u8,
        /// How it is matched.
        matching: u8,
        /// The data in hexadecimal digits.
        data: String,
    },
}

/// A TXT record: its character-strings, each byte as the character of that number (so that plain
/// ASCII reads as itself and nothing is lost).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TxtRecord {
    strings: Vec<String>,
}

impl TxtRecord {
    /// A record of these character-strings.
    pub fn new<S: AsRef<[u8]>>(strings: impl IntoIterator<Item = S>) -> Self {
        let latin = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect();
        Self { strings: strings.into_iter().map(|string| latin(string.as_ref())).collect() }
    }

    /// All strings joined without anything between them, as SPF, DKIM and DMARC read them.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let chars = self.strings.iter().flat_map(|string| string.chars());
        chars.map(|char| u8::try_from(char).unwrap_or(b'?')).collect()
    }

    /// For people.
    #[must_use]
    pub fn joined(&self) -> String {
        self.strings.concat()
    }
}

/// All questions that were asked, with what became of them. None is in it twice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers {
    names: BTreeMap<String, BTreeMap<RecordType, Answer>>,
}

impl Answers {
    /// Keeps an answer, in place of an earlier one to the same question.
    pub fn insert(&mut self, question: Question, answer: Answer) {
        self.names.entry(question.name).or_default().insert(question.rtype, answer);
    }

    /// The answer for a name, if it was asked for.
    #[must_use]
    pub fn get(&self, name: &str, rtype: RecordType) -> Option<&Answer> {
        match name.ends_with('.') || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => self.names.get(&normal(name))?.get(&rtype),
            false => self.names.get(name)?.get(&rtype),
        }
    }

    /// How many questions were asked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.values().map(BTreeMap::len).sum()
    }

    /// Whether nothing was asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Everything asked, in order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, RecordType, &Answer)> {
        self.names.iter().flat_map(|(name, answers)| {
            answers.iter().map(move |(rtype, answer)| (name.as_str(), *rtype, answer))
        })
    }
}

/// Answers to read from, and a list of what is still to be asked.
///
/// Every view of a domain (its SPF tree, its DMARC policy, its keys, its mail hosts) is a pure
/// function that reads answers through this. What it misses becomes the next wave of questions, so
/// what is asked and what is judged cannot drift apart.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    answers: &'a Answers,
    open: BTreeSet<Question>,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(answers: &'a Answers) -> Self {
        Self { answers, open: BTreeSet::new() }
    }

    /// The answer, or a note that it is wanted.
    pub(crate) fn get(&mut self, name: &str, rtype: RecordType) -> Option<&'a Answer> {
        let answer = self.answers.get(name, rtype);
        if answer.is_none() {
            self.open.insert(Question::new(name, rtype));
        }
        answer
    }

    pub(crate) fn answers(&self) -> &'a Answers {
        self.answers
    }

    /// What another view of the same answers is missing.
    pub(crate) fn want(&mut self, open: BTreeSet<Question>) {
        self.open.extend(open);
    }

    pub(crate) fn into_open(self) -> BTreeSet<Question> {
        self.open
    }
}

fn normal(name: &str) -> String {
    match name {
        "." => ".".to_owned(),
        _ => name.trim_end_matches('.').to_ascii_lowercase(),
    }
}
