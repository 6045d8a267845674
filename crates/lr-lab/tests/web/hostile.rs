use std::io::ErrorKind;
use std::time::{Duration, Instant};

use lr_lab::{Lab, Reply, Request, Site};

use crate::client::{get, get_h2, hangs};

async fn lab() -> Lab {
    let site = Site::new("h.test")
        .get("/silence", Reply::silence())
        .get("/reset", Reply::reset())
        .get("/hang-up", Reply::hang_up())
        .get("/garbage", Reply::garbage())
        .get("/raw", Reply::raw("HTTP/1.1 301 Moved\r\nLocation: /a\r\nLocation: /b\r\n\r\n"))
        .get("/endless-headers", Reply::endless_headers())
        .get("/huge-header", Reply::huge_header(3 << 20))
        .get("/endless", Reply::endless_body())
        .get("/long", Reply::long_body(1 << 30))
        .get("/bomb", Reply::gzip_bomb(1 << 20))
        .get("/drip", Reply::drip("abc", Duration::from_millis(20)))
        .get("/late", Reply::text("late").after(Duration::from_millis(60)))
        .get("/cut", Reply::cut_short("only this"))
        .prefix("/loop/", |request: &Request| {
            Reply::redirect(302, format!("{}x", request.path_and_query))
        });
    Lab::builder().site(site).start().await.unwrap()
}

#[tokio::test]
async fn hostile_replies_over_http_1() {
    let lab = lab().await;
    for scheme in ["http", "https"] {
        let ask = |path: &str| {
            let url = format!("{scheme}://h.test/{path}");
            let lab = &lab;
            async move { get(lab, &url).await }
        };
        assert!(hangs(ask("silence")).await);
        assert_eq!(ask("reset").await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(ask("hang-up").await.unwrap(), "");
        assert!(!ask("garbage").await.unwrap().starts_with("HTTP/"));
        assert_eq!(ask("raw").await.unwrap().matches("Location").count(), 2);
        let endless = ask("endless-headers").await.unwrap();
        assert!(endless.len() > 4 << 20 && !endless.contains("\r\n\r\n"));
        assert!(ask("huge-header").await.unwrap().len() > 3 << 20);
        assert!(ask("endless").await.unwrap().contains("transfer-encoding: chunked"));
        assert!(ask("long").await.unwrap().contains("content-length: 1073741824"));
        let bomb = ask("bomb").await.unwrap();
        assert!(bomb.contains("content-encoding: gzip") && bomb.len() < 40_000, "{}", bomb.len());
        let start = Instant::now();
        assert!(ask("drip").await.unwrap().ends_with("abc"));
        assert!(start.elapsed() >= Duration::from_millis(60));
        let start = Instant::now();
        assert!(ask("late").await.unwrap().ends_with("late"));
        assert!(start.elapsed() >= Duration::from_millis(60));
        let cut = ask("cut").await.unwrap();
        assert!(cut.contains("content-length: 1009") && cut.ends_with("only this"));
        assert!(ask("loop/a").await.unwrap().contains("location: /loop/ax"));
    }
}

#[tokio::test]
async fn hostile_replies_over_http_2() {
    let lab = lab().await;
    assert!(hangs(get_h2(&lab, "h.test", "/silence")).await);
    for path in ["/reset", "/hang-up", "/garbage", "/raw", "/endless-headers", "/cut"] {
        assert!(get_h2(&lab, "h.test", path).await.is_err(), "{path}");
    }
    assert!(hangs(get_h2(&lab, "h.test", "/endless")).await);
    let (head, body) = get_h2(&lab, "h.test", "/bomb").await.unwrap();
    assert!(head.headers["content-encoding"] == "gzip" && body.len() < 20_000);
    let (_, body) = get_h2(&lab, "h.test", "/drip").await.unwrap();
    assert_eq!(&body[..], b"abc");
}

#[tokio::test]
async fn an_endless_body_is_made_no_faster_than_it_is_read() {
    let lab = lab().await;
    let mut stream = crate::client::connect(&lab, "h.test", 80).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(
        &mut stream,
        b"GET /endless HTTP/1.1\r\nHost: h.test\r\n\r\n",
    )
    .await
    .unwrap();
    // The lab waits for this client, and serves others meanwhile.
    assert!(get(&lab, "http://h.test/drip").await.unwrap().ends_with("abc"));
    drop(stream);
}
