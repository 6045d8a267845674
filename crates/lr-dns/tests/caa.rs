//! CAA properties against the cases of internet.nl: a part of them is kept here, all are read from
//! `shared/data/dns/caa_internetnl.json` in a folder above, where they are present.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::path::Path;

use lr_dns::CaaRecord;
use serde_json::Value;

fn judge(text: &str, at_least: usize) {
    let suite: Value = serde_json::from_str(text).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    assert!(cases.len() >= at_least);
    for case in cases {
        let flags = u8::try_from(case["flags"].as_u64().unwrap()).unwrap();
        let (tag, value) = (case["tag"].as_str().unwrap(), case["value"].as_str().unwrap());
        let read = CaaRecord::parse(flags, tag, value);
        assert_eq!(read.is_ok(), case["valid"].as_bool().unwrap(), "{case}: {read:?}");
    }
}

#[test]
fn the_kept_cases_are_judged_as_internet_nl_does() {
    judge(include_str!("data/caa_internetnl.json"), 10);
}

#[test]
fn all_cases_are_judged_as_internet_nl_does() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let mut paths = above.map(|dir| dir.join("shared/data/dns/caa_internetnl.json"));
    if let Some(path) = paths.find(|path| path.exists()) {
        judge(&std::fs::read_to_string(path).unwrap(), 27);
    }
}
