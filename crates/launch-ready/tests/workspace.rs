//! What the crates promise about each other, read off the dependency tree.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::process::Command;

/// The packages under `arguments`, as `name version`.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--prefix", "none", "--format", "{p}"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let package = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    text.lines().filter(|line| !line.is_empty()).map(package).collect()
}

fn normal(package: &str) -> BTreeSet<String> {
    tree(&["--package", package, "--edges", "normal"])
}

fn names(packages: &BTreeSet<String>) -> BTreeSet<&str> {
    packages.iter().filter_map(|package| package.split(' ').next()).collect()
}

#[track_caller]
fn lacks(package: &str, absent: &[&str]) {
    let packages = normal(package);
    let names = names(&packages);
    for name in absent {
        assert!(!names.contains(name), "{package} must not depend on {name}");
    }
}

const CHECKS: [&str; 6] =
    ["lr-dns", "lr-redirects", "lr-tls", "lr-mailauth", "lr-latency", "lr-secrets"];

#[test]
fn the_contract_is_light() {
    let packages = normal("lr-core");
    let proc_macros_and_helpers = [
        "proc-macro2",
        "quote",
        "serde_core",
        "serde_derive",
        "syn",
        "thiserror-impl",
        "unicode-ident",
    ];
    let allowed: BTreeSet<_> = ["lr-core", "async-trait", "serde", "thiserror"]
        .into_iter()
        .chain(proc_macros_and_helpers)
        .collect();
    let names = names(&packages);
    assert!(names.is_subset(&allowed), "{names:?}");
}

#[test]
fn checks_do_not_know_each_other() {
    for package in CHECKS {
        let others: Vec<_> = CHECKS.into_iter().filter(|other| *other != package).collect();
        lacks(package, &others);
        lacks(package, &["lr-report", "launch-ready", "lr-lab"]);
    }
}

#[test]
fn who_scans_for_secrets_compiles_no_network_and_no_runtime() {
    lacks("lr-secrets", &["lr-net", "tokio", "hyper", "reqwest", "rustls", "hickory-proto"]);
}

#[test]
fn who_checks_tls_compiles_no_mail() {
    for package in ["lr-tls", "lr-dns", "lr-redirects", "lr-latency", "lr-net"] {
        lacks(package, &["mail-auth"]);
    }
}

#[test]
fn a_report_needs_no_network() {
    lacks("lr-report", &["lr-net", "tokio", "reqwest", "rustls"]);
}

#[test]
fn one_version_of_what_must_not_be_there_twice() {
    let packages = tree(&["--workspace", "--all-features", "--target", "all"]);
    for name in
        ["aws-lc-rs", "aws-lc-sys", "hickory-proto", "hickory-resolver", "reqwest", "rustls"]
    {
        let versions: Vec<_> =
            packages.iter().filter(|package| package.split(' ').next() == Some(name)).collect();
        assert_eq!(versions.len(), 1, "{versions:?}");
    }
    assert!(!names(&packages).contains("ring"), "aws-lc-rs is the one crypto provider");
}
