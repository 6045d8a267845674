//! Uptime as a pure state machine: samples in, events out. No clock, no I/O.
//!
//! Whoever embeds it decides where checks run, when (it says when the next one is due), and where
//! alerts go. All state is plain data: a [`Monitor`] can be kept as JSON and restored in the middle
//! of an incident without alerting twice.
//!
//! - A place counts as down after two failed checks in a row and as up after two good ones; the
//!   second check comes soon after the first, to confirm it.
//! - A route is down when a quorum of places says so. One place that fails alone has a problem of
//!   its own, and a place that has fallen silent is unknown, never down.
//! - What goes up and down is flapping: one incident, not many.
//! - What answers, but too often slowly, is degraded.
//! - During maintenance nothing is announced, and nothing is counted against the uptime.
//! - The error budget is watched by pairs of windows that both must burn fast, with two failed
//!   checks as the least: one failed check a minute would exceed any rate.
//!
//! ```
//! use lr_core::Timestamp;
//! use lr_latency::uptime::{EventKind, Monitor, Sample, Settings};
//!
//! let at = |second: i64| Timestamp::from_unix(1_795_262_400 + second);
//! let mut monitor = Monitor::new("https://shop.test/", &["paris", "oslo"], Settings::default());
//! assert!(monitor.observe(&Sample::failed(at(0), 0)).is_empty());
//! assert!(monitor.observe(&Sample::good(at(5), 1, 80_000)).is_empty());
//! assert_eq!(monitor.next_due(), Some((0, at(15)))); // a quick confirmation
//! let events = monitor.observe(&Sample::failed(at(15), 0));
//! assert!(matches!(events[0].kind, EventKind::PlaceDown { .. })); // one place is not the world
//! monitor.observe(&Sample::failed(at(65), 1));
//! let events = monitor.observe(&Sample::failed(at(80), 1));
//! assert!(matches!(events[0].kind, EventKind::Down { first_failed_at, .. } if first_failed_at == at(0)));
//! ```

mod budget;
mod event;
mod format;
mod ledger;
mod machine;
mod place;
#[cfg(test)]
mod reference;
mod settings;

pub use budget::Pair;
pub use event::{Event, EventKind};
pub use format::{generic_webhook, prometheus, slack_message};
pub use ledger::{FourNumbers, Ledger, Numbers};
pub use machine::{Monitor, Sample, State};
pub use settings::{Maintenance, Settings};
