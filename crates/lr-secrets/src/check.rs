#[cfg(feature = "git")]
use std::path::Path;
use std::path::PathBuf;

use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait};

#[cfg(feature = "git")]
use crate::git::{self, Span};
use crate::inspect::on_thread;
#[cfg(feature = "git")]
use crate::snapshot::Error;
use crate::snapshot::Snapshot;
use crate::stream::Stream;
use crate::{NAME, Policy, RULES, inspect, inventory, judge};

/// The check `secrets`: a tree, the history of its repository, or what was seen of them earlier.
#[derive(Clone, Debug)]
pub struct SecretsCheck {
    source: Source,
    policy: Policy,
}

#[derive(Clone, Debug)]
enum Source {
    Tree(PathBuf),
    /// A repository, with its tree or without.
    #[cfg(feature = "git")]
    History {
        root: PathBuf,
        span: Span,
        with_tree: bool,
    },
    Stream(Stream),
    Kept(Box<Snapshot>),
}

impl SecretsCheck {
    /// Scans the tree under `root`, or one file.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { source: Source::Tree(root.into()), policy: Policy::new() }
    }

    /// Scans what `stream` gives, such as standard input or a build log, under a name for people.
    ///
    /// It is read once, by the first run.
    pub fn stream(name: impl Into<String>, stream: impl std::io::Read + Send + 'static) -> Self {
        let stream = Stream::new(name.into(), Box::new(stream));
        Self { source: Source::Stream(stream), policy: Policy::new() }
    }

    /// Judges a snapshot that was kept, and reads no file.
    #[must_use]
    pub fn replay(snapshot: Snapshot) -> Self {
        Self { source: Source::Kept(Box::new(snapshot)), policy: Policy::new() }
    }

    /// The tree, and [everything](Span::Everything) that the repository around it holds.
    #[cfg(feature = "git")]
    #[must_use]
    pub fn history(self) -> Self {
        self.look_at(Span::Everything, true)
    }

    /// Instead of the tree, what the [next commit](Span::Staged) would bring.
    #[cfg(feature = "git")]
    #[must_use]
    pub fn staged(self) -> Self {
        self.look_at(Span::Staged, false)
    }

    /// The same [by another index](Span::StagedIn) than the repository's.
    #[cfg(feature = "git")]
    #[must_use]
    pub fn staged_in(self, index: impl Into<PathBuf>) -> Self {
        self.look_at(Span::StagedIn(index.into()), false)
    }

    /// Instead of the tree, what was committed [since](Span::Since) a revision.
    #[cfg(feature = "git")]
    #[must_use]
    pub fn since(self, revision: impl Into<String>) -> Self {
        self.look_at(Span::Since(revision.into()), false)
    }

    #[cfg(feature = "git")]
    fn look_at(self, span: Span, with_tree: bool) -> Self {
        let source = match self.source {
            Source::Tree(root) | Source::History { root, .. } => {
                Source::History { root, span, with_tree }
            }
            other @ (Source::Stream(_) | Source::Kept(_)) => other,
        };
        Self { source, ..self }
    }

    /// Another policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }
}

#[cfg(feature = "git")]
impl SecretsCheck {
    async fn look(
        &self,
        root: &Path,
        span: &Span,
        with_tree: bool,
        cx: &Context,
    ) -> Result<Snapshot, Error> {
        let (owned, span, policy, context) =
            (root.to_owned(), span.clone(), self.policy.clone(), cx.clone());
        let history = on_thread(move |is_abandoned| {
            git::scan_until(&owned, &span, &policy, &context, is_abandoned)
        });
        if !with_tree {
            return history.await;
        }
        let tree = inspect(root, &self.policy, cx).await?;
        if tree.stopped.is_some() {
            return Ok(tree);
        }
        Ok(tree.with(history.await?))
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
            #[cfg(feature = "git")]
            Source::History { root, span, with_tree } => {
                out.about(Location::file(root.display().to_string(), None, None));
                seen = self.look(root, span, *with_tree, cx).await?;
                &seen
            }
            Source::Stream(stream) => {
                out.about(Location::file(&*stream.name, None, None));
                let (stream, policy, context) = (stream.clone(), self.policy.clone(), cx.clone());
                let scan = move |is_abandoned: &(dyn Fn() -> bool + Sync)| {
                    Ok(stream.scan(&policy, &context, is_abandoned))
                };
                seen = on_thread(scan).await?;
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
