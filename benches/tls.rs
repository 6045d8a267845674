//! A whole inspection, five hosts, both address families, both protocol versions, at a distance: `cargo bench --bench tls`.

use criterion::{Criterion, criterion_group, criterion_main};
use launch_ready::tls::TlsCheck;
use launch_ready_benches::{RoundTrips, far_away, in_round_trips};
use lr_lab::demo;
use tokio::runtime::Runtime;

fn inspection(criterion: &mut Criterion<RoundTrips>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = far_away(&runtime, demo::healthy());
    let check = TlsCheck::new(demo::HOSTS);
    criterion.bench_function("tls/inspection", |bencher| {
        bencher.iter(|| {
            // A context of its own each time: nothing is remembered from the last run.
            let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
            assert_eq!(run.error, None);
        });
    });
}

criterion_group! { name = benches; config = in_round_trips(); targets = inspection }
criterion_main!(benches);
