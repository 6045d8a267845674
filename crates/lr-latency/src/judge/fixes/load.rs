//! What the first request and the number of users do.

use super::{Fix, FixKind, Gain, Requests, ms, quantile};
use crate::{Measurement, Step};

/// A first request that takes so many times as long as the slowest other one, and so much longer,
/// was cold.
const COLD: u64 = 2;
const COLD_US: u64 = 50_000;

/// By chance alone the first of `n` requests is the slowest once in `n` times; that it takes twice
/// as long as the next is rarer still.
pub(super) fn cold_start(requests: &Requests) -> Option<Fix> {
    let ((_, first), rest) = requests.ok.split_first().filter(|_| !requests.is_few())?;
    let slowest = rest.iter().map(|(_, sample)| sample.service_us).max()?;
    let usual = quantile(rest.iter().map(|(_, sample)| sample.service_us), 0.5);
    let took = first.service_us;
    let cold = took >= slowest.saturating_mul(COLD) && took >= slowest.saturating_add(COLD_US);
    cold.then(|| Fix {
        kind: FixKind::ColdStart,
        advice: "keep an instance warm".into(),
        evidence: format!(
            "the first request took {:.0} ms, and the slowest of the {} after it {:.0} ms; by \
             chance the first of so many is the slowest once in {} times",
            ms(took),
            rest.len(),
            ms(slowest),
            requests.ok.len()
        ),
        at_most_ms: ms(took.saturating_sub(usual)),
        of_ms: ms(took),
        of: Gain::FirstRequest,
        correlation: true,
    })
}

/// Waiting so many times as long means that users stand in each other's way.
const KNEE: f64 = 1.5;

/// By Little's law, users at once are answers in a second times the time of each: where that time
/// grows, more users bring no more answers.
pub(super) fn knee(seen: &Measurement) -> Option<Fix> {
    let (first, last) = (seen.steps.first()?, seen.steps.last()?);
    let slower = |step: &Step| step.p50_us as f64 > KNEE * first.p50_us.max(1) as f64;
    (last.users > first.users && slower(last)).then_some(())?;
    let from = seen.steps.iter().find(|step| slower(step))?;
    let step = |step: &Step| {
        format!(
            "{} at once: p50 {:.0} ms, p95 {:.0} ms, {:.0} answers/s",
            step.users,
            ms(step.p50_us),
            ms(step.p95_us),
            step.per_second
        )
    };
    let steps: Vec<_> = seen.steps.iter().map(step).collect();
    Some(Fix {
        kind: FixKind::Knee,
        advice: format!("find what {} users at once wait for", from.users),
        evidence: steps.join("; "),
        at_most_ms: ms(last.p95_us.saturating_sub(first.p95_us)),
        of_ms: ms(last.p95_us),
        of: Gain::CrowdP95,
        correlation: true,
    })
}
