//! A whole inspection, SPF tree, DMARC, DKIM selectors and MX of a domain, at a distance: `cargo bench --bench mailauth`.

use criterion::{Criterion, criterion_group, criterion_main};
use launch_ready::mailauth::MailAuthCheck;
use launch_ready_benches::{RoundTrips, far_away, in_round_trips};
use lr_lab::demo;
use tokio::runtime::Runtime;

fn inspection(criterion: &mut Criterion<RoundTrips>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = far_away(&runtime, demo::healthy());
    let check = MailAuthCheck::new(demo::DOMAIN);
    criterion.bench_function("mailauth/inspection", |bencher| {
        bencher.iter(|| {
            // A context of its own each time: nothing is remembered from the last run.
            let run = runtime.block_on(launch_ready::core::run(&check, &lab.context()));
            assert_eq!(run.error, None);
        });
    });
}

criterion_group! { name = benches; config = in_round_trips(); targets = inspection }
criterion_main!(benches);
