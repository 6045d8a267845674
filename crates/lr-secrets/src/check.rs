use std::path::PathBuf;

use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait};

use crate::snapshot::Snapshot;
use crate::{NAME, Policy, RULES, inspect, inventory, judge};

/// The check `secrets`: a tree, or what was seen of one earlier.
#[derive(Clone, Debug)]
pub struct SecretsCheck {
    source: Source,
    policy: Policy,
}

#[derive(Clone, Debug)]
enum Source {
    Tree(PathBuf),
    Kept(Box<Snapshot>),
}

impl SecretsCheck {
    /// Scans the tree under `root`, or one file.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { source: Source::Tree(root.into()), policy: Policy::new() }
    }

    /// Judges a snapshot that was kept, and reads no file.
    #[must_use]
    pub fn replay(snapshot: Snapshot) -> Self {
        Self { source: Source::Kept(Box::new(snapshot)), policy: Policy::new() }
    }

    /// Another policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }
}

#[async_trait]
impl Check for SecretsCheck {
    fn name(&self) -> &str {
        NAME
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let seen;
        let snapshot = match &self.source {
            Source::Tree(root) => {
                out.about(Location::file(root.display().to_string(), None, None));
                seen = inspect(root, &self.policy, cx).await?;
                &seen
            }
            Source::Kept(snapshot) => snapshot,
        };
        out.about(judge::root(snapshot));
        out.snapshot(json(snapshot)?);
        out.data(json(&inventory(snapshot, cx.now()))?);
        judge(snapshot, cx.now(), out);
        match judge::stopped(snapshot) {
            Some((kind, reason)) => Err(CheckError::new(kind, reason)),
            None => Ok(()),
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, CheckError> {
    let failed =
        |error| CheckError::new(ErrorKind::Internal, "cannot write JSON").with_source(error);
    serde_json::to_string(value).map_err(|error: serde_json::Error| failed(error))
}
