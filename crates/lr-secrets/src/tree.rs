//! The walk over a tree: what is read, by whom, and what is not.

mod env;
pub(crate) mod file;
pub(crate) mod path;
mod reads;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use lr_core::Context;

use crate::Policy;
use crate::snapshot::{EnvFile, EnvRead, Error, Found, Origin, Reason, Skipped, Snapshot};
use crate::stop::Stop;
use file::Reader;

/// Directories in which version control keeps its own objects.
const HISTORY: [&str; 4] = [".git", ".hg", ".svn", ".jj"];
/// A progress event is sent after so many files.
const STRIDE: u64 = 256;

/// Scans the tree under `root`, or one file, on threads of its own, and blocks until it is done.
///
/// Stops early when the context is cancelled or its time runs out; the snapshot then says so and
/// holds what was found. The result does not depend on the number of threads. History is not looked
/// at, nor is what git ignores unless the policy says so.
///
/// # Errors
/// Only when the root itself cannot be read; whatever cannot be read below it is in
/// [`Snapshot::skipped`].
pub fn scan_tree(root: &Path, policy: &Policy, cx: &Context) -> Result<Snapshot, Error> {
    scan_until(root, policy, cx, &|| false)
}

/// The same, until `is_abandoned`.
pub(crate) fn scan_until(
    root: &Path,
    policy: &Policy,
    cx: &Context,
    is_abandoned: &(dyn Fn() -> bool + Sync),
) -> Result<Snapshot, Error> {
    let failed = |source| Error::Root { root: root.into(), source };
    let metadata = std::fs::metadata(root).map_err(failed)?;
    let real_root = std::fs::canonicalize(root).map_err(failed)?;
    if metadata.is_dir() {
        std::fs::read_dir(root).map_err(failed)?;
    } else if !metadata.is_file() {
        return Err(Error::NotATree { root: root.into() });
    }
    let repository = real_root.ancestors().any(|folder| folder.join(".git").exists());
    let walk = Walk {
        base: if metadata.is_dir() { root } else { root.parent().unwrap_or(root) },
        real_root: &real_root,
        policy,
        stop: Stop::new(cx, is_abandoned, "reading files", STRIDE),
        seen: Mutex::default(),
        env_paths: Mutex::default(),
    };
    walk.run(root, repository);
    walk.read_ignored();
    let stopped = walk.stop.reason();
    let mut seen = walk.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    seen.root = path::show(root);
    // Whoever names one file asks about its contents, not about its place.
    let is_tree = metadata.is_dir();
    seen.versioned = is_tree && (repository || real_root.join(".gitignore").exists());
    seen.ignore_rules = policy.ignore_rules;
    seen.exposure = policy.exposure;
    seen.stopped = stopped;
    seen.skipped.sort_unstable();
    seen.env_files.sort_unstable();
    seen.env_reads.sort_unstable();
    seen.found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    policy.settle(&mut seen);
    Ok(seen)
}

/// One walk; shared by its threads.
struct Walk<'a> {
    base: &'a Path,
    real_root: &'a Path,
    policy: &'a Policy,
    stop: Stop<'a>,
    seen: Mutex<Snapshot>,
    env_paths: Mutex<Vec<PathBuf>>,
}

impl Walk<'_> {
    fn run(&self, root: &Path, repository: bool) {
        let rules = self.policy.ignore_rules;
        let walk = WalkBuilder::new(root)
            .hidden(false)
            .ignore(false)
            .git_ignore(rules)
            // What only this machine ignores would make the result depend on the machine.
            .git_global(false)
            .git_exclude(false)
            // An exported tree has no `.git`, but its `.gitignore` still means what it says.
            .require_git(repository)
            .parents(rules && repository)
            .filter_entry(|entry| !is_history(entry))
            .threads(self.policy.threads.map_or(0, Into::into))
            .build_parallel();
        walk.run(|| {
            let mut thread = Thread {
                walk: self,
                reader: Reader::new(),
                seen: Snapshot::default(),
                env_paths: Vec::new(),
            };
            Box::new(move |entry| thread.visit(entry))
        });
    }

    /// Reads the variables of environment files that git ignores, which are no part of the tree.
    fn read_ignored(&self) {
        let paths =
            std::mem::take(&mut *self.env_paths.lock().unwrap_or_else(PoisonError::into_inner));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known: HashSet<_> = seen.env_files.iter().map(|file| file.path.clone()).collect();
        for at in paths {
            let path = self.relative(&at);
            let is_new = !known.contains(&path) && !self.stop.now();
            if let Some(file) = is_new.then(|| env::read_file(&at, self.policy)).flatten() {
                seen.env_files.push(EnvFile { path, ignored: true, ..file });
            }
        }
    }

    fn relative(&self, path: &Path) -> String {
        path::show(path.strip_prefix(self.base).unwrap_or(path))
    }
}

/// What one thread has seen; handed over when the thread ends.
struct Thread<'a> {
    walk: &'a Walk<'a>,
    reader: Reader,
    seen: Snapshot,
    env_paths: Vec<PathBuf>,
}

impl Thread<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.walk.stop.now() {
            return WalkState::Quit;
        }
        match entry {
            Ok(entry) => self.enter(&entry),
            Err(error) => self.fail(&error),
        }
        WalkState::Continue
    }

    fn enter(&mut self, entry: &DirEntry) {
        // The root itself may be a link: whoever names it means what it leads to.
        let kind = match entry.depth() {
            0 => entry.path().metadata().ok().map(|metadata| metadata.file_type()),
            _ => entry.file_type(),
        };
        match kind {
            Some(kind) if kind.is_dir() => self.folder(entry.path()),
            Some(kind) if kind.is_symlink() => self.link(entry),
            Some(kind) if kind.is_file() => self.file(entry),
            _ => self.skip(entry.path(), Reason::NotAFile),
        }
    }

    /// Remembers environment files: the walk does not come to those that git ignores.
    fn folder(&mut self, path: &Path) {
        if self.walk.policy.ignore_rules {
            let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
            let has_word = |entry: &std::fs::DirEntry| {
                memchr::memmem::find(entry.file_name().as_encoded_bytes(), b"env").is_some()
            };
            let paths = entries.filter(has_word).map(|entry| entry.path());
            self.env_paths.extend(paths.filter(|path| env::named(path).is_some()));
        }
    }

    fn link(&mut self, entry: &DirEntry) {
        self.seen.symlinks += 1;
        // A link that leads nowhere hides nothing.
        if std::fs::canonicalize(entry.path()).is_ok_and(|to| !to.starts_with(self.walk.real_root))
        {
            self.skip(entry.path(), Reason::OutsideRoot);
        }
    }

    fn file(&mut self, entry: &DirEntry) {
        let policy = self.walk.policy;
        let read = self.reader.read(entry.path(), policy, &|| self.walk.stop.now());
        self.walk.stop.count();
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.skip(entry.path(), unreadable(&error)),
        };
        #[cfg(feature = "archives")]
        let read =
            if read.left.contains(&Reason::Archive) { self.unpack(entry, read) } else { read };
        self.seen.files += 1;
        self.seen.bytes += read.bytes;
        if !read.secrets.is_empty() {
            let path = self.relative(entry.path());
            self.seen.found.push(Found { path, origin: Origin::Tree, secrets: read.secrets });
        }
        if let Some(env) = read.env {
            let path = self.relative(entry.path());
            self.seen.env_files.push(EnvFile { path, ..env });
        }
        if !read.reads.is_empty() {
            let path = self.relative(entry.path());
            let place = |(name, line)| EnvRead { name, path: path.clone(), line };
            self.seen.env_reads.extend(read.reads.into_iter().map(place));
        }
        for reason in read.left {
            self.skip(entry.path(), reason);
        }
    }

    /// Looks inside an archive, instead of at its packed bytes.
    #[cfg(feature = "archives")]
    fn unpack(&mut self, entry: &DirEntry, read: file::Contents) -> file::Contents {
        let policy = self.walk.policy;
        let stop = || self.walk.stop.now();
        let unpacked = crate::archive::read_file(entry.path(), &mut self.reader, policy, &stop);
        let Ok(unpacked) = unpacked else { return read };
        let path = self.relative(entry.path());
        for (inner, secrets) in unpacked.secrets {
            let path = crate::contents::join(&path, &inner);
            self.seen.found.push(Found { path, origin: Origin::Tree, secrets });
        }
        let bytes = read.bytes + unpacked.bytes;
        file::Contents { secrets: Vec::new(), left: unpacked.left, bytes, ..read }
    }

    fn skip(&mut self, path: &Path, reason: Reason) {
        let path = self.relative(path);
        self.seen.skipped.push(Skipped { path, reason });
    }

    fn fail(&mut self, error: &ignore::Error) {
        let path = failed_path(error).map_or_else(|| self.walk.base.into(), PathBuf::from);
        let reason = match error.io_error() {
            Some(error) => unreadable(error),
            None => Reason::Unreadable { message: "it cannot be walked".into() },
        };
        self.skip(&path, reason);
    }

    fn relative(&self, path: &Path) -> String {
        self.walk.relative(path)
    }
}

impl Drop for Thread<'_> {
    fn drop(&mut self) {
        let mine = std::mem::take(&mut self.seen);
        let mut paths = self.walk.env_paths.lock().unwrap_or_else(PoisonError::into_inner);
        paths.append(&mut self.env_paths);
        let mut all = self.walk.seen.lock().unwrap_or_else(PoisonError::into_inner);
        all.files += mine.files;
        all.bytes += mine.bytes;
        all.symlinks += mine.symlinks;
        all.skipped.extend(mine.skipped);
        all.env_files.extend(mine.env_files);
        all.env_reads.extend(mine.env_reads);
        all.found.extend(mine.found);
    }
}

fn is_history(entry: &DirEntry) -> bool {
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    is_dir && entry.depth() > 0 && HISTORY.iter().any(|name| entry.file_name() == *name)
}

fn failed_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            failed_path(err)
        }
        _ => None,
    }
}

/// The kind of the error: a message of the system may differ from machine to machine.
fn unreadable(error: &std::io::Error) -> Reason {
    Reason::Unreadable { message: error.kind().to_string() }
}
