use std::collections::BTreeMap;

use lr_core::{ErrorKind, Text, Timestamp};
use lr_net::Url;
use serde::{Deserialize, Serialize};

use crate::{Arrivals, Comparable, End, FailKind, Histogram, Mode, Sample, Sampling};

/// What was measured: plain data, no opinion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// When measuring began.
    pub taken: Timestamp,
    /// Requests that were planned for each endpoint.
    pub requests: u64,
    /// Longest time in which requests were to start, in milliseconds.
    pub duration_ms: u64,
    /// Requests in flight to one endpoint at most.
    pub concurrency: u64,
    /// Whether connections were used for more than one request.
    pub reuse: bool,
    /// Who decided when requests started.
    #[serde(default)]
    pub mode: Mode,
    /// How the arrivals of the open mode were spread.
    #[serde(default)]
    pub arrivals: Arrivals,
    /// The seed of the arrivals.
    #[serde(default)]
    pub seed: u64,
    /// One for each endpoint, in the order of the configuration.
    pub endpoints: Vec<Measurement>,
}

impl Snapshot {
    /// A snapshot of measurements that were taken under `sampling`.
    #[must_use]
    pub fn new(taken: Timestamp, sampling: &Sampling, endpoints: Vec<Measurement>) -> Self {
        Self {
            taken,
            requests: sampling.requests,
            duration_ms: u64::try_from(sampling.duration.as_millis()).unwrap_or(u64::MAX),
            concurrency: sampling.concurrency as u64,
            reuse: sampling.reuse,
            mode: sampling.mode,
            arrivals: sampling.arrivals,
            seed: sampling.seed,
            endpoints,
        }
    }
}

/// One endpoint: every request is accounted for, `attempted = ok + failed + unfinished`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Measurement {
    /// The URL, without credentials.
    pub url: String,
    /// The request method.
    pub method: String,
    /// The budget for the 95th percentile of [`Self::response_us`], in milliseconds.
    pub budget_ms: u64,
    /// Requests that were to start in a second.
    pub per_second: u32,
    /// Requests that were begun.
    pub attempted: u64,
    /// Requests that were answered to the end, with an expected status.
    pub ok: u64,
    /// Requests that failed, by kind.
    pub failed: BTreeMap<FailKind, u64>,
    /// Requests whose end was not awaited: the time was up, or the body too long.
    pub unfinished: u64,
    /// Of [`Self::unfinished`], those that were scheduled, but never sent: all connections were
    /// busy until the end.
    pub unsent: u64,
    /// Of [`Self::ok`], those slower than the budget.
    pub slow: u64,
    /// Of [`Self::unfinished`], those that were over the budget already.
    pub unfinished_slow: u64,
    /// Answers of which at least the head came, whatever their status.
    pub answered: u64,
    /// From sending a request to the end of the answer, for [`Self::ok`]. Includes opening a
    /// connection only where the server had closed the earlier one.
    pub service_us: Histogram,
    /// The same from when the request was to start, for those that found all connections busy: what
    /// a visitor waits who comes at that moment.
    pub response_us: Histogram,
    /// How late requests started although a connection was free. This is the measuring program's
    /// own fault, and part of no other time.
    pub late_us: Histogram,
    /// From sending a request to the head of the answer, for [`Self::ok`].
    pub first_byte_us: Histogram,
    /// From the head of the answer to its end, for [`Self::ok`].
    pub body_us: Histogram,
    /// Everything, from the name to the end of the answer, for those of [`Self::ok`] for which a
    /// connection was opened: what a first visit takes.
    pub total_us: Histogram,
    /// The connections that were opened.
    pub connections: Connections,
    /// What it is held against, if accepted runs were given.
    pub comparable: Option<Comparable>,
    /// Every request, in the order in which they ended; the first 100,000.
    pub samples: Vec<Sample>,
    /// The first obstacle, in words.
    pub first_failure: Option<Obstacle>,
    /// Why it ended before the planned number of requests or time.
    pub stopped: Option<Stopped>,
    /// The first answer that was expected, without its body.
    pub answer: Option<Answer>,
    /// Of [`Self::ok`], those that were redirects.
    pub redirects: u64,
    /// What the server said it spent its time on (`Server-Timing`): by name, the place of a request
    /// in [`Self::samples`] and microseconds.
    pub server_timing: BTreeMap<String, Vec<(u64, u64)>>,
    /// How it fared with ever more users at once, if that was tried.
    pub steps: Vec<Step>,
}

impl Measurement {
    /// A measurement in which nothing has happened yet.
    #[must_use]
    pub fn new(url: &str, method: &str, budget_ms: u64) -> Self {
        Self { url: shown_url(url), method: method.into(), budget_ms, ..Self::default() }
    }

    /// The measurement that such requests make, all sent over connections that were open: for
    /// simulations, and for times that were taken elsewhere.
    #[must_use]
    pub fn of_samples(url: &str, budget_ms: u64, samples: Vec<Sample>) -> Self {
        let budget_us = budget_ms.saturating_mul(1000);
        let count = |end| samples.iter().filter(|sample| sample.end == end).count() as u64;
        let ok = || samples.iter().filter(|sample| sample.end == End::Ok);
        let late = |sample: &&Sample| sample.response_us > budget_us;
        let unfinished = samples.iter().filter(|sample| sample.end == End::Unfinished);
        let mut seen = Self {
            attempted: samples.len() as u64,
            ok: count(End::Ok),
            unfinished: count(End::Unfinished),
            slow: ok().filter(late).count() as u64,
            unfinished_slow: unfinished.filter(late).count() as u64,
            answered: count(End::Ok),
            service_us: ok().map(|sample| sample.service_us).collect(),
            response_us: ok().map(|sample| sample.response_us).collect(),
            ..Self::new(url, "GET", budget_ms)
        };
        seen.connections.opened = 1;
        match count(End::Failed) {
            0 => {}
            failed => drop(seen.failed.insert(FailKind::BrokenOff, failed)),
        }
        seen.samples = samples;
        seen
    }

    /// Requests that failed, of whatever kind.
    #[must_use]
    pub fn failed_in_all(&self) -> u64 {
        self.failed.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// What is known of an answer beside its time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<Text>,
    /// `Content-Encoding`.
    pub content_encoding: Option<Text>,
    /// Whether the request said that compression is welcome.
    pub offered_compression: bool,
    /// `Location`, without credentials and query.
    pub location: Option<Text>,
    /// The field by which a cache tells of itself, such as `x-cache: MISS`.
    pub cache: Option<Text>,
    /// Bytes of the body, as they came over the wire.
    pub body_bytes: u64,
}

/// So many users at once, each of whom waits for an answer before asking again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// Users.
    pub users: u64,
    /// Requests that were answered as expected.
    pub ok: u64,
    /// Requests that were not.
    pub failed: u64,
    /// The median of the service times, in microseconds.
    pub p50_us: u64,
    /// The 95th percentile of the service times, in microseconds.
    pub p95_us: u64,
    /// Answers in a second.
    pub per_second: f64,
}

impl Step {
    /// A step.
    #[must_use]
    pub fn new(users: u64, ok: u64, [p50_us, p95_us]: [u64; 2], per_second: f64) -> Self {
        Self { users, ok, failed: 0, p50_us, p95_us, per_second }
    }
}

/// The connections that were opened to an endpoint, and the phases of opening them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Connections {
    /// Connections that were opened.
    pub opened: u64,
    /// Of these, the ones that replaced a connection that had ended.
    pub reopened: u64,
    /// Version of HTTP: `1.1` or `2`.
    pub http: Option<String>,
    /// Version of TLS: `1.2` or `1.3`; `None` for plain HTTP.
    pub tls: Option<String>,
    /// The peer's address as the world sees it.
    pub remote: Option<String>,
    /// Resolving the name; next to nothing where the answer was known.
    pub dns_us: Histogram,
    /// The TCP handshake, with the wait for other addresses if the first did not answer.
    pub connect_us: Histogram,
    /// The full TLS handshake; sessions are not resumed.
    pub tls_us: Histogram,
}

/// What stood in the way of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Obstacle {
    /// What kind of failure.
    pub kind: FailKind,
    /// The same for generic code.
    pub cause: ErrorKind,
    /// What was wrong and where.
    pub message: Text,
}

impl Obstacle {
    /// An obstacle.
    pub fn new(kind: FailKind, cause: ErrorKind, message: impl Into<Text>) -> Self {
        Self { kind, cause, message: message.into() }
    }
}

/// Why measuring an endpoint ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stopped {
    /// The server asked to slow down.
    RateLimited {
        /// Its `Retry-After`, if there was one.
        retry_after: Option<Text>,
    },
    /// More than 20 % of the requests had failed.
    Errors,
    /// An answer was longer than what is read of one, and was cut.
    TooLarge {
        /// Bytes that are read at most.
        limit_bytes: u64,
    },
    /// No connection can be made, and trying again would not change that.
    NoConnection,
    /// The caller asked to stop.
    Cancelled,
}

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::RateLimited { retry_after: Some(after) } => {
                write!(f, "the server asked to slow down (retry after {after})")
            }
            Self::RateLimited { retry_after: None } => f.write_str("the server asked to slow down"),
            Self::Errors => f.write_str("more than 20 % of the requests failed"),
            Self::TooLarge { limit_bytes } => {
                write!(f, "an answer was longer than {limit_bytes} bytes and was cut")
            }
            Self::NoConnection => f.write_str("no connection can be made"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

/// The URL as it may be shown: without credentials and fragment.
pub(crate) fn shown_url(url: &str) -> String {
    let parsed = Url::parse(url).ok().filter(|parsed| !parsed.cannot_be_a_base());
    let Some(mut parsed) = parsed else {
        // What is no such URL may still hold a password before its `@`.
        return Text::new(url.rsplit('@').next().unwrap_or_default()).as_str().to_owned();
    };
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    parsed.set_fragment(None);
    parsed.into()
}
