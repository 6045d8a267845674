//! What is allowed: by what it is, and by where it lies.

use std::ops::Range;

use regex::bytes::Regex;

/// An allowlist. One criterion is enough, unless it asks for all.
pub(crate) struct Allow {
    pub(super) reason: String,
    /// Ids of the rules that it is for, if not for all.
    pub(super) rules: Vec<String>,
    pub(super) regexes: Vec<Regex>,
    pub(super) target: Target,
    /// In lower case.
    pub(super) stopwords: Vec<String>,
    pub(super) paths: Vec<regex::Regex>,
    pub(super) commits: Vec<String>,
    /// Whether all kinds of criteria that there are must be met.
    pub(super) all: bool,
}

/// What the regular expressions of an allowlist are applied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

impl Allow {
    pub(super) fn is_for(&self, id: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|rule| rule == id)
    }

    /// Whether what a secret is allows it.
    pub(super) fn contents(
        &self,
        bytes: &[u8],
        whole: &Range<usize>,
        secret: &Range<usize>,
    ) -> bool {
        let target = match self.target {
            Target::Secret => secret.clone(),
            Target::Match => whole.clone(),
            Target::Line => line(bytes, whole),
        };
        let by_regex = || self.regexes.iter().any(|it| it.is_match(&bytes[target.clone()]));
        let by_word = || {
            let text = String::from_utf8_lossy(&bytes[secret.clone()]).to_lowercase();
            self.stopwords.iter().any(|word| text.contains(&**word))
        };
        self.join(
            (!self.regexes.is_empty()).then(by_regex),
            (!self.stopwords.is_empty()).then(by_word),
        )
    }

    /// Whether where it lies allows it.
    pub(super) fn place(&self, path: &str, commit: Option<&str>) -> bool {
        let by_path = || self.paths.iter().any(|it| it.is_match(path));
        let by_commit = || self.commits.iter().any(|it| Some(&**it) == commit);
        self.join(
            (!self.paths.is_empty()).then(by_path),
            (!self.commits.is_empty()).then(by_commit),
        )
    }

    fn join(&self, a: Option<bool>, b: Option<bool>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) if self.all => a && b,
            _ => a == Some(true) || b == Some(true),
        }
    }

    /// Whether it asks for what a secret is and where it lies at once, which are known at different
    /// times.
    pub(super) fn is_mixed(&self) -> bool {
        let contents = !self.regexes.is_empty() || !self.stopwords.is_empty();
        self.all && contents && !(self.paths.is_empty() && self.commits.is_empty())
    }
}

fn line(bytes: &[u8], at: &Range<usize>) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &bytes[..at.start]).map_or(0, |end| end + 1);
    let end = memchr::memchr(b'\n', &bytes[at.end..]).map_or(bytes.len(), |end| at.end + end);
    start..end
}
