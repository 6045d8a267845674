//! Sixty requests to an endpoint at a distance, and what they cost beyond the round trips:
//! `cargo bench --bench latency`.

use criterion::{Criterion, criterion_group, criterion_main};
use launch_ready::latency::{Endpoint, LatencyCheck, Mode, Sampling};
use launch_ready_benches::{RoundTrips, far_away, in_round_trips};
use lr_lab::demo;
use tokio::runtime::Runtime;

/// With four workers: the connection (DNS, TCP, TLS) and fifteen requests one after the other.
fn measurement(criterion: &mut Criterion<RoundTrips>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = far_away(&runtime, demo::healthy());
    let endpoint = Endpoint::new(demo::CANONICAL).budget_ms(500);
    let sampling = Sampling::default().mode(Mode::Closed).requests(60).concurrency(4);
    let check = LatencyCheck::new([endpoint]).with_sampling(sampling.per_second(10_000));
    criterion.bench_function("latency/60 requests by 4", |bencher| {
        bencher.iter(|| {
            let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
            assert_eq!(run.error, None);
        });
    });
}

criterion_group! { name = benches; config = in_round_trips(); targets = measurement }
criterion_main!(benches);
