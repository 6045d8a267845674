//! Times in which nothing was answered.

use super::{Fix, FixKind, Requests, ms, p95, quantile};
use crate::Sample;

/// A request is held up that takes so many times the median, and so much longer.
const HELD: u64 = 3;
const HELD_US: u64 = 50_000;

/// How many stalls one would see by chance in a run of independent requests at most.
const CHANCE: f64 = 0.01;

/// Distances that differ by less than this share make a period.
const REGULAR: f64 = 0.1;

/// Requests in a row that were held up: too many in a row for chance.
struct Stall {
    from_us: u64,
    to_us: u64,
}

pub(super) fn stalls(requests: &Requests) -> Option<Fix> {
    (!requests.is_few()).then_some(())?;
    let usual = quantile(requests.samples().map(|sample| sample.response_us), 0.5);
    let limit = usual.saturating_mul(HELD).max(usual.saturating_add(HELD_US));
    let found = found(requests, limit);
    (found.len() >= 2).then_some(())?;
    let within = |sample: &Sample| {
        let during = |stall: &Stall| (stall.from_us..=stall.to_us).contains(&sample.at_us);
        sample.response_us > limit && found.iter().any(during)
    };
    let left = requests.samples().map(|sample| match within(sample) {
        true => usual,
        false => sample.response_us,
    });
    let gain = ms(requests.p95_us.saturating_sub(p95(left)));
    let longest = found.iter().map(|stall| stall.to_us - stall.from_us).max().unwrap_or_default();
    let held = requests.samples().filter(|sample| within(sample)).count();
    let rhythm = match period(&found) {
        Some(period) => format!("one about every {:.1} s", period / 1e6),
        None if found.len() == 2 => "two are too few to tell a period".to_owned(),
        None => "at no regular distance".to_owned(),
    };
    let evidence = format!(
        "{held} requests came during {} stalls of up to {:.1} s, {rhythm}",
        found.len(),
        longest as f64 / 1e6
    );
    let advice = "look for what happens at those times: collections, backups, other jobs";
    Some(requests.fix(FixKind::Stalls, gain, advice, evidence).seen_together())
}

/// Rows of held up requests that are longer than chance makes them.
fn found(requests: &Requests, limit: u64) -> Vec<Stall> {
    let n = requests.ok.len() as f64;
    let held = |sample: &Sample| sample.response_us > limit;
    let share = requests.samples().filter(|sample| held(sample)).count() as f64 / n;
    if share <= 0.0 || share > 0.5 {
        return Vec::new();
    }
    // A row of so many begins somewhere in the run with a probability of n times share to its power.
    let least = ((CHANCE / n).ln() / share.ln()).ceil().max(3.0) as usize;
    let samples: Vec<_> = requests.samples().collect();
    samples
        .chunk_by(|one, other| held(one) == held(other))
        .filter(|row| row.len() >= least && held(row[0]))
        .map(|row| Stall { from_us: row[0].at_us, to_us: row[row.len() - 1].at_us })
        .collect()
}

/// The mean distance of three or more stalls, in microseconds, if they are about as far apart. They
/// end where the requests that waited are answered, so the ends of the rows are compared.
fn period(stalls: &[Stall]) -> Option<f64> {
    let gaps: Vec<f64> =
        stalls.windows(2).map(|pair| pair[1].to_us.saturating_sub(pair[0].to_us) as f64).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
    let regular = gaps.iter().all(|gap| (gap - mean).abs() <= REGULAR * mean);
    (gaps.len() >= 2 && regular).then_some(mean)
}
