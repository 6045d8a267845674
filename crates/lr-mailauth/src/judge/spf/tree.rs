//! What is included, and where it ends.

use lr_core::{Location, Recorder};

use super::super::{View, fault, faults};
use crate::rules::*;
use crate::spf::{Node, Outcome, Qualifier, Step};

pub(super) fn judge(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let mut steps = Vec::new();
    collect(&view.spf.root, &mut steps);
    let (mut missing, mut broken, mut astray, mut loops) = (vec![], vec![], vec![], vec![]);
    for (at, step) in &steps {
        let Some(child) = &step.child else { continue };
        let is_redirect = step.qualifier.is_none();
        let place = |what: String| {
            (child.domain.clone(), format!("`{}` at {}: {what}", step.term, at.domain))
        };
        match &child.outcome {
            Outcome::Missing => {
                let list = if is_redirect { &mut astray } else { &mut missing };
                list.push(place("there is no SPF record".into()));
            }
            Outcome::Several { count } => {
                let list = if is_redirect { &mut astray } else { &mut broken };
                list.push(place(format!("there are {count} SPF records")));
            }
            Outcome::Record { issues, .. } => {
                broken.extend(issues.first().map(|issue| place(issue.to_string())));
            }
            Outcome::Loop => loops.push(place("this is already on the way there".into())),
            Outcome::Failed { failure } => {
                let rule = if is_redirect { &SPF_REDIRECT_TARGET } else { &SPF_INCLUDE_TARGET };
                let reason = format!(
                    "`{}` at {} (receivers answer temperror): {}",
                    step.term, at.domain, failure.message
                );
                for rule in [rule, &SPF_INCLUDE_VALID] {
                    out.inconclusive(rule, subject.clone(), failure.kind, reason.as_str());
                }
            }
            _ => {}
        }
    }
    faults(out, &SPF_INCLUDE_TARGET, subject, missing);
    faults(out, &SPF_INCLUDE_VALID, subject, broken);
    faults(out, &SPF_REDIRECT_TARGET, subject, astray);
    faults(out, &SPF_LOOP, subject, loops);

    let many = steps.iter().filter(|(_, step)| step.exchanges.is_some_and(|count| count > 10));
    let many = many
        .filter(|(_, step)| step.term.trim_start_matches(['+', '-', '~', '?']).starts_with("mx"));
    faults(
        out,
        &SPF_MX_LIMIT,
        subject,
        many.map(|(at, step)| {
            let count = step.exchanges.unwrap_or(0);
            (
                format!("{} {}", at.domain, step.term),
                format!("`{}` at {}: {count} mail hosts", step.term, at.domain),
            )
        }),
    );

    // A dead name inside of somebody else's record is theirs to remove.
    let own = steps.iter().filter(|(at, _)| at.domain == view.domain);
    let dead =
        own.filter(|(_, step)| step.child.is_none() && step.void_ipv4.min(step.void_ipv6) > 0);
    faults(
        out,
        &SPF_HOSTS_EXIST,
        subject,
        dead.map(|(_, step)| (step.term.clone(), format!("`{}` finds nothing", step.term))),
    );

    ends(view, subject, out);
    let open = admits_all(&view.spf.root);
    fault(out, &SPF_PLUS_ALL, subject, open.map(|at| format!("the record at {at} has `+all`")));
}

/// How the record that decides in the end, the own one or where redirects lead, treats others.
fn ends(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let mut node = &view.spf.root;
    while let Some(child) = node.redirect() {
        node = child;
    }
    if !matches!(&node.outcome, Outcome::Record { issues, .. } if issues.is_empty()) {
        for rule in [&SPF_ENDS, &SPF_NEUTRAL_ALL, &SPF_SOFTFAIL] {
            out.not_applicable(rule, subject.clone(), "redirect does not lead to a valid record");
        }
        return;
    }
    let all = node.steps.iter().find(|step| is_all(step)).and_then(|step| step.qualifier);
    let at = &node.domain;
    let none = all.is_none().then(|| format!("the record at {at} has neither `all` nor redirect"));
    fault(out, &SPF_ENDS, subject, none);
    let neutral =
        (all == Some(Qualifier::Neutral)).then(|| format!("the record at {at} has `?all`"));
    fault(out, &SPF_NEUTRAL_ALL, subject, neutral);
    let soft = (all == Some(Qualifier::SoftFail)).then(|| format!("the record at {at} has `~all`"));
    fault(out, &SPF_SOFTFAIL, subject, soft);
}

fn is_all(step: &Step) -> bool {
    step.term.trim_start_matches(['-', '~', '?']) == "all"
}

/// The domain whose `+all` lets everybody pass.
fn admits_all(node: &Node) -> Option<&str> {
    node.steps.iter().find_map(|step| match (&step.child, step.qualifier) {
        (None, Some(Qualifier::Pass)) if is_all(step) => Some(node.domain.as_str()),
        (Some(child), Some(Qualifier::Pass) | None) => admits_all(child),
        _ => None,
    })
}

pub(super) fn collect<'a>(node: &'a Node, steps: &mut Vec<(&'a Node, &'a Step)>) {
    for step in &node.steps {
        steps.push((node, step));
        if let Some(child) = &step.child {
            collect(child, steps);
        }
    }
}

/// A node and all below it through which somebody may pass.
pub(super) fn nodes(root: &Node) -> Vec<&Node> {
    let mut nodes = vec![root];
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        let below =
            node.steps.iter().filter(|step| matches!(step.qualifier, Some(Qualifier::Pass) | None));
        nodes.extend(below.filter_map(|step| step.child.as_deref()).collect::<Vec<_>>());
        at += 1;
    }
    nodes
}
