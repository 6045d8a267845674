//! Answers that are meant to hurt: each is bounded, and named for what it is.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use lr_core::{ErrorKind, Limits};
use lr_lab::{Lab, Launch, Reply};
use lr_redirects::{Answer, Exchange, LocationProblem, RedirectsConfig, Snapshot, inspect};

const BAD: &str = "https://shop.test/bad";

async fn seen(reply: Reply) -> Snapshot {
    let launch = Launch::healthy("shop.test")
        .edit_site("shop.test", |site| site.get("/bad", reply).http1_only());
    let lab = Lab::builder().launch(launch).start().await.unwrap();
    let mut config = RedirectsConfig::new("shop.test");
    config.old_urls = vec![("/bad".into(), "/good".into())];
    let mut limits = Limits::default();
    limits.exchange = Duration::from_secs(2);
    let cx = lab.context().with_limits(limits);
    let started = Instant::now();
    let snapshot = inspect(&config, &cx).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    snapshot
}

fn raw(head: impl AsRef<[u8]>) -> Reply {
    let mut bytes = b"HTTP/1.1 301 Moved\r\ncontent-length: 0\r\n".to_vec();
    bytes.extend(head.as_ref());
    bytes.extend(b"\r\n\r\n");
    Reply::raw(bytes)
}

#[tokio::test]
async fn heads_that_no_browser_reads_are_failures_of_the_protocol() {
    for (name, reply) in [
        ("a megabyte of Location", raw(format!("location: /{}", "x".repeat(1 << 20)))),
        ("a control character", raw("location: /a\u{1}b")),
        ("a zero byte", raw("location: /a\0b")),
        ("ten thousand headers", raw("x: y\r\n".repeat(10_000) + "location: /")),
        ("no HTTP", Reply::garbage()),
    ] {
        let snapshot = seen(reply).await;
        let exchange = &snapshot.exchanges[BAD];
        let Exchange::Failure(failure) = exchange else { panic!("{name}: {exchange:?}") };
        assert_eq!(failure.kind, ErrorKind::Protocol, "{name}: {failure:?}");
        assert!(failure.message.as_str().len() <= 1024, "{name}");
    }
}

#[tokio::test]
async fn odd_heads_are_read_as_browsers_do() {
    let problem = |problem| (None, Some(problem));
    let leads = |to: &str| (Some(to.to_owned()), None);
    for (name, reply, expected) in [
        (
            "9 KiB",
            raw(format!("location: /{}", "x".repeat(9 << 10))),
            problem(LocationProblem::TooLong),
        ),
        (
            "two that differ",
            raw("location: /a\r\nlocation: /b"),
            problem(LocationProblem::Conflicting),
        ),
        ("two alike", raw("location: /a\r\nlocation: /a"), leads("https://shop.test/a")),
        ("a tab", raw("location: /a\tb"), leads("https://shop.test/ab")),
        (
            "broken UTF-8",
            raw(b"location: /\xff\xfe"),
            leads("https://shop.test/%EF%BF%BD%EF%BF%BD"),
        ),
        ("wide letters", raw("location: https://\u{ff53}hop.test/x"), leads("https://shop.test/x")),
        ("userinfo", raw("location: https://me:open@shop.test/x"), leads("https://shop.test/x")),
        ("backslashes", raw("location: \\\\shop.test\\x"), leads("https://shop.test/x")),
        ("dots", raw("location: ../../.././x"), leads("https://shop.test/x")),
        ("nothing", raw("location:"), leads(BAD)),
        (
            "a port too far",
            raw("location: https://shop.test:99999/"),
            problem(LocationProblem::Invalid),
        ),
    ] {
        let snapshot = seen(reply).await;
        let exchange = &snapshot.exchanges[BAD];
        let redirect = exchange.answer().and_then(|answer| answer.redirect.clone());
        let redirect = redirect.unwrap_or_else(|| panic!("{name}: {exchange:?}"));
        assert_eq!((redirect.to, redirect.problem), expected, "{name}");
        assert!(redirect.location.unwrap_or_default().len() <= 16 << 10, "{name}");
        let json = serde_json::to_string(&snapshot).unwrap();
        assert!(!json.contains("me:open"), "{name}");
    }
}

#[tokio::test]
async fn bodies_without_end_are_left() {
    for reply in [Reply::endless_body(), Reply::gzip_bomb(1 << 30), Reply::long_body(1 << 34)] {
        let snapshot = seen(reply).await;
        assert_eq!(snapshot.exchanges[BAD].answer().map(|answer| answer.status), Some(200));
    }
}

#[test]
fn two_hundred_schemes_lead_nowhere() {
    let known =
        ["javascript", "data", "ftp", "file", "blob", "mailto", "ws", "wss", "intent", "about"];
    let made = (0..190).map(|number| format!("x-scheme-{number}"));
    for scheme in known.into_iter().map(str::to_owned).chain(made) {
        let redirect =
            Answer::redirect(BAD, 302, &format!("{scheme}:alert(1)//x")).redirect.unwrap();
        // Some of them need a host to be URLs at all.
        let problem = redirect.problem.unwrap();
        assert!(matches!(problem, LocationProblem::Scheme | LocationProblem::Invalid), "{scheme}");
        assert_eq!(redirect.to, None, "{scheme}");
    }
}

/// Names that look like others: where a browser would go is where we say that it leads.
#[test]
fn names_of_other_alphabets_lead_where_browsers_go() {
    for (location, to) in [
        ("https://shop\u{3002}test/", Some("https://shop.test/")),
        ("https://sh\u{ad}op.test/", Some("https://shop.test/")),
        ("https://\u{24e2}hop.test/", Some("https://shop.test/")),
        ("https://SHOP.TEST/", Some("https://shop.test/")),
        ("https://\u{455}hop.test/", Some("https://xn--hop-ehd.test/")),
        ("https://fa\u{df}.test/", Some("https://xn--fa-hia.test/")),
        ("https://127\u{3002}0\u{3002}0\u{3002}1/", Some("https://127.0.0.1/")),
        ("https://0x7f.1/", Some("https://127.0.0.1/")),
        ("https://2130706433/", Some("https://127.0.0.1/")),
        ("https://shop.test%2eevil.test/", Some("https://shop.test.evil.test/")),
        ("https://shop.test%2f@evil.test/", Some("https://evil.test/")),
        ("https://shop.test\\@evil.test/", Some("https://shop.test/@evil.test/")),
        ("https://shop.test%00.evil.test/", None),
        ("https://xn--/", None),
        ("https://xn--a\u{fc}.test/", None),
        ("https://\u{200b}/", None),
        ("https://a b.test/", None),
        ("https://[::1/", None),
    ] {
        let redirect = Answer::redirect(BAD, 302, location).redirect.unwrap();
        assert_eq!(redirect.to.as_deref(), to, "{location}");
        assert_eq!(redirect.problem.is_some(), to.is_none(), "{location}");
    }
}
