use super::{Policy, Psd, Record};
use crate::syntax::{Issue, IssueKind, Parsed, Span, push, show};
use crate::tags::{Lower, Tag, split};

/// Whether receivers take a text for a DMARC record: `v=DMARC1`, exactly so and first, then a
/// semicolon or the end.
#[must_use]
pub fn is_record(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |byte| *byte == b';');
    let first = parts.next().unwrap_or_default();
    let Some((name, value)) = first.split_at_checked(1) else { return false };
    let Some(value) = value.trim_ascii_start().strip_prefix(b"=") else { return false };
    name == b"v" && value.trim_ascii() == b"DMARC1"
}

/// Reads a DMARC policy record (RFC 9989).
///
/// ```
/// use lr_mailauth::dmarc::{Policy, parse};
///
/// let parsed = parse(b"v=DMARC1; p=reject; rua=mailto:a@shop.test mailto:b@shop.test");
/// assert_eq!(parsed.value.policy(), Policy::Reject);
/// assert_eq!(
///     parsed.issues[0].to_string(),
///     "`mailto:a@shop.test mailto:b@shop.test` is no report address (at byte 25); it should read \
///      `mailto:a@shop.test,mailto:b@shop.test`",
/// );
/// ```
#[must_use]
pub fn parse(text: &[u8]) -> Parsed<Record> {
    let mut parsed = Parsed::<Record>::default();
    let tags = split(text, &mut parsed.issues);
    let issues = &mut parsed.issues;
    if let Some(issue) = version(text, &tags) {
        issues.insert(0, issue);
    }
    let is_again = |at: usize| {
        let earlier: &[Tag<'_>] = &tags[..at];
        earlier.iter().any(|tag| tag.name.eq_ignore_ascii_case(tags[at].name))
    };
    let (mut distinct, mut p_at) = (0, None);
    for (at, tag) in tags.iter().enumerate() {
        if is_again(at) {
            let message = format!("the tag `{}` comes a second time", show(tag.name));
            push(issues, Issue::new(IssueKind::Duplicate, tag.span, message));
            continue;
        }
        if tag.name.eq_ignore_ascii_case(b"p") {
            p_at = Some((distinct, tag.span));
        }
        distinct += 1;
        read(&mut parsed.value, tag, issues);
    }
    match p_at {
        None => {
            let end = Span::new(text.len(), text.len());
            let issue = Issue::new(IssueKind::Missing, end, "there is no `p` tag");
            push(issues, issue.should_read("v=DMARC1; p=..."));
        }
        // Older receivers (RFC 7489, section 6.4) want it right after the version.
        Some((at, span)) if at > 1 => {
            let message = "`p` does not come right after `v=DMARC1`, as older receivers want";
            push(issues, Issue::new(IssueKind::Order, span, message));
        }
        Some(_) => {}
    }
    parsed
}

fn version(text: &[u8], tags: &[Tag<'_>]) -> Option<Issue> {
    if is_record(text) {
        return None;
    }
    let issue = match tags.first() {
        // Right up to the missing semicolon: that has an issue of its own.
        Some(tag)
            if tag.name == b"v" && tag.value.starts_with(b"DMARC1") && tag.span.start == 0 =>
        {
            let rest = tag.value.strip_prefix(b"DMARC1").unwrap_or_default();
            let after = tag.value_span.start + "DMARC1".len();
            let span = Span::new(after, tag.value_span.end);
            let message = format!("`{}` stands where a semicolon must be", show(rest));
            let rest = rest.trim_ascii_start();
            let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
            return Some(
                Issue::new(IssueKind::Syntax, span, message)
                    .should_read(format!("v=DMARC1; {}", show(rest))),
            );
        }
        Some(tag) if tag.name.eq_ignore_ascii_case(b"v") && tag.span.start > 0 => {
            let lead = Span::new(0, tag.span.start);
            Issue::new(IssueKind::Version, lead, "there is something before `v=DMARC1`")
        }
        Some(tag) if tag.name.eq_ignore_ascii_case(b"v") => {
            let message = format!("`{}={}` is not `v=DMARC1`", show(tag.name), show(tag.value));
            Issue::new(IssueKind::Version, tag.span, message)
        }
        Some(tag) => {
            Issue::new(IssueKind::Version, tag.span, "the record does not begin with `v=DMARC1`")
        }
        None => Issue::new(
            IssueKind::Version,
            Span::new(0, 0),
            "the record does not begin with `v=DMARC1`",
        ),
    };
    Some(issue.should_read("v=DMARC1;"))
}

fn read(record: &mut Record, tag: &Tag<'_>, issues: &mut Vec<Issue>) {
    let mut flag = |yes: &[u8], no: &[u8]| {
        let is_yes = tag.value.eq_ignore_ascii_case(yes);
        if !is_yes && !tag.value.eq_ignore_ascii_case(no) {
            push(issues, bad_value(tag, &format!("{} or {}", show(no), show(yes))));
        }
        is_yes
    };
    // Names have at most 32 bytes.
    let Some(name) = Lower::of(tag.name) else { return };
    match name.as_bytes() {
        b"v" => {}
        b"p" => record.p = policy(tag, issues),
        b"sp" => record.sp = policy(tag, issues),
        b"np" => record.np = policy(tag, issues),
        b"adkim" => record.strict_dkim = flag(b"s", b"r"),
        b"aspf" => record.strict_spf = flag(b"s", b"r"),
        b"t" => record.testing = flag(b"y", b"n"),
        b"psd" => match tag.value {
            b"y" | b"Y" => record.psd = Psd::Yes,
            b"n" | b"N" => record.psd = Psd::No,
            b"u" | b"U" => record.psd = Psd::Unknown,
            _ => push(issues, bad_value(tag, "y, n or u")),
        },
        b"fo" => {
            let known =
                |part: &[u8]| matches!(part.trim_ascii(), b"0" | b"1" | b"d" | b"s" | b"D" | b"S");
            if !tag.value.split(|byte| *byte == b':').all(known) {
                push(issues, bad_value(tag, "0, 1, d or s, with colons between"));
            }
            record.fo = Some(String::from_utf8_lossy(tag.value).into_owned());
        }
        b"rua" => record.rua = uris(tag, issues),
        b"ruf" => record.ruf = uris(tag, issues),
        b"pct" | b"rf" | b"ri" => {
            let message = format!("`{}` has been removed from DMARC", show(tag.name));
            push(issues, Issue::new(IssueKind::Removed, tag.span, message));
            if name.as_bytes() == b"pct" {
                record.pct = percentage(tag.value);
            }
        }
        _ => {
            let message = format!("nobody knows the tag `{}`", show(tag.name));
            push(issues, Issue::new(IssueKind::Unknown, tag.span, message));
        }
    }
}

fn policy(tag: &Tag<'_>, issues: &mut Vec<Issue>) -> Option<Policy> {
    let all = [Policy::None, Policy::Quarantine, Policy::Reject];
    let policy =
        all.into_iter().find(|policy| tag.value.eq_ignore_ascii_case(policy.name().as_bytes()));
    if policy.is_none() {
        push(issues, bad_value(tag, "none, quarantine or reject"));
    }
    policy
}

/// What older receivers go by; nobody else reads it, so it is never wrong.
fn percentage(value: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(value).ok().filter(|_| value.iter().all(u8::is_ascii_digit));
    digits.and_then(|digits| digits.parse().ok()).filter(|number| *number <= 100)
}

fn bad_value(tag: &Tag<'_>, values: &str) -> Issue {
    let message = format!("`{}` has no value `{}`", show(tag.name), show(tag.value));
    Issue::new(IssueKind::Value, tag.value_span, message).should_read(values)
}

/// Many more addresses than anyone sends reports to.
const MAX_URIS: usize = 64;

fn uris(tag: &Tag<'_>, issues: &mut Vec<Issue>) -> Vec<String> {
    let mut uris = Vec::new();
    let mut at = tag.value_span.start;
    for part in tag.value.split(|byte| *byte == b',').take(MAX_URIS) {
        let span = crate::tags::trimmed(
            tag.value,
            at - tag.value_span.start,
            at - tag.value_span.start + part.len(),
        );
        let span = Span::new(span.start + tag.value_span.start, span.end + tag.value_span.start);
        at += part.len() + 1;
        let uri = part.trim_ascii();
        let (bare, limit) = match uri.iter().rposition(|byte| *byte == b'!') {
            Some(mark) if is_size(&uri[mark + 1..]) => (&uri[..mark], true),
            _ => (uri, false),
        };
        if limit {
            let message = "a size limit after `!` has been removed from DMARC";
            push(issues, Issue::new(IssueKind::Size, span, message).should_read(show(bare)));
        }
        if is_mailto(bare) {
            uris.push(String::from_utf8_lossy(bare).into_owned());
            continue;
        }
        if is_other_uri(bare) {
            let message = format!("receivers send no reports to `{}`", show(uri));
            let issue = Issue::new(IssueKind::Uri, span, message);
            push(issues, issue.should_read("mailto:NAME@DOMAIN"));
            uris.push(String::from_utf8_lossy(bare).into_owned());
            continue;
        }
        let issue =
            Issue::new(IssueKind::Uri, span, format!("`{}` is no report address", show(uri)));
        let spaced = bare.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty());
        let spaced: Vec<_> = spaced.collect();
        push(
            issues,
            match spaced.len() {
                2.. if spaced.iter().all(|part| is_mailto(part)) => {
                    issue.should_read(show(&spaced.join(&b',')))
                }
                1 if !bare.contains(&b':') && bare.contains(&b'@') => {
                    issue.should_read(format!("mailto:{}", show(bare)))
                }
                _ => issue.should_read("mailto:NAME@DOMAIN"),
            },
        );
    }
    uris
}

fn is_size(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0
        && matches!(&text[digits..], b"" | b"k" | b"m" | b"g" | b"t" | b"K" | b"M" | b"G" | b"T")
}

fn is_mailto(uri: &[u8]) -> bool {
    let Some((scheme, address)) = uri.split_at_checked(7) else { return false };
    let at = address.iter().rposition(|byte| *byte == b'@');
    let is_plain = |byte: &u8| matches!(byte, b'!'..=b'~') && !b"<>\";,".contains(byte);
    let again =
        |colon: usize| colon >= 6 && address[colon - 6..colon].eq_ignore_ascii_case(b"mailto");
    let mut colons = address.iter().enumerate().filter(|(_, byte)| **byte == b':');
    scheme.eq_ignore_ascii_case(b"mailto:")
        && address.iter().all(is_plain)
        && !address.starts_with(b"/")
        && !colons.any(|(colon, _)| again(colon))
        && at.is_some_and(|at| {
            at > 0 && address[at + 1..].contains(&b'.') && !address.ends_with(b".")
        })
}

/// The grammar allows any URI; receivers ignore those they have no use for.
fn is_other_uri(uri: &[u8]) -> bool {
    let colon = uri.iter().position(|byte| *byte == b':').unwrap_or(0);
    let (scheme, rest) = uri.split_at(colon);
    !scheme.eq_ignore_ascii_case(b"mailto")
        && scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
        && rest.len() > 1
        && uri.iter().all(u8::is_ascii_graphic)
}
