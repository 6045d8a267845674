use std::fmt;

use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::address::{addresses, domain};
use super::align::{self, SpfSeen};
use super::envelope::Envelope;
use super::links::Hosts;
use super::read::Message;
use super::verify::{Signed, Verifier, signatures};
use super::{
    Algorithm, Bulk, Canonicalization, DkimResult, Dmarc, Fault, Hint, Links, Peculiarity, key,
};
use crate::answers::{Answers, Ask, RecordType};
use crate::spf::{self, Client, Evaluation};
use crate::{SpfResult, dmarc};

/// What was seen of a message: everything that the rules look at, and nothing of its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Seen {
    /// What the message is called, such as the name of its file.
    #[serde(default)]
    pub name: String,
    /// When it was looked at; signatures expire.
    pub at: Timestamp,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// What is unusual about the file.
    pub notes: Vec<Peculiarity>,
    /// Who it says it is from.
    pub from: Sender,
    /// Header fields that must be there and are not (RFC 5322, section 3.6).
    pub missing: Vec<String>,
    /// Header fields that are there more than once and must not be.
    pub repeated: Vec<String>,
    /// Who handed it in.
    pub envelope: Envelope,
    /// Its signatures, topmost first.
    pub signatures: Vec<Signature>,
    /// Signatures beyond those that were looked at.
    pub more_signatures: usize,
    /// SPF of the host that handed it in; `None` where the envelope does not say enough.
    pub spf: Option<Spf>,
    /// DMARC; `None` where the From field names no single domain.
    pub dmarc: Option<Dmarc>,
    /// How to unsubscribe.
    pub bulk: Bulk,
    /// Where its links lead.
    pub links: Links,
}

impl Seen {
    /// The best result of its signatures; `None` if there are none.
    #[must_use]
    pub fn dkim(&self) -> Option<DkimResult> {
        self.signatures.iter().map(|signature| signature.result).min()
    }
}

/// The From field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sender {
    /// How many From fields there are.
    pub fields: usize,
    /// The addresses in them.
    pub addresses: Vec<String>,
    /// The one domain that they have, lower case; `None` if there is none, or several.
    pub domain: Option<String>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Signature {
    /// `d`: in the name of which domain.
    pub domain: String,
    /// `s`: with which key.
    pub selector: String,
    /// `a`, where it is one that may be used.
    pub algorithm: Option<Algorithm>,
    /// `c`: the canonical form of the header fields.
    pub header_form: Canonicalization,
    /// `c`: the canonical form of the body.
    pub body_form: Canonicalization,
    /// `h`: the names of the signed fields.
    pub signed: Vec<String>,
    /// The result.
    pub result: DkimResult,
    /// Length of the key, for RSA.
    pub key_bits: Option<usize>,
    /// Whether the signature over the header fields verifies, whatever became of the body; `None`
    /// where it could not be computed.
    pub is_header_intact: Option<bool>,
    /// Why it is not accepted; the first one decides.
    pub faults: Vec<Fault>,
    /// What is odd about it, whether it is accepted or not.
    pub remarks: Vec<Remark>,
    /// What would have to be otherwise for it to verify.
    pub hints: Vec<Hint>,
}

/// What is odd about a signature that may be accepted all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "remark", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Remark {
    /// Only a part of the body is signed (`l`), so that anything can be put after it.
    PartOfBody {
        /// How much, in bytes of the canonical form.
        signed: u64,
        /// How much there is.
        total: u64,
    },
    /// It was made in the future (`t`).
    FromTheFuture {
        /// When.
        at: Timestamp,
    },
    /// It ends (`x`) before it was made (`t`).
    EndsBeforeItBegins,
    /// The key is marked as a test (`t=y`): receivers may treat the message as unsigned.
    TestingKey,
    /// There are several keys at the selector; which one a verifier takes is chance.
    SeveralKeys {
        /// How many.
        count: usize,
    },
    /// The key is a bare RSAPublicKey, which some verifiers do not read.
    BareKey,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartOfBody { signed, total } => {
                write!(f, "only {signed} of {total} bytes of the body are signed (`l={signed}`)")
            }
            Self::FromTheFuture { at } => write!(f, "it was made in the future, at {at}"),
            Self::EndsBeforeItBegins => f.write_str("it ends (`x`) before it was made (`t`)"),
            Self::TestingKey => f.write_str("the key is marked as a test (`t=y`)"),
            Self::SeveralKeys { count } => write!(f, "there are {count} keys at the selector"),
            Self::BareKey => f.write_str("the key is a bare RSAPublicKey (PKCS#1)"),
        }
    }
}

/// SPF of the host that handed the message in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spf {
    /// The result.
    pub result: SpfResult,
    /// The domain that was looked at.
    pub domain: String,
    /// The term that decided, if one did.
    pub term: Option<String>,
    /// Why the result is an error, if it is.
    pub error: Option<String>,
}

/// A message and everything about it that needs no answer from DNS.
pub(super) struct Reading<'m> {
    message: &'m Message<'m>,
    from: Sender,
    envelope: Envelope,
    client: Option<Client>,
    signatures: Vec<Signed<'m>>,
    hosts: Hosts,
}

impl<'m> Reading<'m> {
    pub(super) fn of(message: &'m Message<'m>, envelope: &Envelope) -> Self {
        let envelope = envelope.completed(message);
        let client = client(&envelope);
        Self {
            from: from(message),
            client,
            envelope,
            signatures: signatures(message),
            hosts: Hosts::of(message),
            message,
        }
    }

    /// Asks for everything that [`Self::see`] will look at, as far as it is known yet.
    pub(super) fn ask(&self, ask: &mut Ask<'_>) {
        for signed in &self.signatures {
            if let Some(name) = key_name(signed) {
                ask.get(&name, RecordType::Txt);
                align::organization(ask, &signed.tags.domain);
            }
        }
        if let Some(evaluation) = self.evaluate(ask.answers()) {
            let domain = evaluation.domain.to_lowercase();
            ask.want(evaluation.open);
            if domain.contains('.') {
                align::organization(ask, &domain);
            }
        }
        let organization = self.from.domain.as_ref().map(|from| {
            dmarc::walk(ask, from);
            align::organization(ask, from).domain
        });
        self.hosts.judge(ask, self.sender(), organization.as_deref().unwrap_or_default());
    }

    fn evaluate(&self, answers: &Answers) -> Option<Evaluation> {
        self.client.as_ref().map(|client| spf::evaluate(client, answers))
    }

    fn sender(&self) -> &str {
        self.from.domain.as_deref().unwrap_or_default()
    }

    /// Brings everything together.
    pub(super) fn see(self, answers: &Answers, now: Timestamp) -> Seen {
        let ask = &mut Ask::new(answers);
        let mut verifier = Verifier::new(self.message, now);
        let verify = |signed: &Signed<'_>| {
            let name = key_name(signed);
            let answer = name.as_ref().and_then(|name| answers.get(name, RecordType::Txt));
            verifier.verify(signed, answer)
        };
        let found: Vec<Signature> = self.signatures.iter().map(verify).collect();
        let spf = self.evaluate(answers).map(|evaluation| {
            let matched = evaluation.trace.iter().rev().find(|term| term.matched == Some(true));
            Spf {
                result: evaluation.result,
                domain: evaluation.domain.to_lowercase(),
                term: matched.map(|term| format!("{} at {}", term.term, term.domain)),
                error: evaluation.error,
            }
        });
        let verdict = self.from.domain.as_ref().map(|from| {
            let seen = spf.as_ref().map(|spf| SpfSeen { domain: &spf.domain, result: spf.result });
            align::judge(ask, from, &found, seen.as_ref())
        });
        let organization = verdict.as_ref().map_or("", |dmarc| dmarc.organization.as_str());
        let links = self.hosts.judge(ask, self.sender(), organization);
        let message = self.message;
        let all = message.all("dkim-signature").count();
        Seen {
            name: "message".to_owned(),
            at: now,
            bytes: message.bytes,
            notes: message.notes.clone(),
            missing: ["From", "Date", "Message-ID"]
                .into_iter()
                .filter(|name| message.all(name).next().is_none())
                .map(str::to_owned)
                .collect(),
            repeated: ONCE
                .iter()
                .copied()
                .filter(|name| message.all(name).nth(1).is_some())
                .map(str::to_owned)
                .collect(),
            bulk: Bulk::of(message, &found),
            more_signatures: all - found.len(),
            signatures: found,
            spf,
            dmarc: verdict,
            links,
            envelope: self.envelope,
            from: self.from,
        }
    }
}

/// Fields that may be there once (RFC 5322, section 3.6).
const ONCE: &[&str] = &[
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
];

/// Where to ask for the key of a signature, if its tags can be trusted that far.
fn key_name(signed: &Signed<'_>) -> Option<String> {
    let is_named = |fault: &Fault| match fault {
        Fault::TopLevelDomain { .. } => false,
        Fault::BadValue { tag, .. } | Fault::MissingTag { tag } => tag != "d" && tag != "s",
        _ => true,
    };
    signed.tags.faults.iter().all(is_named).then(|| key::name_of(&signed.tags))
}

fn from(message: &Message<'_>) -> Sender {
    let fields: Vec<String> = message.all("from").take(8).map(|field| field.text()).collect();
    let mut addresses: Vec<String> = fields.iter().flat_map(|field| addresses(field)).collect();
    addresses.truncate(64);
    let mut domains: Vec<Option<String>> = addresses.iter().map(|text| domain(text)).collect();
    domains.dedup();
    let domain = match domains.as_slice() {
        [Some(domain)] if domain.contains('.') => Some(domain.clone()),
        _ => None,
    };
    Sender { fields: message.all("from").count(), addresses, domain }
}

/// Who is to be looked at by SPF. A bounce has only the name given with HELO.
fn client(envelope: &Envelope) -> Option<Client> {
    let ip = envelope.client_ip?;
    let helo = envelope.helo.clone().unwrap_or_default();
    let sender = envelope.mail_from.as_ref()?;
    let name = sender.rsplit_once('@').map_or(helo.as_str(), |(_, host)| host);
    (!name.is_empty()).then(|| Client::new(ip, sender, &helo))
}
