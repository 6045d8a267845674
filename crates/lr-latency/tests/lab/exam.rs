//! The exam: servers of known truth, measured on the open schedule. The long ones take a minute and
//! want a machine with time to spare:
//!
//! ```text
//! cargo test --release -p lr-latency --test lab exam -- --ignored --test-threads 1 --nocapture
//! ```

use std::time::Duration;

use lr_lab::{Lab, Site, Truth};
use lr_latency::{Endpoint, Measurement, Mode, Sampling};

use crate::{measure, millis};

/// One server, how it is asked, and what is true of it.
struct Question {
    name: &'static str,
    truth: Truth,
    sampling: Sampling,
    /// p50, p95 and p99 in milliseconds, of the time that is asked about.
    expected: [f64; 3],
    /// The wait before a request is sent is part of the answer.
    response: bool,
}

fn lasting(seconds: u64, per_second: u32, concurrency: usize) -> Sampling {
    let sampling = Sampling::lasting(Duration::from_secs(seconds)).per_second(per_second);
    sampling.concurrency(concurrency)
}

fn questions() -> Vec<Question> {
    let ask = |name, truth, sampling, expected| Question {
        name,
        truth,
        sampling,
        expected,
        response: true,
    };
    vec![
        ask("constant", Truth::constant(millis(10)), lasting(10, 100, 20), [10.0; 3]),
        ask(
            "6 % at 500 ms",
            Truth::slow_share(millis(10), 0.06, millis(500)),
            lasting(10, 100, 20),
            [10.0, 500.0, 500.0],
        ),
        ask(
            "exponential",
            Truth::exponential(millis(50)),
            lasting(20, 100, 60),
            [34.66, 149.8, 230.3],
        ),
        ask(
            "1 s stall in 10 s",
            Truth::stalls(millis(5), millis(1000), millis(10_000)),
            lasting(20, 100, 120),
            [5.0, 505.0, 905.0],
        ),
        ask(
            "slots, within capacity",
            Truth::slots(millis(50), 20),
            lasting(10, 350, 60),
            [50.0; 3],
        ),
        ask(
            "slots, a tenth over capacity",
            Truth::slots(millis(50), 20),
            lasting(10, 440, 700),
            [550.0, 1000.0, 1040.0],
        ),
        ask("collapse, below", Truth::collapse(millis(50), 20), lasting(10, 300, 40), [50.0; 3]),
        Question {
            // A user more than the knee bears, and then another: the first ones are still quick.
            response: false,
            ..ask(
                "collapse, past 20",
                Truth::collapse(millis(50), 20),
                lasting(2, 500, 40),
                [200.0; 3],
            )
        },
        ask("1 % errors", Truth::errors(millis(10), 0.01), lasting(10, 100, 20), [10.0; 3]),
        ask("1 % cut", Truth::cuts(millis(10), 0.01), lasting(10, 100, 20), [10.0; 3]),
        ask(
            "6 % at 4 s in 10 s",
            Truth::slow_share(millis(10), 0.06, millis(4000)),
            lasting(10, 50, 40),
            [10.0, 4000.0, 4000.0],
        ),
    ]
}

const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];

async fn measured(truth: &Truth, sampling: Sampling) -> Measurement {
    let site = Site::new("truth.test").get("/", truth.clone());
    let lab = Lab::builder().site(site).start().await.unwrap();
    let endpoint = Endpoint::new("http://truth.test/").budget_ms(500);
    let cx = lab.context().with_time_left(Duration::from_secs(60));
    measure(&cx, endpoint, sampling).await
}

/// Counts are exact whatever the machine does: `measure` holds them to their sum, and the
/// server knows what it did.
fn assert_counts(name: &str, truth: &Truth, seen: &Measurement) {
    assert_eq!(seen.unfinished, 0, "{name}: {:?}", seen.first_failure);
    assert_eq!(seen.failed_in_all(), truth.failed(), "{name}: {:?}", seen.failed);
    assert_eq!(seen.ok, truth.served_ms().len() as u64, "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "the figures are what the exam is for")]
#[ignore = "takes a minute, and wants a machine with time to spare"]
async fn every_percentile_is_within_a_millisecond_or_three_percent_of_the_truth() {
    let mut wrong = Vec::new();
    for Question { name, truth, sampling, expected, response } in questions() {
        let seen = measured(&truth, sampling).await;
        assert_counts(name, &truth, &seen);
        let times = if response { &seen.response_us } else { &seen.service_us };
        let found = QUANTILES.map(|q| times.quantile_us(q).unwrap() as f64 / 1000.0);
        let late = seen.late_us.quantile_us(0.95).unwrap_or_default();
        println!(
            "{name:<30} true {expected:>6.1?} found {found:>8.2?} failed {:?} late p95 {late} us",
            seen.failed
        );
        for (found, expected) in found.iter().zip(expected) {
            if (found - expected).abs() > f64::max(1.0, 0.03 * expected) {
                wrong.push(format!("{name}: {found} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The same servers for half a second each: what does not hang on the machine's being quick.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn short_looks_at_known_servers_find_no_less_than_the_truth() {
    type Known = (&'static str, fn() -> Truth, u32, f64, std::ops::Range<f64>);
    let known: [Known; 7] = [
        ("constant", || Truth::constant(millis(10)), 100, 0.5, 10.0..30.0),
        (
            "10 % at 300 ms",
            || Truth::slow_share(millis(5), 0.1, millis(300)),
            200,
            0.95,
            300.0..400.0,
        ),
        ("exponential", || Truth::exponential(millis(30)), 200, 0.5, 19.0..50.0),
        (
            "200 ms stall in 500",
            || Truth::stalls(millis(5), millis(200), millis(500)),
            200,
            0.8,
            95.0..200.0,
        ),
        ("slots over capacity", || Truth::slots(millis(50), 5), 200, 0.95, 400.0..700.0),
        ("errors", || Truth::errors(millis(5), 0.05), 200, 0.5, 5.0..30.0),
        ("cut", || Truth::cuts(millis(5), 0.05), 200, 0.5, 5.0..30.0),
    ];
    for (name, law, per_second, quantile, expected) in known {
        // A machine that stands still comes late to the server, and to its answers. Late answers
        // are never shorter than the server made them, but what comes late to a stall waits less.
        let mut looks = Vec::new();
        while !looks.iter().any(|found| expected.contains(found)) {
            assert!(looks.len() < 3, "{name}: {looks:?}");
            let truth = law();
            let sampling = lasting(1, per_second, 100).duration(millis(500));
            let seen = measured(&truth, sampling).await;
            assert_counts(name, &truth, &seen);
            let found = seen.response_us.quantile_us(quantile).unwrap() as f64 / 1000.0;
            let mut served = truth.served_ms();
            served.sort_by(f64::total_cmp);
            let took = served[(quantile * served.len() as f64).ceil() as usize - 1];
            assert!(found >= took, "{name}: {found}, and the server took {took}");
            looks.push(found);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_and_cut_connections_are_counted_exactly_in_closed_mode_too() {
    for truth in [Truth::errors(millis(1), 0.01), Truth::cuts(millis(1), 0.01)] {
        let sampling = Sampling::default().mode(Mode::Closed).requests(300).per_second(100_000);
        let seen = measured(&truth, sampling.concurrency(5)).await;
        assert_eq!((seen.attempted, seen.failed_in_all()), (300, 3));
        assert_counts("closed", &truth, &seen);
    }
}
