use std::collections::BTreeMap;

use lr_core::{Confidence, Severity, Timestamp};
use serde::Serialize;

use crate::exposure::weigh;
use crate::format;
use crate::judge::secret::confidence;
use crate::snapshot::{Place, Skipped, Snapshot};

/// Each distinct secret of a tree once, with every place: what has to be rotated.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Inventory<'a> {
    /// Files that were read.
    pub files: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// What was not looked at, or not whole.
    pub skipped: &'a [Skipped],
    /// The secrets, by format and digest.
    pub secrets: Vec<Item<'a>>,
}

/// One distinct secret.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Item<'a> {
    /// Id of its format.
    pub format: &'a str,
    /// Who issues it.
    pub provider: &'a str,
    /// What it is called there.
    pub name: &'a str,
    /// Digest under the policy's key.
    pub digest: &'a str,
    /// A few leading characters and the length.
    pub redacted: &'a str,
    /// How much it hurts.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Where it stands.
    pub places: Vec<PlaceIn<'a>>,
    /// What whoever holds it can do.
    pub capability: &'a str,
    /// Where and how to replace it.
    pub rotate: &'a str,
}

/// A place in a file of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlaceIn<'a> {
    /// Path relative to the root.
    pub path: &'a str,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in characters, counted from 1.
    pub column: u64,
}

/// The inventory of what was seen, as of `now`. Public keys are part of it.
#[must_use]
pub fn inventory(snapshot: &Snapshot, now: Timestamp) -> Inventory<'_> {
    let mut items: BTreeMap<(&str, &str), Item<'_>> = BTreeMap::new();
    for file in &snapshot.found {
        for secret in &file.secrets {
            let Some(format) = format(&secret.format) else { continue };
            let item = items.entry((format.id, &secret.digest)).or_insert_with(|| Item {
                format: format.id,
                provider: format.provider,
                name: format.name,
                digest: &secret.digest,
                redacted: &secret.redacted,
                severity: Severity::Info,
                confidence: Confidence::Low,
                places: Vec::new(),
                capability: format.capability,
                rotate: format.rotate,
            });
            item.severity =
                item.severity.max(weigh(format, secret, &file.path, snapshot.exposure, now));
            item.confidence = item.confidence.max(confidence(format, secret));
            item.places.extend(secret.places.iter().map(|place| in_file(&file.path, place)));
        }
    }
    Inventory {
        files: snapshot.files,
        bytes: snapshot.bytes,
        skipped: &snapshot.skipped,
        secrets: items.into_values().collect(),
    }
}

fn in_file<'a>(path: &'a str, place: &Place) -> PlaceIn<'a> {
    PlaceIn { path, line: place.line, column: place.column }
}
