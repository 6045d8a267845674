//! How much less a sample says whose slow requests come in clusters.
//!
//! Requests that meet the same stall are not independent: twenty slow ones in one second are closer
//! to one observation than to twenty. Their number is divided by the design effect, the variance of
//! the share over that of independent requests, estimated from blocks of time (the linearised
//! variance of cluster sampling; used with Clopper–Pearson bounds as in Korn and Graubard,
//! "Confidence intervals for proportions with small expected number of positive counts estimated
//! from survey data", Survey Methodology 24, 1998).

use crate::statistics::student_quantile;
use crate::{End, Measurement, Sample};

/// Lengths of blocks in which slow requests may cluster, in microseconds.
const BLOCKS_US: [u64; 2] = [1_000_000, 2_000_000];

/// So many blocks at least, each then with a part of the requests, however short the run.
const PARTS: usize = 15;

/// Fewer blocks than this say nothing about their variance.
const FEWEST: usize = 5;

/// The design effect of "slower than `limit_us`, or failed": 1 for independent requests.
pub(crate) fn design_effect(seen: &Measurement, limit_us: u64) -> f64 {
    let mut outcomes: Vec<(u64, bool)> =
        seen.samples.iter().filter_map(|sample| outcome(sample, limit_us)).collect();
    outcomes.sort_by_key(|(at, _)| *at);
    effect(&outcomes)
}

/// Whether a request counts as slow; `None` if it was given up before that showed.
fn outcome(sample: &Sample, limit_us: u64) -> Option<(u64, bool)> {
    let late = sample.response_us > limit_us;
    match sample.end {
        End::Ok => Some((sample.at_us, late)),
        End::Failed => Some((sample.at_us, true)),
        End::Unfinished => late.then_some((sample.at_us, true)),
    }
}

/// The largest effect over all lengths of blocks, of outcomes in order of time.
pub(crate) fn effect(outcomes: &[(u64, bool)]) -> f64 {
    let first = outcomes.first().map_or(0, |(at, _)| *at);
    let of_time = BLOCKS_US.iter().map(|length| {
        blocked(outcomes, |_, at| usize::try_from((at - first) / length).unwrap_or(usize::MAX))
    });
    let size = outcomes.len().div_ceil(PARTS).max(1);
    let of_count = blocked(outcomes, |place, _| place / size);
    of_time.chain([of_count]).fold(1.0, f64::max)
}

fn blocked(outcomes: &[(u64, bool)], block: impl Fn(usize, u64) -> usize) -> f64 {
    let n = outcomes.len() as f64;
    let share = outcomes.iter().filter(|(_, slow)| *slow).count() as f64 / n;
    if share <= 0.0 || share >= 1.0 || !share.is_finite() {
        return 1.0;
    }
    let (mut squares, mut blocks) = (0.0, 0usize);
    let (mut current, mut excess) = (0, 0.0f64);
    for (place, (at, slow)) in outcomes.iter().enumerate() {
        let this = block(place, *at);
        if place == 0 || this != current {
            squares += excess * excess;
            (current, excess) = (this, 0.0);
            blocks += 1;
        }
        excess += f64::from(u8::from(*slow)) - share;
    }
    squares += excess * excess;
    if blocks < FEWEST {
        return 1.0;
    }
    let freedom = blocks as f64 - 1.0;
    let variance = squares * blocks as f64 / freedom;
    let effect = variance / (n * share * (1.0 - share));
    // Few blocks may show too little of it.
    let few = (student_quantile(0.975, freedom) / 1.96).powi(2);
    1.0 + (effect - 1.0).max(0.0) * few
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn independent_outcomes_have_an_effect_near_one_and_stalls_one_near_their_length() {
        let mut random = Random::seeded(3);
        let independent: Vec<_> =
            (0..6000u64).map(|n| (n * 10_000, random.share() < 0.1)).collect();
        let effect_of_independent = effect(&independent);
        assert!((1.0..2.0).contains(&effect_of_independent), "{effect_of_independent}");
        // A second of stall in ten: the hundred requests in it are as good as one.
        let stalls: Vec<_> =
            (0..6000u64).map(|n| (n * 10_000, n * 10_000 % 10_000_000 < 1_000_000)).collect();
        let effect_of_stalls = effect(&stalls);
        assert!((80.0..220.0).contains(&effect_of_stalls), "{effect_of_stalls}");
    }

    #[test]
    fn nothing_all_and_little_have_no_effect() {
        let outcomes = |n: u64, slow: bool| (0..n).map(|n| (n, slow)).collect::<Vec<_>>();
        assert_eq!(effect(&[]), 1.0);
        assert_eq!(effect(&outcomes(100, true)), 1.0);
        assert_eq!(effect(&outcomes(100, false)), 1.0);
        assert_eq!(effect(&[(0, true), (5, false)]), 1.0);
    }
}
