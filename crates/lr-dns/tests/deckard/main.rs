//! Scenarios of Deckard, the test suite of DNS resolvers (CZ.NIC, NLnet Labs): their servers are
//! played in process, and what the validator makes of the answers is compared with what a resolver
//! must say.
//!
//! A few are in `data`; all of them are taken from `shared/data/dns/deckard` in a folder above, where
//! that is present.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod resolver;
mod scenario;
mod wire;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lr_dns::dnssec::{Anchors, Evidence, Judgement, Status, Step, Validator};

use self::resolver::Resolver;
use self::scenario::{Check, Scenario};

/// Most questions for one answer: a chain of some zones and aliases.
const MAX_QUESTIONS: usize = 200;

fn validate(validator: &Validator, resolver: &mut Resolver<'_>, check: &Check) -> Judgement {
    let mut evidence = Evidence::new();
    for _ in 0..MAX_QUESTIONS {
        match validator.judge(&check.name, &check.rtype, &evidence) {
            Step::Ask { name, rtype } => resolver.answer(&name, &rtype, check.step, &mut evidence),
            Step::Done(judgement) => return judgement,
            _ => unreachable!("there is no other step yet"),
        }
    }
    panic!("{} {} takes too many questions", check.name, check.rtype)
}

fn anchors(scenario: &Scenario) -> Anchors {
    let mut anchors = Anchors::none();
    for text in &scenario.anchors {
        anchors.add(text).unwrap();
    }
    for name in &scenario.exempt {
        assert!(anchors.exempt(name));
    }
    anchors
}

/// What a resolver makes of a judgement: response code, and whether it says that data are authentic.
fn response(judgement: &Judgement) -> (&'static str, bool) {
    let code = if judgement.no_such_name { "NXDOMAIN" } else { "NOERROR" };
    match judgement.status {
        Status::Secure => (code, true),
        Status::Insecure { .. } | Status::NoAnchor => (code, false),
        _ => ("SERVFAIL", false),
    }
}

/// Each check that does not come out, and the reasons of all that is bogus.
fn play(scenario: &Scenario) -> (Vec<String>, Vec<String>) {
    let validator = Validator::new(anchors(scenario), scenario.now_s);
    let mut resolver = Resolver::new(scenario);
    let (mut wrong, mut reasons) = (Vec::new(), Vec::new());
    for check in &scenario.checks {
        let judgement = validate(&validator, &mut resolver, check);
        let (code, authentic) = response(&judgement);
        let said = match &judgement.status {
            Status::Bogus { reason } => format!("{}: {reason}", reason.code()),
            other => format!("{other:?}"),
        };
        let good = code == check.code
            && check.authentic.is_none_or(|expected| expected == (authentic && check.wants_ad));
        if !good {
            wrong.push(format!(
                "step {}: {} {} is {code} {authentic}, not {} {:?}; {said}",
                check.step, check.name, check.rtype, check.code, check.authentic
            ));
        }
        if check.code == "SERVFAIL" {
            reasons.push(format!("{} {}: {said}", check.name, check.rtype));
        }
    }
    (wrong, reasons)
}

fn scenarios(folder: &Path) -> Vec<(String, Scenario)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        (name, Scenario::read(&text))
    };
    files.into_iter().map(read).collect()
}

/// Scenarios that say nothing about validation, each with the reason.
fn not_applicable() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("not-applicable.json")).unwrap()
}

/// Why the first answer is bogus, where the scenario leaves no doubt.
const REASONS: [(&str, &str); 9] = [
    ("val_minimal_anotherdomainsignature", "wrong-signature"),
    ("val_minimal_anotherrrtypesignature", "wrong-signature"),
    ("val_minimal_baddnskeyflags", "wrong-signature"),
    ("val_minimal_baddsdigesttype", "wrong-digest"),
    ("val_minimal_badrrsigalgorithm", "unknown-key"),
    ("val_minimal_badrrsiginception", "wrong-signature"),
    ("val_minimal_expiredsignature", "expired"),
    ("val_nsec3_b1_nameerror_nonc", "wrong-proof"),
    ("nsec_wildcard_answer_response", "missing-proof"),
];

#[test]
fn scenarios_in_the_repository_come_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deckard/data");
    let mut bogus = 0;
    let scenarios = scenarios(&folder);
    assert!(scenarios.len() >= 10);
    for (name, scenario) in scenarios {
        let (wrong, reasons) = play(&scenario);
        assert!(wrong.is_empty(), "{name} ({}): {wrong:#?}", scenario.title);
        for reason in &reasons {
            assert!(!reason.contains("Indeterminate"), "{name}: {reason}");
        }
        if let Some((_, code)) = REASONS.iter().find(|(known, _)| *known == name) {
            assert!(reasons[0].contains(&format!(": {code}: ")), "{name}: {reasons:?}");
            bogus += 1;
        }
    }
    assert_eq!(bogus, REASONS.len());
}

#[test]
fn nearly_all_scenarios_come_out() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let mut folders = above.map(|dir| dir.join("shared/data/dns/deckard"));
    let Some(folder) = folders.find(|folder| folder.exists()) else { return };
    let skipped = not_applicable();
    let (mut minimal, mut all, mut good) = (0, 0, 0);
    let mut report = String::new();
    for (name, scenario) in scenarios(&folder) {
        let of_validation = name.starts_with("val_");
        // Others without a trust anchor are about resolving, and not about validation.
        let about = of_validation || !scenario.anchors.is_empty();
        if skipped.contains_key(&name) || scenario.checks.is_empty() || !about {
            continue;
        }
        let (wrong, reasons) = play(&scenario);
        minimal += usize::from(name.starts_with("val_minimal_"));
        all += usize::from(of_validation);
        good += usize::from(of_validation && wrong.is_empty());
        report += &format!("{name}: {}\n", if wrong.is_empty() { "good" } else { "WRONG" });
        for line in wrong.iter().chain(&reasons) {
            report += &format!("    {line}\n");
        }
        assert!(!name.starts_with("val_minimal_") || wrong.is_empty(), "{name}: {wrong:#?}");
    }
    // What came of each, for whoever wants to read it.
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("deckard.txt"), &report).unwrap();
    assert!(minimal > 0 && good * 100 >= all * 95, "{good} of {all}\n{report}");
}
