//! Healthy sites again, as others build them: nothing of weight is said of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/shop.rs"]
mod shop;

use lr_core::Severity;
use lr_lab::{Launch, Port, Reply, Request, Site};

use crate::shop::{
    HSTS, YEARS, apex, config, good, good_at_www, html, keys, page, run, sitemap, to, www,
};

async fn quiet(cases: Vec<(&'static str, Launch)>) {
    let mut alarms = Vec::new();
    for (name, launch) in cases {
        let run = run(launch, config(name)).await;
        let keys = keys(&run, Severity::Medium);
        if !keys.is_empty() {
            let details: Vec<_> = run.findings.iter().map(|f| f.detail.to_string()).collect();
            alarms.push(format!("{name}: {keys:?} {details:?}"));
        }
    }
    assert!(alarms.is_empty(), "{alarms:#?}");
}

/// The shop, with another host that is right.
fn beside(launch: Launch, host: &'static str, title: &str) -> Launch {
    let site = Site::new(host).http(to(host, 301)).https_header(HSTS, YEARS);
    let site =
        site.get("/", page(title, "")).get("/login", page(title, "")).fallback(Reply::status(404));
    let launch = match host.strip_suffix(".shop.test") {
        Some(label) => launch.record(&format!("{label} A 11.66.0.80")),
        None => launch,
    };
    launch.site(site)
}

fn at_www(edit: impl FnOnce(Site) -> Site) -> Launch {
    good_at_www().edit_site("www.shop.test", edit)
}

fn challenge(status: u16, title: &str, headers: &[(&str, &str)]) -> Reply {
    let reply = page(title, "").with_status(status);
    headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
}

/// Every path but the login leads to the login.
fn walled(status: u16) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |r| Reply::redirect(status, format!("/login?next={}", r.path().replace('/', "%2F")))
}

#[tokio::test]
async fn hosts_and_schemes() {
    quiet(vec![
        ("www is canonical", good_at_www()),
        (
            "www is canonical, and http leads there at once",
            good_at_www().edit_site("shop.test", |s| s.http(to("www.shop.test", 301))),
        ),
        ("308 all the way", apex(|s| s.http(to("shop.test", 308)))),
        (
            "Location in capitals, with the port",
            apex(|s| {
                s.http(|r: &Request| {
                    Reply::redirect(301, format!("HTTPS://SHOP.TEST:443{}", r.path_and_query))
                })
            }),
        ),
        (
            "Location with raw UTF-8",
            apex(|s| {
                s.http(|r: &Request| {
                    let raw = r.path_and_query.replace("%C3%A9", "\u{e9}");
                    Reply::redirect(301, format!("https://shop.test{raw}"))
                })
            }),
        ),
        (
            "HTTP/1.1 only",
            good()
                .edit_site("shop.test", Site::http1_only)
                .edit_site("www.shop.test", Site::http1_only),
        ),
        (
            "port 80 is closed, and www is canonical",
            at_www(|s| s.http_port(Port::Closed))
                .edit_site("shop.test", |s| s.http_port(Port::Closed)),
        ),
        ("port 80 of www is closed", www(|s| s.http_port(Port::Closed))),
        (
            "an API without anything at its root",
            good().edit_site("api.shop.test", |s| {
                s.http_port(Port::Closed)
                    .get("/", Reply::status(401).header("www-authenticate", "Bearer"))
                    .fallback(Reply::status(401))
            }),
        ),
        (
            "an API that takes POST only",
            good().edit_site("api.shop.test", |s| {
                s.http(to("api.shop.test", 308))
                    .get("/", Reply::status(405).header("allow", "POST"))
                    .fallback(Reply::status(405))
            }),
        ),
        (
            "an API that refuses plain HTTP",
            good().edit_site("api.shop.test", |s| s.http(Reply::status(403))),
        ),
        (
            "a marketing site that answers with a cookie for its language",
            apex(|s| {
                s.http(|r: &Request| {
                    to("shop.test", 301)(r).header("set-cookie", "lang=en; Path=/")
                })
            }),
        ),
        (
            "an old cookie is deleted over plain HTTP",
            apex(|s| {
                s.http(|r: &Request| {
                    to("shop.test", 301)(r).header("set-cookie", "sid=; Max-Age=0; Path=/").header(
                        "set-cookie",
                        "tok=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/",
                    )
                })
            }),
        ),
        (
            "IPv6 is led to another language",
            apex(|s| {
                s.get("/", |r: &Request| {
                    Reply::redirect(302, if r.address.is_ipv6() { "/de/" } else { "/en/" })
                })
                .get("/en/", html("/en/", "Shop"))
                .get("/de/", html("/de/", "Laden"))
            }),
        ),
        (
            "titles that change with each visit, over IPv6 too",
            apex(|s| s.get("/", |r: &Request| html("/", &format!("Shop ({} offers)", r.count)))),
        ),
    ])
    .await;
}

#[tokio::test]
async fn ways_that_are_chosen() {
    let languages =
        |s: Site| s.get("/", Reply::redirect(302, "/en/")).get("/en/", html("/en/", "Shop"));
    quiet(vec![
        ("a language by 302", apex(languages)),
        ("a language by 307", apex(|s| languages(s).get("/", Reply::redirect(307, "/en/")))),
        (
            "a language and a region in two steps",
            apex(|s| {
                s.get("/", Reply::redirect(302, "/en"))
                    .get("/en", Reply::redirect(301, "/en/"))
                    .get("/en/", html("/en/", "Shop"))
            }),
        ),
        (
            "a language at once over plain HTTP",
            apex(|s| {
                languages(s).http(|r: &Request| match r.path_and_query.as_str() {
                    "/" => Reply::redirect(302, "https://shop.test/en/"),
                    path => Reply::redirect(301, format!("https://shop.test{path}")),
                })
            }),
        ),
        (
            "a country on a host of its own",
            beside(apex(|s| s.get("/", Reply::redirect(302, "https://de.shop.test/"))), "de.shop.test", "Laden"),
        ),
        (
            "a country at a domain of its own",
            beside(apex(|s| s.get("/", Reply::redirect(302, "https://laden.test/"))), "laden.test", "Laden"),
        ),
        (
            "languages on every path",
            apex(|s| {
                s.get("/en/", page("Shop", "<link rel=canonical href=https://shop.test/en/>"))
                    .fallback(|r: &Request| match r.path().starts_with("/en/") {
                        true => page("Not found", "").with_status(404),
                        false => Reply::redirect(302, format!("/en{}", r.path_and_query)),
                    })
                    .get("/", Reply::redirect(302, "/en/"))
            }),
        ),
        (
            "a wall with a login",
            apex(|s| {
                s.get("/", walled(302)).get("/about", walled(302)).get("/blog", walled(302)).get("/old", walled(302))
                    .get("/login", page("Sign in", ""))
                    .fallback(walled(302))
            }),
        ),
        (
            "a wall with a login by 303 and 307",
            apex(|s| {
                s.get("/", walled(303)).get("/about", walled(307)).fallback(walled(307))
                    .get("/login", page("Sign in", ""))
            }),
        ),
        (
            "a login of the company",
            apex(|s| {
                s.get("/", Reply::redirect(302, "/login"))
                    .get("/login", Reply::redirect(302, "https://id.sso.test/authorize?client=shop&redirect_uri=https%3A%2F%2Fshop.test%2Fcallback"))
                    .fallback(Reply::redirect(302, "/login"))
            })
            .site(Site::new("id.sso.test").fallback(page("Sign in to SSO", ""))),
        ),
        (
            "a login on a host of the launch",
            beside(
                apex(|s| s.get("/", Reply::redirect(302, "https://accounts.shop.test/login"))),
                "accounts.shop.test",
                "Sign in",
            ),
        ),
        (
            "a consent that every page waits for",
            apex(|s| {
                let gate = |r: &Request| match r.header("cookie") {
                    Some(cookie) if cookie.contains("consent=") => html("/", "Shop"),
                    _ => Reply::redirect(302, format!("/consent?to={}", r.path())),
                };
                s.get("/", gate).get("/about", gate).get("/blog", gate).fallback(gate)
                    .get("/consent", |r: &Request| {
                        let to = r.path_and_query.split_once("to=").map_or("/", |(_, to)| to).to_owned();
                        Reply::redirect(302, to).header("set-cookie", "consent=asked; Path=/; Secure; SameSite=Lax")
                    })
            }),
        ),
        (
            "a test for cookies on every path",
            apex(|s| {
                let gate = |r: &Request| match r.header("cookie") {
                    Some(_) => html("/", "Shop"),
                    None => Reply::redirect(302, r.path_and_query.clone()).header("set-cookie", "ok=1; Path=/"),
                };
                s.get("/", gate).get("/about", gate).get("/blog", gate).get("/login", gate).get("/old", gate).fallback(gate)
            }),
        ),
    ])
    .await;
}

#[tokio::test]
async fn those_who_keep_visitors_off() {
    let every = |reply: fn() -> Reply| {
        apex(move |s| {
            s.get("/", reply())
                .get("/about", reply())
                .get("/blog", reply())
                .fallback(reply())
                .without_https_header(HSTS)
        })
    };
    quiet(vec![
        (
            "a challenge by its header",
            every(|| {
                challenge(
                    403,
                    "Just a moment...",
                    &[("cf-mitigated", "challenge"), ("server", "cloudflare")],
                )
            }),
        ),
        (
            "a challenge by 503",
            every(|| {
                challenge(
                    503,
                    "Just a moment...",
                    &[("server", "cloudflare"), ("cf-ray", "8f-FRA")],
                )
            }),
        ),
        (
            "a block by its page",
            every(|| {
                challenge(403, "Attention Required! | Cloudflare", &[("server", "cloudflare")])
            }),
        ),
        (
            "a block at an edge",
            every(|| challenge(403, "Access Denied", &[("server", "AkamaiGHost")])),
        ),
        (
            "a riddle",
            every(|| challenge(405, "Human Verification", &[("x-amzn-waf-action", "captcha")])),
        ),
        ("a silent test", every(|| challenge(202, "", &[("x-amzn-waf-action", "challenge")]))),
        ("too many requests", every(|| Reply::status(429).header("retry-after", "30"))),
        (
            "too many requests after a few",
            apex(|s| {
                s.fallback(|r: &Request| match r.count {
                    0..8 => page("Not found", "").with_status(404),
                    _ => Reply::status(429),
                })
            }),
        ),
        (
            "a challenge over plain HTTP",
            apex(|s| s.http(challenge(403, "Just a moment...", &[("cf-mitigated", "challenge")]))),
        ),
        ("a break for repairs", every(|| Reply::status(503).header("retry-after", "3600"))),
    ])
    .await;
}

#[tokio::test]
async fn pages_and_headers() {
    let all = |head: fn(&str) -> String| {
        apex(move |s| {
            s.get("/", page("Shop", &head("/")))
                .get("/about", page("About us", &head("/about")))
                .get("/blog", page("Blog", &head("/blog")))
                .get("/login", page("Sign in", &head("/login")))
        })
    };
    quiet(vec![
        (
            "languages of all pages",
            all(|path| format!(
                "<link rel=canonical href=https://shop.test{path}>
                 <link rel=alternate hreflang=x-default href=https://shop.test{path}>
                 <link rel=alternate hreflang=en-GB href=https://shop.test{path}>
                 <link rel=alternate hreflang=de-DE href=https://de.shop.test{path}>"
            )),
        ),
        (
            "canonical links that are relative",
            all(|path| format!("<link rel=canonical href={path}>")),
        ),
        (
            "canonical links in headers",
            apex(|s| s.get("/", page("Shop", "").header("link", "</style.css>; rel=preload; as=style, <https://shop.test/>; rel=\"canonical\""))),
        ),
        (
            "pages of a list",
            apex(|s| {
                s.get("/blog", page("Blog", "<link rel=canonical href=/blog><link rel=next href='/blog?page=2'><a href='/blog?page=2'>2</a>"))
                    .get("/blog?page=2", page("Blog", "<link rel=canonical href='/blog?page=2'>"))
                    .get("/blog/", html("/blog", "Blog"))
            }),
        ),
        (
            "the second page of a list is canonical at the first",
            apex(|s| {
                s.get("/about", page("Blog", "<link rel=canonical href=/blog>"))
            }),
        ),
        (
            "a query that is put in order",
            apex(|s| {
                s.get("/", |r: &Request| match r.path_and_query.contains("utm_source") {
                    true => Reply::redirect(301, "/"),
                    false => html("/", "Shop"),
                })
                .get("/about", |r: &Request| match r.path_and_query.contains("utm_source") {
                    true => Reply::redirect(301, "/about"),
                    false => html("/about", "About us"),
                })
            }),
        ),
        (
            "a query that is put in order, two steps away",
            apex(|s| {
                s.get("/", |r: &Request| match r.path_and_query.contains("utm_source") {
                    true => Reply::redirect(301, "/"),
                    false => html("/", "Shop"),
                })
            })
            .edit_site("www.shop.test", |s| s.http(to("www.shop.test", 301))),
        ),
        (
            "a slash is added with the query",
            apex(|s| {
                s.get("/about", |r: &Request| {
                    Reply::redirect(308, r.path_and_query.replacen("/about", "/about/", 1))
                })
                .get("/about/", html("/about/", "About us"))
            }),
        ),
        (
            "an application that leads on when it is told to",
            apex(|s| s.get("/", Reply::html(
                "<title>Shop</title><link rel=canonical href=https://shop.test/><div id=app></div>
                 <script>function logout() { fetch('/out').then(() => { location.replace('/login') }) }
                 document.addEventListener('click', e => { if (e.target.id == 'buy') { window.location.href = '/cart' } });
                 const go = () => location.assign('/x');</script>"))),
        ),
        (
            "an application in a bundle",
            apex(|s| s.get("/", Reply::html(
                "<title>Shop</title><link rel=canonical href=https://shop.test/><div id=root></div>
                 <script>window.__routes = {login: function(){location.replace('/login')}}</script>
                 <script type=module src=/assets/index-4f2a.js></script>"))),
        ),
        (
            "data that speak of location",
            apex(|s| s.get("/", Reply::html(
                "<title>Shop</title><link rel=canonical href=https://shop.test/><p>Hello
                 <script type=application/json>{\"x\": \"location = '/nowhere'\"}</script>
                 <script type=application/ld+json>{\"location\": \"location.href='/x'\"}</script>
                 <script>// location.href = '/old'
                 /* location = '/older' */ var s = \"location.href = '/x'\";</script>"))),
        ),
        (
            "a page that counts down",
            apex(|s| s.get("/about", Reply::html(
                "<title>Your download</title><link rel=canonical href=https://shop.test/about>
                 <meta http-equiv=refresh content='5; url=/file.zip'>
                 <h1>Your download</h1><p>Your download begins in five seconds. If it does not, please use
                 the link below, or write to us and we shall send it to you as soon as we can. Thank you
                 for using the shop, and do come again.<a href=/file.zip>Download</a>"))),
        ),
        (
            "a page that is renewed",
            apex(|s| s.get("/", page("Shop", "<meta http-equiv=refresh content='5'><link rel=canonical href=https://shop.test/>"))),
        ),
        (
            "a sitemap index with all sorts",
            apex(|s| s
                .get("/robots.txt", Reply::text("User-agent: *\nAllow: /\n\nSITEMAP: https://shop.test/index.xml\nSitemap: https://cdn.maps.test/shop.xml"))
                .get("/sitemap.xml", Reply::status(404))
                .get("/index.xml", Reply::status(200).header("content-type", "text/xml").body(
                    "<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>
                     <sitemap><loc>https://shop.test/pages.xml</loc></sitemap>
                     <sitemap><loc>https://shop.test/more.xml.gz</loc></sitemap></sitemapindex>".to_owned()))
                .get("/pages.xml", sitemap("https://shop.test/blog"))),
        ),
        (
            "a sitemap of all languages",
            apex(|s| s.get("/sitemap.xml", sitemap("https://de.shop.test/"))),
        ),
        (
            "a sitemap with a page for members",
            apex(|s| s.get("/sitemap.xml", sitemap("https://shop.test/members")).get("/members", Reply::status(403))),
        ),
        ("HSTS with spaces and an end", apex(|s| s.https_header(HSTS, " max-age = 63072000 ;includesubdomains; "))),
        ("HSTS quoted", apex(|s| s.https_header(HSTS, "max-age=\"31536000\"; includeSubDomains"))),
        ("HSTS twice the same", apex(|s| s.without_https_header(HSTS).get("/", html("/", "Shop").header(HSTS, YEARS).header(HSTS, YEARS)))),
        ("HSTS with a word of the future", apex(|s| s.https_header(HSTS, "max-age=63072000; includeSubDomains; report-uri=\"https://x.test/;a\""))),
        (
            "HSTS ready for the list",
            apex(|s| s.https_header(HSTS, "max-age=63072000; includeSubDomains; preload")),
        ),
        (
            "HSTS for the domain alone, and for www",
            apex(|s| s.https_header(HSTS, "max-age=31536000")).edit_site("www.shop.test", |s| s.https_header(HSTS, "max-age=31536000")),
        ),
        (
            "a long page for each thing that is not there",
            apex(|s| s.fallback(|r: &Request| page("404", &format!("<p>{} is not here", r.path())).with_status(410))),
        ),
        (
            "capitals are led to small letters, slashes taken away",
            apex(|s| s.fallback(|r: &Request| {
                let small = r.path().to_ascii_lowercase();
                let plain = small.trim_end_matches('/').to_owned();
                match plain != r.path() && ["/about", "/blog", "/login"].contains(&plain.as_str()) {
                    true => Reply::redirect(308, plain),
                    false => page("Not found", "").with_status(404),
                }
            })),
        ),
        (
            "a page for members",
            apex(|s| s.get("/login", Reply::status(401).header("www-authenticate", "Basic realm=x"))),
        ),
        (
            "what is moved to a foreign shop",
            apex(|s| s.get("/old", Reply::redirect(301, "https://books.other.test/shop")))
                .site(Site::new("books.other.test").fallback(Reply::status(403))),
        ),
        (
            "next leads to pages of the shop only",
            apex(|s| s.get("/login", |r: &Request| {
                match r.path_and_query.contains("next=") {
                    true => Reply::redirect(302, "/"),
                    false => html("/login", "Sign in"),
                }
            })),
        ),
        (
            "the whole query goes along to the login",
            apex(|s| s.get("/login", |r: &Request| {
                match r.path_and_query.split_once('?') {
                    Some((_, query)) if !query.contains("from=") => Reply::redirect(302, format!("/login?from=x&{query}")),
                    _ => html("/login", "Sign in"),
                }
            })),
        ),
    ])
    .await;
}
