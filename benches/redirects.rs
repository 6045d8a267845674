//! A whole inspection, the redirect matrix of two hosts, at a distance: `cargo bench --bench redirects`.

use criterion::{Criterion, criterion_group, criterion_main};
use launch_ready::redirects::RedirectsCheck;
use launch_ready_benches::{RoundTrips, far_away, in_round_trips};
use lr_lab::demo;
use tokio::runtime::Runtime;

fn inspection(criterion: &mut Criterion<RoundTrips>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = far_away(&runtime, demo::healthy());
    let check = RedirectsCheck::new(demo::DOMAIN);
    criterion.bench_function("redirects/inspection", |bencher| {
        bencher.iter(|| {
            // A context of its own each time: nothing is remembered from the last run.
            let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
            assert_eq!(run.error, None);
        });
    });
}

criterion_group! { name = benches; config = in_round_trips(); targets = inspection }
criterion_main!(benches);
