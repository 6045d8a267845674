use lr_core::{Location, Recorder};

use super::{View, fault, issues, not_applicable, not_asked, unseen};
use crate::dmarc::Policy;
use crate::record::At;
use crate::rules::*;
use crate::syntax::IssueKind;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::record(format!("default._bimi.{}", view.domain), "TXT");
    if view.snapshot.config.parked {
        return not_applicable(out, "bimi-", &subject, "the domain is parked");
    }
    let found = view.snapshot.bimi();
    let (text, record, found) = match &found {
        At::Failed { failure } => return unseen(out, "bimi-", &subject, failure),
        At::Open => return unseen(out, "bimi-", &subject, &not_asked()),
        At::Nothing => return not_applicable(out, "bimi-", &subject, "there is no BIMI record"),
        At::Several { count } => {
            not_applicable(out, "bimi-", &subject, "with several records none counts");
            let detail = format!("{count} records begin with `v=BIMI1`");
            out.fail(&BIMI_RECORD, subject, detail);
            return;
        }
        At::Like { text, issues: found } => {
            not_applicable(out, "bimi-", &subject, "nobody reads the record");
            return issues(out, &BIMI_RECORD, &subject, text, found.iter().take(1));
        }
        At::Record { text, record, issues } => (text, record, issues),
    };
    let uris = found.iter().filter(|issue| issue.kind == IssueKind::Uri);
    issues(out, &BIMI_URIS, &subject, text, uris);
    let other = found.iter().filter(|issue| issue.kind != IssueKind::Uri);
    issues(out, &BIMI_RECORD, &subject, text, other);
    if record.declines() {
        for rule in [&BIMI_DMARC, &BIMI_CERTIFICATE] {
            out.not_applicable(rule, subject.clone(), "the domain wants no logo");
        }
        return;
    }
    let detail = "the record has no `a=` with the address of a certificate".to_owned();
    fault(out, &BIMI_CERTIFICATE, &subject, record.authority.is_none().then_some(detail));
    let dmarc = view.snapshot.dmarc();
    if !dmarc.complete {
        let failure = not_asked();
        return out.inconclusive(&BIMI_DMARC, subject, failure.kind, "DMARC could not be seen");
    }
    let weak = [("domain", dmarc.policy), ("subdomains", dmarc.subdomain_policy)];
    let weak =
        weak.into_iter().find(|(_, policy)| policy.is_none_or(|policy| policy == Policy::None));
    let weak = weak.map(|(of, policy)| match policy {
        Some(policy) => format!("the DMARC policy of the {of} is `{policy}`"),
        None => "there is no DMARC policy".to_owned(),
    });
    let part = dmarc.record.as_ref().and_then(|record| record.pct).filter(|pct| *pct < 100);
    let weak =
        weak.or_else(|| part.map(|pct| format!("DMARC is for a part of the mail: `pct={pct}`")));
    fault(out, &BIMI_DMARC, &subject, weak);
}
