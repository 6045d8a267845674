//! What Google, Yahoo and Microsoft demand of bulk senders, as far as DNS tells.

use lr_core::{ErrorKind, Location, Recorder};

use super::{View, fault, not_applicable};
use crate::dkim::{At, Key};
use crate::rules::*;
use crate::spf::{Outcome, ReverseNames};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::domain(view.domain);
    if !view.snapshot.config.bulk_sender {
        return not_applicable(out, "bulk-", &subject, "the domain is not a bulk sender");
    }
    authentication(view, out, &subject);
    let given = &view.snapshot.config.sends_from;
    if given.is_empty() {
        let reason = "no sending address is given";
        out.not_applicable(&BULK_REVERSE_DNS, subject, reason);
        return;
    }
    for address in given {
        match view.snapshot.reverse_names(*address) {
            ReverseNames::Known { names, .. } if !names.is_empty() => {
                out.pass(&BULK_REVERSE_DNS, subject.clone());
            }
            ReverseNames::Known { claimed, .. } => {
                let detail = match claimed.first() {
                    None => format!("{address} has no PTR record"),
                    Some(name) => format!("{address} is called {name}, which has another address"),
                };
                let finding = out.fail(&BULK_REVERSE_DNS, subject.clone(), detail);
                finding.instance(address.to_string());
            }
            ReverseNames::Failed { failure } => {
                let reason = format!("{address}: {}", failure.message);
                out.inconclusive(&BULK_REVERSE_DNS, subject.clone(), failure.kind, reason);
            }
            ReverseNames::Open => {
                let kind = ErrorKind::NotDecided;
                out.inconclusive(&BULK_REVERSE_DNS, subject.clone(), kind, "it was not asked for");
            }
        }
    }
}

fn authentication(view: &View<'_>, out: &mut Recorder<'_>, subject: &Location) {
    let (mut missing, mut unseen) = (Vec::new(), Vec::new());
    match &view.spf.root.outcome {
        Outcome::Record { issues, .. } if issues.is_empty() => {}
        Outcome::Failed { .. } | Outcome::Open => unseen.push("SPF"),
        _ => missing.push("a valid SPF record"),
    }
    let dmarc = view.snapshot.dmarc();
    match (&dmarc.record, dmarc.complete) {
        (Some(_), _) => {}
        (None, true) => missing.push("a DMARC record"),
        (None, false) => unseen.push("DMARC"),
    }
    let dkim = view.snapshot.dkim();
    let is_usable = |at: &At| match at {
        At::Key { record, .. } => match record.key {
            Key::Rsa { bits, .. } => bits >= view.policy.min_rsa_bits && record.is_for_mail(),
            Key::Ed25519 => record.is_for_mail(),
            _ => false,
        },
        _ => false,
    };
    if !dkim.selectors.iter().any(|selector| is_usable(&selector.at)) {
        // Some selectors are random: without one that is given, a key may only not have been found.
        let is_certain = dkim.probe == crate::dkim::Probe::Absent
            || dkim.selectors.iter().any(|s| s.is_given && matches!(s.at, At::Nothing));
        if is_certain { missing.push("a usable DKIM key") } else { unseen.push("a DKIM key") }
    }
    if missing.is_empty() && !unseen.is_empty() {
        let reason = format!("not seen: {}", unseen.join(", "));
        return out.inconclusive(
            &BULK_AUTHENTICATION,
            subject.clone(),
            ErrorKind::NotDecided,
            reason,
        );
    }
    let detail = (!missing.is_empty()).then(|| format!("there is no: {}", missing.join(", ")));
    fault(out, &BULK_AUTHENTICATION, subject, detail);
}
