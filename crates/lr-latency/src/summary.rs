use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::judge::budget::{Standing, interval_us, standing, weigh};
use crate::judge::ms;
use crate::{FailKind, Histogram, Measurement, Policy, Snapshot};

/// The check's own account of what it measured, for people and scripts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// One for each endpoint, in the order of the configuration.
    pub endpoints: Vec<EndpointSummary>,
}

/// One endpoint in figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EndpointSummary {
    /// The URL, without credentials.
    pub url: String,
    /// The request method.
    pub method: String,
    /// Requests that were begun: `ok`, `failed` and `unfinished` together.
    pub attempted: u64,
    /// Requests that were answered to the end, with an expected status.
    pub ok: u64,
    /// Requests that failed, by kind.
    pub failed: BTreeMap<FailKind, u64>,
    /// Requests whose end was not awaited.
    pub unfinished: u64,
    /// Share of the requests with a known end that failed, 0 to 1.
    pub error_rate: Option<f64>,
    /// Version of HTTP: `1.1` or `2`.
    pub http: Option<String>,
    /// Version of TLS: `1.2` or `1.3`.
    pub tls: Option<String>,
    /// The peer's address as the world sees it.
    pub remote: Option<String>,
    /// Connections that were opened, and how many of them replaced one that had ended.
    pub connections: ConnectionSummary,
    /// Service times of the requests that are `ok`.
    pub service_ms: Option<Percentiles>,
    /// The interval in which the 95th percentile lies, in milliseconds; `null` where so few requests
    /// set no bound.
    pub p95_interval_ms: [Option<f64>; 2],
    /// Where the time goes.
    pub phases_ms: Phases,
    /// The budget for the 95th percentile, in milliseconds.
    pub budget_ms: u64,
    /// Requests that were slower than the budget, failed, or were unanswered after it.
    pub slower_than_budget: u64,
    /// `pass`, `fail`, `unclear`, or `not-measured`: how the endpoint stands against its budget.
    pub verdict: String,
    /// Why measuring ended early, if it did.
    pub stopped: Option<String>,
}

/// Counts of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConnectionSummary {
    /// Connections that were opened.
    pub opened: u64,
    /// Of these, the ones that replaced a connection that had ended.
    pub reopened: u64,
}

/// Percentiles, in milliseconds: the smallest time that at least so many percent do not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Percentiles {
    /// Half of the requests.
    pub p50: f64,
    /// 90 % of the requests.
    pub p90: f64,
    /// 95 % of the requests.
    pub p95: f64,
    /// 99 % of the requests.
    pub p99: f64,
    /// All of them.
    pub max: f64,
}

/// Medians of the phases, in milliseconds. `dns`, `connect` and `tls` are those of the connections
/// that were opened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Phases {
    /// Resolving the name; next to nothing where the answer was known.
    pub dns: Option<f64>,
    /// The TCP handshake.
    pub connect: Option<f64>,
    /// The TLS handshake.
    pub tls: Option<f64>,
    /// From sending a request to the head of the answer.
    pub first_byte: Option<f64>,
    /// A first visit: all of the above, and the rest of the answer.
    pub total: Option<f64>,
}

impl Summary {
    /// The summary of a snapshot, with verdicts by `policy`.
    #[must_use]
    pub fn of(snapshot: &Snapshot, policy: &Policy) -> Self {
        Self { endpoints: snapshot.endpoints.iter().map(|seen| endpoint(seen, policy)).collect() }
    }
}

fn endpoint(seen: &Measurement, policy: &Policy) -> EndpointSummary {
    let failed = seen.failed_in_all();
    let known = seen.ok.saturating_add(failed);
    let connections = &seen.connections;
    let weighed = weigh(seen);
    let measured = connections.opened > 0 && weighed.all > 0;
    EndpointSummary {
        url: seen.url.clone(),
        method: seen.method.clone(),
        attempted: seen.attempted,
        ok: seen.ok,
        failed: seen.failed.clone(),
        unfinished: seen.unfinished,
        error_rate: (known > 0).then(|| failed as f64 / known as f64),
        http: connections.http.clone(),
        tls: connections.tls.clone(),
        remote: connections.remote.clone(),
        connections: ConnectionSummary {
            opened: connections.opened,
            reopened: connections.reopened,
        },
        service_ms: percentiles(&seen.service_us),
        p95_interval_ms: interval_us(seen, policy).map(|bound| bound.map(ms)),
        phases_ms: Phases {
            dns: median(&connections.dns_us),
            connect: median(&connections.connect_us),
            tls: median(&connections.tls_us),
            first_byte: median(&seen.first_byte_us),
            total: median(&seen.total_us),
        },
        budget_ms: seen.budget_ms,
        slower_than_budget: weighed.slow,
        verdict: match standing(weighed, policy) {
            _ if !measured => "not-measured",
            Standing::Within => "pass",
            Standing::Over => "fail",
            Standing::Unclear { .. } => "unclear",
        }
        .into(),
        stopped: seen.stopped.as_ref().map(ToString::to_string),
    }
}

fn percentiles(times: &Histogram) -> Option<Percentiles> {
    let at = |q| times.quantile_us(q).map(ms);
    Some(Percentiles {
        p50: at(0.5)?,
        p90: at(0.9)?,
        p95: at(0.95)?,
        p99: at(0.99)?,
        max: times.max_us().map(ms)?,
    })
}

fn median(times: &Histogram) -> Option<f64> {
    times.quantile_us(0.5).map(ms)
}
