use lr_core::{Location, Recorder};

use super::{View, issues, not_applicable, not_asked, unseen};
use crate::record::At;
use crate::rules::*;
use crate::syntax::IssueKind;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::record(format!("_smtp._tls.{}", view.domain), "TXT");
    if view.snapshot.config.parked {
        return not_applicable(out, "tlsrpt-", &subject, "the domain is parked");
    }
    let found = view.snapshot.tls_rpt();
    let (text, found) = match &found {
        At::Failed { failure } => return unseen(out, "tlsrpt-", &subject, failure),
        At::Open => return unseen(out, "tlsrpt-", &subject, &not_asked()),
        At::Nothing => {
            not_applicable(out, "tlsrpt-", &subject, "there is no TLS-RPT record");
            let demands = match view.snapshot.mta_sts().record {
                At::Record { .. } | At::Several { .. } => Some("MTA-STS"),
                _ if view.snapshot.dane().iter().any(|host| host.authentic) => Some("DANE"),
                _ => None,
            };
            if let Some(what) = demands {
                let detail = format!("the domain uses {what}");
                out.fail(&TLSRPT_PRESENT, subject, detail);
            }
            return;
        }
        At::Several { count } => {
            not_applicable(out, "tlsrpt-", &subject, "with several records none counts");
            out.pass(&TLSRPT_PRESENT, subject.clone());
            let detail = format!("{count} records begin with `v=TLSRPTv1`");
            out.fail(&TLSRPT_SINGLE, subject, detail);
            return;
        }
        At::Like { text, issues } | At::Record { text, issues, .. } => (text, issues),
    };
    out.pass(&TLSRPT_PRESENT, subject.clone());
    out.pass(&TLSRPT_SINGLE, subject.clone());
    let version = found.iter().filter(|issue| issue.kind == IssueKind::Version);
    issues(out, &TLSRPT_VERSION, &subject, text, version);
    if found.iter().any(|issue| issue.kind == IssueKind::Version) {
        for rule in [&TLSRPT_SYNTAX, &TLSRPT_URIS] {
            out.not_applicable(rule, subject.clone(), "senders do not read the record");
        }
        return;
    }
    let uris = found.iter().filter(|issue| issue.kind == IssueKind::Uri);
    issues(out, &TLSRPT_URIS, &subject, text, uris);
    let other = found.iter().filter(|issue| issue.kind != IssueKind::Uri);
    issues(out, &TLSRPT_SYNTAX, &subject, text, other);
}
