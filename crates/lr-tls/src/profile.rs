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
    /// Suites of TLS 1.3.
    pub(crate) new_suites: Vec<String>,
    /// Whether the server's order of suites counts, or the client's.
    pub(crate) server_order: bool,
    /// Groups for key exchange, of TLS 1.3 and before.
    pub(crate) groups: Vec<String>,
    /// Bits of groups over finite fields, at least.
    pub(crate) dh_bits: Option<u32>,
    /// Kinds of keys beside RSA.
    pub(crate) keys: Vec<String>,
    pub(crate) signatures: Vec<String>,
    /// Bits of an RSA modulus, at least; none if RSA is not wanted.
    pub(crate) rsa_bits: Option<u32>,
    /// Days that a certificate may live.
    pub(crate) lifetime_days: i64,
    /// Days that a certificate should live, at most.
    pub(crate) recommended_days: i64,
    /// Whether a staple is wanted.
    pub(crate) staple: bool,
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
    use crate::probe::GROUPS;
    use crate::probe::suites::TLS13;

    #[test]
    fn the_data_can_be_read() {
        assert_eq!(Profile::MozillaModern.demands().versions, [Version::Tls13]);
        assert_eq!(Profile::MozillaIntermediate.demands().suites.len(), 6);
        for profile in [Profile::MozillaModern, Profile::MozillaIntermediate] {
            let demands = profile.demands();
            let known = |suite: &String| TLS13.iter().any(|(_, name)| name == suite);
            assert!(demands.new_suites.iter().all(known));
            let known = |group: &String| GROUPS.iter().any(|(_, name)| name == group);
            assert!(demands.groups.iter().all(known));
        }
    }
}
