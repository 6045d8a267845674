use lr_core::{CheckError, ErrorKind};

/// Why an inspection could not begin. Whatever goes wrong later is data of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not the name of a host.
    #[error("`{0}` is not a host name")]
    NotAHost(String),
    /// Neither an absolute http(s) URL nor a path that begins with `/`.
    #[error("`{0}` is neither an http(s) URL nor a path such as `/pricing`")]
    NotAUrl(String),
    /// The network could not be set up.
    #[error(transparent)]
    Network(#[from] lr_net::Error),
}

impl Error {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotAHost(_) | Self::NotAUrl(_) => ErrorKind::Config,
            Self::Network(error) => error.kind(),
        }
    }
}

impl From<Error> for CheckError {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}
