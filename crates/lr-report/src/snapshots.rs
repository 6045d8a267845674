use lr_core::{CheckRun, Text, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::report::one_line;

/// Name and version of the document that keeps what was seen.
pub const SNAPSHOTS_SCHEMA: &str = "launch-ready/snapshots/1";

/// Everything that the checks of one audit saw, to be judged again later, with newer rules or by
/// another policy, without touching the network.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshots {
    /// [`SNAPSHOTS_SCHEMA`].
    pub schema: String,
    /// What was audited.
    pub target: Text,
    /// When it was looked at; verdicts are made by this time unless the caller says otherwise.
    pub at: Timestamp,
    /// The caller's own description of the launch.
    pub site: Option<Box<RawValue>>,
    /// The snapshot of each check that has one, in the order of the audit.
    pub checks: Vec<KeptCheck>,
}

/// What one check saw.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptCheck {
    /// Name of the check.
    pub check: String,
    /// What it saw; the shape is the check's own.
    pub snapshot: Box<RawValue>,
}

impl Snapshots {
    /// Collects what `runs` have kept.
    #[must_use]
    pub fn new(target: &str, at: Timestamp, runs: &[CheckRun]) -> Self {
        let kept = runs.iter().filter_map(|run| {
            let snapshot = run.snapshot.clone().map(one_line)?;
            Some(KeptCheck { check: run.check.clone(), snapshot })
        });
        Self {
            schema: SNAPSHOTS_SCHEMA.into(),
            target: target.into(),
            at,
            site: None,
            checks: kept.collect(),
        }
    }

    /// The document on one line.
    ///
    /// # Panics
    /// Never: it holds nothing that JSON cannot write.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain data can be written as JSON")
    }

    /// Reads a document.
    ///
    /// # Errors
    /// Says what is wrong and where, also if the document is of another version.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let kept: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match kept.schema.as_str() {
            SNAPSHOTS_SCHEMA => Ok(kept),
            other => Err(format!("`{other}` is not {SNAPSHOTS_SCHEMA}")),
        }
    }
}
