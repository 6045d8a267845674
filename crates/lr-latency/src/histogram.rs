use serde::{Deserialize, Serialize};

/// Times in microseconds and how often each was seen, as plain data: `[[value, count], ...]` in
/// ascending order.
///
/// Values come from an HDR histogram: exact below 2 ms and within 0.1 % above. Two histograms can be
/// merged, which percentiles cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub struct Histogram {
    buckets: Vec<(u64, u64)>,
}

impl Histogram {
    /// How many times were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// The `⌈q·n⌉`-th smallest time, in microseconds; `None` if there is none.
    #[must_use]
    pub fn quantile_us(&self, q: f64) -> Option<u64> {
        // Rounding in `q * n` must not push a whole number to the next rank.
        let rank = (q.clamp(0.0, 1.0) * self.count() as f64 - 1e-9).ceil();
        self.ranked_us((rank as u64).max(1))
    }

    /// The time of a rank, counted from 1, in microseconds.
    #[must_use]
    pub fn ranked_us(&self, rank: u64) -> Option<u64> {
        let mut below = 0u64;
        self.buckets.iter().find_map(|(value, count)| {
            below = below.saturating_add(*count);
            (below >= rank && rank > 0).then_some(*value)
        })
    }

    /// The longest time, in microseconds.
    #[must_use]
    pub fn max_us(&self) -> Option<u64> {
        self.buckets.last().map(|(value, _)| *value)
    }

    /// The recorded times and their counts, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.buckets.iter().copied()
    }

    /// Both together.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect::<Vec<_>>().into()
    }
}

/// Sorts, adds up equal values and drops empty buckets, so that data from outside is sound too.
impl From<Vec<(u64, u64)>> for Histogram {
    fn from(mut buckets: Vec<(u64, u64)>) -> Self {
        buckets.retain(|(_, count)| *count > 0);
        buckets.sort_unstable();
        buckets.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(later.1);
            }
            same
        });
        Self { buckets }
    }
}

impl From<Histogram> for Vec<(u64, u64)> {
    fn from(histogram: Histogram) -> Self {
        histogram.buckets
    }
}

impl FromIterator<u64> for Histogram {
    fn from_iter<I: IntoIterator<Item = u64>>(values: I) -> Self {
        values.into_iter().map(|value| (value, 1)).collect::<Vec<_>>().into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_of_a_known_set() {
        let histogram: Histogram = (1..=100).rev().collect();
        for (q, value) in [(0.0, 1), (0.5, 50), (0.9, 90), (0.95, 95), (0.99, 99), (1.0, 100)] {
            assert_eq!(histogram.quantile_us(q), Some(value), "{q}");
        }
        assert_eq!(Histogram::default().quantile_us(0.5), None);
        assert_eq!([7].into_iter().collect::<Histogram>().quantile_us(0.95), Some(7));
    }

    proptest! {
        #[test]
        fn quantiles_are_those_of_the_sorted_list(
            mut values in prop::collection::vec(0u64..500, 1..300),
            q in 0.001f64..=1.0,
        ) {
            let histogram: Histogram = values.iter().copied().collect();
            values.sort_unstable();
            let rank = ((q * values.len() as f64 - 1e-9).ceil() as usize).max(1);
            prop_assert_eq!(histogram.quantile_us(q), Some(values[rank - 1]));
            prop_assert_eq!(histogram.count(), values.len() as u64);
            prop_assert_eq!(histogram.max_us(), values.last().copied());
        }

        #[test]
        fn merging_is_recording_both(
            left in prop::collection::vec(0u64..50, 0..100),
            right in prop::collection::vec(0u64..50, 0..100),
        ) {
            let both: Histogram = left.iter().chain(&right).copied().collect();
            let (left, right): (Histogram, Histogram) =
                (left.into_iter().collect(), right.into_iter().collect());
            prop_assert_eq!(left.merged(&right), both);
        }
    }
}
