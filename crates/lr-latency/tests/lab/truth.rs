//! What is measured is what the server does.

use std::sync::{Arc, Mutex};

use lr_core::Verdict;
use lr_lab::{Lab, Reply, Request, Site, in_one_of_three_looks};
use lr_latency::{Endpoint, FailKind};

use crate::{URL, judged, lab, measure, median_ms, millis, p95_ms, sampling, shop, verdict};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_constant_delay_is_found_over_both_versions_of_http() {
    in_one_of_three_looks(|| async {
        let answer = || Reply::text("hello").after(millis(20));
        for (site, http) in [(shop(answer()).http1_only(), "1.1"), (shop(answer()), "2")] {
            let lab = lab(site).await;
            let seen = measure(&lab.context(), Endpoint::new(URL), sampling(100, 4)).await;
            assert_eq!((seen.attempted, seen.ok), (100, 100));
            assert_eq!(seen.connections.http.as_deref(), Some(http));
            assert_eq!(seen.connections.tls.as_deref(), Some("1.3"));
            assert_eq!((seen.connections.opened, seen.connections.reopened), (4, 0));
            let (p50, p95) = (median_ms(&seen.service_us), p95_ms(&seen));
            assert!((20.0..100.0).contains(&p50), "p50 {p50}");
            assert!((20.0..500.0).contains(&p95), "p95 {p95}");
            assert_eq!(lab.requests().len(), 100);
            assert_eq!(lab.connections().len(), 4);
            assert_eq!(*verdict(&judged(&seen), "latency/within-budget"), Verdict::Pass);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_in_eight_slow_is_seen_in_p95_and_fails_the_budget() {
    in_one_of_three_looks(|| async {
        let lab = lab(shop(|request: &Request| {
            Reply::text("x").after(millis(if request.count % 8 == 7 { 200 } else { 5 }))
        }))
        .await;
        let seen =
            measure(&lab.context(), Endpoint::new(URL).budget_ms(150), sampling(160, 8)).await;
        assert!((5.0..100.0).contains(&median_ms(&seen.service_us)), "{seen:#?}");
        assert!((200.0..1000.0).contains(&p95_ms(&seen)), "{}", p95_ms(&seen));
        assert!((20..60).contains(&seen.slow), "{}", seen.slow);
        assert_eq!(*verdict(&judged(&seen), "latency/within-budget"), Verdict::Fail);
        assert_eq!(*verdict(&judged(&seen), "latency/no-errors"), Verdict::Pass);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_percent_of_errors_is_counted_exactly_and_stays_unclear() {
    let lab = lab(shop(|request: &Request| match request.count % 100 {
        42 => Reply::status(500),
        _ => Reply::text("x"),
    }))
    .await;
    let seen = measure(&lab.context(), Endpoint::new(URL), sampling(300, 4)).await;
    assert_eq!(seen.failed, [(FailKind::Status(500), 3)].into());
    assert_eq!(seen.answered, 300);
    let run = judged(&seen);
    assert!(matches!(verdict(&run, "latency/no-errors"), Verdict::Inconclusive { .. }));
    assert_eq!(*verdict(&run, "latency/within-budget"), Verdict::Pass);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_keep_alive_costs_a_connection_each_time() {
    let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    let lab = lab(shop(Reply::raw(bytes)).http1_only()).await;
    let seen = measure(&lab.context(), Endpoint::new(URL), sampling(20, 2)).await;
    assert_eq!((seen.ok, seen.failed_in_all()), (20, 0));
    // The second worker may find that the first one's connection has ended.
    assert_eq!(seen.connections.opened, 20);
    assert!((18..=19).contains(&seen.connections.reopened), "{seen:#?}");
    assert_eq!(seen.total_us.count(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phases_are_what_the_distance_makes_them() {
    in_one_of_three_looks(|| async {
        let rtt = millis(40);
        for (site, http) in
            [(shop(Reply::text("x")).http1_only(), "1.1"), (shop(Reply::text("x")), "2")]
        {
            let lab = Lab::builder().site(site).rtt(rtt).start().await.unwrap();
            let seen = measure(&lab.context(), Endpoint::new(URL), sampling(20, 4)).await;
            let connections = &seen.connections;
            assert_eq!(connections.http.as_deref(), Some(http));
            // Every round trip is late by as much as the machine is busy, and never early.
            let near = |ms: f64, rtts: f64| (rtts * 40.0 - 1.0..rtts * 200.0).contains(&ms);
            // Those who come while one is under way wait for the rest of it.
            let dns = connections.dns_us.max_us().unwrap() as f64 / 1000.0;
            assert!(near(dns, 1.0), "dns {dns}");
            // The lab charges the round trip of TCP to the first bytes on the connection.
            let shaking = median_ms(&connections.connect_us) + median_ms(&connections.tls_us);
            assert!(near(shaking, 2.0), "connect and tls {shaking}");
            let first_byte = median_ms(&seen.first_byte_us);
            assert!(near(first_byte, 1.0), "first byte {first_byte}");
            let total = median_ms(&seen.total_us);
            assert!(near(total, 4.0), "total {total}");
            assert_eq!(lab.queries().len(), 2, "no question is asked twice");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses_are_held_against_what_is_expected() {
    let site = shop(Reply::redirect(302, "/elsewhere")).get("/private", Reply::status(401));
    let lab = lab(site).await;
    let cx = lab.context();
    let redirect = measure(&cx, Endpoint::new(URL), sampling(10, 2)).await;
    assert_eq!((redirect.ok, lab.requests().iter().filter(|r| r.path != "/").count()), (10, 0));
    let private = || Endpoint::new("https://shop.test/private");
    let wanted = measure(&cx, private().expect_status(401), sampling(10, 2)).await;
    assert_eq!(wanted.ok, 10);
    let unwanted = measure(&cx, private(), sampling(5, 2)).await;
    assert_eq!(unwanted.failed, [(FailKind::Status(401), 5)].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_configured_is_what_is_sent() {
    let sent: Arc<Mutex<Vec<Request>>> = Arc::default();
    let kept = Arc::clone(&sent);
    let lab = lab(Site::new("shop.test").fallback(move |request: &Request| {
        kept.lock().unwrap().push(request.clone());
        Reply::status(201)
    }))
    .await;
    let endpoint = Endpoint::new("http://u:p@shop.test/orders?x=1#y")
        .method("POST")
        .may_change()
        .header("authorization", "Bearer open-sesame")
        .body("{}");
    let seen = measure(&lab.context(), endpoint, sampling(1, 1)).await;
    assert_eq!((seen.ok, seen.url.as_str()), (1, "http://shop.test/orders?x=1"));
    assert_eq!((seen.connections.tls, seen.connections.http), (None, Some("1.1".into())));
    let sent = sent.lock().unwrap();
    let request = &sent[0];
    assert_eq!((request.method.as_str(), request.path_and_query.as_str()), ("POST", "/orders?x=1"));
    assert_eq!(request.header("authorization"), Some("Bearer open-sesame"));
    assert_eq!(request.header("content-length"), Some("2"));
    assert!(request.header("user-agent").unwrap().starts_with("launch-ready/"));
}
