//! Repositories that the `git` binary makes, the same on every machine.
#![allow(dead_code, reason = "not every test needs all of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::disallowed_methods, reason = "the path is where git is found")]

use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lr_core::Context;
use lr_secrets::{Origin, Policy, Reach, Snapshot, Span, scan_history};
use tempfile::TempDir;

use crate::samples::{Draw, TEMPLATES, sample};

/// A repository in a folder of its own.
pub(crate) struct Repository {
    folder: TempDir,
    /// Seconds since the first commit.
    time: Cell<u64>,
}

impl Repository {
    /// An empty one, in which a first commit of nothing interesting was made.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// The same, made with more options.
    pub(crate) fn with(options: &[&str]) -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap(), time: Cell::new(0) };
        repository.git(&[&["init", "-q", "-b", "main"], options].concat());
        repository.write("README", "a shop\n");
        repository.commit("begin");
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Commits all of the tree, and tells the id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    pub(crate) fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", revision])
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.feed(arguments, b"")
    }

    /// Runs git in the repository, with `input`, and gives back what it writes.
    pub(crate) fn feed(&self, arguments: &[&str], input: &[u8]) -> String {
        self.time.set(self.time.get() + 60);
        git_in(self.path(), self.time.get(), arguments, input)
    }
}

/// Runs git in a folder, untouched by the configuration of the machine.
pub(crate) fn git_in(folder: &Path, time: u64, arguments: &[&str], input: &[u8]) -> String {
    let date = format!("{} +0000", 1_700_000_000 + time);
    let mut child = Command::new("git")
        .args(["-c", "gc.auto=0", "-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .env("GIT_AUTHOR_NAME", "A")
        .env("GIT_AUTHOR_EMAIL", "a@shop.test")
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_NAME", "C")
        .env("GIT_COMMITTER_EMAIL", "c@shop.test")
        .env("GIT_COMMITTER_DATE", &date)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git is installed");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn token(seed: u64) -> String {
    let index = TEMPLATES.iter().position(|(id, _)| *id == "npm-token").unwrap();
    sample(index, seed, Draw::Right).text
}

pub(crate) fn span_of(root: &Path, span: &Span) -> Snapshot {
    scan_history(root, span, &Policy::new(), &Context::new()).unwrap()
}

pub(crate) fn scan(repository: &Repository) -> Snapshot {
    span_of(repository.path(), &Span::Everything)
}

/// Path, commit, line and column of each secret.
pub(crate) fn places(snapshot: &Snapshot) -> Vec<(String, String, u64, u64)> {
    let mut places = Vec::new();
    for file in &snapshot.found {
        let commit = match &file.origin {
            Origin::Commit { id, .. } | Origin::Object { id } => id.clone(),
            Origin::Index => "index".into(),
            _ => "tree".into(),
        };
        for secret in &file.secrets {
            let place = secret.places.first().map_or((0, 0), |at| (at.line, at.column));
            places.push((file.path.clone(), commit.clone(), place.0, place.1));
        }
    }
    places
}

pub(crate) fn only(snapshot: &Snapshot) -> (String, String, u64, u64) {
    let places = places(snapshot);
    assert_eq!(places.len(), 1, "{places:?}");
    assert_eq!(snapshot.skipped, []);
    places.into_iter().next().unwrap()
}

pub(crate) fn reach(snapshot: &Snapshot) -> (Reach, bool) {
    match snapshot.found[0].origin {
        Origin::Commit { reach, present, .. } => (reach, present),
        ref other => panic!("{other:?}"),
    }
}

/// Loose and packed, the result is the same.
pub(crate) fn in_every_form(repository: &Repository) -> Snapshot {
    let loose = scan(repository);
    repository.git(&["repack", "-q", "-a", "-d", "-k", "--depth=50", "--window=50"]);
    let packed = scan(repository);
    assert_eq!(loose.found, packed.found);
    assert_eq!(loose.skipped, packed.skipped);
    assert_eq!((loose.files, loose.bytes), (packed.files, packed.bytes));
    packed
}

/// Versions of a long file, so that the pack stores most of them as deltas.
pub(crate) fn line(number: usize) -> String {
    format!("line {number} of the ledger: {:x}\n", number * 2_654_435_761 % 1_000_003)
}
