//! Healthy hosts as others build them, and what stands before them.

use lr_lab::{Port, Reply, Request, Site};

use crate::shop::{HSTS, apex, at_www, good, good_at_www, html, page, quiet, to, www};

fn challenge(status: u16, title: &str, headers: &[(&str, &str)]) -> Reply {
    let reply = page(title, "").with_status(status);
    headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
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
