/// What is wrong with the description of a launch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A name that is no host name.
    #[error("`{name}` is not a host name: {reason}")]
    HostName {
        /// The name as it was given.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A text that is no URL of a web page.
    #[error("`{url}` is not a URL: {reason}")]
    Url {
        /// The text as it was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A configuration file that cannot be understood.
    #[error("line {line}: {reason}")]
    Config {
        /// Line, counted from 1.
        line: usize,
        /// What is wrong there, with a suggestion where there is one.
        reason: String,
    },
    /// A variable that an endpoint's credentials should come from is not set.
    #[error("the environment variable {variable} is not set")]
    Variable {
        /// Its name.
        variable: String,
    },
    /// Kept snapshots that cannot be read.
    #[error("the snapshot of {check} cannot be read: {reason}")]
    Snapshot {
        /// Name of the check.
        check: String,
        /// What is wrong.
        reason: String,
    },
}
