//! Environment files and the variables that sources read: what is said of them, and what is not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use lr_core::{CheckRun, Confidence, Context, Finding, Location, Severity, Verdict};
use lr_secrets::{Environment, Inventory, SecretsCheck, Snapshot};
use samples::{Draw, TEMPLATES, sample};

fn of(format: &str, seed: u64) -> String {
    let index = TEMPLATES.iter().position(|(id, _)| *id == format).expect("a known format");
    sample(index, seed, Draw::Right).text
}

async fn run(files: &[(&str, String)]) -> CheckRun {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = tree.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    lr_core::run(&SecretsCheck::new(tree.path()), &Context::new()).await
}

fn findings<'a>(run: &'a CheckRun, rule: &str) -> Vec<&'a Finding> {
    run.findings.iter().filter(|it| it.rule == rule).collect()
}

fn verdicts(run: &CheckRun, rule: &str) -> Vec<Verdict> {
    run.outcomes.iter().filter(|it| it.rule == rule).map(|it| it.verdict.clone()).collect()
}

const ELSEWHERE: &str = "secrets/no-production-value-elsewhere";
const APART: &str = "secrets/environments-apart";
const DOCUMENTED: &str = "secrets/variables-documented";
const PUBLIC: &str = "secrets/no-secret-in-public-variable";
const RULES: [&str; 4] = [ELSEWHERE, APART, DOCUMENTED, PUBLIC];

/// As careful people have it: templates in git, values out of it, each environment its own.
fn healthy() -> Vec<(&'static str, String)> {
    let names =
        "DATABASE_URL=\nSTRIPE_SECRET_KEY=\nNEXT_PUBLIC_STRIPE_KEY=\nSESSION_SECRET=\nAPI_URL=\n";
    let env = |mode: &str, seed: u64, host: &str| {
        format!(
            "DATABASE_URL=postgres://app:{}@{host}/shop\nSTRIPE_SECRET_KEY={}\n\
             NEXT_PUBLIC_STRIPE_KEY={}\nSESSION_SECRET={}\nAPI_URL=https://api.shop.io\n",
            of("npm-token", seed).split_off(20),
            of(if mode == "live" { "stripe-secret-key" } else { "stripe-test-key" }, seed),
            of(
                if mode == "live" {
                    "stripe-publishable-key"
                } else {
                    "stripe-test-publishable-key"
                },
                seed
            ),
            of("npm-token", seed + 50).split_off(10),
        )
    };
    vec![
        (".gitignore", ".env*\n!.env.example\n".into()),
        (".env.example", names.into()),
        (".env", env("test", 1, "localhost:5432")),
        (".env.development", env("test", 2, "localhost:5432")),
        (".env.test", env("test", 2, "localhost:5432")),
        (".env.staging", env("test", 3, "db.staging.shop.io")),
        (".env.production", env("live", 4, "db.prod.shop.io")),
        (
            "src/app.ts",
            "stripe(process.env.STRIPE_SECRET_KEY!); if (process.env.NODE_ENV) {}\n".into(),
        ),
        ("tests/app.test.ts", "process.env.ONLY_IN_TESTS".into()),
        ("tests/fixtures/.env.development", format!("K={}", of("stripe-secret-key", 9))),
    ]
}

#[tokio::test]
async fn a_healthy_project_is_left_in_peace() {
    let run = run(&healthy()).await;
    let said: Vec<_> = RULES.iter().flat_map(|rule| findings(&run, rule)).collect();
    assert!(said.is_empty(), "{said:#?}");
    for rule in RULES {
        assert_eq!(verdicts(&run, rule), [Verdict::Pass], "{rule}");
    }
}

#[tokio::test]
async fn without_environment_files_nothing_is_asked() {
    let run = run(&[("lib.js", "process.env.DEBUG_SHOP".into())]).await;
    assert!(run.findings.is_empty());
    for rule in [ELSEWHERE, APART, DOCUMENTED] {
        assert!(matches!(verdicts(&run, rule)[..], [Verdict::NotApplicable { .. }]), "{rule}");
    }
}

#[tokio::test]
async fn values_of_production_stand_out_elsewhere() {
    let url = format!("postgres://app:{}@db.prod.shop.io/shop", of("npm-token", 1).split_off(20));
    let text = format!("A=1\nSTRIPE={}\nDATABASE_URL={url}\n", of("stripe-secret-key", 1));
    for (name, found) in [
        (".env.development", 2),
        (".env.ci", 2),
        ("apps/web/.env.staging.local", 2),
        (".env.production", 0),
        (".env", 0),
        (".env.development.example", 0),
    ] {
        // Ignored by git or not, it is in use.
        for ignored in ["", ".env*\n"] {
            let run = run(&[(name, text.clone()), (".gitignore", ignored.into())]).await;
            let findings = findings(&run, ELSEWHERE);
            assert_eq!(findings.len(), found, "{name}");
            if let [stripe, database] = findings[..] {
                assert_eq!(stripe.subject, Location::file(name, Some(2), None));
                assert!(stripe.detail.as_str().contains("a live key of Stripe"));
                assert!(database.detail.as_str().contains("`prod`"));
                assert_eq!(stripe.severity, Severity::High);
            }
            assert!(!format!("{run:?}").contains(&url));
        }
    }
}

#[tokio::test]
async fn what_environments_share_is_told_once_with_all_places() {
    let secret = |seed| format!("API_TOKEN={}\nOTHER={seed}\n", of("npm-token", seed));
    let told = |files: Vec<(&'static str, u64)>| async move {
        let files: Vec<_> = files.into_iter().map(|(name, seed)| (name, secret(seed))).collect();
        let run = run(&files).await;
        let told = |it: &&Finding| (it.severity, it.confidence, it.related.len());
        findings(&run, APART).iter().map(told).collect::<Vec<_>>()
    };
    use Confidence::{High, Medium};
    for (files, expected) in [
        (vec![(".env.production", 1), (".env.staging", 1)], vec![(Severity::High, High, 1)]),
        (
            vec![(".env.production", 1), ("b/.env.production", 1), (".env.test", 1)],
            vec![(Severity::High, High, 2)],
        ),
        (vec![(".env.production", 1), (".env", 1)], vec![(Severity::High, Medium, 1)]),
        (vec![(".env.development", 1), (".env.test", 1)], vec![(Severity::Low, High, 1)]),
        (vec![(".env.development", 1), (".env", 1)], vec![]),
        (vec![(".env.production", 1), ("b/.env.production", 1)], vec![]),
        (vec![(".env.production", 1), (".env.staging", 2)], vec![]),
    ] {
        assert_eq!(told(files.clone()).await, expected, "{files:?}");
    }
    // The finding stands where it hurts.
    let run = run(&[(".env.staging", secret(1)), (".env.production", secret(1))]).await;
    let [finding] = findings(&run, APART)[..] else { panic!("one finding") };
    assert_eq!(finding.key, "secrets/environments-apart @ .env.production #API_TOKEN");
    assert_eq!(finding.related, [Location::file(".env.staging", Some(1), None)]);
}

#[tokio::test]
async fn secrets_in_variables_of_bundles_are_told_by_value_or_by_name() {
    let password = of("npm-token", 3).split_off(15);
    for (line, expected) in [
        (format!("NEXT_PUBLIC_X={}", of("sendgrid-key", 1)), Some(Severity::Critical)),
        (format!("PUBLIC_X={}", of("sendgrid-key", 1)), Some(Severity::Critical)),
        (format!("VITE_DB_PASSWORD={password}"), Some(Severity::High)),
        (format!("STORYBOOK_CLIENT_SECRET={password}"), Some(Severity::High)),
        (format!("VITE_X={}", of("stripe-publishable-key", 1)), None),
        ("VITE_DB_PASSWORD=changeme".to_owned(), None),
        ("REACT_APP_PASSWORD_MIN_LENGTH=12".to_owned(), None),
        (format!("DB_PASSWORD={password}"), None),
    ] {
        for ignored in ["", ".env.local\n"] {
            let run = run(&[(".env.local", line.clone()), (".gitignore", ignored.into())]).await;
            let told: Vec<_> = findings(&run, PUBLIC).iter().map(|it| it.severity).collect();
            assert_eq!(told, expected.into_iter().collect::<Vec<_>>(), "{line} {ignored}");
        }
    }
}

#[tokio::test]
async fn what_nobody_wrote_down_is_listed_with_who_reads_it() {
    let mut files = healthy();
    files.push(("api/main.py", "import os\nx = os.environ['MAIL_FROM']\n".into()));
    let first = run(&files).await;
    let [finding] = findings(&first, DOCUMENTED)[..] else { panic!("one finding") };
    assert_eq!(finding.detail.as_str(), "MAIL_FROM");
    assert_eq!(finding.related, [Location::file("api/main.py", Some(2), None)]);
    assert_eq!(finding.severity, Severity::Low);

    let data: Inventory = serde_json::from_str(first.data.as_ref().unwrap()).unwrap();
    let names: Vec<_> = data.variables.iter().map(|it| (&*it.name, it.documented)).collect();
    assert!(names.contains(&("MAIL_FROM", false)) && names.contains(&("API_URL", true)));
    let database = data.variables.iter().find(|it| it.name == "DATABASE_URL").unwrap();
    use Environment::{Any, Development, Production, Staging, Test};
    assert_eq!(database.environments, [Any, Development, Test, Staging, Production]);
    assert!(database.secret && database.files.contains(&".env.production".into()));
    let key = data.variables.iter().find(|it| it.name == "STRIPE_SECRET_KEY").unwrap();
    assert_eq!(key.readers, ["src/app.ts"]);
    assert!(data.to_string().contains("MAIL_FROM, read by api/main.py, documented nowhere"));

    // Without any template, that is what is missing.
    files.retain(|(name, _)| *name != ".env.example");
    let none = run(&files).await;
    let [finding] = findings(&none, DOCUMENTED)[..] else { panic!("one finding") };
    assert!(finding.detail.as_str().ends_with("there is no .env.example"));
    assert!(finding.detail.as_str().starts_with("MAIL_FROM, STRIPE_SECRET_KEY"));
}

#[tokio::test]
async fn a_kept_snapshot_is_judged_alike() {
    let mut files = healthy();
    files.push((".env.preview", format!("STRIPE={}\n", of("stripe-secret-key", 4))));
    let first = run(&files).await;
    assert!(!findings(&first, ELSEWHERE).is_empty() && !findings(&first, APART).is_empty());
    let kept: Snapshot = serde_json::from_str(first.snapshot.as_ref().unwrap()).unwrap();
    let again = lr_core::run(&SecretsCheck::replay(kept), &Context::new()).await;
    assert_eq!(again.findings, first.findings);
}
