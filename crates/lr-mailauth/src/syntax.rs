//! What all record parsers share: places in the text, and issues that name them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A range of bytes in the text that was parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Span {
    /// First byte, counted from 0.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The part of `text` that is meant.
    #[must_use]
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// What kind of thing is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum IssueKind {
    /// Not in the grammar.
    Syntax,
    /// The version is another one, or not where and how it must be.
    Version,
    /// A value that the tag does not have.
    Value,
    /// A report address that is no usable URI.
    Uri,
    /// A tag or term that may be there once is there twice.
    Duplicate,
    /// A tag that nobody knows.
    Unknown,
    /// A size limit in a report address, which has been removed.
    Size,
    /// A tag of an earlier specification that has been removed.
    Removed,
    /// A required tag is not there.
    Missing,
    /// Right, but not in the place where everybody looks for it.
    Order,
    /// An IP address where a host name is wanted.
    AddressAsName,
    /// Key material that cannot be read.
    Key,
    /// A lifetime that is missing, no number, or too long.
    Lifetime,
    /// No mail host is named.
    Hosts,
}

/// One thing that is wrong, where, and how it should read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Issue {
    /// What kind of thing.
    pub kind: IssueKind,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// How it should read, where that can be said.
    pub should_read: Option<String>,
}

impl Issue {
    pub(crate) fn new(kind: IssueKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), should_read: None }
    }

    pub(crate) fn should_read(self, text: impl Into<String>) -> Self {
        Self { should_read: Some(text.into()), ..self }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.span.start + 1)?;
        match &self.should_read {
            Some(text) => write!(f, "; it should read `{text}`"),
            None => Ok(()),
        }
    }
}

/// What was understood of a text, and everything that is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parsed<T> {
    /// What was understood.
    pub value: T,
    /// What is wrong, in the order of the text.
    pub issues: Vec<Issue>,
}

impl<T> Parsed<T> {
    /// Whether there is an issue of this kind.
    #[must_use]
    pub fn has(&self, kind: IssueKind) -> bool {
        self.issues.iter().any(|issue| issue.kind == kind)
    }
}

/// At most this many issues are kept for one text: more do not help anyone.
pub(crate) const MAX_ISSUES: usize = 32;

pub(crate) fn push(issues: &mut Vec<Issue>, issue: Issue) {
    if issues.len() < MAX_ISSUES {
        issues.push(issue);
    }
}

/// Bytes as text for people, shortened.
pub(crate) fn show(bytes: &[u8]) -> String {
    const LIMIT: usize = 80;
    let cut = bytes.get(..LIMIT).unwrap_or(bytes);
    let mut text = String::from_utf8_lossy(cut).into_owned();
    if cut.len() < bytes.len() {
        text.push('…');
    }
    text
}
