use std::collections::{HashMap, HashSet};

use lr_core::{Confidence, ErrorKind, Location, Recorder, Rule, Severity, Timestamp};

use crate::exposure::{has_expired, is_fixture, weigh};
use crate::judge::{content, root, stopped};
use crate::rules::{
    NO_LIVE_CREDENTIAL, NO_MATCH_OF_OWN_RULES, NO_PASSWORD_IN_URL, NO_PRIVATE_KEY,
    NO_SECRET_IN_PUBLIC_VARIABLE, NO_TEST_CREDENTIAL, NO_UNRESTRICTED_KEY,
};
use crate::snapshot::{Origin, OwnRule, Reach, Secret, Snapshot};
use crate::{Format, Kind, format};

/// A finding for each distinct secret of each file, and a verdict on the tree for each rule, unless
/// something else `is_inlined` already.
pub(crate) fn judge(snapshot: &Snapshot, now: Timestamp, is_inlined: bool, out: &mut Recorder<'_>) {
    let mut broken: Vec<&str> = Vec::new();
    broken.extend(is_inlined.then_some(NO_SECRET_IN_PUBLIC_VARIABLE.id));
    let twins = Twins::of(snapshot);
    for file in &snapshot.found {
        for secret in &file.secrets {
            if twins.is_second(&file.path, &file.origin, secret) {
                continue;
            }
            let origin = twins.history(&file.path, secret).unwrap_or(&file.origin);
            if let Some(rule) = snapshot.own_rule(secret) {
                if secret.ignored.is_none() {
                    let place = At { path: &file.path, origin, is_here: file.origin.is_tree() };
                    own(rule, &place, secret, out);
                    broken.push(NO_MATCH_OF_OWN_RULES.id);
                }
                continue;
            }
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
            let place = At { path: &file.path, origin, is_here: file.origin.is_tree() };
            if secret.inlined && severity > Severity::Info {
                fail(&NO_SECRET_IN_PUBLIC_VARIABLE, format, &place, secret, severity, now, out);
                broken.push(NO_SECRET_IN_PUBLIC_VARIABLE.id);
            } else if let Some(rule) = rule(format.kind).filter(|_| !is_silent) {
                fail(rule, format, &place, secret, severity, now, out);
                broken.push(rule.id);
            }
        }
    }
    let in_doubt = snapshot.skipped.iter().any(|skipped| skipped.reason.leaves_doubt());
    if snapshot.own_rules.is_empty() {
        let reason = "there are no rules of your own";
        out.not_applicable(&NO_MATCH_OF_OWN_RULES, root(snapshot), reason);
    }
    for rule in content(snapshot) {
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
    place: &At<'_>,
    secret: &Secret,
    severity: Severity,
    now: Timestamp,
    out: &mut Recorder<'_>,
) {
    let mut places = secret.places.iter().map(|at| place.location(Some(at.line), Some(at.column)));
    let first = places.next().unwrap_or_else(|| place.location(None, None));
    let detail = detail(format, place.path, secret, now) + &place.history();
    let finding = out.fail(rule, first, detail);
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
    if let Origin::Commit { at, present, .. } = place.origin {
        finding.evidence("since", at.to_string()).evidence("present", *present || place.is_here);
    }
    if let Some(proven) = secret.proven {
        finding.evidence("proven", proven);
    }
    if let Some(end) = secret.expires {
        finding.evidence("expires", end.to_string());
    }
    #[cfg(feature = "liveness")]
    if let Some(liveness) = secret.liveness {
        let told = format!("{liveness:?}").to_lowercase();
        finding.evidence("liveness", told);
    }
    finding.references.insert(0, (format.provider.into(), format.reference.into()));
    finding.related.extend(places);
}

/// What a rule of one's own found.
fn own(rule: &OwnRule, place: &At<'_>, secret: &Secret, out: &mut Recorder<'_>) {
    let mut places = secret.places.iter().map(|at| place.location(Some(at.line), Some(at.column)));
    let first = places.next().unwrap_or_else(|| place.location(None, None));
    let what = if rule.description.is_empty() { &rule.id } else { &rule.description };
    let detail = format!("{what}, {}{}", secret.redacted, place.history());
    let finding = out.fail(&NO_MATCH_OF_OWN_RULES, first, detail);
    finding
        .instance(format!("{}:{}", rule.id, secret.digest))
        .confidence(Confidence::Medium)
        .evidence("own rule", &*rule.id)
        .evidence("secret", &*secret.redacted)
        .evidence("digest", &*secret.digest)
        .evidence("places", secret.places.len() as u64 + secret.more);
    finding.related.extend(places);
}

/// Where a secret stands, in the tree, in history, or in both.
struct At<'a> {
    path: &'a str,
    origin: &'a Origin,
    is_here: bool,
}

impl At<'_> {
    fn location(&self, line: Option<u64>, column: Option<u64>) -> Location {
        let mut location = Location::file(self.path, line, column);
        if let (Location::File { commit, .. }, Origin::Commit { id, .. } | Origin::Object { id }) =
            (&mut location, self.origin)
        {
            *commit = Some(id.as_str().into());
        }
        location
    }

    fn history(&self) -> String {
        match self.origin {
            Origin::Tree => String::new(),
            Origin::Index => "; it is staged for the next commit".into(),
            Origin::Object { .. } => {
                "; it lies in an object of the repository that no commit holds".into()
            }
            Origin::Commit { id, at, reach, present } => {
                let id = id.get(..12).unwrap_or(id);
                let reach = match reach {
                    Reach::Reference => "commit",
                    Reach::Note => "a note's commit",
                    Reach::Stash => "the stash's commit",
                    Reach::Nothing => "the abandoned commit",
                };
                let now = match *present || self.is_here {
                    true => "and is still there",
                    false => {
                        "and is in history only, where everyone who has a clone can read it: replace it, since rewriting history does not take it back"
                    }
                };
                format!("; it came with {reach} {id} of {at} {now}")
            }
        }
    }
}

/// Secrets that were seen at the same path in the tree and in history: one finding, not two.
struct Twins<'a> {
    tree: HashSet<(&'a str, &'a str, &'a str)>,
    history: HashMap<(&'a str, &'a str, &'a str), &'a Origin>,
}

impl<'a> Twins<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let mut twins = Self { tree: HashSet::new(), history: HashMap::new() };
        if snapshot.found.iter().all(|file| file.origin.is_tree()) {
            return twins;
        }
        for file in &snapshot.found {
            for secret in &file.secrets {
                let key = (&*file.path, &*secret.format, &*secret.digest);
                match file.origin {
                    Origin::Tree => drop(twins.tree.insert(key)),
                    _ => drop(twins.history.entry(key).or_insert(&file.origin)),
                }
            }
        }
        twins
    }

    fn is_second(&self, path: &str, origin: &Origin, secret: &Secret) -> bool {
        let key = (path, &*secret.format, &*secret.digest);
        let is_first = self.history.get(&key).is_some_and(|first| *first == origin);
        !origin.is_tree() && (self.tree.contains(&key) || !is_first)
    }

    fn history(&self, path: &str, secret: &Secret) -> Option<&'a Origin> {
        self.history.get(&(path, &*secret.format, &*secret.digest)).copied()
    }
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
    detail += liveness(secret);
    if is_fixture(path) {
        detail += "; it stands in tests, examples or documentation";
    }
    if secret.local {
        detail += "; it opens nothing beyond the machine or network it is used on";
    }
    detail
}

/// What its provider said, if it was asked.
#[cfg_attr(not(feature = "liveness"), allow(unused_variables))]
fn liveness(secret: &Secret) -> &'static str {
    #[cfg(feature = "liveness")]
    match secret.liveness {
        Some(crate::liveness::Liveness::Live) => return "; it works: its provider takes it",
        Some(crate::liveness::Liveness::Revoked) => {
            return "; its provider does not take it any more";
        }
        _ => {}
    }
    ""
}

/// A wrong checksum is no proof of innocence: rules of checksums change, and people cut and paste.
pub(crate) fn confidence(format: &Format, secret: &Secret) -> Confidence {
    #[cfg(feature = "liveness")]
    if secret.liveness == Some(crate::liveness::Liveness::Live) {
        return Confidence::High;
    }
    match secret.proven {
        Some(false) => Confidence::Low,
        Some(true) => Confidence::High,
        None if format.identifies_itself() => Confidence::High,
        None => Confidence::Medium,
    }
}
