//! Histories of every kind, through the public interface.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "repository/lib.rs"]
mod repository;
#[path = "samples/lib.rs"]
mod samples;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use lr_core::{Context, ErrorKind, Location, Verdict};
use lr_secrets::{
    Error, Origin, Policy, Reach, Reason, SecretsCheck, Snapshot, Span, scan_history,
};
use repository::{Repository, git_in};
use samples::{Draw, TEMPLATES, sample};

fn token(seed: u64) -> String {
    let index = TEMPLATES.iter().position(|(id, _)| *id == "npm-token").unwrap();
    sample(index, seed, Draw::Right).text
}

fn span_of(root: &Path, span: &Span) -> Snapshot {
    scan_history(root, span, &Policy::new(), &Context::new()).unwrap()
}

fn scan(repository: &Repository) -> Snapshot {
    span_of(repository.path(), &Span::Everything)
}

/// Path, commit, line and column of each secret.
fn places(snapshot: &Snapshot) -> Vec<(String, String, u64, u64)> {
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

fn only(snapshot: &Snapshot) -> (String, String, u64, u64) {
    let places = places(snapshot);
    assert_eq!(places.len(), 1, "{places:?}");
    assert_eq!(snapshot.skipped, []);
    places.into_iter().next().unwrap()
}

fn reach(snapshot: &Snapshot) -> (Reach, bool) {
    match snapshot.found[0].origin {
        Origin::Commit { reach, present, .. } => (reach, present),
        ref other => panic!("{other:?}"),
    }
}

/// Loose and packed, the result is the same.
fn in_every_form(repository: &Repository) -> Snapshot {
    let loose = scan(repository);
    repository.git(&["repack", "-q", "-a", "-d", "-k", "--depth=50", "--window=50"]);
    let packed = scan(repository);
    assert_eq!(loose.found, packed.found);
    assert_eq!(loose.skipped, packed.skipped);
    assert_eq!((loose.files, loose.bytes), (packed.files, packed.bytes));
    packed
}

#[test]
fn a_deleted_file() {
    let repository = Repository::new();
    repository.write("a/deploy.sh", format!("# first\nexport TOKEN={}\n", token(1)));
    let brought = repository.commit("add");
    repository.write("a/deploy.sh", format!("# later\n# first\nexport TOKEN={}\n", token(1)));
    repository.commit("change");
    fs::remove_file(repository.file("a/deploy.sh")).unwrap();
    repository.commit("remove");
    let seen = in_every_form(&repository);
    assert_eq!(only(&seen), ("a/deploy.sh".into(), brought, 2, 14));
    assert_eq!(reach(&seen), (Reach::Reference, false));
}

#[test]
fn what_is_still_there_is_told_from_what_was() {
    let repository = Repository::new();
    repository.write("a", token(1));
    let brought = repository.commit("add");
    repository.write("a", format!("more\n{}", token(1)));
    repository.commit("change");
    let seen = in_every_form(&repository);
    assert_eq!(only(&seen), ("a".into(), brought, 1, 1));
    assert_eq!(reach(&seen), (Reach::Reference, true));
}

#[test]
fn a_change_that_only_a_merge_makes() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("b", "b\n");
    repository.commit("b");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("c", "c\n");
    repository.commit("c");
    repository.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    repository.write("b", token(1));
    let merge = repository.commit("merge");
    repository.write("b", "b\n");
    repository.commit("clean");
    assert_eq!(only(&in_every_form(&repository)), ("b".into(), merge, 1, 1));
}

#[test]
fn messages_of_commits_and_tags() {
    let repository = Repository::new();
    let commit = repository.commit(&format!("deploy\n\nwith {}", token(1)));
    assert_eq!(only(&in_every_form(&repository)), ("commit message".into(), commit, 3, 6));

    let repository = Repository::new();
    repository.git(&["tag", "-a", "v1", "-m", &format!("release with {}", token(2))]);
    let (path, id, ..) = only(&in_every_form(&repository));
    assert_eq!((&*path, id), ("tag message", repository.id("v1")));
}

#[test]
fn an_amended_commit() {
    let repository = Repository::new();
    repository.write("a", token(1));
    let gone = repository.commit("add");
    fs::remove_file(repository.file("a")).unwrap();
    repository.git(&["add", "-A"]);
    repository.git(&["commit", "-q", "--allow-empty", "--amend", "-m", "nothing"]);
    let seen = in_every_form(&repository);
    assert_eq!(only(&seen), ("a".into(), gone, 1, 1));
    assert_eq!(reach(&seen), (Reach::Nothing, false));
}

#[test]
fn what_is_staged_and_what_was() {
    let repository = Repository::new();
    repository.write("a/b", format!("x\n{}", token(1)));
    repository.git(&["add", "a/b"]);
    repository.write("a/b", "x\n");
    assert_eq!(only(&in_every_form(&repository)), ("a/b".into(), "index".into(), 2, 1));
    // It is staged no more, but its object stays.
    let blob = repository.id(":a/b");
    repository.git(&["add", "a/b"]);
    assert_eq!(only(&scan(&repository)), ("unreachable blob".into(), blob, 2, 1));
}

#[test]
fn the_stash_at_any_depth() {
    let repository = Repository::new();
    for seed in 1..=2 {
        repository.write("README", format!("a shop\n{}", token(seed)));
        repository.git(&["stash", "push", "-q"]);
    }
    let seen = in_every_form(&repository);
    assert_eq!(places(&seen).len(), 2);
    for file in &seen.found {
        assert_eq!(file.path, "README");
        assert!(matches!(file.origin, Origin::Commit { reach: Reach::Stash, .. }));
    }
}

#[test]
fn a_note() {
    let repository = Repository::new();
    repository.git(&["notes", "add", "-m", &token(1)]);
    let seen = in_every_form(&repository);
    assert_eq!(only(&seen).0, repository.id("HEAD"));
    assert_eq!(reach(&seen), (Reach::Note, false));
}

#[test]
fn binary_files_and_utf_16() {
    let repository = Repository::new();
    let text = format!("\u{feff}key = {}\n", token(1));
    repository.write("wide", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    let program = [&[0u8, 1, 2, 255][..], token(2).as_bytes(), &[0; 9]].concat();
    repository.write("program", program);
    repository.commit("add");
    repository.git(&["rm", "-q", "wide", "program"]);
    repository.commit("remove");
    let paths: Vec<_> = places(&in_every_form(&repository)).into_iter().map(|it| it.0).collect();
    assert_eq!(paths, ["program", "wide"]);
}

#[cfg(feature = "archives")]
#[test]
fn a_zip_in_history() {
    use std::io::Write;
    let zip = |text: &str| {
        let mut archive = zip::write::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("config/.env", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
        archive.finish().unwrap().into_inner()
    };
    let repository = Repository::new();
    repository.write("app.zip", zip(&format!("# x\nKEY={}\n", token(1))));
    let brought = repository.commit("add");
    repository.write("app.zip", zip("nothing\n"));
    repository.commit("clean");
    let seen = in_every_form(&repository);
    assert_eq!(only(&seen), ("app.zip!/config/.env".into(), brought.clone(), 2, 5));
    let range = span_of(repository.path(), &Span::Since("HEAD~2".into()));
    assert_eq!(only(&range), ("app.zip!/config/.env".into(), brought, 2, 5));
}

/// Versions of a long file, so that the pack stores most of them as deltas.
fn line(number: usize) -> String {
    format!("line {number} of the ledger: {:x}\n", number * 2_654_435_761 % 1_000_003)
}

#[test]
fn a_token_at_any_place_of_a_delta() {
    let repository = Repository::new();
    let lines: Vec<String> = (0..600).map(line).collect();
    repository.write("ledger", lines.concat());
    repository.commit("begin");
    // In the one order the token is inserted, in the other cut out: git makes the deltas.
    for (seed, at) in [0, 1, 299, 598, 599].into_iter().enumerate() {
        let mut lines = lines.clone();
        lines[at].insert_str(3, &format!(" {} ", token(seed as u64)));
        repository.write("ledger", lines.concat());
        repository.commit("add");
        // Broken in the middle: the versions share both halves.
        let half = token(seed as u64).len() / 2 + 4;
        lines[at].insert(half, '\n');
        repository.write("ledger", lines.concat());
        repository.commit("break");
    }
    let seen = in_every_form(&repository);
    let lines: Vec<_> = places(&seen).into_iter().map(|it| (it.2, it.3)).collect();
    assert_eq!(lines.len(), 5);
    for at in [1, 2, 300, 599, 600] {
        assert!(lines.contains(&(at, 5)), "{lines:?}");
    }
}

#[test]
fn deltas_say_what_whole_versions_say() {
    let repository = Repository::new();
    let mut lines: Vec<String> = (0..400).map(line).collect();
    let mut draw = 7usize;
    for version in 0..60 {
        for _ in 0..3 {
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
            let at = (draw >> 33) % lines.len();
            match (draw >> 20) % 6 {
                0 => lines.insert(at, format!("key: {}\n", token((draw >> 40) as u64 % 9))),
                1 => drop(lines.remove(at)),
                2 => lines[at] = line(version * 1000 + at),
                3 => lines[at].insert(2, 'x'),
                4 => {
                    let (from, to) = (at.min(lines.len() - 20), lines.len() / 2);
                    let moved: Vec<_> = lines.drain(from..from + 15).collect();
                    lines.splice(to.min(lines.len())..to.min(lines.len()), moved);
                }
                _ => lines.push(lines[at].clone()),
            }
        }
        repository.write(&format!("{}.txt", version % 3), lines.concat());
        repository.commit("change");
    }
    // One object after the other as loose files, without any delta, is the oracle.
    assert!(in_every_form(&repository).found.len() > 5);
    for threads in [1, 3] {
        let policy = Policy::new().with_threads(NonZeroUsize::new(threads).unwrap());
        let seen = scan_history(repository.path(), &Span::Everything, &policy, &Context::new());
        assert_eq!(seen.unwrap(), scan(&repository));
    }
}

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
async fn a_check_names_the_commit_and_tells_tree_and_history_apart() {
    let repository = Repository::new();
    repository.write("both", token(1));
    let first = repository.commit("first");
    repository.write("gone", token(2));
    let second = repository.commit("second");
    repository.git(&["rm", "-q", "gone"]);
    repository.commit("remove");
    repository.write("fresh", token(3));
    let run = lr_core::run(&SecretsCheck::new(repository.path()).history(), &Context::new()).await;
    let commits: Vec<_> = run
        .findings
        .iter()
        .map(|finding| match &finding.subject {
            Location::File { path, commit, .. } => {
                (path.to_string(), commit.as_ref().map(ToString::to_string))
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(commits.contains(&("both".into(), Some(first))), "{commits:?}");
    assert!(commits.contains(&("gone".into(), Some(second))));
    assert!(commits.contains(&("fresh".into(), None)));
    assert_eq!(commits.len(), 3);
    let gone = run.findings.iter().find(|it| it.subject.to_string() == "gone").unwrap();
    assert!(gone.detail.to_string().contains("in history only"), "{}", gone.detail);
    let both = run.findings.iter().find(|it| it.subject.to_string() == "both").unwrap();
    // The key is that of a scan of the tree alone.
    let alone = lr_core::run(&SecretsCheck::new(repository.path()), &Context::new()).await;
    assert!(alone.findings.iter().any(|finding| finding.key == both.key));
    // A snapshot that was kept says the same.
    let kept: Snapshot = serde_json::from_str(run.snapshot.as_ref().unwrap()).unwrap();
    let again = lr_core::run(&SecretsCheck::replay(kept), &Context::new()).await;
    assert_eq!(again.findings.len(), run.findings.len());
    for token in [token(1), token(2), token(3)] {
        assert!(!format!("{run:?}").contains(&token[8..]));
    }
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

#[test]
fn a_cancelled_scan_ends_at_once_and_says_so() {
    let repository = Repository::new();
    repository.write("a", token(1));
    repository.commit("a");
    let cx = Context::new();
    cx.cancel();
    let before = Instant::now();
    let seen = scan_history(repository.path(), &Span::Everything, &Policy::new(), &cx).unwrap();
    assert_eq!(seen.stopped, Some(ErrorKind::Cancelled));
    assert!(before.elapsed() < Duration::from_secs(2));
}
