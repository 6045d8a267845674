//! Sites with exactly one fault each, their healthy twin, and sites that only look faulty.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lr_core::{CheckRun, Severity};
use lr_lab::{Lab, Launch, Port, Reply, Request, Site};
use lr_redirects::{RedirectsCheck, RedirectsConfig};

const HSTS: &str = "strict-transport-security";
const YEARS: &str = "max-age=63072000; includeSubDomains";

/// A page with a title, some text and a canonical link, as a shop would have it.
fn html(path: &str, title: &str) -> Reply {
    page(title, &format!("<link rel=canonical href='https://shop.test{path}'>"))
}

fn page(title: &str, head: &str) -> Reply {
    Reply::html(format!(
        "<!doctype html><html lang=en><title>{title}</title>{head}<body><h1>{title}</h1>
         <nav><a href=/>Home</a><a href=/about>About</a><a href=/blog>Blog</a>
         <a href=/login>Sign in</a><a href=/old>Old</a></nav>
         <p>{title} is what this page of the shop is about, and about nothing else.</html>"
    ))
}

/// The shop without a fault: `https://shop.test`, with pages, a login and a sitemap.
fn good() -> Launch {
    Launch::healthy("shop.test").edit_site("shop.test", |site| {
        site.get("/", html("/", "Shop"))
            .get("/about", html("/about", "About us"))
            .get("/blog", html("/blog", "Blog"))
            .get("/login", html("/login", "Sign in"))
            .get("/old", Reply::redirect(301, "/blog"))
            .get("/robots.txt", Reply::text("Sitemap: https://shop.test/sitemap.xml"))
            .get("/sitemap.xml", sitemap("https://shop.test/about"))
            .fallback(page("Not found", "").with_status(404))
    })
}

fn sitemap(url: &str) -> Reply {
    let xml = format!("<?xml version='1.0'?><urlset><url><loc>{url}</loc></url></urlset>");
    Reply::status(200).header("content-type", "application/xml").body(xml)
}

fn apex(edit: impl FnOnce(Site) -> Site) -> Launch {
    good().edit_site("shop.test", edit)
}

fn www(edit: impl FnOnce(Site) -> Site) -> Launch {
    good().edit_site("www.shop.test", edit)
}

fn hsts(value: &str) -> Launch {
    let value = value.to_owned();
    let other = value.clone();
    apex(move |site| site.https_header(HSTS, value))
        .edit_site("www.shop.test", move |site| site.https_header(HSTS, other))
}

/// `https://HOST` and what was asked for.
fn to(host: &'static str, status: u16) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |request| Reply::redirect(status, format!("https://{host}{}", request.path_and_query))
}

async fn run(launch: Launch, config: RedirectsConfig) -> CheckRun {
    let lab = Lab::builder().launch(launch).start().await.unwrap();
    let run = lr_core::run(&RedirectsCheck::with_config(config), &lab.context()).await;
    assert_eq!(run.error, None);
    run
}

fn config() -> RedirectsConfig {
    let mut config = RedirectsConfig::new("shop.test");
    config.intrusive = true;
    config.each_family = true;
    config.apis = vec!["api.shop.test".into()];
    config
}

fn keys(run: &CheckRun, least: Severity) -> Vec<&str> {
    let findings = run.findings.iter().filter(|finding| finding.severity >= least);
    findings.map(|finding| finding.key.strip_prefix("redirects/").unwrap()).collect()
}

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
        let run = run(launch, config()).await;
        assert!(
            keys(&run, Severity::Info).contains(&key),
            "{name}: {:#?}",
            keys(&run, Severity::Info)
        );
    }
}

#[tokio::test]
async fn nothing_is_said_of_the_healthy_twin() {
    let run = run(good(), config()).await;
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
        let run = run(launch, config()).await;
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
