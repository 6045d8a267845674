use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::Pair;

/// Something worth telling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The same for the same event, however often it is sent: receivers can drop doubles by it.
    pub id: String,
    /// When it was known.
    pub at: Timestamp,
    /// The route it is about.
    pub route: String,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// A quorum of places finds the route down.
    Down {
        /// The first of the failed checks.
        first_failed_at: Timestamp,
        /// The places that find it down.
        places: Vec<String>,
    },
    /// It is up again.
    Up {
        /// Since when it had been down.
        down_since: Timestamp,
    },
    /// It is still down.
    Reminder {
        /// Since when.
        down_since: Timestamp,
    },
    /// One place finds the route down and too few others do: the trouble is there.
    PlaceDown {
        /// The place.
        place: String,
    },
    /// A place has not been heard of for a while. What it sees is unknown.
    PlaceStale {
        /// The place.
        place: String,
    },
    /// A stale place has been heard of again.
    PlaceBack {
        /// The place.
        place: String,
    },
    /// It answers, but a quorum of places finds more than a twentieth of the checks slow.
    Degraded {
        /// Checks that took longer than the budget...
        slow: u32,
        /// ...of so many good ones, the last twenty of each of these places.
        checks: u32,
        /// The budget, in milliseconds.
        budget_ms: u64,
    },
    /// It answers within the budget again.
    Restored,
    /// It goes up and down.
    Flapping,
    /// It has stopped going up and down.
    Steady,
    /// The error budget burns too fast.
    BudgetBurn {
        /// The windows in which it does.
        windows: Pair,
    },
    /// It no longer does.
    BudgetSteady {
        /// The windows in which it did.
        windows: Pair,
    },
}

impl EventKind {
    /// One line for people.
    #[must_use]
    pub fn summary(&self, route: &str) -> String {
        match self {
            Self::Down { first_failed_at, places } => {
                format!("{route} is down since {first_failed_at}, seen from {}", places.join(", "))
            }
            Self::Up { down_since } => {
                format!("{route} is up again; it was down since {down_since}")
            }
            Self::Reminder { down_since } => format!("{route} is still down, since {down_since}"),
            Self::PlaceDown { place } => format!("{route} cannot be reached from {place} alone"),
            Self::PlaceStale { place } => format!("nothing is heard from {place} about {route}"),
            Self::PlaceBack { place } => format!("{place} reports about {route} again"),
            Self::Degraded { slow, checks, budget_ms } => format!(
                "{route} is slow: {slow} of the last {checks} checks took longer than {budget_ms} ms"
            ),
            Self::Restored => format!("{route} answers within its budget again"),
            Self::Flapping => format!("{route} goes up and down"),
            Self::Steady => format!("{route} has stopped going up and down"),
            Self::BudgetBurn { windows } => format!(
                "{route} burns its error budget {} times too fast, over {}",
                windows.factor(),
                windows.name()
            ),
            Self::BudgetSteady { windows } => {
                format!("{route} no longer burns its error budget over {}", windows.name())
            }
        }
    }

    /// The word for it in JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Down { .. } => "down",
            Self::Up { .. } => "up",
            Self::Reminder { .. } => "reminder",
            Self::PlaceDown { .. } => "place-down",
            Self::PlaceStale { .. } => "place-stale",
            Self::PlaceBack { .. } => "place-back",
            Self::Degraded { .. } => "degraded",
            Self::Restored => "restored",
            Self::Flapping => "flapping",
            Self::Steady => "steady",
            Self::BudgetBurn { .. } => "budget-burn",
            Self::BudgetSteady { .. } => "budget-steady",
        }
    }
}
