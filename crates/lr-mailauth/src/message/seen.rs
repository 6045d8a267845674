use std::fmt;

use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::envelope::Envelope;
use super::{
    Algorithm, Bulk, Canonicalization, DkimResult, Dmarc, Fault, Hint, Links, Peculiarity,
};
use crate::SpfResult;

/// What was seen of a message: everything that the rules look at, and nothing of its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Seen {
    /// What the message is called, such as the name of its file.
    #[serde(default)]
    pub name: String,
    /// When it was looked at; signatures expire.
    pub at: Timestamp,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// What is unusual about the file.
    pub notes: Vec<Peculiarity>,
    /// Who it says it is from.
    pub from: Sender,
    /// Header fields that must be there and are not (RFC 5322, section 3.6).
    pub missing: Vec<String>,
    /// Header fields that are there more than once and must not be.
    pub repeated: Vec<String>,
    /// Who handed it in.
    pub envelope: Envelope,
    /// Its signatures, topmost first.
    pub signatures: Vec<Signature>,
    /// Signatures beyond those that were looked at.
    pub more_signatures: usize,
    /// SPF of the host that handed it in; `None` where the envelope does not say enough.
    pub spf: Option<Spf>,
    /// DMARC; `None` where the From field names no single domain.
    pub dmarc: Option<Dmarc>,
    /// How to unsubscribe.
    pub bulk: Bulk,
    /// Where its links lead.
    pub links: Links,
}

impl Seen {
    /// The best result of its signatures; `None` if there are none.
    #[must_use]
    pub fn dkim(&self) -> Option<DkimResult> {
        self.signatures.iter().map(|signature| signature.result).min()
    }
}

/// The From field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sender {
    /// How many From fields there are.
    pub fields: usize,
    /// The addresses in them.
    pub addresses: Vec<String>,
    /// The one domain that they have, lower case; `None` if there is none, or several.
    pub domain: Option<String>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Signature {
    /// `d`: in the name of which domain.
    pub domain: String,
    /// `s`: with which key.
    pub selector: String,
    /// `a`, where it is one that may be used.
    pub algorithm: Option<Algorithm>,
    /// `c`: the canonical form of the header fields.
    pub header_form: Canonicalization,
    /// `c`: the canonical form of the body.
    pub body_form: Canonicalization,
    /// `h`: the names of the signed fields.
    pub signed: Vec<String>,
    /// The result.
    pub result: DkimResult,
    /// Length of the key, for RSA.
    pub key_bits: Option<usize>,
    /// Whether the signature over the header fields verifies, whatever became of the body; `None`
    /// where it could not be computed.
    pub is_header_intact: Option<bool>,
    /// Why it is not accepted; the first one decides.
    pub faults: Vec<Fault>,
    /// What is odd about it, whether it is accepted or not.
    pub remarks: Vec<Remark>,
    /// What would have to be otherwise for it to verify.
    pub hints: Vec<Hint>,
}

/// What is odd about a signature that may be accepted all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "remark", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Remark {
    /// Only a part of the body is signed (`l`), so that anything can be put after it.
    PartOfBody {
        /// How much, in bytes of the canonical form.
        signed: u64,
        /// How much there is.
        total: u64,
    },
    /// It was made in the future (`t`).
    FromTheFuture {
        /// When.
        at: Timestamp,
    },
    /// It ends (`x`) before it was made (`t`).
    EndsBeforeItBegins,
    /// The key is marked as a test (`t=y`): receivers may treat the message as unsigned.
    TestingKey,
    /// There are several keys at the selector; which one a verifier takes is chance.
    SeveralKeys {
        /// How many.
        count: usize,
    },
    /// The key is a bare RSAPublicKey, which some verifiers do not read.
    BareKey,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartOfBody { signed, total } => {
                write!(f, "only {signed} of {total} bytes of the body are signed (`l={signed}`)")
            }
            Self::FromTheFuture { at } => write!(f, "it was made in the future, at {at}"),
            Self::EndsBeforeItBegins => f.write_str("it ends (`x`) before it was made (`t`)"),
            Self::TestingKey => f.write_str("the key is marked as a test (`t=y`)"),
            Self::SeveralKeys { count } => write!(f, "there are {count} keys at the selector"),
            Self::BareKey => f.write_str("the key is a bare RSAPublicKey (PKCS#1)"),
        }
    }
}

/// SPF of the host that handed the message in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spf {
    /// The result.
    pub result: SpfResult,
    /// The domain that was looked at.
    pub domain: String,
    /// The term that decided, if one did.
    pub term: Option<String>,
    /// Why the result is an error, if it is.
    pub error: Option<String>,
}
