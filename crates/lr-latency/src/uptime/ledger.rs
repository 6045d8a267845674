use std::collections::BTreeMap;

use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Histogram;
use crate::statistics::share_bounds;

/// What checks and jobs brought, by the hour. Two ledgers can be merged: of several places, of
/// several machines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledger {
    hours: BTreeMap<i64, Numbers>,
}

/// Counts over some time; they add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Numbers {
    /// Checks that were good.
    pub good: u64,
    /// Checks that failed.
    pub failed: u64,
    /// Checks during maintenance, whatever they brought.
    pub maintenance: u64,
    /// Jobs that failed, as the embedder tells.
    pub failed_jobs: u64,
    /// Latency of good checks by microseconds, rounded to within 1 %.
    latency_us: BTreeMap<u64, u64>,
}

/// Four numbers that tell a launch: over any time, from what was counted in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FourNumbers {
    /// Share of good checks; `None` if there was none. Maintenance is left out.
    pub uptime: Option<f64>,
    /// Where it surely lies, with 95 % confidence.
    pub uptime_interval: [f64; 2],
    /// The 95th percentile of the latency of good checks, in milliseconds.
    pub p95_ms: Option<f64>,
    /// Share of failed checks.
    pub error_rate: Option<f64>,
    /// Jobs that failed.
    pub failed_jobs: u64,
    /// Checks that these rest on.
    pub checks: u64,
}

const HOUR_MS: i64 = 3_600_000;

impl Ledger {
    /// Hours that are kept: 90 days.
    pub const KEPT: i64 = 90 * 24;

    /// A check that was good and took so long, or failed.
    pub fn check(&mut self, at: Timestamp, good_in_us: Option<u64>) {
        let numbers = self.hour(at);
        match good_in_us {
            Some(us) => {
                numbers.good += 1;
                *numbers.latency_us.entry(rounded(us)).or_default() += 1;
            }
            None => numbers.failed += 1,
        }
    }

    /// A check during maintenance.
    pub fn maintenance(&mut self, at: Timestamp) {
        self.hour(at).maintenance += 1;
    }

    /// So many jobs failed.
    pub fn failed_jobs(&mut self, at: Timestamp, jobs: u64) {
        self.hour(at).failed_jobs += jobs;
    }

    /// Everything in another ledger too.
    pub fn merge(&mut self, other: &Self) {
        for (hour, numbers) in &other.hours {
            self.hours.entry(*hour).or_default().merge(numbers);
        }
    }

    /// The four numbers over the hours from that of one moment up to that of another, both included.
    #[must_use]
    pub fn over(&self, from: Timestamp, to: Timestamp) -> FourNumbers {
        let mut all = Numbers::default();
        if from <= to {
            self.hours.range(hour(from)..=hour(to)).for_each(|(_, numbers)| all.merge(numbers));
        }
        all.four()
    }

    fn hour(&mut self, at: Timestamp) -> &mut Numbers {
        let hour = hour(at);
        if let Some(latest) = self.hours.keys().next_back().copied() {
            let oldest = latest.max(hour) - Self::KEPT;
            while let Some(first) = self.hours.first_entry().filter(|first| *first.key() < oldest) {
                first.remove();
            }
        }
        self.hours.entry(hour).or_default()
    }
}

impl Numbers {
    /// The latency of good checks.
    #[must_use]
    pub fn latency_us(&self) -> Histogram {
        self.latency_us.iter().map(|(us, count)| (*us, *count)).collect::<Vec<_>>().into()
    }

    /// Everything in others too.
    pub fn merge(&mut self, other: &Self) {
        self.good += other.good;
        self.failed += other.failed;
        self.maintenance += other.maintenance;
        self.failed_jobs += other.failed_jobs;
        for (us, count) in &other.latency_us {
            *self.latency_us.entry(*us).or_default() += count;
        }
    }

    fn four(&self) -> FourNumbers {
        let checks = self.good + self.failed;
        let share = |part: u64| (checks > 0).then(|| part as f64 / checks as f64);
        let (low, high) = share_bounds(self.good, checks, 0.025);
        FourNumbers {
            uptime: share(self.good),
            uptime_interval: if checks > 0 { [low, high] } else { [0.0, 1.0] },
            p95_ms: self.latency_us().quantile_us(0.95).map(|us| us as f64 / 1000.0),
            error_rate: share(self.failed),
            failed_jobs: self.failed_jobs,
            checks,
        }
    }
}

fn hour(at: Timestamp) -> i64 {
    at.unix_ms().div_euclid(HOUR_MS)
}

/// Rounded up to seven significant bits, which is less than 1 % (1/128) off.
fn rounded(us: u64) -> u64 {
    let shift = (64 - us.leading_zeros()).saturating_sub(8);
    us.checked_add((1 << shift) - 1).map_or(us, |up| up >> shift << shift)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_unix(hour * 3600)
    }

    #[test]
    fn four_numbers_over_any_window() {
        let mut ledger = Ledger::default();
        for hour in 0..48 {
            for _ in 0..59 {
                ledger.check(at(hour), Some(100_000 + 1000 * hour as u64));
            }
            ledger.check(at(hour), None);
            ledger.maintenance(at(hour));
        }
        ledger.failed_jobs(at(30), 3);
        let day = ledger.over(at(24), at(47));
        assert_eq!((day.checks, day.failed_jobs), (24 * 60, 3));
        assert_eq!((day.uptime, day.error_rate), (Some(59.0 / 60.0), Some(1.0 / 60.0)));
        assert!((day.p95_ms.unwrap() - 146.0).abs() < 2.0, "{day:?}");
        assert!(day.uptime_interval[0] < 59.0 / 60.0 && 59.0 / 60.0 < day.uptime_interval[1]);
        let none = ledger.over(at(100), at(200));
        assert_eq!((none.uptime, none.checks, none.uptime_interval), (None, 0, [0.0, 1.0]));
        assert_eq!(ledger.over(at(3), at(2)).checks, 0);
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let mut ledger = Ledger::default();
        ledger.check(at(0), None);
        ledger.check(at(Ledger::KEPT + 1), None);
        assert_eq!(ledger.over(at(0), at(Ledger::KEPT + 1)).checks, 1);
    }

    proptest! {
        #[test]
        fn rounding_is_up_and_within_a_hundredth(us in 0u64..10_000_000_000) {
            let rounded = rounded(us);
            prop_assert!(rounded >= us && rounded as f64 <= us as f64 * (1.0 + 1.0 / 128.0));
        }

        #[test]
        fn merged_ledgers_are_those_of_all_checks(
            checks in prop::collection::vec((0i64..50, prop::option::of(1u64..1_000_000), any::<bool>()), 0..100),
        ) {
            let [mut all, mut left, mut right] = [const { Ledger { hours: BTreeMap::new() } }; 3];
            for (hour, good, which) in checks {
                all.check(at(hour), good);
                (if which { &mut left } else { &mut right }).check(at(hour), good);
            }
            left.merge(&right);
            prop_assert_eq!(left, all);
        }
    }
}
