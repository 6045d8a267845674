use serde::{Deserialize, Serialize};

/// An environment file: what a program is given when it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnvFile {
    /// Path relative to the root.
    pub path: String,
    /// Names of secrets that are given a value in it. Never the values.
    pub names: Vec<String>,
    /// The environment that its name tells.
    #[serde(default)]
    pub environment: Environment,
    /// Whether git ignores it. Then it is no part of the tree, and is read for its variables only.
    #[serde(default)]
    pub ignored: bool,
    /// Whether it is shared to say which variables there are, such as `.env.example`.
    #[serde(default)]
    pub template: bool,
    /// What it sets, in order.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// Why it could not be read, if it could not.
    #[serde(default)]
    pub unread: Option<String>,
}

/// A variable of an environment file, without its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Line, counted from 1.
    pub line: u64,
    /// Whether it is given a value, and not an empty, templated or invented one.
    pub set: bool,
    /// Digest of its value under the policy's key, if that is secret.
    pub digest: Option<String>,
    /// Id of the [`Format`](crate::Format) that its value has by itself.
    pub format: Option<String>,
    /// What says that its value is of production, if anything does.
    pub production: Option<String>,
    /// Whether build tools copy it into what browsers get.
    pub public: bool,
}

/// A place in source code where an environment variable is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnvRead {
    /// Name of the variable.
    pub name: String,
    /// Path relative to the root.
    pub path: String,
    /// Line of the first place in this file, counted from 1.
    pub line: u64,
}

/// Where a program runs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Environment {
    /// Not said: `.env`, which most tools read in all of them, and `.env.local`.
    #[default]
    Any,
    /// Where it is written.
    Development,
    /// Where it is tested.
    Test,
    /// Where it is tried before it is launched.
    Staging,
    /// Where it is used.
    Production,
}

impl Environment {
    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any environment",
            Self::Development => "development",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}
