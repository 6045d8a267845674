use lr_core::{ErrorKind, Text};
use serde::{Deserialize, Serialize};

/// Why there is nothing to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Obstacle {
    /// What kind of obstacle.
    pub cause: Cause,
    /// What was wrong and where.
    pub message: Text,
}

/// The obstacles that the judgement tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// The name does not exist.
    NoSuchName,
    /// The name has no address.
    NoAddress,
    /// The name could not be resolved.
    Resolver,
    /// The name cannot be sent in a handshake.
    BadName,
    /// The address policy forbids the connection.
    Forbidden,
    /// Nothing listens at this port.
    Refused,
    /// There is no way from here to there.
    Unreachable,
    /// No connection in time.
    Timeout,
    /// Connected, but the handshake did not end in time.
    Silent,
    /// The connection was reset.
    Reset,
    /// The server ended the connection during the handshake, without a word.
    Closed,
    /// The answer was plain HTTP.
    PlainHttp,
    /// The answer was something else that is not TLS.
    NotTls,
    /// The server refused with a TLS alert.
    Alert,
    /// The server supports none of the versions that were offered.
    Version,
    /// The server breaks the protocol.
    Broken,
    /// The mail server does not offer STARTTLS.
    NoStartTls,
    /// What is to be fetched is larger than the limits allow.
    TooLarge,
}

impl Obstacle {
    /// An obstacle.
    pub fn new(cause: Cause, message: impl Into<Text>) -> Self {
        Self { cause, message: message.into() }
    }
}

impl Cause {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::BadName => ErrorKind::Config,
            Self::Forbidden => ErrorKind::Forbidden,
            Self::Timeout | Self::Silent => ErrorKind::Timeout,
            Self::PlainHttp
            | Self::NotTls
            | Self::Alert
            | Self::Version
            | Self::Broken
            | Self::TooLarge
            | Self::NoStartTls => ErrorKind::Protocol,
            Self::NoSuchName
            | Self::NoAddress
            | Self::Resolver
            | Self::Refused
            | Self::Unreachable
            | Self::Reset
            | Self::Closed => ErrorKind::Unreachable,
        }
    }
}
