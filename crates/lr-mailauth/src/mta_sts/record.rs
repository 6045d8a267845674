use super::Record;
use crate::syntax::{Issue, IssueKind, Parsed, Span, push, show};
use crate::tags::version;

/// Whether senders take a text for an MTA-STS record: it begins with `v=STSv1` and a semicolon
/// (RFC 8461, section 3.1).
#[must_use]
pub fn is_record(text: &[u8]) -> bool {
    version::is(text, b"STSv1")
}

/// Reads the record at `_mta-sts` (RFC 8461, section 3.1).
///
/// ```
/// let parsed = lr_mailauth::mta_sts::parse(b"v=STSv1; id=2026-01-01");
/// assert_eq!(
///     parsed.issues[0].to_string(),
///     "`2026-01-01` is not 1 to 32 letters and digits (at byte 13); it should read `20260101`",
/// );
/// ```
#[must_use]
pub fn parse(text: &[u8]) -> Parsed<Record> {
    let mut parsed = Parsed::<Record>::default();
    let tags = version::tags(text, "STSv1", &mut parsed.issues);
    let mut is_given = false;
    for tag in tags.iter().filter(|tag| tag.name == b"id") {
        let is_good =
            (1..=32).contains(&tag.value.len()) && tag.value.iter().all(u8::is_ascii_alphanumeric);
        if is_given {
            let message = "`id` comes a second time";
            push(&mut parsed.issues, Issue::new(IssueKind::Duplicate, tag.span, message));
        } else if is_good {
            parsed.value.id = Some(show(tag.value));
        } else {
            let better: Vec<u8> =
                tag.value.iter().copied().filter(u8::is_ascii_alphanumeric).take(32).collect();
            let message = format!("`{}` is not 1 to 32 letters and digits", show(tag.value));
            let better = if better.is_empty() { "1".to_owned() } else { show(&better) };
            let issue = Issue::new(IssueKind::Value, tag.value_span, message);
            push(&mut parsed.issues, issue.should_read(better));
        }
        is_given = true;
    }
    if !is_given {
        let end = Span::new(text.len(), text.len());
        let issue = Issue::new(IssueKind::Missing, end, "there is no `id`");
        push(&mut parsed.issues, issue.should_read("id=1;"));
    }
    parsed
}
