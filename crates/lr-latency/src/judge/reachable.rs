use lr_core::{ErrorKind, Location, Recorder};

use super::{by_kind, mark, unseen};
use crate::rules::REACHABLE;
use crate::{FailKind, Measurement};

pub(super) fn judge(seen: &Measurement, subject: &Location, out: &mut Recorder<'_>) {
    if seen.answered > 0 {
        return out.pass(&REACHABLE, subject.clone());
    }
    let Some((cause, reason)) = unseen(seen) else {
        // Connections were made and nothing came back: how bad that is, the other rules weigh.
        let obstacle = seen.first_failure.as_ref();
        let cause = obstacle.map_or(ErrorKind::NotDecided, |obstacle| obstacle.cause);
        let reason = format!("none of {} requests was answered", seen.attempted);
        return out.inconclusive(&REACHABLE, subject.clone(), cause, reason);
    };
    let fact = seen.first_failure.as_ref().filter(|obstacle| {
        // Facts about the endpoint; anything else may lie on the way there.
        let kinds = [FailKind::NoAddress, FailKind::Refused, FailKind::Certificate];
        kinds.contains(&obstacle.kind) && seen.failed.keys().all(|kind| kinds.contains(kind))
    });
    match fact {
        Some(obstacle) => {
            let finding = out.fail(&REACHABLE, subject.clone(), obstacle.message.clone());
            finding.evidence("attempted", seen.attempted).evidence("failed", by_kind(seen));
            mark(finding, seen);
        }
        None => out.inconclusive(&REACHABLE, subject.clone(), cause, reason),
    }
}
