//! Opinions: pure functions of what was measured and of what is tolerated.

pub(crate) mod budget;
mod clustering;
mod errors;
pub(crate) mod fixes;
pub(crate) mod quantile;
mod reachable;
pub(crate) mod regression;
#[cfg(test)]
mod simulation;

use lr_core::{ErrorKind, Location, Recorder};

use crate::rules::{NO_ERRORS, RULES, WITHIN_BUDGET};
use crate::{FailKind, Measurement, NAME, Policy, Snapshot, Stopped};

/// Judges every measurement of `snapshot` by `policy`.
pub fn judge(snapshot: &Snapshot, policy: &Policy, out: &mut Recorder<'_>) {
    for rule in RULES {
        if snapshot.endpoints.is_empty() {
            out.not_applicable(rule, Location::check(NAME), "no endpoint is given");
        }
    }
    for measurement in &snapshot.endpoints {
        let subject = Location::url(measurement.url.as_str());
        reachable::judge(measurement, &subject, out);
        regression::judge(measurement, policy, &subject, out);
        match unseen(measurement) {
            Some((cause, reason)) => {
                for rule in [&NO_ERRORS, &WITHIN_BUDGET] {
                    out.inconclusive(rule, subject.clone(), cause, reason.as_str());
                }
            }
            None => {
                errors::judge(measurement, policy, &subject, out);
                budget::judge(measurement, policy, &subject, out);
            }
        }
    }
}

/// Why nothing can be said about how the endpoint answers: no request has reached it.
fn unseen(measurement: &Measurement) -> Option<(ErrorKind, String)> {
    match &measurement.first_failure {
        _ if measurement.connections.opened > 0 => None,
        Some(obstacle) => Some((obstacle.cause, obstacle.message.as_str().to_owned())),
        None if measurement.stopped == Some(Stopped::Cancelled) => {
            Some((ErrorKind::Cancelled, "cancelled".to_owned()))
        }
        None => {
            Some((ErrorKind::Timeout, "no request was made in the time that was left".to_owned()))
        }
    }
}

/// How many requests failed through the endpoint's fault. That we were asked to slow down says
/// nothing about how visitors fare.
fn errors(measurement: &Measurement) -> u64 {
    let own = measurement.failed.iter().filter(|(kind, _)| **kind != FailKind::RateLimited);
    own.fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

/// `3 timeout, 1 status-500`.
fn by_kind(measurement: &Measurement) -> String {
    let parts: Vec<_> =
        measurement.failed.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    parts.join(", ")
}

/// A sentence on why there are no more requests to judge by, if it ended early.
fn cut_short(measurement: &Measurement) -> String {
    measurement
        .stopped
        .as_ref()
        .map_or_else(String::new, |stopped| format!("; measuring was stopped: {stopped}"))
}

/// Whether visitors waited longer than the server worked on their requests: the 95th percentiles
/// apart by more than 5 %, and by more than a millisecond.
pub(crate) fn kept_up(measurement: &Measurement) -> Option<bool> {
    let response = measurement.response_us.quantile_us(0.95)?;
    let service = measurement.service_us.quantile_us(0.95)?;
    let over = response.saturating_sub(service);
    let apart = over > service / 20 && over > 1000;
    Some(!apart && measurement.unsent == 0)
}

/// A sentence on a schedule that the server could not keep up with.
fn overload(measurement: &Measurement) -> String {
    match kept_up(measurement) {
        Some(false) => format!(
            "; the server could not keep up with {} requests a second: p95 is {:.0} ms from when \
             they were sent, and {:.0} ms from when they were to be",
            measurement.per_second,
            measurement.service_us.quantile_us(0.95).map_or(0.0, ms),
            measurement.response_us.quantile_us(0.95).map_or(0.0, ms),
        ),
        _ => String::new(),
    }
}

/// The obstacle behind an unclear verdict.
fn cause(measurement: &Measurement) -> ErrorKind {
    match measurement.stopped {
        Some(Stopped::RateLimited { .. }) => ErrorKind::RateLimited,
        Some(Stopped::Cancelled) => ErrorKind::Cancelled,
        _ if measurement.unfinished > 0 => ErrorKind::Timeout,
        _ => ErrorKind::NotDecided,
    }
}

/// Of several endpoints with one URL, the method tells findings apart.
fn mark(finding: &mut lr_core::Finding, measurement: &Measurement) {
    if measurement.method != "GET" {
        finding.instance(measurement.method.as_str());
    }
}

pub(crate) fn ms(us: u64) -> f64 {
    us as f64 / 1000.0
}

/// `12.7 %`, with one digit more where it would read as nothing.
fn percent(part: u64, whole: u64) -> String {
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    match percent > 0.0 && percent < 0.1 {
        true => format!("{percent:.2} %"),
        false => format!("{percent:.1} %"),
    }
}
