//! The history of a git repository, read from its object database.
//!
//! Not with `git log -p`, which shows what one commit changed against another, and so misses what
//! only a merge brought, what is in messages, notes and binary files, and what no branch leads to
//! any more. Every object is looked at once, and of most only what is new about it.
//!
//! Objects are read with positioned reads and not through a memory map: mapped pages of a pack count
//! as memory of the process, and a pack that shrinks under a map ends it. That, and the need to see
//! deltas instead of finished objects, is why the few formats (packs, loose objects, trees, commits,
//! the index) are read here and not by a library.

mod changes;
mod content;
mod delta;
mod id;
mod inflate;
mod layout;
mod object;
mod pack;
mod refs;
mod reftable;
mod repository;
mod seams;
mod staging;
mod store;
mod sweep;
mod trace;
mod whole;

use std::path::{Path, PathBuf};

use lr_core::Context;

use crate::Policy;
use crate::snapshot::{Error, Reason, Skipped, Snapshot};
use crate::stop::Stop;
use repository::Repository;
use store::{Access, Store};

/// A progress event is sent after so many objects.
const STRIDE: u64 = 4096;

/// What of a repository to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Span {
    /// All that its object database holds: every version of every file on every branch, commit and
    /// tag messages, notes, the stash, what is staged, and what was amended away.
    Everything,
    /// What the commits bring that `HEAD` has and this revision has not, such as `origin/main`,
    /// `v1.2` or `HEAD~3`, and what their messages say.
    Since(String),
    /// What the next commit would bring.
    Staged,
    /// The same, by another index than the repository's: while `git commit -a` or `git commit PATH`
    /// run a hook, the environment variable `GIT_INDEX_FILE` names it.
    StagedIn(PathBuf),
}

/// Scans the history of the repository that `root` lies in, or is, on threads of its own.
///
/// Each secret is listed once for each path, with the first commit that brought it there; commits
/// that a branch or tag leads to go before those of notes, of the stash, and those that nothing leads
/// to. The same repository gives the same result on any number of threads. Stops early when the
/// context is cancelled or its time runs out; the snapshot then says so and holds what was found.
///
/// Work trees of one repository share its history; the objects of a repository that lends them
/// (`objects/info/alternates`) are read with it. Submodules are listed and left alone. What is
/// missing, because the clone is shallow or partial, or damaged, is said in [`Snapshot::skipped`].
///
/// # Errors
/// When there is no repository, or a revision names no commit of it.
pub fn scan_history(
    root: &Path,
    span: &Span,
    policy: &Policy,
    cx: &Context,
) -> Result<Snapshot, Error> {
    scan_until(root, span, policy, cx, &|| false)
}

/// The same, until `is_abandoned`.
pub(crate) fn scan_until(
    root: &Path,
    span: &Span,
    policy: &Policy,
    cx: &Context,
    is_abandoned: &(dyn Fn() -> bool + Sync),
) -> Result<Snapshot, Error> {
    let found =
        Repository::find(root).map_err(|source| Error::Root { root: root.into(), source })?;
    let repository = found.ok_or_else(|| Error::NotARepository { root: root.into() })?;
    let prefix = prefix(root, &repository);
    let is_shallow = repository.is_shallow && !matches!(span, Span::Staged | Span::StagedIn(_));
    let mut store = Store::open(repository);
    let mut skipped = std::mem::take(&mut store.skipped);
    if is_shallow {
        skipped.push(Skipped { path: ".git/shallow".into(), reason: Reason::Shallow });
    }
    if !refs::are_known(&store.repository) {
        let message = "the references cannot be read".into();
        skipped
            .push(Skipped { path: ".git/reftable".into(), reason: Reason::Unreadable { message } });
    }
    let stop = Stop::new(cx, is_abandoned, "reading history", STRIDE);
    let mut access = Access::new(&store);
    let mut seen = match span {
        Span::Everything => whole::scan(&mut access, policy, &stop),
        Span::Since(revision) => changes::since(&mut access, revision, policy, &stop)?,
        Span::Staged => changes::staged(&mut access, None, policy, &stop),
        Span::StagedIn(index) => changes::staged(&mut access, Some(index), policy, &stop),
    };
    seen.root = root.to_string_lossy().into_owned();
    seen.stopped = stop.reason();
    seen.skipped.append(&mut skipped);
    for path in seen.found.iter_mut().map(|it| &mut it.path) {
        *path = relative(path, &prefix);
    }
    seen.skipped.sort_unstable();
    seen.skipped.dedup();
    seen.found.sort_unstable_by(|a, b| (&a.path, &a.origin).cmp(&(&b.path, &b.origin)));
    policy.settle(&mut seen);
    Ok(seen)
}

/// The path of `root` in the work tree, with `/` at its end, or nothing.
fn prefix(root: &Path, repository: &Repository) -> String {
    let inside = || {
        let root = std::fs::canonicalize(root).ok()?;
        let root = if root.is_file() { root.parent()?.to_owned() } else { root };
        let path = crate::tree::path::show(root.strip_prefix(repository.top.as_ref()?).ok()?);
        Some(if path.is_empty() { path } else { path + "/" })
    };
    inside().unwrap_or_default()
}

/// A path as seen from the root; what lies outside of it is written as git does, from the top.
fn relative(path: &str, prefix: &str) -> String {
    match path.strip_prefix(prefix) {
        Some(path) => path.to_owned(),
        None => format!(":/{path}"),
    }
}
