//! Large trees of this machine: what is found where nothing should be, and how fast.
#![allow(clippy::disallowed_methods, reason = "whoever runs a test configures it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stderr, reason = "the figures are what people run it for")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use lr_core::{Context, Severity};
use lr_secrets::{Exposure, Policy, scan_bytes, scan_tree, severity};

fn registry() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    );
    let path = std::env::var_os("TREE").map_or_else(|| home.join("registry/src"), PathBuf::from);
    path.is_dir().then_some(path)
}

#[test]
#[ignore = "reads the sources of every crate that this machine has"]
fn sources_of_crates_raise_no_alarm() {
    let Some(root) = registry() else { return };
    let cx = Context::new();
    let started = Instant::now();
    let snapshot = scan_tree(&root, &Policy::new(), &cx).unwrap();
    let took = started.elapsed().as_secs_f64();
    let rate = snapshot.bytes as f64 / took / 1e6;
    eprintln!(
        "{} files, {} MB in {took:.1} s: {rate:.0} MB/s",
        snapshot.files,
        snapshot.bytes / 1_000_000
    );
    let mut alarms = 0;
    for file in &snapshot.found {
        for secret in &file.secrets {
            let severity = severity(secret, &file.path, Exposure::Repository, cx.now());
            let at = secret.places[0];
            if severity >= Severity::Medium {
                alarms += 1;
            }
            if severity >= Severity::Low {
                eprintln!(
                    "{severity:?} {} {}:{}:{} {}",
                    secret.format, file.path, at.line, at.column, secret.redacted
                );
            }
        }
    }
    eprintln!("{alarms} alarms of medium or above");
    // Most are keys of tests that lie beside the code they test, in files that do not say so.
    assert!(alarms as u64 <= 1 + snapshot.files / 500, "{alarms}");
}

#[test]
#[ignore = "measures; run it optimised"]
fn in_memory_matching_is_fast() {
    let Some(root) = registry() else { return };
    let mut text = Vec::new();
    read(&root, &mut text);
    let policy = Policy::new();
    let _ = scan_bytes(&text[..1 << 20], &policy);
    // The best of several: other programs share the machine.
    let run = || {
        let started = Instant::now();
        let found = scan_bytes(&text, &policy).len();
        (text.len() as f64 / started.elapsed().as_secs_f64() / 1e9, found)
    };
    let (rate, found) =
        (0..12).map(|_| run()).fold((0.0, 0), |best, it| if it.0 > best.0 { it } else { best });
    eprintln!("{} MB, {found} secrets: {rate:.2} GB/s", text.len() >> 20);
}

fn read(folder: &Path, into: &mut Vec<u8>) {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if into.len() > 64 << 20 {
            return;
        }
        if path.is_dir() {
            read(&path, into);
        } else if path.extension().is_some_and(|it| it == "rs" || it == "md" || it == "toml") {
            into.extend(std::fs::read(&path).unwrap_or_default());
        }
    }
}
