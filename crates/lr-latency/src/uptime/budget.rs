use std::collections::BTreeMap;

use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

/// A long and a short window that must both burn the error budget fast: the long one shows that it
/// matters, the short one that it still goes on (Google, "The Site Reliability Workbook", chapter 5).
/// Rates are for a budget of 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pair {
    /// 2 % of the budget in an hour.
    Hour,
    /// 5 % of the budget in six hours.
    SixHours,
    /// 10 % of the budget in a day.
    Day,
    /// 10 % of the budget in three days.
    ThreeDays,
}

impl Pair {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::SixHours, Self::Day, Self::ThreeDays];

    /// How many times faster than evenly the budget burns at least.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Hour => 14.4,
            Self::SixHours => 6.0,
            Self::Day => 3.0,
            Self::ThreeDays => 1.0,
        }
    }

    /// The windows in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "1 h and 5 min",
            Self::SixHours => "6 h and 30 min",
            Self::Day => "1 d and 2 h",
            Self::ThreeDays => "3 d and 6 h",
        }
    }

    /// Lengths in five minutes: the long and the short one.
    pub(crate) fn slots(self) -> [i64; 2] {
        match self {
            Self::Hour => [12, 1],
            Self::SixHours => [72, 6],
            Self::Day => [288, 24],
            Self::ThreeDays => [864, 72],
        }
    }
}

/// Checks by five minutes, for as long as the longest window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Budget {
    slots: BTreeMap<i64, Slot>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Slot {
    all: u32,
    failed: u32,
    /// The places that saw failures, one bit for each.
    places: u64,
}

/// Failed checks, and places that saw one, without which nothing burns.
pub(crate) const LEAST_FAILED: u32 = 2;
pub(crate) const LEAST_PLACES: u32 = 2;

/// Milliseconds of a slot.
const SLOT_MS: i64 = 300_000;

/// The slot of a moment.
pub(crate) fn slot(at: Timestamp) -> i64 {
    at.unix_ms().div_euclid(SLOT_MS)
}

impl Budget {
    pub(crate) fn count(&mut self, at: Timestamp, place: usize, failed: bool) {
        let slot = self.slots.entry(slot(at)).or_default();
        slot.all += 1;
        slot.failed += u32::from(failed);
        slot.places |= u64::from(failed) << place;
    }

    pub(crate) fn forget(&mut self, now: Timestamp) {
        let [longest, _] = Pair::ThreeDays.slots();
        while let Some(first) = self.slots.first_entry() {
            match *first.key() < slot(now) - longest {
                true => drop(first.remove()),
                false => break,
            }
        }
    }

    /// Whether both windows burn faster than the pair allows, and enough checks failed to tell.
    pub(crate) fn burns(&self, pair: Pair, now: Timestamp, objective: f64, places: usize) -> bool {
        let [long, short] = pair.slots().map(|slots| self.within(now, slots));
        let exceeds = |sum: Slot| {
            let rate = f64::from(sum.failed) / f64::from(sum.all.max(1));
            rate > pair.factor() * (1.0 - objective)
        };
        let seen_by = LEAST_PLACES.min(places as u32);
        short.failed >= LEAST_FAILED
            && short.places.count_ones() >= seen_by
            && exceeds(short)
            && exceeds(long)
    }

    /// The sum over the slot of `now` and so many before it.
    fn within(&self, now: Timestamp, slots: i64) -> Slot {
        let now = slot(now);
        let mut sum = Slot::default();
        for slot in self.slots.range(now - slots..=now).map(|(_, slot)| slot) {
            sum.all += slot.all;
            sum.failed += slot.failed;
            sum.places |= slot.places;
        }
        sum
    }
}
