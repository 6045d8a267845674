mod reports;

use lr_core::{Location, Recorder, Severity};

use super::{View, fault, finding_of, issues, not_applicable, not_asked, unseen};
use crate::answers::RecordType;
use crate::dmarc::{At, Discovery, Policy, Psd, Record, is_record, parse};
use crate::rules::*;
use crate::snapshot::doubled;
use crate::syntax::{Issue, IssueKind};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let found = view.snapshot.dmarc();
    let own = Location::record(format!("_dmarc.{}", view.domain), "TXT");
    let Some(first) = found.trace.first() else { return };
    match &first.at {
        At::Failed { failure } => return unseen(out, "dmarc-", &own, failure),
        At::Open => return unseen(out, "dmarc-", &own, &not_asked()),
        At::Record { text, record, issues } => {
            out.pass(&DMARC_PRESENT, own.clone());
            out.pass(&DMARC_SINGLE, own.clone());
            out.pass(&DMARC_ALIAS, own.clone());
            alone(view, out, &own);
            tags(out, &own, text, record, issues);
            policies(view, out, &own, record, issues, None);
            reports::judge(view, &found, out);
            location(view, out, &own);
            return;
        }
        _ => {}
    }
    not_applicable(out, "dmarc-", &own, "the domain has no DMARC record of its own");
    location(view, out, &own);
    let is_explained = at_fault(out, &own, &first.at);
    applied(view, out, &found, &own, is_explained);
}

/// What stands at the domain's own name instead of a record; whether that says why there is none.
fn at_fault(out: &mut Recorder<'_>, own: &Location, at: &At) -> bool {
    match at {
        At::Several { count } => {
            out.fail(&DMARC_SINGLE, own.clone(), format!("{count} records begin with `v=DMARC1`"));
            true
        }
        At::Dangling { alias } => {
            let detail = format!("the alias leads to {alias}, which does not exist");
            out.fail(&DMARC_ALIAS, own.clone(), detail);
            true
        }
        At::Other { texts } => {
            let Some(text) = texts.iter().find(|text| is_like_dmarc(text)) else {
                let detail = format!("`{}`", texts.join("`, `"));
                out.fail(&DMARC_ALONE, own.clone(), detail);
                return false;
            };
            let parsed = parse(text.as_bytes());
            // The first issue is about how the record begins: that is why nobody reads it.
            let rule = match parsed.issues.first() {
                Some(issue) if issue.kind == IssueKind::Syntax => &DMARC_SYNTAX,
                _ => &DMARC_VERSION,
            };
            issues(out, rule, own, text, parsed.issues.iter().take(1));
            true
        }
        _ => false,
    }
}

/// Whether a text is meant as a policy, although receivers do not read it as one.
fn is_like_dmarc(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_policy = |tag: &str| {
        let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
        name.trim() == "p" && matches!(value.trim(), "none" | "quarantine" | "reject")
    };
    lower.contains("v=dmarc") || lower.contains("dmarc1") || lower.split(';').any(is_policy)
}

/// Other texts beside the record, which receivers must pass over.
fn alone(view: &View<'_>, out: &mut Recorder<'_>, own: &Location) {
    let answer = view.snapshot.answers.get(&format!("_dmarc.{}", view.domain), RecordType::Txt);
    let texts = answer.into_iter().flat_map(|answer| answer.texts());
    let others = texts.map(crate::TxtRecord::bytes).filter(|text| !is_record(text));
    let others: Vec<String> =
        others.map(|text| format!("`{}`", crate::syntax::show(&text))).collect();
    let detail = (!others.is_empty()).then(|| format!("beside the record: {}", others.join(", ")));
    fault(out, &DMARC_ALONE, own, detail);
}

/// The policy of a parent, where there is one.
fn applied(
    view: &View<'_>,
    out: &mut Recorder<'_>,
    found: &Discovery,
    own: &Location,
    is_explained: bool,
) {
    let step = found.trace.iter().find(|step| Some(&step.domain) == found.found_at.as_ref());
    if let Some((step, At::Record { text, record, issues })) = step.map(|step| (step, &step.at)) {
        out.pass(&DMARC_PRESENT, own.clone());
        let above = Location::record(format!("_dmarc.{}", step.domain), "TXT");
        tags(out, &above, text, record, issues);
        policies(view, out, &above, record, issues, found.policy);
        reports::judge(view, found, out);
    } else if !found.complete {
        let failure = found.trace.iter().find_map(|step| match &step.at {
            At::Failed { failure } => Some(failure.clone()),
            _ => None,
        });
        let failure = failure.unwrap_or_else(not_asked);
        out.inconclusive(&DMARC_PRESENT, own.clone(), failure.kind, failure.message);
    } else if !is_explained {
        let names: Vec<_> =
            found.trace.iter().map(|step| format!("_dmarc.{}", step.domain)).collect();
        out.fail(
            &DMARC_PRESENT,
            own.clone(),
            format!("there is no record at {}", names.join(", ")),
        );
    }
}

/// What is wrong with the text.
fn tags(out: &mut Recorder<'_>, subject: &Location, text: &str, record: &Record, found: &[Issue]) {
    // Behind a missing semicolon nothing is what it seems.
    let is_garbled = found.iter().any(|issue| issue.kind == IssueKind::Syntax);
    for (rule, kind) in [
        (&DMARC_VERSION, IssueKind::Version),
        (&DMARC_SYNTAX, IssueKind::Syntax),
        (&DMARC_VALUES, IssueKind::Value),
        (&DMARC_DUPLICATE_TAG, IssueKind::Duplicate),
        (&DMARC_KNOWN_TAGS, IssueKind::Unknown),
        (&DMARC_CURRENT_TAGS, IssueKind::Removed),
        (&DMARC_REPORT_SIZE, IssueKind::Size),
        (&DMARC_REPORT_URIS, IssueKind::Uri),
        (&DMARC_POLICY_TAG, IssueKind::Missing),
        (&DMARC_POLICY_FIRST, IssueKind::Order),
    ] {
        if is_garbled && !matches!(kind, IssueKind::Syntax | IssueKind::Version) {
            out.not_applicable(rule, subject.clone(), "the record has a syntax error");
        } else {
            let about = found.iter().filter(|issue| issue.kind == kind);
            let finding = finding_of(out, rule, subject, text, about);
            if let Some(finding) = finding.filter(|_| is_lesser(kind, record)) {
                finding.severity(Severity::Medium);
            }
        }
    }
}

/// Whether receivers still make something of the record: the policy can be read, or reports at least
/// are sent.
fn is_lesser(kind: IssueKind, record: &Record) -> bool {
    match kind {
        IssueKind::Value => record.p.is_some(),
        IssueKind::Missing => !record.rua.is_empty(),
        _ => false,
    }
}

/// What the record asks for. `inherited` is what it means here if it is a parent's.
fn policies(
    view: &View<'_>,
    out: &mut Recorder<'_>,
    subject: &Location,
    record: &Record,
    found: &[Issue],
    inherited: Option<Policy>,
) {
    let has = |kind: IssueKind| found.iter().any(|issue| issue.kind == kind);
    let rules = [
        &DMARC_POLICY,
        &DMARC_SUBDOMAIN_POLICY,
        &DMARC_NONEXISTENT_POLICY,
        &DMARC_TESTING,
        &DMARC_REPORTS,
        &DMARC_FAILURE_OPTIONS,
        &DMARC_PSD,
    ];
    if has(IssueKind::Syntax) {
        for rule in rules {
            out.not_applicable(rule, subject.clone(), "the record has a syntax error");
        }
        return;
    }
    match (record.p, inherited.map(|_| record.sp.or(record.p)).unwrap_or(record.p)) {
        _ if has(IssueKind::Duplicate) => {
            let reason = "a tag is there twice, and receivers differ in which they take";
            out.not_applicable(&DMARC_POLICY, subject.clone(), reason);
        }
        (None, None) => {
            out.not_applicable(&DMARC_POLICY, subject.clone(), "the policy cannot be read");
        }
        (_, policy) => {
            let none = (policy == Some(Policy::None)).then(|| {
                let tag = if inherited.is_some() && record.sp.is_some() { "sp" } else { "p" };
                format!("the record says `{tag}=none`")
            });
            fault(out, &DMARC_POLICY, subject, none);
        }
    }
    match record.sp.zip(record.p).filter(|(sp, p)| sp < p && inherited.is_none()) {
        None => out.pass(&DMARC_SUBDOMAIN_POLICY, subject.clone()),
        Some((sp, p)) => {
            let detail = format!("`sp={sp}` under `p={p}`");
            let finding = out.fail(&DMARC_SUBDOMAIN_POLICY, subject.clone(), detail);
            // Something is done about forged mail all the same.
            if sp > Policy::None {
                finding.severity(Severity::Low);
            }
        }
    }
    let weaker = record.np.zip(record.sp.or(record.p)).filter(|(np, p)| np < p);
    fault(
        out,
        &DMARC_NONEXISTENT_POLICY,
        subject,
        weaker.map(|(np, p)| format!("`np={np}`, while other subdomains have `{p}`")),
    );
    fault(out, &DMARC_TESTING, subject, record.testing.then(|| "the record has `t=y`".to_owned()));
    let psd = (record.psd == Psd::Yes && inherited.is_none())
        .then(|| "the record has `psd=y`".to_owned());
    fault(out, &DMARC_PSD, subject, psd);
    match (record.rua.is_empty(), has(IssueKind::Uri), view.is_silent()) {
        (true, true, _) => {
            out.not_applicable(&DMARC_REPORTS, subject.clone(), "the addresses cannot be read");
        }
        (true, _, true) => {
            let reason = "the domain sends no mail that could break";
            out.not_applicable(&DMARC_REPORTS, subject.clone(), reason);
        }
        (is_empty, ..) => {
            fault(
                out,
                &DMARC_REPORTS,
                subject,
                is_empty.then(|| "the record has no `rua`".to_owned()),
            );
        }
    }
    let idle = record.fo.as_ref().filter(|_| record.ruf.is_empty());
    fault(out, &DMARC_FAILURE_OPTIONS, subject, idle.map(|fo| format!("`fo={fo}` without `ruf`")));
}

fn is_meant(text: &[u8]) -> bool {
    text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"v=DMARC1"))
}

/// Records where nobody looks.
fn location(view: &View<'_>, out: &mut Recorder<'_>, own: &Location) {
    let answers = &view.snapshot.answers;
    let astray = [view.domain.to_owned(), doubled(view.domain)].into_iter().filter(|name| {
        let answer = answers.get(name, RecordType::Txt).into_iter();
        answer.flat_map(|answer| answer.texts()).any(|text| is_meant(&text.bytes()))
    });
    let astray: Vec<String> = astray.collect();
    let detail = (!astray.is_empty()).then(|| format!("there is one at {}", astray.join(" and ")));
    match detail {
        None => out.pass(&DMARC_LOCATION, own.clone()),
        Some(detail) => {
            let finding = out.fail(&DMARC_LOCATION, own.clone(), detail);
            // A stray copy beside a record in its place does no harm.
            if matches!(answers.get(&format!("_dmarc.{}", view.domain), RecordType::Txt), Some(a) if a.texts().any(|text| is_record(&text.bytes())))
            {
                finding.severity(Severity::Info);
            }
        }
    }
}
