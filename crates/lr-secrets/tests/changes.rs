//! The staged change and ranges of commits.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "repository/lib.rs"]
mod repository;
#[path = "samples/lib.rs"]
mod samples;

use std::fs;

use lr_core::Context;
use lr_secrets::{Error, Policy, Span, scan_history};
use repository::{Repository, git_in, places, span_of, token};

#[test]
fn the_staged_change_is_what_it_adds() {
    let repository = Repository::new();
    repository.write("kept/a", format!("{}\n", token(1)));
    repository.write("moved", format!("{}\nand more\n", token(2)));
    repository.write("same/b", token(3));
    repository.commit("before");
    assert_eq!(places(&span_of(repository.path(), &Span::Staged)), []);

    repository.write("kept/a", format!("{}\nchanged\n{}\n", token(1), token(4)));
    repository.git(&["mv", "moved", "there"]);
    repository.write("new file", token(5));
    repository.write("not staged", token(6));
    repository.git(&["add", "kept", "there", "new file"]);
    for version in ["2", "4"] {
        repository.git(&["update-index", "--index-version", version]);
        let seen = span_of(repository.path(), &Span::Staged);
        let all = places(&seen);
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!((&*all[0].0, &*all[0].1, all[0].2), ("kept/a", "index", 3));
        assert_eq!((&*all[1].0, all[1].2), ("new file", 1));
        assert_eq!(seen.skipped, []);
    }
    // Before the first commit, all is new.
    let fresh = tempfile::tempdir().unwrap();
    git_in(fresh.path(), 0, &["init", "-q"], b"");
    assert_eq!(places(&span_of(fresh.path(), &Span::Staged)), []);
    fs::write(fresh.path().join("a"), token(1)).unwrap();
    git_in(fresh.path(), 0, &["add", "a"], b"");
    assert_eq!(places(&span_of(fresh.path(), &Span::Staged)).len(), 1);
}

#[test]
fn a_range_of_commits_brings_what_was_not_there() {
    let repository = Repository::new();
    repository.write("a", format!("{}\n", token(1)));
    repository.commit("old");
    repository.git(&["tag", "-a", "v1", "-m", "v1"]);
    repository.write("a", format!("{}\nmore\n", token(1)));
    repository.commit("touch");
    repository.git(&["checkout", "-q", "-b", "side", "v1"]);
    repository.write("b", token(2));
    let second = repository.commit("side");
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    repository.git(&["rm", "-q", "b"]);
    let last = repository.commit(&format!("remove {}", token(3)));
    for revision in ["v1", "HEAD~3", "main~2^", "refs/tags/v1", &repository.id("v1^{commit}")[..9]]
    {
        let seen = span_of(repository.path(), &Span::Since(revision.into()));
        let all = places(&seen);
        assert_eq!(all.len(), 2, "{revision}: {all:?}");
        assert_eq!((&*all[0].0, &all[0].1), ("b", &second));
        assert_eq!((&*all[1].0, &all[1].1), ("commit message", &last));
        assert_eq!(seen.skipped, []);
    }
    assert_eq!(places(&span_of(repository.path(), &Span::Since("HEAD".into()))), []);
    let since = |revision: &str| {
        let span = Span::Since(revision.into());
        scan_history(repository.path(), &span, &Policy::new(), &Context::new())
    };
    for revision in ["nowhere", "", "HEAD~99", "HEAD^3", "HEAD~x", "../../etc/passwd"] {
        assert!(matches!(since(revision), Err(Error::Revision { .. })), "{revision}");
    }
}

#[test]
fn a_changed_file_is_read_as_its_name_says() {
    let repository = Repository::new();
    // A type in TypeScript, a password in a file of settings.
    repository.write("emr.d.ts", "AdminPassword: StringMaxLen256;\n");
    repository.git(&["add", "-A"]);
    assert_eq!(places(&span_of(repository.path(), &Span::Staged)), []);
    repository.write("emr.conf", "AdminPassword: StringMaxLen256;\n");
    repository.git(&["add", "-A"]);
    let all = places(&span_of(repository.path(), &Span::Staged));
    assert_eq!(all.iter().map(|place| &*place.0).collect::<Vec<_>>(), ["emr.conf"]);
}
