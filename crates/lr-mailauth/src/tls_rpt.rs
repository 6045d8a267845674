//! TLS-RPT (RFC 8460): where senders report that encryption failed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Ask};
use crate::record::{At, Kind};
use crate::syntax::{Issue, IssueKind, Parsed, Span, push, show};
use crate::tags::version;
use crate::uri;

/// The record at `_smtp._tls`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// Where reports go: `mailto:` and `https:` URIs.
    pub rua: Vec<String>,
}

/// Whether senders take a text for a TLS-RPT record: it begins with `v=TLSRPTv1` and a semicolon
/// (RFC 8460, section 3).
#[must_use]
pub fn is_record(text: &[u8]) -> bool {
    version::is(text, b"TLSRPTv1")
}

/// Reads the record at `_smtp._tls` (RFC 8460, section 3).
///
/// ```
/// let parsed = lr_mailauth::tls_rpt::parse(b"v=TLSRPTv1; rua=tls@shop.test");
/// assert_eq!(
///     parsed.issues[0].to_string(),
///     "`tls@shop.test` is no `mailto:` or `https:` address (at byte 17); it should read \
///      `mailto:tls@shop.test`",
/// );
/// ```
#[must_use]
pub fn parse(text: &[u8]) -> Parsed<Record> {
    let mut parsed = Parsed::<Record>::default();
    let tags = version::tags(text, "TLSRPTv1", &mut parsed.issues);
    let issues = &mut parsed.issues;
    let mut is_given = false;
    for tag in tags.iter().filter(|tag| tag.name == b"rua") {
        if std::mem::replace(&mut is_given, true) {
            push(issues, Issue::new(IssueKind::Duplicate, tag.span, "`rua` comes a second time"));
            continue;
        }
        let mut at = tag.value_span.start;
        for part in tag.value.split(|byte| *byte == b',') {
            let span = crate::tags::trimmed(text, at, at + part.len());
            at += part.len() + 1;
            match uri::report(span.of(text), &["mailto", "https"]) {
                Ok(uri) if parsed.value.rua.len() < MAX_URIS => parsed.value.rua.push(uri),
                Ok(_) => {}
                Err(better) => {
                    let what = show(span.of(text));
                    let message = format!("`{what}` is no `mailto:` or `https:` address");
                    let issue = Issue::new(IssueKind::Uri, span, message);
                    push(
                        issues,
                        match better {
                            Some(better) => issue.should_read(better),
                            None => issue,
                        },
                    );
                }
            }
        }
    }
    if !is_given {
        let end = Span::new(text.len(), text.len());
        let issue = Issue::new(IssueKind::Missing, end, "there is no `rua`");
        push(issues, issue.should_read("rua=mailto:ADDRESS"));
    }
    parsed
}

const MAX_URIS: usize = 32;

/// Looks at the record of a domain, as far as the answers tell.
#[must_use]
pub fn discover(answers: &Answers, domain: &str) -> At<Record> {
    walk(&mut Ask::new(answers), domain)
}

pub(crate) fn walk(ask: &mut Ask<'_>, domain: &str) -> At<Record> {
    At::look(ask, &format!("_smtp._tls.{domain}"), &Kind { is_record, parse, like: "tlsrpt" })
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=TLSRPTv1; rua={}", self.rua.join(","))
    }
}
