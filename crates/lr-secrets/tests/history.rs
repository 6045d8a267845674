//! What is found in histories, and where it came from.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "repository/lib.rs"]
mod repository;
#[path = "samples/lib.rs"]
mod samples;

use std::fs;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use lr_core::{Context, ErrorKind, Location};
use lr_secrets::{Origin, Policy, Reach, SecretsCheck, Snapshot, Span, scan_history};
use repository::{Repository, in_every_form, line, only, places, reach, scan, span_of, token};
use samples::drawn_piece;

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

/// Of the second version only the value is new: its name stands lines before it.
#[test]
fn a_value_below_its_name() {
    let repository = Repository::new();
    let lines = |from: usize| (from..from + 300).map(line).collect::<String>();
    let block = |value: &str| {
        let about = "of the main database, which nobody but the shop may open, ".repeat(3);
        format!(
            "variable \"db_password\" {{\n  description = \"{about}\"\n  default = \"{value}\"\n}}\n"
        )
    };
    let list = |value: &str| format!("  - name: DB_PASSWORD\n    value: {value}\n");
    let write = |values: [&str; 2]| {
        repository.write("variables.tf", [lines(0), block(values[0]), lines(300)].concat());
        repository.write("deployment.yaml", [lines(600), list(values[1]), lines(900)].concat());
    };
    write(["", "none"]);
    repository.commit("begin");
    write([&*drawn_piece("w24", 1), &*drawn_piece("w24", 2)]);
    let brought = repository.commit("set");
    write(["", "none"]);
    repository.commit("clean");
    let mut all = places(&in_every_form(&repository));
    all.sort();
    let expected = [("deployment.yaml", 302), ("variables.tf", 303)];
    let expected = expected.map(|(path, line)| (path.to_owned(), brought.clone(), line));
    assert_eq!(
        all.into_iter().map(|(path, id, line, _)| (path, id, line)).collect::<Vec<_>>(),
        expected
    );
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

/// Cancels the context at the first progress event.
struct Canceller(std::sync::OnceLock<Context>);

impl lr_core::Observer for Canceller {
    fn event(&self, event: &lr_core::Event<'_>) {
        if let (lr_core::Event::Progress { .. }, Some(cx)) = (event, self.0.get()) {
            cx.cancel();
        }
    }
}

#[test]
fn a_scan_that_is_cancelled_in_the_middle_keeps_what_it_found() {
    let repository = Repository::new();
    let mut stream = String::new();
    for number in 0..6000 {
        let text = if number == 0 { token(1) } else { format!("file {number}") };
        stream += &format!("blob\ndata {}\n{text}\n", text.len());
    }
    repository.feed(&["fast-import", "--quiet"], stream.as_bytes());
    let observer = std::sync::Arc::new(Canceller(std::sync::OnceLock::new()));
    let cx = Context::new().with_observer(observer.clone());
    assert!(observer.0.set(cx.clone()).is_ok());
    let policy = Policy::new().with_threads(NonZeroUsize::MIN);
    let seen = scan_history(repository.path(), &Span::Everything, &policy, &cx).unwrap();
    assert_eq!(seen.stopped, Some(ErrorKind::Cancelled));
    // The first event comes after 4096 objects; then no more than a few follow.
    assert!((4000..=4096 + 16).contains(&seen.files), "{}", seen.files);
}

#[test]
fn the_name_of_a_file_says_what_to_expect_of_it() {
    let key = format!("{}\n", hex_key());
    let repository = Repository::new();
    // A type in TypeScript, a password in a file of settings.
    repository.write("emr.d.ts", "AdminPassword: StringMaxLen256;\n");
    repository.write("emr.conf", "AdminPassword: StringMaxLen256;\n");
    // A key of Rails fills its file and says nothing of itself; nor does a digest.
    repository.write("web/config/master.key", &key);
    repository.write("digest", key.replace('0', "f"));
    let brought = repository.commit(&key);
    for path in ["emr.d.ts", "emr.conf", "web/config/master.key", "digest"] {
        fs::remove_file(repository.file(path)).unwrap();
    }
    repository.commit("remove");
    let mut all = places(&in_every_form(&repository));
    all.sort();
    let expected =
        ["emr.conf", "web/config/master.key"].map(|path| (path.to_owned(), brought.clone()));
    assert_eq!(all.into_iter().map(|(path, id, ..)| (path, id)).collect::<Vec<_>>(), expected);
}

/// 32 hexadecimal digits.
fn hex_key() -> String {
    (0..32u32).map(|at| char::from_digit((at * 7 + at * at * 3) % 16, 16).unwrap()).collect()
}
