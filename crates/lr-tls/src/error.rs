use lr_core::{CheckError, ErrorKind};

/// Why hosts could not be inspected at all, or roots not be used.
///
/// What goes wrong with one host is no error: it is part of the [`Snapshot`](crate::Snapshot).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A target is not `host` or `host:port`.
    #[error("`{0}` is not HOST or HOST:PORT")]
    BadTarget(String),
    /// A trust root cannot be read.
    #[error("trust root: {0}")]
    BadRoot(String),
    /// The network cannot be set up.
    #[error(transparent)]
    Network(#[from] lr_net::Error),
}

impl Error {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::BadTarget(_) | Self::BadRoot(_) => ErrorKind::Config,
            Self::Network(error) => error.kind(),
        }
    }
}

impl From<Error> for CheckError {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}
