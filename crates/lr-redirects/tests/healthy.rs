//! Sites that are right, however odd they look: nothing of weight is said of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/shop.rs"]
mod shop;

use lr_core::Severity;
use lr_lab::{Lab, Launch, Port, Reply, Request};
use lr_redirects::RedirectsCheck;

use crate::shop::{HSTS, apex, config, good, hsts, html, keys, page, run, to, www};

#[tokio::test]
async fn nothing_is_said_of_the_healthy_twin() {
    let run = run(good(), config("IPv6 and IPv4")).await;
    assert_eq!(keys(&run, Severity::Info), [""; 0]);
}

/// Sites that are right, however odd they look.
#[tokio::test]
async fn what_only_looks_faulty_is_left_alone() {
    let gated = |request: &Request| match request.header("cookie") {
        Some(cookie) if cookie.contains("seen=1") => html("/", "Shop"),
        _ => Reply::redirect(302, "/").header("set-cookie", "seen=1; Path=/; Secure"),
    };
    let cases: Vec<(&str, Launch)> = vec![
        (
            "port 80 is closed",
            good()
                .edit_site("shop.test", |s| s.http_port(Port::Closed))
                .edit_site("www.shop.test", |s| s.http_port(Port::Closed)),
        ),
        ("max-age is quoted", hsts("max-age=\"63072000\"; includeSubDomains")),
        ("HSTS in other letters", hsts("MAX-AGE=63072000 ; INCLUDESUBDOMAINS ; unknown=1")),
        ("the domain covers www, which sends no HSTS", www(|s| s.without_https_header(HSTS))),
        ("http://www goes straight to the canonical host", www(|s| s.http(to("shop.test", 301)))),
        (
            "a language is chosen",
            apex(|s| s.get("/", Reply::redirect(302, "/en/")).get("/en/", html("/en/", "Shop"))),
        ),
        ("a login is asked for", apex(|s| s.get("/blog", Reply::redirect(302, "/login")))),
        ("a cookie is asked for at first", apex(move |s| s.get("/", gated))),
        (
            "a challenge",
            apex(|s| {
                s.get(
                    "/",
                    page("Just a moment…", "").with_status(403).header("cf-mitigated", "challenge"),
                )
            }),
        ),
        (
            "links that are only quoted",
            apex(|s| {
                s.get(
                    "/",
                    page(
                        "Shop",
                        "<!-- <link rel=canonical href=http://localhost/> -->
                    <script>var t = '<link rel=canonical href=https://staging.shop.test/>';</script>
                    <noscript><meta http-equiv=refresh content='0; url=/nojs'></noscript>",
                    ),
                )
            }),
        ),
        (
            "capitals are led to small letters",
            apex(|s| {
                s.fallback(|r: &Request| match r.path() {
                    path if path.contains(|c: char| c.is_ascii_uppercase()) => {
                        Reply::redirect(301, r.path_and_query.to_ascii_lowercase())
                    }
                    _ => page("Not found", "").with_status(404),
                })
            }),
        ),
        (
            "any letters, with a canonical link",
            apex(|s| {
                s.get("/About", html("/about", "About us"))
                    .get("/about/", html("/about", "About us"))
            }),
        ),
        (
            "an application that draws all pages itself",
            apex(|s| {
                let shell = || {
                    Reply::html(
                        "<title>Shop</title><div id=root></div><script src=/app.js></script>
                    <script>if (false) { location.href = '/login' }</script>",
                    )
                };
                s.get("/", shell()).fallback(shell())
            }),
        ),
        (
            "a cookie of the load balancer",
            apex(|s| {
                s.http(|r: &Request| {
                    to("shop.test", 301)(r).header("set-cookie", "AWSALB=x; Path=/")
                })
            }),
        ),
        (
            "languages on hosts of their own",
            apex(|s| {
                s.get(
                    "/",
                    page(
                        "Shop",
                        "<link rel=alternate hreflang=de href=https://shop.de.test/>
                    <link rel=alternate hreflang=en href=https://shop.test/>
                    <link rel=alternate hreflang=x-default href=https://shop.test/>",
                    ),
                )
            }),
        ),
        ("there is no IPv6", good().remove_record("@", "AAAA").remove_record("www", "AAAA")),
        ("there is no www", good().remove_record("www", "ANY")),
        (
            "a page that is renewed every minute",
            apex(|s| s.get("/", page("Shop", "<meta http-equiv=refresh content=60>"))),
        ),
    ];
    for (name, launch) in cases {
        let run = run(launch, config(name)).await;
        assert_eq!(keys(&run, Severity::Medium), [""; 0], "{name}: {:#?}", run.findings);
    }
}

/// Without being asked to, nobody sends what looks like an attack, and the visit stays short.
#[tokio::test]
async fn a_visit_is_short_and_polite() {
    let lab = Lab::builder().launch(good()).start().await.unwrap();
    let run = lr_core::run(&RedirectsCheck::new("shop.test"), &lab.context()).await;
    assert_eq!(keys(&run, Severity::Info), [""; 0]);
    let requests = lab.requests();
    assert!(requests.len() <= 40, "{}", requests.len());
    assert!(requests.iter().all(|r| r.method == "GET"));
    let odd = |path: &str| path.contains("%0D") || path.contains("launch-ready-probe.invalid");
    assert!(!requests.iter().any(|request| odd(&request.path)));
}
