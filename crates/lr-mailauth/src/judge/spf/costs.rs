//! What the tree costs a receiver (RFC 7208, section 4.6.4).

use lr_core::{Location, Recorder};

use super::super::{View, not_asked};
use super::tree::collect;
use crate::rules::*;
use crate::spf::Outcome;

pub(super) fn judge(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let audit = &view.spf;
    let mut steps = Vec::new();
    collect(&audit.root, &mut steps);
    let near = view.policy.lookups_near_limit..=10;
    if steps.iter().any(|(_, step)| step.child.as_ref().is_some_and(|c| c.outcome == Outcome::Loop))
    {
        for rule in [&SPF_LOOKUPS, &SPF_HEADROOM, &SPF_VOID_LOOKUPS, &SPF_VOID_LOOKUPS_IPV6] {
            out.not_applicable(rule, subject.clone(), "the record includes itself without end");
        }
        return;
    }
    let at_least = if audit.complete { "" } else { "at least " };
    let breakdown = audit.root.steps.iter().filter(|step| step.lookups > 0);
    let breakdown: Vec<String> =
        breakdown.map(|step| format!("{} ({})", step.term, step.lookups)).collect();
    let count = |count: usize, what: &str| format!("{at_least}{count} {what}");
    let failed = steps.iter().find_map(|(at, step)| {
        let below = step.child.as_ref().and_then(|child| match &child.outcome {
            Outcome::Failed { failure } => Some(failure),
            _ => None,
        });
        step.failure.as_ref().or(below).map(|failure| (*at, *step, failure))
    });
    for (rule, seen, limit, what) in [
        (&SPF_LOOKUPS, audit.lookups, 10, "DNS lookups"),
        (&SPF_VOID_LOOKUPS, audit.void_ipv4, 2, "void lookups"),
        (&SPF_VOID_LOOKUPS_IPV6, audit.void_ipv6, 2, "void lookups for senders with IPv6"),
    ] {
        // What is too many over IPv4 already is said once.
        let is_said = std::ptr::eq(rule, &SPF_VOID_LOOKUPS_IPV6) && audit.void_ipv4 > 2;
        if seen > limit && !is_said {
            let detail = format!("{}: {}", count(seen, what), breakdown.join(", "));
            out.fail(rule, subject.clone(), detail).evidence("lookups", seen);
        } else if audit.complete || is_said {
            out.pass(rule, subject.clone());
        } else {
            let (kind, reason) = match failed {
                Some((at, step, failure)) => (
                    failure.kind,
                    format!(
                        "{}; `{}` at {} (receivers answer temperror): {}",
                        count(seen, what),
                        step.term,
                        at.domain,
                        failure.message
                    ),
                ),
                None => (not_asked().kind, count(seen, what)),
            };
            out.inconclusive(rule, subject.clone(), kind, reason);
        }
    }
    match (near.contains(&audit.lookups), audit.complete) {
        (true, _) => drop(out.fail(
            &SPF_HEADROOM,
            subject.clone(),
            count(audit.lookups, "of 10 DNS lookups"),
        )),
        (false, true) => out.pass(&SPF_HEADROOM, subject.clone()),
        (false, false) => {
            out.inconclusive(
                &SPF_HEADROOM,
                subject.clone(),
                not_asked().kind,
                count(audit.lookups, "DNS lookups"),
            );
        }
    }
}
