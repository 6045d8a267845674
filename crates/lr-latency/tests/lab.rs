//! Measurements of servers whose truth is known, over real sockets.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lr_core::{Check, CheckRun, Context, Event, Limits, Observer, Verdict};
use lr_lab::{Certificate, Fault, Lab, LabBuilder, Port, Reply, Request, Site, Zone};
use lr_latency::{
    Endpoint, FailKind, LatencyCheck, LatencyConfig, Measurement, Policy, RULES, Sampling, Stopped,
    Summary, inspect, judge,
};

const URL: &str = "https://shop.test/";

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

async fn lab(site: Site) -> Lab {
    Lab::builder().site(site).start().await.unwrap()
}

fn shop(answer: impl lr_lab::Answers) -> Site {
    Site::new("shop.test").get("/", answer)
}

/// Measures one endpoint and holds the accounting to its identity.
async fn measure(cx: &Context, endpoint: Endpoint, sampling: Sampling) -> Measurement {
    let config = LatencyConfig::new([endpoint]).sampling(sampling);
    let snapshot = inspect(&config, cx).await.unwrap();
    let [seen] = snapshot.endpoints.try_into().unwrap();
    assert_accounted(&seen);
    seen
}

fn assert_accounted(seen: &Measurement) {
    let ends = seen.ok + seen.failed_in_all() + seen.unfinished;
    assert_eq!(seen.attempted, ends, "{seen:#?}");
    assert_eq!(seen.ok, seen.service_us.count());
    assert!(seen.slow <= seen.ok && seen.unfinished_slow <= seen.unfinished);
    assert!(seen.connections.reopened <= seen.connections.opened);
}

fn p95_ms(seen: &Measurement) -> f64 {
    seen.service_us.quantile_us(0.95).unwrap() as f64 / 1000.0
}

fn median_ms(times: &lr_latency::Histogram) -> f64 {
    times.quantile_us(0.5).unwrap() as f64 / 1000.0
}

fn sampling(requests: u64, concurrency: usize) -> Sampling {
    Sampling::default().requests(requests).concurrency(concurrency).per_second(100_000)
}

fn judged(seen: &Measurement) -> CheckRun {
    let now = lr_core::Timestamp::from_unix(0);
    let snapshot = lr_latency::Snapshot::new(now, &Sampling::default(), vec![seen.clone()]);
    lr_core::record("latency", RULES, |out| judge(&snapshot, &Policy::default(), out))
}

fn verdict<'a>(run: &'a CheckRun, rule: &str) -> &'a Verdict {
    &run.outcomes.iter().find(|outcome| outcome.rule == rule).unwrap().verdict
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_constant_delay_is_found_over_both_versions_of_http() {
    let answer = || Reply::text("hello").after(millis(20));
    for (site, http) in [(shop(answer()).http1_only(), "1.1"), (shop(answer()), "2")] {
        let lab = lab(site).await;
        let seen = measure(&lab.context(), Endpoint::new(URL), sampling(100, 8)).await;
        assert_eq!((seen.attempted, seen.ok), (100, 100));
        assert_eq!(seen.connections.http.as_deref(), Some(http));
        assert_eq!(seen.connections.tls.as_deref(), Some("1.3"));
        assert_eq!((seen.connections.opened, seen.connections.reopened), (8, 0));
        let (p50, p95) = (median_ms(&seen.service_us), p95_ms(&seen));
        assert!((20.0..26.0).contains(&p50), "p50 {p50}");
        assert!((20.0..40.0).contains(&p95), "p95 {p95}");
        assert_eq!(lab.requests().len(), 100);
        assert_eq!(lab.connections().len(), 8);
        assert_eq!(*verdict(&judged(&seen), "latency/within-budget"), Verdict::Pass);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_in_eight_slow_is_seen_in_p95_and_fails_the_budget() {
    let lab = lab(shop(|request: &Request| {
        Reply::text("x").after(millis(if request.count % 8 == 7 { 200 } else { 5 }))
    }))
    .await;
    let seen = measure(&lab.context(), Endpoint::new(URL).budget_ms(150), sampling(160, 8)).await;
    assert!((5.0..15.0).contains(&median_ms(&seen.service_us)), "{seen:#?}");
    assert!((200.0..230.0).contains(&p95_ms(&seen)), "{}", p95_ms(&seen));
    assert_eq!(seen.slow, 20);
    assert_eq!(*verdict(&judged(&seen), "latency/within-budget"), Verdict::Fail);
    assert_eq!(*verdict(&judged(&seen), "latency/no-errors"), Verdict::Pass);
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
async fn a_server_without_keep_alive_costs_a_connection_each_time() {
    let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    let lab = lab(shop(Reply::raw(bytes)).http1_only()).await;
    let seen = measure(&lab.context(), Endpoint::new(URL), sampling(20, 2)).await;
    assert_eq!((seen.ok, seen.failed_in_all()), (20, 0));
    assert_eq!((seen.connections.opened, seen.connections.reopened), (20, 18));
    assert_eq!(seen.total_us.count(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_server_is_slow_and_the_deadline_is_kept() {
    let lab = lab(shop(Reply::silence())).await;
    let cx = lab.context().with_time_left(millis(600));
    let started = Instant::now();
    let seen = measure(&cx, Endpoint::new(URL).budget_ms(200), sampling(100, 4)).await;
    assert!(started.elapsed() < millis(650), "{:?}", started.elapsed());
    assert_eq!((seen.attempted, seen.unfinished, seen.unfinished_slow), (4, 4, 4), "{seen:#?}");
    let run = judged(&seen);
    assert_eq!(*verdict(&run, "latency/within-budget"), Verdict::Fail);
    assert!(matches!(verdict(&run, "latency/no-errors"), Verdict::Inconclusive { .. }));
    assert!(matches!(verdict(&run, "latency/reachable"), Verdict::Inconclusive { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_leaves_unfinished_requests() {
    let lab = lab(shop(|request: &Request| match request.count {
        0..40 => Reply::text("x").after(millis(2)),
        _ => Reply::silence(),
    }))
    .await;
    let cx = lab.context().with_time_left(millis(500));
    let seen = measure(&cx, Endpoint::new(URL).budget_ms(100), sampling(100, 4)).await;
    assert_eq!((seen.attempted, seen.ok), (44, 40));
    assert_eq!((seen.unfinished, seen.unfinished_slow), (4, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_had_its_time_has_failed() {
    let lab = lab(shop(Reply::silence())).await;
    let mut limits = Limits::default();
    limits.exchange = millis(150);
    let cx = lab.context().with_limits(limits);
    let short = sampling(100, 4).duration(millis(100));
    let seen = measure(&cx, Endpoint::new(URL).budget_ms(100), short).await;
    assert_eq!(seen.failed, [(FailKind::Timeout, 4)].into(), "{seen:#?}");
    let run = judged(&seen);
    assert_eq!(*verdict(&run, "latency/no-errors"), Verdict::Fail);
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
    let mut limits = Limits::default();
    limits.exchange = millis(80);
    for (first, h1) in [(0, true), (5, true), (9, true), (0, false), (7, false)] {
        let replies = replies.clone();
        let site = shop(move |request: &Request| {
            replies[(first + request.count as usize) % replies.len()].clone()
        });
        let lab = lab(if h1 { site.http1_only() } else { site }).await;
        let cx = lab.context().with_limits(limits).with_time_left(millis(300));
        let seen = measure(&cx, Endpoint::new(URL).budget_ms(50), sampling(60, 5)).await;
        assert!(seen.attempted >= 5 && seen.ok > 0 && seen.failed_in_all() > 0, "{seen:#?}");
        // Each was sent once at most; some had no connection to be sent on.
        assert!(lab.requests().len() as u64 <= seen.attempted, "{seen:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gigabyte_is_cut_and_named() {
    for site in [shop(Reply::long_body(1 << 30)).http1_only(), shop(Reply::endless_body())] {
        let lab = lab(site).await;
        let mut limits = Limits::default();
        limits.body_bytes = 256 << 10;
        let cx = lab.context().with_limits(limits);
        let seen = measure(&cx, Endpoint::new(URL), sampling(100, 2)).await;
        assert_eq!(seen.stopped, Some(Stopped::TooLarge { limit_bytes: 256 << 10 }));
        assert!(seen.attempted <= 2 && seen.unfinished == seen.attempted, "{seen:#?}");
        let run = judged(&seen);
        let Verdict::Inconclusive { reason, .. } = verdict(&run, "latency/within-budget") else {
            panic!("{run:#?}")
        };
        assert!(reason.as_str().contains("longer than 262144 bytes"), "{reason}");
        assert_eq!(*verdict(&run, "latency/reachable"), Verdict::Pass);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_answers_are_bounded_and_named() {
    for (reply, kind) in [
        (Reply::garbage(), FailKind::Protocol),
        (Reply::endless_headers(), FailKind::Protocol),
        (Reply::huge_header(1 << 20), FailKind::Protocol),
        (Reply::drip("drop by drop", millis(400)), FailKind::Timeout),
    ] {
        let lab = lab(shop(reply.clone()).http1_only()).await;
        let mut limits = Limits::default();
        limits.exchange = millis(300);
        let cx = lab.context().with_limits(limits);
        let seen = measure(&cx, Endpoint::new(URL).budget_ms(100), sampling(4, 4)).await;
        assert_eq!(seen.failed, [(kind, 4)].into(), "{reply:?}: {seen:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phases_are_what_the_distance_makes_them() {
    let rtt = millis(40);
    for (site, http) in
        [(shop(Reply::text("x")).http1_only(), "1.1"), (shop(Reply::text("x")), "2")]
    {
        let lab = Lab::builder().site(site).rtt(rtt).start().await.unwrap();
        let seen = measure(&lab.context(), Endpoint::new(URL), sampling(20, 4)).await;
        let connections = &seen.connections;
        assert_eq!(connections.http.as_deref(), Some(http));
        // Every round trip is a little late: the lab's timers tick in milliseconds.
        let near = |ms: f64, rtts: f64| (rtts * 40.0 - 1.0..rtts * 52.0).contains(&ms);
        let dns = median_ms(&connections.dns_us);
        assert!(near(dns, 1.0), "dns {dns}");
        // The lab charges the round trip of TCP to the first bytes on the connection.
        let shaking = median_ms(&connections.connect_us) + median_ms(&connections.tls_us);
        assert!(near(shaking, 2.0), "connect and tls {shaking}");
        let first_byte = median_ms(&seen.first_byte_us);
        assert!(near(first_byte, 1.0), "first byte {first_byte}");
        let total = median_ms(&seen.total_us);
        assert!(near(total, 4.0), "total {total}");
        let sum = dns + shaking + first_byte;
        assert!((total - sum).abs() < 8.0, "the phases add up: {sum}, {total}");
        assert_eq!(lab.queries().len(), 2, "no question is asked twice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_when_it_is_told_to_slow_down() {
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
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_when_most_requests_fail() {
    let lab = lab(shop(Reply::status(503))).await;
    let seen = measure(&lab.context(), Endpoint::new(URL), sampling(500, 4)).await;
    assert_eq!(seen.stopped, Some(Stopped::Errors));
    assert!((20..=24).contains(&seen.attempted), "{}", seen.attempted);
    let run = judged(&seen);
    assert_eq!(*verdict(&run, "latency/no-errors"), Verdict::Fail);
    assert_eq!(*verdict(&run, "latency/reachable"), Verdict::Pass);
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
    let unwanted = measure(&cx, private(), sampling(10, 2)).await;
    assert_eq!(unwanted.failed, [(FailKind::Status(401), 10)].into());
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
            Lab::builder().zone(zone().name_fault("shop.test", "A", Fault::ServFail).name_fault(
                "shop.test",
                "AAAA",
                Fault::ServFail,
            )),
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
        assert_eq!(*verdict(&run, "latency/reachable") == Verdict::Fail, fails, "{kind}: {run:#?}");
        for rule in ["latency/no-errors", "latency/within-budget"] {
            assert!(matches!(verdict(&run, rule), Verdict::Inconclusive { .. }), "{kind}: {rule}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endpoints_share_the_time_and_keep_their_order() {
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
    let cx = lab.context().with_time_left(millis(800));
    let snapshot = inspect(&config, &cx).await.unwrap();
    assert!(started.elapsed() < millis(850));
    let order: Vec<_> = snapshot.endpoints.iter().map(|seen| seen.url.as_str()).collect();
    assert_eq!(order, urls);
    snapshot.endpoints.iter().for_each(assert_accounted);
    let ok: Vec<_> = snapshot.endpoints.iter().map(|seen| seen.ok).collect();
    assert_eq!(ok, [0, 40, 40]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_in_flight_than_allowed() {
    let lab = lab(shop(Reply::text("x").after(millis(5)))).await;
    let seen = measure(&lab.context(), Endpoint::new(URL), sampling(200, 1000)).await;
    assert_eq!((seen.ok, seen.connections.opened), (200, 20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_keep_their_distance() {
    let lab = lab(shop(|request: &Request| {
        Reply::text("x").after(millis(if request.count == 5 { 150 } else { 0 }))
    }))
    .await;
    // One worker is held up; what it misses meanwhile is not made up for.
    let seen = measure(&lab.context(), Endpoint::new(URL), sampling(30, 1).per_second(100)).await;
    assert_eq!(seen.ok, 30);
    let starts: Vec<_> = lab.requests().iter().map(|request| request.at).collect();
    assert!(starts[29] - starts[0] >= millis(400), "{starts:?}");
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
