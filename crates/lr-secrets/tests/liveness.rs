//! Asking providers, of whom a fake client stands for all: what is asked, how answers are read, and
//! that nothing of a secret is shown.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use std::sync::Mutex;

use lr_core::{Context, Severity, async_trait};
use lr_secrets::liveness::{
    Answer, Client, Liveness, Request, check, check_bytes, formats, read, request,
};
use lr_secrets::{Policy, SecretsCheck, Snapshot, scan_tree};
use samples::{Draw, TEMPLATES, sample};

fn of(format: &str, seed: u64) -> String {
    let index = TEMPLATES.iter().position(|(id, _)| *id == format).expect("a known format");
    sample(index, seed, Draw::Right).text
}

/// Answers everything alike and keeps what was asked.
struct Fake {
    answer: Option<Answer>,
    asked: Mutex<Vec<Request>>,
}

impl Fake {
    fn new(answer: Option<Answer>) -> Self {
        Self { answer, asked: Mutex::default() }
    }

    fn urls(&self) -> Vec<&'static str> {
        self.asked.lock().unwrap().iter().map(|request| request.url).collect()
    }
}

#[async_trait]
impl Client for Fake {
    async fn send(&self, request: Request) -> Option<Answer> {
        self.asked.lock().unwrap().push(request);
        self.answer.clone()
    }
}

#[test]
fn each_provider_is_asked_over_https_with_the_secret_in_one_header() {
    for format in formats() {
        let secret = of(format, 1);
        let ask = request(format, secret.as_bytes()).unwrap();
        assert!(ask.url.starts_with("https://") && !ask.url.contains(&secret), "{format}");
        let holders = ask.headers.iter().filter(|(_, value)| value.contains(&secret)).count();
        assert_eq!(holders, 1, "{format}");
        assert!(!format!("{ask:?}").contains(&secret[8..]), "{format}");
        // A header that could be split is never made.
        assert_eq!(request(format, format!("{secret}\r\nX: y").as_bytes()), None);
        assert_eq!(request(format, b""), None);
    }
    assert_eq!(request("generic-password", b"hunter2hunter2"), None);
    let ask = request("github-personal-token", b"x").unwrap();
    assert_eq!(ask.headers[0], ("Authorization", "Bearer x".into()));
    let ask = request("anthropic-api-key", b"x").unwrap();
    assert_eq!(
        ask.headers,
        [("x-api-key", "x".into()), ("anthropic-version", "2023-06-01".into())]
    );
    assert_eq!(request("slack-bot-token", b"x").unwrap().method, "POST");
}

#[test]
fn answers_are_read_as_each_provider_means_them() {
    use Liveness::{Live, Revoked, Unknown};
    for format in formats() {
        // Outages, limits and redirects tell nothing of any key.
        for status in [0, 301, 404, 429, 500, 503] {
            assert_eq!(read(format, &Answer::new(status, "{\"ok\":true}")), Unknown, "{format}");
        }
    }
    for (format, status, body, expected) in [
        ("github-personal-token", 200, "{}", Live),
        ("github-personal-token", 401, "", Revoked),
        // Too many attempts.
        ("github-personal-token", 403, "", Unknown),
        ("stripe-restricted-key", 403, "", Live),
        ("stripe-secret-key", 401, "", Revoked),
        ("gitlab-personal-token", 200, "", Live),
        ("gitlab-personal-token", 403, "insufficient_scope", Live),
        // Of another installation, perhaps.
        ("gitlab-personal-token", 401, "", Unknown),
        ("openai-key", 401, "", Revoked),
        ("anthropic-api-key", 200, "", Live),
        ("sendgrid-key", 401, "", Revoked),
        ("npm-token", 401, "", Revoked),
        ("huggingface-token", 200, "", Live),
        ("digitalocean-token", 403, "", Live),
        ("slack-bot-token", 200, "{\"ok\":true}", Live),
        ("slack-bot-token", 200, "{\"ok\":false,\"error\":\"token_revoked\"}", Revoked),
        ("slack-bot-token", 200, "{\"ok\":false,\"error\":\"ratelimited\"}", Unknown),
        ("slack-bot-token", 200, "{\"ok\":false,\"error\":\"invalid_auth\"}", Unknown),
        ("slack-bot-token", 200, "<html>", Unknown),
        ("cloudflare-scannable-token", 200, "{\"result\":{\"status\":\"active\"}}", Live),
        ("cloudflare-scannable-token", 200, "{\"result\":{\"status\":\"expired\"}}", Revoked),
        ("cloudflare-scannable-token", 200, "{}", Unknown),
        ("cloudflare-scannable-token", 401, "", Revoked),
        ("generic-password", 200, "", Unknown),
    ] {
        assert_eq!(read(format, &Answer::new(status, body)), expected, "{format} {status} {body}");
    }
}

#[tokio::test]
async fn each_secret_of_a_tree_is_asked_about_once() {
    let tree = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(tree.path().join(name), text).unwrap();
    write("a", format!("x\nk = {}\n", of("npm-token", 1)));
    write("b", format!("{} and {}", of("npm-token", 1), of("sendgrid-key", 1)));
    write("ignored", format!("{} # launch-ready:allow a test", of("npm-token", 2)));
    write("other", format!("postgres://u:{}@db.shop.io/x", &of("npm-token", 3)[10..20]));
    let policy = Policy::new();
    let mut seen = scan_tree(tree.path(), &policy, &Context::new()).unwrap();
    let before = seen.clone();

    let client = Fake::new(Some(Answer::new(200, "{}")));
    check(tree.path(), &mut seen, &policy, &client).await;
    assert_eq!(
        client.urls(),
        ["https://registry.npmjs.org/-/whoami", "https://api.sendgrid.com/v3/scopes"]
    );
    assert_eq!(
        client.asked.lock().unwrap()[0].headers[0].1,
        format!("Bearer {}", of("npm-token", 1))
    );
    let told: Vec<_> =
        seen.found.iter().flat_map(|file| &file.secrets).map(|it| it.liveness).collect();
    assert_eq!(
        told,
        [Some(Liveness::Live), Some(Liveness::Live), Some(Liveness::Live), None, None]
    );
    assert!(!format!("{seen:?}").contains(&of("npm-token", 1)[8..]));

    // What is not there any more is not asked about.
    write("a", format!("x\nk = {}\n", of("npm-token", 4)));
    write("b", String::new());
    let client = Fake::new(None);
    check(tree.path(), &mut before.clone(), &policy, &client).await;
    assert_eq!(client.urls(), [""; 0]);
}

#[tokio::test]
async fn what_was_answered_decides_how_bad_it_is() {
    let judged = |answer: Option<Answer>| async move {
        let tree = tempfile::tempdir().unwrap();
        std::fs::write(tree.path().join("a"), of("npm-token", 1)).unwrap();
        let mut seen = scan_tree(tree.path(), &Policy::new(), &Context::new()).unwrap();
        check(tree.path(), &mut seen, &Policy::new(), &Fake::new(answer)).await;
        // Through the form in which it is kept.
        let json = serde_json::to_string(&seen).unwrap();
        let kept: Snapshot = serde_json::from_str(&json).unwrap();
        let run = lr_core::run(&SecretsCheck::replay(kept), &Context::new()).await;
        let [finding] = &run.findings[..] else { panic!("one finding") };
        assert!(!format!("{run:?}").contains(&of("npm-token", 1)[8..]));
        (finding.severity, finding.detail.to_string())
    };
    let (severity, detail) = judged(Some(Answer::new(200, ""))).await;
    assert!(severity == Severity::Critical && detail.contains("it works"), "{detail}");
    let (severity, detail) = judged(Some(Answer::new(401, ""))).await;
    assert!(severity == Severity::Low && detail.contains("not take it any more"), "{detail}");
    // Not to be answered is no reason to relax.
    let (severity, detail) = judged(None).await;
    assert!(severity == Severity::Critical && !detail.contains("provider takes"), "{detail}");
}

#[tokio::test]
async fn bytes_are_asked_about_too() {
    let client = Fake::new(Some(Answer::new(401, "")));
    let text = format!("a={}", of("npm-token", 1));
    let secrets = check_bytes(text.as_bytes(), &Policy::new(), &client).await;
    assert_eq!(secrets[0].liveness, Some(Liveness::Revoked));
    assert_eq!(client.urls().len(), 1);
}
