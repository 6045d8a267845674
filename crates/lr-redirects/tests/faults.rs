//! Sites with exactly one fault each: every one is named.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/shop.rs"]
mod shop;

use lr_core::Severity;
use lr_lab::{Launch, Reply, Request, Site};

use crate::shop::{HSTS, YEARS, apex, config, good, hsts, html, keys, page, run, sitemap, to, www};

/// What the path becomes where `$uri` is used for `$request_uri`.
fn decoded(request: &Request) -> String {
    request.path_and_query.replace("%2F", "/").replace("%20", " ").replace("%0D%0A", "\r\n")
}

#[tokio::test]
async fn every_fault_is_named() {
    let client = |body: &'static str| apex(move |site| site.http(Reply::html(body)));
    let cases: Vec<(&str, Launch, &str)> = vec![
        (
            "r01 plain HTTP is served",
            apex(|s| s.http(html("/", "Shop"))),
            "https-upgrade @ shop.test",
        ),
        (
            "r02 plain-text second hop",
            apex(|s| {
                s.http(|r: &Request| {
                    Reply::redirect(301, format!("http://www.shop.test{}", r.path_and_query))
                })
            }),
            "direct-upgrade @ shop.test #plain-text",
        ),
        ("r03 302 for 301", apex(|s| s.http(to("shop.test", 302))), "permanent @ shop.test:80"),
        (
            "r04 the path is dropped",
            apex(|s| s.http(Reply::redirect(301, "https://shop.test/"))),
            "path-kept @ shop.test:80 #dropped",
        ),
        (
            "r05 the query is dropped",
            apex(|s| {
                s.http(|r: &Request| Reply::redirect(301, format!("https://shop.test{}", r.path())))
            }),
            "query-kept @ shop.test:80 #dropped",
        ),
        (
            "r06 apex and www loop",
            apex(|s| s.get("/", to("www.shop.test", 301)).fallback(to("www.shop.test", 301))),
            "no-loop @ shop.test",
        ),
        (
            "r07 to a staging host",
            apex(|s| s.http(to("staging.shop.test", 301))),
            "no-internal-target @ shop.test:80 #staging.shop.test",
        ),
        (
            "r08 to localhost",
            apex(|s| s.get("/", Reply::redirect(302, "http://localhost:3000/"))),
            "no-internal-target @ shop.test:443 #localhost:3000",
        ),
        (
            "r09 apex and www both answer",
            www(|s| s.get("/", page("Shop", "")))
                .edit_site("shop.test", |s| s.get("/", page("Shop", ""))),
            "one-canonical-host @ shop.test",
        ),
        (
            "r10 a long chain",
            apex(|s| {
                s.get("/", Reply::redirect(301, "/1"))
                    .get("/1", Reply::redirect(301, "/2"))
                    .get("/2", Reply::redirect(301, "/3"))
                    .get("/3", html("/3", "Shop"))
            }),
            "short-chain @ shop.test",
        ),
        (
            "r11 /login leads down to plain HTTP",
            apex(|s| s.get("/login", Reply::redirect(302, "http://shop.test/signin"))),
            "no-downgrade @ shop.test:443",
        ),
        (
            "r12 an internal port",
            apex(|s| s.http(to("shop.test:8080", 301))),
            "no-internal-target @ shop.test:80 #shop.test:8080",
        ),
        (
            "r13 only the home page is led to HTTPS",
            apex(|s| {
                s.http(|r: &Request| match r.path() {
                    "/" => Reply::redirect(301, "https://shop.test/"),
                    "/about" => html("/about", "About us"),
                    _ => Reply::status(404),
                })
            }),
            "https-upgrade-deep @ shop.test",
        ),
        (
            "r14 http://www is served",
            www(|s| s.http(html("/", "Shop"))),
            "https-upgrade @ www.shop.test",
        ),
        (
            "r15 a decoded path",
            apex(|s| {
                s.http(|r: &Request| {
                    Reply::redirect(
                        301,
                        format!("https://shop.test{}", decoded(r).replace("\r\n", "")),
                    )
                })
            }),
            "path-kept @ shop.test:80 #re-encoded",
        ),
        (
            "r15 a header can be injected",
            apex(|s| {
                s.http(|r: &Request| match decoded(r).split_once("\r\n") {
                    Some((path, _)) => Reply::redirect(301, format!("https://shop.test{path}"))
                        .header("x-launch-ready-probe", "1"),
                    None => Reply::redirect(301, format!("https://shop.test{}", r.path_and_query)),
                })
            }),
            "no-header-injection @ shop.test",
        ),
        (
            "r17 meta refresh",
            client("<meta http-equiv=refresh content='0; url=https://shop.test/'>"),
            "no-client-redirect @ shop.test #meta-refresh",
        ),
        (
            "r18 JavaScript",
            client("<script>location.href = 'https://shop.test' + location.pathname</script>"),
            "no-client-redirect @ shop.test #javascript",
        ),
        (
            "r19 an open redirect",
            apex(|s| {
                s.get("/login", |r: &Request| {
                    let next =
                        r.path_and_query.split(['?', '&']).find_map(|p| p.strip_prefix("next="));
                    match next {
                        Some(url) => {
                            Reply::redirect(302, url.replace("%3A", ":").replace("%2F", "/"))
                        }
                        None => html("/login", "Sign in"),
                    }
                })
            }),
            "no-open-redirect @ shop.test #next",
        ),
        (
            "r20 other letters",
            apex(|s| s.get("/About", page("About us", "")).get("/about", page("About us", ""))),
            "one-url-per-page @ shop.test #case",
        ),
        (
            "r21 another slash",
            apex(|s| s.get("/about/", page("About us", "")).get("/about", page("About us", ""))),
            "one-url-per-page @ shop.test #slash",
        ),
        (
            "r22 a redirect to a 404",
            apex(|s| s.get("/old", Reply::redirect(301, "/nowhere"))),
            "ends-in-success @ shop.test #linked",
        ),
        (
            "r23 a page that leads to itself",
            apex(|s| s.get("/blog", Reply::redirect(301, "/blog"))),
            "no-loop @ shop.test #self",
        ),
        (
            "r24 a cookie over plain HTTP",
            apex(|s| {
                s.http(|r: &Request| to("shop.test", 301)(r).header("set-cookie", "sid=1; Path=/"))
            }),
            "no-cookie-over-http @ shop.test #sid",
        ),
        (
            "r25 over a foreign host",
            apex(|s| s.http(Reply::redirect(301, "https://other.cdn.test/"))),
            "direct-upgrade @ shop.test #foreign",
        ),
        ("h01 no HSTS", apex(|s| s.without_https_header(HSTS)), "hsts-present @ shop.test"),
        ("h02 short HSTS", hsts("max-age=300; includeSubDomains"), "hsts-max-age @ shop.test"),
        (
            "h03 not for the names below",
            hsts("max-age=63072000"),
            "hsts-include-subdomains @ shop.test",
        ),
        (
            "h04 over plain HTTP only",
            apex(|s| {
                s.without_https_header(HSTS)
                    .http(|r: &Request| to("shop.test", 301)(r).header(HSTS, YEARS))
            }),
            "hsts-present @ shop.test",
        ),
        ("h05 a comma", hsts("max-age=63072000, includeSubDomains"), "hsts-valid @ shop.test"),
        (
            "h06 two headers",
            apex(|s| s.get("/", html("/", "Shop").header(HSTS, YEARS).header(HSTS, "max-age=0"))),
            "hsts-single @ shop.test #conflicting",
        ),
        (
            "h07 not on errors",
            hsts("max-age=63072000").edit_site("shop.test", |s| {
                let bare = page("Not found", "").with_status(404);
                s.without_https_header(HSTS)
                    .get("/", html("/", "Shop").header(HSTS, "max-age=63072000"))
                    .fallback(bare)
            }),
            "hsts-everywhere @ shop.test #errors",
        ),
        (
            "h07 not on redirects",
            hsts("max-age=63072000").edit_site("www.shop.test", |s| s.without_https_header(HSTS)),
            "hsts-everywhere @ www.shop.test #host",
        ),
        ("h08 not ready for the list", hsts("max-age=86400; preload"), "hsts-preload @ shop.test"),
        ("h09 switched off", hsts("max-age=0"), "hsts-max-age @ shop.test"),
        (
            "a canonical link to staging",
            apex(|s| {
                s.get("/", page("Shop", "<link rel=canonical href=https://staging.shop.test/>"))
            }),
            "page-urls-agree @ shop.test #canonical",
        ),
        (
            "og:url at localhost",
            apex(|s| {
                s.get("/", page("Shop", "<meta property=og:url content=http://localhost:3000/>"))
            }),
            "page-urls-agree @ shop.test #og:url",
        ),
        (
            "hreflang at staging",
            apex(|s| {
                let alternate =
                    "<link rel=alternate hreflang=de href=https://staging.shop.test/de>";
                s.get("/", page("Shop", alternate))
            }),
            "page-urls-agree @ shop.test #hreflang",
        ),
        (
            "a sitemap of staging",
            apex(|s| s.get("/sitemap.xml", sitemap("https://staging.shop.test/"))),
            "sitemap-agrees @ shop.test #staging.shop.test",
        ),
        (
            "a sitemap of what is gone",
            apex(|s| s.get("/sitemap.xml", sitemap("https://shop.test/gone"))),
            "sitemap-agrees @ shop.test #broken",
        ),
        (
            "a sitemap of redirects",
            apex(|s| s.get("/sitemap.xml", sitemap("https://shop.test/old"))),
            "sitemap-agrees @ shop.test #redirects",
        ),
        ("a soft 404", apex(|s| s.fallback(page("Oops", ""))), "no-soft-404 @ shop.test #page"),
        (
            "a redirect to a soft 404",
            apex(|s| {
                s.get("/old", Reply::redirect(301, "/oops"))
                    .get("/oops", page("Page not found", ""))
            }),
            "ends-in-success @ shop.test #soft-404",
        ),
        (
            "a page that is broken",
            apex(|s| s.get("/blog", Reply::status(500))),
            "ends-in-success @ shop.test #linked",
        ),
        (
            "an API that loses the body",
            good().edit_site("api.shop.test", |s| s.http(to("api.shop.test", 301))),
            "method-kept @ api.shop.test:80",
        ),
        (
            "IPv6 leads elsewhere",
            apex(|s| {
                s.get("/", |r: &Request| match r.address.is_ipv6() {
                    true => page("Welcome to nginx!", ""),
                    false => html("/", "Shop"),
                })
            }),
            "families-agree @ shop.test",
        ),
    ];
    for (name, launch, key) in cases {
        let launch = match name.starts_with("r25") {
            true => launch.site(
                Site::new("other.cdn.test").fallback(Reply::redirect(301, "https://shop.test/")),
            ),
            false => launch,
        };
        let run = run(launch, config(name)).await;
        assert!(
            keys(&run, Severity::Info).contains(&key),
            "{name}: {:#?}",
            keys(&run, Severity::Info)
        );
    }
}
