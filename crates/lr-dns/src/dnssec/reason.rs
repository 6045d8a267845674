use std::fmt;

use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

/// Why signed data cannot be trusted.
///
/// `set` is a name and a type, such as `www.example.com A`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Bogus {
    /// The parent has a digest, and the zone has no keys.
    #[serde(rename = "orphan-ds")]
    OrphanDigest,
    /// No key has the tag and algorithm of a digest.
    NoSuchKey {
        /// The tags of the digests.
        tags: Vec<u16>,
    },
    /// The key with the digest's tag has another digest.
    WrongDigest {
        /// The tag of both.
        tag: u16,
    },
    /// The key that a digest or trust anchor names is revoked or may not sign (RFC 5011, section 2.1;
    /// RFC 4034, section 2.1.1).
    UnfitKey {
        /// Its tag.
        tag: u16,
    },
    /// No trust anchor has an algorithm and a digest that can be verified here.
    UnusableAnchor,
    /// Records that must be signed are not.
    MissingSignature {
        /// Which.
        set: String,
    },
    /// There is a signature, and no key of the zone with its tag and algorithm.
    UnknownKey {
        /// Of what.
        set: String,
        /// The tag.
        tag: u16,
    },
    /// The signer is no zone that may sign this (RFC 4035, section 5.3.1).
    WrongSigner {
        /// What is signed.
        set: String,
        /// Who is said to have signed it.
        signer: String,
    },
    /// The signature has ended.
    Expired {
        /// Of what.
        set: String,
        /// When, in seconds since 1970.
        ended_s: i64,
    },
    /// The signature has not begun.
    NotYetValid {
        /// Of what.
        set: String,
        /// When it begins, in seconds since 1970.
        begins_s: i64,
    },
    /// The signature is not of the data it stands beside.
    WrongSignature {
        /// Of what.
        set: String,
    },
    /// Nothing proves that the records are missing.
    MissingProof {
        /// Which.
        set: String,
    },
    /// What should prove that records are missing proves something else.
    WrongProof {
        /// Which.
        set: String,
        /// What is wrong with it.
        why: String,
    },
    /// What should prove that records are missing shows that they exist.
    Contradiction {
        /// Which.
        set: String,
    },
    /// An alias is not what the signed DNAME record above it makes of the name.
    WrongAlias {
        /// Its name.
        name: String,
    },
    /// It would take more work than is reasonable (CVE-2023-50387, CVE-2023-50868).
    TooMuchWork,
}

impl Bogus {
    /// The reason in one word.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OrphanDigest => "orphan-ds",
            Self::NoSuchKey { .. } => "no-such-key",
            Self::WrongDigest { .. } => "wrong-digest",
            Self::UnfitKey { .. } => "unfit-key",
            Self::UnusableAnchor => "unusable-anchor",
            Self::MissingSignature { .. } => "missing-signature",
            Self::UnknownKey { .. } => "unknown-key",
            Self::WrongSigner { .. } => "wrong-signer",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::WrongSignature { .. } => "wrong-signature",
            Self::MissingProof { .. } => "missing-proof",
            Self::WrongProof { .. } => "wrong-proof",
            Self::Contradiction { .. } => "contradiction",
            Self::WrongAlias { .. } => "wrong-alias",
            Self::TooMuchWork => "too-much-work",
        }
    }

    /// How much a reason tells, if several signatures fail for different ones.
    pub(crate) fn weight(&self) -> u8 {
        match self {
            Self::TooMuchWork => 6,
            Self::WrongSignature { .. } => 5,
            Self::Expired { .. } => 4,
            Self::NotYetValid { .. } => 3,
            Self::UnfitKey { .. } => 2,
            Self::UnknownKey { .. } | Self::WrongSigner { .. } => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for Bogus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |seconds: &i64| Timestamp::from_unix(*seconds);
        match self {
            Self::OrphanDigest => {
                f.write_str("the parent has a DS record, and the zone has no key")
            }
            Self::NoSuchKey { tags } => {
                write!(f, "the DS records are of keys {tags:?}, which the zone has not")
            }
            Self::WrongDigest { tag } => {
                write!(f, "the digest in the DS record is not that of key {tag}")
            }
            Self::UnfitKey { tag } => {
                write!(f, "key {tag} is revoked or is no key that may sign the zone")
            }
            Self::UnusableAnchor => {
                f.write_str("no trust anchor has an algorithm and digest that can be verified")
            }
            Self::MissingSignature { set } => {
                write!(f, "{set} is not signed by a key of the zone")
            }
            Self::UnknownKey { set, tag } => {
                write!(f, "{set} is signed by a key {tag}, which the zone has not")
            }
            Self::WrongSigner { set, signer } => {
                write!(f, "{set} is signed in the name of {signer}, which is not its zone")
            }
            Self::Expired { set, ended_s } => {
                write!(f, "the signature of {set} has ended at {}", time(ended_s))
            }
            Self::NotYetValid { set, begins_s } => {
                write!(f, "the signature of {set} begins only at {}", time(begins_s))
            }
            Self::WrongSignature { set } => {
                write!(f, "the signature of {set} is not of its data")
            }
            Self::MissingProof { set } => {
                write!(f, "nothing that is signed proves that there is no {set}")
            }
            Self::WrongProof { set, why } => {
                write!(f, "what should prove that there is no {set} does not: {why}")
            }
            Self::Contradiction { set } => {
                write!(f, "what should prove that there is no {set} shows that there is")
            }
            Self::WrongAlias { name } => {
                write!(f, "the alias {name} is not what the DNAME record above it makes of it")
            }
            Self::TooMuchWork => {
                f.write_str("it takes more signatures or hashes than is reasonable")
            }
        }
    }
}
