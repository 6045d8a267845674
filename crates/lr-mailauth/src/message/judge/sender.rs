use lr_core::{Confidence, ErrorKind, Recorder};

use super::View;
use crate::SpfResult;
use crate::message::rules::*;
use crate::message::{Dmarc, DmarcResult};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    spf(view, out);
    dmarc(view, out);
}

fn spf(view: &View<'_>, out: &mut Recorder<'_>) {
    let Some(spf) = &view.seen.spf else {
        let reason = "the envelope does not say from where, and in whose name, it came";
        return view.not_applicable(out, &MESSAGE_SPF, reason);
    };
    let ip = view.seen.envelope.client_ip.map(|ip| ip.to_string()).unwrap_or_default();
    let why = spf.error.as_ref().or(spf.term.as_ref());
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    match spf.result {
        SpfResult::Pass => out.pass(&MESSAGE_SPF, view.subject.clone()),
        SpfResult::TempError => {
            let reason = format!("SPF of {} for {ip}: temperror{why}", spf.domain);
            out.inconclusive(&MESSAGE_SPF, view.subject.clone(), ErrorKind::Unreachable, reason);
        }
        result => {
            let detail = format!("SPF of {} for {ip}: {result}{why}", spf.domain);
            let finding = out.fail(&MESSAGE_SPF, view.subject.clone(), detail);
            if !view.seen.envelope.assumed.is_empty() {
                finding.confidence = Confidence::Medium;
            }
        }
    }
}

fn dmarc(view: &View<'_>, out: &mut Recorder<'_>) {
    let Some(dmarc) = &view.seen.dmarc else {
        for rule in [&MESSAGE_ALIGNED, &MESSAGE_DMARC] {
            view.not_applicable(out, rule, "the From field names no single domain");
        }
        return;
    };
    let subject = || view.subject.clone();
    let reason = || dmarc.unknown.clone().unwrap_or_else(|| "DNS did not answer".to_owned());
    match (dmarc.is_authenticated(), &dmarc.unknown) {
        (true, _) => out.pass(&MESSAGE_ALIGNED, subject()),
        (false, Some(why)) => {
            let cause = ErrorKind::NotDecided;
            out.inconclusive(&MESSAGE_ALIGNED, subject(), cause, why.as_str());
        }
        (false, None) => {
            out.fail(&MESSAGE_ALIGNED, subject(), unaligned(dmarc));
        }
    }
    match dmarc.result {
        DmarcResult::Pass => out.pass(&MESSAGE_DMARC, subject()),
        DmarcResult::None => {
            let reason = format!("no DMARC policy applies to {}", dmarc.domain);
            out.not_applicable(&MESSAGE_DMARC, subject(), reason);
        }
        DmarcResult::Unknown => {
            out.inconclusive(&MESSAGE_DMARC, subject(), ErrorKind::NotDecided, reason());
        }
        DmarcResult::Fail => {
            let policy = dmarc.policy.map(|policy| policy.to_string()).unwrap_or_default();
            let at = dmarc.found_at.as_deref().unwrap_or(&dmarc.domain);
            let detail = format!("{}; the policy of {at} is {policy}", unaligned(dmarc));
            out.fail(&MESSAGE_DMARC, subject(), detail);
        }
    }
}

/// Why nothing that passes is aligned.
fn unaligned(dmarc: &Dmarc) -> String {
    let dkim = dmarc.dkim.iter().map(|one| ("DKIM", one));
    let spf = dmarc.spf.iter().map(|one| ("SPF", one));
    let mut parts: Vec<String> = Vec::new();
    if dmarc.dkim.is_empty() {
        parts.push("there is no signature".to_owned());
    }
    for (name, one) in dkim.chain(spf) {
        let mode = if one.is_strict { " (strict)" } else { "" };
        let (domain, from) = (&one.domain, &dmarc.domain);
        let part = match (one.passes, one.is_aligned) {
            (true, _) => {
                format!("{name} passes for {domain}, which is not aligned with {from}{mode}")
            }
            (false, true) => format!("{name} of {domain} is aligned but does not pass"),
            (false, false) => format!("{name} of {domain} does not pass and is not aligned"),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join("; ")
}
