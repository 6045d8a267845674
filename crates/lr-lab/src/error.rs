use std::fmt;

/// Why a lab could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Records of a zone could not be read.
    Records {
        /// Origin of the zone.
        zone: String,
        /// The text that could not be read, and why.
        reason: String,
    },
    /// Something names a host, zone or server that the lab does not have.
    Unknown(String),
    /// A key or certificate could not be made.
    Certificate(String),
    /// A loopback socket could not be opened.
    Io(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Records { zone, reason } => write!(f, "zone {zone}: {reason}"),
            Self::Unknown(what) => write!(f, "{what}"),
            Self::Certificate(reason) => write!(f, "could not make a certificate: {reason}"),
            Self::Io(error) => write!(f, "could not open a loopback socket: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rcgen::Error> for Error {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

impl From<rustls::Error> for Error {
    fn from(error: rustls::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}
