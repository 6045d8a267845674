//! Repositories of every shape: how their objects are kept, what a clone lacks, and damage.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "repository/lib.rs"]
mod repository;
#[path = "samples/lib.rs"]
mod samples;

use std::fs;

use lr_core::{Context, Verdict};
use lr_secrets::{
    Error, Origin, Policy, Reach, Reason, SecretsCheck, Snapshot, Span, scan_history,
};
use repository::{
    Repository, git_in, in_every_form, line, only, places, reach, scan, span_of, token,
};

#[test]
fn many_packs_other_ids_and_reference_deltas() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let repository = Repository::with(options);
        let body: String = (0..300).map(line).collect();
        for version in 0..5 {
            repository.write("a", format!("{body}{version}\n"));
            repository.commit("a");
            repository.git(&["repack", "-q", "-d"]);
        }
        repository.write("a", format!("{body}{}\n", token(1)));
        let brought = repository.commit("key");
        repository.git(&[
            "-c",
            "repack.useDeltaBaseOffset=false",
            "repack",
            "-q",
            "-a",
            "-d",
            "-f",
        ]);
        let found = only(&scan(&repository));
        assert_eq!((found.1, found.2), (brought, 301), "{options:?}");
    }
}

#[test]
fn a_subfolder_a_work_tree_and_a_bare_clone_lead_to_the_same_history() {
    let repository = Repository::new();
    repository.write("app/a", token(1));
    repository.write("b", token(2));
    let brought = repository.commit("add");
    let all = places(&scan(&repository));
    assert_eq!(all.len(), 2);

    let below = span_of(&repository.file("app"), &Span::Everything);
    assert_eq!(below.found.iter().map(|it| &*it.path).collect::<Vec<_>>(), [":/b", "a"]);

    let elsewhere = tempfile::tempdir().unwrap();
    let tree = elsewhere.path().join("tree");
    repository.git(&["worktree", "add", "-q", tree.to_str().unwrap(), "-b", "other"]);
    assert_eq!(places(&span_of(&tree, &Span::Everything)), all);

    let bare = elsewhere.path().join("bare.git");
    let source = repository.path().to_str().unwrap();
    repository.git(&["clone", "-q", "--bare", "--no-local", source, bare.to_str().unwrap()]);
    assert_eq!(places(&span_of(&bare, &Span::Everything)), all);
    // Borrows its objects.
    let borrower = elsewhere.path().join("borrower");
    repository.git(&["clone", "-q", "--shared", source, borrower.to_str().unwrap()]);
    assert_eq!(places(&span_of(&borrower, &Span::Everything)), all);
    assert!(all.iter().all(|it| it.1 == brought));

    fs::write(tree.join("staged"), token(3)).unwrap();
    git_in(&tree, 0, &["add", "staged"], b"");
    assert_eq!(only(&span_of(&tree, &Span::Staged)).0, "staged");
    assert_eq!(places(&span_of(repository.path(), &Span::Staged)), []);
    assert_eq!(places(&scan(&repository))[2].0, "staged");
}

#[test]
fn what_a_clone_does_not_have_is_said() {
    let repository = Repository::new();
    repository.write("old", token(1));
    repository.commit("old");
    repository.git(&["rm", "-q", "old"]);
    repository.write("new", token(2));
    repository.commit("new");
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    let source = format!("file://{}", repository.path().display());
    let elsewhere = tempfile::tempdir().unwrap();

    let shallow = elsewhere.path().join("shallow");
    repository.git(&["clone", "-q", "--depth=1", &source, shallow.to_str().unwrap()]);
    let seen = span_of(&shallow, &Span::Everything);
    assert_eq!(seen.skipped.len(), 1);
    assert_eq!(seen.skipped[0].reason, Reason::Shallow);
    assert_eq!(seen.found.len(), 1);

    let partial = elsewhere.path().join("partial");
    repository.git(&["clone", "-q", "--filter=blob:none", &source, partial.to_str().unwrap()]);
    let seen = span_of(&partial, &Span::Everything);
    assert_eq!(seen.skipped.len(), 1, "{:?}", seen.skipped);
    assert_eq!(seen.skipped[0].reason, Reason::Missing { objects: 1 });
    assert_eq!(seen.found.len(), 1);
}

#[test]
fn submodules_are_left_alone_and_said() {
    let inner = Repository::new();
    inner.write("a", token(1));
    inner.commit("add");
    let repository = Repository::new();
    let path = inner.path().to_str().unwrap();
    repository.git(&["submodule", "--quiet", "add", path, "vendor/inner"]);
    repository.commit("submodule");
    let seen = scan(&repository);
    assert_eq!(seen.found, []);
    assert_eq!(seen.skipped.len(), 1);
    assert_eq!(
        (&*seen.skipped[0].path, &seen.skipped[0].reason),
        ("vendor/inner", &Reason::Submodule)
    );
    assert!(!seen.skipped[0].reason.leaves_doubt());
}

#[test]
fn without_a_repository_there_is_no_history() {
    let folder = tempfile::tempdir().unwrap();
    let seen = scan_history(folder.path(), &Span::Everything, &Policy::new(), &Context::new());
    assert!(matches!(seen, Err(Error::NotARepository { .. })));
}

#[test]
fn damage_is_said_and_the_rest_is_scanned() {
    let repository = Repository::new();
    for version in 0..30 {
        let body: String = (version..version + 200).map(line).collect();
        repository.write(&format!("{}", version % 2), body);
        repository.commit("change");
    }
    repository.write("a", token(1));
    let kept = repository.commit("key");
    repository.git(&["repack", "-q", "-a", "-d"]);
    let folder = repository.file(".git/objects/pack");
    let file = |ending: &str| {
        let paths = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        paths.into_iter().find(|path| path.extension().is_some_and(|it| it == ending)).unwrap()
    };
    let (pack, index) = (file("pack"), file("idx"));
    let (whole_pack, whole_index) = (fs::read(&pack).unwrap(), fs::read(&index).unwrap());
    for path in [&pack, &index] {
        let mut permissions = fs::metadata(path).unwrap().permissions();
        #[allow(clippy::permissions_set_readonly_false, reason = "a temporary file")]
        permissions.set_readonly(false);
        fs::set_permissions(path, permissions).unwrap();
    }
    let doubts =
        |seen: &Snapshot| seen.skipped.iter().filter(|it| it.reason.leaves_doubt()).count();
    assert_eq!(doubts(&scan(&repository)), 0);
    // A byte of every part in turn: nothing panics, and what cannot be read is said.
    let mut said = 0;
    for at in (0..whole_pack.len()).step_by(whole_pack.len() / 150) {
        let mut bytes = whole_pack.clone();
        bytes[at] ^= 0x55;
        fs::write(&pack, bytes).unwrap();
        let seen = scan(&repository);
        said += usize::from(doubts(&seen) > 0);
        assert!(doubts(&seen) > 0 || places(&seen)[0].1 == kept || at < 12, "{at}");
    }
    assert!(said > 130, "{said}");
    fs::write(&pack, &whole_pack[..whole_pack.len() / 2]).unwrap();
    assert!(doubts(&scan(&repository)) > 0);
    fs::write(&pack, &whole_pack).unwrap();
    for at in (0..whole_index.len()).step_by(whole_index.len() / 60) {
        let mut bytes = whole_index.clone();
        bytes[at] ^= 0x55;
        fs::write(&index, bytes).unwrap();
        scan(&repository);
    }
    fs::remove_file(&index).unwrap();
    let seen = scan(&repository);
    assert!(
        seen.skipped
            .iter()
            .any(|it| it.reason == Reason::Unreadable { message: "it has no index".into() })
    );
    // A damaged loose object.
    let repository = Repository::new();
    repository.write("a", token(1));
    repository.commit("a");
    let blob = repository.id(":a");
    let path = repository.file(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    fs::remove_file(&path).unwrap();
    fs::write(&path, b"no zlib").unwrap();
    let seen = scan(&repository);
    assert_eq!(seen.skipped.len(), 1, "{:?}", seen.skipped);
    assert_eq!(seen.skipped[0].reason, Reason::Damaged { objects: 1 });
}

#[tokio::test]
async fn a_shallow_history_leaves_its_rules_undecided() {
    let repository = Repository::new();
    repository.commit("second");
    let elsewhere = tempfile::tempdir().unwrap();
    let source = format!("file://{}", repository.path().display());
    repository.git(&["clone", "-q", "--depth=1", &source, elsewhere.path().to_str().unwrap()]);
    let run = lr_core::run(&SecretsCheck::new(elsewhere.path()).history(), &Context::new()).await;
    let undecided = run.outcomes.iter().any(|outcome| {
        outcome.rule == "secrets/no-live-credential"
            && matches!(outcome.verdict, Verdict::Inconclusive { .. })
    });
    assert!(undecided);
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf_8_are_told_apart_in_history() {
    use std::os::unix::ffi::OsStrExt;
    let repository = Repository::new();
    for (seed, name) in [(1, b"a\xff"), (2, b"a\xfe")] {
        let path = repository.path().join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, token(seed)).unwrap();
    }
    repository.commit("add");
    let paths: Vec<_> = places(&in_every_form(&repository)).into_iter().map(|it| it.0).collect();
    assert_eq!(paths, ["a\\xfe", "a\\xff"]);
}

#[test]
#[allow(clippy::print_stderr, reason = "what was left out is said")]
fn references_in_tables_are_read() {
    let probe = tempfile::tempdir().unwrap();
    let git = std::process::Command::new("git")
        .args(["init", "-q", "--ref-format=reftable"])
        .current_dir(probe.path())
        .output()
        .unwrap();
    if !git.status.success() {
        return eprintln!("reftables were left out: this git is older than they are");
    }
    let repository = Repository::with(&["--ref-format=reftable"]);
    repository.write("a", token(1));
    let brought = repository.commit("add");
    repository.git(&["tag", "v1"]);
    repository.write("b", token(2));
    let gone = repository.commit("oops");
    repository.git(&["reset", "-q", "--hard", "v1"]);
    for number in 0..40 {
        repository.git(&["branch", &format!("topic/{number}")]);
    }
    let seen = scan(&repository);
    assert_eq!(seen.skipped, []);
    let all = places(&seen);
    assert_eq!((&*all[0].0, &all[0].1, &*all[1].0, &all[1].1), ("a", &brought, "b", &gone));
    assert_eq!(reach(&seen), (Reach::Reference, true));
    assert!(matches!(seen.found[1].origin, Origin::Commit { reach: Reach::Nothing, .. }));
    // A work tree has a head of its own.
    let elsewhere = tempfile::tempdir().unwrap();
    let tree = elsewhere.path().join("tree");
    repository.git(&["worktree", "add", "-q", tree.to_str().unwrap(), "-b", "other", "HEAD~1"]);
    fs::write(tree.join("c"), token(3)).unwrap();
    git_in(&tree, 0, &["add", "c"], b"");
    assert_eq!(only(&span_of(&tree, &Span::Staged)).0, "c");
    assert_eq!(places(&span_of(repository.path(), &Span::Since("v1~1".into()))).len(), 1);
    assert_eq!(places(&span_of(repository.path(), &Span::Since("topic/7".into()))), []);
    // Tables that make no sense are said, and the objects are read all the same.
    fs::write(repository.file(".git/reftable/tables.list"), "nowhere\n").unwrap();
    let seen = scan(&repository);
    assert!(seen.skipped.iter().any(|it| it.path == ".git/reftable"));
    assert_eq!(places(&seen).iter().filter(|it| it.0 != "c").count(), 2);
}
