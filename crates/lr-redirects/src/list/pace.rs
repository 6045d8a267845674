//! Manners: how fast one host is asked, and when to leave it alone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures in a row after which a host is not asked any more.
const PATIENCE: u32 = 8;

/// What is known of each host.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    hosts: Mutex<HashMap<String, Host>>,
}

#[derive(Debug, Default)]
struct Host {
    /// When the next request may go out.
    next: Option<Instant>,
    failures: u32,
}

impl Pace {
    pub(super) fn new(per_second: Option<u32>) -> Self {
        let interval = per_second.map_or(Duration::ZERO, |n| Duration::from_secs(1) / n.max(1));
        Self { interval, hosts: Mutex::default() }
    }

    /// How long to wait before asking `host`; `None` if it has failed too often.
    pub(super) fn turn(&self, host: &str) -> Option<Duration> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = hosts.get_mut(host) else {
            hosts.insert(host.to_owned(), Host { next: self.next(Instant::now()), failures: 0 });
            return Some(Duration::ZERO);
        };
        if known.failures >= PATIENCE {
            return None;
        }
        let now = Instant::now();
        let at = known.next.unwrap_or(now).max(now);
        if known.next.is_some() {
            known.next = self.next(at);
        }
        Some(at - now)
    }

    fn next(&self, at: Instant) -> Option<Instant> {
        (!self.interval.is_zero()).then(|| at + self.interval)
    }

    /// The host has asked for a pause.
    pub(super) fn pause(&self, host: &str, time: Duration) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.entry(host.to_owned()).or_default();
        let until = Instant::now() + time;
        known.next = Some(known.next.map_or(until, |next| next.max(until)));
    }

    /// Whether the host has answered.
    pub(super) fn learn(&self, host: &str, answered: bool) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.entry(host.to_owned()).or_default();
        known.failures = if answered { 0 } else { known.failures + 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_asked_at_their_pace() {
        let pace = Pace::new(Some(10));
        let waits: Vec<_> = (0..4).filter_map(|_| pace.turn("a.test")).collect();
        assert_eq!(waits[0], Duration::ZERO);
        assert!(waits[3] > Duration::from_millis(200), "{waits:?}");
        assert_eq!(pace.turn("b.test"), Some(Duration::ZERO));
        pace.pause("b.test", Duration::from_secs(9));
        assert!(pace.turn("b.test") > Some(Duration::from_secs(8)));
        let hurry = Pace::new(None);
        assert!((0..99).all(|_| hurry.turn("a.test") == Some(Duration::ZERO)));
    }

    #[test]
    fn a_dead_host_is_left_alone() {
        let pace = Pace::new(None);
        (0..PATIENCE).for_each(|_| pace.learn("a.test", false));
        assert_eq!(pace.turn("a.test"), None);
        pace.learn("a.test", true);
        assert!(pace.turn("a.test").is_some());
    }
}
