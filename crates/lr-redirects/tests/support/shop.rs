//! A shop without a fault, to be broken one thing at a time, and how it is looked at.

#![allow(dead_code, reason = "not every test needs every part")]

use lr_core::{CheckRun, Severity};
use lr_lab::{Lab, Launch, Reply, Request, Site};
use lr_redirects::{RedirectsCheck, RedirectsConfig};

pub(crate) const HSTS: &str = "strict-transport-security";
pub(crate) const YEARS: &str = "max-age=63072000; includeSubDomains";

/// A page with a title, some text and a canonical link, as a shop would have it.
pub(crate) fn html(path: &str, title: &str) -> Reply {
    page(title, &format!("<link rel=canonical href='https://shop.test{path}'>"))
}

pub(crate) fn page(title: &str, head: &str) -> Reply {
    Reply::html(format!(
        "<!doctype html><html lang=en><title>{title}</title>{head}<body><h1>{title}</h1>
         <nav><a href=/>Home</a><a href=/about>About</a><a href=/blog>Blog</a>
         <a href=/login>Sign in</a><a href=/old>Old</a></nav>
         <p>{title} is what this page of the shop is about, and about nothing else.</html>"
    ))
}

/// The shop without a fault: `https://shop.test`, with pages, a login and a sitemap.
pub(crate) fn good() -> Launch {
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

pub(crate) fn sitemap(url: &str) -> Reply {
    let xml = format!("<?xml version='1.0'?><urlset><url><loc>{url}</loc></url></urlset>");
    Reply::status(200).header("content-type", "application/xml").body(xml)
}

pub(crate) fn apex(edit: impl FnOnce(Site) -> Site) -> Launch {
    good().edit_site("shop.test", edit)
}

pub(crate) fn www(edit: impl FnOnce(Site) -> Site) -> Launch {
    good().edit_site("www.shop.test", edit)
}

pub(crate) fn hsts(value: &str) -> Launch {
    let value = value.to_owned();
    let other = value.clone();
    apex(move |site| site.https_header(HSTS, value))
        .edit_site("www.shop.test", move |site| site.https_header(HSTS, other))
}

/// `https://HOST` and what was asked for.
pub(crate) fn to(
    host: &'static str,
    status: u16,
) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |request| Reply::redirect(status, format!("https://{host}{}", request.path_and_query))
}

pub(crate) async fn run(launch: Launch, config: RedirectsConfig) -> CheckRun {
    let lab = Lab::builder().launch(launch).start().await.unwrap();
    let run = lr_core::run(&RedirectsCheck::with_config(config), &lab.context()).await;
    assert_eq!(run.error, None);
    run
}

/// Asks for all that there is; for IPv6 apart, which takes its time, where a case is about it.
pub(crate) fn config(case: &str) -> RedirectsConfig {
    let mut config = RedirectsConfig::new("shop.test");
    config.each_family = case.contains("IPv6");
    config.intrusive = true;
    config.apis = vec!["api.shop.test".into()];
    config
}

pub(crate) fn keys(run: &CheckRun, least: Severity) -> Vec<&str> {
    let findings = run.findings.iter().filter(|finding| finding.severity >= least);
    findings.map(|finding| finding.key.strip_prefix("redirects/").unwrap()).collect()
}

/// The same shop at `https://www.shop.test`, the bare domain leading there.
pub(crate) fn good_at_www() -> Launch {
    let host = "www.shop.test";
    let html = |path: &str, title: &str| {
        page(title, &format!("<link rel=canonical href='https://{host}{path}'>"))
    };
    let apex = Site::new("shop.test")
        .http(to("shop.test", 301))
        .fallback(to(host, 301))
        .https_header(HSTS, YEARS);
    let www = Site::new(host)
        .http(to(host, 301))
        .get("/", html("/", "Shop"))
        .get("/about", html("/about", "About us"))
        .get("/blog", html("/blog", "Blog"))
        .get("/login", html("/login", "Sign in"))
        .get("/old", Reply::redirect(301, "/blog"))
        .fallback(page("Not found", "").with_status(404))
        .https_header(HSTS, YEARS);
    Launch::healthy("shop.test").site(apex).site(www)
}
