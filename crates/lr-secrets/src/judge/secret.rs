use lr_core::{Confidence, ErrorKind, Location, Recorder, Rule, Severity, Timestamp};

use crate::exposure::{has_expired, is_fixture, weigh};
use crate::judge::{root, stopped};
use crate::rules::{
    CONTENT, NO_LIVE_CREDENTIAL, NO_PASSWORD_IN_URL, NO_PRIVATE_KEY, NO_SECRET_IN_PUBLIC_VARIABLE,
    NO_TEST_CREDENTIAL, NO_UNRESTRICTED_KEY,
};
use crate::snapshot::{Secret, Snapshot};
use crate::{Format, Kind, format};

/// A finding for each distinct secret of each file, and a verdict on the tree for each rule.
pub(crate) fn judge(snapshot: &Snapshot, now: Timestamp, out: &mut Recorder<'_>) {
    let mut broken: Vec<&str> = Vec::new();
    for file in &snapshot.found {
        for secret in &file.secrets {
            let Some(format) = format(&secret.format) else {
                let reason =
                    format!("`{}` is a format that this version does not know", secret.format);
                let place = Location::file(&*file.path, None, None);
                out.inconclusive(&NO_LIVE_CREDENTIAL, place, ErrorKind::Config, reason);
                continue;
            };
            let severity = weigh(format, secret, &file.path, snapshot.exposure, now);
            // Keys that are public by design and made-up ones are inventory.
            let is_silent = severity == Severity::Info && format.kind != Kind::Restrictable;
            let is_silent = is_silent || secret.example || secret.ignored.is_some();
            if secret.inlined && severity > Severity::Info {
                fail(&NO_SECRET_IN_PUBLIC_VARIABLE, format, &file.path, secret, severity, now, out);
                broken.push(NO_SECRET_IN_PUBLIC_VARIABLE.id);
            } else if let Some(rule) = rule(format.kind).filter(|_| !is_silent) {
                fail(rule, format, &file.path, secret, severity, now, out);
                broken.push(rule.id);
            }
        }
    }
    let in_doubt = snapshot.skipped.iter().any(|skipped| skipped.reason.leaves_doubt());
    for rule in CONTENT {
        match stopped(snapshot) {
            Some((kind, reason)) => out.inconclusive(rule, root(snapshot), kind, reason),
            None if in_doubt || broken.contains(&rule.id) => {}
            None => out.pass(rule, root(snapshot)),
        }
    }
}

fn rule(kind: Kind) -> Option<&'static Rule> {
    match kind {
        Kind::Credential => Some(&NO_LIVE_CREDENTIAL),
        Kind::PrivateKey => Some(&NO_PRIVATE_KEY),
        Kind::UrlPassword => Some(&NO_PASSWORD_IN_URL),
        Kind::Test => Some(&NO_TEST_CREDENTIAL),
        Kind::Restrictable => Some(&NO_UNRESTRICTED_KEY),
        Kind::Public => None,
    }
}

fn fail(
    rule: &'static Rule,
    format: &Format,
    path: &str,
    secret: &Secret,
    severity: Severity,
    now: Timestamp,
    out: &mut Recorder<'_>,
) {
    let mut places =
        secret.places.iter().map(|at| Location::file(path, Some(at.line), Some(at.column)));
    let first = places.next().unwrap_or_else(|| Location::file(path, None, None));
    let finding = out.fail(rule, first, detail(format, path, secret, now));
    finding
        .instance(format!("{}:{}", format.id, secret.digest))
        .severity(severity)
        .confidence(confidence(format, secret))
        .evidence("format", format.id)
        .evidence("provider", format.provider)
        .evidence("secret", &*secret.redacted)
        .evidence("digest", &*secret.digest)
        .evidence("places", secret.places.len() as u64 + secret.more)
        .fix(format.rotate);
    if let Some(proven) = secret.proven {
        finding.evidence("proven", proven);
    }
    if let Some(end) = secret.expires {
        finding.evidence("expires", end.to_string());
    }
    finding.references.insert(0, (format.provider.into(), format.reference.into()));
    finding.related.extend(places);
}

fn detail(format: &Format, path: &str, secret: &Secret, now: Timestamp) -> String {
    let Format { provider, name, capability, .. } = format;
    let mut detail =
        format!("{provider}: {name}, {}; whoever holds it can {capability}", secret.redacted);
    if secret.proven == Some(false) {
        detail += "; its checksum is wrong, so it may be mistyped or made up";
    }
    if has_expired(secret, now) {
        detail += "; it has expired";
    }
    if is_fixture(path) {
        detail += "; it stands in tests, examples or documentation";
    }
    if secret.local {
        detail += "; it opens nothing beyond the machine or network it is used on";
    }
    detail
}

/// A wrong checksum is no proof of innocence: rules of checksums change, and people cut and paste.
pub(crate) fn confidence(format: &Format, secret: &Secret) -> Confidence {
    match secret.proven {
        Some(false) => Confidence::Low,
        Some(true) => Confidence::High,
        None if format.identifies_itself() => Confidence::High,
        None => Confidence::Medium,
    }
}
