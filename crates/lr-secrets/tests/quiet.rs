//! What is known and accepted stays silent, whatever scanner wrote it down; what stands beside it does
//! not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "repository/lib.rs"]
mod repository;
#[path = "samples/lib.rs"]
mod samples;

use lr_core::{CheckRun, Context, Severity, Verdict};
use lr_secrets::{Baseline, OwnRules, Policy, SecretsCheck, Snapshot};
use repository::{Repository, token};

fn tree(files: &[(&str, String)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = tree.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    tree
}

async fn run(files: &[(&str, String)], policy: Policy) -> CheckRun {
    let tree = tree(files);
    lr_core::run(&SecretsCheck::new(tree.path()).with_policy(policy), &Context::new()).await
}

/// Path and line of each finding.
fn places(run: &CheckRun) -> Vec<(String, u64)> {
    let place = |location: &lr_core::Location| match location {
        lr_core::Location::File { path, line, .. } => (path.to_string(), line.unwrap_or(0)),
        other => panic!("{other:?}"),
    };
    let mut all = Vec::new();
    for finding in &run.findings {
        all.push(place(&finding.subject));
        all.extend(finding.related.iter().map(place));
    }
    all.sort();
    all
}

fn files() -> Vec<(&'static str, String)> {
    vec![
        ("a/b.js", format!("x\nk = '{}'\n{}\n", token(1), token(1))),
        ("c", format!("{}\n", token(2))),
    ]
}

#[tokio::test]
async fn an_ignored_place_hides_itself_and_nothing_else() {
    let all = [("a/b.js".to_owned(), 2), ("a/b.js".into(), 3), ("c".into(), 1)];
    assert_eq!(places(&run(&files(), Policy::new()).await), all);
    let with = |text: &str| {
        let policy = Policy::new().with_baseline(Baseline::from_gitleaks_ignore(text));
        async move { run(&files(), policy).await }
    };
    for (text, hidden) in [
        // The rule of another scanner: the place decides.
        ("a/b.js:npm-access-token:2", &all[..1]),
        ("./a/b.js:generic-api-key:2\n\nc:generic-api-key:1\n", &[all[0].clone(), all[2].clone()]),
        ("a/b.js:npm-token:3", &all[1..2]),
        // A format of ours that was not found there.
        ("a/b.js:stripe-secret-key:2", &[]),
        ("a/b.js:npm-token:4", &[]),
        ("b.js:npm-token:2", &[]),
        ("0123456789012345678901234567890123456789:c:x:1", &[]),
        ("# c:npm-token:1\nnonsense\n:::\na:b:c\n", &[]),
    ] {
        let left: Vec<_> = all.iter().filter(|it| !hidden.contains(it)).cloned().collect();
        assert_eq!(places(&with(text).await), left, "{text}");
    }
    // The reason is kept, and so is the secret in the inventory.
    let run = with("# seen by Ann\n# in May\nc:x:1\n# by Bob\na/b.js:x:2\n").await;
    let kept: Snapshot = serde_json::from_str(run.snapshot.as_ref().unwrap()).unwrap();
    let why: Vec<_> = kept
        .found
        .iter()
        .flat_map(|file| &file.secrets)
        .filter_map(|secret| secret.ignored.as_deref())
        .collect();
    assert_eq!(why, [".gitleaksignore: by Bob", ".gitleaksignore: seen by Ann in May"]);
    assert_eq!(run.data.unwrap().matches("\"format\":\"npm-token\"").count(), 2);
}

#[tokio::test]
async fn baselines_of_others_are_read() {
    let report = r#"[{"RuleID":"npm-access-token","File":"a/b.js","StartLine":2,"Commit":"","Secret":"x"},
        {"RuleID":"npm-access-token","File":"c","StartLine":1,"Fingerprint":"c:x:1"}]"#;
    let detected = r#"{"version":"1.5.0","results":{"c":[{"type":"NPM tokens","filename":"c",
        "hashed_secret":"0","is_verified":false,"line_number":1}]}}"#;
    let policy = |baseline| Policy::new().with_baseline(baseline);
    let gitleaks = Baseline::from_gitleaks_report(report).unwrap();
    assert_eq!(places(&run(&files(), policy(gitleaks)).await), [("a/b.js".into(), 3)]);
    let detected = Baseline::from_detect_secrets(detected).unwrap();
    let left = places(&run(&files(), policy(detected.clone())).await);
    assert_eq!(left, [("a/b.js".into(), 2), ("a/b.js".into(), 3)]);
    let both = detected.and(&Baseline::from_gitleaks_ignore("a/b.js:x:2\na/b.js:x:3"));
    assert_eq!(places(&run(&files(), policy(both)).await), []);
    for bad in ["", "{}", "[{}]", "[1"] {
        assert!(
            Baseline::from_gitleaks_report(bad).is_err()
                && Baseline::from_detect_secrets(bad).is_err()
        );
    }
}

#[tokio::test]
async fn what_an_earlier_snapshot_holds_is_known_wherever_in_the_file_it_is() {
    let first = run(&files(), Policy::new()).await;
    let kept: Snapshot = serde_json::from_str(first.snapshot.as_ref().unwrap()).unwrap();
    let policy = Policy::new().with_baseline(Baseline::from_snapshot(&kept));
    let moved = vec![
        ("a/b.js", format!("x\n\n\n{}\n", token(1))),
        ("c", format!("{} {}", token(3), token(2))),
        ("d", token(1)),
    ];
    let run = run(&moved, policy).await;
    // A new secret, and a known one in a new file.
    assert_eq!(places(&run), [("c".into(), 1), ("d".into(), 1)]);
}

const CONFIG: &str = r#"
title = "ours"
[extend]
useDefault = true
path = "other.toml"

[[rules]]
id = "voucher"
description = "a voucher"
regex = '''(?i)voucher[ =:"]+([a-z0-9]{16})\b'''
secretGroup = 1
entropy = 2.5
keywords = ["voucher"]
tags = ["money"]
[[rules.allowlists]]
paths = ['''^vendor/''']
[[rules.allowlists]]
regexes = ['''0000$''']
stopwords = ["example"]

[[rules]]
id = "only-in-yaml"
regex = '''serial-\d{8}'''
path = '''\.ya?ml$'''

[[rules]]
id = "composite"
regex = '''abc'''
[[rules.required]]
id = "voucher"

[[rules]]
id = "files"
path = '''\.p12$'''

[[rules]]
id = "look-around"
regex = '''a(?=b)'''

[allowlist]
description = "generated"
paths = ['''^dist/''']
stopwords = ["Zz9"]
"#;

#[tokio::test]
async fn rules_of_gitleaks_find_what_they_should_and_nothing_else() {
    let rules = OwnRules::from_gitleaks(CONFIG).unwrap();
    let unsupported: Vec<_> = rules.unsupported().iter().map(|it| (it.line, &*it.what)).collect();
    assert_eq!(unsupported.len(), 4, "{unsupported:?}");
    assert_eq!(unsupported[0], (5, "`extend.path` is not followed"));
    assert_eq!(unsupported[1], (29, "rule `composite`: `required` is not supported"));
    assert_eq!(unsupported[2], (32, "rule `files` has no `regex`"));
    assert!(unsupported[3].0 == 38 && unsupported[3].1.contains("look-around"), "{unsupported:?}");

    let good = "k4j2h6g8f1d3s5a7";
    let voucher = |value: &str| format!("x\nVoucher = \"{value}\"\n");
    let own = "secrets/no-match-of-own-rules";
    for (name, text, found) in [
        ("a.txt", voucher(good), 1),
        ("vendor/a.txt", voucher(good), 0),
        // Entropy, allowlists of the rule, a keyword that is not there.
        ("a.txt", voucher("aaaaaaaaaaaaaaa1"), 0),
        ("a.txt", voucher("k4j2h6g8f1d30000"), 0),
        ("a.txt", voucher("k4j2h6example1d3"), 0),
        ("a.txt", format!("vouchers {good}"), 0),
        ("a.yaml", "serial-20261121".into(), 1),
        ("a.json", "serial-20261121".into(), 0),
        // The global lists.
        ("dist/a.txt", voucher(good), 0),
        ("a.txt", voucher("k4j2h6g8f1d3szz9"), 0),
        ("dist/key", token(1), 0),
    ] {
        let policy = Policy::new().with_own_rules(rules.clone());
        let run = run(&[(name, text.clone())], policy).await;
        assert_eq!(run.findings.len(), found, "{name} {text}: {:?}", run.findings);
        let verdict = run.outcomes.iter().find(|it| it.rule == own).map(|it| it.verdict.clone());
        let expected = if found > 0 { Verdict::Fail } else { Verdict::Pass };
        assert_eq!(verdict, Some(expected), "{name} {text}");
        if name == "a.txt" && found > 0 {
            let finding = &run.findings[0];
            assert!(finding.key.starts_with("secrets/no-match-of-own-rules @ a.txt #own/voucher:"));
            assert!(finding.detail.as_str().starts_with("a voucher"));
            assert_eq!(finding.severity, Severity::High);
            assert!(!format!("{run:?}").contains(good));
            // A kept snapshot is judged without the rules.
            let kept: Snapshot = serde_json::from_str(run.snapshot.as_ref().unwrap()).unwrap();
            let again = lr_core::run(&SecretsCheck::replay(kept), &Context::new()).await;
            assert_eq!(again.findings, run.findings);
        }
    }
}

#[tokio::test]
async fn rules_of_ones_own_read_history_too() {
    let repository = Repository::new();
    repository.write("old.txt", "voucher = k4j2h6g8f1d3s5a7\n");
    let brought = repository.commit("add");
    repository.git(&["rm", "-q", "old.txt"]);
    repository.commit("remove");
    let rules = OwnRules::from_gitleaks(CONFIG).unwrap();
    let run = |policy: Policy| {
        let check = SecretsCheck::new(repository.path()).history().with_policy(policy);
        async move { lr_core::run(&check, &Context::new()).await }
    };
    let policy = Policy::new().with_own_rules(rules);
    assert_eq!(places(&run(policy.clone()).await), [("old.txt".into(), 1)]);
    let ignore =
        |commit: &str| Baseline::from_gitleaks_ignore(&format!("{commit}:old.txt:voucher:1"));
    let hidden = run(policy.clone().with_baseline(ignore(&brought))).await;
    assert_eq!(places(&hidden), []);
    let other = run(policy.with_baseline(ignore(&"0".repeat(40)))).await;
    assert_eq!(places(&other).len(), 1);
}

#[test]
fn what_is_no_configuration_is_said_with_its_line() {
    let error = OwnRules::from_gitleaks("a = 1\nb = [").unwrap_err().to_string();
    assert!(error.starts_with("line 2: "), "{error}");
    let odd = OwnRules::from_gitleaks("rules = 3\n[allowlist]\npaths = 'x'\n[[rules]]").map(|_| ());
    assert!(odd.is_err(), "a key is defined twice");
    let odd = OwnRules::from_gitleaks("rules = [3]\n[allowlist]\npaths = 'x'\n[nope]\n").unwrap();
    let lines: Vec<_> = odd.unsupported().iter().map(|it| it.line).collect();
    assert_eq!(lines, [1, 3, 4]);
}
