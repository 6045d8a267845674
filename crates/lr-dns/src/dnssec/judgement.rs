use serde::{Deserialize, Serialize};

use super::reason::Bogus;

/// What validation of an answer has come to (RFC 4035, section 4.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Judgement {
    /// Whether the answer can be trusted.
    pub status: Status,
    /// The answer says that the name at the end of all aliases does not exist.
    pub no_such_name: bool,
    /// The zones on the way from the trust anchor, each once.
    pub chain: Vec<Link>,
    /// When the first of the signatures that were needed ends, in seconds since 1970.
    pub ends_s: Option<i64>,
    /// How many signatures were verified.
    pub verifications: usize,
    /// How many names were hashed.
    pub hashes: usize,
}

/// Whether an answer can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// All of it is signed, from the trust anchor down.
    Secure,
    /// It is proved that it, or a part of it, is not signed.
    Insecure {
        /// Which proof.
        proof: String,
    },
    /// It should be signed well and is not.
    Bogus {
        /// Why.
        reason: Bogus,
    },
    /// Nothing is said: no trust anchor is above the name.
    NoAnchor,
    /// What is needed could not be had.
    Indeterminate {
        /// What is missing.
        why: String,
    },
}

/// A zone on the way from the trust anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// The zone; the root is a dot.
    pub zone: String,
    /// The tags of the DS records, or of the trust anchor's, that lead to it.
    pub digests: Vec<Tag>,
    /// The keys of the zone.
    pub keys: Vec<Tag>,
    /// The key whose signature of the keys was good.
    pub signed_by: Option<Tag>,
    /// What the zone came to.
    pub status: Status,
}

/// What a key is called: its tag and the number of its algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tag {
    /// The key tag (RFC 4034, appendix B).
    pub tag: u16,
    /// The algorithm's number.
    pub algorithm: u8,
}

impl Tag {
    pub(crate) fn new(tag: u16, algorithm: u8) -> Self {
        Self { tag, algorithm }
    }
}
