//! What the benches share: a launch in the lab at a distance, and time counted in round trips.
//!
//! An inspection cannot be faster than its longest chain of dependent round trips; so that is the
//! unit, and the numbers mean the same on any machine that is not overloaded.

pub mod corpora;
mod process;

use std::time::{Duration, Instant};

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, Throughput};
use lr_lab::{Lab, Launch};
use tokio::runtime::Runtime;

pub use process::{parent, peak_memory, seconds, this_scans};

/// One round trip to everything in the lab.
pub const ROUND_TRIP: Duration = Duration::from_millis(50);

/// A launch in a lab that is [`ROUND_TRIP`] away.
pub fn far_away(runtime: &Runtime, launch: Launch) -> Lab {
    let lab = Lab::builder().launch(launch).rtt(ROUND_TRIP);
    runtime.block_on(lab.start()).expect("the lab starts")
}

/// Criterion that counts time in round trips; few samples, since each takes many of them.
pub fn in_round_trips() -> Criterion<RoundTrips> {
    Criterion::default()
        .with_measurement(RoundTrips)
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(5))
        .configure_from_args()
}

/// Wall time in units of [`ROUND_TRIP`].
#[derive(Debug)]
pub struct RoundTrips;

impl Measurement for RoundTrips {
    type Intermediate = Instant;
    type Value = Duration;

    fn start(&self) -> Instant {
        Instant::now()
    }

    fn end(&self, started: Instant) -> Duration {
        started.elapsed()
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_secs_f64() / ROUND_TRIP.as_secs_f64()
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &RoundTrips
    }
}

impl ValueFormatter for RoundTrips {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "round trips"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "round trips"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "round trips"
    }
}
