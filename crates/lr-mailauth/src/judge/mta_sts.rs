use lr_core::{ErrorKind, Location, Recorder, Rule, Severity};
use lr_net::{Failure, FailureReason};

use super::{View, fault, finding_of, issues, not_applicable, not_asked, unseen};
use crate::mta_sts::{Fetched, Mode, Policy, parse_policy};
use crate::mx::State;
use crate::record::At;
use crate::rules::*;
use crate::syntax::IssueKind;

/// Rules about the policy rather than the record.
static POLICY_RULES: &[&Rule] = &[
    &STS_POLICY_REACHABLE,
    &STS_NO_REDIRECT,
    &STS_CONTENT_TYPE,
    &STS_POLICY,
    &STS_MAX_AGE,
    &STS_LIFETIME,
    &STS_HOSTS,
    &STS_MX,
    &STS_ENFORCED,
    &STS_IN_USE,
];

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let subject = Location::record(format!("_mta-sts.{}", view.domain), "TXT");
    if view.snapshot.config.parked {
        return not_applicable(out, "sts-", &subject, "the domain is parked");
    }
    let found = view.snapshot.mta_sts();
    let served = matches!(&view.snapshot.policy, Some(Fetched::Answer { status: 200, body, .. }) if body.contains("STSv1"));
    match &found.record {
        At::Failed { failure } => unseen(out, "sts-", &subject, failure),
        At::Open => unseen(out, "sts-", &subject, &not_asked()),
        At::Nothing => {
            not_applicable(out, "sts-", &subject, "the domain does not use MTA-STS");
            if served {
                let detail = format!("mta-sts.{} serves a policy", view.domain);
                out.fail(&STS_ANNOUNCED, subject, detail);
            }
        }
        At::Like { text, issues: found } => {
            not_applicable(out, "sts-", &subject, "senders do not read the record");
            let finding = finding_of(out, &STS_SYNTAX, &subject, text, found.iter().take(1));
            if served {
                // What that means is what weighs.
                finding.map(|finding| finding.severity(Severity::Low));
                let detail = format!("mta-sts.{} serves a policy", view.domain);
                out.fail(&STS_ANNOUNCED, subject, detail);
            }
        }
        At::Several { count } => {
            for rule in [&STS_SYNTAX, &STS_ID] {
                out.not_applicable(rule, subject.clone(), "with several records none counts");
            }
            out.pass(&STS_ANNOUNCED, subject.clone());
            let detail = format!("{count} records begin with `v=STSv1`");
            out.fail(&STS_SINGLE, subject.clone(), detail);
            policy(view, out, &subject);
        }
        At::Record { text, issues: found, .. } => {
            out.pass(&STS_ANNOUNCED, subject.clone());
            out.pass(&STS_SINGLE, subject.clone());
            let is_id = |kind| matches!(kind, IssueKind::Value | IssueKind::Missing);
            let about_id = found.iter().filter(|issue| is_id(issue.kind));
            issues(out, &STS_ID, &subject, text, about_id);
            let other = found.iter().filter(|issue| !is_id(issue.kind));
            issues(out, &STS_SYNTAX, &subject, text, other);
            policy(view, out, &subject);
        }
    }
}

fn policy(view: &View<'_>, out: &mut Recorder<'_>, record: &Location) {
    let url = Location::url(crate::mta_sts::policy_url(view.domain));
    let skip = |out: &mut Recorder<'_>, from: usize, reason: &str| {
        for rule in &POLICY_RULES[from..] {
            out.not_applicable(rule, url.clone(), reason);
        }
    };
    let (status, content_type, location, body, complete) = match &view.snapshot.policy {
        Some(Fetched::Answer { status, content_type, location, body, complete }) => {
            (*status, content_type, location, body, *complete)
        }
        Some(Fetched::Failed { failure }) if is_their_fault(failure) => {
            skip(out, 1, "there is no policy");
            out.fail(&STS_POLICY_REACHABLE, url, failure.message.clone());
            return;
        }
        failed => {
            let failure = match failed {
                Some(Fetched::Failed { failure }) => failure.clone(),
                _ => not_asked(),
            };
            for rule in POLICY_RULES {
                let reason = failure.message.clone();
                out.inconclusive(rule, record.clone(), failure.kind, reason);
            }
            return;
        }
    };
    if (300..400).contains(&status) {
        skip(out, 2, "there is no policy");
        out.not_applicable(&STS_POLICY_REACHABLE, url.clone(), "it is behind a redirect");
        let to = location.as_deref().unwrap_or("nowhere");
        out.fail(&STS_NO_REDIRECT, url, format!("the answer is {status} and leads to {to}"));
        return;
    }
    out.pass(&STS_NO_REDIRECT, url.clone());
    if status != 200 {
        skip(out, 2, "there is no policy");
        out.fail(&STS_POLICY_REACHABLE, url, format!("the server answers with status {status}"));
        return;
    }
    out.pass(&STS_POLICY_REACHABLE, url.clone());
    let media = content_type.as_deref().unwrap_or("nothing");
    let essence = media.split(';').next().unwrap_or_default().trim();
    let is_plain = essence.eq_ignore_ascii_case("text/plain");
    let detail = format!("the answer is declared as {media}");
    fault(out, &STS_CONTENT_TYPE, &url, (!is_plain).then_some(detail));
    if !complete {
        skip(out, 4, "the policy was not read to its end");
        out.fail(&STS_POLICY, url, "the answer is longer than 64 kB, or breaks off");
        return;
    }
    content(view, out, &url, body);
}

fn content(view: &View<'_>, out: &mut Recorder<'_>, url: &Location, body: &str) {
    let parsed = parse_policy(body.as_bytes());
    let text = crate::syntax::show(body.as_bytes());
    let of = |kinds: &'static [IssueKind]| {
        parsed.issues.iter().filter(move |issue| kinds.contains(&issue.kind))
    };
    let bad = of(&[IssueKind::Syntax, IssueKind::Version, IssueKind::Value, IssueKind::Missing]);
    issues(out, &STS_POLICY, url, &text, bad);
    let policy = &parsed.value;
    if *policy == Policy::default() {
        for rule in &POLICY_RULES[4..] {
            out.not_applicable(rule, url.clone(), "what is served is no policy");
        }
        return;
    }
    issues(out, &STS_MAX_AGE, url, &text, of(&[IssueKind::Lifetime]));
    issues(out, &STS_HOSTS, url, &text, of(&[IssueKind::Hosts]));
    let short = policy.max_age.filter(|seconds| {
        *seconds < view.policy.min_sts_max_age && policy.mode != Some(Mode::None)
    });
    let detail = short.map(|seconds| format!("`max_age: {seconds}`"));
    fault(out, &STS_LIFETIME, url, detail);
    let is = |mode| policy.mode == Some(mode);
    fault(out, &STS_ENFORCED, url, is(Mode::Testing).then(|| "`mode: testing`".to_owned()));
    fault(out, &STS_IN_USE, url, is(Mode::None).then(|| "`mode: none`".to_owned()));
    hosts(view, out, url, policy);
}

/// The policy against the real mail hosts.
fn hosts(view: &View<'_>, out: &mut Recorder<'_>, url: &Location, policy: &Policy) {
    let found = view.snapshot.mail_hosts();
    if policy.mode == Some(Mode::None) || policy.mx.is_empty() {
        return out.not_applicable(&STS_MX, url.clone(), "the policy names no mail hosts");
    }
    match &found.state {
        State::Records | State::Implicit => {}
        State::Failed { failure } => {
            let reason = failure.message.clone();
            return out.inconclusive(&STS_MX, url.clone(), failure.kind, reason);
        }
        State::Open => {
            let reason = "the mail hosts were not asked for";
            return out.inconclusive(&STS_MX, url.clone(), ErrorKind::NotDecided, reason);
        }
        State::None | State::Null => {
            return out.not_applicable(&STS_MX, url.clone(), "there are no mail hosts");
        }
    }
    let open = found.hosts.iter().filter(|host| !policy.covers(&host.exchange));
    let mut names: Vec<&str> = open.map(|host| host.exchange.as_str()).collect();
    names.dedup();
    if names.is_empty() {
        return out.pass(&STS_MX, url.clone());
    }
    let detail = format!("{} is not among: {}", names.join(", "), policy.mx.join(", "));
    let finding = out.fail(&STS_MX, url.clone(), detail);
    if policy.mode != Some(Mode::Enforce) {
        finding.severity(Severity::Medium);
    }
}

/// What DNS or the server itself says for certain; the rest may be chance, or this host's network.
fn is_their_fault(failure: &Failure) -> bool {
    matches!(
        failure.reason,
        FailureReason::NoSuchName
            | FailureReason::NoAddress
            | FailureReason::Tls
            | FailureReason::Refused
    )
}
