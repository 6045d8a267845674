//! The open schedule: what comes while a server is busy waits, and is counted.

use lr_core::Verdict;
use lr_lab::{Reply, Request, in_one_of_three_looks};
use lr_latency::{Arrivals, Endpoint, Mode, Stopped};

use crate::{URL, judged, lab, measure, millis, open, sampling, shop, verdict};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_is_seen_by_those_who_come_meanwhile_in_open_mode_alone() {
    in_one_of_three_looks(|| async {
        // One request takes 600 ms, and all that come meanwhile wait for the one connection.
        let stalling = |request: &Request| {
            Reply::text("x").after(millis(if request.count == 10 { 600 } else { 1 }))
        };
        let server = lab(shop(stalling)).await;
        let sampling = open(60, 100).concurrency(1);
        let seen = measure(&server.context(), Endpoint::new(URL).budget_ms(150), sampling).await;
        assert_eq!((seen.attempted, seen.ok), (60, 60));
        let late = |times: &lr_latency::Histogram| -> u64 {
            times.iter().filter(|(us, _)| *us > 150_000).map(|(_, count)| count).sum()
        };
        // About 45 of them come more than 150 ms before it ends; a busy machine adds to both.
        let (service, response) = (late(&seen.service_us), late(&seen.response_us));
        assert!(service >= 1 && response >= 20 && response >= 4 * service, "{service} {response}");
        // The histogram rounds up by up to a thousandth.
        assert!(late(&seen.response_us).abs_diff(seen.slow) <= 1);
        let run = judged(&seen);
        assert_eq!(*verdict(&run, "latency/within-budget"), Verdict::Fail, "{run:#?}");
        assert!(run.findings[0].detail.as_str().contains("could not keep up with 100 requests"));

        let server = lab(shop(stalling)).await;
        let closed = sampling.mode(Mode::Closed);
        let seen = measure(&server.context(), Endpoint::new(URL).budget_ms(150), closed).await;
        assert_eq!(late(&seen.service_us), late(&seen.response_us));
        assert!((1..10).contains(&late(&seen.service_us)), "{seen:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_flight_at_the_end_is_awaited() {
    in_one_of_three_looks(|| async {
        let server = lab(shop(|request: &Request| {
            Reply::text("x").after(millis(if request.count % 10 == 9 { 700 } else { 1 }))
        }))
        .await;
        let sampling = open(1000, 100).duration(millis(300));
        let seen = measure(&server.context(), Endpoint::new(URL), sampling).await;
        assert_eq!((seen.attempted, seen.ok, seen.unfinished), (30, 30, 0));
        let slowest = seen.service_us.max_us().unwrap();
        assert!((700_000..1_500_000).contains(&slowest), "{slowest}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_never_sent_is_counted_and_named() {
    in_one_of_three_looks(|| async {
        let server = lab(shop(Reply::silence())).await;
        let cx = server.context().with_time_left(millis(800));
        let sampling = open(50, 100).concurrency(2);
        let seen = measure(&cx, Endpoint::new(URL).budget_ms(100), sampling).await;
        // Those that were scheduled before the time of the last start.
        assert!(seen.attempted > 40 && seen.ok == 0, "{seen:#?}");
        assert_eq!((seen.unfinished, seen.unsent), (seen.attempted, seen.attempted - 2));
        assert_eq!(seen.unfinished_slow, seen.unfinished, "{seen:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_to_slow_down_is_left_alone_with_the_rest_of_the_schedule() {
    in_one_of_three_looks(|| async {
        let server = lab(shop(Reply::status(429))).await;
        let seen = measure(&server.context(), Endpoint::new(URL), open(500, 200)).await;
        assert_eq!(seen.stopped, Some(Stopped::RateLimited { retry_after: None }));
        assert!(seen.attempted < 20 && seen.unsent == 0, "{seen:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_opened_as_they_are_needed() {
    in_one_of_three_looks(|| async {
        let server = lab(shop(Reply::text("x"))).await;
        let sampling = open(60, 50).arrivals(Arrivals::Poisson).seed(3);
        let seen = measure(&server.context(), Endpoint::new(URL), sampling).await;
        assert_eq!((seen.attempted, seen.ok), (60, 60));
        assert!(seen.connections.opened <= 10, "{seen:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_must_contain_what_was_expected() {
    let site = shop(Reply::text("welcome to the shop")).get("/empty", Reply::text("sorry"));
    let server = lab(site).await;
    let cx = server.context();
    let wanted = |url: &str| Endpoint::new(url).contains("the shop");
    let seen = measure(&cx, wanted(URL), sampling(5, 1)).await;
    assert_eq!((seen.ok, seen.failed_in_all()), (5, 0));
    let seen = measure(&cx, wanted("https://shop.test/empty"), sampling(5, 1)).await;
    assert_eq!(seen.failed, [(lr_latency::FailKind::Content, 5)].into());
}
