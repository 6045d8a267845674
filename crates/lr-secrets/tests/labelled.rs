//! Files as people write them, line by line labelled: what is a secret and what only looks like one.
//! The values are drawn anew for each seed; `SHOW=1` prints the lines that are judged wrongly.
#![allow(clippy::disallowed_methods, reason = "whoever runs a test configures it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stderr, reason = "the figures are what people run it for")]

#[path = "samples/lib.rs"]
mod samples;

use std::collections::{BTreeMap, BTreeSet};

use lr_core::{Severity, Timestamp};
use lr_secrets::{Exposure, Policy, scan_file_bytes, severity};
use samples::drawn_piece;

const FILES: [&str; 2] = [include_str!("labelled/code.txt"), include_str!("labelled/config.txt")];
const SEEDS: u64 = 16;

/// A file of the collection: lines with `+` hold a secret, lines with `-` and a blank hold none.
struct File<'a> {
    path: &'a str,
    lines: Vec<(bool, &'a str)>,
}

fn files() -> Vec<File<'static>> {
    let mut files = Vec::new();
    for line in FILES.iter().flat_map(|text| text.lines()) {
        if let Some(path) = line.strip_prefix("=== ") {
            files.push(File { path, lines: Vec::new() });
        } else if let Some(file) = files.last_mut() {
            let label = line.as_bytes().first().copied().unwrap_or(b' ');
            file.lines.push((label == b'+', line.get(1..).unwrap_or("")));
        }
    }
    files
}

/// Replaces each `‹w24›` by what is drawn.
fn draw(line: &str, seed: &mut u64) -> String {
    let mut pieces = line.split('‹');
    let mut text = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        let (what, rest) = piece.split_once('›').expect("a mark that closes");
        *seed = seed.wrapping_add(1).wrapping_mul(0x2545_f491_4f6c_dd1d);
        text += &drawn_piece(what, *seed);
        text += rest;
    }
    text
}

#[test]
fn secrets_are_told_from_what_looks_like_them() {
    let show = std::env::var_os("SHOW").is_some();
    let (mut hits, mut misses, mut alarms) = (0, 0, 0);
    let mut wrong: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for file in files() {
        for seed in 0..SEEDS {
            let mut seed = seed << 32;
            let lines: Vec<_> = file.lines.iter().map(|(_, line)| draw(line, &mut seed)).collect();
            let secrets = scan_file_bytes(file.path, lines.join("\n").as_bytes(), &Policy::new());
            let is_alarm = |it: &&lr_secrets::Secret| {
                let now = Timestamp::from_unix(1_790_000_000);
                severity(it, file.path, Exposure::Repository, now) > Severity::Info
            };
            let places = secrets.iter().filter(is_alarm).flat_map(|secret| &secret.places);
            let found: BTreeSet<_> = places.map(|at| at.line as usize - 1).collect();
            for (number, (is_secret, line)) in file.lines.iter().enumerate() {
                match (is_secret, found.contains(&number)) {
                    (true, true) => hits += 1,
                    (true, false) => {
                        misses += 1;
                        *wrong.entry(("missed", file.path, line)).or_default() += 1;
                    }
                    (false, true) => {
                        alarms += 1;
                        *wrong.entry(("alarm", file.path, line)).or_default() += 1;
                    }
                    (false, false) => {}
                }
            }
        }
    }
    for ((how, path, line), count) in wrong.iter().filter(|_| show) {
        eprintln!("{how} {count} of {SEEDS} {path}: {line}");
    }
    let share = |wrong: u32| 100.0 * f64::from(hits) / f64::from(hits + wrong);
    let (precision, recall) = (share(alarms), share(misses));
    eprintln!("precision {precision:.1} %, recall {recall:.1} %");
    assert!(precision >= 97.0, "precision {precision:.1} %");
    assert!(recall >= 85.0, "recall {recall:.1} %");
}
