//! The version at the beginning of a tag list, as MTA-STS, TLS-RPT and BIMI have it.

use super::{Tag, split};
use crate::syntax::{Issue, IssueKind, Span, show};

/// Whether a text begins with `v=`, exactly this version, and a semicolon or the end.
pub(crate) fn is(text: &[u8], version: &[u8]) -> bool {
    let rest = text.strip_prefix(b"v=").and_then(|rest| rest.strip_prefix(version));
    let Some(rest) = rest else { return false };
    let rest = rest.trim_ascii_start();
    rest.is_empty() || rest.starts_with(b";")
}

/// The tags of a text. If it does not begin with this version, that is the first issue.
pub(crate) fn tags<'a>(text: &'a [u8], version: &str, issues: &mut Vec<Issue>) -> Vec<Tag<'a>> {
    let tags = split(text, issues);
    if !is(text, version.as_bytes()) {
        issues.insert(0, issue(text, &tags, version));
    }
    tags
}

/// Why it does not.
fn issue(text: &[u8], tags: &[Tag<'_>], version: &str) -> Issue {
    let wanted = format!("v={version};");
    let start = text.strip_prefix(b"v=").is_some_and(|rest| rest.starts_with(version.as_bytes()));
    let glued = start && text.get(2 + version.len()).is_some_and(|b| !b.is_ascii_alphanumeric());
    let first = tags.first().map_or_else(|| Span::new(0, text.len().min(40)), |tag| tag.span);
    let (kind, message) = match tags.first() {
        _ if glued => (IssueKind::Syntax, format!("a semicolon is missing after `v={version}`")),
        Some(tag) if tag.name.eq_ignore_ascii_case(b"v") && tag.span.start > 0 => {
            (IssueKind::Version, format!("there is something before `v={version}`"))
        }
        Some(tag) if tag.name.eq_ignore_ascii_case(b"v") => {
            let message = format!("`{}={}` is not `v={version}`", show(tag.name), show(tag.value));
            (IssueKind::Version, message)
        }
        _ => (IssueKind::Version, format!("the record does not begin with `v={version}`")),
    };
    Issue::new(kind, first, message).should_read(wanted)
}
