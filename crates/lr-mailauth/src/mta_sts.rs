//! MTA-STS (RFC 8461): a record that announces, and a policy over HTTPS that demands encryption.

mod discover;
mod policy;
mod record;

pub(crate) use discover::walk;
pub use discover::{Discovery, Fetched, discover};
pub use policy::parse_policy;
pub use record::{is_record, parse};

use serde::{Deserialize, Serialize};

/// Where the policy of a domain is (RFC 8461, section 3.3).
#[must_use]
pub fn policy_url(domain: &str) -> String {
    format!("https://mta-sts.{domain}/.well-known/mta-sts.txt")
}

/// The record at `_mta-sts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// Changes whenever the policy does.
    pub id: Option<String>,
}

/// The policy that `mta-sts` serves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Policy {
    /// How serious it is.
    pub mode: Option<Mode>,
    /// Seconds that senders keep it.
    pub max_age: Option<u32>,
    /// Patterns of mail hosts, lower case.
    pub mx: Vec<String>,
}

/// How serious a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mode {
    /// Mail is not delivered unless it is encrypted to a host that the policy names.
    Enforce,
    /// Failures are only reported.
    Testing,
    /// No policy.
    None,
}

impl Policy {
    /// Whether a mail host is covered: `*.` stands for exactly one label (section 4.1).
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let parent = host.split_once('.').map(|(_, parent)| parent);
        self.mx.iter().any(|pattern| match pattern.strip_prefix("*.") {
            Some(rest) => parent == Some(rest),
            None => *pattern == host,
        })
    }
}

impl std::fmt::Display for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("v=STSv1;")?;
        self.id.iter().try_for_each(|id| write!(f, " id={id};"))
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        })
    }
}

impl std::fmt::Display for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("version: STSv1\r\n")?;
        self.mode.iter().try_for_each(|mode| write!(f, "mode: {mode}\r\n"))?;
        self.mx.iter().try_for_each(|mx| write!(f, "mx: {mx}\r\n"))?;
        self.max_age.iter().try_for_each(|seconds| write!(f, "max_age: {seconds}\r\n"))
    }
}
