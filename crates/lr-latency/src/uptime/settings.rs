use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

/// When something counts as down, and how soon that is found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settings {
    /// From one check of a place to the next, in milliseconds.
    pub interval_ms: u64,
    /// From a failed check to the one that confirms it, in milliseconds.
    pub confirm_ms: u64,
    /// Failed checks in a row until a place counts as down.
    pub failures: u32,
    /// Good checks in a row until it counts as up again.
    pub recoveries: u32,
    /// Places that must agree; all of them if there are fewer.
    pub quorum: usize,
    /// A place that has not been heard of for so long is unknown, in milliseconds.
    pub stale_ms: u64,
    /// From one reminder of an incident to the next, in milliseconds.
    pub reminder_ms: u64,
    /// Changes within the last ten checks of a place from which on it is flapping.
    pub flapping: u32,
    /// Checks slower than this, in milliseconds, count as slow.
    pub budget_ms: u64,
    /// Slow ones among the last twenty good checks of a place from which on it is degraded. Of
    /// twenty checks of a route of which 5 % are slow, four are in one case of sixty.
    #[serde(default = "four")]
    pub degraded: u32,
    /// Share of checks that must be good, such as 0.999.
    pub objective: f64,
    /// When nothing is announced or counted.
    pub maintenance: Vec<Maintenance>,
}

/// A time of maintenance: its end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Maintenance {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

impl Maintenance {
    /// From one moment to another.
    #[must_use]
    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to }
    }
}

impl Settings {
    /// Another maintenance.
    #[must_use]
    pub fn maintenance(mut self, from: Timestamp, to: Timestamp) -> Self {
        self.maintenance.push(Maintenance::new(from, to));
        self
    }

    pub(crate) fn is_maintenance(&self, at: Timestamp) -> bool {
        self.maintenance.iter().any(|time| time.from <= at && at < time.to)
    }
}

impl Default for Settings {
    /// A check every minute, confirmed after 15 s, by two places of those there are; 99.9 %.
    fn default() -> Self {
        Self {
            interval_ms: 60_000,
            confirm_ms: 15_000,
            failures: 2,
            recoveries: 2,
            quorum: 2,
            stale_ms: 180_000,
            reminder_ms: 3_600_000,
            flapping: 4,
            budget_ms: 500,
            degraded: four(),
            objective: 0.999,
            maintenance: Vec::new(),
        }
    }
}

fn four() -> u32 {
    4
}
