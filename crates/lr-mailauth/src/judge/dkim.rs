use std::collections::BTreeMap;

use lr_core::{Confidence, Location, Recorder, Rule, Severity};
use lr_net::Failure;

use super::{View, fault, issues, not_asked};
use crate::dkim::{At, Discovery, Key, KeyFormat, Probe, Record, Selector};
use crate::rules::*;
use crate::syntax::{Issue, IssueKind};
use crate::tags::split;

/// Rules about one key each.
static KEY_RULES: &[&Rule] = &[
    &DKIM_SINGLE,
    &DKIM_SYNTAX,
    &DKIM_VERSION,
    &DKIM_VERSION_FIRST,
    &DKIM_VERSION_GIVEN,
    &DKIM_KEY,
    &DKIM_KEY_LENGTH,
    &DKIM_KEY_STRENGTH,
    &DKIM_REVOKED,
    &DKIM_HASH,
    &DKIM_SERVICE,
    &DKIM_TESTING,
    &DKIM_KEY_FORMAT,
];

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let found = view.snapshot.dkim();
    let below = Location::record(format!("_domainkey.{}", view.domain), "TXT");
    for selector in &found.selectors {
        let place = format!("{}._domainkey.{}", selector.name, view.domain);
        at(view, out, &found, selector, &Location::record(place, "TXT"));
    }
    let has_key =
        found.selectors.iter().any(|s| matches!(s.at, At::Key { .. } | At::Several { .. }));
    present(view, out, &found, &below, has_key);
    given(view, out, &found, &below);
    let wildcard = matches!(found.probe, Probe::Wildcard { revokes: false });
    match &found.probe {
        Probe::Failed { failure } => {
            out.inconclusive(&DKIM_WILDCARD, below.clone(), failure.kind, failure.message.clone());
        }
        _ => {
            let detail = "a name that was made up has a TXT record as well".to_owned();
            fault(out, &DKIM_WILDCARD, &below, wildcard.then_some(detail));
        }
    }
    if !found.selectors.iter().any(|selector| matches!(selector.at, At::Dangling { .. })) {
        out.pass(&DKIM_ALIAS, below.clone());
    }
    if !has_key {
        for rule in KEY_RULES {
            out.not_applicable(rule, below.clone(), "no key was found at the selectors tried");
        }
    }
    algorithm(out, &found, &below);
    distinct(out, &found, &below);
}

/// Whether there are keys at all.
fn present(
    view: &View<'_>,
    out: &mut Recorder<'_>,
    found: &Discovery,
    below: &Location,
    has_key: bool,
) {
    let tried = found.selectors.len();
    let is_dangling = found.selectors.iter().any(|s| matches!(s.at, At::Dangling { .. }));
    let unknown = "something is published below `_domainkey`, at none of the selectors tried";
    let is_unknown = !has_key && !is_dangling && found.probe == Probe::Exists;
    fault(out, &DKIM_SELECTOR_KNOWN, below, is_unknown.then(|| format!("{unknown} ({tried})")));
    if has_key || is_unknown {
        return out.pass(&DKIM_PRESENT, below.clone());
    }
    if is_dangling {
        return out.not_applicable(&DKIM_PRESENT, below.clone(), "an alias stands for a key");
    }
    if view.is_silent() {
        return out.not_applicable(&DKIM_PRESENT, below.clone(), "the domain sends no mail");
    }
    let is_known = !view.snapshot.config.selectors.is_empty();
    // Names that answer with something else than a key hold no key for sure.
    let known_empty = is_known
        && found
            .selectors
            .iter()
            .filter(|selector| selector.is_given)
            .all(|selector| matches!(selector.at, At::Nothing | At::Other | At::Wildcard));
    // Whether a domain means to sign is known only from its owner; others may rely on SPF alone.
    let severity = match is_known || view.policy.expects_dkim {
        true => Severity::High,
        false => DKIM_PRESENT.severity,
    };
    match &found.probe {
        Probe::Absent => {
            let detail =
                format!("_domainkey.{} does not exist, so nothing below it does", view.domain);
            out.fail(&DKIM_PRESENT, below.clone(), detail).severity(severity);
        }
        Probe::Unclear if known_empty => {
            let detail = format!("none of the selectors given has a key, nor any of {tried} tried");
            let finding = out.fail(&DKIM_PRESENT, below.clone(), detail);
            finding.severity(severity).confidence(Confidence::Medium);
        }
        Probe::Failed { failure } => inconclusive(out, &DKIM_PRESENT, below, failure),
        probe => {
            let reason = match probe {
                Probe::Wildcard { .. } => "a wildcard answers for every selector",
                _ => "names that were made up exist as well, so that nothing can be concluded",
            };
            let reason = format!("no key at the {tried} selectors tried, and {reason}");
            out.inconclusive(&DKIM_PRESENT, below.clone(), not_asked().kind, reason);
        }
    }
}

fn given(view: &View<'_>, out: &mut Recorder<'_>, found: &Discovery, below: &Location) {
    let given: Vec<_> = found.selectors.iter().filter(|selector| selector.is_given).collect();
    if given.is_empty() {
        return out.not_applicable(&DKIM_GIVEN_SELECTOR, below.clone(), "no selector is given");
    }
    let has_key =
        found.selectors.iter().any(|s| matches!(s.at, At::Key { .. } | At::Several { .. }));
    for selector in given {
        let place = format!("{}._domainkey.{}", selector.name, view.domain);
        let subject = Location::record(place, "TXT");
        match &selector.at {
            At::Nothing | At::Other if has_key || found.probe == Probe::Exists => {
                let what = if selector.at == At::Other {
                    "there are texts, but no key"
                } else {
                    "there is nothing"
                };
                out.fail(&DKIM_GIVEN_SELECTOR, subject, what);
            }
            At::Wildcard if has_key => {
                out.fail(&DKIM_GIVEN_SELECTOR, subject, "there is only what a wildcard answers");
            }
            At::Nothing | At::Other | At::Wildcard => {
                out.not_applicable(&DKIM_GIVEN_SELECTOR, subject, "no key was found at all");
            }
            At::Failed { failure } => inconclusive(out, &DKIM_GIVEN_SELECTOR, &subject, failure),
            At::Open => inconclusive(out, &DKIM_GIVEN_SELECTOR, &subject, &not_asked()),
            At::Dangling { .. } => {
                out.not_applicable(&DKIM_GIVEN_SELECTOR, subject, "its alias leads nowhere");
            }
            At::Key { .. } | At::Several { .. } => out.pass(&DKIM_GIVEN_SELECTOR, subject),
        }
    }
}

/// What is at one selector.
fn at(
    view: &View<'_>,
    out: &mut Recorder<'_>,
    found: &Discovery,
    selector: &Selector,
    subject: &Location,
) {
    match &selector.at {
        At::Dangling { alias } => {
            let detail = format!("the alias leads to {alias}, which does not exist");
            out.fail(&DKIM_ALIAS, subject.clone(), detail);
        }
        At::Several { count } => {
            let detail = format!("there are {count} key records");
            out.fail(&DKIM_SINGLE, subject.clone(), detail);
        }
        At::Key { text, record, issues } => {
            out.pass(&DKIM_SINGLE, subject.clone());
            key(view, out, subject, text, record, issues);
            if !issues.iter().any(|issue| issue.kind == IssueKind::Syntax) {
                revoked(out, found, selector, record, subject);
            }
        }
        _ => {}
    }
}

fn key(
    view: &View<'_>,
    out: &mut Recorder<'_>,
    subject: &Location,
    text: &str,
    record: &Record,
    found: &[Issue],
) {
    let garbled = |issue: &&Issue| matches!(issue.kind, IssueKind::Syntax | IssueKind::Duplicate);
    issues(out, &DKIM_SYNTAX, subject, text, found.iter().filter(garbled));
    if found.iter().any(|issue| issue.kind == IssueKind::Syntax) {
        // Behind a missing semicolon nothing is what it seems.
        return;
    }
    for (rule, kind) in [
        (&DKIM_VERSION, IssueKind::Version),
        (&DKIM_VERSION_FIRST, IssueKind::Order),
        (&DKIM_VERSION_GIVEN, IssueKind::Missing),
        (&DKIM_KEY, IssueKind::Key),
    ] {
        issues(out, rule, subject, text, found.iter().filter(|issue| issue.kind == kind));
    }
    if let Key::Rsa { bits, format } = record.key {
        let (min, good) = (view.policy.min_rsa_bits, view.policy.good_rsa_bits);
        let detail = |limit| format!("the key has {bits} bits, fewer than {limit}");
        fault(out, &DKIM_KEY_LENGTH, subject, (bits < min).then(|| detail(min)));
        fault(out, &DKIM_KEY_STRENGTH, subject, (bits >= min && bits < good).then(|| detail(good)));
        let bare = (format == KeyFormat::Pkcs1).then(|| "it is a bare RSAPublicKey".to_owned());
        fault(out, &DKIM_KEY_FORMAT, subject, bare);
    } else {
        for rule in [&DKIM_KEY_LENGTH, &DKIM_KEY_STRENGTH, &DKIM_KEY_FORMAT] {
            out.not_applicable(rule, subject.clone(), "there is no RSA key here");
        }
    }
    let hashes = record.hashes.as_ref().filter(|_| !record.allows_sha256());
    fault(
        out,
        &DKIM_HASH,
        subject,
        hashes.map(|list| format!("the record says `h={}`", list.join(":"))),
    );
    let services = record.services.as_ref().filter(|_| !record.is_for_mail());
    fault(
        out,
        &DKIM_SERVICE,
        subject,
        services.map(|list| format!("the record says `s={}`", list.join(":"))),
    );
    fault(out, &DKIM_TESTING, subject, record.testing.then(|| "the record says `t=y`".to_owned()));
}

fn revoked(
    out: &mut Recorder<'_>,
    found: &Discovery,
    selector: &Selector,
    record: &Record,
    subject: &Location,
) {
    if record.key != Key::Revoked {
        return out.pass(&DKIM_REVOKED, subject.clone());
    }
    let is_usable = |other: &Selector| matches!(&other.at, At::Key { record, .. } if matches!(record.key, Key::Rsa { .. } | Key::Ed25519));
    let finding = out.fail(&DKIM_REVOKED, subject.clone(), "the record says `p=`");
    // An old key that has been withdrawn beside a new one is how keys should be rotated; and whether
    // one that was only guessed is in use is not known.
    match (selector.is_given, found.selectors.iter().any(is_usable)) {
        (true, _) => {}
        (false, true) => {
            finding.severity(Severity::Info);
        }
        (false, false) => {
            finding.severity(Severity::Low);
        }
    }
}

/// Whether there is a key that everybody can use.
fn algorithm(out: &mut Recorder<'_>, found: &Discovery, below: &Location) {
    let keys: Vec<_> = found
        .selectors
        .iter()
        .filter_map(|selector| match &selector.at {
            At::Key { record, .. } => Some(record.key),
            At::Several { .. } => Some(Key::Missing),
            _ => None,
        })
        .filter(|key| !matches!(key, Key::Revoked | Key::Unreadable))
        .collect();
    if keys.is_empty() {
        return out.not_applicable(&DKIM_ALGORITHM, below.clone(), "there is no usable key");
    }
    let modern = keys.iter().all(|key| *key == Key::Ed25519);
    fault(out, &DKIM_ALGORITHM, below, modern.then(|| "there are Ed25519 keys alone".to_owned()));
}

/// Whether a key stands at one selector only.
fn distinct(out: &mut Recorder<'_>, found: &Discovery, below: &Location) {
    let mut selectors = BTreeMap::<String, Vec<&str>>::new();
    for selector in &found.selectors {
        if let At::Key { text, .. } = &selector.at
            && let Some(key) = key_text(text)
        {
            selectors.entry(key).or_default().push(&selector.name);
        }
    }
    if selectors.is_empty() {
        return out.not_applicable(&DKIM_DISTINCT, below.clone(), "there is no usable key");
    }
    let shared: Vec<String> = selectors
        .into_values()
        .filter(|names| names.len() > 1)
        .map(|names| names.join(" and "))
        .collect();
    let detail =
        (!shared.is_empty()).then(|| format!("one key is at {}", shared.join(", and one at ")));
    fault(out, &DKIM_DISTINCT, below, detail);
}

/// The key as it is published, without the spaces that may stand in it; `None` if it was revoked.
fn key_text(text: &str) -> Option<String> {
    let tags = split(text.as_bytes(), &mut Vec::new());
    let key = tags.into_iter().find(|tag| tag.name == b"p")?.value;
    let key: String =
        String::from_utf8_lossy(key).chars().filter(|c| !c.is_ascii_whitespace()).collect();
    (!key.is_empty()).then_some(key)
}

fn inconclusive(
    out: &mut Recorder<'_>,
    rule: &'static Rule,
    subject: &Location,
    failure: &Failure,
) {
    out.inconclusive(rule, subject.clone(), failure.kind, failure.message.clone());
}
