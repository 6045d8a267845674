use lr_core::{ErrorKind, Recorder};

use super::View;
use crate::message::rules::*;
use crate::message::{DkimResult, Leads, Link};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    unsubscribe(view, out);
    links(view, out);
}

fn unsubscribe(view: &View<'_>, out: &mut Recorder<'_>) {
    let bulk = &view.seen.bulk;
    if !view.policy.is_bulk.unwrap_or(!bulk.marks.is_empty()) {
        for rule in [&MESSAGE_UNSUBSCRIBE, &MESSAGE_ONE_CLICK, &MESSAGE_UNSUBSCRIBE_SIGNED] {
            view.not_applicable(out, rule, "nothing says that the message is sent to many");
        }
        return;
    }
    let missing = match (bulk.unsubscribe_fields, bulk.schemes.is_empty()) {
        (0, _) => Some("there is no List-Unsubscribe field".to_owned()),
        (1, false) => None,
        (1, true) => Some("there is no URI in List-Unsubscribe".to_owned()),
        (many, _) => Some(format!("there are {many} List-Unsubscribe fields")),
    };
    let is_there = missing.is_none();
    view.fault(out, &MESSAGE_UNSUBSCRIBE, missing);
    let obstacle = match &bulk.post {
        None => Some("there is no List-Unsubscribe-Post field".to_owned()),
        Some(_) if bulk.is_one_click() => None,
        Some(_) if !bulk.schemes.iter().any(|scheme| scheme == "https") => {
            Some("there is no https URI in List-Unsubscribe".to_owned())
        }
        Some(post) => Some(format!("List-Unsubscribe-Post is `{post}`")),
    };
    view.fault(out, &MESSAGE_ONE_CLICK, obstacle);
    match (is_there && bulk.post.is_some(), bulk.is_signed) {
        (false, _) => {
            view.not_applicable(out, &MESSAGE_UNSUBSCRIBE_SIGNED, "there are no such fields")
        }
        (true, true) => out.pass(&MESSAGE_UNSUBSCRIBE_SIGNED, view.subject.clone()),
        (true, false) if view.seen.dkim().is_some_and(|best| best == DkimResult::TempError) => {
            let reason = "DNS did not answer for the key of a signature";
            let cause = ErrorKind::Unreachable;
            out.inconclusive(&MESSAGE_UNSUBSCRIBE_SIGNED, view.subject.clone(), cause, reason);
        }
        (true, false) => {
            let detail = "no signature that passes covers both fields".to_owned();
            view.fault(out, &MESSAGE_UNSUBSCRIBE_SIGNED, Some(detail));
        }
    }
}

fn links(view: &View<'_>, out: &mut Recorder<'_>) {
    let links = &view.seen.links;
    if links.hosts == 0 {
        for rule in [&MESSAGE_LINK_PUBLIC, &MESSAGE_LINK_STAGING] {
            view.not_applicable(out, rule, "there are no links");
        }
        return;
    }
    for rule in [&MESSAGE_LINK_PUBLIC, &MESSAGE_LINK_STAGING] {
        out.pass(rule, view.subject.clone());
    }
    if !links.unseen.is_empty() {
        let reason = format!("DNS did not answer for {}", links.unseen.join(", "));
        let cause = ErrorKind::Unreachable;
        out.inconclusive(&MESSAGE_LINK_PUBLIC, view.subject.clone(), cause, reason);
    } else if links.is_cut {
        let reason = format!("only some of {} hosts were looked at", links.hosts);
        let cause = ErrorKind::NotDecided;
        out.inconclusive(&MESSAGE_LINK_PUBLIC, view.subject.clone(), cause, reason);
    }
    for Link { origin, leads } in &links.suspicious {
        let (rule, detail) = match leads {
            Leads::Home => {
                (&MESSAGE_LINK_PUBLIC, format!("{origin} is the recipient's own machine"))
            }
            Leads::Address { ip, class } => {
                (&MESSAGE_LINK_PUBLIC, format!("{origin} leads to {ip}, a {class} address"))
            }
            Leads::Reserved { suffix } => (
                &MESSAGE_LINK_PUBLIC,
                format!("{origin}: `{suffix}` is no name on the public Internet"),
            ),
            Leads::Staging { word } => {
                (&MESSAGE_LINK_STAGING, format!("{origin}: `{word}` names a host for testing"))
            }
        };
        out.fail(rule, view.subject.clone(), detail).instance(origin.as_str());
    }
}
