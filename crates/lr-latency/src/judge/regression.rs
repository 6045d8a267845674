//! Has the 95th percentile risen by more than runs differ anyway?
//!
//! What one run says about itself knows nothing of the noise between runs: the machine next door,
//! another placement, the time of day. So accepted runs are taken as a sample of it, and a new run
//! is held against the prediction interval for one more (Student's t; Hahn and Meeker, "Statistical
//! Intervals", chapter 4).

use lr_core::{ErrorKind, Location, Recorder};
use serde::{Deserialize, Serialize};

use super::mark;
use crate::rules::NO_REGRESSION;
use crate::statistics::student_quantile;
use crate::{LogP95, Measurement, Policy};

/// A measurement against the accepted runs of its endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// What became of the 95th percentile.
    pub change: Change,
    /// Accepted runs it was held against.
    pub runs: u64,
    /// The geometric mean of their 95th percentiles, in milliseconds.
    pub accepted_p95_ms: f64,
    /// The 95th percentile of the measurement, in milliseconds.
    pub p95_ms: f64,
    /// The one over the other.
    pub ratio: f64,
    /// The least ratio that could have been told from noise.
    pub least_ratio: f64,
    /// Fewer than five runs: how much they differ is hardly known.
    pub provisional: bool,
}

/// What became of a 95th percentile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// It is no longer than before, and more would have shown.
    Fine,
    /// It has risen, and a repetition confirmed it.
    Regressed,
    /// It has risen in one run, which no repetition has confirmed.
    Suspected,
    /// Runs differ so much that a rise that matters would not have shown.
    Unclear,
}

/// A rise by less is nothing.
const RISE: f64 = 1.3;

/// Nor is one by fewer milliseconds.
const FLOOR_MS: f64 = 15.0;

/// From so many runs on their spread is an estimate.
const ENOUGH: usize = 5;

/// One-sided confidence of a single comparison. The repetition leaves a tenth of the false alarms;
/// a higher one would miss more doublings of noisy endpoints.
const LEVEL: f64 = 0.89;

/// Half of a 95 % interval in standard errors.
const Z: f64 = 1.96;

/// `None` if there is nothing to compare.
pub(crate) fn compare(seen: &Measurement, policy: &Policy) -> Option<Comparison> {
    let comparable = seen.comparable.as_ref()?;
    let new = LogP95::of(seen, policy)?;
    compared(new, comparable.again, &comparable.accepted)
}

pub(crate) fn compared(
    new: LogP95,
    again: Option<LogP95>,
    accepted: &[LogP95],
) -> Option<Comparison> {
    let runs = accepted.len();
    let middle = mean(accepted)?;
    let provisional = runs < ENOUGH;
    let reach = match provisional {
        // The intervals must lie apart.
        true => accepted.iter().map(|run| run.ln_interval[1]).fold(middle, f64::max) - middle,
        false => {
            let level = student_quantile(LEVEL, runs as f64 - 1.0);
            level * spread(accepted) * (1.0 + 1.0 / runs as f64).sqrt()
        }
    };
    let risen = |run: LogP95| {
        let seen_at_least = if provisional { run.ln_interval[0] } else { run.ln_us };
        let rise = run.ln_us - middle;
        rise > RISE.ln()
            && seen_at_least - middle > reach
            && run.ms() - middle.exp() / 1000.0 >= FLOOR_MS
    };
    let change = match (risen(new), again.map(risen)) {
        (true, Some(true)) => Change::Regressed,
        (true, _) => Change::Suspected,
        (false, _) if reach > RISE.ln() => Change::Unclear,
        (false, _) => Change::Fine,
    };
    Some(Comparison {
        change,
        runs: runs as u64,
        accepted_p95_ms: middle.exp() / 1000.0,
        p95_ms: new.ms(),
        ratio: (new.ln_us - middle).exp(),
        least_ratio: reach.exp().max(RISE),
        provisional,
    })
}

/// How much runs differ, and at least how unsure each of them is.
fn spread(accepted: &[LogP95]) -> f64 {
    let n = accepted.len() as f64;
    let mean = mean(accepted).unwrap_or_default();
    let squares: f64 = accepted.iter().map(|run| (run.ln_us - mean).powi(2)).sum();
    let widths = accepted.iter().map(|run| run.ln_interval[1] - run.ln_interval[0]);
    let within = median(widths.collect()).unwrap_or_default() / (2.0 * Z);
    (squares / (n - 1.0)).sqrt().max(within)
}

fn mean(runs: &[LogP95]) -> Option<f64> {
    let sum: f64 = runs.iter().map(|run| run.ln_us).sum();
    (!runs.is_empty()).then(|| sum / runs.len() as f64)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        even if even % 2 == 0 => Some(f64::midpoint(values[middle - 1], values[middle])),
        _ => Some(values[middle]),
    }
}

pub(super) fn judge(
    seen: &Measurement,
    policy: &Policy,
    subject: &Location,
    out: &mut Recorder<'_>,
) {
    let Some(comparable) = &seen.comparable else {
        let reason = "no accepted runs were given to compare with";
        return out.not_applicable(&NO_REGRESSION, subject.clone(), reason);
    };
    let Some(found) = compare(seen, policy) else {
        let reason = match comparable.other_settings {
            _ if !comparable.accepted.is_empty() => {
                let reason = "nothing was answered that could be compared";
                return out.inconclusive(
                    &NO_REGRESSION,
                    subject.clone(),
                    ErrorKind::NotDecided,
                    reason,
                );
            }
            0 => "no run of this endpoint has been accepted yet".to_owned(),
            other => format!("the {other} accepted runs were taken under other settings"),
        };
        return out.not_applicable(&NO_REGRESSION, subject.clone(), reason);
    };
    let provisional = match found.provisional {
        true => format!("; provisional, with fewer than {ENOUGH} accepted runs"),
        false => String::new(),
    };
    let ratio = format!(
        "p95 is {:.0} ms, {:.2} times the {:.0} ms of {} accepted runs",
        found.p95_ms, found.ratio, found.accepted_p95_ms, found.runs
    );
    let open = |reason: String, out: &mut Recorder<'_>| {
        out.inconclusive(&NO_REGRESSION, subject.clone(), ErrorKind::NotDecided, reason);
    };
    match found.change {
        Change::Fine => out.pass(&NO_REGRESSION, subject.clone()),
        Change::Suspected if comparable.again.is_some() => {
            open(format!("suspected: {ratio}; a second run did not confirm it{provisional}"), out);
        }
        Change::Suspected => {
            open(format!("suspected: {ratio}; there was no second run{provisional}"), out);
        }
        Change::Unclear => open(
            format!(
                "unclear: {ratio}, and no rise below {:.2} times could have been told from the \
                 noise{provisional}",
                found.least_ratio
            ),
            out,
        ),
        Change::Regressed => {
            let detail = format!("{ratio}, and a second run confirmed it{provisional}");
            let finding = out.fail(&NO_REGRESSION, subject.clone(), detail);
            finding
                .evidence("p95_ms", found.p95_ms)
                .evidence("accepted_p95_ms", found.accepted_p95_ms)
                .evidence("again_p95_ms", comparable.again.map(LogP95::ms))
                .evidence("accepted_runs", found.runs)
                .evidence("least_ratio", found.least_ratio);
            mark(finding, seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn run(ms: f64) -> LogP95 {
        LogP95::from_ms(ms, [ms * 0.95, ms * 1.05])
    }

    fn change(new: f64, again: Option<f64>, accepted: &[f64]) -> Option<Change> {
        let accepted: Vec<_> = accepted.iter().copied().map(run).collect();
        compared(run(new), again.map(run), &accepted).map(|found| found.change)
    }

    #[test]
    fn a_rise_counts_once_it_is_confirmed_and_matters() {
        let quiet = [200.0, 205.0, 195.0, 202.0, 198.0];
        assert_eq!(change(300.0, Some(310.0), &quiet), Some(Change::Regressed));
        assert_eq!(change(300.0, Some(210.0), &quiet), Some(Change::Suspected));
        assert_eq!(change(300.0, None, &quiet), Some(Change::Suspected));
        assert_eq!(change(240.0, Some(240.0), &quiet), Some(Change::Fine));
        assert_eq!(change(100.0, None, &quiet), Some(Change::Fine));
        // Three milliseconds that become six.
        let tiny = [3.0, 3.1, 2.9, 3.0, 3.0];
        assert_eq!(change(6.0, Some(6.0), &tiny), Some(Change::Fine));
        assert_eq!(change(300.0, None, &[]), None);
    }

    #[test]
    fn where_runs_differ_much_little_can_be_said() {
        let noisy = [100.0, 200.0, 150.0, 300.0, 120.0];
        assert_eq!(change(160.0, None, &noisy), Some(Change::Unclear));
        assert_eq!(change(280.0, Some(280.0), &noisy), Some(Change::Unclear));
        assert_eq!(change(900.0, Some(900.0), &noisy), Some(Change::Regressed));
    }

    #[test]
    fn few_runs_are_held_apart_by_their_intervals() {
        let few = compared(run(300.0), Some(run(300.0)), &[run(200.0)]).unwrap();
        assert_eq!((few.change, few.provisional), (Change::Regressed, true));
        let wide = LogP95::from_ms(200.0, [150.0, 290.0]);
        let unsure = compared(run(300.0), Some(run(300.0)), &[wide]).unwrap();
        assert_eq!(unsure.change, Change::Unclear);
    }

    /// How often a regression is found when the 95th percentile changes by `factor`, runs differ by
    /// `noise`, and each is as unsure as one of 400 exponential times.
    fn found(runs: usize, noise: f64, factor: f64) -> f64 {
        const SIMULATIONS: usize = 6000;
        // The standard error of ln p95: sqrt(q (1 - q) / n) over density times quantile.
        let error = (0.95f64 * 0.05 / 400.0).sqrt() / (0.05 * 20f64.ln());
        let mut random = Random::seeded(11);
        let mut normal = move || {
            let angle = random.share() * std::f64::consts::TAU;
            (2.0 * random.exponential()).sqrt() * angle.cos()
        };
        let mut run = |factor: f64| {
            let ln = 200_000f64.ln() + factor.ln() + noise * normal() + error * normal();
            LogP95 { ln_us: ln, ln_interval: [ln - Z * error, ln + Z * error] }
        };
        let regressed = (0..SIMULATIONS).filter(|_| {
            let accepted: Vec<_> = (0..runs).map(|_| run(1.0)).collect();
            let (new, again) = (run(factor), run(factor));
            compared(new, Some(again), &accepted).unwrap().change == Change::Regressed
        });
        regressed.count() as f64 / SIMULATIONS as f64
    }

    #[test]
    fn false_alarms_are_rare_and_a_doubling_is_found() {
        for (runs, noise) in [(5, 0.05), (5, 0.1), (5, 0.2), (10, 0.2), (20, 0.2)] {
            let (alarm, doubling) = (found(runs, noise, 1.0), found(runs, noise, 2.0));
            assert!(alarm <= 0.015, "K = {runs}, noise {noise}: {alarm}");
            assert!(doubling >= 0.85, "K = {runs}, noise {noise}: {doubling}");
        }
        assert!(found(5, 0.1, 2.0) >= 0.99);
    }
}
