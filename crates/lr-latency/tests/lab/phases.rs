//! Injected delays come back in the phase they were injected into.

use lr_lab::{Fault, Lab, Reply, Site};
use lr_latency::{Endpoint, Histogram, LatencyConfig, Measurement, Mode, Sampling, inspect};

use crate::{BUSY, assert_accounted, millis};

/// How far a phase may be off, in milliseconds. Without optimisation shaking hands alone takes
/// three.
const OFF: f64 = if cfg!(debug_assertions) { 10.0 } else { 3.0 };

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_phase_is_where_it_was_injected() {
    let _alone = BUSY.write().await;
    let closed = Sampling::default().mode(Mode::Closed).concurrency(1).per_second(1000);
    for (http1_only, reuse) in [(true, true), (true, false), (false, true), (false, false)] {
        // The machine may be busy at one time, and not again and again.
        let mut tries = Vec::new();
        let good = loop {
            let seen = measured(http1_only, closed.requests(2).reuse(reuse)).await;
            assert_eq!(
                seen.connections.http.as_deref(),
                Some(if http1_only { "1.1" } else { "2" })
            );
            assert_eq!(seen.connections.opened, if reuse { 1 } else { 2 });
            assert_eq!(seen.connections.reopened, 0);
            let found = found(&seen);
            let near = |(found, injected): (&f64, &f64)| (*found - injected).abs() <= OFF;
            let good = found.iter().zip(&INJECTED).all(near);
            tries.push(found);
            if good || tries.len() == 5 {
                break good;
            }
        };
        assert!(good, "http1 {http1_only}, reuse {reuse}: {tries:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phases_sum_to_the_total() {
    let _alone = BUSY.write().await;
    let mut apart = f64::INFINITY;
    for http1_only in [true, false] {
        let seen = measured(http1_only, Sampling::default().requests(1)).await;
        let connections = &seen.connections;
        let phases = [
            &connections.dns_us,
            &connections.connect_us,
            &connections.tls_us,
            &seen.first_byte_us,
            &seen.body_us,
        ];
        let sum: f64 = phases.map(least_ms).iter().sum();
        apart = apart.min((least_ms(&seen.total_us) - sum).abs());
    }
    assert!(apart < OFF, "{apart} ms belong to no phase");
}
