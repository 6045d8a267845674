//! Test vectors of other scanners: how many of their secrets are found, how many of their harmless
//! texts raise an alarm. They lie beside the workspace and are skipped where they do not.
#![allow(clippy::disallowed_methods, reason = "whoever runs a test configures it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stderr, reason = "the figures are what people run it for")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use lr_core::{Severity, Timestamp};
use lr_secrets::{Exposure, Policy, Secret, scan_file_bytes, severity};

#[derive(serde::Deserialize)]
struct Vector {
    text: String,
    label: String,
    rule: String,
    #[serde(default)]
    path: String,
}

fn vectors(name: &str) -> Option<Vec<Vector>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/secrets")
        .join(format!("{name}.jsonl.gz"));
    let path = if path.exists() {
        path
    } else {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../../shared/data/secrets")
            .join(format!("{name}.jsonl.gz"))
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).ok()?;
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Per cent of the secrets that must be found, and of the harmless texts that may raise an alarm.
fn exam(name: &str, recall: f64, alarms: f64) {
    let Some(vectors) = vectors(name) else { return };
    let policy = Policy::new();
    let mut rules: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let show = std::env::var("SHOW").unwrap_or_default();
    let now = Timestamp::from_unix(1_760_000_000);
    // An alarm is what people are called for: more than a line in the inventory.
    let is_alarm = |path: &str, secret: &Secret| {
        severity(secret, path, Exposure::Repository, now) > Severity::Info
    };
    let positives: Vec<_> =
        vectors.iter().filter(|it| it.label == "pos").map(|it| &*it.text).collect();
    let (mut raw, mut called, mut elsewhere) = (0, 0, 0);
    for vector in &vectors {
        let mut secrets = scan_file_bytes(&vector.path, vector.text.as_bytes(), &policy);
        if vector.label == "neg" && !secrets.is_empty() {
            raw += 1;
            if show == "raw" {
                let what: Vec<_> = secrets
                    .iter()
                    .map(|secret| (&*secret.format, is_alarm(&vector.path, secret)))
                    .collect();
                let text: String = vector.text.chars().take(300).collect();
                eprintln!("{name} raw {} {what:?} {text:?}", vector.rule);
            }
            secrets.retain(|secret| is_alarm(&vector.path, secret));
            // What one rule's harmless texts hold is often a secret of another rule.
            let is_contradicted = |secret: &Secret| {
                let at = secret.places[0].offset as usize;
                let text = &vector.text[at..at + secret.places[0].length as usize];
                positives.iter().any(|positive| positive.contains(text))
            };
            elsewhere += usize::from(!secrets.is_empty() && secrets.iter().all(is_contradicted));
        }
        let calls = secrets.iter().any(|secret| is_alarm(&vector.path, secret));
        called += usize::from(vector.label == "pos" && calls);
        if show == "quiet" && vector.label == "pos" && !calls && !secrets.is_empty() {
            let what: Vec<_> = secrets.iter().map(|it| (&*it.format, it.example)).collect();
            let text: String = vector.text.chars().take(300).collect();
            eprintln!("{name} quiet {} {what:?} {text:?}", vector.rule);
        }
        let entry = rules.entry((&vector.label, &vector.rule)).or_default();
        entry.1 += 1;
        entry.0 += usize::from(!secrets.is_empty());
        let is_wrong = secrets.is_empty() == (vector.label == "pos");
        if is_wrong && !show.is_empty() && (show == "all" || vector.rule.contains(&show)) {
            let what: Vec<_> = secrets.iter().map(|secret| &*secret.format).collect();
            let text: String = vector.text.chars().take(300).collect();
            eprintln!("{name} {} {} {what:?} {text:?}", vector.label, vector.rule);
        }
    }
    let share = |label: &str| {
        let of = rules.iter().filter(|((there, _), _)| *there == label);
        let (hit, all) = of.fold((0, 0), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1));
        100.0 * hit as f64 / all as f64
    };
    let harmless = vectors.iter().filter(|vector| vector.label == "neg").count();
    let (found, alarmed) = (share("pos"), share("neg"));
    let contradicted = 100.0 * elsewhere as f64 / harmless as f64;
    eprintln!(
        "{name}: {found:.1} % of the secrets found ({:.1} % above information), alarms at \
         {alarmed:.1} % of the rest (at {contradicted:.1} % for what is a secret elsewhere in the \
         same set), anything at all in {:.1} %",
        100.0 * called as f64 / (vectors.len() - harmless) as f64,
        100.0 * f64::from(raw) / harmless as f64
    );
    for ((label, rule), (hit, all)) in &rules {
        let short = if *label == "pos" { all - hit } else { *hit };
        if short > 0 {
            eprintln!("  {label} {rule}: {short} of {all} wrong");
        }
    }
    assert!(found >= recall, "{name}: {found:.1} % found");
    assert!(alarmed - contradicted <= alarms, "{name}: {alarmed:.1} % alarms");
}

#[test]
fn vectors_of_gitleaks() {
    exam("gitleaks", 97.0, 6.0);
}

#[test]
fn vectors_of_noseyparker() {
    exam("noseyparker", 68.0, 12.0);
}

#[test]
fn vectors_of_detect_secrets() {
    exam("detect-secrets", 60.0, 10.0);
}
