mod environment;

use std::fmt;
use std::path::PathBuf;

use lr_core::{CheckError, ErrorKind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Exposure;
pub use environment::{EnvFile, EnvRead, Environment, Variable};

/// What a scan of a tree saw. It holds no secret, only redacted previews and digests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// The root as it was given.
    pub root: String,
    /// Who gets to see what was scanned.
    #[serde(default)]
    pub exposure: Exposure,
    /// Files that were read, and objects of a repository.
    pub files: u64,
    /// Bytes that were read: of objects, those that they have when unpacked.
    pub bytes: u64,
    /// Symbolic links that were met. None is followed; the files inside the root that they lead to
    /// are read where they lie.
    pub symlinks: u64,
    /// Whether the tree is under git's control, so that ignore rules mean something.
    pub versioned: bool,
    /// Whether files that git ignores were left out.
    pub ignore_rules: bool,
    /// Why the scan ended before everything was read, if it did.
    pub stopped: Option<ErrorKind>,
    /// What was not looked at, or not whole, by path.
    pub skipped: Vec<Skipped>,
    /// Environment files, by path, those that git ignores included.
    pub env_files: Vec<EnvFile>,
    /// Environment variables that the sources read, by name.
    #[serde(default)]
    pub env_reads: Vec<EnvRead>,
    /// Rules of one's own that were applied beside the formats.
    #[serde(default)]
    pub own_rules: Vec<OwnRule>,
    /// Files in which secrets were found, by path.
    pub found: Vec<Found>,
}

/// A rule of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OwnRule {
    /// Its id, with `own/` before it, as [`Secret::format`] has it.
    pub id: String,
    /// What it finds.
    pub description: String,
}

impl Snapshot {
    /// The rule of one's own that found a secret, if one did.
    pub(crate) fn own_rule(&self, secret: &Secret) -> Option<&OwnRule> {
        self.own_rules.iter().find(|rule| rule.id == secret.format)
    }

    /// What was seen of a tree, and of its history.
    #[cfg(feature = "git")]
    pub(crate) fn with(mut self, history: Self) -> Self {
        self.files += history.files;
        self.bytes += history.bytes;
        self.stopped = self.stopped.or(history.stopped);
        self.skipped.extend(history.skipped);
        self.skipped.sort_unstable();
        self.skipped.dedup();
        self.found.extend(history.found);
        self.found.sort_by(|a, b| (&a.path, &a.origin).cmp(&(&b.path, &b.origin)));
        self
    }
}

/// A path that was not looked at, or not whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Skipped {
    /// Path relative to the root.
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// Why something was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// It could not be read.
    Unreadable {
        /// What the system said.
        message: String,
    },
    /// A FIFO, a socket or a device: reading it could block for ever or change something.
    NotAFile,
    /// Only the beginning was read.
    TooLarge {
        /// Bytes that were read.
        read: u64,
    },
    /// More secrets than are kept of one file.
    TooMany {
        /// Distinct secrets that were kept.
        kept: u64,
    },
    /// A symbolic link to something outside the root.
    OutsideRoot,
    /// What it holds is compressed, and was not unpacked.
    Archive,
    /// Objects of a repository that are damaged.
    Damaged {
        /// How many cannot be read because of it.
        objects: u64,
    },
    /// Objects that a repository should hold and does not.
    Missing {
        /// How many are known to be missing.
        objects: u64,
    },
    /// A repository whose history was fetched in part only.
    Shallow,
    /// Another repository inside this one, whose history is its own.
    Submodule,
}

impl Reason {
    /// Whether something that belongs to the tree may have gone unseen because of it.
    #[must_use]
    pub fn leaves_doubt(&self) -> bool {
        !matches!(self, Self::OutsideRoot | Self::Archive | Self::Submodule)
    }
}

/// What people are told.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { message } => write!(f, "it could not be read: {message}"),
            Self::NotAFile => {
                f.write_str("it is a FIFO, a socket or a device, which is never opened")
            }
            Self::TooLarge { read } => write!(f, "only its first {read} bytes were read"),
            Self::TooMany { kept } => write!(f, "only its first {kept} secrets are listed"),
            Self::OutsideRoot => f.write_str("it is a symbolic link to something outside the tree"),
            Self::Archive => f.write_str("its contents are compressed"),
            Self::Damaged { objects } => write!(f, "{objects} of its objects are damaged"),
            Self::Missing { objects } => write!(f, "{objects} of its objects are missing"),
            Self::Shallow => {
                f.write_str("the clone is shallow, so that older history is not there")
            }
            Self::Submodule => f.write_str("it is a repository of its own"),
        }
    }
}

/// A file with secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Found {
    /// Path relative to the root, or to the top of the repository's work tree.
    pub path: String,
    /// Where it was seen.
    #[serde(default, skip_serializing_if = "Origin::is_tree")]
    pub origin: Origin,
    /// Each distinct secret once, in order of first occurrence.
    pub secrets: Vec<Secret>,
}

/// Where a file was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Origin {
    /// In the tree.
    #[default]
    Tree,
    /// In the index of the repository: the next commit will hold it.
    Index,
    /// In the history of the repository.
    Commit {
        /// The first commit that holds it, in hexadecimal digits.
        id: String,
        /// When that was committed, by the committer's clock.
        at: Timestamp,
        /// What leads to that commit.
        reach: Reach,
        /// Whether some file of the current commit holds the same secret.
        present: bool,
    },
    /// In an object of the repository that no commit holds.
    Object {
        /// Its id, in hexadecimal digits.
        id: String,
    },
}

impl Origin {
    pub(crate) fn is_tree(&self) -> bool {
        *self == Self::Tree
    }
}

/// What leads to a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reach {
    /// A branch, a tag, or the head of a work tree.
    Reference,
    /// A note.
    Note,
    /// The stash.
    Stash,
    /// Nothing: it was amended, rebased or reset away.
    Nothing,
}

/// One distinct secret of a file or a piece of text. It does not hold the secret itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Secret {
    /// Id of its [`crate::Format`], or of the rule of one's own that found it.
    pub format: String,
    /// Digest under the policy's key, twelve hexadecimal digits: equal for equal secrets.
    pub digest: String,
    /// A few leading characters and the length, for people.
    pub redacted: String,
    /// Whether it proves itself by checksum or structure; `None` where its format cannot.
    pub proven: Option<bool>,
    /// When it ceases to work, if it says so.
    pub expires: Option<Timestamp>,
    /// Whether it opens nothing beyond the machine it is used on.
    pub local: bool,
    /// Whether it has the form of a secret but counts or spells, as tests and documentation do.
    #[serde(default)]
    pub example: bool,
    /// How it is encoded where it stands, from the outside in; empty if it is not.
    #[serde(default)]
    pub encoding: String,
    /// Why it is to be ignored, if its line, an allowlist or a baseline says so. It stays in the
    /// inventory.
    #[serde(default)]
    pub ignored: Option<String>,
    /// Whether its variable is one that build tools copy into what browsers get.
    #[serde(default)]
    pub inlined: bool,
    /// Whether its provider takes it, if it was asked.
    #[cfg(feature = "liveness")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liveness: Option<crate::liveness::Liveness>,
    /// Where it stands, the first hundred places.
    pub places: Vec<Place>,
    /// Places beyond those.
    pub more: u64,
}

/// Where a secret stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Place {
    /// Bytes before it; in a file of UTF-16, as if it were UTF-8.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in characters, counted from 1.
    pub column: u64,
}

/// Why a tree could not be scanned at all. What goes wrong inside it is part of the snapshot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The root is not there or may not be read.
    #[error("cannot read `{}`", root.display())]
    Root {
        /// The root as it was given.
        root: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The root is neither a directory nor a file.
    #[error("`{}` is neither a directory nor a file", root.display())]
    NotATree {
        /// The root as it was given.
        root: PathBuf,
    },
    /// There is no git repository where history was asked for.
    #[error("`{}` is not in a git repository", root.display())]
    NotARepository {
        /// The root as it was given.
        root: PathBuf,
    },
    /// A revision that names no commit of the repository.
    #[error("`{revision}` names no commit of the repository")]
    Revision {
        /// The revision as it was given.
        revision: String,
    },
    /// The system could not start a thread.
    #[error("cannot start a thread to scan")]
    Thread {
        /// What the system said.
        source: std::io::Error,
    },
    /// A bug: the scan panicked.
    #[error("the scan panicked")]
    Panicked,
}

impl Error {
    /// The kind of obstacle.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Root { .. } => ErrorKind::Unreachable,
            Self::NotATree { .. } | Self::NotARepository { .. } | Self::Revision { .. } => {
                ErrorKind::Config
            }
            Self::Thread { .. } | Self::Panicked => ErrorKind::Internal,
        }
    }
}

impl From<Error> for CheckError {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}
