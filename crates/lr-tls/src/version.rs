use std::fmt;

use serde::{Deserialize, Serialize};

/// A version of SSL or TLS. Only the last two are fit for use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Version {
    /// SSL 2.0 (RFC 6176 forbids it).
    #[serde(rename = "ssl2")]
    Ssl2,
    /// SSL 3.0 (RFC 7568 forbids it).
    #[serde(rename = "ssl3")]
    Ssl3,
    /// TLS 1.0 (RFC 8996 forbids it).
    #[serde(rename = "1.0")]
    Tls10,
    /// TLS 1.1 (RFC 8996 forbids it).
    #[serde(rename = "1.1")]
    Tls11,
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "1.3")]
    Tls13,
}

impl Version {
    /// With the protocol's name.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Ssl2 | Self::Ssl3 => self.to_string(),
            _ => format!("TLS {self}"),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ssl2 => "SSL 2.0",
            Self::Ssl3 => "SSL 3.0",
            Self::Tls10 => "1.0",
            Self::Tls11 => "1.1",
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        })
    }
}
