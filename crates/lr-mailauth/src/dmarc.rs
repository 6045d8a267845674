//! DMARC (RFC 9989): a parser that keeps what it understands, and the tree walk.

mod discover;
mod organization;
mod parse;
mod print;
mod reports;

pub(crate) use discover::walk;
pub use discover::{At, Discovery, Step, discover};
pub(crate) use organization::organization;
pub use parse::{is_record, parse};
pub(crate) use reports::reports;
pub use reports::{Destination, destinations};

use serde::{Deserialize, Serialize};

/// What to do with mail that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Policy {
    /// Nothing.
    None,
    /// Treat as suspicious.
    Quarantine,
    /// Refuse.
    Reject,
}

impl Policy {
    /// One level weaker, as a record with `t=y` asks for.
    #[must_use]
    pub fn weaker(self) -> Self {
        match self {
            Self::Reject => Self::Quarantine,
            Self::Quarantine | Self::None => Self::None,
        }
    }
}

/// Whether a domain is a public suffix, by its `psd` tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Psd {
    /// `psd=y`: it is one.
    Yes,
    /// `psd=n`: it is an organizational domain.
    No,
    /// `psd=u`, the default: the tree walk decides.
    #[default]
    Unknown,
}

/// A DMARC policy record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// `p`, as written; the effective one is [`Self::policy`].
    pub p: Option<Policy>,
    /// `sp`: for subdomains.
    pub sp: Option<Policy>,
    /// `np`: for subdomains that do not exist.
    pub np: Option<Policy>,
    /// `adkim=s`.
    pub strict_dkim: bool,
    /// `aspf=s`.
    pub strict_spf: bool,
    /// `t=y`: not meant seriously yet.
    pub testing: bool,
    /// `psd`.
    pub psd: Psd,
    /// `pct`: a part of the mail in per cent. RFC 9989 has removed it; older receivers go by it, and
    /// BIMI wants all of the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pct: Option<u8>,
    /// `fo`, as written.
    pub fo: Option<String>,
    /// Where aggregate reports go.
    pub rua: Vec<String>,
    /// Where failure reports go.
    pub ruf: Vec<String>,
}

impl Record {
    /// The policy for the domain of the record itself; `t=y` makes it one level weaker.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.in_effect(self.p)
    }

    /// The policy for subdomains without a record of their own.
    #[must_use]
    pub fn subdomain_policy(&self) -> Policy {
        self.in_effect(self.sp.or(self.p))
    }

    /// The policy for subdomains that do not exist.
    #[must_use]
    pub fn nonexistent_policy(&self) -> Policy {
        self.in_effect(self.np.or(self.sp).or(self.p))
    }

    fn in_effect(&self, policy: Option<Policy>) -> Policy {
        let policy = policy.unwrap_or(Policy::None);
        if self.testing { policy.weaker() } else { policy }
    }
}

impl From<Policy> for lr_core::Text {
    fn from(policy: Policy) -> Self {
        policy.to_string().into()
    }
}
