mod costs;
mod terms;
mod tree;

pub(super) use terms::is_reachable;

use lr_core::{ErrorKind, Location, Recorder, Severity};

use super::{View, fault, issues, not_applicable, not_asked, unseen};
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
            let finding =
                out.fail(&SPF_PRESENT, subject.clone(), "no TXT record begins with `v=spf1`");
            if is_covered(view) {
                finding.severity(Severity::Low);
            }
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
            tree::judge(view, &subject, out);
            costs::judge(view, &subject, out);
        }
        // The root is never a loop or a macro, and is always among the first questions.
        _ => return unseen(out, "spf-", &subject, &not_asked()),
    }
    other_texts(view, &subject, out);
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

/// Whether it is a mere host below a domain whose DMARC policy, enforced, covers it: nobody can
/// send in its name, and it does not look as if it sent itself.
fn is_covered(view: &View<'_>) -> bool {
    let policy = view.snapshot.dmarc();
    let is_enforced = policy.policy.is_some_and(|policy| policy > crate::dmarc::Policy::None);
    is_enforced
        && policy.found_at.is_some_and(|at| at != view.domain)
        && matches!(view.snapshot.mail_hosts().state, State::None | State::Implicit)
}

fn parked(view: &View<'_>, out: &mut Recorder<'_>, subject: &Location) {
    match (&view.record, view.snapshot.config.parked) {
        (_, false) => out.not_applicable(&PARKED_SPF, subject.clone(), "the domain is not parked"),
        (None, true) => out.not_applicable(&PARKED_SPF, subject.clone(), "there is no SPF record"),
        (Some(record), true) => {
            let detail = (!record.forbids_everyone()).then(|| format!("the record is `{record}`"));
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
    let begins = |text: &[u8], what: &[u8]| {
        let start = &text[..text.len().min(what.len() + 8)];
        start.windows(what.len()).any(|part| part.eq_ignore_ascii_case(what))
    };
    let like = texts.iter().filter(|text| !is_record(text) && begins(text, b"v=spf"));
    let like = like.map(|text| format!("`{}`", crate::syntax::show(text)));
    fault(out, &SPF_VERSION, subject, like.reduce(|all, one| format!("{all}, {one}")));
    let old = texts.iter().find(|text| text.len() > 5 && text[..6].eq_ignore_ascii_case(b"spf2.0"));
    fault(out, &SPF_SENDER_ID, subject, old.map(|text| format!("`{}`", crate::syntax::show(text))));
}
