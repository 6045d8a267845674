//! Where reports go, and whether they arrive.

use lr_core::{ErrorKind, Location, Recorder};

use super::super::View;
use crate::dmarc::{Destination, Discovery};
use crate::rules::*;

pub(super) fn judge(view: &View<'_>, found: &Discovery, out: &mut Recorder<'_>) {
    let to = crate::dmarc::destinations(&view.snapshot.answers, found);
    let at = found.found_at.as_deref().unwrap_or(view.domain);
    let subject = Location::record(format!("_dmarc.{at}"), "TXT");
    if to.is_empty() {
        for rule in [&DMARC_REPORT_CONSENT, &DMARC_REPORT_DELIVERY] {
            out.not_applicable(rule, subject.clone(), "no reports are asked for by mail");
        }
        return;
    }
    if !to.iter().any(|to| to.is_external) {
        let reason = "all report addresses are of the same organization";
        out.not_applicable(&DMARC_REPORT_CONSENT, subject.clone(), reason);
    }
    for to in &to {
        one(to, at, &subject, out);
    }
}

fn one(to: &Destination, at: &str, subject: &Location, out: &mut Recorder<'_>) {
    let unseen = |out: &mut Recorder<'_>, rule| {
        let kind = to.failure.as_ref().map_or(ErrorKind::NotDecided, |failure| failure.kind);
        let message = to.failure.as_ref().map(|failure| format!(": {}", failure.message));
        let message = message.unwrap_or_default();
        out.inconclusive(rule, subject.clone(), kind, format!("{}{message}", to.domain));
    };
    match to.authorized {
        _ if !to.is_external => {}
        None => unseen(out, &DMARC_REPORT_CONSENT),
        Some(true) => out.pass(&DMARC_REPORT_CONSENT, subject.clone()),
        Some(false) => {
            let detail = format!("there is no `v=DMARC1` at {}", to.agreement(at));
            let finding = out.fail(&DMARC_REPORT_CONSENT, subject.clone(), detail);
            finding.instance(to.domain.as_str());
        }
    }
    match to.deliverable {
        None => unseen(out, &DMARC_REPORT_DELIVERY),
        Some(true) => out.pass(&DMARC_REPORT_DELIVERY, subject.clone()),
        Some(false) => {
            let detail = format!("{} takes no mail: it has no mail host", to.domain);
            let finding = out.fail(&DMARC_REPORT_DELIVERY, subject.clone(), detail);
            finding.instance(to.domain.as_str());
        }
    }
}
