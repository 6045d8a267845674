use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How many requests go to each endpoint, when, and how many at once.
///
/// Endpoints of one origin are measured one after another, so that they do not slow down each
/// other.
///
/// ```
/// use std::time::Duration;
/// use lr_latency::{Mode, Sampling};
///
/// // Twenty seconds of arrivals at thirty a second, whatever the server does.
/// let open = Sampling::lasting(Duration::from_secs(20)).per_second(30);
/// // Ten users, each waiting for an answer before asking again.
/// let closed = Sampling::lasting(Duration::from_secs(20)).mode(Mode::Closed).concurrency(10);
/// # let _ = (open, closed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sampling {
    /// Who decides when the next request starts.
    pub mode: Mode,
    /// How the arrivals of the open mode are spread.
    pub arrivals: Arrivals,
    /// Seeds the arrivals: the same seed gives the same schedule.
    pub seed: u64,
    /// Requests to each endpoint at most. 59 is the least that can show a 95th percentile within
    /// its budget.
    pub requests: u64,
    /// No request is scheduled later than this after the first one to an endpoint. Those in flight
    /// then are still awaited.
    pub duration: Duration,
    /// Requests in flight to one endpoint at most, each on a connection of its own.
    pub concurrency: usize,
    /// Whether a connection is used for more than one request. Without it each request shows what a
    /// first visit takes.
    pub reuse: bool,
    /// Requests that start in a second: the rate of the open mode, the most of the closed one.
    /// `None` for 50, or fewer where [`Self::concurrency`] would be used up by answers that take
    /// as long as the budget.
    pub per_second: Option<u32>,
    /// Whether each endpoint is then asked by 1, 5 and 20 users at once too, 170 requests as fast
    /// as they are answered. They are kept apart from the others.
    pub steps: bool,
}

/// Who decides when the next request starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mode {
    /// A schedule that is fixed beforehand, as visitors come who know nothing of each other. What
    /// comes while a server stalls waits, and its wait is counted.
    #[default]
    Open,
    /// So many users, each of whom waits for an answer before asking again. A stall keeps away the
    /// requests that would have met it.
    Closed,
}

/// How the arrivals of the open mode are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Arrivals {
    /// A constant rate: one arrival in each slot of the schedule, at a random place in it, so that
    /// it cannot run in step with something periodic in the server.
    #[default]
    Constant,
    /// A Poisson process: exponential gaps, with the bursts that independent visitors make.
    Poisson,
}

impl Sampling {
    /// Requests in flight to one endpoint, unless told otherwise.
    pub const IN_FLIGHT: usize = 20;

    /// Requests per second to one endpoint, unless told otherwise.
    pub const PER_SECOND: u32 = 50;

    /// Most requests in flight to one endpoint, whatever is asked for.
    pub const MAX_IN_FLIGHT: usize = 1024;

    /// As many requests as the rate gives in this time.
    #[must_use]
    pub fn lasting(duration: Duration) -> Self {
        Self { requests: u64::MAX, duration, ..Self::default() }
    }

    /// Another mode.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Other arrivals.
    #[must_use]
    pub fn arrivals(self, arrivals: Arrivals) -> Self {
        Self { arrivals, ..self }
    }

    /// Another seed.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Another number of requests to each endpoint at most.
    #[must_use]
    pub fn requests(self, requests: u64) -> Self {
        Self { requests, ..self }
    }

    /// Another duration.
    #[must_use]
    pub fn duration(self, duration: Duration) -> Self {
        Self { duration, ..self }
    }

    /// Another number of requests in a second.
    #[must_use]
    pub fn per_second(self, per_second: u32) -> Self {
        Self { per_second: Some(per_second), ..self }
    }

    /// Another use of connections.
    #[must_use]
    pub fn reuse(self, reuse: bool) -> Self {
        Self { reuse, ..self }
    }

    /// Whether rising numbers of users are tried too.
    #[must_use]
    pub fn steps(self, steps: bool) -> Self {
        Self { steps, ..self }
    }

    /// Another number of requests in flight; held to 1 to [`Self::MAX_IN_FLIGHT`].
    #[must_use]
    pub fn concurrency(self, concurrency: usize) -> Self {
        Self { concurrency, ..self }
    }

    /// The rate for an endpoint with this budget. A server within its budget never needs more than
    /// the allowed number in flight to keep up with it.
    #[must_use]
    pub fn rate(&self, budget_ms: u64) -> u32 {
        let within = self.concurrency as u64 * 1000 / budget_ms.max(1);
        let polite = u32::try_from(within).unwrap_or(u32::MAX).clamp(1, Self::PER_SECOND);
        self.per_second.unwrap_or(polite).max(1)
    }
}

impl Default for Sampling {
    /// An open schedule of 60 requests within 8 s, with at most 50 in a second and 20 in flight.
    fn default() -> Self {
        Self {
            mode: Mode::Open,
            arrivals: Arrivals::Constant,
            seed: 1,
            requests: 60,
            duration: Duration::from_secs(8),
            concurrency: Self::IN_FLIGHT,
            reuse: true,
            per_second: None,
            steps: false,
        }
    }
}
