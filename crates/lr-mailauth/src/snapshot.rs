use std::collections::BTreeSet;
use std::net::IpAddr;

use lr_core::{CheckError, ErrorKind};
use serde::{Deserialize, Serialize};

use crate::answers::{Answer, Answers, Ask, Question, RecordType};
use crate::record::At;
use crate::{bimi, dane, dkim, dmarc, mta_sts, mx, spf, tls_rpt};

/// What is to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MailConfig {
    /// The domain that mail is sent from, as in `info@domain`; as it stands in DNS.
    pub domain: String,
    /// DKIM selectors that are known to be in use.
    #[serde(default)]
    pub selectors: Vec<String>,
    /// Whether the domain is meant neither to send nor to receive mail.
    #[serde(default)]
    pub parked: bool,
    /// Whether the domain sends so much that mailbox providers hold it to their rules for bulk
    /// senders: Google, Yahoo and Microsoft, from 5000 messages a day on.
    #[serde(default)]
    pub bulk_sender: bool,
    /// Who may send: ids of [`crate::senders::PROVIDERS`], included domains, or address ranges. If
    /// there are any, nobody else may.
    #[serde(default)]
    pub approved: Vec<String>,
    /// Addresses that mail of the domain leaves from.
    #[serde(default)]
    pub sends_from: Vec<IpAddr>,
}

impl MailConfig {
    /// A domain, without further knowledge.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        Self { domain: crate::uri::ascii(domain), ..Self::default() }
    }

    /// Names, in addition, a DKIM selector that is in use.
    #[must_use]
    pub fn selector(mut self, name: &str) -> Self {
        self.selectors.push(name.trim().trim_end_matches('.').to_ascii_lowercase());
        self
    }

    /// Names, in addition, an address that mail of the domain leaves from.
    #[must_use]
    pub fn sends_from(mut self, address: IpAddr) -> Self {
        self.sends_from.push(address);
        self
    }

    /// Says whether the domain is meant neither to send nor to receive mail.
    #[must_use]
    pub fn parked(self, parked: bool) -> Self {
        Self { parked, ..self }
    }

    /// Says whether the domain is a bulk sender.
    #[must_use]
    pub fn bulk_sender(self, bulk_sender: bool) -> Self {
        Self { bulk_sender, ..self }
    }

    /// Names, in addition, who may send: the id of a provider, an included domain, or an address
    /// range such as `192.0.2.0/24`.
    #[must_use]
    pub fn approve(mut self, sender: &str) -> Self {
        self.approved.push(sender.trim().trim_end_matches('.').to_ascii_lowercase());
        self
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        if !is_name(&self.domain) || !self.domain.contains('.') {
            return Err(Error::Domain(self.domain.clone()));
        }
        if let Some(bad) = self.approved.iter().find(|sender| !crate::senders::is_sender(sender)) {
            return Err(Error::Sender(bad.clone()));
        }
        match self.selectors.iter().find(|selector| !is_name(selector)) {
            Some(selector) => Err(Error::Selector(selector.clone())),
            None => Ok(()),
        }
    }
}

/// Labels of at most 63 bytes without spaces and control characters; 230 bytes leave room for the
/// labels that are put in front.
fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
    };
    name.len() <= 230 && name.split('.').all(label)
}

/// What was seen of the mail set-up of a domain: every question to DNS and its answer.
///
/// The SPF tree, the DMARC policy, the keys and the mail hosts are pure functions of it, so it can
/// be kept, shipped, and judged again by newer rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// What was to be looked at.
    pub config: MailConfig,
    /// Every answer.
    pub answers: Answers,
    /// The policy of MTA-STS, if it was to be fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<mta_sts::Fetched>,
    /// Whether questions were left unasked because there were too many.
    #[serde(default)]
    pub is_cut: bool,
}

/// A result of SPF (RFC 7208, section 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SpfResult {
    /// There is no record.
    None,
    /// Nothing is said.
    Neutral,
    /// The sender is allowed.
    Pass,
    /// The sender is not allowed.
    Fail,
    /// The sender is probably not allowed.
    SoftFail,
    /// DNS did not answer.
    TempError,
    /// The record cannot be evaluated.
    PermError,
}

impl std::fmt::Display for SpfResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        })
    }
}

impl Snapshot {
    /// Gathers a snapshot from a source of answers that needs no network, such as zone files.
    ///
    /// ```
    /// use lr_mailauth::{Answer, Data, MailConfig, Snapshot, TxtRecord};
    ///
    /// let snapshot = Snapshot::gather(MailConfig::new("shop.test"), |question| {
    ///     match question.name.as_str() {
    ///         "shop.test" => Answer::records([Data::Txt(TxtRecord::new(["v=spf1 -all"]))]),
    ///         _ => Answer::NxDomain { alias: None },
    ///     }
    /// });
    /// assert_eq!(snapshot.spf().lookups, 0);
    /// ```
    #[must_use]
    pub fn gather(config: MailConfig, mut answer: impl FnMut(&Question) -> Answer) -> Self {
        let mut snapshot = Self::new(config);
        loop {
            let wave = snapshot.next_wave();
            if wave.is_empty() {
                return snapshot;
            }
            for question in wave {
                let answer = answer(&question);
                snapshot.answers.insert(question, answer);
            }
        }
    }

    pub(crate) fn new(config: MailConfig) -> Self {
        Self { config, answers: Answers::default(), policy: None, is_cut: false }
    }

    /// The questions whose answers are missing and can be asked at once.
    pub(crate) fn next_wave(&mut self) -> BTreeSet<Question> {
        let mut ask = Ask::new(&self.answers);
        let exists = self.view(&mut ask);
        let mut open = ask.into_open();
        if !exists {
            return BTreeSet::new();
        }
        let room = MAX_QUESTIONS.saturating_sub(self.answers.len());
        while open.len() > room {
            self.is_cut = true;
            open.pop_last();
        }
        open
    }

    /// Looks at everything; `false` if the domain does not exist, so that there is nothing to see.
    fn view(&self, ask: &mut Ask<'_>) -> bool {
        if self.is_missing() {
            return false;
        }
        let domain = &self.config.domain;
        let hosts = mx::walk(ask, domain);
        let tree = spf::walk(ask, domain);
        for address in self.config.sends_from.iter().take(MAX_SENDERS) {
            if self.config.bulk_sender {
                spf::reverse_names(ask, address.to_canonical());
            }
            ask.want(self.receive(*address).open);
        }
        let policy = dmarc::walk(ask, domain);
        // Where control panels that append the zone's name put the record.
        if policy.record.is_none() && policy.complete {
            ask.get(&doubled(domain), RecordType::Txt);
        }
        dmarc::reports(ask, &policy);
        if !self.config.parked {
            mta_sts::walk(ask, domain);
            tls_rpt::walk(ask, domain);
            bimi::walk(ask, domain);
            dane::walk(ask, &hosts);
            ask.get(domain, RecordType::Spf);
        }
        dkim::walk(ask, domain, &self.config.selectors, revealing(&tree, &hosts));
        true
    }

    /// Whether the domain does not exist.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        let answer = self.answers.get(&self.config.domain, RecordType::Txt);
        matches!(answer, Some(Answer::NxDomain { alias: None } | Answer::NotAName))
    }

    /// The SPF tree.
    #[must_use]
    pub fn spf(&self) -> spf::Audit {
        spf::audit(&self.answers, &self.config.domain)
    }

    /// What a receiver makes of the domain's mail from `address`.
    #[must_use]
    pub fn receive(&self, address: IpAddr) -> spf::Evaluation {
        let domain = &self.config.domain;
        let client = spf::Client::new(address, &format!("postmaster@{domain}"), domain);
        spf::evaluate(&client, &self.answers)
    }

    /// The names of a sending address; only asked for if the domain is a bulk sender.
    #[must_use]
    pub fn reverse_names(&self, address: IpAddr) -> spf::ReverseNames {
        spf::reverse_names(&mut Ask::new(&self.answers), address.to_canonical())
    }

    /// The DMARC policy and where it comes from.
    #[must_use]
    pub fn dmarc(&self) -> dmarc::Discovery {
        dmarc::discover(&self.answers, &self.config.domain)
    }

    /// What DNS says about MTA-STS.
    #[must_use]
    pub fn mta_sts(&self) -> mta_sts::Discovery {
        mta_sts::discover(&self.answers, &self.config.domain)
    }

    /// Whether the policy of MTA-STS is to be fetched: it is announced, or could be served.
    pub(crate) fn wants_policy(&self) -> bool {
        let found = self.mta_sts();
        let announced = matches!(found.record, At::Record { .. } | At::Several { .. });
        self.policy.is_none() && !self.config.parked && (announced || found.has_host)
    }

    /// The TLS-RPT record.
    #[must_use]
    pub fn tls_rpt(&self) -> At<tls_rpt::Record> {
        tls_rpt::discover(&self.answers, &self.config.domain)
    }

    /// The BIMI record.
    #[must_use]
    pub fn bimi(&self) -> At<bimi::Record> {
        bimi::discover(&self.answers, &self.config.domain)
    }

    /// The TLSA records of the mail hosts.
    #[must_use]
    pub fn dane(&self) -> Vec<dane::Host> {
        dane::discover(&self.answers, &self.config.domain)
    }

    /// The mail hosts.
    #[must_use]
    pub fn mail_hosts(&self) -> mx::MailHosts {
        mx::mail_hosts(&self.answers, &self.config.domain)
    }

    /// The DKIM keys.
    #[must_use]
    pub fn dkim(&self) -> dkim::Discovery {
        let hosts = revealing(&self.spf(), &self.mail_hosts());
        dkim::discover(&self.answers, &self.config.domain, &self.config.selectors, hosts)
    }
}

/// A hostile domain gets no more attention than this.
const MAX_QUESTIONS: usize = 240;
/// Sending addresses beyond this many are not evaluated.
const MAX_SENDERS: usize = 32;

pub(crate) fn doubled(domain: &str) -> String {
    format!("_dmarc.{domain}.{domain}")
}

/// The names that tell which providers a domain uses.
fn revealing(tree: &spf::Audit, hosts: &mx::MailHosts) -> Vec<String> {
    let mut names: Vec<String> = hosts.hosts.iter().map(|host| host.exchange.clone()).collect();
    let own = tree.root.steps.iter().filter_map(|step| step.child.as_ref());
    names.extend(own.map(|node| node.domain.clone()));
    names
}

/// Why a domain could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not a domain.
    #[error("`{0}` is not a domain name")]
    Domain(String),
    /// Not a selector.
    #[error("`{0}` is not a DKIM selector")]
    Selector(String),
    /// Neither a provider, nor a domain, nor an address range.
    #[error("`{0}` is no known provider, domain or address range")]
    Sender(String),
    /// The network cannot be used.
    #[error(transparent)]
    Net(#[from] lr_net::Error),
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Domain(_) | Self::Selector(_) | Self::Sender(_) => ErrorKind::Config,
            Self::Net(error) => error.kind(),
            Self::Cancelled => ErrorKind::Cancelled,
        }
    }
}

impl From<Error> for CheckError {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}
