use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Text;

/// Why something could not be looked at. Never a verdict on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller asked to stop.
    Cancelled,
    /// The configuration does not make sense.
    Config,
    /// The address policy forbids the connection.
    Forbidden,
    /// A bug in the check.
    Internal,
    /// The check ended without deciding the rule.
    NotDecided,
    /// The other side does not speak the protocol.
    Protocol,
    /// The other side asked us to slow down.
    RateLimited,
    /// No answer in time.
    Timeout,
    /// No way there: refused, reset, no address, or a file that cannot be read.
    Unreachable,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "cancelled",
            Self::Config => "configuration",
            Self::Forbidden => "forbidden by the address policy",
            Self::Internal => "internal error",
            Self::NotDecided => "not decided",
            Self::Protocol => "protocol error",
            Self::RateLimited => "rate limited",
            Self::Timeout => "timed out",
            Self::Unreachable => "unreachable",
        })
    }
}

/// "Could not look", with a kind that generic code understands and a message for people.
///
/// Each check crate has an error type of its own and converts it into this one at the seam.
#[derive(Debug)]
pub struct CheckError {
    kind: ErrorKind,
    message: Text,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CheckError {
    /// An error of `kind`; the message says what was wrong and where.
    pub fn new(kind: ErrorKind, message: impl Into<Text>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// Adds the error behind this one.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// What kind of obstacle it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What was wrong and where.
    #[must_use]
    pub fn message(&self) -> &Text {
        &self.message
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)
    }
}

impl Error for CheckError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
