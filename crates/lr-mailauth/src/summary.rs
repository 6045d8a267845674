use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Snapshot;
use crate::dkim::{At, Key};
use crate::mx::State;
use crate::spf::{Outcome, Qualifier, Step};

/// The mail set-up of a domain for people and scripts: who may send, who receives, what protects
/// it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// The domain.
    pub domain: String,
    /// The mail hosts, by preference.
    pub mx: Vec<Exchange>,
    /// Whether a null MX says that no mail is wanted.
    pub null_mx: bool,
    /// The SPF record and what it costs.
    pub spf: Option<Spf>,
    /// The DMARC policy that applies.
    pub dmarc: Option<Dmarc>,
    /// The tree walk of DMARC: each name that was asked for, and what is there.
    #[serde(default)]
    pub dmarc_trace: Vec<String>,
    /// The DKIM keys found.
    pub dkim: Vec<DkimKey>,
    /// The domains that the SPF record includes: who sends for the domain.
    pub senders: Vec<String>,
}

/// A mail host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Exchange {
    /// Lower is tried first.
    pub preference: u16,
    /// The host name.
    pub exchange: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

/// The SPF record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spf {
    /// Its text.
    pub record: String,
    /// DNS lookups over the whole tree.
    pub lookups: usize,
    /// Void lookups, the larger of the two address families.
    pub void_lookups: usize,
    /// Whether all of the tree was seen; if not, the counts are "at least".
    pub complete: bool,
    /// The ranges that may send, and how many addresses lie in them.
    #[serde(default)]
    pub allowed: crate::spf::Allowed,
    /// What is said about other senders.
    pub all: Option<Qualifier>,
    /// Where the lookups are, term by term.
    pub terms: Vec<Step>,
}

/// The DMARC policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dmarc {
    /// The domain whose record applies.
    pub found_at: String,
    /// The record, as understood.
    pub record: String,
    /// The policy in effect for the domain.
    pub policy: crate::dmarc::Policy,
    /// The policy in effect for its subdomains.
    pub subdomain_policy: crate::dmarc::Policy,
    /// The policy in effect for subdomains that do not exist.
    pub nonexistent_policy: crate::dmarc::Policy,
    /// Where aggregate reports go.
    pub rua: Vec<String>,
}

/// A DKIM key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DkimKey {
    /// The selector.
    pub selector: String,
    /// `rsa`, `ed25519`, or what the record names.
    pub key_type: Option<String>,
    /// Length in bits.
    pub bits: Option<usize>,
    /// What there is to say about it.
    pub status: KeyStatus,
}

/// What there is to say about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyStatus {
    /// It can be used.
    Usable,
    /// It can be used, but is marked as a test.
    Testing,
    /// It has been revoked.
    Revoked,
    /// It cannot be read or used.
    Broken,
    /// Several records stand at the selector.
    Several,
    /// An alias leads nowhere.
    Dangling,
}

impl From<&Snapshot> for Summary {
    fn from(snapshot: &Snapshot) -> Self {
        let hosts = snapshot.mail_hosts();
        let is_real = matches!(hosts.state, State::Records);
        let mx = hosts.hosts.iter().filter(|_| is_real).map(|host| Exchange {
            preference: host.preference,
            exchange: host.exchange.clone(),
            addresses: host.addresses.clone(),
        });
        let audit = snapshot.spf();
        let senders = audit.root.steps.iter().filter_map(|step| step.child.as_ref());
        let mut senders: Vec<String> = senders.map(|node| node.domain.clone()).collect();
        senders.dedup();
        Self {
            domain: snapshot.config.domain.clone(),
            mx: mx.collect(),
            null_mx: hosts.state == State::Null,
            senders,
            spf: spf(audit),
            dmarc: dmarc(snapshot),
            dmarc_trace: snapshot.dmarc().trace.iter().map(ToString::to_string).collect(),
            dkim: snapshot.dkim().selectors.iter().filter_map(key).collect(),
        }
    }
}

fn spf(audit: crate::spf::Audit) -> Option<Spf> {
    let allowed = audit.allowed();
    let Outcome::Record { text, .. } = audit.root.outcome else { return None };
    let all = crate::spf::parse(text.as_bytes()).value.all();
    Some(Spf {
        record: text,
        lookups: audit.lookups,
        void_lookups: audit.void_ipv4.max(audit.void_ipv6),
        complete: audit.complete,
        allowed,
        all: all.map(|(_, qualifier)| qualifier),
        terms: audit.root.steps,
    })
}

fn dmarc(snapshot: &Snapshot) -> Option<Dmarc> {
    let found = snapshot.dmarc();
    let record = found.record?;
    Some(Dmarc {
        found_at: found.found_at?,
        record: record.to_string(),
        policy: found.policy?,
        subdomain_policy: found.subdomain_policy?,
        nonexistent_policy: record.nonexistent_policy(),
        rua: record.rua,
    })
}

fn key(selector: &crate::dkim::Selector) -> Option<DkimKey> {
    let nothing =
        |status| DkimKey { selector: selector.name.clone(), key_type: None, bits: None, status };
    match &selector.at {
        At::Several { .. } => Some(nothing(KeyStatus::Several)),
        At::Dangling { .. } => Some(nothing(KeyStatus::Dangling)),
        At::Key { record, issues, .. } => {
            use crate::IssueKind::{Duplicate, Order, Syntax, Version};
            let is_broken = issues
                .iter()
                .any(|issue| matches!(issue.kind, Duplicate | Order | Syntax | Version));
            let (bits, status) = match record.key {
                Key::Revoked => (None, KeyStatus::Revoked),
                Key::Missing | Key::Unreadable => (None, KeyStatus::Broken),
                Key::Ed25519 => (Some(256), KeyStatus::Usable),
                Key::Rsa { bits, .. } => (Some(bits), KeyStatus::Usable),
            };
            let status = match status {
                KeyStatus::Usable
                    if is_broken || !record.is_for_mail() || !record.allows_sha256() =>
                {
                    KeyStatus::Broken
                }
                KeyStatus::Usable if record.testing => KeyStatus::Testing,
                status => status,
            };
            Some(DkimKey { key_type: Some(record.key_type.to_string()), bits, ..nothing(status) })
        }
        _ => None,
    }
}
