//! Faults in what pages say of themselves, and in how many URLs they have.

use lr_lab::{Launch, Reply, Request};

use crate::shop::{apex, at_www, html, named, page, sitemap, to, www};

/// Pages of the shop with something in their head.
fn everywhere(head: &'static str) -> Launch {
    apex(move |site| {
        site.get("/", page("Shop", head))
            .get("/about", page("About us", head))
            .get("/blog", page("Blog", head))
            .get("/login", page("Sign in", head))
    })
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
            "hreflang to what is gone",
            everywhere(
                "<link rel=alternate hreflang=en href=https://shop.test/>
                 <link rel=alternate hreflang=de href=https://shop.test/gone>",
            ),
            "page-urls-agree @ shop.test #hreflang",
        ),
        (
            "og:url at a redirect",
            everywhere("<meta property=og:url content=/old>"),
            "page-urls-agree @ shop.test #og:url",
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
