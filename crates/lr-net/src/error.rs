use std::io;

use lr_core::{CheckError, ErrorKind, Text};
use serde::{Deserialize, Serialize};

use crate::AddressClass;

/// Why the network could not be asked. None of these is a verdict on the site.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The network settings do not make sense.
    #[error("{0}")]
    Config(String),
    /// Not a host name, or not a URL that can be fetched.
    #[error("`{0}` is not a host name")]
    BadName(String),
    /// The name does not exist.
    #[error("{0} does not exist")]
    NoSuchName(String),
    /// The name exists but has no address.
    #[error("{0} has no address")]
    NoAddress(String),
    /// The resolver could not answer.
    #[error("{name}: {reason}")]
    Resolver {
        /// The name that was asked for.
        name: String,
        /// What the resolver said.
        reason: String,
    },
    /// The address policy forbids the connection.
    #[error("{host}: {address} is a {class} address, which the address policy forbids")]
    Forbidden {
        /// What was to be contacted.
        host: String,
        /// The offending address.
        address: String,
        /// What kind of address it is.
        class: AddressClass,
    },
    /// Only routed addresses may be contacted, and no route covers this one.
    #[error("no route covers {0}, and only routed addresses may be contacted")]
    NotRouted(String),
    /// No answer in time.
    #[error("{0} timed out")]
    Timeout(String),
    /// A name server's answer does not fit into UDP, and it does not answer over TCP.
    #[error("{peer}: the answer is truncated, and over TCP: {reason}")]
    NoTcp {
        /// Who was asked.
        peer: String,
        /// What happened over TCP.
        reason: String,
    },
    /// As many DNS questions were sent as are allowed.
    #[error("{peer}: not asked, since {limit} questions were sent already")]
    Spent {
        /// Who was to be asked.
        peer: String,
        /// How many questions are allowed.
        limit: usize,
    },
    /// Nobody listens there.
    #[error("{peer}: connection refused")]
    Refused {
        /// Who was contacted.
        peer: String,
    },
    /// Reset, or no way there.
    #[error("{peer}: {reason}")]
    Unreachable {
        /// Who was contacted.
        peer: String,
        /// What happened.
        reason: String,
    },
    /// No packet can leave this host in that direction, for example for want of IPv6.
    #[error("{peer}: no way there from this host: {reason}")]
    NoRoute {
        /// Who was to be contacted.
        peer: String,
        /// What the operating system said.
        reason: String,
    },
    /// The handshake failed, for example because the certificate is not valid.
    #[error("{peer}: {reason}")]
    Tls {
        /// Who was contacted.
        peer: String,
        /// What happened.
        reason: String,
    },
    /// The other side does not speak the protocol.
    #[error("{peer}: {reason}")]
    Protocol {
        /// Who was contacted.
        peer: String,
        /// What was wrong.
        reason: String,
    },
}

impl Error {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Config(_) | Self::BadName(_) => ErrorKind::Config,
            Self::Forbidden { .. } | Self::NotRouted(_) => ErrorKind::Forbidden,
            Self::Timeout(_) | Self::NoTcp { .. } => ErrorKind::Timeout,
            Self::Spent { .. } => ErrorKind::NotDecided,
            Self::Tls { .. } | Self::Protocol { .. } => ErrorKind::Protocol,
            Self::NoSuchName(_)
            | Self::NoAddress(_)
            | Self::Resolver { .. }
            | Self::NoRoute { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. } => ErrorKind::Unreachable,
        }
    }
}

impl Error {
    /// A connection that could not be made, or that broke.
    pub(crate) fn of_io(peer: String, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused { peer },
            io::ErrorKind::TimedOut => Self::Timeout(peer),
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::AddrNotAvailable => {
                Self::NoRoute { peer, reason: error.to_string() }
            }
            _ => Self::Unreachable { peer, reason: error.to_string() },
        }
    }
}

impl From<Error> for CheckError {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}

/// An [`Error`] as plain data, to be kept in a snapshot beside what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// What kind of obstacle it was.
    pub kind: ErrorKind,
    /// Finer than [`Self::kind`] where a judgement needs it.
    pub reason: FailureReason,
    /// What was wrong and where.
    pub message: Text,
}

/// The obstacles that judgements tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FailureReason {
    /// The name does not exist: a fact about the site, seen in DNS.
    NoSuchName,
    /// The name has no address: a fact about the site, seen in DNS.
    NoAddress,
    /// No packet can leave this host in that direction: tells nothing about the other side.
    NoRoute,
    /// The TLS handshake failed.
    Tls,
    /// Nobody listens at that port.
    Refused,
    /// A name server truncates its answer over UDP and does not give it over TCP.
    NoTcp,
    /// The connection was reset or could not be made.
    Unreachable,
    /// The address is not public, and the address policy forbids it.
    NotPublic,
    /// Anything else.
    Other,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let reason = match error {
            Error::NoSuchName(_) => FailureReason::NoSuchName,
            Error::NoAddress(_) => FailureReason::NoAddress,
            Error::NoRoute { .. } => FailureReason::NoRoute,
            Error::Tls { .. } => FailureReason::Tls,
            Error::Refused { .. } => FailureReason::Refused,
            Error::NoTcp { .. } => FailureReason::NoTcp,
            Error::Forbidden { .. } => FailureReason::NotPublic,
            Error::Unreachable { .. } => FailureReason::Unreachable,
            _ => FailureReason::Other,
        };
        Self { kind: error.kind(), reason, message: error.to_string().into() }
    }
}

impl From<&Failure> for CheckError {
    fn from(failure: &Failure) -> Self {
        Self::new(failure.kind, failure.message.clone())
    }
}
