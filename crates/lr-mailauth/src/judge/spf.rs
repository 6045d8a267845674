mod costs;
mod ranges;
mod terms;
mod tree;

pub(super) use ranges::is_reachable;

use lr_core::{ErrorKind, Location, Recorder};

use super::{View, fault, faults, issues, not_applicable, not_asked, unseen};
use crate::SpfResult;
use crate::answers::RecordType;
use crate::mx::State;
use crate::rules::*;
use crate::spf::{Outcome, is_record};
use crate::syntax::IssueKind;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::record(view.domain, "TXT");
    let root = &view.spf.root;
    parked(view, out, &subject);
    senders(view, out, &subject);
    match &root.outcome {
        Outcome::Failed { failure } => return unseen(out, "spf-", &subject, failure),
        Outcome::Missing => {
            not_applicable(out, "spf-", &subject, "there is no SPF record");
            let detail = "no TXT record begins with `v=spf1`";
            let rule = if is_host(view) { &SPF_HOST } else { &SPF_PRESENT };
            out.fail(rule, subject.clone(), detail);
        }
        Outcome::Several { count } => {
            not_applicable(out, "spf-", &subject, "with several records none of them counts");
            out.pass(&SPF_PRESENT, subject.clone());
            out.fail(
                &SPF_SINGLE,
                subject.clone(),
                format!("{count} TXT records begin with `v=spf1`"),
            );
        }
        Outcome::Record { text, issues } if !issues.is_empty() => {
            not_applicable(out, "spf-", &subject, "receivers cannot read the record");
            out.pass(&SPF_PRESENT, subject.clone());
            out.pass(&SPF_SINGLE, subject.clone());
            readable(out, &subject, text, issues);
        }
        Outcome::Record { text, .. } => {
            out.pass(&SPF_PRESENT, subject.clone());
            out.pass(&SPF_SINGLE, subject.clone());
            readable(out, &subject, text, &[]);
            if let Some(record) = &view.record {
                terms::judge(view, record, text, &subject, out);
            }
            ranges::judge(view, &subject, out);
            tree::judge(view, &subject, out);
            costs::judge(view, &subject, out);
            own_hosts(view, &subject, out);
            out.pass(&SPF_HOST, subject.clone());
        }
        // The root is never a loop or a macro, and is always among the first questions.
        _ => return unseen(out, "spf-", &subject, &not_asked()),
    }
    other_texts(view, &subject, out);
    record_type(view, out);
}

/// Servers that are known to send.
fn senders(view: &View<'_>, out: &mut Recorder<'_>, subject: &Location) {
    let given = &view.snapshot.config.sends_from;
    if given.is_empty() {
        out.not_applicable(&SPF_SENDERS, subject.clone(), "no sending address is given");
    }
    for address in given {
        let seen = view.snapshot.receive(*address);
        let why = seen.error.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        match seen.result {
            SpfResult::Pass => out.pass(&SPF_SENDERS, subject.clone()),
            SpfResult::TempError => {
                let reason = format!("SPF could not be evaluated for {address}{why}");
                out.inconclusive(&SPF_SENDERS, subject.clone(), ErrorKind::NotDecided, reason);
            }
            result => {
                let detail = format!("for mail from {address} the result is {result}{why}");
                out.fail(&SPF_SENDERS, subject.clone(), detail).instance(address.to_string());
            }
        }
    }
}

/// Whether it is a mere host below a domain with a DMARC policy, which does not look as if it sent
/// itself.
pub(super) fn is_host(view: &View<'_>) -> bool {
    view.snapshot.dmarc().found_at.is_some_and(|at| at != view.domain)
        && matches!(view.snapshot.mail_hosts().state, State::None | State::Implicit)
}

/// The abandoned record type.
fn record_type(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::record(view.domain, "SPF");
    match view.snapshot.answers.get(view.domain, RecordType::Spf) {
        Some(crate::Answer::Failed { failure }) => {
            // Resolvers may refuse what nobody asks for any more.
            let reason = failure.message.clone();
            out.inconclusive(&SPF_RECORD_TYPE, subject, failure.kind, reason);
        }
        Some(answer) => {
            let current = view.snapshot.answers.get(view.domain, RecordType::Txt);
            let is_same = |text: &crate::TxtRecord| {
                current.is_some_and(|current| {
                    current.texts().any(|other| other.bytes() == text.bytes())
                })
            };
            let text = answer.texts().next().map(|text| match is_same(text) {
                true => format!("`{}`, as in TXT", crate::syntax::show(&text.bytes())),
                false => {
                    format!("`{}`, which differs from TXT", crate::syntax::show(&text.bytes()))
                }
            });
            fault(out, &SPF_RECORD_TYPE, &subject, text);
        }
        None => out.not_applicable(&SPF_RECORD_TYPE, subject, "it was not asked for"),
    }
}

/// Mail hosts of the domain's own that SPF would not let send.
fn own_hosts(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let found = view.snapshot.mail_hosts();
    let is_own = |host: &&crate::mx::Host| {
        crate::senders::is_below(&host.exchange, view.domain) && found.state == State::Records
    };
    if view.is_silent() {
        return out.not_applicable(&SPF_OWN_HOSTS, subject.clone(), "the domain sends nothing");
    }
    let mut is_any = false;
    let mut open = Vec::new();
    for host in found.hosts.iter().filter(is_own) {
        for address in &host.addresses {
            // Only what is known already: not worth a question.
            let seen = view.snapshot.receive(*address);
            if !seen.open.is_empty() {
                continue;
            }
            is_any = true;
            if matches!(seen.result, SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral) {
                let detail = format!("{} has {address}: {}", host.exchange, seen.result);
                open.push((address.to_string(), detail));
            }
        }
    }
    match is_any {
        true => faults(out, &SPF_OWN_HOSTS, subject, open),
        false => {
            let reason = "no mail host of the domain's own has a known address";
            out.not_applicable(&SPF_OWN_HOSTS, subject.clone(), reason);
        }
    }
}

fn parked(view: &View<'_>, out: &mut Recorder<'_>, subject: &Location) {
    match (&view.record, view.snapshot.config.parked) {
        (_, false) => out.not_applicable(&PARKED_SPF, subject.clone(), "the domain is not parked"),
        (None, true) => out.not_applicable(&PARKED_SPF, subject.clone(), "there is no SPF record"),
        (Some(record), true) => {
            let detail = (!view.allows_nobody()).then(|| format!("the record is `{record}`"));
            fault(out, &PARKED_SPF, subject, detail);
        }
    }
}

fn readable(out: &mut Recorder<'_>, subject: &Location, text: &str, found: &[crate::Issue]) {
    let is_name = |issue: &&crate::Issue| issue.kind == IssueKind::AddressAsName;
    issues(out, &SPF_SYNTAX, subject, text, found.iter().filter(|issue| !is_name(issue)));
    issues(out, &SPF_HOST_NAMES, subject, text, found.iter().filter(is_name));
}

/// Texts beside the record.
fn other_texts(view: &View<'_>, subject: &Location, out: &mut Recorder<'_>) {
    let answer = view.snapshot.answers.get(view.domain, RecordType::Txt);
    let texts: Vec<Vec<u8>> =
        answer.into_iter().flat_map(|answer| answer.texts()).map(crate::TxtRecord::bytes).collect();
    let like = texts.iter().filter(|text| !is_record(text) && is_like_spf(text));
    let like = like.map(|text| format!("`{}`", crate::syntax::show(text)));
    fault(out, &SPF_VERSION, subject, like.reduce(|all, one| format!("{all}, {one}")));
    let old = texts.iter().find(|text| text.len() > 5 && text[..6].eq_ignore_ascii_case(b"spf2.0"));
    fault(out, &SPF_SENDER_ID, subject, old.map(|text| format!("`{}`", crate::syntax::show(text))));
}

/// Whether a text looks as if it were meant as SPF: the version near the beginning, whatever stands
/// around it, or misspelt.
fn is_like_spf(text: &[u8]) -> bool {
    let start = text.iter().take(24).filter(|byte| byte.is_ascii_graphic());
    let start: Vec<u8> =
        start.filter(|byte| !b"\"'".contains(byte)).map(u8::to_ascii_lowercase).collect();
    let has_version = start.windows(5).take(9).any(|part| part == b"v=spf" || part == b"v:spf");
    has_version
        || [&b"spf1"[..], b"spf=", b"v=sfp1", b"v-spf1", b"vspf1"]
            .iter()
            .any(|mark| start.starts_with(mark))
}
