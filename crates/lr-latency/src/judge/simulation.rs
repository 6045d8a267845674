//! How often verdicts and intervals are wrong, by simulation with fixed seeds.

use super::budget::{Standing, Weighed, decided};
use super::clustering::effect;
use super::quantile::interval_us;
use crate::random::Random;
use crate::{End, Measurement, Policy, Sample};

const BUDGET_MS: u64 = 100;

/// What a server does with requests that come at a constant rate.
type Process = fn(&mut Random, usize, f64) -> Vec<bool>;

/// Each is slow with a probability of 5 %.
fn independent(random: &mut Random, n: usize, _: f64) -> Vec<bool> {
    (0..n).map(|_| random.share() < 0.05).collect()
}

/// Stalls that begin at random and make everything slow that comes meanwhile, 5 % of all.
fn stalls(length: f64) -> impl Fn(&mut Random, usize, f64) -> Vec<bool> {
    move |random, n, rate| {
        let up = length * 19.0;
        // A process that has been going on for ever: within a stall with a probability of 5 %.
        let mut stalled = random.share() < 0.05;
        let mut until = if stalled { random.share() * length } else { random.exponential() * up };
        (0..n)
            .map(|place| {
                while place as f64 / rate >= until {
                    stalled = !stalled;
                    until += if stalled { length } else { random.exponential() * up };
                }
                stalled
            })
            .collect()
    }
}

/// Shares of passes and failures, with and without regard to clusters.
fn verdicts(
    process: impl Fn(&mut Random, usize, f64) -> Vec<bool>,
    n: usize,
    rate: f64,
) -> [f64; 4] {
    const RUNS: usize = 1000;
    let mut random = Random::seeded(2026);
    let policy = Policy::default();
    let mut counts = [0; 4];
    for _ in 0..RUNS {
        let slow = process(&mut random, n, rate);
        let at = |place: usize| (place as f64 / rate * 1e6) as u64;
        let outcomes: Vec<_> =
            slow.iter().enumerate().map(|(place, slow)| (at(place), *slow)).collect();
        let slow = slow.iter().filter(|slow| **slow).count() as u64;
        for (place, effect) in [effect(&outcomes), 1.0].into_iter().enumerate() {
            match decided(Weighed { slow, all: n as u64, effect }, &policy) {
                Some(Standing::Within) => counts[2 * place] += 1,
                Some(Standing::Over) => counts[2 * place + 1] += 1,
                _ => {}
            }
        }
    }
    counts.map(|count| f64::from(count) / RUNS as f64)
}

#[test]
fn at_the_boundary_wrong_verdicts_are_as_rare_as_promised() {
    let independent: Process = independent;
    for (name, [pass, fail, ..]) in [
        ("independent, n = 200", verdicts(independent, 200, 40.0)),
        ("independent, n = 400", verdicts(independent, 400, 40.0)),
        ("independent, n = 1200", verdicts(independent, 1200, 20.0)),
        ("stalls of 0.3 s in 60 s", verdicts(stalls(0.3), 1200, 20.0)),
        ("stalls of 1 s in 60 s", verdicts(stalls(1.0), 1200, 20.0)),
        ("stalls of 1 s in 60 s, 50/s", verdicts(stalls(1.0), 3000, 50.0)),
    ] {
        assert!(pass <= 0.05 && fail <= 0.05, "{name}: {pass} {fail}");
    }
}

/// What the correction is for.
#[test]
fn without_regard_to_clusters_four_verdicts_in_ten_would_be_wrong() {
    let [.., pass, fail] = verdicts(stalls(1.0), 1200, 20.0);
    assert!(pass > 0.25 && fail > 0.25, "{pass} {fail}");
}

#[test]
fn clear_cases_are_decided() {
    let share = |share: f64| {
        move |random: &mut Random, n: usize, _: f64| -> Vec<bool> {
            (0..n).map(|_| random.share() < share).collect()
        }
    };
    let [pass, fail, ..] = verdicts(share(0.02), 400, 40.0);
    assert!(pass > 0.75 && fail == 0.0, "{pass} {fail}");
    let [pass, fail, ..] = verdicts(share(0.1), 400, 40.0);
    assert!(fail > 0.9 && pass == 0.0, "{pass} {fail}");
}

/// A time, drawn with the state of a slow drift of the server.
type Draw = fn(&mut Random, &mut f64) -> f64;

fn normal(random: &mut Random) -> f64 {
    let angle = random.share() * std::f64::consts::TAU;
    (2.0 * random.exponential()).sqrt() * angle.cos()
}

/// How often the interval of the 95th percentile covers it.
fn coverage(n: usize, truth_us: f64, draw: Draw) -> f64 {
    const RUNS: usize = 500;
    let mut random = Random::seeded(7);
    let covered = (0..RUNS).filter(|_| {
        let mut drift = normal(&mut random);
        let sample = |place: usize| {
            let us = draw(&mut random, &mut drift) as u64;
            Sample::new(place as u64 * 20_000, us, us, End::Ok)
        };
        let seen = Measurement::of_samples("sim", BUDGET_MS, (0..n).map(sample).collect());
        let [low, high] = interval_us(&seen, &seen.response_us, 0.95, &Policy::default());
        low.is_none_or(|low| low as f64 <= truth_us + 1.0)
            && high.is_none_or(|high| high as f64 >= truth_us - 1.0)
    });
    covered.count() as f64 / RUNS as f64
}

#[test]
fn intervals_cover_the_95th_percentile_as_often_as_they_say() {
    const Z95: f64 = 1.644_853_626_951_472_6;
    let lognormal: Draw = |random, _| 50_000.0 * normal(random).exp();
    let exponential: Draw = |random, _| 50_000.0 * random.exponential();
    // A log time of variance 1, of which three quarters drift with the server.
    let drifting: Draw = |random, drift| {
        *drift = 0.9 * *drift + (1.0 - 0.81f64).sqrt() * normal(random);
        50_000.0 * (0.75f64.sqrt() * *drift + 0.5 * normal(random)).exp()
    };
    for (name, n, truth, draw) in [
        ("lognormal, n = 100", 100, 50_000.0 * Z95.exp(), lognormal),
        ("lognormal, n = 400", 400, 50_000.0 * Z95.exp(), lognormal),
        ("exponential, n = 200", 200, 50_000.0 * 20f64.ln(), exponential),
        ("exponential, n = 1000", 1000, 50_000.0 * 20f64.ln(), exponential),
        ("drifting, n = 400", 400, 50_000.0 * Z95.exp(), drifting),
        ("drifting, n = 1000", 1000, 50_000.0 * Z95.exp(), drifting),
    ] {
        let covered = coverage(n, truth, draw);
        assert!(covered >= 0.95, "{name}: {covered}");
    }
}
