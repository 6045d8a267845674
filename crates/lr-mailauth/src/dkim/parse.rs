use super::{Key, KeyType, Record, key};
use crate::syntax::{Issue, IssueKind, Parsed, Span, push, show};
use crate::tags::{Tag, split};

/// Whether a text is meant as a DKIM key: it has a tag `p` or `k`, or says `v=DKIM`.
#[must_use]
pub fn is_record(text: &[u8]) -> bool {
    let is_key = |tag: &Tag<'_>| match tag.name {
        b"p" | b"k" => true,
        b"v" => tag.value.get(..4).is_some_and(|value| value.eq_ignore_ascii_case(b"DKIM")),
        _ => false,
    };
    split(text, &mut Vec::new()).iter().any(is_key)
}

/// Reads a DKIM key record (RFC 6376, section 3.6.1).
///
/// ```
/// use lr_mailauth::dkim::{Key, parse};
///
/// assert_eq!(parse(b"v=DKIM1; p=").value.key, Key::Revoked);
/// ```
#[must_use]
pub fn parse(text: &[u8]) -> Parsed<Record> {
    let mut parsed = Parsed::<Record>::default();
    let tags = split(text, &mut parsed.issues);
    let issues = &mut parsed.issues;
    let record = &mut parsed.value;
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut material = None;
    for tag in &tags {
        if seen.contains(&tag.name) {
            let message = format!("the tag `{}` comes a second time", show(tag.name));
            push(issues, Issue::new(IssueKind::Duplicate, tag.span, message));
            continue;
        }
        match tag.name {
            b"v" => {
                record.has_version = true;
                version(tag, seen.is_empty(), issues);
            }
            b"k" => record.key_type = key_type(tag.value),
            b"h" => record.hashes = Some(list(tag.value)),
            b"s" => record.services = Some(list(tag.value)),
            b"t" => {
                let flags = list(tag.value);
                record.testing = flags.iter().any(|flag| flag == "y");
                record.strict = flags.iter().any(|flag| flag == "s");
            }
            b"p" => material = Some(tag),
            // Notes, and the granularity of RFC 4871, mean nothing to verifiers; unknown tags
            // must be ignored.
            _ => {}
        }
        seen.push(tag.name);
    }
    if !record.has_version {
        let message = "there is no `v` tag, which is recommended";
        push(
            issues,
            Issue::new(IssueKind::Missing, Span::new(0, 0), message).should_read("v=DKIM1;"),
        );
    }
    record.key = match material {
        None => {
            let end = Span::new(text.len(), text.len());
            push(
                issues,
                Issue::new(IssueKind::Key, end, "there is no `p` tag, so there is no key"),
            );
            Key::Missing
        }
        Some(tag) => key::read(tag.value, &record.key_type).unwrap_or_else(|message| {
            push(issues, Issue::new(IssueKind::Key, tag.value_span, message));
            Key::Unreadable
        }),
    };
    parsed
}

fn version(tag: &Tag<'_>, first: bool, issues: &mut Vec<Issue>) {
    if tag.value != b"DKIM1" {
        let message = format!("`v={}` is not `v=DKIM1`", show(tag.value));
        push(issues, Issue::new(IssueKind::Version, tag.span, message).should_read("v=DKIM1"));
    } else if !first {
        let message = "`v=DKIM1` is not the first tag, so verifiers discard the record";
        push(issues, Issue::new(IssueKind::Order, tag.span, message));
    }
}

fn key_type(value: &[u8]) -> KeyType {
    match value.to_ascii_lowercase().as_slice() {
        b"rsa" => KeyType::Rsa,
        b"ed25519" => KeyType::Ed25519,
        _ => KeyType::Other(show(value)),
    }
}

fn list(value: &[u8]) -> Vec<String> {
    let items = value.split(|byte| *byte == b':').take(16);
    items.map(|item| show(item.trim_ascii()).to_ascii_lowercase()).collect()
}
