//! Redirects that an application chooses: languages, logins, countries, consents.

use lr_lab::{Launch, Reply, Request, Site};

use crate::shop::{HSTS, YEARS, apex, html, page, quiet, to};

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

/// Every path but the login leads to the login.
fn walled(status: u16) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |r| Reply::redirect(status, format!("/login?next={}", r.path().replace('/', "%2F")))
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
