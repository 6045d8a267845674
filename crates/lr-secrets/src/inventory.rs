mod text;
mod variables;

use std::collections::BTreeMap;

use lr_core::{Confidence, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::judge::secret::confidence;
use crate::rules::NO_MATCH_OF_OWN_RULES;
use crate::snapshot::{Found, Origin, OwnRule, Place, Secret, Skipped, Snapshot};
use crate::{Format, format, severity};
pub use variables::VariableInUse;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Each distinct secret once, with every place and time: what has to be rotated. And the environment
/// variables in use.
///
/// `Display` writes it for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Inventory {
    /// Files that were read, and objects of a repository.
    pub files: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// What was not looked at, or not whole.
    pub skipped: Vec<Skipped>,
    /// The secrets, by format and digest.
    pub secrets: Vec<Item>,
    /// Environment variables, by name.
    pub variables: Vec<VariableInUse>,
}

/// One distinct secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Item {
    /// Id of its format.
    pub format: String,
    /// Who issues it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// Digest under the policy's key.
    pub digest: String,
    /// A few leading characters and the length.
    pub redacted: String,
    /// How much it hurts where it hurts most.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whether some place holds it now: the tree, the index, or the current commit. What is in
    /// history only has to be replaced all the same.
    pub present: bool,
    /// When the first commit that holds it was made, if history was looked at.
    pub since: Option<Timestamp>,
    /// Whole days since then.
    pub age_days: Option<u64>,
    /// When it ceases to work, if it says so.
    pub expires: Option<Timestamp>,
    /// Why all of its places are to be ignored, if they are.
    pub ignored: Option<String>,
    /// Where it stands.
    pub places: Vec<PlaceIn>,
    /// Places beyond those.
    pub more: u64,
    /// What whoever holds it can do.
    pub capability: String,
    /// Where and how to replace it.
    pub rotate: String,
    /// The provider's page about it.
    pub reference: String,
}

/// A place in a file of the tree or of history.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlaceIn {
    /// Path relative to the root.
    pub path: String,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in characters, counted from 1.
    pub column: u64,
    /// The first commit that has it there, or the object that no commit holds.
    pub commit: Option<String>,
    /// When that was committed.
    pub at: Option<Timestamp>,
    /// Whether the tree, the index or the current commit has it.
    pub present: bool,
}

/// The inventory of what was seen, as of `now`. Public keys are part of it.
#[must_use]
pub fn inventory(snapshot: &Snapshot, now: Timestamp) -> Inventory {
    let mut items: BTreeMap<(&str, &str), Item> = BTreeMap::new();
    for file in &snapshot.found {
        for secret in &file.secrets {
            let (format, own) = (format(&secret.format), snapshot.own_rule(secret));
            if format.is_none() && own.is_none() {
                continue;
            }
            let key = (&*secret.format, &*secret.digest);
            let item = items.entry(key).or_insert_with(|| Item::new(secret, format, own));
            let severity = severity(secret, &file.path, snapshot.exposure, now);
            item.severity = item.severity.max(severity);
            let sure = format.map_or(Confidence::Medium, |format| confidence(format, secret));
            item.confidence = item.confidence.max(sure);
            item.ignored = item.ignored.take().filter(|_| secret.ignored.is_some());
            item.see(file, secret, now);
        }
    }
    for item in items.values_mut() {
        item.places.sort();
        item.places.dedup();
    }
    Inventory {
        files: snapshot.files,
        bytes: snapshot.bytes,
        skipped: snapshot.skipped.clone(),
        secrets: items.into_values().collect(),
        variables: variables::in_use(snapshot),
    }
}

impl Item {
    fn new(secret: &Secret, format: Option<&Format>, own: Option<&OwnRule>) -> Self {
        let of = |part: fn(&Format) -> &'static str, other: &str| {
            format.map_or_else(|| other.to_owned(), |format| part(format).to_owned())
        };
        Self {
            format: secret.format.clone(),
            provider: of(|it| it.provider, "a rule of your own"),
            name: of(|it| it.name, own.map_or("", |own| &own.description)),
            digest: secret.digest.clone(),
            redacted: secret.redacted.clone(),
            severity: Severity::Info,
            confidence: Confidence::Low,
            present: false,
            since: None,
            age_days: None,
            expires: secret.expires,
            ignored: secret.ignored.clone(),
            places: Vec::new(),
            more: 0,
            capability: of(|it| it.capability, "do what the rule was written to prevent"),
            rotate: of(|it| it.rotate, NO_MATCH_OF_OWN_RULES.fix),
            reference: of(|it| it.reference, ""),
        }
    }

    fn see(&mut self, file: &Found, secret: &Secret, now: Timestamp) {
        let (commit, at, present) = match &file.origin {
            Origin::Tree | Origin::Index => (None, None, true),
            Origin::Commit { id, at, present, .. } => (Some(id.clone()), Some(*at), *present),
            Origin::Object { id } => (Some(id.clone()), None, false),
        };
        self.present |= present;
        if let Some(at) = at {
            let since = self.since.map_or(at, |since| since.min(at));
            self.since = Some(since);
            self.age_days = u64::try_from((now.unix_ms() - since.unix_ms()) / DAY).ok();
        }
        self.more += secret.more;
        self.places.extend(secret.places.iter().map(|place: &Place| PlaceIn {
            path: file.path.clone(),
            line: place.line,
            column: place.column,
            commit: commit.clone(),
            at,
            present,
        }));
    }
}
