use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::budget::Budget;
use super::place::Place;
use super::{Event, EventKind, Ledger, Pair, Settings};

/// One route, watched from one or more places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Monitor {
    route: String,
    settings: Settings,
    places: Vec<Place>,
    /// The latest moment that was heard of; it never goes back.
    now: Option<Timestamp>,
    /// The incident that was announced and is not over.
    incident: Option<Incident>,
    flapping: bool,
    #[serde(default)]
    degraded: bool,
    burning: Vec<Pair>,
    budget: Budget,
    ledger: Ledger,
    /// Events so far.
    told: u64,
}

/// The outcome of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sample {
    /// When it was made.
    pub at: Timestamp,
    /// From which place: its position in the list that the monitor was made with.
    pub place: usize,
    /// How long it took, in microseconds; `None` if it failed.
    pub good_in_us: Option<u64>,
}

/// How a route stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// Enough places say so.
    Up,
    /// Enough places say so, or said so and have not taken it back.
    Down,
    /// No place has been heard of, or not for a while.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Incident {
    since: Timestamp,
    told: Timestamp,
}

impl Sample {
    /// A check that was good.
    #[must_use]
    pub fn good(at: Timestamp, place: usize, took_us: u64) -> Self {
        Self { at, place, good_in_us: Some(took_us) }
    }

    /// A check that failed.
    #[must_use]
    pub fn failed(at: Timestamp, place: usize) -> Self {
        Self { at, place, good_in_us: None }
    }
}

impl Monitor {
    /// Places that are told apart; later ones are left out.
    pub const MOST_PLACES: usize = 64;

    /// A route that nothing is known about yet.
    #[must_use]
    pub fn new(route: &str, places: &[&str], settings: Settings) -> Self {
        Self {
            route: route.into(),
            settings,
            places: places.iter().take(Self::MOST_PLACES).map(|name| Place::new(name)).collect(),
            now: None,
            incident: None,
            flapping: false,
            degraded: false,
            burning: Vec::new(),
            budget: Budget::default(),
            ledger: Ledger::default(),
            told: 0,
        }
    }

    /// The route.
    #[must_use]
    pub fn route(&self) -> &str {
        &self.route
    }

    /// Everything that was counted.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The ledger, for jobs that failed.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// How the route stands.
    #[must_use]
    pub fn state(&self) -> State {
        let Some(now) = self.now else { return State::Unknown };
        let mut fresh = self.places.iter().filter(|place| self.is_fresh(place, now));
        match self.incident {
            Some(_) => State::Down,
            None if self.is_down(now) => State::Down,
            None if fresh.any(|place| place.down.is_some()) => State::Up,
            None => State::Unknown,
        }
    }

    /// Whether it answers, but too often slowly.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.degraded
    }

    /// A check was made. One that is older than the last one of its place is counted and changes
    /// nothing; one of the same moment is a double and is ignored, as is one of an unknown place.
    pub fn observe(&mut self, sample: &Sample) -> Vec<Event> {
        let Some(place) = self.places.get_mut(sample.place) else { return Vec::new() };
        if place.last == Some(sample.at) {
            return Vec::new();
        }
        let failed = sample.good_in_us.is_none();
        let maintenance = self.settings.is_maintenance(sample.at);
        match maintenance {
            true => self.ledger.maintenance(sample.at),
            false => {
                self.ledger.check(sample.at, sample.good_in_us);
                self.budget.count(sample.at, sample.place, failed);
            }
        }
        let newest = place.last.is_none_or(|last| last < sample.at);
        if newest {
            place.take(sample, &self.settings);
        }
        self.tick(sample.at)
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Event> {
        let now = self.now.map_or(now, |before| before.max(now));
        self.now = Some(now);
        self.budget.forget(now);
        let mut kinds = Vec::new();
        if !self.settings.is_maintenance(now) {
            self.tell_places(now, &mut kinds);
            self.tell_flapping(&mut kinds);
            self.tell_incident(now, &mut kinds);
            self.tell_degraded(now, &mut kinds);
            self.tell_budget(now, &mut kinds);
        }
        kinds.into_iter().map(|kind| self.event(kind, now)).collect()
    }

    /// An event with an identity that a replay of the same samples gives it again.
    fn event(&mut self, kind: EventKind, now: Timestamp) -> Event {
        self.told += 1;
        let id = format!("{}#{}@{now}/{}", self.route, kind.word(), self.told);
        Event { id, at: now, route: self.route.clone(), kind }
    }

    /// Which place is to check next, and when. A place that has never checked is due at the epoch.
    #[must_use]
    pub fn next_due(&self) -> Option<(usize, Timestamp)> {
        let due = |(number, place): (usize, &Place)| {
            let wait = match place.failed_in_row {
                failed if failed > 0 && failed < self.settings.failures => self.settings.confirm_ms,
                _ => self.settings.interval_ms,
            };
            let at = place.last.map_or(0, |last| last.unix_ms().saturating_add(wait as i64));
            (number, Timestamp::from_unix_ms(at))
        };
        self.places.iter().enumerate().map(due).min_by_key(|(number, at)| (*at, *number))
    }

    /// How long after the start of an interval this route is best checked, in milliseconds, so that
    /// many monitors do not all check at once.
    #[must_use]
    pub fn offset_ms(&self) -> u64 {
        // FNV-1a.
        let hash = self.route.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        hash % self.settings.interval_ms.max(1)
    }

    fn quorum(&self) -> usize {
        self.settings.quorum.clamp(1, self.places.len().max(1))
    }

    fn is_fresh(&self, place: &Place, now: Timestamp) -> bool {
        let stale = i64::try_from(self.settings.stale_ms).unwrap_or(i64::MAX);
        place.last.is_some_and(|last| now.unix_ms().saturating_sub(last.unix_ms()) <= stale)
    }

    /// The places that are heard of and find the route down.
    fn down(&self, now: Timestamp) -> impl Iterator<Item = &Place> {
        self.places
            .iter()
            .filter(move |place| self.is_fresh(place, now) && place.down == Some(true))
    }

    fn is_down(&self, now: Timestamp) -> bool {
        self.down(now).count() >= self.quorum()
    }

    fn tell_places(&mut self, now: Timestamp, kinds: &mut Vec<EventKind>) {
        let alone = !self.is_down(now) && self.places.len() > 1;
        for number in 0..self.places.len() {
            let fresh = self.is_fresh(&self.places[number], now);
            let place = &mut self.places[number];
            let name = || place.name.clone();
            if place.last.is_some() && place.stale_told == fresh {
                kinds.push(match fresh {
                    true => EventKind::PlaceBack { place: name() },
                    false => EventKind::PlaceStale { place: name() },
                });
                place.stale_told = !fresh;
            }
            match place.down == Some(true) {
                true if fresh && alone && !place.down_told => {
                    kinds.push(EventKind::PlaceDown { place: name() });
                    place.down_told = true;
                }
                true => {}
                false => place.down_told = false,
            }
        }
    }

    fn tell_flapping(&mut self, kinds: &mut Vec<EventKind>) {
        let flapping = self.places.iter().filter(|place| place.flapping).count() >= self.quorum();
        if flapping != self.flapping {
            kinds.push(if flapping { EventKind::Flapping } else { EventKind::Steady });
            self.flapping = flapping;
        }
    }

    fn tell_incident(&mut self, now: Timestamp, kinds: &mut Vec<EventKind>) {
        let down = self.is_down(now);
        let up = !down
            && self
                .places
                .iter()
                .any(|place| self.is_fresh(place, now) && place.down == Some(false));
        match &mut self.incident {
            None if down => {
                let since = self.down(now).filter_map(|place| place.first_failed_at).min();
                let since = since.unwrap_or(now);
                let places = self.down(now).map(|place| place.name.clone()).collect();
                self.incident = Some(Incident { since, told: now });
                kinds.push(EventKind::Down { first_failed_at: since, places });
            }
            None => {}
            // While it goes up and down, it is one incident.
            Some(incident) if up && !self.flapping => {
                kinds.push(EventKind::Up { down_since: incident.since });
                self.incident = None;
            }
            Some(incident) => {
                let quiet = now.since(incident.told).as_millis();
                if quiet >= u128::from(self.settings.reminder_ms.max(1)) {
                    incident.told = now;
                    kinds.push(EventKind::Reminder { down_since: incident.since });
                }
            }
        }
    }

    /// While it is down, nobody asks how fast it is.
    fn tell_degraded(&mut self, now: Timestamp, kinds: &mut Vec<EventKind>) {
        if self.incident.is_some() {
            return;
        }
        let slow = |place: &&Place| place.degraded && self.is_fresh(place, now);
        let places: Vec<&Place> = self.places.iter().filter(slow).collect();
        let degraded = places.len() >= self.quorum();
        if degraded == self.degraded {
            return;
        }
        kinds.push(match degraded {
            true => EventKind::Degraded {
                slow: places.iter().map(|place| place.slow.count_ones()).sum(),
                checks: places.iter().map(|place| u32::from(place.good_seen)).sum(),
                budget_ms: self.settings.budget_ms,
            },
            false => EventKind::Restored,
        });
        self.degraded = degraded;
    }

    fn tell_budget(&mut self, now: Timestamp, kinds: &mut Vec<EventKind>) {
        for windows in Pair::ALL {
            let burns = self.budget.burns(windows, now, self.settings.objective, self.places.len());
            let told = self.burning.iter().position(|pair| *pair == windows);
            match (burns, told) {
                (true, None) => {
                    self.burning.push(windows);
                    kinds.push(EventKind::BudgetBurn { windows });
                }
                (false, Some(place)) => {
                    self.burning.remove(place);
                    kinds.push(EventKind::BudgetSteady { windows });
                }
                _ => {}
            }
        }
    }
}
