//! The machine held against a slow one that keeps every sample and works everything out anew.

use std::collections::{BTreeMap, BTreeSet};

use lr_core::Timestamp;
use proptest::prelude::*;

use super::budget::{LEAST_FAILED, LEAST_PLACES, slot};
use super::place::{OUTCOMES, QUICK, STEADY, TIMED};
use super::{EventKind, Monitor, Pair, Sample, Settings, State};

const START: i64 = 1_795_262_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_unix(START + second)
}

/// What happens to a monitor.
#[derive(Clone, Debug)]
enum Input {
    Check(Sample),
    Tick(Timestamp),
    /// It is written to a file and read again.
    Restart,
}

/// Everything that was ever heard, and what was told of it.
struct Reference {
    settings: Settings,
    places: usize,
    samples: Vec<Sample>,
    now: Option<Timestamp>,
    incident: Option<(Timestamp, Timestamp)>,
    told: BTreeSet<String>,
}

impl Reference {
    /// The samples of a place in the order of time, without those that came too late.
    fn samples_of(&self, place: usize) -> Vec<Sample> {
        let mut kept: Vec<Sample> = Vec::new();
        for sample in self.samples.iter().filter(|sample| sample.place == place) {
            if kept.last().is_none_or(|last| last.at < sample.at) {
                kept.push(*sample);
            }
        }
        kept
    }

    /// When they were, and whether they failed.
    fn of(&self, place: usize) -> Vec<(Timestamp, bool)> {
        let samples = self.samples_of(place).into_iter();
        samples.map(|sample| (sample.at, sample.good_in_us.is_none())).collect()
    }

    fn is_degraded(&self, place: usize) -> bool {
        let times = self.samples_of(place).into_iter().filter_map(|sample| sample.good_in_us);
        let slow: Vec<bool> = times.map(|us| us > self.settings.budget_ms * 1000).collect();
        let mut degraded = false;
        for end in 1..=slow.len() {
            let last = &slow[end.saturating_sub(TIMED.into())..end];
            let count = last.iter().filter(|slow| **slow).count() as u32;
            degraded = if degraded { count > QUICK } else { count >= self.settings.degraded };
        }
        degraded
    }

    fn is_fresh(&self, place: usize, now: Timestamp) -> bool {
        let last = self.of(place).last().map(|(at, _)| *at);
        last.is_some_and(|last| now.unix_ms() - last.unix_ms() <= self.settings.stale_ms as i64)
    }

    /// Whether a place is down, and since when it failed.
    fn standing(&self, place: usize) -> Option<(bool, Option<Timestamp>)> {
        let samples = self.of(place);
        let mut standing = None;
        let [failures, recoveries] =
            [self.settings.failures, self.settings.recoveries].map(|least| least as usize);
        for end in 1..=samples.len() {
            let row = |failed: bool, least: usize| {
                let same = samples[..end].iter().rev().take_while(|(_, f)| *f == failed);
                same.take(least).count() == least
            };
            let before = standing.map(|(down, _)| down);
            if row(true, failures) {
                if before != Some(true) {
                    standing = Some((true, Some(samples[end - failures].0)));
                }
            } else if before.is_none() && !samples[end - 1].1 || row(false, recoveries) {
                standing = Some((false, None));
            }
        }
        standing
    }

    fn is_flapping(&self, place: usize) -> bool {
        let samples = self.of(place);
        let mut flapping = false;
        for end in 1..=samples.len() {
            let last = &samples[end.saturating_sub(OUTCOMES.into())..end];
            let changes = last.windows(2).filter(|pair| pair[0].1 != pair[1].1).count() as u32;
            flapping = changes >= if flapping { STEADY } else { self.settings.flapping };
        }
        flapping
    }

    fn burns(&self, pair: Pair, now: Timestamp) -> bool {
        let within = |slots: i64| {
            let counted = self.samples.iter().filter(move |sample| {
                let age = slot(now) - slot(sample.at);
                (0..=slots).contains(&age) && !self.settings.is_maintenance(sample.at)
            });
            let (mut all, mut failed, mut seen_by) = (0.0, 0.0, BTreeSet::new());
            for sample in counted {
                all += 1.0;
                if sample.good_in_us.is_none() {
                    failed += 1.0;
                    seen_by.insert(sample.place);
                }
            }
            let exceeds =
                all > 0.0 && failed / all > pair.factor() * (1.0 - self.settings.objective);
            (exceeds, failed, seen_by.len())
        };
        let [long, short] = pair.slots().map(within);
        long.0
            && short.0
            && short.1 >= f64::from(LEAST_FAILED)
            && short.2 >= (LEAST_PLACES as usize).min(self.places)
    }

    fn take(&mut self, input: &Input) -> Vec<String> {
        match input {
            Input::Restart => return Vec::new(),
            Input::Tick(now) => self.now = Some(self.now.map_or(*now, |before| before.max(*now))),
            Input::Check(sample) => {
                if self.of(sample.place).last().is_some_and(|(last, _)| *last == sample.at) {
                    return Vec::new();
                }
                self.samples.push(*sample);
                self.now = Some(self.now.map_or(sample.at, |before| before.max(sample.at)));
            }
        }
        let now = self.now.unwrap();
        if self.settings.is_maintenance(now) { Vec::new() } else { self.tell(now) }
    }

    /// Something that holds from now on is told once, and so is that it no longer does.
    fn turn(&mut self, what: String, holds: bool, told: &mut Vec<String>, words: &[String; 2]) {
        let changed = if holds { self.told.insert(what) } else { self.told.remove(&what) };
        if changed {
            told.push(words[usize::from(!holds)].clone());
        }
    }

    fn tell(&mut self, now: Timestamp) -> Vec<String> {
        let mut told = Vec::new();
        let quorum = self.settings.quorum.min(self.places);
        let standings: BTreeMap<usize, (bool, Option<Timestamp>)> = (0..self.places)
            .filter(|place| self.is_fresh(*place, now))
            .filter_map(|place| Some((place, self.standing(place)?)))
            .collect();
        let down: Vec<_> = standings.iter().filter(|(_, (down, _))| *down).collect();
        let since = down.iter().filter_map(|(_, (_, since))| *since).min();
        let (is_down, is_up) =
            (down.len() >= quorum, down.len() < quorum && down.len() < standings.len());
        for place in 0..self.places {
            let (fresh, heard) = (self.is_fresh(place, now), !self.of(place).is_empty());
            let words = [format!("stale {place}"), format!("back {place}")];
            self.turn(format!("stale {place}"), heard && !fresh, &mut told, &words);
            let bad = self.standing(place).is_some_and(|(down, _)| down);
            let alone = fresh && !is_down && self.places > 1;
            let key = format!("alone {place}");
            if bad && alone && self.told.insert(key.clone()) {
                told.push(key);
            } else if !bad {
                self.told.remove(&key);
            }
        }
        let flapping = (0..self.places).filter(|place| self.is_flapping(*place)).count() >= quorum;
        let words = ["flapping".to_owned(), "steady".to_owned()];
        self.turn("flapping".into(), flapping, &mut told, &words);
        match self.incident {
            None if is_down => {
                self.incident = Some((since.unwrap(), now));
                told.push(format!("down {}", since.unwrap()));
            }
            Some((since, _)) if is_up && !flapping => {
                self.incident = None;
                told.push(format!("up {since}"));
            }
            Some((since, last))
                if now.since(last).as_millis() >= u128::from(self.settings.reminder_ms) =>
            {
                self.incident = Some((since, now));
                told.push(format!("reminder {since}"));
            }
            _ => {}
        }
        if self.incident.is_none() {
            let slow = |place: &usize| self.is_fresh(*place, now) && self.is_degraded(*place);
            let degraded = (0..self.places).filter(slow).count() >= quorum;
            let words = ["degraded".to_owned(), "restored".to_owned()];
            self.turn("degraded".into(), degraded, &mut told, &words);
        }
        for pair in Pair::ALL {
            let burns = self.burns(pair, now);
            let words = [format!("burn {pair:?}"), format!("burnt {pair:?}")];
            self.turn(format!("burn {pair:?}"), burns, &mut told, &words);
        }
        told
    }
}

fn words(kind: &EventKind) -> String {
    match kind {
        EventKind::Down { first_failed_at, .. } => format!("down {first_failed_at}"),
        EventKind::Up { down_since } => format!("up {down_since}"),
        EventKind::Reminder { down_since } => format!("reminder {down_since}"),
        EventKind::PlaceDown { place } => format!("alone {place}"),
        EventKind::PlaceStale { place } => format!("stale {place}"),
        EventKind::PlaceBack { place } => format!("back {place}"),
        EventKind::Degraded { .. } => "degraded".into(),
        EventKind::Restored => "restored".into(),
        EventKind::Flapping => "flapping".into(),
        EventKind::Steady => "steady".into(),
        EventKind::BudgetBurn { windows } => format!("burn {windows:?}"),
        EventKind::BudgetSteady { windows } => format!("burnt {windows:?}"),
    }
}

fn settings() -> Settings {
    let mut settings = Settings::default().maintenance(at(1500), at(1800));
    settings.reminder_ms = 600_000;
    settings
}

const PLACES: [&str; 3] = ["0", "1", "2"];

/// Checks mostly go forward in time, from one of the places; some are late, double, or from a clock
/// that went back; failures come in rows.
fn inputs(places: usize) -> impl Strategy<Value = Vec<Input>> {
    let step = prop_oneof![6 => 1i64..70, 1 => Just(0), 1 => -200i64..0, 1 => 100i64..900];
    let what =
        (step, 0..places, prop_oneof![3 => Just(0u8), 3 => Just(1), 1 => Just(2), 1 => Just(3)]);
    prop::collection::vec((what, any::<u8>()), 1..120).prop_map(|steps| {
        let (mut now, mut failing, mut slow) = (0, false, false);
        let input = |((step, place, what), luck): ((i64, usize, u8), u8)| {
            now = (now + step).max(0);
            failing ^= luck < 60;
            slow ^= luck > 230;
            let took = if slow { 900_000 } else { 1000 };
            match what {
                0 | 1 if failing => Input::Check(Sample::failed(at(now), place)),
                0 | 1 => Input::Check(Sample::good(at(now), place, took)),
                2 => Input::Tick(at(now)),
                _ => Input::Restart,
            }
        };
        steps.into_iter().map(input).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn it_tells_what_the_slow_one_tells((places, inputs) in (1usize..4).prop_flat_map(|places| (Just(places), inputs(places)))) {
        let mut monitor = Monitor::new("r", &PLACES[..places], settings());
        let mut reference = Reference {
            settings: settings(),
            places,
            samples: Vec::new(),
            now: None,
            incident: None,
            told: BTreeSet::new(),
        };
        let mut ids = BTreeSet::new();
        for (step, input) in inputs.iter().enumerate() {
            let events = match input {
                Input::Check(sample) => monitor.observe(sample),
                Input::Tick(now) => monitor.tick(*now),
                Input::Restart => {
                    let kept = serde_json::to_string(&monitor).unwrap();
                    monitor = serde_json::from_str(&kept).unwrap();
                    Vec::new()
                }
            };
            let told: Vec<_> = events.iter().map(|event| words(&event.kind)).collect();
            prop_assert_eq!(told, reference.take(input), "step {}: {:?}", step, input);
            for event in events {
                prop_assert!(ids.insert(event.id.clone()), "told twice: {}", event.id);
            }
        }
    }
}

/// Checks of all places every minute, by a function of minute and place.
fn run(places: usize, minutes: i64, fails: impl Fn(i64, usize) -> bool) -> Vec<String> {
    let mut monitor = Monitor::new("r", &PLACES[..places], Settings::default());
    let mut told = Vec::new();
    for minute in 0..minutes {
        for place in 0..places {
            let moment = at(minute * 60 + place as i64);
            let sample = match fails(minute, place) {
                true => Sample::failed(moment, place),
                false => Sample::good(moment, place, 1000),
            };
            told.extend(monitor.observe(&sample).iter().map(|event| words(&event.kind)));
        }
    }
    told
}

#[test]
fn fail_and_success_in_turn_flap_and_are_not_down() {
    let told = run(1, 30, |minute, _| minute % 2 == 0);
    assert!(told.contains(&"flapping".to_owned()), "{told:?}");
    assert!(!told.iter().any(|event| event.starts_with("down")), "{told:?}");
}

#[test]
fn a_route_that_has_become_slow_is_degraded_and_not_down() {
    let mut monitor = Monitor::new("r", &["0"], Settings::default());
    let mut told = Vec::new();
    for minute in 0..120 {
        // One in twenty is slow, then one in four, then none.
        let every = if (40..80).contains(&minute) { 4 } else { 20 };
        let slow = minute < 80 && minute % every == 0;
        let took = if slow { 800_000 } else { 80_000 };
        // A restart in between tells nothing twice.
        let kept = serde_json::to_string(&monitor).unwrap();
        monitor = serde_json::from_str(&kept).unwrap();
        let events = monitor.observe(&Sample::good(at(minute * 60), 0, took));
        told.extend(events.into_iter().map(|event| (minute, event.kind)));
    }
    let degraded = EventKind::Degraded { slow: 4, checks: 20, budget_ms: 500 };
    assert_eq!(told, [(52, degraded), (92, EventKind::Restored)]);
    assert_eq!(monitor.state(), State::Up);
}

#[test]
fn one_place_that_is_cut_off_never_pages() {
    let told = run(3, 600, |minute, place| place == 1 && minute > 10);
    assert_eq!(told, ["alone 1"]);
}

#[test]
fn one_failed_check_pages_nobody_and_two_in_a_row_everybody() {
    assert!(run(1, 300, |minute, _| minute == 100).is_empty());
    let told = run(2, 300, |minute, _| (100..102).contains(&minute));
    assert!(told.contains(&format!("down {}", at(6000))), "{told:?}");
    assert!(told.contains(&format!("up {}", at(6000))), "{told:?}");
    assert!(told.contains(&"burn Hour".to_owned()), "{told:?}");
}

#[test]
fn a_place_that_falls_silent_is_unknown_and_not_down() {
    let mut monitor = Monitor::new("r", &["0"], Settings::default());
    monitor.observe(&Sample::good(at(0), 0, 1000));
    assert_eq!(monitor.state(), State::Up);
    let told = monitor.tick(at(1000));
    assert_eq!(words(&told[0].kind), "stale 0");
    assert_eq!((told.len(), monitor.state()), (1, State::Unknown));
    assert!(monitor.tick(at(2000)).is_empty());
    assert_eq!(words(&monitor.observe(&Sample::good(at(2001), 0, 1)).remove(0).kind), "back 0");
}

#[test]
fn what_happens_during_maintenance_is_told_if_it_lasts() {
    let mut monitor = Monitor::new("r", &["0"], settings());
    let mut told = Vec::new();
    for minute in 0..40 {
        let moment = at(minute * 60);
        let events = match minute >= 26 {
            true => monitor.observe(&Sample::failed(moment, 0)),
            false => monitor.observe(&Sample::good(moment, 0, 1)),
        };
        told.extend(events.iter().map(|event| (minute, words(&event.kind))));
    }
    assert_eq!(told[0], (30, format!("down {}", at(26 * 60))), "{told:?}");
    let numbers = monitor.ledger().over(at(0), at(3600));
    assert_eq!(numbers.checks, 35);
}
