//! Redirects that lose or change paths and queries.

use lr_lab::{Reply, Request};

use crate::shop::{apex, at_www_apex, html, named, spelt, to, www};

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
