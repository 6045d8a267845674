use lr_core::{Severity, Timestamp};
use serde::{Deserialize, Serialize};

#[cfg(feature = "liveness")]
use crate::liveness::Liveness;
use crate::rules::NO_MATCH_OF_OWN_RULES;
use crate::snapshot::Secret;
use crate::{Format, Kind};

/// Who gets to see what is scanned: decides how bad a secret in it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Exposure {
    /// Sources: everyone with access to the repository.
    #[default]
    Repository,
    /// What browsers are sent, with its source maps: everyone.
    Bundle,
    /// Output of builds and programs: everyone with access to where it is kept.
    Log,
}

/// How bad a secret is where it stands, as of `now`; `path` is that of its file, or empty.
///
/// What is public by design, examples and placeholders are information. What has expired or works on
/// one machine only is low. A test key is low in sources, and more in a bundle, where it means that
/// production runs against a sandbox. A secret key in a bundle is critical. In fixtures and
/// documentation a secret weighs less, unless its checksum proves that it was issued.
#[must_use]
pub fn severity(secret: &Secret, path: &str, exposure: Exposure, now: Timestamp) -> Severity {
    match crate::format(&secret.format) {
        Some(format) => weigh(format, secret, path, exposure, now),
        None if secret.ignored.is_some() => Severity::Info,
        // A rule of one's own says where it looks.
        None => NO_MATCH_OF_OWN_RULES.severity,
    }
}

pub(crate) fn weigh(
    format: &Format,
    secret: &Secret,
    path: &str,
    exposure: Exposure,
    now: Timestamp,
) -> Severity {
    if secret.example || secret.ignored.is_some() {
        return Severity::Info;
    }
    let is_bundle = exposure == Exposure::Bundle || secret.inlined;
    let severity = match format.kind {
        Kind::Public => return Severity::Info,
        // Its name leaves open whether it is the one that browsers get.
        Kind::Restrictable if is_bundle => return Severity::Info,
        Kind::Test if is_bundle => return Severity::Medium,
        Kind::Test => return format.severity.min(Severity::Low),
        // Everyone reads a bundle; but a name alone proves little.
        _ if is_bundle && format.is_told_by_name() => format.severity.max(Severity::High),
        _ if is_bundle => Severity::Critical,
        _ => format.severity,
    };
    #[cfg(feature = "liveness")]
    match secret.liveness {
        Some(Liveness::Live) => return severity,
        Some(Liveness::Revoked) => return severity.min(Severity::Low),
        _ => {}
    }
    if secret.local || has_expired(secret, now) {
        return severity.min(Severity::Low);
    }
    if !is_bundle && (secret.fixture || is_fixture(path)) && !is_issued(format, secret) {
        return severity.min(Severity::Low);
    }
    severity
}

pub(crate) fn has_expired(secret: &Secret, now: Timestamp) -> bool {
    secret.expires.is_some_and(|end| end < now)
}

/// A right checksum is no accident.
fn is_issued(format: &Format, secret: &Secret) -> bool {
    format.has_checksum() && secret.proven == Some(true)
}

/// Whether files of this path hold tests, examples or documentation.
pub(crate) fn is_fixture(path: &str) -> bool {
    const FOLDERS: [&str; 26] = [
        "test",
        "tests",
        "testing",
        "__tests__",
        "__mocks__",
        "__fixtures__",
        "spec",
        "specs",
        "e2e",
        "fixture",
        "fixtures",
        "testdata",
        "test-data",
        "test_data",
        "mock",
        "mocks",
        "stub",
        "stubs",
        "bench",
        "benches",
        "example",
        "examples",
        "sample",
        "samples",
        "doc",
        "docs",
    ];
    let lower = path.to_ascii_lowercase();
    let mut parts: Vec<&str> = lower.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    const WORDS: [&str; 11] = [
        "test", "tests", "spec", "specs", "mock", "mocks", "fixture", "fixtures", "example",
        "examples", "sample",
    ];
    let is_test_file =
        WORDS.iter().any(|word| name.split(['.', '_', '-']).any(|part| unnumbered(part) == *word));
    let is_documentation = name.starts_with("readme")
        || name.ends_with(".md")
        || name.ends_with(".rst")
        || name.ends_with(".adoc");
    is_test_file || is_documentation || parts.iter().any(|part| FOLDERS.contains(&unnumbered(part)))
}

/// `test` of `test2`.
fn unnumbered(part: &str) -> &str {
    part.trim_end_matches(|char: char| char.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_told_by_their_paths() {
        for path in [
            "tests/a.rs",
            "src/__tests__/x.js",
            "a_test.go",
            "docs/setup.md",
            "x/spec/y.rb",
            "user.spec.ts",
            "keys/rsa.test1.shop.pem",
        ] {
            assert!(is_fixture(path), "{path}");
        }
        for path in
            ["src/main.rs", "latest/a.js", ".env", "config/production.yml", "", "contest/a.go"]
        {
            assert!(!is_fixture(path), "{path}");
        }
    }
}
