//! Time, order, politeness, and the check as a whole.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lr_core::{Check, Context, Event, Limits, Observer, Verdict};
use lr_lab::{Lab, Reply, Request, Site, in_one_of_three_looks};
use lr_latency::{Endpoint, LatencyCheck, LatencyConfig, Stopped, Summary, inspect};

use crate::{URL, assert_accounted, judged, lab, measure, millis, open, sampling, shop, verdict};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_when_it_is_told_to_slow_down() {
    in_one_of_three_looks(|| async {
        let too_many = Reply::status(429).header("retry-after", "120");
        let lab = lab(shop(move |request: &Request| match request.count {
            0..8 => Reply::text("x"),
            _ => too_many.clone(),
        }))
        .await;
        let seen = measure(&lab.context(), Endpoint::new(URL), sampling(100, 2)).await;
        assert_eq!(seen.stopped, Some(Stopped::RateLimited { retry_after: Some("120".into()) }));
        assert!(seen.attempted <= 10, "{seen:#?}");
        assert_eq!(lab.requests().len() as u64, seen.attempted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_when_most_requests_fail() {
    in_one_of_three_looks(|| async {
        let half = lab(shop(|request: &Request| match request.count % 2 {
            0 => Reply::text("x"),
            _ => Reply::status(500),
        }))
        .await;
        let seen = measure(&half.context(), Endpoint::new(URL), sampling(500, 4)).await;
        assert_eq!(seen.stopped, Some(Stopped::Errors));
        assert!((20..=30).contains(&seen.attempted), "{}", seen.attempted);

        let all = lab(shop(Reply::status(503))).await;
        let seen = measure(&all.context(), Endpoint::new(URL), sampling(500, 4)).await;
        assert_eq!(seen.stopped, Some(Stopped::Errors));
        assert!((8..=15).contains(&seen.attempted), "{}", seen.attempted);
        let run = judged(&seen);
        assert_eq!(*verdict(&run, "latency/no-errors"), Verdict::Fail);
        assert_eq!(*verdict(&run, "latency/reachable"), Verdict::Pass);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endpoints_share_the_time_and_keep_their_order() {
    in_one_of_three_looks(|| async {
        let lab = Lab::builder()
            .site(shop(Reply::text("x").after(millis(10))).get("/stuck", Reply::silence()))
            .site(Site::new("api.test").get("/", Reply::text("x")))
            .start()
            .await
            .unwrap();
        let urls = ["https://shop.test/stuck", "https://api.test/", URL];
        let endpoints = urls.map(|url| Endpoint::new(url).budget_ms(100));
        let config = LatencyConfig::new(endpoints).sampling(sampling(40, 4));
        let started = Instant::now();
        let cx = lab.context().with_time_left(millis(3000));
        let snapshot = inspect(&config, &cx).await.unwrap();
        assert!(started.elapsed() < millis(10_000));
        let order: Vec<_> = snapshot.endpoints.iter().map(|seen| seen.url.as_str()).collect();
        assert_eq!(order, urls);
        snapshot.endpoints.iter().for_each(assert_accounted);
        let ok: Vec<_> = snapshot.endpoints.iter().map(|seen| seen.ok).collect();
        assert_eq!(ok, [0, 40, 40]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_in_flight_than_allowed() {
    in_one_of_three_looks(|| async {
        let lab = lab(shop(Reply::text("x").after(millis(5)))).await;
        let seen = measure(&lab.context(), Endpoint::new(URL), sampling(200, 10)).await;
        assert_eq!((seen.ok, seen.connections.opened), (200, 10));
        // By default, however many come.
        let seen = measure(&lab.context(), Endpoint::new(URL), open(400, 20_000)).await;
        assert_eq!((seen.ok, seen.connections.opened), (400, 20));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_keep_their_distance() {
    in_one_of_three_looks(|| async {
        let lab = lab(shop(|request: &Request| {
            Reply::text("x").after(millis(if request.count == 5 { 150 } else { 0 }))
        }))
        .await;
        // One worker is held up; what it misses meanwhile is not made up for.
        let seen =
            measure(&lab.context(), Endpoint::new(URL), sampling(30, 1).per_second(100)).await;
        assert_eq!(seen.ok, 30);
        let starts: Vec<_> = lab.requests().iter().map(|request| request.at).collect();
        assert!(starts[29] - starts[0] >= millis(400), "{starts:?}");
    })
    .await;
}

#[derive(Default)]
struct Watching(Mutex<Vec<(u64, Option<u64>)>>);

impl Observer for Watching {
    fn event(&self, event: &Event<'_>) {
        if let Event::Progress { check: "latency", done, total, .. } = event {
            self.0.lock().unwrap().push((*done, *total));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_check_reports_progress_and_replays_to_the_same_verdicts() {
    let lab = lab(shop(Reply::text("x"))).await;
    let watching = Arc::new(Watching::default());
    let cx = lab.context().with_observer(Arc::clone(&watching) as Arc<dyn Observer>);
    let check = LatencyCheck::new([Endpoint::new(URL)]).with_sampling(sampling(100, 4));
    let run = lr_core::run(&check, &cx).await;
    assert!(run.error.is_none() && run.findings.is_empty(), "{run:#?}");
    assert_eq!(watching.0.lock().unwrap().iter().max(), Some(&(100, Some(100))));

    let snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
    let again = lr_core::run(&LatencyCheck::replay(snapshot), &Context::new()).await;
    assert_eq!((again.outcomes, again.data), (run.outcomes, run.data.clone()));
    let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
    let home = &summary.endpoints[0];
    assert_eq!((home.verdict.as_str(), home.slower_than_budget), ("pass", 0));
    assert!(home.remote.as_deref().unwrap().ends_with(":443"));
    let service = home.service_ms.unwrap();
    assert!(service.p50 <= service.p95 && service.p95 <= service.max);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_context_ends_it() {
    let lab = lab(shop(Reply::text("x"))).await;
    let cx = lab.context();
    cx.cancel();
    let seen = measure(&cx, Endpoint::new(URL), sampling(100, 4)).await;
    assert_eq!((seen.attempted, seen.stopped), (0, Some(Stopped::Cancelled)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_limit_is_too_large_and_no_time_too_short() {
    let lab = lab(shop(Reply::text("x"))).await;
    let mut limits = Limits::default();
    (limits.check, limits.exchange) = (Duration::MAX, Duration::from_secs(1 << 20));
    let cx = lab.context().with_limits(limits);
    let most = sampling(5, 1).duration(Duration::MAX);
    let seen = measure(&cx, Endpoint::new(URL).budget_ms(u64::MAX), most).await;
    assert_eq!((seen.attempted, seen.ok), (5, 5));

    let none = measure(&cx.with_time_left(Duration::ZERO), Endpoint::new(URL), most).await;
    assert_eq!((none.attempted, none.connections.opened), (0, 0));
    let run = judged(&none);
    let compared = |o: &lr_core::Outcome| o.rule == "latency/no-regression";
    let open = |o: &lr_core::Outcome| matches!(o.verdict, Verdict::Inconclusive { .. });
    assert!(run.outcomes.iter().all(|o| open(o) || compared(o)), "{run:#?}");
}

#[tokio::test]
async fn a_bad_configuration_is_one_clear_error() {
    let lab = lab(shop(Reply::text("x"))).await;
    let check = LatencyCheck::new([Endpoint::new(URL), Endpoint::new("shop.test/")]);
    let run = lr_core::run(&check, &lab.context()).await;
    let error = run.error.unwrap();
    assert_eq!(error.as_str(), "endpoint `shop.test/`: relative URL without a base");
    assert_eq!(check.rules().len(), run.outcomes.len());
    assert!(lab.requests().is_empty());
}
