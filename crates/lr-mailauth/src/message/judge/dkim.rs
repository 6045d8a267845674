use lr_core::{ErrorKind, Recorder, Rule, Severity};

use super::View;
use crate::message::rules::*;
use crate::message::{Alignment, DkimResult, Fault, Hint, Remark, Signature};

/// The rules that are about each signature.
fn about_signatures() -> impl Iterator<Item = &'static Rule> {
    let all = MESSAGE_RULES.iter().copied();
    all.filter(|rule| {
        rule.id.starts_with("mailauth/message-dkim-") && rule.id != MESSAGE_DKIM_SIGNED.id
    })
}

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let seen = view.seen;
    let count = seen.signatures.len();
    view.fault(
        out,
        &MESSAGE_DKIM_SIGNED,
        (count == 0).then(|| "there is no DKIM-Signature field".to_owned()),
    );
    if count == 0 {
        for rule in about_signatures() {
            view.not_applicable(out, rule, "the message is not signed");
        }
        return;
    }
    if seen.more_signatures > 0 {
        let reason = format!("only the first {count} signatures were looked at");
        for rule in about_signatures() {
            let cause = ErrorKind::NotDecided;
            out.inconclusive(rule, view.subject.clone(), cause, reason.as_str());
        }
    }
    for signature in &seen.signatures {
        one(view, out, signature);
    }
}

fn one(view: &View<'_>, out: &mut Recorder<'_>, signature: &Signature) {
    let mut open: Vec<&Rule> = about_signatures().collect();
    let decided = |rule: &'static Rule, open: &mut Vec<&Rule>| {
        open.retain(|other| other.id != rule.id);
    };
    for fault in &signature.faults {
        let (rule, cause) = rule_of(fault);
        if let Some(cause) = cause {
            for rule in [rule, &MESSAGE_DKIM_HEADER] {
                out.inconclusive(rule, view.subject.clone(), cause, fault.to_string());
                decided(rule, &mut open);
            }
            continue;
        }
        let detail = explained(signature, fault);
        fail(view, out, rule, signature, detail);
        decided(rule, &mut open);
    }
    for remark in &signature.remarks {
        let rule = remarked(remark);
        fail(view, out, rule, signature, remark.to_string());
        decided(rule, &mut open);
    }
    if let Some(bits) =
        signature.key_bits.filter(|bits| (1024..view.policy.good_rsa_bits).contains(bits))
    {
        let detail = format!("the key has {bits} bits");
        fail(view, out, &MESSAGE_DKIM_KEY_STRENGTH, signature, detail);
        decided(&MESSAGE_DKIM_KEY_STRENGTH, &mut open);
    }
    for rule in open {
        match obstacle(signature, rule) {
            Some(reason) => out.not_applicable(rule, view.subject.clone(), reason),
            None => out.pass(rule, view.subject.clone()),
        }
    }
}

/// Where another signature carries the message, this one costs little.
fn fail(
    view: &View<'_>,
    out: &mut Recorder<'_>,
    rule: &'static Rule,
    signature: &Signature,
    detail: String,
) {
    let name = format!("{}._domainkey.{}", signature.selector, signature.domain);
    let aligned = |other: &Signature| {
        view.seen.dmarc.as_ref().is_some_and(|dmarc| {
            let is_meant = |one: &Alignment| one.is_aligned && one.domain == other.domain;
            dmarc.dkim.iter().any(is_meant)
        })
    };
    let is_carried = view.seen.signatures.iter().any(|other| {
        !std::ptr::eq(other, signature) && other.result == DkimResult::Pass && aligned(other)
    });
    let finding = out.fail(rule, view.subject.clone(), detail);
    finding.instance(name.as_str());
    if is_carried && finding.severity > Severity::Low {
        finding.severity = Severity::Low;
    }
}

/// The rule that a fault breaks, or the kind of obstacle where it could not be looked at.
fn rule_of(fault: &Fault) -> (&'static Rule, Option<ErrorKind>) {
    let rule = match fault {
        Fault::KeyUnavailable { failure } => return (&MESSAGE_DKIM_KEY, Some(failure.kind)),
        Fault::Unchecked { .. } => return (&MESSAGE_DKIM_BODY, Some(ErrorKind::NotDecided)),
        Fault::Sha1 => &MESSAGE_DKIM_SHA256,
        Fault::FromNotSigned => &MESSAGE_DKIM_FROM,
        Fault::NoKey { .. }
        | Fault::NotAKey { .. }
        | Fault::Revoked
        | Fault::UnreadableKey { .. }
        | Fault::KeyType { .. }
        | Fault::KeyHash { .. }
        | Fault::KeyService { .. }
        | Fault::KeyStrict { .. } => &MESSAGE_DKIM_KEY,
        Fault::KeyTooShort { .. } | Fault::KeyTooLong { .. } => &MESSAGE_DKIM_KEY_LENGTH,
        Fault::Expired { .. } => &MESSAGE_DKIM_EXPIRED,
        Fault::Body | Fault::BodyTooShort { .. } => &MESSAGE_DKIM_BODY,
        Fault::Header => &MESSAGE_DKIM_HEADER,
        _ => &MESSAGE_DKIM_SYNTAX,
    };
    (rule, None)
}

fn remarked(remark: &Remark) -> &'static Rule {
    match remark {
        Remark::PartOfBody { .. } => &MESSAGE_DKIM_WHOLE_BODY,
        Remark::FromTheFuture { .. } | Remark::EndsBeforeItBegins => &MESSAGE_DKIM_TIME,
        Remark::TestingKey => &MESSAGE_DKIM_TESTING,
        Remark::SeveralKeys { .. } => &MESSAGE_DKIM_KEY_SINGLE,
        Remark::BareKey => &MESSAGE_DKIM_KEY_FORMAT,
    }
}

/// The fault, and what would have to be otherwise.
fn explained(signature: &Signature, fault: &Fault) -> String {
    let is_body = matches!(fault, Fault::Body);
    let is_header = matches!(fault, Fault::Header);
    let hints = signature.hints.iter().filter(|hint| match hint.is_about_body() {
        true => is_body,
        false => is_header,
    });
    let mut parts = vec![fault.to_string()];
    if is_body && signature.is_header_intact == Some(true) {
        parts.push("the header fields are as they were signed".to_owned());
    }
    parts.extend(hints.map(Hint::to_string));
    if is_header && parts.len() == 1 {
        parts.push(
            "no single change explains it; the key may be another than the signer's".to_owned(),
        );
    }
    parts.join("; ")
}

/// Why a rule has nothing to say of a signature.
fn obstacle(signature: &Signature, rule: &Rule) -> Option<&'static str> {
    let is_key = [
        &MESSAGE_DKIM_KEY,
        &MESSAGE_DKIM_KEY_LENGTH,
        &MESSAGE_DKIM_KEY_STRENGTH,
        &MESSAGE_DKIM_KEY_SINGLE,
        &MESSAGE_DKIM_KEY_FORMAT,
        &MESSAGE_DKIM_TESTING,
    ];
    let is_content = [&MESSAGE_DKIM_BODY, &MESSAGE_DKIM_HEADER];
    let broken = |fault: &Fault| {
        let (rule, _) = rule_of(fault);
        [&MESSAGE_DKIM_SYNTAX, &MESSAGE_DKIM_SHA256].iter().any(|other| other.id == rule.id)
    };
    let concerns = |rules: &[&Rule]| rules.iter().any(|other| other.id == rule.id);
    if signature.faults.iter().any(broken) && (concerns(&is_key) || concerns(&is_content)) {
        return Some("the signature itself cannot be used");
    }
    if signature.result == DkimResult::Unchecked && (concerns(&is_key) || concerns(&is_content)) {
        return Some("it was not looked at");
    }
    if signature.is_header_intact.is_none()
        && (concerns(&is_key) || rule.id == MESSAGE_DKIM_HEADER.id)
    {
        return Some("there is no key to look at");
    }
    let is_unusable = signature.faults.iter().any(|fault| {
        let (rule, _) = rule_of(fault);
        rule.id == MESSAGE_DKIM_KEY.id || rule.id == MESSAGE_DKIM_KEY_LENGTH.id
    });
    (is_unusable && rule.id == MESSAGE_DKIM_HEADER.id).then_some("the key cannot be used")
}
