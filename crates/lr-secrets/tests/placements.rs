//! Nothing falls between: a token in each of the places where scanners that read `git log` miss it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "repository/lib.rs"]
mod repository;
#[path = "samples/lib.rs"]
mod samples;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;

use lr_core::{CheckRun, Context, Location};
use lr_secrets::SecretsCheck;
use repository::{Repository, token};

fn zip(name: &str, text: &str) -> Vec<u8> {
    let mut archive = zip::write::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |chunk: &[u8]| {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - chunk.len()));
        (0..4)
            .map(|at| match at <= chunk.len() {
                true => char::from(DIGITS[(word >> (18 - 6 * at)) as usize & 63]),
                false => '=',
            })
            .collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

/// Path and commit, as a report names them.
type Place = (String, Option<String>);

fn places(run: &CheckRun) -> BTreeSet<Place> {
    let place = |location: &Location| match location {
        Location::File { path, commit, line, .. } => {
            assert!(line.is_some(), "{path}");
            (path.to_string(), commit.as_ref().map(ToString::to_string))
        }
        other => panic!("{other:?}"),
    };
    run.findings.iter().map(|finding| place(&finding.subject)).collect()
}

/// Adds `contents` as `path` and takes it away again; tells the commit that brought it.
fn come_and_go(repository: &Repository, path: &str, contents: impl AsRef<[u8]>) -> String {
    repository.write(path, contents);
    let brought = repository.commit("add");
    repository.git(&["rm", "-q", path]);
    repository.commit("remove");
    brought
}

/// A repository with a token in each place, and what a report has to say about each.
fn with_all_twelve() -> (Repository, BTreeSet<Place>) {
    let repository = Repository::new();
    let mut expected = BTreeSet::new();
    let mut expect = |path: &str, commit: String| {
        assert!(expected.insert((path.to_owned(), Some(commit))), "{path}");
    };

    expect("deleted.sh", come_and_go(&repository, "deleted.sh", format!("T={}\n", token(1))));

    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("side", "side\n");
    repository.commit("side");
    repository.git(&["checkout", "-q", "main"]);
    repository.commit("main");
    repository.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    repository.write("side", format!("side\n{}\n", token(2)));
    expect("side", repository.commit("merge"));
    repository.write("side", "side\n");
    repository.commit("clean");

    expect("commit message", repository.commit(&format!("deploy\n\nwith {}", token(3))));

    repository.git(&["tag", "-a", "v1", "-m", &format!("release with {}", token(4))]);
    expect("tag message", repository.id("v1"));

    repository.write("amended", token(5));
    expect("amended", repository.commit("oops"));
    repository.git(&["rm", "-q", "--cached", "amended"]);
    fs::remove_file(repository.file("amended")).unwrap();
    repository.git(&["commit", "-q", "--allow-empty", "--amend", "-m", "fine"]);

    repository.write("README", format!("a shop\n{}\n", token(6)));
    repository.git(&["stash", "push", "-q"]);
    expect("README", repository.id("stash"));

    repository.git(&["notes", "add", "-m", &format!("reviewed, {}", token(7))]);
    // The file of a note has the name of what it is about.
    expect(&repository.id("HEAD"), repository.id("refs/notes/commits"));

    let program = [&[0u8, 1, 2, 255][..], token(8).as_bytes(), &[0; 9]].concat();
    expect("program", come_and_go(&repository, "program", program));

    let text = format!("\u{feff}key = {}\n", token(9));
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    expect("wide.txt", come_and_go(&repository, "wide.txt", wide));

    let packed = zip("config/.env", &format!("# x\nKEY={}\n", token(10)));
    expect("app.zip!/config/.env", come_and_go(&repository, "app.zip", packed));

    let wrapped = format!("blob: {}\n", base64(format!("token={}", token(11)).as_bytes()));
    expect("wrapped.yml", come_and_go(&repository, "wrapped.yml", wrapped));

    // Staged, and changed back in the tree: nothing but the index holds it.
    repository.write("staged", token(12));
    repository.git(&["add", "staged"]);
    fs::remove_file(repository.file("staged")).unwrap();
    expected.insert(("staged".into(), None));

    assert_eq!(expected.len(), 12);
    (repository, expected)
}

#[tokio::test]
async fn a_token_is_found_in_each_of_twelve_places_with_commit_and_path() {
    let (repository, expected) = with_all_twelve();
    let check = SecretsCheck::new(repository.path()).history();
    let run = |check| async move { lr_core::run(&check, &Context::new()).await };
    let loose = run(check.clone()).await;
    assert_eq!(places(&loose), expected);
    // The same when everything is packed, what nothing leads to included, as deltas of one another.
    repository.git(&["repack", "-q", "-a", "-d", "-k", "--depth=50", "--window=50"]);
    let packed = run(check.clone()).await;
    assert_eq!(packed.findings, loose.findings);
    // In many packs under one index.
    repository.git(&["repack", "-q", "-a", "-d", "-k", "--max-pack-size=1m", "--write-midx"]);
    assert_eq!(run(check).await.findings, loose.findings);
    for seed in 1..=12 {
        assert!(!format!("{packed:?}").contains(&token(seed)[8..]));
    }
}
