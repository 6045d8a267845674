//! The verdicts of hstspreload.org, against its own tables.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use lr_redirects::preload::{Header, Issues, Terms};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Case {
    table: String,
    description: String,
    header: String,
    policy: String,
    errors: Vec<String>,
    warnings: Vec<String>,
    parsed: Option<Parsed>,
}

#[derive(Deserialize)]
struct Parsed {
    max_age: Option<Seconds>,
    #[serde(rename = "includeSubDomains")]
    include_subdomains: bool,
    preload: bool,
}

#[derive(Deserialize)]
struct Seconds {
    seconds: u64,
}

fn issues(case: &Case) -> Issues {
    let header = Header::parse(&case.header);
    match (case.table.as_str(), case.policy.as_str()) {
        ("parse" | "parse_errors", _) => header.issues,
        ("preloadable", _) | ("eligible", "bulk-1-year") => header.preloadable(Terms::OneYear),
        ("eligible", "bulk-18-weeks") => header.preloadable(Terms::EighteenWeeks),
        ("removable", _) => header.removable(),
        (table, policy) => panic!("unknown table {table} or policy {policy}"),
    }
}

fn examine(json: &str) -> usize {
    let cases: Vec<Case> = serde_json::from_str(json).unwrap();
    for case in &cases {
        let (name, seen) = (&case.description, issues(case));
        assert_eq!(seen.errors, case.errors, "{}: {name}", case.table);
        assert_eq!(seen.warnings, case.warnings, "{}: {name}", case.table);
        if let Some(parsed) = &case.parsed {
            let header = Header::parse(&case.header);
            let expected = parsed.max_age.as_ref().map(|age| age.seconds);
            assert_eq!(header.max_age, expected, "{name}");
            assert_eq!(header.include_subdomains, parsed.include_subdomains, "{name}");
            assert_eq!(header.preload, parsed.preload, "{name}");
        }
    }
    cases.len()
}

#[test]
fn the_list_and_we_judge_the_same_headers_alike() {
    assert!(examine(include_str!("data/hstspreload.json")) >= 20);
}

/// The complete set lies beside the repository on machines that have it.
#[test]
fn the_complete_set_agrees_where_it_is_there() {
    // Beside the repository, or beside the folder of its worktrees.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let above = workspace.ancestors().skip(1).take(2);
    let path = above.map(|above| above.join("shared/data/http/hstspreload.json"));
    let Some(json) = path.filter_map(|path| std::fs::read_to_string(path).ok()).next() else {
        return;
    };
    assert_eq!(examine(&json), 61);
}
