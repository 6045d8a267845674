//! The whole audit of a healthy launch at a distance, against its critical path:
//! `cargo bench --bench audit`.
//!
//! The critical path is the longest chain of dependent round trips of any check, plus the time that
//! the latency check samples by intention. An audit may take one and a half times the former plus
//! the latter.

use criterion::{Criterion, criterion_group, criterion_main};
use launch_ready::Site;
use launch_ready_benches::{RoundTrips, far_away, in_round_trips};
use lr_lab::demo;
use tokio::runtime::Runtime;

fn audit(criterion: &mut Criterion<RoundTrips>) {
    let runtime = Runtime::new().expect("a runtime starts");
    let lab = far_away(&runtime, demo::healthy());
    let site = Site::new(demo::DOMAIN).expect("it is a host name");
    criterion.bench_function("audit/all but latency", |bencher| {
        bencher.iter(|| {
            let audit = launch_ready::Audit::new(demo::DOMAIN)
                .with(site.dns())
                .with(site.redirects())
                .with(site.tls())
                .with(site.mailauth())
                .context(lab.context());
            runtime.block_on(audit.run())
        });
    });
    criterion.bench_function("audit/whole", |bencher| {
        bencher.iter(|| runtime.block_on(site.audit().context(lab.context()).run()));
    });
}

criterion_group! { name = benches; config = in_round_trips(); targets = audit }
criterion_main!(benches);
