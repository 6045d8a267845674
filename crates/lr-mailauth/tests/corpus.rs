//! The corpus of broken domains, where it is at hand: how much of it is found, and that what is
//! right is left alone.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use lr_core::{Severity, Verdict};
use lr_mailauth::{MailConfig, Policy, RULES, Snapshot, judge};
use serde::Deserialize;

use common::{ZoneFiles, failed};

#[derive(Deserialize)]
struct Case {
    domain: String,
    area: String,
    expect: Vec<String>,
    selectors: Vec<String>,
}

/// Which rule is meant by a code of the corpus.
fn rule_of(code: &str) -> Option<String> {
    let codes: BTreeMap<String, String> =
        serde_json::from_str(include_str!("corpus-codes.json")).unwrap();
    codes.get(code).cloned()
}

fn corpus() -> Option<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/mail/corpus");
    Some(PathBuf::from(folder)).filter(|folder| folder.is_dir()).or_else(|| {
        let folder = PathBuf::from(option_env!("LR_MAIL_CORPUS")?);
        folder.is_dir().then_some(folder)
    })
}

#[test]
fn every_code_names_a_rule() {
    let codes: BTreeMap<String, String> =
        serde_json::from_str(include_str!("corpus-codes.json")).unwrap();
    for rule in codes.values() {
        assert!(RULES.iter().any(|known| known.id == rule), "{rule}");
    }
}

#[test]
fn the_corpus_is_found_without_false_alarms() {
    let Some(folder) = corpus() else { return };
    let cases: BTreeMap<String, Case> =
        serde_json::from_str(&fs::read_to_string(folder.join("cases.json")).unwrap()).unwrap();
    let zones = ZoneFiles::load(&folder.join("zones"), &folder.join("faults.json"));
    let (mut wanted, mut found, mut alarms, mut missed) = (0, 0, Vec::new(), Vec::new());
    for (name, case) in &cases {
        let mut config = MailConfig::new(&case.domain).parked(case.area == "parked");
        for selector in &case.selectors {
            config = config.selector(selector);
        }
        let snapshot = Snapshot::gather(config, |question| zones.answer(question));
        let run = lr_core::record("mailauth", RULES, |out| {
            judge(&snapshot, &Policy::default(), out);
        });
        let expected: Vec<String> = case.expect.iter().filter_map(|code| rule_of(code)).collect();
        for code in &case.expect {
            let Some(rule) = rule_of(code) else { continue };
            wanted += 1;
            // What cannot be asked is no fault of the domain: it is found when it is named as such.
            let is_temporary = code.ends_with("temperror");
            let is_found = match is_temporary {
                true => run.outcomes.iter().any(|outcome| {
                    outcome.rule == *rule && matches!(outcome.verdict, Verdict::Inconclusive { .. })
                }),
                false => failed(&run).contains(&rule),
            };
            match is_found {
                true => found += 1,
                false => missed.push(format!("{name}: {code}")),
            }
        }
        for finding in &run.findings {
            let is_expected = expected.iter().any(|rule| finding.rule == **rule);
            if !is_expected && finding.severity >= Severity::Medium {
                alarms.push(format!("{name}: {} {}", finding.key, finding.detail));
            }
        }
    }
    println!("{found} of {wanted} codes in scope; missed: {missed:#?}");
    println!("findings that no case expects: {alarms:#?}");
    assert!(alarms.is_empty(), "{alarms:#?}");
    assert_eq!((found, missed), (wanted, Vec::new()));
}
