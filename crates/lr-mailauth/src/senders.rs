//! Who may send for a domain: every term of its SPF tree and every alias of a DKIM key, attributed
//! to a provider.

mod providers;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub(crate) use providers::is_below;
pub use providers::{PROVIDERS, Provider, provider};

use crate::answers::Answer;
use crate::spf::{self, IpNetwork, Mechanism, Node, Outcome, Qualifier, TermKind};
use crate::{RecordType, Snapshot};

/// Somebody who may send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sender {
    /// The term of the domain's own record that lets them send, or the name of the alias.
    pub term: String,
    /// The terms and domains from there to this one.
    pub via: Vec<String>,
    /// What lets them send.
    pub by: By,
    /// The id of the provider, if it is known.
    pub provider: Option<String>,
}

/// What lets somebody send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum By {
    /// Another domain's SPF record.
    Record {
        /// That domain.
        domain: String,
    },
    /// A range of addresses.
    Range {
        /// As the record has it.
        range: String,
    },
    /// The addresses or mail hosts of a name.
    Hosts {
        /// That name.
        name: String,
    },
    /// A DKIM key that somebody else holds.
    Key {
        /// Where the alias leads to.
        target: String,
    },
}

/// Everyone who may send for the domain of a snapshot.
///
/// A record that the domain itself or a name below it has is looked through: its terms count as the
/// domain's own. Terms of others belong to the provider that the domain has included.
#[must_use]
pub fn senders(snapshot: &Snapshot) -> Vec<Sender> {
    let domain = &snapshot.config.domain;
    let mut all = Vec::new();
    own(&snapshot.spf().root, domain, None, &mut Vec::new(), &mut all);
    for selector in snapshot.dkim().selectors {
        let name = format!("{}._domainkey.{domain}", selector.name);
        let target = match snapshot.answers.get(&name, RecordType::Txt) {
            Some(Answer::Records { aliases, .. }) => aliases.last(),
            Some(Answer::NxDomain { alias }) => alias.as_ref(),
            _ => None,
        };
        let Some(target) = target.filter(|target| !is_below(target, domain)) else { continue };
        all.push(Sender {
            term: name,
            via: Vec::new(),
            provider: Provider::of_dkim(target).map(|provider| provider.id.to_owned()),
            by: By::Key { target: target.clone() },
        });
    }
    all
}

/// The terms of a record of the domain's own.
fn own(node: &Node, domain: &str, top: Option<&str>, via: &mut Vec<String>, all: &mut Vec<Sender>) {
    let Outcome::Record { text, issues } = &node.outcome else { return };
    if !issues.is_empty() || all.len() >= MAX_SENDERS {
        return;
    }
    let record = spf::parse(text.as_bytes()).value;
    let end = record.all().map_or(record.terms.len(), |(at, _)| at);
    for term in &record.terms {
        let (is_passing, mechanism) = match &term.kind {
            TermKind::Directive(qualifier, mechanism) => {
                (*qualifier == Qualifier::Pass, mechanism.clone())
            }
            TermKind::Redirect(target) if end == record.terms.len() => {
                (true, Mechanism::Include(target.clone()))
            }
            _ => continue,
        };
        if !is_passing {
            continue;
        }
        let text = term.kind.to_string();
        let top_term = top.unwrap_or(&text).to_owned();
        let by = match mechanism {
            Mechanism::Include(target) => {
                let child = node.steps.iter().find(|step| step.term == text);
                let child = child.and_then(|step| step.child.as_deref());
                if let Some(child) = child.filter(|_| is_below(&target, domain)) {
                    via.push(text.clone());
                    own(child, domain, Some(&top_term), via, all);
                    via.pop();
                    continue;
                }
                all.push(Sender {
                    term: top_term,
                    via: via.clone(),
                    provider: child.map_or_else(|| id_of(&target), behind),
                    by: By::Record { domain: target },
                });
                continue;
            }
            Mechanism::Ip(network) => By::Range { range: network.to_string() },
            Mechanism::A(name, ..) | Mechanism::Mx(name, ..) => {
                By::Hosts { name: name.unwrap_or_else(|| node.domain.clone()) }
            }
            _ => continue,
        };
        let provider = match &by {
            By::Hosts { name } if !is_below(name, domain) => {
                Provider::of_mx(name).or_else(|| Provider::of_spf(name))
            }
            _ => None,
        };
        let provider = provider.map(|provider| provider.id.to_owned());
        all.push(Sender { term: top_term, via: via.clone(), by, provider });
    }
}

/// A hostile tree has no end of terms.
const MAX_SENDERS: usize = 512;

fn id_of(name: &str) -> Option<String> {
    Provider::of_spf(name).map(|provider| provider.id.to_owned())
}

/// The provider of an included record: by its name, or if it only passes on to one, that one.
fn behind(node: &Node) -> Option<String> {
    id_of(&node.domain).or_else(|| {
        let children: Vec<&Node> =
            node.steps.iter().filter_map(|step| step.child.as_deref()).collect();
        match children[..] {
            [only] if node.steps.iter().all(|step| step.child.is_some() || step.lookups == 0) => {
                behind(only)
            }
            _ => None,
        }
    })
}

impl Sender {
    /// Whether an entry of the configuration means this sender.
    #[must_use]
    pub fn is_approved_by(&self, entry: &str) -> bool {
        if self.provider.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(entry)) {
            return true;
        }
        match &self.by {
            By::Record { domain: name } | By::Hosts { name } | By::Key { target: name } => {
                is_below(name, entry)
            }
            By::Range { range } => {
                let outer = network(entry);
                let inner = range.split_once(':').and_then(|(_, range)| network(range));
                outer.zip(inner).is_some_and(|(outer, inner)| outer.covers(inner))
            }
        }
    }
}

/// An address with or without the length of a prefix.
fn network(text: &str) -> Option<IpNetwork> {
    let (address, prefix) = text.split_once('/').unwrap_or((text, "128"));
    let address: IpAddr = address.parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let prefix: u8 = prefix.parse().ok()?;
    (prefix <= width || !text.contains('/')).then(|| IpNetwork::new(address, prefix))
}

/// Whether an entry of the configuration can mean anyone.
pub(crate) fn is_sender(entry: &str) -> bool {
    let is_name = entry.contains('.')
        && !entry.contains(['/', ':', ' '])
        && entry.split('.').all(|label| (1..=63).contains(&label.len()));
    provider(entry).is_some() || network(entry).is_some() || is_name
}
