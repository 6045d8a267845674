use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a failing rule hurts the launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "a policy must be able to name every level")]
pub enum Severity {
    /// Worth knowing; nobody is hurt.
    Info,
    /// Should be tidied up some day.
    Low,
    /// Hurts some visitors, or everyone a little.
    Medium,
    /// Hurts many visitors, or will soon.
    High,
    /// The launch fails for everyone, or something is given away that cannot be taken back.
    Critical,
}

/// Where a rule stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stage {
    /// On trial: reported, but never blocks a launch.
    Preview,
    /// Its id, meaning and severity are covered by the stability promise.
    Stable,
    /// Still reported; will be removed.
    Deprecated,
}

/// Name of a rule, `family/kebab-name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RuleId(String);

impl RuleId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Rule> for RuleId {
    fn from(rule: &Rule) -> Self {
        Self(rule.id.into())
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for RuleId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for RuleId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// A statement that holds when things are fine, with what to tell people when it does not.
///
/// Rules are `static` data, so a catalogue can be listed, filtered and documented without running
/// anything. A malformed id does not compile:
///
/// ```
/// use lr_core::{Rule, Severity};
///
/// static TEAPOT: Rule = Rule::new("kitchen/no-teapot", Severity::Low)
///     .says("the server is no teapot", "the server is a teapot")
///     .because("a teapot cannot brew coffee")
///     .fix("replace the teapot by a coffee pot")
///     .see(&[("RFC 2324, section 2.3.2", "https://www.rfc-editor.org/rfc/rfc2324#section-2.3.2")]);
/// ```
///
/// ```compile_fail
/// static BAD: lr_core::Rule = lr_core::Rule::new("No Family", lr_core::Severity::Low);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// `family/kebab-name`; never reused for another meaning.
    pub id: &'static str,
    /// Severity of a finding, unless the finding says otherwise.
    pub severity: Severity,
    /// Where the rule stands in its life.
    pub stage: Stage,
    /// The statement that holds when things are fine.
    pub title: &'static str,
    /// The same fact when it does not hold: the headline of a finding.
    pub failure: &'static str,
    /// What a failure does to the launch.
    pub impact: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// Sources, as (label, URL).
    pub references: &'static [(&'static str, &'static str)],
}

impl Rule {
    /// A stable rule whose texts are still to be given.
    ///
    /// # Panics
    /// If `id` is not `family/kebab-name` in lower-case ASCII; in a `static` that is a compile
    /// error.
    #[must_use]
    pub const fn new(id: &'static str, severity: Severity) -> Self {
        assert!(is_rule_id(id), "a rule id is `family/kebab-name` in lower-case ASCII");
        Self {
            id,
            severity,
            stage: Stage::Stable,
            title: "",
            failure: "",
            impact: "",
            fix: "",
            references: &[],
        }
    }

    /// The statement when it holds, and the headline when it does not.
    #[must_use]
    pub const fn says(self, title: &'static str, failure: &'static str) -> Self {
        Self { title, failure, ..self }
    }

    /// What a failure does to the launch.
    #[must_use]
    pub const fn because(self, impact: &'static str) -> Self {
        Self { impact, ..self }
    }

    /// What to do about a failure.
    #[must_use]
    pub const fn fix(self, fix: &'static str) -> Self {
        Self { fix, ..self }
    }

    /// Sources, as (label, URL).
    #[must_use]
    pub const fn see(self, references: &'static [(&'static str, &'static str)]) -> Self {
        Self { references, ..self }
    }

    /// Another stage than [`Stage::Stable`].
    #[must_use]
    pub const fn stage(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

/// Exactly one `/`, both parts non-empty kebab-case.
const fn is_rule_id(id: &str) -> bool {
    let bytes = id.as_bytes();
    let (mut slashes, mut previous, mut at) = (0, b'/', 0);
    while at < bytes.len() {
        match bytes[at] {
            b'/' | b'-' if previous == b'/' || previous == b'-' => return false,
            b'/' => slashes += 1,
            b'a'..=b'z' | b'0'..=b'9' | b'-' => {}
            _ => return false,
        }
        previous = bytes[at];
        at += 1;
    }
    slashes == 1 && previous != b'/' && previous != b'-'
}
