use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::judge::env::documented::documented;
use crate::snapshot::{Environment, Snapshot};

/// An environment variable: who sets it, and who reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VariableInUse {
    /// Its name.
    pub name: String,
    /// Environments whose files set it.
    pub environments: Vec<Environment>,
    /// Environment files that set it, by path.
    pub files: Vec<String>,
    /// Source files that read it, by path.
    pub readers: Vec<String>,
    /// Whether some value of it is secret.
    pub secret: bool,
    /// Whether a template such as `.env.example` names it.
    pub documented: bool,
}

/// What the tree's environment files set and its sources read.
pub(super) fn in_use(snapshot: &Snapshot) -> Vec<VariableInUse> {
    let mut all: BTreeMap<&str, (VariableInUse, BTreeSet<Environment>)> = BTreeMap::new();
    for file in snapshot.env_files.iter().filter(|file| !file.template) {
        for variable in &file.variables {
            let (entry, environments) = all.entry(&variable.name).or_default();
            environments.insert(file.environment);
            entry.secret |= variable.digest.is_some();
            if entry.files.last() != Some(&file.path) {
                entry.files.push(file.path.clone());
            }
        }
    }
    for read in &snapshot.env_reads {
        all.entry(&read.name).or_default().0.readers.push(read.path.clone());
    }
    let documented = documented(snapshot);
    for name in &documented {
        all.entry(name).or_default();
    }
    all.into_iter()
        .map(|(name, (entry, environments))| VariableInUse {
            name: name.to_owned(),
            environments: environments.into_iter().collect(),
            documented: documented.contains(name),
            ..entry
        })
        .collect()
}
