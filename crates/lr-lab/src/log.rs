//! The record of everything that reached the lab.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One thing that reached the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seen {
    /// A DNS question.
    Query(SeenQuery),
    /// An accepted TCP connection to a site or a mail host.
    Connection(SeenConnection),
    /// A TLS ClientHello.
    Handshake(SeenHandshake),
    /// An HTTP request.
    Request(SeenRequest),
    /// One SMTP command.
    Smtp(SeenSmtp),
}

impl Seen {
    /// When it reached the lab: time since the lab started.
    #[must_use]
    pub fn at(&self) -> Duration {
        match self {
            Self::Query(query) => query.at,
            Self::Connection(connection) => connection.at,
            Self::Handshake(handshake) => handshake.at,
            Self::Request(request) => request.at,
            Self::Smtp(command) => command.at,
        }
    }
}

/// A DNS question, logged when it arrives, whatever becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenQuery {
    /// Time since the lab started.
    pub at: Duration,
    /// Who was asked: `"recursor"` or the first name of the name server, such as `"ns1.shop.test"`.
    pub server: String,
    /// Nominal address that was asked (loopback for the recursor).
    pub address: IpAddr,
    /// How the question came.
    pub transport: Transport,
    /// The name asked for, lower case, without a trailing dot (`"."` for the root).
    pub name: String,
    /// The type asked for, such as `"AAAA"`.
    pub record_type: String,
    /// The RD bit of the question.
    pub recursion_desired: bool,
    /// The name exactly as it was spelled on the wire.
    pub spelling: String,
}

/// Transport of a DNS question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// A datagram.
    Udp,
    /// A TCP stream.
    Tcp,
}

/// An accepted TCP connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenConnection {
    /// Time since the lab started.
    pub at: Duration,
    /// Nominal address that was contacted.
    pub address: IpAddr,
    /// Nominal port that was contacted.
    pub port: u16,
}

/// A TLS ClientHello.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenHandshake {
    /// Time since the lab started.
    pub at: Duration,
    /// Nominal address that was contacted.
    pub address: IpAddr,
    /// Nominal port that was contacted.
    pub port: u16,
    /// Server name indication, if any.
    pub sni: Option<String>,
    /// Protocols offered by ALPN, in the client's order.
    pub alpn: Vec<String>,
}

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenRequest {
    /// Time since the lab started.
    pub at: Duration,
    /// Nominal address that was contacted.
    pub address: IpAddr,
    /// `"http"` or `"https"`.
    pub scheme: &'static str,
    /// Host from the `Host` header or the `:authority`, lower case, without the port.
    pub host: String,
    /// Request method.
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// `"HTTP/1.1"` or `"HTTP/2"`.
    pub protocol: &'static str,
}

impl SeenRequest {
    /// The absolute URL of the request.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path)
    }
}

/// One SMTP command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeenSmtp {
    /// Time since the lab started.
    pub at: Duration,
    /// Nominal address that was contacted.
    pub address: IpAddr,
    /// The command line, without its line end.
    pub command: String,
    /// Whether the session was encrypted by then.
    pub encrypted: bool,
}

/// Shared handle to the record.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    started: Instant,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), seen: Arc::default() }
    }

    /// Time since the lab started, for a new entry.
    pub(crate) fn at(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn push(&self, seen: Seen) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn select<T>(&self, pick: impl Fn(&Seen) -> Option<T>) -> Vec<T> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter_map(pick).collect()
    }

    pub(crate) fn clear(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
