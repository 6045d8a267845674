use serde::{Deserialize, Serialize};

use crate::{ErrorKind, Evidence, Location, Rule, RuleId, Severity, Stage, Text, Value};

/// How sure a check is of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "three levels, as people use them")]
pub enum Confidence {
    /// A guess that somebody should look at.
    Low,
    /// Likely, from good evidence.
    Medium,
    /// Seen, not inferred.
    High,
}

/// What became of one rule at one place. Together they are the record of what was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Outcome {
    /// The rule.
    pub rule: RuleId,
    /// The rule's severity, so that a report can be decided from its outcomes alone.
    pub severity: Severity,
    /// The rule's stage: what is on trial never blocks.
    pub stage: Stage,
    /// What the outcome is about.
    pub subject: Location,
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Pass, fail, or why there is neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "verdict", rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "consumers must handle every verdict")]
pub enum Verdict {
    /// The statement holds.
    Pass,
    /// The rule has nothing to say here.
    NotApplicable {
        /// Why not.
        reason: Text,
    },
    /// Could not look. Never a pass, and never a fault of the site.
    Inconclusive {
        /// The kind of obstacle.
        cause: ErrorKind,
        /// What stood in the way.
        reason: Text,
    },
    /// The statement does not hold; a finding says how.
    Fail,
}

impl Verdict {
    /// When a rule is recorded twice at one place, the stronger verdict stays.
    pub(crate) fn strength(&self) -> u8 {
        match self {
            Self::NotApplicable { .. } => 0,
            Self::Pass => 1,
            Self::Inconclusive { .. } => 2,
            Self::Fail => 3,
        }
    }
}

/// A rule that does not hold somewhere: what, where, how sure, by which evidence, and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// `rule @ subject[ #instance]`: readable, and stable from run to run; free of wording, time,
    /// evidence and line numbers. Waivers and baselines name findings by it.
    pub key: String,
    /// The rule that failed.
    pub rule: RuleId,
    /// How much it hurts; the rule's severity unless the check knew better.
    pub severity: Severity,
    /// How sure the check is.
    pub confidence: Confidence,
    /// The rule's stage.
    pub stage: Stage,
    /// The rule's failure headline.
    pub title: Text,
    /// What was seen here.
    pub detail: Text,
    /// What it is about.
    pub subject: Location,
    /// Tells apart several findings of one rule at one place.
    pub instance: Option<Text>,
    /// Other places that belong to it.
    pub related: Vec<Location>,
    /// The facts behind it.
    pub evidence: Evidence,
    /// What it does to the launch.
    pub impact: Text,
    /// What to do about it.
    pub fix: Text,
    /// Sources, as (label, URL).
    pub references: Vec<(String, String)>,
}

impl Finding {
    pub(crate) fn new(rule: &Rule, subject: Location, detail: Text) -> Self {
        let own = |&(label, url): &(&str, &str)| (label.to_owned(), url.to_owned());
        Self {
            key: format!("{} @ {subject}", rule.id),
            rule: rule.into(),
            severity: rule.severity,
            confidence: Confidence::High,
            stage: rule.stage,
            title: rule.failure.into(),
            detail,
            subject,
            instance: None,
            related: Vec::new(),
            evidence: Evidence::default(),
            impact: rule.impact.into(),
            fix: rule.fix.into(),
            references: rule.references.iter().map(own).collect(),
        }
    }

    /// Tells this finding apart from others of the same rule at the same place.
    pub fn instance(&mut self, instance: impl Into<Text>) -> &mut Self {
        let instance = instance.into();
        self.key = format!("{} @ {} #{instance}", self.rule, self.subject);
        self.instance = Some(instance);
        self
    }

    /// Adds a fact.
    pub fn evidence(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.evidence.set(key, value);
        self
    }

    /// Another severity than the rule's.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Another confidence than [`Confidence::High`].
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    /// A fix for this very case, instead of the rule's general one.
    pub fn fix(&mut self, fix: impl Into<Text>) -> &mut Self {
        self.fix = fix.into();
        self
    }

    /// Another place that belongs to it.
    pub fn related(&mut self, location: Location) -> &mut Self {
        self.related.push(location);
        self
    }
}
