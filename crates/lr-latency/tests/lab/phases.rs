//! Injected delays come back in the phase they were injected into.

use lr_lab::{Fault, Lab, Reply, Site, in_one_of_three_looks};
use lr_latency::{Endpoint, Histogram, LatencyConfig, Measurement, Mode, Sampling, inspect};

use crate::{assert_accounted, millis};

/// What is injected, in milliseconds: name, TLS, first byte, body.
const INJECTED: [f64; 4] = [40.0, 60.0, 80.0, 100.0];

fn least_ms(times: &Histogram) -> f64 {
    times.quantile_us(0.0).unwrap() as f64 / 1000.0
}

async fn measured(http1_only: bool, sampling: Sampling) -> Measurement {
    let answer = Reply::drip("x", millis(100)).after(millis(80));
    let site = Site::new("shop.test").get("/", answer).tls_delay(millis(60));
    let site = if http1_only { site.http1_only() } else { site };
    let lab = Lab::builder().site(site).recursor_fault(Fault::Delay(millis(40)));
    let lab = lab.start().await.unwrap();
    let config = LatencyConfig::new([Endpoint::new("https://shop.test/")]).sampling(sampling);
    let snapshot = inspect(&config, &lab.context()).await.unwrap();
    let [seen] = snapshot.endpoints.try_into().unwrap();
    assert_accounted(&seen);
    seen
}

/// Name, TLS, first byte and body, each the least seen: a delay can be prolonged by the machine,
/// and never be cut short.
fn found(seen: &Measurement) -> [f64; 4] {
    let connections = &seen.connections;
    // Later connections know the address.
    let dns = connections.dns_us.max_us().unwrap() as f64 / 1000.0;
    [dns, least_ms(&connections.tls_us), least_ms(&seen.first_byte_us), least_ms(&seen.body_us)]
}

/// Over both versions of HTTP, with and without reuse of connections.
const WAYS: [(bool, bool); 4] = [(true, true), (true, false), (false, true), (false, false)];

async fn two_requests((http1_only, reuse): (bool, bool)) -> Measurement {
    let closed = Sampling::default().mode(Mode::Closed).concurrency(1).per_second(1000);
    let seen = measured(http1_only, closed.requests(2).reuse(reuse)).await;
    assert_eq!(seen.connections.http.as_deref(), Some(if http1_only { "1.1" } else { "2" }));
    assert_eq!(seen.connections.opened, if reuse { 1 } else { 2 });
    assert_eq!(seen.connections.reopened, 0);
    seen
}

/// The sum of the least of each phase, and the least total.
fn sum_and_total(seen: &Measurement) -> [f64; 2] {
    let connections = &seen.connections;
    let phases = [&connections.connect_us, &connections.tls_us, &seen.first_byte_us, &seen.body_us];
    // The first connection alone looked up the name.
    let dns = connections.dns_us.max_us().unwrap() as f64 / 1000.0;
    let sum: f64 = phases.map(least_ms).iter().sum();
    [dns + sum, seen.total_us.max_us().unwrap() as f64 / 1000.0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_phase_is_where_it_was_injected() {
    in_one_of_three_looks(|| async {
        for way in WAYS {
            let found = found(&two_requests(way).await);
            for (place, (found, injected)) in found.iter().zip(INJECTED).enumerate() {
                // The machine may prolong it, and nothing cuts it short; except that a head which is
                // seen late takes its time from the body.
                let least = if place == 3 { injected / 5.0 } else { injected - 1.0 };
                let range = least..injected * 5.0;
                assert!(range.contains(found), "{way:?}: {found} instead of {injected}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phases_sum_to_the_total() {
    in_one_of_three_looks(|| async {
        for http1_only in [true, false] {
            let seen = measured(http1_only, Sampling::default().requests(1)).await;
            let [sum, total] = sum_and_total(&seen);
            assert!(sum <= total + 1.0, "{sum} {total}");
            assert!(total - sum < total / 5.0, "{} ms of {total} belong to no phase", total - sum);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "the figures are what the exam is for")]
#[ignore = "wants a machine with time to spare"]
async fn exam_every_phase_is_within_three_milliseconds() {
    const OFF: f64 = 3.0;
    let mut wrong = Vec::new();
    for way @ (http1_only, reuse) in WAYS {
        let found = found(&two_requests(way).await);
        let one = measured(http1_only, Sampling::default().requests(1)).await;
        let [sum, total] = sum_and_total(&one);
        println!(
            "http/1.1 {http1_only:<5} reuse {reuse:<5} true {INJECTED:?} found {found:.1?}, \
             {:.2} ms of {total:.1} in no phase",
            total - sum
        );
        let off =
            found.iter().zip(INJECTED).any(|(found, injected)| (found - injected).abs() > OFF);
        if off || (total - sum).abs() > OFF {
            wrong.push((way, found, total - sum));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
