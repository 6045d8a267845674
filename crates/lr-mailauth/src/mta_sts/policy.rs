use super::{Mode, Policy};
use crate::syntax::{Issue, IssueKind, Parsed, Span, push, show};
use crate::tags::trimmed;

/// The longest time that a policy may be kept, about a year (RFC 8461, section 3.2).
const MAX_AGE: u32 = 31_557_600;

/// Reads a policy (RFC 8461, section 3.2). With any issue but a duplicate, senders have no policy.
///
/// ```
/// let text = b"version: STSv1\nmode: enforce\nmx: *.shop.test\nmax_age: 604800\n";
/// let policy = lr_mailauth::mta_sts::parse_policy(text).value;
/// assert!(policy.covers("mx1.shop.test") && !policy.covers("a.mx1.shop.test"));
/// ```
#[must_use]
pub fn parse_policy(text: &[u8]) -> Parsed<Policy> {
    let mut parsed = Parsed::<Policy>::default();
    let issues = &mut parsed.issues;
    let policy = &mut parsed.value;
    let mut seen = [false; 3];
    let mut start = 0;
    for line in text.split(|byte| *byte == b'\n') {
        let span = trimmed(text, start, start + line.len());
        start += line.len() + 1;
        if span.start == span.end {
            continue;
        }
        let Some(colon) = span.of(text).iter().position(|byte| *byte == b':') else {
            let message = format!("`{}` is no `name: value`", show(span.of(text)));
            push(issues, Issue::new(IssueKind::Syntax, span, message));
            continue;
        };
        let name = trimmed(text, span.start, span.start + colon);
        let place = trimmed(text, span.start + colon + 1, span.end);
        let value = place.of(text);
        let field = match name.of(text) {
            b"version" => 0,
            b"mode" => 1,
            b"max_age" => 2,
            b"mx" => {
                match pattern(value) {
                    // A hostile policy names hosts without end.
                    Some(host) if policy.mx.len() < MAX_HOSTS => policy.mx.push(host),
                    Some(_) => {}
                    None => {
                        let message = format!("`{}` is no host name or `*.` and one", show(value));
                        push(issues, Issue::new(IssueKind::Syntax, place, message));
                    }
                }
                continue;
            }
            // Fields of later versions are to be ignored.
            _ => continue,
        };
        // Only the first of each counts.
        if std::mem::replace(&mut seen[field], true) {
            let message = format!("`{}` comes a second time", show(name.of(text)));
            push(issues, Issue::new(IssueKind::Duplicate, span, message));
            continue;
        }
        match field {
            0 if value == b"STSv1" => {}
            0 => {
                let message = format!("`{}` is not the version STSv1", show(value));
                push(issues, Issue::new(IssueKind::Version, place, message).should_read("STSv1"));
            }
            1 => {
                policy.mode = mode(value);
                if policy.mode.is_none() {
                    let message = format!("`{}` is no mode", show(value));
                    let issue = Issue::new(IssueKind::Value, place, message);
                    push(issues, issue.should_read("enforce, testing or none"));
                }
            }
            _ => {
                policy.max_age = seconds(value);
                if policy.max_age.is_none() {
                    let message = format!("`{}` is no number of seconds up to a year", show(value));
                    let issue = Issue::new(IssueKind::Lifetime, place, message);
                    push(issues, issue.should_read(format!("0 to {MAX_AGE}")));
                }
            }
        }
    }
    missing(text, &seen, policy, issues);
    parsed
}

const MAX_HOSTS: usize = 1000;

fn missing(text: &[u8], seen: &[bool; 3], policy: &Policy, issues: &mut Vec<Issue>) {
    let end = Span::new(text.len(), text.len());
    let fields = [
        ("version: STSv1", IssueKind::Version),
        ("mode: enforce", IssueKind::Missing),
        ("max_age: 604800", IssueKind::Lifetime),
    ];
    for ((line, kind), _) in fields.into_iter().zip(seen).filter(|(_, seen)| !**seen) {
        let name = line.split(':').next().unwrap_or(line);
        push(issues, Issue::new(kind, end, format!("there is no `{name}`")).should_read(line));
    }
    if policy.mx.is_empty() && policy.mode != Some(Mode::None) {
        let issue = Issue::new(IssueKind::Hosts, end, "there is no `mx`");
        push(issues, issue.should_read("mx: HOST"));
    }
}

fn mode(value: &[u8]) -> Option<Mode> {
    match value {
        b"enforce" => Some(Mode::Enforce),
        b"testing" => Some(Mode::Testing),
        b"none" => Some(Mode::None),
        _ => None,
    }
}

/// One to ten digits.
fn seconds(value: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(value).ok()?;
    let is_number = (1..=10).contains(&digits.len()) && value.iter().all(u8::is_ascii_digit);
    digits.parse().ok().filter(|seconds| is_number && *seconds <= MAX_AGE)
}

fn pattern(value: &[u8]) -> Option<String> {
    let host = value.strip_prefix(b"*.").unwrap_or(value);
    let label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
    };
    let is_host = host.len() <= 253 && host.split(|byte| *byte == b'.').all(label);
    is_host.then(|| String::from_utf8_lossy(value).to_ascii_lowercase())
}
