//! Healthy pages, scripts, sitemaps and headers that look odd.

use lr_lab::{Reply, Request, Site};

use crate::shop::{HSTS, YEARS, apex, html, page, quiet, sitemap, to};

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
