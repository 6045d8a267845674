//! Tag lists, `name=value; name=value`, as DKIM (RFC 6376, section 3.2) and DMARC write them.

pub(crate) mod version;

use crate::syntax::{Issue, IssueKind, Span, push, show};

/// One `name=value`.
#[derive(Clone, Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    /// The whole tag without the spaces around it.
    pub(crate) span: Span,
    pub(crate) value_span: Span,
}

/// The lower-case form of a short name, on the stack.
pub(crate) struct Lower {
    bytes: [u8; MAX_NAME],
    len: usize,
}

impl Lower {
    /// `None` for what is longer than any name.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_NAME];
        bytes.get_mut(..name.len())?.copy_from_slice(name);
        bytes.make_ascii_lowercase();
        Some(Self { bytes, len: name.len() })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// No tag has a longer name.
const MAX_NAME: usize = 32;

/// Records have a dozen tags; a hostile one must not cost more than that many times a few.
const MAX_TAGS: usize = 256;

/// Splits a text into tags; what is no tag becomes an issue.
pub(crate) fn split<'a>(text: &'a [u8], issues: &mut Vec<Issue>) -> Vec<Tag<'a>> {
    let mut tags = Vec::with_capacity(12);
    let mut start = 0;
    for part in text.split(|byte| *byte == b';').take(MAX_TAGS) {
        let (from, end) = (start, start + part.len());
        start = end + 1;
        let span = trimmed(text, from, end);
        if span.start == span.end {
            // Only the last part may be empty: a list may end in a semicolon.
            if end < text.len() {
                let what = "there is nothing before this semicolon";
                push(issues, Issue::new(IssueKind::Syntax, Span::new(end, end + 1), what));
            }
            continue;
        }
        match tag(text, span) {
            Ok(tag) => {
                if let Some(issue) = glued(text, &tag) {
                    push(issues, issue);
                }
                tags.push(tag);
            }
            Err(issue) => push(issues, issue),
        }
    }
    tags
}

fn tag(text: &[u8], span: Span) -> Result<Tag<'_>, Issue> {
    let part = span.of(text);
    let bad = |message: String| Issue::new(IssueKind::Syntax, span, message);
    let Some(equals) = part.iter().position(|byte| *byte == b'=') else {
        let issue = bad(format!("`{}` is no tag: it has no `=`", show(part)));
        return Err(match part.iter().position(|byte| *byte == b':') {
            Some(colon) if is_name(&part[..colon]) => {
                let (name, value) = (show(&part[..colon]), show(&part[colon + 1..]));
                issue.should_read(format!("{name}={value}"))
            }
            _ => issue,
        });
    };
    let name = trimmed(text, span.start, span.start + equals);
    let value = trimmed(text, span.start + equals + 1, span.end);
    if !is_name(name.of(text)) {
        return Err(bad(format!("`{}` is no tag name", show(name.of(text)))));
    }
    Ok(Tag { name: name.of(text), value: value.of(text), span, value_span: value })
}

/// A value that holds another tag, because the semicolon between them is missing.
fn glued(text: &[u8], tag: &Tag<'_>) -> Option<Issue> {
    let value = tag.value;
    // A note is for people.
    let is_note = tag.name == b"n";
    for (at, _) in
        value.iter().enumerate().filter(|(_, b)| matches!(b, b' ' | b',' | b'\t') && !is_note)
    {
        let rest = value[at + 1..].trim_ascii_start();
        let equals = rest.iter().take(8).position(|byte| *byte == b'=');
        let Some(equals) = equals.filter(|equals| *equals > 0) else { continue };
        let first = value[..at].trim_ascii_end();
        // Base64 ends in `=` signs, and a URI has them in its query: there it is no tag.
        let follows = rest.get(equals + 1).is_some_and(|byte| *byte != b'=');
        if is_name(&rest[..equals]) && follows && !first.contains(&b'?') {
            let start = tag.value_span.start + at;
            let next = Span::new(start, tag.value_span.end);
            let (name, next_tag) = (show(tag.name), show(rest));
            let message = format!("a semicolon is missing before `{next_tag}`");
            return Some(
                Issue::new(IssueKind::Syntax, next, message)
                    .should_read(format!("{name}={}; {next_tag}", show(first))),
            );
        }
    }
    let backslash = text[tag.span.start..tag.span.end].ends_with(b"\\");
    backslash.then(|| {
        let message =
            "a backslash stands before the semicolon: quoting of the zone file was published";
        let at = Span::new(tag.span.end - 1, tag.span.end);
        Issue::new(IssueKind::Syntax, at, message)
            .should_read(format!("{};", show(&text[tag.span.start..tag.span.end - 1])))
    })
}

fn is_name(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.len() <= MAX_NAME
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Without the white space (RFC 6376, FWS) at both ends.
pub(crate) fn trimmed(text: &[u8], start: usize, end: usize) -> Span {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let part = &text[start..end];
    let Some(first) = part.iter().position(|byte| !is_space(byte)) else {
        return Span::new(start, start);
    };
    let last = part.iter().rposition(|byte| !is_space(byte)).unwrap_or(first);
    Span::new(start + first, start + last + 1)
}
