use lr_core::{Location, Recorder};

use super::{View, faults, not_applicable, not_asked};
use crate::rules::*;
use crate::senders::{By, Sender, is_below, senders};
use crate::spf::Outcome;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::domain(view.domain);
    let approved = &view.snapshot.config.approved;
    if approved.is_empty() {
        let reason = "it is not said who may send";
        return not_applicable(out, "sender-", &subject, reason);
    }
    let all = senders(view.snapshot);
    let strangers = all.iter().filter(|sender| {
        !is_own(view, sender) && !approved.iter().any(|entry| sender.is_approved_by(entry))
    });
    let (known, unknown): (Vec<&Sender>, Vec<&Sender>) =
        strangers.partition(|sender| sender.provider.is_some());
    // A provider that is let in twice is one finding.
    let mut named: Vec<(String, String)> = Vec::new();
    for sender in known {
        let id = sender.provider.clone().unwrap_or_default();
        let name = crate::senders::provider(&id).map_or(id.as_str(), |provider| provider.name);
        match named.iter_mut().find(|(known, _)| *known == id) {
            Some((_, detail)) => detail.push_str(&format!(", {}", place(sender))),
            None => named.push((id.clone(), format!("{name} by {}", place(sender)))),
        }
    }
    faults(out, &SENDER_APPROVED, &subject, named);
    let unnamed = unknown.into_iter().map(|sender| (key(sender), place(sender)));
    faults(out, &SENDER_KNOWN, &subject, unnamed);

    let is_seen = view.spf.complete && !matches!(view.spf.root.outcome, Outcome::Failed { .. });
    let missing: Vec<&String> = approved
        .iter()
        .filter(|entry| !all.iter().any(|sender| sender.is_approved_by(entry)))
        .filter(|entry| !has_key_of(view, entry))
        .collect();
    if !missing.is_empty() && !is_seen {
        let kind = not_asked().kind;
        return out.inconclusive(&SENDER_PRESENT, subject, kind, "not all of SPF could be seen");
    }
    let missing = missing.into_iter().map(|entry| {
        (entry.clone(), format!("neither SPF nor an alias of a DKIM key leads to {entry}"))
    });
    faults(out, &SENDER_PRESENT, &subject, missing);
}

/// Whether there is a key at a selector of a provider that needs no term in SPF.
fn has_key_of(view: &View<'_>, entry: &str) -> bool {
    let Some(provider) = crate::senders::provider(entry) else { return false };
    let keys = view.snapshot.dkim().selectors.into_iter();
    let mut keys = keys.filter(|selector| matches!(selector.at, crate::dkim::At::Key { .. }));
    provider.spf.is_empty()
        && keys.any(|selector| provider.selectors.contains(&selector.name.as_str()))
}

/// The domain's own names need no approval; addresses do, for they may be anyone's.
fn is_own(view: &View<'_>, sender: &Sender) -> bool {
    match &sender.by {
        By::Hosts { name } => is_below(name, view.domain) && sender.provider.is_none(),
        _ => false,
    }
}

fn place(sender: &Sender) -> String {
    let via = sender.via.iter().skip(1).map(|term| format!(" > `{term}`")).collect::<String>();
    match &sender.by {
        By::Key { target } => format!("the key at {}, an alias of {target}", sender.term),
        By::Range { range } if *range != sender.term => {
            format!("`{}`{via} > `{range}`", sender.term)
        }
        _ => format!("`{}`{via}", sender.term),
    }
}

fn key(sender: &Sender) -> String {
    match &sender.by {
        By::Record { domain: name } | By::Hosts { name } | By::Key { target: name } => name.clone(),
        By::Range { range } => range.clone(),
    }
}
