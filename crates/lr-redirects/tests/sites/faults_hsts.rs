//! Faults of HSTS, on whichever host.

use lr_lab::Request;

use crate::shop::{HSTS, YEARS, apex, at_www, at_www_apex, html, named, page, to};

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
