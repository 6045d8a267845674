//! From Zonemaster's message tags to rules of this crate.

use std::collections::BTreeMap;

use lr_core::{CheckRun, Verdict};
use serde::Deserialize;

/// The committed table.
#[derive(Deserialize)]
pub(crate) struct Mapping {
    /// What a tag says, in terms of rules; one of these is enough.
    pub(crate) mapped: BTreeMap<String, Vec<Meaning>>,
    /// Why a tag says nothing that a rule says.
    pub(crate) unmapped: BTreeMap<String, String>,
    /// Verdicts that are expected otherwise, by scenario and tag, and why.
    pub(crate) differences: BTreeMap<String, String>,
}

/// What is seen in a run when a tag is right.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Meaning {
    rule: String,
    is: Is,
    /// What the finding, or the reason, must show.
    #[serde(default)]
    shows: String,
    /// The same of a second rule.
    and: Option<Box<Meaning>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Is {
    /// A finding shows it.
    Broken,
    /// The rule was decided, and no finding shows it.
    Whole,
    /// The rule holds somewhere.
    Holds,
    /// The rule holds nowhere.
    HoldsNowhere,
    /// The rule does not apply, for a reason that shows it.
    Beside,
}

impl Meaning {
    pub(crate) fn is_seen(&self, run: &CheckRun) -> bool {
        let outcomes = || run.outcomes.iter().filter(|outcome| outcome.rule == self.rule.as_str());
        let broken = || {
            run.findings
                .iter()
                .filter(|finding| finding.rule == self.rule.as_str())
                .any(|finding| format!("{} {}", finding.key, finding.detail).contains(&self.shows))
        };
        let holds = || outcomes().any(|outcome| outcome.verdict == Verdict::Pass);
        let own = match self.is {
            Is::Broken => broken(),
            Is::Whole => {
                let decided =
                    |o: &&lr_core::Outcome| matches!(o.verdict, Verdict::Pass | Verdict::Fail);
                outcomes().any(|outcome| decided(&outcome)) && !broken()
            }
            Is::Holds => holds(),
            Is::HoldsNowhere => !holds(),
            Is::Beside => outcomes().any(|outcome| match &outcome.verdict {
                Verdict::NotApplicable { reason } => reason.as_str().contains(&self.shows),
                _ => false,
            }),
        };
        own && self.and.as_ref().is_none_or(|other| other.is_seen(run))
    }

    pub(crate) fn rules(&self) -> Vec<&str> {
        let mut rules = vec![self.rule.as_str()];
        rules.extend(self.and.iter().flat_map(|other| other.rules()));
        rules
    }
}
