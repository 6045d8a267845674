//! The corpus of broken domains, where it is at hand: how much of it is found, and that what is
//! right is left alone.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lr_core::{CheckRun, Severity, Verdict};
use lr_lab::{Fault, Lab, Zone};
use lr_mailauth::{MailAuthCheck, MailConfig, Policy, RULES, Snapshot, judge};
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

fn in_memory(case: &Case, zones: &ZoneFiles) -> CheckRun {
    let config = MailConfig::new(&case.domain).parked(case.area == "parked");
    let selectors = case.selectors.iter();
    let config = selectors.fold(config, |config, selector| config.selector(selector));
    let snapshot = Snapshot::gather(config, |question| zones.answer(question));
    lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out))
}

async fn over_the_wire(case: &Case, lab: &Lab) -> CheckRun {
    let check = MailAuthCheck::new(&case.domain).parked(case.area == "parked");
    let selectors = case.selectors.iter();
    let check = selectors.fold(check, |check, selector| check.selector(selector));
    lr_core::run(&check, &lab.context()).await
}

/// The zone files on real name servers.
async fn lab(folder: &Path) -> Lab {
    // One name server for all of them, and a zone that no server can answer for.
    let mut builder = Lab::builder()
        .zone(Zone::new("hosting.test").records("@ NS ns\nns A 11.0.0.53"))
        .zone(Zone::new("servfail.test").name_fault("@", "TXT", Fault::ServFail));
    for entry in fs::read_dir(folder.join("zones")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let origin = text.lines().find_map(|line| line.strip_prefix("$ORIGIN ")).unwrap();
        let origin = origin.trim().trim_end_matches('.');
        if origin == "test" {
            continue;
        }
        let is_known = |line: &&str| {
            let rtype = line.split_whitespace().nth(3);
            rtype.is_some_and(|rtype| ["A", "AAAA", "CNAME", "MX", "TXT"].contains(&rtype))
        };
        let records = text.lines().filter(is_known).map(|line| line.replacen(" IN ", " ", 1));
        let records: Vec<String> = records.collect();
        let zone = Zone::new(origin).records("@ NS ns.hosting.test.").records(&records.join("\n"));
        builder = builder.zone(match origin {
            "dmarc-servfail.test" => zone.name_fault("_dmarc", "TXT", Fault::ServFail),
            _ => zone,
        });
    }
    builder.start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_wire_the_same_is_found() {
    let Some(folder) = corpus() else { return };
    let cases: BTreeMap<String, Case> =
        serde_json::from_str(&fs::read_to_string(folder.join("cases.json")).unwrap()).unwrap();
    let zones = ZoneFiles::load(&folder.join("zones"), &folder.join("faults.json"));
    let lab = lab(&folder).await;
    for (name, case) in &cases {
        let keys = |run: &CheckRun| -> BTreeSet<String> {
            run.findings.iter().map(|finding| finding.key.clone()).collect()
        };
        let run = over_the_wire(case, &lab).await;
        assert_eq!(run.error, None, "{name}");
        assert_eq!(keys(&run), keys(&in_memory(case, &zones)), "{name}");
    }
    println!("{} questions for {} cases", lab.queries().len(), cases.len());
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
        let run = in_memory(case, &zones);
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
