//! BIMI (draft-brand-indicators-for-message-identification): the logo beside a message.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Ask};
use crate::record::{At, Kind};
use crate::syntax::{Issue, IssueKind, Parsed, Span, push, show};
use crate::tags::{Tag, version};
use crate::uri;

/// The record at `default._bimi`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// `l`: where the logo is; `None` if there is none on purpose.
    pub location: Option<String>,
    /// `a`: where the certificate is that binds the logo to its owner.
    pub authority: Option<String>,
}

impl Record {
    /// Whether the domain says that it wants no logo (section 4.2).
    #[must_use]
    pub fn declines(&self) -> bool {
        self.location.is_none() && self.authority.is_none()
    }
}

/// Whether mailbox providers take a text for a BIMI record: it begins with `v=BIMI1`.
#[must_use]
pub fn is_record(text: &[u8]) -> bool {
    version::is(text, b"BIMI1")
}

/// Reads the record at `default._bimi` (section 4.2 of the draft). Unknown tags are ignored.
///
/// ```
/// let parsed = lr_mailauth::bimi::parse(b"v=BIMI1; l=http://shop.test/logo.svg;");
/// assert_eq!(
///     parsed.issues[0].to_string(),
///     "`http://shop.test/logo.svg` is no `https:` address (at byte 12); it should read \
///      `https://shop.test/logo.svg`",
/// );
/// ```
#[must_use]
pub fn parse(text: &[u8]) -> Parsed<Record> {
    let mut parsed = Parsed::<Record>::default();
    let tags = version::tags(text, "BIMI1", &mut parsed.issues);
    let issues = &mut parsed.issues;
    let (mut has_location, mut has_authority) = (false, false);
    for tag in &tags {
        let (seen, place) = match tag.name {
            b"l" => (&mut has_location, &mut parsed.value.location),
            b"a" => (&mut has_authority, &mut parsed.value.authority),
            _ => {
                value(tag, issues);
                continue;
            }
        };
        if std::mem::replace(seen, true) {
            let message = format!("`{}` comes a second time", show(tag.name));
            push(issues, Issue::new(IssueKind::Duplicate, tag.span, message));
        } else {
            *place = https(tag, issues);
        }
    }
    if !has_location {
        let end = Span::new(text.len(), text.len());
        let issue = Issue::new(IssueKind::Missing, end, "there is no `l`");
        push(issues, issue.should_read("l=https://HOST/LOGO.svg"));
    }
    parsed
}

/// Tags with a grammar of their own: whose avatar is preferred, and which local parts select one.
fn value(tag: &Tag<'_>, issues: &mut Vec<Issue>) {
    let is_name = |part: &[u8]| {
        let part = part.trim_ascii();
        !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let (is_good, wanted) = match tag.name {
        b"avp" => (matches!(tag.value, b"brand" | b"personal"), "brand or personal"),
        b"lps" => {
            let parts = || tag.value.split(|byte| *byte == b',');
            (parts().all(is_name), "names of letters, digits and hyphens, with commas between")
        }
        _ => return,
    };
    if !is_good {
        let message = format!("`{}` has no value `{}`", show(tag.name), show(tag.value));
        let issue = Issue::new(IssueKind::Value, tag.value_span, message);
        push(issues, issue.should_read(wanted));
    }
}

fn https(tag: &Tag<'_>, issues: &mut Vec<Issue>) -> Option<String> {
    // `self` is how some say that they have no certificate.
    if tag.value.is_empty() || (tag.name == b"a" && tag.value == b"self") {
        return None;
    }
    match uri::report(tag.value, &["https"]) {
        Ok(uri) => return Some(uri),
        Err(better) => {
            let message = format!("`{}` is no `https:` address", show(tag.value));
            let issue = Issue::new(IssueKind::Uri, tag.value_span, message);
            push(issues, issue.should_read(better.unwrap_or_else(|| "https://HOST/FILE".into())));
        }
    }
    // What cannot be used was meant to be there.
    Some(show(tag.value))
}

/// Looks at the record of a domain, as far as the answers tell.
#[must_use]
pub fn discover(answers: &Answers, domain: &str) -> At<Record> {
    walk(&mut Ask::new(answers), domain)
}

pub(crate) fn walk(ask: &mut Ask<'_>, domain: &str) -> At<Record> {
    At::look(ask, &format!("default._bimi.{domain}"), &Kind { is_record, parse, like: "bimi" })
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=BIMI1; l={};", self.location.as_deref().unwrap_or_default())?;
        self.authority.iter().try_for_each(|uri| write!(f, " a={uri};"))
    }
}
