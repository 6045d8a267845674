use lr_core::{Location, Recorder};

use super::{by_kind, cause, cut_short, errors, mark, percent};
use crate::rules::NO_ERRORS;
use crate::statistics::{at_least, at_most, share_bounds};
use crate::{Measurement, Policy};

/// One failure alone may be the network's; nothing fails on less than two.
const EVIDENCE: u64 = 2;

/// So many requests without any failure count as none failing. It is enough to have met one, with
/// 95 % confidence, if 14 % failed; smaller shares show in the budget, which counts failures too.
const ENOUGH: u64 = 20;

pub(super) fn judge(
    seen: &Measurement,
    policy: &Policy,
    subject: &Location,
    out: &mut Recorder<'_>,
) {
    let failed = errors(seen);
    let weighed = seen.ok.saturating_add(failed);
    let (alpha, tolerated) = (policy.alpha(), policy.error_share);
    if failed >= EVIDENCE && at_least(failed, weighed, tolerated) <= alpha {
        let (least, most) = share_bounds(failed, weighed, alpha);
        let detail = format!(
            "{failed} of {weighed} requests ({}) failed: {}{}",
            percent(failed, weighed),
            by_kind(seen),
            cut_short(seen)
        );
        let finding = out.fail(&NO_ERRORS, subject.clone(), detail);
        finding
            .evidence("attempted", seen.attempted)
            .evidence("failed", failed)
            .evidence("kinds", by_kind(seen))
            .evidence("error_share_at_least", least)
            .evidence("error_share_at_most", most)
            .evidence("tolerated_share", tolerated)
            .evidence("first", seen.first_failure.as_ref().map(|first| first.message.as_str()));
        return mark(finding, seen);
    }
    if (failed == 0 && weighed >= ENOUGH) || at_most(failed, weighed, tolerated) <= alpha {
        return out.pass(&NO_ERRORS, subject.clone());
    }
    let so_far = match failed {
        0 => format!("no error in {weighed} requests; {ENOUGH} are needed"),
        _ => format!(
            "{failed} of {weighed} requests failed ({}), too few to tell whether more than {} % do",
            by_kind(seen),
            100.0 * tolerated
        ),
    };
    let reason = format!("{so_far}{}", cut_short(seen));
    out.inconclusive(&NO_ERRORS, subject.clone(), cause(seen), reason);
}
