//! The HSTS parser against vectors that nobody here wrote.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use lr_redirects::Hsts;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    header: String,
    valid: bool,
    max_age: Option<Age>,
    include_subdomains: Option<bool>,
}

#[derive(Deserialize, PartialEq)]
#[serde(untagged)]
enum Age {
    Seconds(u64),
    Capped(String),
}

fn examine(json: &str) -> usize {
    let vectors: Vec<Vector> = serde_json::from_str(json).unwrap();
    let agrees = |vector: &Vector| match (Hsts::parse(&vector.header), vector.valid) {
        (Err(_), false) => true,
        (Ok(hsts), true) => {
            let age = match &vector.max_age {
                Some(Age::Seconds(seconds)) => hsts.max_age == *seconds,
                _ => hsts.max_age == u64::MAX,
            };
            age && Some(hsts.include_subdomains) == vector.include_subdomains
        }
        _ => false,
    };
    let wrong: Vec<_> = vectors.iter().filter(|v| !agrees(v)).map(|v| &v.header).collect();
    assert!(wrong.is_empty(), "{} of {} differ: {wrong:#?}", wrong.len(), vectors.len());
    vectors.len()
}

#[test]
fn chromium_and_we_read_the_same_headers() {
    assert!(examine(include_str!("data/chromium-hsts.json")) >= 30);
}

/// The complete set lies beside the repository on machines that have it.
#[test]
fn the_complete_set_agrees_where_it_is_there() {
    // Beside the repository, or beside the folder of its worktrees.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let above = workspace.ancestors().skip(1).take(2);
    let path = above.map(|above| above.join("shared/data/http/chromium-hsts.json"));
    let Some(json) = path.filter_map(|path| std::fs::read_to_string(path).ok()).next() else {
        return;
    };
    assert_eq!(examine(&json), 117);
}
