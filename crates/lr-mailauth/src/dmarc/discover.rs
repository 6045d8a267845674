use lr_net::Failure;
use serde::{Deserialize, Serialize};

use super::{Policy, Psd, Record, is_record, parse};
use crate::answers::{Answers, Ask, RecordType};
use crate::syntax::Issue;

/// Where the policy for a domain comes from, and what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Discovery {
    /// The domain.
    pub domain: String,
    /// The names that were looked at, from the domain upwards; at most 8.
    pub trace: Vec<Step>,
    /// The domain whose record applies.
    pub found_at: Option<String>,
    /// That record.
    pub record: Option<Record>,
    /// What it means for the domain itself.
    pub policy: Option<Policy>,
    /// What it means for subdomains.
    pub subdomain_policy: Option<Policy>,
    /// Whether everything that could change the result was seen.
    pub complete: bool,
}

/// One name of the tree walk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// The domain, without `_dmarc`.
    pub domain: String,
    /// What is there.
    pub at: At,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "_dmarc.{}: ", self.domain)?;
        match &self.at {
            At::Record { text, .. } => write!(f, "`{text}`"),
            At::Other { .. } => f.write_str("texts, but no record"),
            At::Nothing => f.write_str("nothing"),
            At::Dangling { alias } => write!(f, "an alias of {alias}, which does not exist"),
            At::Several { count } => write!(f, "{count} records, which count as none"),
            At::Failed { failure } => write!(f, "no answer: {}", failure.message),
            At::Open => f.write_str("not asked"),
        }
    }
}

/// What is at one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum At {
    /// Exactly one record.
    Record {
        /// Its text.
        text: String,
        /// What was understood of it.
        record: Record,
        /// What is wrong with it.
        issues: Vec<Issue>,
    },
    /// No record, but texts that are none.
    Other {
        /// The texts.
        texts: Vec<String>,
    },
    /// No text at all.
    Nothing,
    /// An alias that leads to a name that does not exist.
    Dangling {
        /// That name.
        alias: String,
    },
    /// Several records: receivers discard them all.
    Several {
        /// How many.
        count: usize,
    },
    /// DNS did not answer.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Not asked yet.
    Open,
}

/// Finds the policy of `domain` by the tree walk (RFC 9989, section 4.10), as far as the answers
/// tell.
#[must_use]
pub fn discover(answers: &Answers, domain: &str) -> Discovery {
    walk(&mut Ask::new(answers), domain)
}

pub(crate) fn walk(ask: &mut Ask<'_>, domain: &str) -> Discovery {
    let mut found = Discovery {
        domain: domain.to_owned(),
        trace: Vec::new(),
        found_at: None,
        record: None,
        policy: None,
        subdomain_policy: None,
        complete: true,
    };
    let own = look(ask, domain);
    let settled = matches!(own, At::Record { .. } | At::Failed { .. } | At::Open);
    found.trace.push(Step { domain: domain.to_owned(), at: own });
    if !settled {
        // The parents are known beforehand, so all are asked at once.
        let above = parents(domain).into_iter();
        let above = above.map(|name| Step { at: look(ask, &name), domain: name });
        found.trace.extend(above.collect::<Vec<_>>());
    }
    apply(&mut found);
    found
}

/// The names above a domain: all of them, or from seven labels upwards if it has eight or more.
fn parents(domain: &str) -> Vec<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    let from = match labels.len() {
        0..8 => 1,
        many => many - 7,
    };
    (from..labels.len()).map(|at| labels[at..].join(".")).collect()
}

fn look(ask: &mut Ask<'_>, domain: &str) -> At {
    let Some(answer) = ask.get(&format!("_dmarc.{domain}"), RecordType::Txt) else {
        return At::Open;
    };
    if let Some(failure) = answer.failure() {
        return At::Failed { failure: failure.clone() };
    }
    if let crate::Answer::NxDomain { alias: Some(alias) } = answer {
        return At::Dangling { alias: alias.clone() };
    }
    let texts: Vec<Vec<u8>> = answer.texts().map(crate::TxtRecord::bytes).collect();
    let mut records = texts.iter().filter(|text| is_record(text));
    let show = |text: &Vec<u8>| String::from_utf8_lossy(text).into_owned();
    match (records.next(), records.count()) {
        (Some(text), 0) => {
            let parsed = parse(text);
            At::Record { text: show(text), record: parsed.value, issues: parsed.issues }
        }
        (Some(_), more) => At::Several { count: more + 1 },
        (None, _) if texts.is_empty() => At::Nothing,
        (None, _) => At::Other { texts: texts.iter().map(show).collect() },
    }
}

fn apply(found: &mut Discovery) {
    let mut organization: Option<(usize, &Record)> = None;
    for (at, step) in found.trace.iter().enumerate() {
        let record = match &step.at {
            At::Record { record, .. } => record,
            At::Failed { .. } | At::Open => {
                found.complete = false;
                // Without the domain's own answer nothing else counts.
                if at == 0 { return } else { continue }
            }
            _ => continue,
        };
        match record.psd {
            Psd::No => {
                organization = Some((at, record));
                break;
            }
            // Its record is a last resort: the organization is one label below it.
            Psd::Yes => {
                organization = organization.or(Some((at, record)));
                break;
            }
            Psd::Unknown => organization = Some((at, record)),
        }
        if at == 0 {
            break;
        }
    }
    let Some((at, record)) = organization else { return };
    // A policy that cannot be read counts as none, if reports are wanted at all.
    if record.p.is_none() && record.rua.is_empty() {
        return;
    }
    found.policy = Some(if at == 0 { record.policy() } else { record.subdomain_policy() });
    found.subdomain_policy = Some(record.subdomain_policy());
    found.record = Some(record.clone());
    found.found_at = Some(found.trace[at].domain.clone());
}
