//! What is known and accepted: lists that other scanners write, and earlier snapshots.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use crate::format;
use crate::snapshot::{Origin, Secret, Snapshot};

/// Secrets that are known and accepted. They stay in the inventory and are no finding.
///
/// A new secret beside an accepted one is a finding, and so is the same secret in a new place.
///
/// ```
/// use lr_secrets::{Baseline, Policy};
///
/// let ignore = "# a key of the sandbox, agreed in May\nsrc/pay.rb:stripe-secret-key:3\n";
/// let policy = Policy::new().with_baseline(Baseline::from_gitleaks_ignore(ignore));
/// # let _ = policy;
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    known: Arc<Known>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Known {
    /// By path and line.
    places: HashMap<(String, u64), Vec<Entry>>,
    /// By path, format and digest.
    secrets: HashSet<(String, String, String)>,
}

/// An accepted place.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    /// Only as this commit brought it.
    commit: Option<String>,
    /// Only what this rule finds.
    rule: Option<String>,
    reason: String,
}

/// Why a baseline cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// It is not the JSON that its writer writes.
    #[error("not a baseline: {message}")]
    Json {
        /// What the parser says.
        message: String,
    },
}

#[derive(Deserialize)]
struct Reported {
    #[serde(rename = "RuleID")]
    rule: String,
    #[serde(rename = "File")]
    file: String,
    #[serde(rename = "StartLine")]
    line: u64,
    #[serde(rename = "Commit", default)]
    commit: String,
}

#[derive(Deserialize)]
struct Detected {
    results: HashMap<String, Vec<DetectedAt>>,
}

#[derive(Deserialize)]
struct DetectedAt {
    line_number: u64,
}

impl Baseline {
    /// The fingerprints of a `.gitleaksignore`: `file:rule:line` or `commit:file:rule:line`. Comments
    /// right above one are its reason; lines that are no fingerprint are passed over.
    ///
    /// The rule is that of whoever wrote the list. Where it is a format of this crate, it has to be the
    /// same; otherwise the place decides.
    #[must_use]
    pub fn from_gitleaks_ignore(text: &str) -> Self {
        let mut known = Known::default();
        let mut comment: Vec<&str> = Vec::new();
        let mut is_over = false;
        for line in text.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix('#') {
                if std::mem::take(&mut is_over) {
                    comment.clear();
                }
                comment.push(words.trim());
                continue;
            }
            let reason = match comment.is_empty() {
                true => ".gitleaksignore".to_owned(),
                false => format!(".gitleaksignore: {}", comment.join(" ")),
            };
            if let Some((path, line, commit, rule)) = fingerprint(line) {
                let entry = Entry { commit, rule: Some(rule.into()), reason };
                known.add(path, line, entry);
            }
            // One comment may stand above several lines.
            is_over = true;
            if line.is_empty() {
                comment.clear();
            }
        }
        Self { known: Arc::new(known) }
    }

    /// The findings of a report that gitleaks wrote as JSON, its own form of a baseline.
    ///
    /// # Errors
    /// When it is no such report.
    pub fn from_gitleaks_report(json: &str) -> Result<Self, BaselineError> {
        let reported: Vec<Reported> = read(json)?;
        let mut known = Known::default();
        for at in reported {
            let commit = Some(at.commit).filter(|commit| !commit.is_empty());
            let reason = "the report of gitleaks".into();
            known.add(&at.file, at.line, Entry { commit, rule: Some(at.rule), reason });
        }
        Ok(Self { known: Arc::new(known) })
    }

    /// A `.secrets.baseline` of detect-secrets, by file and line: its digests are made without a key.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn from_detect_secrets(json: &str) -> Result<Self, BaselineError> {
        if !json.trim_start().starts_with('{') {
            return Err(BaselineError::Json { message: "it is no object".into() });
        }
        let detected: Detected = read(json)?;
        let mut known = Known::default();
        for (path, places) in detected.results {
            for at in places {
                let reason = "the baseline of detect-secrets".into();
                known.add(&path, at.line_number, Entry { commit: None, rule: None, reason });
            }
        }
        Ok(Self { known: Arc::new(known) })
    }

    /// What an earlier scan found, under the same digest key: by path and secret, wherever in the file
    /// it stands now.
    #[must_use]
    pub fn from_snapshot(snapshot: &Snapshot) -> Self {
        let mut known = Known::default();
        for file in &snapshot.found {
            let key = |it: &Secret| (file.path.clone(), it.format.clone(), it.digest.clone());
            known.secrets.extend(file.secrets.iter().map(key));
        }
        Self { known: Arc::new(known) }
    }

    /// What either knows.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        let known = Arc::make_mut(&mut self.known);
        for (place, entries) in &other.known.places {
            known.places.entry(place.clone()).or_default().extend(entries.iter().cloned());
        }
        known.secrets.extend(other.known.secrets.iter().cloned());
        self
    }

    /// Marks what is accepted in a snapshot; scans do so with the policy's.
    pub fn apply(&self, snapshot: &mut Snapshot) {
        if self.known.places.is_empty() && self.known.secrets.is_empty() {
            return;
        }
        for file in &mut snapshot.found {
            let commit = match &file.origin {
                Origin::Commit { id, .. } => Some(&**id),
                _ => None,
            };
            let mut marked = Vec::new();
            for mut secret in std::mem::take(&mut file.secrets) {
                if secret.ignored.is_none() {
                    let key = (file.path.clone(), secret.format.clone(), secret.digest.clone());
                    if self.known.secrets.contains(&key) {
                        secret.ignored = Some("the baseline".into());
                    } else if let Some(accepted) = self.split(&file.path, commit, &mut secret) {
                        marked.push(accepted);
                    }
                }
                if !secret.places.is_empty() || secret.more > 0 {
                    marked.push(secret);
                }
            }
            file.secrets = marked;
        }
    }

    /// Takes the accepted places out of a secret.
    fn split(&self, path: &str, commit: Option<&str>, secret: &mut Secret) -> Option<Secret> {
        let mut why = None;
        let mut accepted = Vec::new();
        let id = secret.format.clone();
        secret.places.retain(|place| {
            let entry = self.known.entry(path, place.line, commit, &id);
            if let Some(entry) = entry {
                why.get_or_insert_with(|| entry.reason.clone());
                accepted.push(*place);
            }
            entry.is_none()
        });
        why.map(|why| Secret { places: accepted, more: 0, ignored: Some(why), ..secret.clone() })
    }
}

impl Known {
    fn add(&mut self, path: &str, line: u64, entry: Entry) {
        let path = path.strip_prefix("./").unwrap_or(path).replace('\\', "/");
        self.places.entry((path, line)).or_default().push(entry);
    }

    fn entry(&self, path: &str, line: u64, commit: Option<&str>, id: &str) -> Option<&Entry> {
        // Others write one sign less between an archive and what is in it.
        let outer = path.replace("!/", "!");
        let entries = self.places.get(&(outer, line))?;
        entries.iter().find(|entry| {
            let is_here = entry.commit.as_deref().is_none_or(|there| Some(there) == commit);
            is_here && entry.rule.as_deref().is_none_or(|rule| means(rule, id))
        })
    }
}

/// Whether a rule of a list means what a secret was found by. Rules of other scanners have other ids.
fn means(rule: &str, id: &str) -> bool {
    format(rule).is_none() || rule == id
}

/// Path, line, commit and rule.
fn fingerprint(text: &str) -> Option<(&str, u64, Option<String>, &str)> {
    let (rest, line) = text.rsplit_once(':')?;
    let (place, rule) = rest.rsplit_once(':')?;
    let line = line.parse().ok()?;
    let is_id = |it: &str| matches!(it.len(), 40 | 64) && it.bytes().all(|b| b.is_ascii_hexdigit());
    match place.split_once(':') {
        Some((commit, path)) if is_id(commit) => Some((path, line, Some(commit.into()), rule)),
        _ => Some((place, line, None, rule)),
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, BaselineError> {
    serde_json::from_str(json).map_err(|error| BaselineError::Json { message: error.to_string() })
}

impl fmt::Debug for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Baseline")
            .field("places", &self.known.places.len())
            .field("secrets", &self.known.secrets.len())
            .finish_non_exhaustive()
    }
}
