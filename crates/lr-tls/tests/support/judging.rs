//! Judging what was seen of one host.

use lr_core::{CheckRun, Timestamp, Verdict};
use lr_tls::{AddressSeen, Cause, HostSeen, Obstacle, Policy, RULES, Roots, Snapshot, judge};

use crate::made::{HOST, address};

/// What is said of a host at these addresses.
pub(crate) fn run(seen: Vec<AddressSeen>, roots: &Roots, now: Timestamp) -> CheckRun {
    judged(&HostSeen::new(HOST, 443, Ok(seen)), roots, &Policy::default(), now)
}

/// What is said of a host.
pub(crate) fn judged(host: &HostSeen, roots: &Roots, policy: &Policy, now: Timestamp) -> CheckRun {
    let snapshot = Snapshot::new(vec![host.clone()]);
    lr_core::record("tls", RULES, |out| judge(&snapshot, roots, policy, now, out))
}

/// The verdict of a rule.
pub(crate) fn verdict(run: &CheckRun, rule: &str) -> Verdict {
    run.outcomes.iter().find(|outcome| outcome.rule == rule).unwrap().verdict.clone()
}

/// An address at which both handshakes end so.
pub(crate) fn stopped(ip: &str, cause: Cause) -> AddressSeen {
    let obstacle = || Err(Obstacle::new(cause, "shop.test: why"));
    AddressSeen::new(address(ip), obstacle(), obstacle())
}
