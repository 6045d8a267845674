//! Faults of schemes, chains and targets, as others make them: other codes, other spellings, other hosts.

use lr_lab::{Port, Reply, Request, Site};

use crate::shop::{apex, at_www, at_www_apex, good, html, named, page, spelt, to, www};

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
            "a page of www is left on plain HTTP",
            www(|s| {
                s.http(|r: &Request| match r.path() {
                    "/about" => html("/about", "About us"),
                    _ => to("shop.test", 301)(r),
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
