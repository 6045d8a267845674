//! Servers that break, lie, stall or are not there.

use std::time::Instant;

use lr_core::{CheckRun, Limits, Verdict};
use lr_lab::{
    Certificate, Fault, Lab, LabBuilder, Port, Reply, Request, Zone, in_one_of_three_looks,
};
use lr_latency::{Endpoint, FailKind, Measurement, Stopped};

use crate::{URL, judged, lab, measure, millis, sampling, shop, verdict};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_are_neither_retried_nor_hidden() {
    for (site, fault) in [
        (shop(every_tenth(Reply::reset())).http1_only(), "reset"),
        (shop(every_tenth(Reply::hang_up())).http1_only(), "hang up"),
        (shop(every_tenth(Reply::cut_short("half"))).http1_only(), "cut short"),
        (shop(every_tenth(Reply::reset())), "stream reset"),
    ] {
        let lab = lab(site).await;
        let seen = measure(&lab.context(), Endpoint::new(URL), sampling(100, 4)).await;
        assert_eq!(seen.failed, [(FailKind::BrokenOff, 10)].into(), "{fault}");
        assert_eq!(lab.requests().len(), 100, "{fault}: each was sent once");
        // The last one of a worker needs no new connection after it.
        assert!((6..=10).contains(&seen.connections.reopened), "{fault}: {seen:#?}");
        assert_eq!(*verdict(&judged(&seen), "latency/no-errors"), Verdict::Fail);
    }
}

fn every_tenth(reply: Reply) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |request| match request.count % 10 {
        5 => reply.clone(),
        _ => Reply::text("x"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_server_is_slow_and_the_deadline_is_kept() {
    in_one_of_three_looks(|| async {
        let lab = lab(shop(Reply::silence())).await;
        let cx = lab.context().with_time_left(millis(600));
        let started = Instant::now();
        let seen = measure(&cx, Endpoint::new(URL).budget_ms(200), sampling(100, 4)).await;
        assert!(started.elapsed() < millis(3000), "{:?}", started.elapsed());
        assert_eq!((seen.attempted, seen.unfinished, seen.unfinished_slow), (4, 4, 4), "{seen:#?}");
        let run = judged(&seen);
        assert_eq!(*verdict(&run, "latency/within-budget"), Verdict::Fail);
        assert!(matches!(verdict(&run, "latency/no-errors"), Verdict::Inconclusive { .. }));
        assert!(matches!(verdict(&run, "latency/reachable"), Verdict::Inconclusive { .. }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_leaves_unfinished_requests() {
    in_one_of_three_looks(|| async {
        let lab = lab(shop(|request: &Request| match request.count {
            0..40 => Reply::text("x").after(millis(2)),
            _ => Reply::silence(),
        }))
        .await;
        let cx = lab.context().with_time_left(millis(500));
        let seen = measure(&cx, Endpoint::new(URL).budget_ms(100), sampling(100, 4)).await;
        assert_eq!((seen.attempted, seen.ok), (44, 40));
        assert_eq!((seen.unfinished, seen.unfinished_slow), (4, 4));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_had_its_time_has_failed() {
    in_one_of_three_looks(|| async {
        let lab = lab(shop(Reply::silence())).await;
        let mut limits = Limits::default();
        limits.exchange = millis(150);
        let cx = lab.context().with_limits(limits);
        let seen = measure(&cx, Endpoint::new(URL).budget_ms(100), sampling(100, 4)).await;
        // Who is first to give up may begin another request before the last one does.
        assert_eq!(seen.failed.keys().collect::<Vec<_>>(), [&FailKind::Timeout], "{seen:#?}");
        assert!((4..=7).contains(&seen.attempted), "{seen:#?}");
        assert_eq!(seen.stopped, Some(Stopped::Errors));
        let run = judged(&seen);
        assert_eq!(*verdict(&run, "latency/no-errors"), Verdict::Fail);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_server_does_every_request_is_accounted_for() {
    let replies = [
        Reply::text("x"),
        Reply::reset(),
        Reply::text("x").after(millis(3)),
        Reply::status(500),
        Reply::text("x"),
        Reply::hang_up(),
        Reply::text("x"),
        Reply::cut_short("half"),
        Reply::garbage(),
        Reply::text("x"),
        Reply::drip("drop by drop", millis(40)),
        Reply::text("x"),
        Reply::silence(),
        Reply::endless_headers(),
    ];
    for (first, h1) in [(0, true), (5, true), (9, true), (0, false), (7, false)] {
        // A machine that stands still may leave no time for a single answer.
        for patience in [1, 4, 16] {
            let replies = replies.clone();
            let site = shop(move |request: &Request| {
                replies[(first + request.count as usize) % replies.len()].clone()
            });
            let lab = lab(if h1 { site.http1_only() } else { site }).await;
            let mut limits = Limits::default();
            limits.exchange = millis(80) * patience;
            let cx = lab.context().with_limits(limits).with_time_left(millis(300) * patience);
            let seen = measure(&cx, Endpoint::new(URL).budget_ms(50), sampling(60, 5)).await;
            // Each was sent once at most; some had no connection to be sent on.
            assert!(lab.requests().len() as u64 <= seen.attempted, "{seen:#?}");
            if seen.attempted >= 5 && seen.ok > 0 && seen.failed_in_all() > 0 {
                break;
            }
            assert!(patience < 16, "{seen:#?}");
        }
    }
}

async fn obstructed(builder: LabBuilder, url: &str) -> (Measurement, CheckRun) {
    let lab = builder.start().await.unwrap();
    let mut limits = Limits::default();
    limits.exchange = millis(200);
    let cx = lab.context().with_limits(limits);
    let endpoint = Endpoint::new(url).budget_ms(100);
    let seen = measure(&cx, endpoint, sampling(100, 4).duration(millis(100))).await;
    let run = judged(&seen);
    (seen, run)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_cannot_be_reached_fails_by_facts_alone() {
    in_one_of_three_looks(|| async {
        let site = || shop(Reply::text("x"));
        let zone = || Zone::new("shop.test").records("@ A 11.1.2.3\nhere A 127.0.0.1");
        for (builder, url, kind, fails) in [
            (Lab::builder().zone(zone()), "https://no.shop.test/", FailKind::NoAddress, true),
            (Lab::builder().zone(zone()), URL, FailKind::Refused, true),
            (
                Lab::builder().site(site().certificate(Certificate::expired())),
                URL,
                FailKind::Certificate,
                true,
            ),
            (Lab::builder().zone(zone()), "https://here.shop.test/", FailKind::Forbidden, false),
            (
                Lab::builder().zone(
                    zone().name_fault("shop.test", "A", Fault::ServFail).name_fault(
                        "shop.test",
                        "AAAA",
                        Fault::ServFail,
                    ),
                ),
                URL,
                FailKind::Dns,
                false,
            ),
            (
                Lab::builder().site(site().https_port(Port::Silent)),
                URL,
                FailKind::ConnectTimeout,
                false,
            ),
        ] {
            let (seen, run) = obstructed(builder, url).await;
            assert_eq!(seen.failed.keys().collect::<Vec<_>>(), [&kind], "{seen:#?}");
            assert_eq!(
                *verdict(&run, "latency/reachable") == Verdict::Fail,
                fails,
                "{kind}: {run:#?}"
            );
            for rule in ["latency/no-errors", "latency/within-budget"] {
                assert!(
                    matches!(verdict(&run, rule), Verdict::Inconclusive { .. }),
                    "{kind}: {rule}"
                );
            }
        }
    })
    .await;
}
