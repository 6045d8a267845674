use super::clustering::design_effect;
use crate::statistics::clustered_ranks;
use crate::{Histogram, Measurement, Policy};

/// The interval in which a quantile of `times` of this measurement lies, in microseconds; `None` on
/// a side that so few requests cannot bound.
///
/// It lies between two order statistics, whatever the distribution (Hahn and Meeker, "Statistical
/// Intervals", chapter 5), for as many requests as those of this measurement are worth.
pub(crate) fn interval_us(
    seen: &Measurement,
    times: &Histogram,
    q: f64,
    policy: &Policy,
) -> [Option<u64>; 2] {
    let at = times.quantile_us(q).unwrap_or_default();
    let effect = design_effect(seen, at);
    let (low, high) = clustered_ranks(times.count(), q, 1.0 - policy.alpha(), effect);
    [low, high].map(|rank| times.ranked_us(rank?))
}
