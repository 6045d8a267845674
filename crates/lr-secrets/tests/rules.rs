//! For each rule of the catalogue a tree in which it holds and one in which it does not, and what
//! findings say.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use lr_core::{CheckRun, Clock, Confidence, Context, Location, Severity, Timestamp, Verdict};
use lr_secrets::{Policy, RULES, SecretsCheck};
use samples::{Draw, TEMPLATES, sample};

const OWN: &str = "secrets/no-match-of-own-rules";

type Files = Vec<(&'static str, String)>;

fn of(format: &str) -> String {
    let index = TEMPLATES.iter().position(|(id, _)| *id == format).expect("a known format");
    sample(index, 1, Draw::Right).text
}

async fn run_with(policy: Policy, files: &Files) -> CheckRun {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(tree.path().join(name), text).unwrap();
    }
    lr_core::run(&SecretsCheck::new(tree.path()).with_policy(policy), &Context::new()).await
}

async fn run(files: &Files) -> CheckRun {
    run_with(Policy::new(), files).await
}

fn verdicts<'a>(run: &'a CheckRun, rule: &str) -> Vec<&'a Verdict> {
    run.outcomes.iter().filter(|it| it.rule == rule).map(|it| &it.verdict).collect()
}

/// (rule, files with which it holds, files with which it does not).
fn table() -> Vec<(&'static str, Files, Files)> {
    let env = format!("DB_PASSWORD={}\n", ["Vq7", "zW2pR8"].concat());
    let file = |name: &'static str, text: &str| (name, text.to_owned());
    vec![
        (
            "secrets/no-live-credential",
            vec![
                file("app.js", "const key = process.env.KEY"),
                ("b.js", of("stripe-publishable-key")),
            ],
            vec![("app.js", of("stripe-secret-key"))],
        ),
        (
            "secrets/no-private-key",
            vec![file("a.txt", "no key")],
            vec![("key.pem", of("private-key"))],
        ),
        (
            "secrets/no-password-in-url",
            vec![file("a.yml", "postgres://app:${PASSWORD}@db.shop.io/app")],
            vec![("a.yml", of("postgres-url"))],
        ),
        (
            "secrets/no-test-credential",
            vec![("a.rb", of("stripe-secret-key"))],
            vec![("a.rb", of("stripe-test-key"))],
        ),
        (
            "secrets/no-unrestricted-key",
            vec![file("a.js", "{}")],
            vec![("a.js", of("google-api-key"))],
        ),
        (
            "secrets/no-secret-in-public-variable",
            vec![(".env.local", format!("STRIPE_KEY={}\n", of("stripe-secret-key")))],
            vec![(".env.local", format!("VITE_STRIPE_KEY={}\n", of("stripe-secret-key")))],
        ),
        (
            "secrets/env-file-ignored",
            vec![(".env", env.clone()), file(".gitignore", ".env\n")],
            vec![(".env", env), file(".gitignore", "target\n")],
        ),
        (
            "secrets/no-production-value-elsewhere",
            vec![
                (".env.development", format!("STRIPE_KEY={}\n", of("stripe-test-key"))),
                (".env.production", format!("STRIPE_KEY={}\n", of("stripe-secret-key"))),
            ],
            vec![(".env.development", format!("STRIPE_KEY={}\n", of("stripe-secret-key")))],
        ),
        (
            "secrets/environments-apart",
            vec![
                (".env.staging", format!("NPM_TOKEN={}\n", of("npm-token"))),
                (".env.production", format!("NPM_TOKEN={}\n", of("sendgrid-key"))),
            ],
            vec![
                (".env.staging", format!("NPM_TOKEN={}\n", of("npm-token"))),
                (".env.production", format!("DEPLOY_TOKEN='{}'\n", of("npm-token"))),
            ],
        ),
        (
            "secrets/variables-documented",
            vec![
                file("app.js", "fetch(process.env.API_URL, process.env.NODE_ENV)"),
                file(".env.example", "# where the API is\nAPI_URL=\n"),
            ],
            vec![
                file("app.js", "fetch(process.env.API_URL, process.env.RETRIES)"),
                file(".env.example", "API_URL=\n"),
            ],
        ),
    ]
}

#[tokio::test]
async fn every_rule_holds_somewhere_and_fails_somewhere() {
    // The one about rules of one's own is in tests/quiet.rs, with such rules.
    let ids: Vec<_> = table().iter().map(|row| row.0).chain([OWN]).collect();
    assert_eq!(ids, RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
    for (rule, good, bad) in table() {
        assert_eq!(verdicts(&run(&good).await, rule), [&Verdict::Pass], "{rule}");
        let bad = run(&bad).await;
        assert_eq!(verdicts(&bad, rule), [&Verdict::Fail], "{rule}");
        assert!(bad.findings.iter().any(|finding| finding.rule == rule), "{rule}");
    }
}

#[tokio::test]
async fn a_finding_says_what_where_and_what_to_do() {
    let token = of("npm-token");
    let text = format!("\n  \"t\": \"{token}\",\n{token}\n");
    let run = run(&vec![("a.json", text.clone())]).await;
    let [finding] = &run.findings[..] else { panic!("one finding") };
    assert_eq!(finding.subject, Location::file("a.json", Some(2), Some(9)));
    assert_eq!(finding.related, [Location::file("a.json", Some(3), Some(1))]);
    assert!(finding.key.starts_with("secrets/no-live-credential @ a.json #npm-token:"));
    assert_eq!(finding.severity, Severity::Critical);
    assert_eq!(finding.confidence, Confidence::High);
    assert!(finding.fix.as_str().contains("npm token revoke"));
    assert_eq!(finding.evidence.get("provider"), Some(&"npm".into()));
    assert_eq!(finding.evidence.get("secret"), Some(&"npm_… (40 characters)".into()));
    let all = format!("{run:?}{}", serde_json::to_string(&run).unwrap());
    assert!(!all.contains(&token[8..]));
    // Neither line nor neighbourhood are part of the key; the digest key is.
    let moved = run_with(Policy::new(), &vec![("a.json", format!("x\n\n{text}"))]).await;
    assert_eq!(moved.findings[0].key, finding.key);
    let other = run_with(Policy::new().with_digest_key([1; 32]), &vec![("a.json", text)]).await;
    assert_ne!(other.findings[0].key, finding.key);
}

#[tokio::test]
async fn surroundings_and_proof_decide_how_bad_and_how_sure() {
    let mut wrong = of("github-personal-token");
    let last = if wrong.ends_with('a') { "b" } else { "a" };
    wrong.replace_range(wrong.len() - 1.., last);
    let local = of("postgres-url").replace("db.shop.io", "localhost");
    let named = of("twilio-auth-token");
    for (text, severity, confidence) in [
        (of("github-personal-token"), Severity::Critical, Confidence::High),
        (wrong, Severity::Critical, Confidence::Low),
        (of("postgres-url"), Severity::Critical, Confidence::Medium),
        (local, Severity::Low, Confidence::Medium),
        (named, Severity::Critical, Confidence::Medium),
        (of("encrypted-private-key"), Severity::Medium, Confidence::High),
        (of("stripe-test-key"), Severity::Low, Confidence::High),
        (of("google-api-key"), Severity::Info, Confidence::High),
        (of("supabase-service-role"), Severity::Critical, Confidence::High),
    ] {
        let run = run(&vec![("a", text.clone())]).await;
        let [finding] = &run.findings[..] else { panic!("one finding in {text}") };
        assert_eq!((finding.severity, finding.confidence), (severity, confidence), "{text}");
    }
}

#[tokio::test]
async fn what_is_public_by_design_is_inventory_and_no_finding() {
    for format in
        ["supabase-anon", "stripe-publishable-key", "posthog-project-key", "mapbox-public-token"]
    {
        let run = run(&vec![("bundle.js", of(format))]).await;
        assert!(run.findings.is_empty(), "{format}");
        assert!(run.data.unwrap().contains(&format!("\"format\":\"{format}\"")));
    }
}

#[tokio::test]
async fn the_environment_of_tests_weighs_less() {
    let env = format!("DB_PASSWORD={}\n", ["Vq7", "zW2pR8"].concat());
    for (name, severity) in [(".env.production", Severity::High), (".env.test", Severity::Low)] {
        let run = run(&vec![(name, env.clone()), (".gitignore", String::new())]).await;
        let finding = run.findings.iter().find(|it| it.rule == "secrets/env-file-ignored").unwrap();
        assert_eq!(finding.severity, severity);
        assert_eq!(finding.evidence.get("names"), Some(&vec!["DB_PASSWORD"].into()));
    }
}

#[tokio::test]
async fn a_kept_snapshot_may_come_from_elsewhere() {
    let secret = r#"{"format":"of-tomorrow","digest":"0","redacted":"","proven":null,
        "expires":null,"local":false,"places":[],"more":0}"#;
    let skipped: Vec<_> = (0..1003)
        .map(|at| format!(r#"{{"path":"{at}","reason":{{"kind":"not-a-file"}}}}"#))
        .collect();
    let json = format!(
        r#"{{"root":"r","files":1,"bytes":1,"symlinks":0,"versioned":true,"ignore_rules":false,
        "stopped":null,"skipped":[{}],"env_files":[],"found":[{{"path":"a","secrets":[{secret}]}}]}}"#,
        skipped.join(",")
    );
    let check = SecretsCheck::replay(serde_json::from_str(&json).unwrap());
    let run = lr_core::run(&check, &Context::new()).await;
    let why = |path| {
        let at = Location::file(path, None, None);
        let outcome = run.outcomes.iter().find(|it| it.rule == RULES[0].id && it.subject == at);
        match &outcome.unwrap().verdict {
            Verdict::Inconclusive { reason, .. } => reason.as_str().to_owned(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(why("a"), "`of-tomorrow` is a format that this version does not know");
    assert_eq!(why("7"), "it is a FIFO, a socket or a device, which is never opened");
    assert_eq!(why("r"), "3 more files could not be looked at");
    let env = verdicts(&run, "secrets/env-file-ignored");
    assert!(matches!(env[..], [Verdict::NotApplicable { .. }]));
}

#[tokio::test]
async fn an_expired_token_is_judged_by_the_context_s_clock() {
    let tree = tempfile::tempdir().unwrap();
    std::fs::write(tree.path().join("a"), of("supabase-service-role")).unwrap();
    let check = SecretsCheck::new(tree.path());
    // It says `exp` 4102444800, which is 2100-01-01.
    for (now, severity) in [(4_102_444_799, Severity::Critical), (4_102_444_801, Severity::Low)] {
        let cx = Context::new().with_clock(Clock::fixed(Timestamp::from_unix(now)));
        assert_eq!(lr_core::run(&check, &cx).await.findings[0].severity, severity);
    }
}

#[tokio::test]
async fn a_signed_address_is_judged_by_when_it_ends() {
    let tree = tempfile::tempdir().unwrap();
    let signature = of("azure-sas-signature");
    let text = format!("https://shop.blob.core.windows.net/a?se=2100-01-01T00:00Z&{signature}\n");
    std::fs::write(tree.path().join("a"), text).unwrap();
    let check = SecretsCheck::new(tree.path());
    for (now, severity) in [(4_102_444_799, Severity::High), (4_102_444_801, Severity::Low)] {
        let cx = Context::new().with_clock(Clock::fixed(Timestamp::from_unix(now)));
        assert_eq!(lr_core::run(&check, &cx).await.findings[0].severity, severity);
    }
}

#[tokio::test]
async fn who_gets_to_see_it_decides_how_bad_it_is() {
    use lr_secrets::Exposure;
    for (format, name, exposure, severity) in [
        ("stripe-secret-key", "a.js", Exposure::Bundle, Some(Severity::Critical)),
        ("slack-bot-token", "a.js", Exposure::Bundle, Some(Severity::Critical)),
        ("generic-password", "a.js", Exposure::Bundle, Some(Severity::High)),
        ("generic-password", "a.js", Exposure::Log, Some(Severity::Medium)),
        ("stripe-test-key", "a.js", Exposure::Bundle, Some(Severity::Medium)),
        ("stripe-test-publishable-key", "a.js", Exposure::Bundle, None),
        ("stripe-test-publishable-key", "a.js", Exposure::Repository, None),
        ("supabase-service-role", "a.js", Exposure::Bundle, Some(Severity::Critical)),
        ("supabase-anon", "a.js", Exposure::Bundle, None),
        ("sentry-dsn", "a.js", Exposure::Bundle, None),
        ("google-api-key", "a.js", Exposure::Bundle, Some(Severity::Info)),
        ("stripe-secret-key", "a_test.go", Exposure::Repository, Some(Severity::Low)),
        ("npm-token", "a_test.go", Exposure::Repository, Some(Severity::Critical)),
    ] {
        let policy = Policy::new().with_exposure(exposure);
        let run = run_with(policy, &vec![(name, of(format))]).await;
        assert_eq!(run.findings.first().map(|it| it.severity), severity, "{format} {exposure:?}");
    }
}

#[tokio::test]
async fn a_mark_hides_its_own_line_only() {
    let token = of("npm-token");
    let other = of("stripe-secret-key");
    let marked = format!("a = {token} # launch-ready:allow revoked in May\n");
    let run_of = |text: String| async move { run(&vec![("a", text)]).await };
    let hidden = run_of(marked.clone()).await;
    assert!(hidden.findings.is_empty());
    assert!(hidden.snapshot.unwrap().contains("revoked in May"));
    assert_eq!(run_of(format!("{marked}b = {token}\n")).await.findings.len(), 1);
    assert_eq!(run_of(format!("{marked}b = {other}\n")).await.findings.len(), 1);
    assert_eq!(run_of(marked.replace("revoked in May", "")).await.findings.len(), 1);
}
