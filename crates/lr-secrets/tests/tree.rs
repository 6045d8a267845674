//! Trees of every kind, through the public interface.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lr_core::{CheckError, Context, ErrorKind, Event, Limits, Location, Observer, Verdict};
use lr_secrets::{Error, Policy, Reason, SecretsCheck, Snapshot, scan_tree};
use samples::{Draw, TEMPLATES, sample};
use tempfile::TempDir;

fn token(seed: u64) -> String {
    let index = TEMPLATES.iter().position(|(id, _)| *id == "npm-token").unwrap();
    sample(index, seed, Draw::Right).text
}

fn write(tree: &TempDir, path: &str, contents: impl AsRef<[u8]>) {
    let path = tree.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

fn scan_with(root: &Path, policy: &Policy) -> Snapshot {
    scan_tree(root, policy, &Context::new()).unwrap()
}

fn scan(tree: &TempDir) -> Snapshot {
    scan_with(tree.path(), &Policy::new())
}

fn paths(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.found.iter().map(|file| &*file.path).collect()
}

#[test]
fn hidden_files_are_read_and_ignored_ones_only_on_request() {
    let tree = tempfile::tempdir().unwrap();
    write(&tree, ".gitignore", "/out\n*.log\n");
    for path in [".npmrc", "a/.hidden/b", "out/x", "a/y.log", ".git/config", "a/z"] {
        write(&tree, path, token(1));
    }
    assert_eq!(paths(&scan(&tree)), [".npmrc", "a/.hidden/b", "a/z"]);
    let all = scan_with(tree.path(), &Policy::new().with_ignore_rules(false));
    assert_eq!(paths(&all), [".npmrc", "a/.hidden/b", "a/y.log", "a/z", "out/x"]);
}

#[test]
fn rules_of_the_repository_hold_below_its_root() {
    let tree = tempfile::tempdir().unwrap();
    write(&tree, ".git/HEAD", "");
    write(&tree, ".gitignore", "local\n");
    write(&tree, "app/local", token(1));
    write(&tree, "app/shared", token(1));
    let snapshot = scan_with(&tree.path().join("app"), &Policy::new());
    assert_eq!(paths(&snapshot), ["shared"]);
    assert!(snapshot.versioned);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..200 {
        write(
            &tree,
            &format!("d{}/f{number}", number % 7),
            format!("{}\n{}", token(number), token(number % 5)),
        );
    }
    let on = |threads| {
        scan_with(tree.path(), &Policy::new().with_threads(NonZeroUsize::new(threads).unwrap()))
    };
    let one = on(1);
    assert_eq!(one.files, 200);
    for _ in 0..3 {
        assert_eq!(one, on(8));
    }
    let json = serde_json::to_string(&one).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), one);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(16))]
    /// Names, contents and threads as they come: two scans say the same, in the same order.
    #[test]
    fn any_tree_on_any_number_of_threads_is_the_same(
        files in proptest::collection::btree_map("([a-c]/){0,2}[a-e]\\.(env|js|md)", 0..4u64, 1..20),
        threads in 2..9usize,
    ) {
        let tree = tempfile::tempdir().unwrap();
        for (name, seed) in &files {
            let text = format!("A_TOKEN={}\nprocess.env.B_{seed}\n{}\n", token(*seed), token(9));
            write(&tree, name, text);
        }
        let on = |threads| {
            let policy = Policy::new().with_threads(NonZeroUsize::new(threads).unwrap());
            serde_json::to_string(&scan_with(tree.path(), &policy)).unwrap()
        };
        proptest::prop_assert_eq!(on(1), on(threads));
    }
}

#[test]
fn a_single_file_is_a_tree() {
    let tree = tempfile::tempdir().unwrap();
    write(&tree, "one.txt", token(1));
    assert_eq!(paths(&scan_with(&tree.path().join("one.txt"), &Policy::new())), ["one.txt"]);
}

#[test]
fn a_root_that_is_not_there_is_an_error() {
    let error = scan_tree(Path::new("/no/such/tree"), &Policy::new(), &Context::new()).unwrap_err();
    assert!(matches!(error, Error::Root { .. }));
    assert_eq!(error.to_string(), "cannot read `/no/such/tree`");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
}

#[test]
fn a_huge_file_is_bounded_and_said() {
    let tree = tempfile::tempdir().unwrap();
    let file = fs::File::create(tree.path().join("huge")).unwrap();
    file.set_len(4 << 30).unwrap();
    let started = Instant::now();
    let snapshot = scan_with(tree.path(), &Policy::new().with_file_bytes(4 << 20));
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(snapshot.bytes, 4 << 20);
    assert_eq!(snapshot.skipped[0].reason, Reason::TooLarge { read: 4 << 20 });
}

#[test]
fn binary_files_are_read_for_what_identifies_itself() {
    let tree = tempfile::tempdir().unwrap();
    let named = format!("\0\0TWILIO_AUTH_TOKEN={}\0{}\0", "a1b2c3d4e5f60718".repeat(2), token(1));
    write(&tree, "a.bin", named);
    write(&tree, "a.7z", b"7z\xbc\xaf\x27\x1cwhatever");
    let snapshot = scan(&tree);
    assert_eq!(snapshot.found[0].secrets.len(), 1);
    assert_eq!(snapshot.found[0].secrets[0].format, "npm-token");
    assert_eq!(snapshot.skipped[0].reason, Reason::Archive);
}

#[cfg(unix)]
#[test]
fn a_key_that_fills_its_file_is_told_by_the_path() {
    let tree = tempfile::tempdir().unwrap();
    let digit = |at: u32| char::from_digit((at * 7 + at * at * 3) % 16, 16).unwrap();
    let key: String = (0..32).map(digit).collect();
    for path in ["web/config/master.key", "web/config/credentials/production.key", "web/digest"] {
        write(&tree, path, format!("{key}\n"));
    }
    let seen = scan(&tree);
    assert_eq!(paths(&seen), ["web/config/credentials/production.key", "web/config/master.key"]);
    assert_eq!(seen.found[0].secrets[0].format, "rails-master-key");
}

#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let (tree, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(&outside, "secret", token(1));
    write(&tree, "a/real", token(2));
    symlink(outside.path(), tree.path().join("out")).unwrap();
    symlink("..", tree.path().join("a/loop")).unwrap();
    symlink("real", tree.path().join("a/alias")).unwrap();
    symlink("nowhere", tree.path().join("a/dangling")).unwrap();
    let snapshot = scan(&tree);
    assert_eq!(paths(&snapshot), ["a/real"]);
    assert_eq!(snapshot.symlinks, 4);
    let skipped: Vec<_> = snapshot.skipped.iter().map(|it| (&*it.path, &it.reason)).collect();
    assert_eq!(skipped, [("out", &Reason::OutsideRoot)]);
    let link = tree.path().join("a/here");
    symlink(tree.path(), &link).unwrap();
    assert_eq!(paths(&scan_with(&link, &Policy::new())), ["a/real"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_fifo_is_not_opened_and_leaves_its_rules_undecided() {
    let tree = tempfile::tempdir().unwrap();
    let fifo = tree.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let socket = tree.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let run = lr_core::run(&SecretsCheck::new(tree.path()), &Context::new()).await;
    for name in ["pipe", "socket"] {
        let undecided = run.outcomes.iter().filter(|it| {
            it.subject == Location::file(name, None, None)
                && matches!(it.verdict, Verdict::Inconclusive { cause: ErrorKind::Unreachable, .. })
        });
        // Those that every file is read for.
        assert_eq!(undecided.count(), 6, "{name}");
    }
    assert!(
        !run.outcomes
            .iter()
            .any(|it| it.rule == "secrets/no-live-credential" && it.verdict == Verdict::Pass)
    );
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let tree = tempfile::tempdir().unwrap();
    write(&tree, "closed", token(1));
    write(&tree, "folder/inside", token(1));
    for path in ["closed", "folder"] {
        fs::set_permissions(tree.path().join(path), fs::Permissions::from_mode(0o0)).unwrap();
    }
    // Nothing is closed to root.
    let is_closed = fs::File::open(tree.path().join("closed")).is_err();
    let snapshot = scan(&tree);
    fs::set_permissions(tree.path().join("folder"), fs::Permissions::from_mode(0o700)).unwrap();
    let skipped: Vec<_> = snapshot.skipped.iter().map(|it| &*it.path).collect();
    assert_eq!(skipped, if is_closed { vec!["closed", "folder"] } else { vec![] });
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf_8_stay_apart() {
    use std::os::unix::ffi::OsStrExt;
    let tree = tempfile::tempdir().unwrap();
    for name in [b"a\xff", b"a\xfe"] {
        fs::write(tree.path().join(std::ffi::OsStr::from_bytes(name)), token(1)).unwrap();
    }
    assert_eq!(paths(&scan(&tree)), ["a\\xfe", "a\\xff"]);
}

/// Stops the scan from within: cancels the context at the first progress event.
struct Canceller(Mutex<Option<Context>>, AtomicUsize);

impl Observer for Canceller {
    fn event(&self, event: &Event<'_>) {
        if matches!(event, Event::Progress { .. }) {
            self.1.fetch_add(1, Ordering::Relaxed);
            if let Some(cx) = self.0.lock().unwrap().take() {
                cx.cancel();
            }
        }
    }
}

#[tokio::test]
async fn a_cancelled_scan_keeps_what_it_found() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        write(&tree, &format!("f{number}"), token(number));
    }
    let observer = Arc::new(Canceller(Mutex::default(), AtomicUsize::new(0)));
    let cx = Context::new().with_observer(observer.clone());
    *observer.0.lock().unwrap() = Some(cx.clone());
    let check =
        SecretsCheck::new(tree.path()).with_policy(Policy::new().with_threads(NonZeroUsize::MIN));
    let run = lr_core::run(&check, &cx).await;
    assert!(observer.1.load(Ordering::Relaxed) >= 1);
    // What was done when the event came, and no more than one file.
    assert!((256..=257).contains(&run.findings.len()), "{}", run.findings.len());
    assert!(run.error.is_some());
    let at_root = run.outcomes.iter().filter(|it| it.subject == run.subject);
    let cancelled = at_root.filter(|it| {
        matches!(it.verdict, Verdict::Inconclusive { cause: ErrorKind::Cancelled, .. })
    });
    // Each rule, but for those that ask nothing without version control and without own rules.
    assert_eq!(cancelled.count(), lr_secrets::RULES.len() - 2);
    let snapshot: Snapshot = serde_json::from_str(&run.snapshot.unwrap()).unwrap();
    assert_eq!(snapshot.stopped, Some(ErrorKind::Cancelled));
}

#[test]
fn cancelling_stops_in_the_middle_of_huge_files() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..8 {
        let file = fs::File::create(tree.path().join(format!("f{number}"))).unwrap();
        file.set_len(1 << 34).unwrap();
    }
    let cx = Context::new();
    let policy = Policy::new().with_file_bytes(u64::MAX);
    let (snapshot, waited) = std::thread::scope(|scope| {
        let scan = scope.spawn(|| scan_tree(tree.path(), &policy, &cx).unwrap());
        std::thread::sleep(Duration::from_millis(20));
        let cancelled = Instant::now();
        cx.cancel();
        (scan.join().unwrap(), cancelled.elapsed())
    });
    assert_eq!(snapshot.stopped, Some(ErrorKind::Cancelled));
    // 100 ms on a machine that has nothing else to do and an optimised build.
    assert!(waited < Duration::from_secs(1), "{waited:?}");
}

#[test]
fn a_stream_without_an_end_is_left_when_cancelled() {
    struct Endless<'a>(&'a Context, usize);
    impl std::io::Read for Endless<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            self.1 += into.len();
            if self.1 > 3 << 20 {
                self.0.cancel();
            }
            into.fill(b'x');
            Ok(into.len())
        }
    }
    let cx = Context::new();
    let mut endless = Endless(&cx, 0);
    let seen = lr_secrets::scan_stream("log", &mut endless, &Policy::new(), &cx);
    assert_eq!(seen.stopped, Some(ErrorKind::Cancelled));
    // A piece was begun when it was cancelled, and none after that.
    assert!(endless.1 <= (3 << 20) + (512 << 10), "{}", endless.1);
}

#[test]
fn a_stream_that_breaks_off_is_said() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }
    let seen = lr_secrets::scan_stream("log", &mut Broken, &Policy::new(), &Context::new());
    assert!(matches!(seen.skipped[0].reason, Reason::Unreadable { .. }));
    assert!(seen.skipped[0].reason.leaves_doubt());
}

#[tokio::test]
async fn a_stream_is_a_check_that_runs_once() {
    let text = format!("step 1\ntoken {}\n", token(1));
    let check = SecretsCheck::stream("build.log", std::io::Cursor::new(text.into_bytes()));
    let run = lr_core::run(&check, &Context::new()).await;
    assert_eq!(run.findings[0].subject, Location::file("build.log", Some(2), Some(7)));
    assert!(!format!("{check:?}").contains(&token(1)[8..]));
    let again = lr_core::run(&check, &Context::new()).await;
    assert!(again.error.is_some() && again.findings.is_empty());
}

#[cfg(unix)]
#[test]
#[allow(clippy::print_stderr, reason = "what was left out is said")]
fn what_may_not_be_read_and_devices_are_said_and_the_rest_is_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let tree = tempfile::tempdir().unwrap();
    write(&tree, "a", token(1));
    write(&tree, "denied", token(2));
    write(&tree, "closed/b", token(3));
    symlink("self", tree.path().join("self")).unwrap();
    symlink("/dev/zero", tree.path().join("zero")).unwrap();
    let chmod = |name: &str, mode| {
        fs::set_permissions(tree.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    chmod("denied", 0o000);
    chmod("closed", 0o000);
    let seen = scan(&tree);
    chmod("closed", 0o755);
    let of = |name: &str| seen.skipped.iter().find(|it| it.path == name).map(|it| &it.reason);
    assert!(paths(&seen).contains(&"a"));
    assert_eq!(of("zero"), Some(&Reason::OutsideRoot));
    assert_eq!(of("self"), None);
    if fs::read(tree.path().join("denied")).is_ok() {
        eprintln!("permissions were left out: this user may read everything");
    } else {
        assert_eq!(paths(&seen), ["a"]);
        for name in ["denied", "closed"] {
            assert!(matches!(of(name), Some(Reason::Unreadable { .. })), "{:?}", seen.skipped);
        }
    }
    // A device as root of a tree, and in one, where this user may make one.
    let error = scan_tree(Path::new("/dev/zero"), &Policy::new(), &Context::new()).unwrap_err();
    assert!(matches!(error, Error::NotATree { .. }));
    let device = tree.path().join("device");
    let made = std::process::Command::new("mknod").arg(&device).args(["c", "1", "5"]).output();
    if made.is_ok_and(|output| output.status.success()) {
        let seen = scan(&tree);
        let skipped = seen.skipped.iter().find(|it| it.path == "device");
        assert_eq!(skipped.map(|it| &it.reason), Some(&Reason::NotAFile));
    } else {
        eprintln!("a device in a tree was left out: this user may make none");
    }
}

#[test]
fn a_scan_whose_time_is_up_says_so() {
    let tree = tempfile::tempdir().unwrap();
    write(&tree, "a", token(1));
    let cx = Context::new().with_time_left(Duration::ZERO);
    let snapshot = scan_tree(tree.path(), &Policy::new(), &cx).unwrap();
    assert_eq!(snapshot.stopped, Some(ErrorKind::Timeout));
    let cx = Context::new().with_limits(Limits::within(Duration::from_millis(100)));
    assert_eq!(scan_tree(tree.path(), &Policy::new(), &cx).unwrap().stopped, None);
}

#[tokio::test]
async fn a_dropped_scan_stops_and_blocks_nobody() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..50 {
        let file = fs::File::create(tree.path().join(format!("f{number}"))).unwrap();
        file.set_len(1 << 30).unwrap();
    }
    let started = Instant::now();
    let mut polls = 0;
    // On this one thread: if `run` blocked it, `stop` would never be asked a second time.
    let stop = std::future::poll_fn(|task| {
        polls += 1;
        task.waker().wake_by_ref();
        match polls {
            100.. => std::task::Poll::Ready(CheckError::new(ErrorKind::Timeout, "enough")),
            _ => std::task::Poll::Pending,
        }
    });
    let run = lr_core::run_until(&SecretsCheck::new(tree.path()), &Context::new(), stop).await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(run.error.unwrap().as_str(), "enough");
}

#[tokio::test]
async fn a_kept_snapshot_is_judged_again_without_the_tree() {
    let tree = tempfile::tempdir().unwrap();
    write(&tree, "a", token(1));
    let first = lr_core::run(&SecretsCheck::new(tree.path()), &Context::new()).await;
    tree.close().unwrap();
    let kept = first.snapshot.clone().unwrap();
    assert!(!kept.contains(&token(1)[8..]));
    let check = SecretsCheck::replay(serde_json::from_str(&kept).unwrap());
    let again = lr_core::run(&check, &Context::new()).await;
    assert_eq!(again.findings, first.findings);
    assert_eq!(again.outcomes, first.outcomes);
    assert_eq!((again.snapshot, again.data), (first.snapshot, first.data));
}

#[test]
fn no_runtime_and_no_network_come_with_it() {
    let tree = std::process::Command::new(env!("CARGO"))
        .args(["tree", "-p", "lr-secrets", "-e", "normal", "--prefix", "none", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let names = String::from_utf8(tree.stdout).unwrap();
    assert!(names.contains("lr-core"), "{}", String::from_utf8_lossy(&tree.stderr));
    for unwanted in ["tokio", "mio ", "hyper", "reqwest", "rustls", "lr-net"] {
        assert!(!names.lines().any(|line| line.starts_with(unwanted)), "{unwanted}");
    }
}

#[test]
fn nothing_in_this_crate_looks_like_a_secret() {
    let snapshot = scan_with(Path::new(env!("CARGO_MANIFEST_DIR")), &Policy::new());
    assert!(snapshot.files > 20);
    let alarms: Vec<_> = snapshot
        .found
        .iter()
        .flat_map(|file| file.secrets.iter().map(|secret| (&*file.path, secret)))
        .filter(|(path, secret)| {
            let now = Context::new().now();
            lr_secrets::severity(secret, path, lr_secrets::Exposure::Repository, now)
                > lr_core::Severity::Info
        })
        .map(|(path, secret)| (path, &*secret.format, secret.places[0].line))
        .collect();
    assert_eq!(alarms, []);
}
