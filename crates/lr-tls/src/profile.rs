use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::Version;

/// A profile that a server can be held to: Mozilla's guidelines, version 6.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Profile {
    /// For clients of TLS 1.3 alone.
    MozillaModern,
    /// For everyone but very old clients: what is recommended.
    MozillaIntermediate,
}

/// What a profile asks for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Demands {
    pub(crate) versions: Vec<Version>,
    /// Suites of TLS 1.2.
    pub(crate) suites: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) keys: Vec<String>,
    pub(crate) signatures: Vec<String>,
    pub(crate) rsa_bits: Option<u32>,
    pub(crate) lifetime_days: i64,
    pub(crate) hsts_s: u64,
}

#[derive(Debug, Deserialize)]
struct Guidelines {
    modern: Demands,
    intermediate: Demands,
}

static GUIDELINES: LazyLock<Guidelines> = LazyLock::new(|| {
    let text = include_str!("data/mozilla-6.0.json");
    serde_json::from_str(text).expect("the file is part of the crate, and a test reads it")
});

impl Profile {
    pub(crate) fn demands(self) -> &'static Demands {
        match self {
            Self::MozillaModern => &GUIDELINES.modern,
            Self::MozillaIntermediate => &GUIDELINES.intermediate,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MozillaModern => "Mozilla 6.0 modern",
            Self::MozillaIntermediate => "Mozilla 6.0 intermediate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_can_be_read() {
        assert_eq!(Profile::MozillaModern.demands().versions, [Version::Tls13]);
        assert_eq!(Profile::MozillaIntermediate.demands().suites.len(), 6);
    }
}
