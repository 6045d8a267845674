use lr_core::{Finding, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// A finding that somebody has accepted, for a reason and for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Waiver {
    /// Key of the finding, or a pattern in which `*` stands for any text.
    pub key: String,
    /// Why it is accepted.
    pub reason: String,
    /// Until when; from this moment on the finding counts again.
    pub until: Timestamp,
}

impl Waiver {
    /// Accepts findings whose key matches `key`.
    #[must_use]
    pub fn new(key: &str, reason: &str, until: Timestamp) -> Self {
        Self { key: key.into(), reason: reason.into(), until }
    }

    /// Whether this waiver is about `finding`, expired or not.
    #[must_use]
    pub fn matches(&self, finding: &Finding) -> bool {
        matches(&self.key, &finding.key)
    }
}

/// A waiver and what became of it: one that matches nothing should not be kept forever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WaiverUse {
    /// The key or pattern.
    pub key: Text,
    /// The reason that was given.
    pub reason: Text,
    /// When it ends.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: Timestamp,
    /// What became of it.
    pub state: WaiverState,
}

/// What became of a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WaiverState {
    /// It waived at least one finding.
    Used,
    /// It matches a finding, but its time is over.
    Expired,
    /// It matches nothing.
    Unused,
}

/// Whether `text` matches `pattern`, in time proportional to the product of their lengths at worst.
fn matches(pattern: &str, text: &str) -> bool {
    let (mut pieces, anchored_end) = (pattern.split('*'), !pattern.ends_with('*'));
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let last = if anchored_end { pieces.pop() } else { None };
    for piece in &pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        // A pattern without a star is anchored at both ends; one that ends in a star at neither.
        None => !anchored_end || rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("dns/caa @ shop.test", "dns/caa @ shop.test", true),
            ("dns/caa @ shop.test", "dns/caa @ shop.test #1", false),
            ("dns/*", "dns/caa @ shop.test", true),
            ("*@ shop.test", "dns/caa @ shop.test", true),
            ("dns/*shop*", "dns/caa @ shop.test", true),
            ("dns/*mail*", "dns/caa @ shop.test", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a**b", "ab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
