//! The faults again as others make them: other codes, other spellings, other hosts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/shop.rs"]
mod shop;

use lr_core::Severity;
use lr_lab::{Launch, Port, Reply, Request, Site};

use crate::shop::{
    HSTS, YEARS, apex, config, good, good_at_www, html, keys, page, run, sitemap, to, www,
};

type Case = (&'static str, Launch, &'static str);

async fn named(cases: Vec<Case>) {
    let mut missed = Vec::new();
    for (name, launch, key) in cases {
        let run = run(launch, config(name)).await;
        let keys = keys(&run, Severity::Info);
        if !keys.contains(&key) {
            missed.push(format!("{name}: {key} is not among {keys:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Pages of the shop with something in their head.
fn everywhere(head: &'static str) -> Launch {
    apex(move |site| {
        site.get("/", page("Shop", head))
            .get("/about", page("About us", head))
            .get("/blog", page("Blog", head))
            .get("/login", page("Sign in", head))
    })
}

fn at_www(edit: impl FnOnce(Site) -> Site) -> Launch {
    good_at_www().edit_site("www.shop.test", edit)
}

fn at_www_apex(edit: impl FnOnce(Site) -> Site) -> Launch {
    good_at_www().edit_site("shop.test", edit)
}

/// Where a plain redirect leads, written in another way.
fn spelt(write: fn(&Request) -> String) -> Launch {
    apex(move |site| site.http(move |r: &Request| Reply::redirect(301, write(r))))
}

#[tokio::test]
async fn plain_http_in_all_its_forms() {
    named(vec![
        ("303", apex(|s| s.http(to("shop.test", 303))), "permanent @ shop.test:80"),
        ("307", apex(|s| s.http(to("shop.test", 307))), "permanent @ shop.test:80"),
        ("302 of www", www(|s| s.http(to("shop.test", 302))), "permanent @ www.shop.test:80"),
        (
            "302 from https www",
            www(|s| s.fallback(to("shop.test", 302))),
            "permanent @ www.shop.test:443",
        ),
        (
            "302 from the domain to a canonical www",
            at_www_apex(|s| s.fallback(to("www.shop.test", 302))),
            "permanent @ shop.test:443",
        ),
        ("plain HTTP says 404", apex(|s| s.http(Reply::status(404))), "https-upgrade @ shop.test"),
        ("plain HTTP says 503", apex(|s| s.http(Reply::status(500))), "https-upgrade @ shop.test"),
        (
            "a page in the middle is left on plain HTTP",
            apex(|s| {
                s.http(|r: &Request| match r.path() {
                    "/login" => html("/login", "Sign in"),
                    _ => to("shop.test", 301)(r),
                })
            }),
            "https-upgrade-deep @ shop.test",
        ),
        (
            "www is left on plain HTTP, below the home page",
            www(|s| {
                s.http(|r: &Request| match r.path() {
                    "/" => Reply::redirect(301, "https://shop.test/"),
                    _ => Reply::text("still here"),
                })
            }),
            "https-upgrade-deep @ www.shop.test",
        ),
        (
            "the canonical www is served over plain HTTP",
            at_www(|s| s.http(Reply::html("<title>Shop</title>hello"))),
            "https-upgrade @ www.shop.test",
        ),
        (
            "a protocol-relative Location stays on plain HTTP",
            spelt(|r| format!("//shop.test{}", r.path_and_query)),
            "no-loop @ shop.test #self",
        ),
        (
            "a relative Location stays on plain HTTP",
            apex(|s| {
                s.http(|r: &Request| match r.path() {
                    "/" => Reply::redirect(301, "/home"),
                    "/home" => Reply::html("<title>Home</title>hello"),
                    _ => to("shop.test", 301)(r),
                })
            }),
            "https-upgrade @ shop.test",
        ),
        (
            "a refresh header",
            apex(|s| s.http(Reply::text("").header("refresh", "0; url=https://shop.test/"))),
            "no-client-redirect @ shop.test #refresh-header",
        ),
        (
            "a meta refresh after three seconds",
            apex(|s| {
                s.http(Reply::html(
                    "<meta http-equiv='refresh' content='3;URL=https://shop.test/'>We have moved.",
                ))
            }),
            "no-client-redirect @ shop.test #meta-refresh",
        ),
        (
            "window.location in a function that runs on load",
            apex(|s| {
                s.http(Reply::html(
                    "<script>window.onload = function () { window.location.assign('https://shop.test/') }</script>",
                ))
            }),
            "no-client-redirect @ shop.test #javascript",
        ),
        (
            "a home page over HTTPS that leads on by a script",
            apex(|s| {
                s.get(
                    "/",
                    Reply::html("<script>(function(){location.replace('/en/')})()</script>"),
                )
                .get("/en/", page("Shop", ""))
            }),
            "no-client-redirect @ shop.test #javascript",
        ),
        (
            "a home page over HTTPS that leads on by a meta refresh",
            apex(|s| {
                s.get("/", Reply::html("<meta http-equiv=refresh content='0;url=/en/'>"))
                    .get("/en/", page("Shop", ""))
            }),
            "no-client-redirect @ shop.test #meta-refresh",
        ),
    ])
    .await;
}

#[tokio::test]
async fn paths_and_queries_in_all_their_forms() {
    named(vec![
        (
            "the path is dropped from www",
            www(|s| s.fallback(Reply::redirect(301, "https://shop.test/"))),
            "path-kept @ www.shop.test:443 #dropped",
        ),
        (
            "the path is dropped with a fragment",
            apex(|s| s.http(Reply::redirect(308, "https://shop.test/#top"))),
            "path-kept @ shop.test:80 #dropped",
        ),
        (
            "the path is dropped on the way to a canonical www",
            at_www_apex(|s| s.fallback(Reply::redirect(301, "https://www.shop.test"))),
            "path-kept @ shop.test:443 #dropped",
        ),
        (
            "the path is doubled",
            spelt(|r| format!("https://shop.test{}{}", r.path(), r.path_and_query)),
            "path-kept @ shop.test:80 #duplicated",
        ),
        (
            "a slash too many",
            spelt(|r| format!("https://shop.test/{}", r.path_and_query)),
            "path-kept @ shop.test:80 #double-slash",
        ),
        (
            "small letters",
            spelt(|r| format!("https://shop.test{}", r.path_and_query.to_ascii_lowercase())),
            "path-kept @ shop.test:80 #re-cased",
        ),
        (
            "escaped once more",
            spelt(|r| format!("https://shop.test{}", r.path_and_query.replace('%', "%25"))),
            "path-kept @ shop.test:80 #escaped-twice",
        ),
        (
            "a plus becomes a space",
            spelt(|r| format!("https://shop.test{}", r.path_and_query.replace("c++", "c%20%20"))),
            "path-kept @ shop.test:80 #replaced",
        ),
        (
            "only the tracking is dropped",
            spelt(|r| {
                format!(
                    "https://shop.test{}",
                    r.path_and_query.replace("utm_source=launch-ready&", "")
                )
            }),
            "query-kept @ shop.test:80 #partly-dropped",
        ),
        (
            "the query is dropped where a slash is added",
            apex(|s| {
                s.get("/about", |r: &Request| Reply::redirect(301, format!("{}/", r.path())))
                    .get("/about/", html("/about/", "About us"))
            }),
            "query-kept @ shop.test:443 #dropped",
        ),
        (
            "the query of the home page is dropped",
            apex(|s| {
                s.http(|r: &Request| match r.path() {
                    "/" => Reply::redirect(301, "https://shop.test/"),
                    _ => to("shop.test", 301)(r),
                })
            }),
            "query-kept @ shop.test:80 #dropped",
        ),
        (
            "only the first parameter is kept",
            spelt(|r| format!("https://shop.test{}", r.path_and_query.split('&').next().unwrap())),
            "query-kept @ shop.test:80 #partly-dropped",
        ),
        (
            "the query is doubled at www",
            www(|s| {
                s.fallback(|r: &Request| {
                    let query = r.path_and_query.split_once('?').map(|(_, q)| format!("?{q}"));
                    let more = query.unwrap_or_default();
                    Reply::redirect(301, format!("https://shop.test{}{more}", r.path_and_query))
                })
            }),
            "query-kept @ www.shop.test:443 #duplicated",
        ),
    ])
    .await;
}

#[tokio::test]
async fn chains_and_targets_in_all_their_forms() {
    named(vec![
        (
            "https leads back to http",
            apex(|s| {
                s.get("/", Reply::redirect(301, "http://shop.test/")).fallback(|r: &Request| {
                    Reply::redirect(301, format!("http://shop.test{}", r.path_and_query))
                })
            }),
            "no-loop @ shop.test",
        ),
        (
            "a loop with another query each time",
            apex(|s| s.get("/", |r: &Request| Reply::redirect(302, format!("/?r={}", r.count)))),
            "no-loop @ shop.test #endless",
        ),
        (
            "a loop that only those with cookies see",
            apex(|s| {
                s.get("/", |r: &Request| match r.header("cookie") {
                    Some(_) => Reply::redirect(302, "/welcome"),
                    None => Reply::redirect(302, "/welcome").header("set-cookie", "seen=1; Path=/"),
                })
                .get("/welcome", |r: &Request| match r.header("cookie") {
                    Some(_) => Reply::redirect(302, "/"),
                    None => html("/", "Shop"),
                })
            }),
            "no-loop @ shop.test #with-cookies",
        ),
        (
            "a long chain of temporary redirects",
            apex(|s| {
                s.get("/", Reply::redirect(302, "/1"))
                    .get("/1", Reply::redirect(302, "/2"))
                    .get("/2", Reply::redirect(302, "/3"))
                    .get("/3", Reply::redirect(302, "/4"))
                    .get("/4", html("/4", "Shop"))
            }),
            "short-chain @ shop.test",
        ),
        (
            "over http www",
            www(|s| {
                s.fallback(|r: &Request| {
                    Reply::redirect(301, format!("http://shop.test{}", r.path_and_query))
                })
            }),
            "no-downgrade @ www.shop.test:443",
        ),
        (
            "a downgrade where a slash is added",
            apex(|s| {
                s.get("/about", Reply::redirect(301, "http://shop.test/about/"))
                    .get("/about/", html("/about/", "About us"))
            }),
            "no-downgrade @ shop.test:443",
        ),
        (
            "localhost without a port",
            apex(|s| s.get("/", Reply::redirect(301, "https://localhost/"))),
            "no-internal-target @ shop.test:443 #localhost",
        ),
        (
            "a private address",
            apex(|s| s.http(Reply::redirect(301, "http://192.168.1.20/"))),
            "no-internal-target @ shop.test:80 #192.168.1.20",
        ),
        (
            "an address of IPv6",
            apex(|s| s.http(Reply::redirect(301, "https://[fd00::1]/"))),
            "no-internal-target @ shop.test:80 #[fd00::1]",
        ),
        (
            "the metadata of a cloud",
            apex(|s| s.get("/old", Reply::redirect(302, "http://169.254.169.254/latest/"))),
            "no-internal-target @ shop.test:443 #169.254.169.254",
        ),
        (
            "a name of the cluster",
            apex(|s| s.http(Reply::redirect(301, "http://web.default.svc.cluster.local/"))),
            "no-internal-target @ shop.test:80 #web.default.svc.cluster.local",
        ),
        (
            "a name without dots",
            apex(|s| s.get("/", Reply::redirect(302, "http://backend:8080/"))),
            "no-internal-target @ shop.test:443 #backend:8080",
        ),
        (
            "staging as a part of a label",
            apex(|s| s.http(to("shop-staging.shop.test", 301))),
            "no-internal-target @ shop.test:80 #shop-staging.shop.test",
        ),
        (
            "the name that the platform gave",
            apex(|s| s.http(to("shop-git-main-acme.vercel.app", 301))),
            "no-internal-target @ shop.test:80 #shop-git-main-acme.vercel.app",
        ),
        (
            "port 443 over plain HTTP",
            apex(|s| s.get("/", Reply::redirect(301, "http://shop.test:443/"))),
            "no-internal-target @ shop.test:443 #shop.test:443",
        ),
        (
            "an internal port on the way from www",
            www(|s| s.fallback(to("shop.test:8443", 301))),
            "no-internal-target @ www.shop.test:443 #shop.test:8443",
        ),
        (
            "a dot after the host",
            apex(|s| s.http(to("shop.test.", 301))),
            "no-internal-target @ shop.test:80 #shop.test.",
        ),
        (
            "no scheme before the host",
            apex(|s| s.get("/old", Reply::redirect(301, "www.shop.test/blog"))),
            "ends-in-success @ shop.test #linked",
        ),
        (
            "Location is empty",
            apex(|s| s.get("/old", Reply::redirect(301, ""))),
            "no-loop @ shop.test #self",
        ),
        (
            "www is closed over HTTPS",
            www(|s| s.https_port(Port::Closed))
                .remove_record("www", "AAAA")
                .replace_record("www A 11.66.0.80"),
            "ends-in-success @ www.shop.test",
        ),
        (
            "www leads into an error",
            www(|s| {
                s.fallback(to("shop.test", 301))
                    .get("/", Reply::redirect(301, "https://shop.test/start"))
            }),
            "ends-in-success @ www.shop.test",
        ),
        (
            "all unknown URLs are led to a page that says so",
            apex(|s| {
                s.get("/404", page("Page not found", "")).fallback(Reply::redirect(302, "/404"))
            }),
            "no-soft-404 @ shop.test #page",
        ),
        (
            "all unknown URLs are led home",
            apex(|s| s.fallback(Reply::redirect(301, "/"))),
            "no-soft-404 @ shop.test #home",
        ),
        (
            "an API at the root that answers 301",
            good().edit_site("api.shop.test", |s| s.http(to("api.shop.test", 303))),
            "method-kept @ api.shop.test:80",
        ),
        (
            "a session in a cookie of www over plain HTTP",
            www(|s| {
                s.http(|r: &Request| {
                    to("www.shop.test", 301)(r)
                        .header("set-cookie", "PHPSESSID=abc; path=/; HttpOnly")
                })
            }),
            "no-cookie-over-http @ www.shop.test #PHPSESSID",
        ),
        (
            "foreign, over three hosts",
            apex(|s| s.http(Reply::redirect(301, "https://other.cdn.test/"))).site(
                Site::new("other.cdn.test")
                    .fallback(Reply::redirect(301, "https://www.shop.test/")),
            ),
            "direct-upgrade @ shop.test #foreign",
        ),
    ])
    .await;
}

#[tokio::test]
async fn hsts_in_all_its_forms() {
    let apex_hsts = |value: &'static str| {
        apex(move |s| s.https_header(HSTS, value))
            .edit_site("www.shop.test", |s| s.without_https_header(HSTS))
    };
    named(vec![
        (
            "none at a canonical www",
            at_www(|s| s.without_https_header(HSTS)),
            "hsts-present @ www.shop.test",
        ),
        (
            "none on the domain that leads to www",
            at_www_apex(|s| s.without_https_header(HSTS)),
            "hsts-everywhere @ shop.test #host",
        ),
        (
            "switched off on the domain that leads to www",
            at_www_apex(|s| s.https_header(HSTS, "max-age=0")),
            "hsts-max-age @ shop.test",
        ),
        (
            "unreadable on the domain that leads to www",
            at_www_apex(|s| s.https_header(HSTS, "max-age=31536000, includeSubDomains")),
            "hsts-valid @ shop.test",
        ),
        (
            "two on the domain that leads to www",
            at_www_apex(|s| {
                s.fallback(|r: &Request| {
                    to("www.shop.test", 301)(r).header(HSTS, YEARS).header(HSTS, "max-age=5")
                })
                .without_https_header(HSTS)
            }),
            "hsts-single @ shop.test #conflicting",
        ),
        (
            "switched off on one page",
            apex(|s| {
                s.get("/login", html("/login", "Sign in").header(HSTS, "max-age=0"))
                    .without_https_header(HSTS)
                    .get("/", html("/", "Shop").header(HSTS, YEARS))
            }),
            "hsts-max-age @ shop.test",
        ),
        ("no number", apex_hsts("max-age=1y"), "hsts-valid @ shop.test"),
        (
            "twice max-age",
            apex_hsts("max-age=31536000; max-age=31536000"),
            "hsts-valid @ shop.test",
        ),
        ("no max-age", apex_hsts("includeSubDomains; preload"), "hsts-valid @ shop.test"),
        ("a sign before the number", apex_hsts("max-age=+31536000"), "hsts-valid @ shop.test"),
        (
            "a value that is none",
            apex_hsts("max-age=31536000; includeSubDomains=true"),
            "hsts-valid @ shop.test",
        ),
        ("a word instead of the header", apex_hsts("on"), "hsts-valid @ shop.test"),
        ("a month", apex_hsts("max-age=2592000; includeSubDomains"), "hsts-max-age @ shop.test"),
        (
            "ready but for the names below",
            apex_hsts("max-age=63072000; preload"),
            "hsts-preload @ shop.test",
        ),
        (
            "ready but for plain HTTP, which leads to www first",
            apex(|s| {
                s.https_header(HSTS, "max-age=63072000; includeSubDomains; preload")
                    .http(to("www.shop.test", 301))
            }),
            "hsts-preload @ shop.test",
        ),
        (
            "ready but for plain HTTP, which is served",
            apex(|s| {
                s.https_header(HSTS, "max-age=63072000; includeSubDomains; preload")
                    .http(html("/", "Shop"))
            }),
            "hsts-preload @ shop.test",
        ),
        (
            "twice the same",
            apex(|s| {
                s.without_https_header(HSTS)
                    .get("/", html("/", "Shop").header(HSTS, YEARS).header(HSTS, YEARS))
            }),
            "hsts-single @ shop.test",
        ),
        (
            "two on the error pages",
            apex(|s| {
                s.without_https_header(HSTS)
                    .get("/", html("/", "Shop").header(HSTS, YEARS))
                    .fallback(
                        page("Not found", "")
                            .with_status(404)
                            .header(HSTS, YEARS)
                            .header(HSTS, "max-age=0"),
                    )
            }),
            "hsts-single @ shop.test #conflicting",
        ),
    ])
    .await;
}

#[tokio::test]
async fn pages_in_all_their_forms() {
    named(vec![
        (
            "canonical links to plain HTTP",
            everywhere("<link rel=canonical href=http://shop.test/>"),
            "page-urls-agree @ shop.test #canonical",
        ),
        (
            "canonical links to www, where it is not",
            everywhere("<link rel=canonical href=https://www.shop.test/>"),
            "page-urls-agree @ shop.test #canonical",
        ),
        (
            "all canonical links lead home",
            everywhere("<link rel=canonical href=https://shop.test/>"),
            "page-urls-agree @ shop.test #canonical-home",
        ),
        (
            "a canonical link to what is gone",
            apex(|s| s.get("/about", page("About us", "<link rel=canonical href=/gone>"))),
            "page-urls-agree @ shop.test #canonical",
        ),
        (
            "a canonical link to a redirect",
            apex(|s| s.get("/about", page("About us", "<link rel=canonical href=/old>"))),
            "page-urls-agree @ shop.test #canonical",
        ),
        (
            "a canonical link in the header, to staging",
            apex(|s| s.get("/", page("Shop", "").header("link", "<https://stg.shop.test/>; rel=canonical"))),
            "page-urls-agree @ shop.test #canonical",
        ),
        (
            "two canonical links that differ",
            everywhere("<link rel=canonical href=/a><link rel=canonical href=/b>"),
            "page-urls-agree @ shop.test #several-canonical",
        ),
        (
            "og:url at www",
            everywhere("<meta property='og:url' content='https://www.shop.test/'>"),
            "page-urls-agree @ shop.test #og:url",
        ),
        (
            "hreflang to plain HTTP",
            everywhere("<link rel=alternate hreflang=de href=http://shop.test/de>"),
            "page-urls-agree @ shop.test #hreflang",
        ),
        (
            "hreflang without itself",
            everywhere("<link rel=alternate hreflang=de href=https://shop.test/de>"),
            "page-urls-agree @ shop.test #hreflang-self",
        ),
        (
            "a sitemap of www",
            apex(|s| s.get("/sitemap.xml", sitemap("https://www.shop.test/about"))),
            "sitemap-agrees @ shop.test #www.shop.test",
        ),
        (
            "a sitemap of plain HTTP",
            apex(|s| s.get("/sitemap.xml", sitemap("http://shop.test/about"))),
            "sitemap-agrees @ shop.test #http",
        ),
        (
            "a sitemap at staging, named in robots.txt",
            apex(|s| s.get("/robots.txt", Reply::text("User-agent: *\nSitemap: https://staging.shop.test/sitemap.xml"))),
            "sitemap-agrees @ shop.test #staging.shop.test",
        ),
        (
            "a sitemap below an index",
            apex(|s| s.get("/sitemap.xml", Reply::status(200).header("content-type", "application/xml").body(
                "<sitemapindex><sitemap><loc>https://shop.test/pages.xml</loc></sitemap></sitemapindex>".to_owned()))
                .get("/pages.xml", sitemap("https://shop.test/gone"))),
            "sitemap-agrees @ shop.test #broken",
        ),
        (
            "two hosts, each canonical to itself",
            www(|s| s.get("/", page("Shop", "<link rel=canonical href=https://www.shop.test/>"))),
            "one-canonical-host @ shop.test",
        ),
        (
            "all in capitals",
            apex(|s| s.get("/about", page("About us", "")).get("/ABOUT", page("About us", ""))),
            "one-url-per-page @ shop.test #case",
        ),
        (
            "a slash at the end, each canonical to itself",
            apex(|s| s.get("/about", html("/about", "About us")).get("/about/", html("/about/", "About us"))),
            "one-url-per-page @ shop.test #slash",
        ),
        (
            "an open redirect by returnUrl, protocol-relative only",
            apex(|s| {
                s.get("/login", |r: &Request| {
                    let next = r.path_and_query.split(['?', '&']).find_map(|p| p.strip_prefix("returnUrl="));
                    let next = next.map(|next| next.replace("%3A", ":").replace("%2F", "/"));
                    match next {
                        Some(url) if url.starts_with('/') => Reply::redirect(302, url),
                        _ => html("/login", "Sign in"),
                    }
                })
            }),
            "no-open-redirect @ shop.test #returnUrl",
        ),
        (
            "an open redirect by a page",
            apex(|s| {
                s.get("/login", |r: &Request| {
                    let next = r.path_and_query.split(['?', '&']).find_map(|p| p.strip_prefix("url="));
                    let next = next.map(|next| next.replace("%3A", ":").replace("%2F", "/"));
                    match next {
                        Some(url) => Reply::html(format!("<meta http-equiv=refresh content='0;url={url}'>")),
                        _ => html("/login", "Sign in"),
                    }
                })
            }),
            "no-open-redirect @ shop.test #url",
        ),
        (
            "a linked page says 500",
            apex(|s| s.get("/login", Reply::status(500))),
            "ends-in-success @ shop.test #linked",
        ),
        (
            "the home page of www-canonical says 503",
            at_www(|s| s.get("/", Reply::status(503))),
            "ends-in-success @ www.shop.test",
        ),
        (
            "IPv6 is not redirected",
            apex(|s| {
                s.http(|r: &Request| match r.address.is_ipv6() {
                    true => html("/", "Shop"),
                    false => to("shop.test", 301)(r),
                })
            }),
            "families-agree @ shop.test",
        ),
    ])
    .await;
}
