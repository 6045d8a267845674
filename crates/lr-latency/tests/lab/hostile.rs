//! Servers that lie, drip and never end: each is bounded, and named.

use std::time::Instant;

use lr_core::{Limits, Verdict};
use lr_lab::{Reply, Request, Site, in_one_of_three_looks};
use lr_latency::{Endpoint, FailKind, Measurement, Stopped};

use crate::{URL, judged, lab, measure, millis, sampling, shop, verdict};

/// Four requests at once, for which there is so much time each.
async fn asked(site: Site, exchange_ms: u64) -> Measurement {
    let server = lab(site).await;
    let mut limits = Limits::default();
    (limits.exchange, limits.body_bytes) = (millis(exchange_ms), 256 << 10);
    let cx = server.context().with_limits(limits);
    let started = Instant::now();
    let seen = measure(&cx, Endpoint::new(URL).budget_ms(100), sampling(4, 4)).await;
    // Waiting for other tests included; what is at stake is that it ends at all.
    assert!(started.elapsed() < millis(60_000));
    seen
}

async fn assert_named(site: Site, kind: FailKind) -> Measurement {
    let seen = asked(site, 2000).await;
    assert_eq!(seen.failed, [(kind, 4)].into(), "{seen:#?}");
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_drips_runs_out_of_time() {
    in_one_of_three_looks(|| async {
        let site = shop(Reply::drip("drop by drop", millis(1000))).http1_only();
        let seen = asked(site, 300).await;
        assert_eq!(seen.failed, [(FailKind::Timeout, 4)].into(), "{seen:#?}");
        assert!(seen.answered > 0, "what drips has answered all the same");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_end_is_cut() {
    in_one_of_three_looks(|| async {
        for reply in [Reply::endless_headers(), Reply::huge_header(1 << 20)] {
            let seen = assert_named(shop(reply).http1_only(), FailKind::Protocol).await;
            assert_eq!(seen.answered, 0);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_is_named_so() {
    assert_named(shop(Reply::garbage()).http1_only(), FailKind::Protocol).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_lengths_are_named() {
    let raw = |fields: &str, body: &str| {
        shop(Reply::raw(format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{body}"))).http1_only()
    };
    assert_named(raw("Content-Length: 50", "too short"), FailKind::BrokenOff).await;
    assert_named(raw("Content-Length: 5\r\nContent-Length: 6", "hello"), FailKind::Protocol).await;
    assert_named(raw("Content-Length: -1", ""), FailKind::Protocol).await;
    assert_named(raw("Transfer-Encoding: chunked", "zz\r\nhello"), FailKind::Protocol).await;
    assert_named(raw("Transfer-Encoding: chunked", "5\r\nhel"), FailKind::BrokenOff).await;
    let huge = "FFFFFFFFFFFFFFFFFF\r\nhello";
    assert_named(raw("Transfer-Encoding: chunked", huge), FailKind::Protocol).await;

    // What comes after the end of an answer belongs to no other one.
    let seen = asked(raw("Content-Length: 5", "hello and more"), 2000).await;
    assert_eq!((seen.ok, seen.connections.opened), (4, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_gigabytes_are_cut_and_named() {
    in_one_of_three_looks(|| async {
        for site in [shop(Reply::long_body(10 << 30)).http1_only(), shop(Reply::endless_body())] {
            let seen = asked(site, 5000).await;
            assert_eq!(
                seen.stopped,
                Some(Stopped::TooLarge { limit_bytes: 256 << 10 }),
                "{seen:#?}"
            );
            assert!(seen.unfinished > 0 && seen.ok == 0 && seen.failed.is_empty(), "{seen:#?}");
            let run = judged(&seen);
            let Verdict::Inconclusive { reason, .. } = verdict(&run, "latency/within-budget")
            else {
                panic!("{run:#?}")
            };
            assert!(reason.as_str().contains("longer than 262144 bytes"), "{reason}");
            assert_eq!(*verdict(&run, "latency/reachable"), Verdict::Pass);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_redirects_are_not_followed() {
    let server = lab(Site::new("shop.test").prefix("/", |request: &Request| {
        let hop: u32 = request.path().trim_start_matches('/').parse().unwrap_or(0);
        Reply::redirect(302, format!("/{}", (hop + 1) % 1000))
    }))
    .await;
    let seen = measure(&server.context(), Endpoint::new(URL), sampling(20, 4)).await;
    assert_eq!((seen.ok, seen.redirects), (20, 20));
    assert!(server.requests().iter().all(|request| request.path == "/"));
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

const SETTINGS: u8 = 4;
const HEADERS: u8 = 1;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_http2_is_named() {
    let settings = frame(SETTINGS, 0, 0, &[]);
    let after = |frame: Vec<u8>| [settings.clone(), frame].concat();
    let lost = |reply: Vec<u8>| shop(Reply::text("x")).http2_bytes(reply, false);
    for (what, bytes) in [
        ("the other version", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
        ("no compressed fields", after(frame(HEADERS, 4, 1, &[0xff; 40]))),
        ("an answer nobody asked for", after(frame(HEADERS, 4, 2, &[0x88]))),
        ("a frame that is too long", after(frame(0, 0, 1, &[0; 40_000]))),
        ("settings of a stream", frame(SETTINGS, 0, 3, &[])),
    ] {
        let seen = asked(lost(bytes), 2000).await;
        assert_eq!(seen.failed, [(FailKind::Protocol, 4)].into(), "{what}: {seen:#?}");
    }
    let leave = [0u32.to_be_bytes(), 11u32.to_be_bytes()].concat();
    let seen = asked(lost(after(frame(GOAWAY, 0, 0, &leave))), 2000).await;
    assert_eq!(seen.failed, [(FailKind::BrokenOff, 4)].into(), "{seen:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_without_end_runs_out_of_time_or_patience() {
    in_one_of_three_looks(|| async {
        let pings = frame(PING, 0, 0, &[7; 8]).repeat(500);
        let settings = frame(SETTINGS, 0, 0, &[]);
        for bytes in [pings, settings.repeat(500)] {
            let begun = [settings.clone(), bytes].concat();
            let seen = asked(shop(Reply::text("x")).http2_bytes(begun, true), 400).await;
            assert_eq!((seen.ok, seen.failed_in_all() + seen.unfinished), (0, 4), "{seen:#?}");
        }
        let seen = asked(shop(Reply::silence()), 300).await;
        assert_eq!(seen.failed, [(FailKind::Timeout, 4)].into());
    })
    .await;
}
