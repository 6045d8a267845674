//! Whether clients accept what one address serves, and which rule says why not.

use lr_core::Verdict::Pass;
use lr_core::{Rule, Timestamp};

use super::AddressSummary;
use crate::judge::{broken_for, judge};
use crate::rules::HANDSHAKE;
use crate::{AddressSeen, HostSeen, Policy, RULES, Roots, Snapshot};

pub(super) struct Verdict {
    pub(super) valid: Option<bool>,
    /// Rules whose failure shuts clients out, in the order of the catalogue.
    pub(super) broken: Vec<&'static Rule>,
}

impl Verdict {
    pub(super) fn broken_for(&self) -> Option<&'static str> {
        self.broken.iter().find_map(|rule| broken_for(rule))
    }
}

/// By the judgement itself, of a host with this address alone, so that the two cannot differ.
pub(super) fn of(host: &HostSeen, seen: &AddressSeen, roots: &Roots, now: Timestamp) -> Verdict {
    let alone = HostSeen { addresses: Ok(vec![seen.clone()]), ..host.clone() };
    let run = lr_core::record("tls", RULES, |out| {
        judge(&Snapshot::new(vec![alone]), roots, &Policy::default(), now, out);
    });
    let failed = |rule: &&&'static Rule| run.findings.iter().any(|one| one.rule == rule.id);
    let broken: Vec<_> =
        RULES.iter().filter(|rule| broken_for(rule).is_some()).filter(failed).copied().collect();
    let shakes = run.outcomes.iter().any(|one| one.rule == HANDSHAKE.id && one.verdict == Pass);
    let valid = match (broken.is_empty(), shakes) {
        (false, _) => Some(false),
        (true, true) => Some(true),
        (true, false) => None,
    };
    Verdict { valid, broken }
}

/// Of all addresses: one that fails is enough, and one must have been seen.
pub(super) fn all(rows: &[AddressSummary]) -> Option<bool> {
    let seen: Vec<_> = rows.iter().filter_map(|row| row.valid).collect();
    (!seen.is_empty()).then(|| seen.iter().all(|valid| *valid))
}
