use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::web::reply::{Reply, Request};
use crate::web::site::Answers;

/// A server whose latency is known: an answer to be given to a [`Site`](crate::Site), which draws
/// how long each request takes from a known distribution.
///
/// Draws have low discrepancy: the shares of any `n` requests in a row are those of the
/// distribution to about `1/n`. It keeps what it did, so that what a client measures can be held
/// against it request by request.
///
/// ```
/// use std::time::Duration;
/// use lr_lab::{Site, Truth};
///
/// let truth = Truth::slow_share(Duration::from_millis(10), 0.06, Duration::from_millis(500));
/// let site = Site::new("truth.test").get("/", truth.clone());
/// assert!(truth.served_ms().is_empty());
/// # let _ = site;
/// ```
#[derive(Clone, Debug)]
pub struct Truth {
    law: Law,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy, Debug)]
enum Law {
    /// Each takes as long.
    Constant(Duration),
    /// This share takes longer.
    SlowShare { fast: Duration, share: f64, slow: Duration },
    /// Exponentially distributed with this mean.
    Exponential(Duration),
    /// Nothing is answered for `stall` at the end of every `period`.
    Stalls { fast: Duration, stall: Duration, period: Duration },
    /// So many are served at once; the others wait in a queue.
    Slots { service: Duration, slots: usize },
    /// Past so many in flight, each takes longer by the square of how many times more they are.
    Collapse { service: Duration, knee: usize },
    /// This share is answered with status 500.
    Errors { service: Duration, share: f64 },
    /// For this share the connection is cut instead of an answer.
    Cuts { service: Duration, share: f64 },
}

#[derive(Debug)]
struct State {
    started: Option<Instant>,
    draws: u64,
    /// When those in flight, or in a slot, will be done.
    busy: BinaryHeap<Reverse<Instant>>,
    served: Vec<Duration>,
    failed: u64,
}

/// The fractional part of the golden ratio: its multiples have the lowest discrepancy of all.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

impl Truth {
    /// Each request takes as long.
    #[must_use]
    pub fn constant(service: Duration) -> Self {
        Self::of(Law::Constant(service))
    }

    /// A share of the requests takes longer.
    #[must_use]
    pub fn slow_share(fast: Duration, share: f64, slow: Duration) -> Self {
        Self::of(Law::SlowShare { fast, share, slow })
    }

    /// Times are exponentially distributed.
    #[must_use]
    pub fn exponential(mean: Duration) -> Self {
        Self::of(Law::Exponential(mean))
    }

    /// For `stall` at the end of every `period`, counted from the first request, nothing is
    /// answered. What comes meanwhile is answered `fast` after the stall.
    #[must_use]
    pub fn stalls(fast: Duration, stall: Duration, period: Duration) -> Self {
        Self::of(Law::Stalls { fast, stall, period })
    }

    /// So many requests are served at once, in the order in which they come.
    #[must_use]
    pub fn slots(service: Duration, slots: usize) -> Self {
        Self::of(Law::Slots { service, slots })
    }

    /// With `n` in flight past the `knee`, each takes `(n / knee)²` times as long.
    #[must_use]
    pub fn collapse(service: Duration, knee: usize) -> Self {
        Self::of(Law::Collapse { service, knee })
    }

    /// A share of the requests is answered with status 500.
    #[must_use]
    pub fn errors(service: Duration, share: f64) -> Self {
        Self::of(Law::Errors { service, share })
    }

    /// For a share of the requests the connection is closed without an answer.
    #[must_use]
    pub fn cuts(service: Duration, share: f64) -> Self {
        Self::of(Law::Cuts { service, share })
    }

    /// How long each request took that was not failed on purpose, in milliseconds, in the order in
    /// which they came.
    #[must_use]
    pub fn served_ms(&self) -> Vec<f64> {
        self.with(|state| state.served.iter().map(|time| time.as_secs_f64() * 1000.0).collect())
    }

    /// How many requests were failed on purpose.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.with(|state| state.failed)
    }

    fn of(law: Law) -> Self {
        let state = State {
            started: None,
            draws: 0,
            busy: BinaryHeap::new(),
            served: Vec::new(),
            failed: 0,
        };
        Self { law, state: Arc::new(Mutex::new(state)) }
    }

    fn with<T>(&self, ask: impl FnOnce(&mut State) -> T) -> T {
        ask(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How long a request takes that comes `now`; `None` if it is to fail.
    fn decide(&self, state: &mut State, now: Instant) -> (Duration, bool) {
        let drawn = state.draw();
        match self.law {
            Law::Constant(service) => (service, true),
            Law::SlowShare { fast, share, slow } => (if drawn < share { slow } else { fast }, true),
            Law::Exponential(mean) => (mean.mul_f64(-(1.0 - drawn).ln()), true),
            Law::Stalls { fast, stall, period } => {
                let started = *state.started.get_or_insert(now);
                let period_ns = period.as_nanos().max(1);
                let into = (now - started).as_nanos() % period_ns;
                let left =
                    Duration::from_nanos(u64::try_from(period_ns - into).unwrap_or(u64::MAX));
                (fast + if left <= stall { left } else { Duration::ZERO }, true)
            }
            Law::Slots { service, slots } => {
                let free = match state.busy.len() < slots {
                    true => now,
                    false => state.busy.pop().map_or(now, |Reverse(free)| free.max(now)),
                };
                state.busy.push(Reverse(free + service));
                (free + service - now, true)
            }
            Law::Collapse { service, knee } => {
                while state.busy.peek().is_some_and(|Reverse(done)| *done <= now) {
                    state.busy.pop();
                }
                let load = (state.busy.len() + 1) as f64 / knee.max(1) as f64;
                let takes = service.mul_f64(load.max(1.0).powi(2));
                state.busy.push(Reverse(now + takes));
                (takes, true)
            }
            Law::Errors { service, share } | Law::Cuts { service, share } => {
                (service, drawn >= share)
            }
        }
    }
}

impl State {
    /// The next draw from 0 to 1.
    fn draw(&mut self) -> f64 {
        self.draws += 1;
        (0.5 + self.draws as f64 * GOLDEN).fract()
    }
}

impl Answers for Truth {
    fn answer(&self, _: &Request) -> Reply {
        let now = Instant::now();
        let (takes, well) = self.with(|state| {
            let (takes, well) = self.decide(state, now);
            match well {
                true => state.served.push(takes),
                false => state.failed += 1,
            }
            (takes, well)
        });
        match self.law {
            _ if well => Reply::text("x").after(takes),
            Law::Cuts { .. } => Reply::hang_up().after(takes),
            _ => Reply::status(500).after(takes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// What requests take that come a fixed time after each other.
    fn times(truth: &Truth, every: Duration, count: u32) -> Vec<f64> {
        let begin = Instant::now();
        let takes = |n| truth.with(|state| truth.decide(state, begin + every * n));
        (0..count).map(|n| takes(n).0.as_secs_f64() * 1000.0).collect()
    }

    fn quantile(mut times: Vec<f64>, q: f64) -> f64 {
        times.sort_by(f64::total_cmp);
        times[(q * times.len() as f64).ceil() as usize - 1]
    }

    #[test]
    fn shares_and_quantiles_are_exact_to_the_number_of_draws() {
        let slow = times(&Truth::slow_share(10 * MS, 0.06, 500 * MS), MS, 1000);
        assert_eq!(slow.iter().filter(|ms| **ms > 100.0).count(), 60);
        let exponential = times(&Truth::exponential(50 * MS), MS, 1000);
        for q in [0.5, 0.95, 0.99] {
            let expected = -50.0 * (1.0f64 - q).ln();
            let found = quantile(exponential.clone(), q);
            assert!((found / expected - 1.0).abs() < 0.03, "{q}: {found} {expected}");
        }
    }

    #[test]
    fn a_stall_ends_for_all_at_once() {
        let times = times(&Truth::stalls(5 * MS, 1000 * MS, 10_000 * MS), 10 * MS, 2000);
        assert_eq!(times.iter().filter(|ms| **ms > 5.0).count(), 200);
        let around = [times[900], times[999], times[1000]].map(f64::round);
        assert_eq!(around, [1005.0, 15.0, 5.0]);
        assert!((quantile(times, 0.95) - 505.0).abs() <= 10.0);
    }

    #[test]
    fn slots_make_a_queue_only_past_their_capacity() {
        let truth = Truth::slots(50 * MS, 20);
        assert_eq!(quantile(times(&truth, Duration::from_micros(2857), 1000), 1.0), 50.0);
        // A tenth more than they can serve: ten seconds bring a queue of one.
        let queued = times(&Truth::slots(50 * MS, 20), Duration::from_nanos(2_272_727), 4400);
        assert!((quantile(queued.clone(), 0.5) / 550.0 - 1.0).abs() < 0.03);
        assert!((quantile(queued, 0.95) / 1000.0 - 1.0).abs() < 0.03);
    }

    #[test]
    fn past_its_knee_a_server_collapses() {
        let below = times(&Truth::collapse(50 * MS, 20), 3 * MS, 500);
        assert_eq!(quantile(below, 1.0), 50.0);
        let above = times(&Truth::collapse(50 * MS, 20), 2 * MS, 500);
        assert!(quantile(above, 0.95) > 200.0);
    }
}
