use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Text;

/// What an outcome is about.
///
/// Two locations are the same place when their identities (`Display`) are equal: lines, columns and
/// commits lead a person there but do not make it another place, since they change with every edit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Location {
    /// A check as a whole, where nothing narrower is known.
    Check {
        /// Name of the check.
        name: Text,
    },
    /// A domain, with everything below it.
    Domain {
        /// The domain name.
        name: Text,
    },
    /// One host name.
    Host {
        /// The host name.
        name: Text,
    },
    /// One server at one address, such as a name server.
    Server {
        /// The server's name.
        name: Text,
        /// Its address.
        address: Text,
    },
    /// A set of DNS records.
    Record {
        /// Owner name.
        name: Text,
        /// Record type, such as `CAA`.
        #[serde(rename = "type")]
        rtype: Text,
    },
    /// A port of a host.
    Endpoint {
        /// The host name or address.
        host: Text,
        /// The port.
        port: u16,
    },
    /// A URL.
    Url {
        /// The URL; never with credentials.
        url: Text,
    },
    /// A place in a file.
    File {
        /// Path relative to the root that was given.
        path: Text,
        /// Line, counted from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
        /// Column in characters, counted from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<u64>,
        /// Commit that brought it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<Text>,
    },
}

impl Location {
    /// A check as a whole.
    pub fn check(name: impl Into<Text>) -> Self {
        Self::Check { name: name.into() }
    }

    /// A domain.
    pub fn domain(name: impl Into<Text>) -> Self {
        Self::Domain { name: name.into() }
    }

    /// A host name.
    pub fn host(name: impl Into<Text>) -> Self {
        Self::Host { name: name.into() }
    }

    /// A server at an address.
    pub fn server(name: impl Into<Text>, address: impl Into<Text>) -> Self {
        Self::Server { name: name.into(), address: address.into() }
    }

    /// A set of DNS records.
    pub fn record(name: impl Into<Text>, rtype: impl Into<Text>) -> Self {
        Self::Record { name: name.into(), rtype: rtype.into() }
    }

    /// A port of a host.
    pub fn endpoint(host: impl Into<Text>, port: u16) -> Self {
        Self::Endpoint { host: host.into(), port }
    }

    /// A URL; the caller has removed credentials.
    pub fn url(url: impl Into<Text>) -> Self {
        Self::Url { url: url.into() }
    }

    /// A file, or a line and column in it.
    pub fn file(path: impl Into<Text>, line: Option<u64>, column: Option<u64>) -> Self {
        Self::File { path: path.into(), line, column, commit: None }
    }
}

/// The identity: what stays the same from run to run.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check { name } | Self::Domain { name } | Self::Host { name } => name.fmt(f),
            Self::Server { name, address } => write!(f, "{name}/{address}"),
            Self::Record { name, rtype } => write!(f, "{name} {rtype}"),
            Self::Endpoint { host, port } => write!(f, "{host}:{port}"),
            Self::Url { url } => url.fmt(f),
            Self::File { path, .. } => path.fmt(f),
        }
    }
}
