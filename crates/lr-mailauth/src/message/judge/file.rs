use lr_core::Recorder;

use super::View;
use crate::message::rules::*;
use crate::message::{Assumption, Peculiarity, Seen};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let seen = view.seen;
    let size = seen.notes.iter().find_map(|note| match note {
        Peculiarity::Cut { .. } => Some("it has more than 64 MiB; only these were read".to_owned()),
        Peculiarity::HeaderCut { lines } => {
            Some(format!("the header has {lines} lines; only its beginning was read"))
        }
        _ => None,
    });
    view.fault(out, &MESSAGE_SIZE, size);
    let from = &seen.from;
    let listed = from.addresses.join(", ");
    let wrong = match (from.fields, &from.domain) {
        (0, _) => Some("there is no From field".to_owned()),
        (1, Some(_)) => None,
        (1, None) if from.addresses.is_empty() => Some("there is no address in it".to_owned()),
        (1, None) => Some(format!("it names no single domain: {listed}")),
        (many, _) => Some(format!("there are {many} From fields: {listed}")),
    };
    view.fault(out, &MESSAGE_FROM, wrong);
    let others = |names: &[String]| {
        names.iter().filter(|name| *name != "From").cloned().collect::<Vec<_>>().join(", ")
    };
    let odd: Vec<String> =
        [("missing", others(&seen.missing)), ("repeated", others(&seen.repeated))]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what}: {names}"))
            .collect();
    view.fault(out, &MESSAGE_HEADER_FIELDS, (!odd.is_empty()).then(|| odd.join("; ")));
    view.fault(out, &MESSAGE_ENVELOPE, assumed(seen));
}

fn assumed(seen: &Seen) -> Option<String> {
    let envelope = &seen.envelope;
    let sender = envelope.mail_from.as_deref().map_or("", |sender| sender);
    let mut parts: Vec<String> = Vec::new();
    for assumption in &envelope.assumed {
        parts.push(match assumption {
            Assumption::ReturnPath => format!("MAIL FROM `<{sender}>` is assumed from Return-Path"),
            Assumption::EnvelopeFrom => {
                format!("MAIL FROM `<{sender}>` is assumed from the topmost Received")
            }
            Assumption::Received => {
                let ip = envelope.client_ip.map(|ip| ip.to_string()).unwrap_or_default();
                let helo = envelope.helo.as_deref().unwrap_or("no name");
                format!("the connecting host {ip} ({helo}) is assumed from the topmost Received")
            }
        });
    }
    if envelope.mail_from.is_none() {
        parts.push("MAIL FROM is not known: there is no Return-Path".to_owned());
    }
    if envelope.client_ip.is_none() {
        parts.push("the connecting host is not known: no Received names one".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
