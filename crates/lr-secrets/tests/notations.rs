//! One password, as the programs, settings and commands of forty languages and tools write it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use lr_core::{Severity, Timestamp};
use lr_secrets::{Exposure, Policy, scan_file_bytes, severity};

/// A file's name, a tab, and what it says; `⏎` ends a line in it.
const NOTATIONS: &str = include_str!("notations.txt");

/// What each notation says with `quoted` or `bare` as the password, and the path of its file.
fn written<'a>(
    quoted: &'a str,
    bare: &'a str,
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    NOTATIONS.lines().map(move |line| {
        let (path, text) = line.split_once('\t').expect("a tab after the path");
        let text = text.replace("‹quoted›", quoted).replace("‹bare›", bare);
        (path, text.replace('⏎', "\n") + "\n")
    })
}

/// Those that raise an alarm.
fn alarming(quoted: &str, bare: &str) -> Vec<String> {
    let now = Timestamp::from_unix(1_760_000_000);
    let is_alarming = |(path, text): &(&str, String)| {
        scan_file_bytes(path, text.as_bytes(), &Policy::new())
            .iter()
            .any(|it| severity(it, path, Exposure::Repository, now) > Severity::Info)
    };
    written(quoted, bare)
        .filter(is_alarming)
        .map(|(path, text)| format!("{path}: {text}"))
        .collect()
}

#[test]
fn a_password_is_found_in_every_notation() {
    let (quoted, bare) = (["kelp1e!", "tango^4z"].concat(), ["Kelp1e", "Tang04z"].concat());
    let found = alarming(&quoted, &bare);
    let missed: Vec<_> = written(&quoted, &bare)
        .map(|(path, text)| format!("{path}: {text}"))
        .filter(|one| !found.contains(one))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_stands_for_a_password_is_none_in_any_notation() {
    for word in ["changeme", "your_password_here", "${DB_PASSWORD}", "********", "<password>"] {
        assert_eq!(alarming(word, word), [""; 0], "{word}");
    }
}
