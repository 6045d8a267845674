use lr_net::Failure;
use serde::{Deserialize, Serialize};

use super::selectors::candidates;
use super::{Key, Record, is_record, parse};
use crate::answers::{Answer, Answers, Ask, RecordType};
use crate::syntax::Issue;

/// What is below `_domainkey` of a domain, as far as it can be seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Discovery {
    /// The selectors that were asked for, given ones first.
    pub selectors: Vec<Selector>,
    /// What `_domainkey` itself says.
    pub probe: Probe,
}

/// One selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Selector {
    /// Its name.
    pub name: String,
    /// Whether the configuration names it; the others are guesses.
    pub is_given: bool,
    /// What is there.
    pub at: At,
}

/// What is at one selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum At {
    /// A key record.
    Key {
        /// Its text.
        text: String,
        /// What was understood of it.
        record: Record,
        /// What is wrong with it.
        issues: Vec<Issue>,
    },
    /// Several key records: which one a verifier takes is chance.
    Several {
        /// How many.
        count: usize,
    },
    /// Texts, but no key record.
    Other,
    /// What every name below `_domainkey` answers.
    Wildcard,
    /// An alias that leads to a name that does not exist.
    Dangling {
        /// That name.
        alias: String,
    },
    /// Nothing.
    Nothing,
    /// DNS did not answer.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Not asked yet.
    Open,
}

/// What `_domainkey` tells about selectors that were not guessed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "probe", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Probe {
    /// It does not exist, so nothing below it does either (RFC 8020).
    Absent,
    /// It exists, and names below it that were made up do not: something is published there.
    Exists,
    /// Every name below it has an answer.
    Wildcard {
        /// Whether that answer is a revoked key: a domain that signs nothing does well to say so.
        revokes: bool,
    },
    /// Names that were made up exist as well: a wildcard of the zone, or a server that says
    /// NOERROR for everything (RFC 9824). Nothing can be concluded.
    Unclear,
    /// DNS did not answer.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// Not asked yet.
    Open,
}

/// A name that nobody has.
const CONTROL: &str = "launch-ready-control";

/// Looks for keys at given, usual and revealed selectors, as far as the answers tell. `hosts` are
/// the SPF includes and mail hosts of the domain.
#[must_use]
pub fn discover(
    answers: &Answers,
    domain: &str,
    given: &[String],
    hosts: impl IntoIterator<Item = String>,
) -> Discovery {
    walk(&mut Ask::new(answers), domain, given, hosts)
}

pub(crate) fn walk(
    ask: &mut Ask<'_>,
    domain: &str,
    given: &[String],
    hosts: impl IntoIterator<Item = String>,
) -> Discovery {
    let parent = ask.get(&format!("_domainkey.{domain}"), RecordType::Txt);
    let control = ask.get(&format!("{CONTROL}._domainkey.{domain}"), RecordType::Txt);
    let outside = ask.get(&format!("{CONTROL}.{domain}"), RecordType::Txt);
    let candidates = candidates(given, hosts.into_iter());
    let selectors = candidates.into_iter().map(|(name, is_given)| {
        let answer = ask.get(&format!("{name}._domainkey.{domain}"), RecordType::Txt);
        Selector { name: name.to_owned(), is_given, at: look(answer, control) }
    });
    let selectors = selectors.collect();
    Discovery { selectors, probe: probe(parent, control, outside) }
}

fn look(answer: Option<&Answer>, control: Option<&Answer>) -> At {
    let answer = match answer {
        None => return At::Open,
        Some(Answer::Failed { failure }) => return At::Failed { failure: failure.clone() },
        Some(Answer::NxDomain { alias: Some(alias) }) => {
            return At::Dangling { alias: alias.clone() };
        }
        Some(answer) => answer,
    };
    let mut texts: Vec<_> = answer.texts().collect();
    if texts.is_empty() {
        return At::Nothing;
    }
    if let Some(control) = control {
        // The order of the records of one answer means nothing.
        let same = texts.iter().all(|text| control.texts().any(|other| other == *text));
        if same {
            return At::Wildcard;
        }
    }
    texts.retain(|text| is_record(&text.bytes()));
    match texts.as_slice() {
        [] => At::Other,
        [text] => {
            let parsed = parse(&text.bytes());
            At::Key { text: text.joined(), record: parsed.value, issues: parsed.issues }
        }
        several => At::Several { count: several.len() },
    }
}

fn probe(parent: Option<&Answer>, control: Option<&Answer>, outside: Option<&Answer>) -> Probe {
    let (Some(parent), Some(control), Some(outside)) = (parent, control, outside) else {
        return Probe::Open;
    };
    let missing = |answer: &Answer| matches!(answer, Answer::NxDomain { alias: None });
    if missing(parent) {
        return Probe::Absent;
    }
    if let Some(failure) = parent.failure().or_else(|| control.failure()) {
        return Probe::Failed { failure: failure.clone() };
    }
    if missing(control) {
        return Probe::Exists;
    }
    // A wildcard of the whole zone is about something else.
    if control.is_void() || !outside.is_void() {
        return Probe::Unclear;
    }
    let mut keys = control.texts().map(|text| parse(&text.bytes()).value.key);
    Probe::Wildcard { revokes: keys.all(|key| key == Key::Revoked) }
}
