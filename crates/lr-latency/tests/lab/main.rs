//! Measurements of servers whose truth is known, over real sockets.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

mod baseline;
mod exam;
mod faults;
mod fixes;
mod hostile;
mod manners;
mod open;
mod phases;
mod truth;

use std::time::Duration;

use lr_core::{CheckRun, Context, Verdict};
use lr_lab::{Lab, Site};
use lr_latency::{
    Endpoint, LatencyConfig, Measurement, Mode, Policy, RULES, Sampling, inspect, judge,
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
    assert_eq!((seen.ok, seen.ok), (seen.service_us.count(), seen.response_us.count()));
    assert_eq!((seen.attempted, seen.unsent <= seen.unfinished), (seen.samples.len() as u64, true));
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
    let closed = Sampling::default().mode(Mode::Closed).per_second(100_000);
    closed.requests(requests).concurrency(concurrency)
}

/// An open schedule of so many arrivals.
fn open(requests: u64, per_second: u32) -> Sampling {
    Sampling::default().requests(requests).per_second(per_second)
}

fn judged(seen: &Measurement) -> CheckRun {
    let now = lr_core::Timestamp::from_unix(0);
    let snapshot = lr_latency::Snapshot::new(now, &Sampling::default(), vec![seen.clone()]);
    lr_core::record("latency", RULES, |out| judge(&snapshot, &Policy::default(), out))
}

fn verdict<'a>(run: &'a CheckRun, rule: &str) -> &'a Verdict {
    &run.outcomes.iter().find(|outcome| outcome.rule == rule).unwrap().verdict
}
