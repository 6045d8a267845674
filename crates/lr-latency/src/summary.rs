use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::judge::budget::{Standing, standing, weigh};
use crate::judge::fixes::{Fix, shortlist};
use crate::judge::quantile::interval_us;
use crate::judge::regression::{Comparison, compare};
use crate::judge::{kept_up, ms};
use crate::{FailKind, Histogram, Measurement, Mode, Policy, Snapshot, Step, chart};

/// The check's own account of what it measured, for people and scripts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// One for each endpoint, in the order of the configuration.
    pub endpoints: Vec<EndpointSummary>,
    /// The same as pictures, for reports that can show them.
    #[serde(default)]
    pub pictures: Vec<Picture>,
}

/// A picture for whoever reads a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Picture {
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// An SVG document: no script, nothing from elsewhere.
    pub svg: String,
}

/// Reports with more pictures than this are too large to be opened.
const MOST_PICTURES: usize = 50;

/// One endpoint in figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EndpointSummary {
    /// The URL, without credentials.
    pub url: String,
    /// The request method.
    pub method: String,
    /// Who decided when requests started.
    pub mode: Mode,
    /// Requests that were to start in a second.
    pub per_second: u32,
    /// Requests that were begun: `ok`, `failed` and `unfinished` together.
    pub attempted: u64,
    /// Requests that were answered to the end, with an expected status.
    pub ok: u64,
    /// Requests that failed, by kind.
    pub failed: BTreeMap<FailKind, u64>,
    /// Requests whose end was not awaited.
    pub unfinished: u64,
    /// Of these, the ones that were never sent, since all connections were busy until the end.
    pub unsent: u64,
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
    /// Service times of the requests that are `ok`: from sending to the end of the answer.
    pub service_ms: Option<Percentiles>,
    /// Response times of the same: from when the request was to start, if all connections were busy
    /// then. The budget is held against these.
    pub response_ms: Option<Percentiles>,
    /// Whether the two agree; `false` if the server could not keep up with the schedule.
    pub kept_up: Option<bool>,
    /// How late the 95th percentile of the requests started although a connection was free: the
    /// precision of the schedule, part of no other figure.
    pub late_p95_ms: Option<f64>,
    /// The interval in which the 95th percentile of the response time lies, in milliseconds; `null`
    /// where so few requests set no bound.
    pub p95_interval_ms: [Option<f64>; 2],
    /// Where the time goes.
    pub phases_ms: Phases,
    /// The budget for the 95th percentile, in milliseconds.
    pub budget_ms: u64,
    /// Requests that were slower than the budget, failed, or were unanswered after it.
    pub slower_than_budget: u64,
    /// How many times more the share of slow requests varies than if they were independent.
    pub design_effect: f64,
    /// `pass`, `fail`, `unclear`, or `not-measured`: how the endpoint stands against its budget.
    pub verdict: String,
    /// How it stands against accepted runs, if there are any to compare with.
    pub comparison: Option<Comparison>,
    /// Why measuring ended early, if it did.
    pub stopped: Option<String>,
    /// How it fared with ever more users at once, if that was tried.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What would help, the greatest gain first.
    #[serde(default)]
    pub fixes: Vec<Fix>,
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
    /// Where they surely lie.
    pub intervals: Intervals,
}

/// Intervals in which percentiles lie, in milliseconds; `null` where so few requests set no bound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intervals {
    /// Of half of the requests.
    pub p50: [Option<f64>; 2],
    /// Of 90 % of the requests.
    pub p90: [Option<f64>; 2],
    /// Of 95 % of the requests.
    pub p95: [Option<f64>; 2],
    /// Of 99 % of the requests.
    pub p99: [Option<f64>; 2],
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
    /// From the head of the answer to its end.
    pub body: Option<f64>,
    /// A first visit: all of the above, and the rest of the answer.
    pub total: Option<f64>,
}

impl Summary {
    /// The summary of a snapshot, with verdicts by `policy`.
    #[must_use]
    pub fn of(snapshot: &Snapshot, policy: &Policy) -> Self {
        let summarised = |seen| endpoint(seen, snapshot.mode, policy);
        let drawn = |seen: &Measurement| Picture {
            title: format!("response times of {} {}", seen.method, seen.url),
            svg: chart::svg(seen, policy),
        };
        // What was never answered makes no picture.
        let answered = snapshot.endpoints.iter().filter(|seen| seen.ok > 0);
        Self {
            endpoints: snapshot.endpoints.iter().map(summarised).collect(),
            pictures: answered.take(MOST_PICTURES).map(drawn).collect(),
        }
    }
}

pub(crate) fn endpoint(seen: &Measurement, mode: Mode, policy: &Policy) -> EndpointSummary {
    let failed = seen.failed_in_all();
    let known = seen.ok.saturating_add(failed);
    let connections = &seen.connections;
    let weighed = weigh(seen);
    let measured = connections.opened > 0 && weighed.all > 0;
    EndpointSummary {
        url: seen.url.clone(),
        method: seen.method.clone(),
        mode,
        per_second: seen.per_second,
        attempted: seen.attempted,
        ok: seen.ok,
        failed: seen.failed.clone(),
        unfinished: seen.unfinished,
        unsent: seen.unsent,
        error_rate: (known > 0).then(|| failed as f64 / known as f64),
        http: connections.http.clone(),
        tls: connections.tls.clone(),
        remote: connections.remote.clone(),
        connections: ConnectionSummary {
            opened: connections.opened,
            reopened: connections.reopened,
        },
        service_ms: percentiles(seen, &seen.service_us, policy),
        response_ms: percentiles(seen, &seen.response_us, policy),
        kept_up: kept_up(seen),
        late_p95_ms: seen.late_us.quantile_us(0.95).map(ms),
        p95_interval_ms: interval_ms(seen, &seen.response_us, 0.95, policy),
        phases_ms: Phases {
            dns: median(&connections.dns_us),
            connect: median(&connections.connect_us),
            tls: median(&connections.tls_us),
            first_byte: median(&seen.first_byte_us),
            body: median(&seen.body_us),
            total: median(&seen.total_us),
        },
        budget_ms: seen.budget_ms,
        slower_than_budget: weighed.slow,
        design_effect: weighed.effect,
        verdict: match standing(weighed, policy) {
            _ if !measured => "not-measured",
            Standing::Within => "pass",
            Standing::Over => "fail",
            Standing::Unclear { .. } => "unclear",
        }
        .into(),
        comparison: compare(seen, policy),
        stopped: seen.stopped.as_ref().map(ToString::to_string),
        steps: seen.steps.clone(),
        fixes: shortlist(seen),
    }
}

fn percentiles(seen: &Measurement, times: &Histogram, policy: &Policy) -> Option<Percentiles> {
    let at = |q| times.quantile_us(q).map(ms);
    let within = |q| interval_ms(seen, times, q, policy);
    Some(Percentiles {
        p50: at(0.5)?,
        p90: at(0.9)?,
        p95: at(0.95)?,
        p99: at(0.99)?,
        max: times.max_us().map(ms)?,
        intervals: Intervals {
            p50: within(0.5),
            p90: within(0.9),
            p95: within(0.95),
            p99: within(0.99),
        },
    })
}

fn interval_ms(seen: &Measurement, times: &Histogram, q: f64, policy: &Policy) -> [Option<f64>; 2] {
    interval_us(seen, times, q, policy).map(|bound| bound.map(ms))
}

fn median(times: &Histogram) -> Option<f64> {
    times.quantile_us(0.5).map(ms)
}
