use std::fmt;

use lr_core::Timestamp;
use lr_net::Failure;
use serde::{Deserialize, Serialize};

/// What became of a signature (RFC 8601, section 2.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DkimResult {
    /// It verifies.
    Pass,
    /// It does not: the message or the time is not the one that was signed for.
    Fail,
    /// DNS did not answer.
    TempError,
    /// No verifier can accept it: the signature or the key is not as it must be.
    PermError,
    /// Not looked at, because there was too much of it.
    Unchecked,
}

impl fmt::Display for DkimResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
            Self::Unchecked => "unchecked",
        })
    }
}

/// Why a signature is not accepted. Sections are of RFC 6376 where no other is named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// It is no tag list (section 3.2).
    Syntax {
        /// What is wrong, and where.
        what: String,
    },
    /// A tag is there twice (section 3.2).
    DuplicateTag {
        /// Its name.
        tag: String,
    },
    /// A required tag is missing (section 3.5).
    MissingTag {
        /// Its name.
        tag: String,
    },
    /// A tag has a value that cannot be read (section 3.5).
    BadValue {
        /// Its name.
        tag: String,
        /// The value.
        value: String,
    },
    /// It is not of version 1 (section 6.1.1).
    Version {
        /// What it says.
        value: String,
    },
    /// It is made with SHA-1, which nobody may accept any more (RFC 8301, section 3.1).
    Sha1,
    /// It is made with an algorithm that nobody knows (section 3.3).
    Algorithm {
        /// What it says.
        value: String,
    },
    /// Its canonical form is one that nobody knows (section 3.4).
    Canonicalization {
        /// What it says.
        value: String,
    },
    /// Its key is to be found in a way that nobody knows (section 3.5, `q`).
    Query {
        /// What it says.
        value: String,
    },
    /// It is in the name of a top-level domain (section 6.1.1).
    TopLevelDomain {
        /// The domain.
        domain: String,
    },
    /// The identity is not within the signing domain (section 3.5, `i`).
    Identity {
        /// The identity.
        identity: String,
        /// The signing domain.
        domain: String,
    },
    /// The From field is not signed (section 5.4).
    FromNotSigned,
    /// There is no key at the selector (section 6.1.2).
    NoKey {
        /// The name that was asked for.
        name: String,
        /// Where its alias leads, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alias: Option<String>,
    },
    /// What is at the selector is no key.
    NotAKey {
        /// The name that was asked for.
        name: String,
        /// What is there.
        text: String,
    },
    /// The key has been revoked (section 3.6.1, `p`).
    Revoked,
    /// The key cannot be read.
    UnreadableKey {
        /// Why not.
        why: String,
    },
    /// The key is of another type than the signature.
    KeyType {
        /// What the signature wants.
        wanted: String,
        /// What the key is.
        found: String,
    },
    /// The key is not for SHA-256 (section 3.6.1, `h`).
    KeyHash {
        /// What it is for.
        hashes: String,
    },
    /// The key is not for mail (section 3.6.1, `s`).
    KeyService {
        /// What it is for.
        services: String,
    },
    /// The key is not for subdomains (section 3.6.1, `t=s`).
    KeyStrict {
        /// The identity, which is in a subdomain.
        identity: String,
    },
    /// The key is shorter than anybody may accept (RFC 8301, section 3.2).
    KeyTooShort {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// The key is of a length that is not supported.
    KeyTooLong {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// DNS did not answer.
    KeyUnavailable {
        /// Why.
        failure: Failure,
    },
    /// The signature has expired (section 3.5, `x`).
    Expired {
        /// When.
        at: Timestamp,
    },
    /// The body is not the one that was signed (section 6.1.3).
    Body,
    /// The body is shorter than what was signed (section 3.5, `l`).
    BodyTooShort {
        /// How much was signed, in bytes.
        signed: u64,
        /// How much there is, in bytes.
        found: u64,
    },
    /// The signed header fields are not the ones that were signed (section 6.1.3).
    Header,
    /// It was not looked at.
    Unchecked {
        /// Why not.
        why: String,
    },
}

impl Fault {
    /// What receivers make of it.
    #[must_use]
    pub fn result(&self) -> DkimResult {
        match self {
            Self::KeyUnavailable { .. } => DkimResult::TempError,
            Self::Unchecked { .. } => DkimResult::Unchecked,
            Self::Expired { .. } | Self::Body | Self::BodyTooShort { .. } | Self::Header => {
                DkimResult::Fail
            }
            _ => DkimResult::PermError,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { what } => write!(f, "the signature cannot be read: {what}"),
            Self::DuplicateTag { tag } => write!(f, "the tag `{tag}` is there twice"),
            Self::MissingTag { tag } => write!(f, "the tag `{tag}` is missing"),
            Self::BadValue { tag, value } => write!(f, "`{tag}={value}` cannot be read"),
            Self::Version { value } => write!(f, "`v={value}` is not version 1"),
            Self::Sha1 => f.write_str("it is made with SHA-1, which receivers must not accept"),
            Self::Algorithm { value } => write!(f, "no verifier knows the algorithm `{value}`"),
            Self::Canonicalization { value } => {
                write!(f, "no verifier knows the canonicalization `c={value}`")
            }
            Self::Query { value } => write!(f, "no verifier finds keys by `q={value}`"),
            Self::TopLevelDomain { domain } => {
                write!(f, "it is in the name of the top-level domain `{domain}`")
            }
            Self::Identity { identity, domain } => {
                write!(f, "the identity `{identity}` is not within {domain}")
            }
            Self::FromNotSigned => f.write_str("the From field is not signed (not in `h`)"),
            Self::NoKey { name, alias: None } => write!(f, "there is no key at {name}"),
            Self::NoKey { name, alias: Some(alias) } => {
                write!(f, "there is no key at {name}: it is an alias of {alias}, which is missing")
            }
            Self::NotAKey { name, text } => write!(f, "what is at {name} is no key: `{text}`"),
            Self::Revoked => f.write_str("the key has been revoked"),
            Self::UnreadableKey { why } => write!(f, "the key cannot be read: {why}"),
            Self::KeyType { wanted, found } => {
                write!(f, "the signature wants an {wanted} key, and the key is of type {found}")
            }
            Self::KeyHash { hashes } => {
                write!(
                    f,
                    "the key is only for `h={hashes}`, and the signature is made with SHA-256"
                )
            }
            Self::KeyService { services } => write!(f, "the key is only for `s={services}`"),
            Self::KeyStrict { identity } => {
                write!(f, "the key is not for subdomains (`t=s`), and the identity is `{identity}`")
            }
            Self::KeyTooShort { bits } => {
                write!(f, "the key has {bits} bits; receivers must not accept fewer than 1024")
            }
            Self::KeyTooLong { bits } => write!(f, "the key has {bits} bits, more than 8192"),
            Self::KeyUnavailable { failure } => {
                write!(f, "DNS did not answer for the key: {}", failure.message)
            }
            Self::Expired { at } => write!(f, "the signature expired at {at}"),
            Self::Body => f.write_str("the body is not the one that was signed"),
            Self::BodyTooShort { signed, found } => {
                write!(
                    f,
                    "{signed} bytes of the body were signed (`l`), and there are only {found}"
                )
            }
            Self::Header => {
                f.write_str("the signed header fields are not the ones that were signed")
            }
            Self::Unchecked { why } => write!(f, "it was not looked at: {why}"),
        }
    }
}
