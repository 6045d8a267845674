use lr_core::{CheckError, ErrorKind};

/// Why nothing could be measured at all. What goes wrong with one endpoint is kept in the snapshot
/// instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was kept of accepted runs cannot be read.
    #[error("accepted runs: {0}")]
    Baseline(String),
    /// An endpoint cannot be asked for.
    #[error("endpoint `{url}`: {reason}")]
    Endpoint {
        /// Its URL, without credentials.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The network settings do not make sense.
    #[error(transparent)]
    Network(#[from] lr_net::Error),
}

impl Error {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Baseline(_) | Self::Endpoint { .. } => ErrorKind::Config,
            Self::Network(error) => error.kind(),
        }
    }
}

impl From<Error> for CheckError {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}
