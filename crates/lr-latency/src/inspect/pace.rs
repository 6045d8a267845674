use std::time::{Duration, Instant};

use crate::random::Random;
use crate::{Arrivals, Mode, Sampling};

/// When the next requests to one endpoint start.
#[derive(Debug)]
pub(crate) struct Pace {
    mode: Mode,
    arrivals: Arrivals,
    random: Random,
    left: u64,
    /// When the first slot of the schedule begins.
    begin: Instant,
    /// Seconds from one arrival to the next.
    gap: f64,
    /// How many slots have been given out.
    slots: u64,
    /// Where the schedule stands: seconds from the beginning.
    at: f64,
}

/// One request's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// When it is to start.
    pub(crate) intended: Instant,
    /// That moment had come already when somebody was free to take it.
    pub(crate) waited: bool,
}

impl Pace {
    pub(crate) fn new(sampling: &Sampling, budget_ms: u64, begin: Instant) -> Self {
        Self {
            mode: sampling.mode,
            arrivals: sampling.arrivals,
            random: Random::seeded(sampling.seed),
            left: sampling.requests,
            begin,
            gap: 1.0 / f64::from(sampling.rate(budget_ms)),
            slots: 0,
            at: 0.0,
        }
    }

    /// Gives out the next turn to somebody who is free `now`.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Turn> {
        self.left = self.left.checked_sub(1)?;
        Some(match self.mode {
            Mode::Open => {
                let intended = self.arrival();
                Turn { intended, waited: intended < now }
            }
            // Each keeps its distance from the one before it, however late that was: a server that
            // has stalled meets no burst.
            Mode::Closed => {
                let intended = self.moment(self.at).max(now);
                self.at = intended.saturating_duration_since(self.begin).as_secs_f64() + self.gap;
                Turn { intended, waited: false }
            }
        })
    }

    /// The next moment of a schedule that nothing moves.
    fn arrival(&mut self) -> Instant {
        match self.arrivals {
            Arrivals::Constant => {
                let place = self.slots as f64 + self.random.share();
                self.slots += 1;
                self.moment(place * self.gap)
            }
            Arrivals::Poisson => {
                self.at += self.random.exponential() * self.gap;
                self.moment(self.at)
            }
        }
    }

    fn moment(&self, seconds: f64) -> Instant {
        // A schedule that ends beyond what can be expressed is as good as one that does not end.
        let offset = Duration::try_from_secs_f64(seconds).unwrap_or(super::plan::LONGEST);
        self.begin + offset.min(super::plan::LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(sampling: &Sampling, count: usize) -> Vec<f64> {
        let begin = Instant::now();
        let mut pace = Pace::new(sampling, 100, begin);
        let turns = std::iter::from_fn(|| pace.next(begin));
        turns.take(count).map(|turn| (turn.intended - begin).as_secs_f64()).collect()
    }

    #[test]
    fn a_constant_rate_has_one_arrival_in_each_slot() {
        let sampling = Sampling::default().requests(1000).per_second(100);
        let offsets = offsets(&sampling, 1000);
        for (slot, at) in offsets.iter().enumerate() {
            assert!((slot as f64..slot as f64 + 1.0).contains(&(at * 100.0)), "{slot}: {at}");
        }
        let gaps: Vec<f64> = offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().any(|gap| *gap > 0.012) && gaps.iter().any(|gap| *gap < 0.008));
    }

    #[test]
    fn poisson_arrivals_have_the_rate_and_the_spread_of_one() {
        let sampling =
            Sampling::default().requests(10_000).per_second(100).arrivals(Arrivals::Poisson);
        let offsets = offsets(&sampling, 10_000);
        assert!((offsets[9_999] - 100.0).abs() < 3.0, "{}", offsets[9_999]);
        let gaps: Vec<f64> = offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The standard deviation of exponential gaps is their mean.
        let spread = gaps.iter().map(|gap| (gap - 0.01).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((spread.sqrt() - 0.01).abs() < 0.0005, "{spread}");
    }

    #[test]
    fn the_seed_decides_the_schedule() {
        let sampling = Sampling::default();
        assert_eq!(offsets(&sampling.seed(5), 60), offsets(&sampling.seed(5), 60));
        assert_ne!(offsets(&sampling.seed(5), 60), offsets(&sampling.seed(6), 60));
    }

    #[test]
    fn an_open_schedule_does_not_wait_and_a_closed_one_does() {
        let begin = Instant::now();
        let late = begin + Duration::from_secs(5);
        let sampling = Sampling::default().per_second(10);
        let mut open = Pace::new(&sampling, 100, begin);
        let turn = open.next(late).unwrap();
        assert!(turn.waited && turn.intended < begin + Duration::from_millis(100));
        let mut closed = Pace::new(&sampling.mode(Mode::Closed), 100, begin);
        let turns = [closed.next(late).unwrap(), closed.next(late).unwrap()];
        assert_eq!(turns.map(|turn| turn.waited), [false, false]);
        let gap = turns[1].intended - turns[0].intended;
        assert!((gap.as_secs_f64() - 0.1).abs() < 1e-6 && turns[0].intended == late, "{gap:?}");
    }
}
