use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Sample, Settings};

/// What one place has seen of a route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) last: Option<Timestamp>,
    pub(super) failed_in_row: u32,
    pub(super) good_in_row: u32,
    /// `None` until it is known.
    pub(super) down: Option<bool>,
    pub(super) first_failed_at: Option<Timestamp>,
    /// The last ten outcomes, the latest in the lowest bit, and how many there are.
    pub(super) outcomes: u16,
    pub(super) seen: u8,
    pub(super) flapping: bool,
    pub(super) stale_told: bool,
    pub(super) down_told: bool,
    /// The last twenty good checks, a bit for each that was slow, and how many there are.
    #[serde(default)]
    pub(super) slow: u32,
    #[serde(default)]
    pub(super) good_seen: u8,
    #[serde(default)]
    pub(super) degraded: bool,
}

/// Outcomes in which changes are counted.
pub(crate) const OUTCOMES: u8 = 10;

/// Flapping ends with fewer changes than this.
pub(crate) const STEADY: u32 = 2;

/// Good checks among which slow ones are counted.
pub(crate) const TIMED: u8 = 20;

/// It is no longer degraded with as few slow ones among them: a twentieth.
pub(crate) const QUICK: u32 = 1;

impl Place {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            last: None,
            failed_in_row: 0,
            good_in_row: 0,
            down: None,
            first_failed_at: None,
            outcomes: 0,
            seen: 0,
            flapping: false,
            stale_told: false,
            down_told: false,
            slow: 0,
            good_seen: 0,
            degraded: false,
        }
    }

    pub(super) fn take(&mut self, sample: &Sample, settings: &Settings) {
        let (at, failed) = (sample.at, sample.good_in_us.is_none());
        self.last = Some(at);
        if let Some(us) = sample.good_in_us {
            self.time(us > settings.budget_ms.saturating_mul(1000), settings);
        }
        if failed {
            if self.failed_in_row == 0 && self.down != Some(true) {
                self.first_failed_at = Some(at);
            }
            self.failed_in_row = self.failed_in_row.saturating_add(1);
            self.good_in_row = 0;
        } else {
            self.good_in_row = self.good_in_row.saturating_add(1);
            self.failed_in_row = 0;
        }
        if self.failed_in_row >= settings.failures.max(1) {
            self.down = Some(true);
        } else if self.down.is_none() && !failed || self.good_in_row >= settings.recoveries.max(1) {
            self.down = Some(false);
        }
        self.outcomes = (self.outcomes << 1 | u16::from(failed)) & ((1 << OUTCOMES) - 1);
        self.seen = (self.seen + 1).min(OUTCOMES);
        let pairs = self.seen.saturating_sub(1);
        let changes = ((self.outcomes ^ self.outcomes >> 1) & ((1 << pairs) - 1)).count_ones();
        self.flapping = match self.flapping {
            true => changes >= STEADY,
            false => changes >= settings.flapping.max(STEADY),
        };
    }

    /// A good check was slow, or not.
    fn time(&mut self, slow: bool, settings: &Settings) {
        self.slow = (self.slow << 1 | u32::from(slow)) & ((1 << TIMED) - 1);
        self.good_seen = (self.good_seen + 1).min(TIMED);
        let slow = self.slow.count_ones();
        self.degraded = match self.degraded {
            true => slow > QUICK,
            false => slow >= settings.degraded.max(QUICK + 1),
        };
    }
}
