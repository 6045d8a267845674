//! DKIM keys (RFC 6376, RFC 8301, RFC 8463): a parser that keeps what it understands, and the
//! search for keys.

mod discover;
mod key;
mod parse;
mod print;
mod selectors;

pub(crate) use discover::walk;
pub use discover::{At, Discovery, Probe, Selector, discover};
pub use key::{Key, KeyFormat};
pub(crate) use key::{base64, base64_digit};
pub use parse::{is_record, parse};

use serde::{Deserialize, Serialize};

/// A DKIM key record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// Whether it says `v=DKIM1`.
    pub has_version: bool,
    /// `k`: what kind of key it is meant to be.
    pub key_type: KeyType,
    /// `h`: the hash algorithms it is for; `None` for all.
    pub hashes: Option<Vec<String>>,
    /// `s`: the services it is for; `None` for all.
    pub services: Option<Vec<String>>,
    /// `t=y`: the domain only tests, and receivers treat its mail as unsigned.
    pub testing: bool,
    /// `t=s`: no subdomains.
    pub strict: bool,
    /// `p`: the key.
    pub key: Key,
}

impl Record {
    /// Whether the key may be used for mail.
    #[must_use]
    pub fn is_for_mail(&self) -> bool {
        self.services.as_ref().is_none_or(|services| {
            services.iter().any(|service| service == "*" || service == "email")
        })
    }

    /// Whether the key may be used with SHA-256, the only hash that is left (RFC 8301).
    #[must_use]
    pub fn allows_sha256(&self) -> bool {
        self.hashes.as_ref().is_none_or(|hashes| hashes.iter().any(|hash| hash == "sha256"))
    }
}

impl Default for Record {
    fn default() -> Self {
        Self {
            has_version: false,
            key_type: KeyType::Rsa,
            hashes: None,
            services: None,
            testing: false,
            strict: false,
            key: Key::Missing,
        }
    }
}

/// What kind of key a record is meant to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyType {
    /// `rsa`, the default.
    #[default]
    Rsa,
    /// `ed25519` (RFC 8463).
    Ed25519,
    /// Another, which verifiers do not know.
    Other(String),
}
