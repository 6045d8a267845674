use std::fmt;

use lr_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Canonicalization, Fault};
use crate::dkim::base64;
use crate::syntax::{IssueKind, Parsed, Span, show};
use crate::tags::{Tag, split};
use crate::uri::ascii;

/// What is used for a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// Ed25519 over SHA-256 (RFC 8463).
    Ed25519Sha256,
}

/// The tags of a DKIM-Signature field (RFC 6376, section 3.5).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SignatureTags {
    /// `a`; `None` where it is missing or not one that may be used.
    pub algorithm: Option<Algorithm>,
    /// `b`: the signature.
    pub signature: Vec<u8>,
    /// `bh`: the hash of the body.
    pub body_hash: Vec<u8>,
    /// `c`: the canonical form of the header fields.
    pub header_form: Canonicalization,
    /// `c`: the canonical form of the body.
    pub body_form: Canonicalization,
    /// `d`: the signing domain, lower case.
    pub domain: String,
    /// `h`: the names of the signed fields, as written.
    pub signed: Vec<String>,
    /// `i`: in whose name.
    pub identity: Option<String>,
    /// `l`: so many bytes of the canonical body are signed.
    pub length: Option<u64>,
    /// `s`: the selector, lower case.
    pub selector: String,
    /// `t`: when it was made.
    pub signed_at: Option<Timestamp>,
    /// `x`: when it ends.
    pub expires_at: Option<Timestamp>,
    /// `z`: the header fields at the time of signing, as (name, value).
    pub copied: Vec<(String, String)>,
    /// Tags that mean nothing to verifiers, as (name, value).
    pub others: Vec<(String, String)>,
    /// Why no verifier can accept it, in the order in which they would notice.
    pub faults: Vec<Fault>,
    /// Where the value of `b` is, with all white space around it.
    pub signature_span: Span,
}

impl SignatureTags {
    /// Whether a field is among the signed ones.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        self.signed.iter().any(|signed| signed.eq_ignore_ascii_case(name))
    }
}

/// Reads the value of a DKIM-Signature field (RFC 6376, section 3.5).
///
/// ```
/// use lr_mailauth::message::{Fault, parse_signature};
///
/// let parsed = parse_signature(b"v=1; a=rsa-sha256; d=shop.test; s=s1; h=to:date; b=AA==");
/// let missing = Fault::MissingTag { tag: "bh".to_owned() };
/// assert_eq!(parsed.value.faults, [missing, Fault::FromNotSigned]);
/// ```
#[must_use]
pub fn parse_signature(text: &[u8]) -> Parsed<SignatureTags> {
    let mut parsed = Parsed::<SignatureTags>::default();
    let tags = split(text, &mut parsed.issues);
    let value = &mut parsed.value;
    // What stands inside a tag is a matter of that tag.
    let outside = |span: Span| !tags.iter().any(|tag| within(span, tag.span));
    for issue in parsed.issues.iter().filter(|issue| issue.kind == IssueKind::Syntax) {
        if outside(issue.span) {
            value.faults.push(Fault::Syntax { what: issue.to_string() });
        }
    }
    let mut seen: Vec<&[u8]> = Vec::new();
    for tag in &tags {
        if seen.contains(&tag.name) {
            value.faults.push(Fault::DuplicateTag { tag: show(tag.name) });
            continue;
        }
        seen.push(tag.name);
        read(value, tag, text);
    }
    for name in ["v", "a", "b", "bh", "d", "h", "s"] {
        if !seen.contains(&name.as_bytes()) {
            value.faults.push(Fault::MissingTag { tag: name.to_owned() });
        }
    }
    if seen.contains(&&b"h"[..]) && !value.covers("from") {
        value.faults.push(Fault::FromNotSigned);
    }
    match &value.identity {
        Some(identity) if !is_within(identity, &value.domain) && !value.domain.is_empty() => {
            let (identity, domain) = (identity.clone(), value.domain.clone());
            value.faults.push(Fault::Identity { identity, domain });
        }
        _ => {}
    }
    parsed
}

fn within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn read(into: &mut SignatureTags, tag: &Tag<'_>, text: &[u8]) {
    let value = tag.value;
    let bad = || Fault::BadValue { tag: show(tag.name), value: show(value) };
    match tag.name {
        b"v" if value != b"1" => into.faults.push(Fault::Version { value: show(value) }),
        b"v" => {}
        b"a" => match value.to_ascii_lowercase().as_slice() {
            b"rsa-sha256" => into.algorithm = Some(Algorithm::RsaSha256),
            b"ed25519-sha256" => into.algorithm = Some(Algorithm::Ed25519Sha256),
            b"rsa-sha1" => into.faults.push(Fault::Sha1),
            _ => into.faults.push(Fault::Algorithm { value: show(value) }),
        },
        b"b" => {
            let end = text[tag.value_span.end..].iter().position(|byte| *byte == b';');
            let equals = text[tag.span.start..].iter().position(|byte| *byte == b'=');
            into.signature_span = Span::new(
                equals.map_or(tag.value_span.start, |at| tag.span.start + at + 1),
                end.map_or(text.len(), |at| tag.value_span.end + at),
            );
            match base64(value).ok().filter(|bytes| !bytes.is_empty()) {
                Some(bytes) => into.signature = bytes,
                None => into.faults.push(bad()),
            }
        }
        b"bh" => match base64(value).ok().filter(|bytes| bytes.len() == 32) {
            Some(bytes) => into.body_hash = bytes,
            // The length is only wrong for the hash that is left.
            None if base64(value).is_ok_and(|bytes| bytes.len() == 20) => {}
            None => into.faults.push(bad()),
        },
        b"c" => match forms(value) {
            Some((header, body)) => (into.header_form, into.body_form) = (header, body),
            None => into.faults.push(Fault::Canonicalization { value: show(value) }),
        },
        b"d" => {
            let text = String::from_utf8_lossy(value);
            // With a dot at its end it is no domain name here.
            let domain = if text.ends_with('.') { text.into_owned() } else { ascii(&text) };
            let labels: Vec<&str> = domain.split('.').collect();
            if labels.iter().any(|label| !is_label(label)) {
                into.faults.push(bad());
            } else if labels.len() < 2 {
                into.faults.push(Fault::TopLevelDomain { domain: domain.clone() });
            }
            into.domain = domain;
        }
        b"h" => {
            let names = value.split(|byte| *byte == b':').take(MAX_SIGNED);
            let names = names.map(|name| show(name.trim_ascii()));
            into.signed = names.filter(|name| !name.is_empty()).collect();
            if into.signed.is_empty() {
                into.faults.push(bad());
            }
        }
        b"i" => into.identity = Some(String::from_utf8_lossy(value).into_owned()),
        b"l" => match number(value) {
            Some(length) => into.length = Some(length),
            None => into.faults.push(bad()),
        },
        b"q" => {
            let mut methods = value.split(|byte| *byte == b':').map(<[u8]>::trim_ascii);
            if !methods.any(|method| method.eq_ignore_ascii_case(b"dns/txt")) {
                into.faults.push(Fault::Query { value: show(value) });
            }
        }
        b"s" => {
            into.selector = String::from_utf8_lossy(value).to_ascii_lowercase();
            if !into.selector.split('.').all(is_label) {
                into.faults.push(bad());
            }
        }
        b"t" | b"x" => match number(value) {
            Some(seconds) => {
                let time = Timestamp::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX));
                match tag.name {
                    b"t" => into.signed_at = Some(time),
                    _ => into.expires_at = Some(time),
                }
            }
            None => into.faults.push(bad()),
        },
        b"z" => into.copied = copied(value),
        _ => into.others.push((show(tag.name), show(value))),
    }
}

/// More fields than this are not signed in good faith.
const MAX_SIGNED: usize = 512;

fn forms(value: &[u8]) -> Option<(Canonicalization, Canonicalization)> {
    let form = |name: &[u8]| match name.trim_ascii().to_ascii_lowercase().as_slice() {
        b"simple" => Some(Canonicalization::Simple),
        b"relaxed" => Some(Canonicalization::Relaxed),
        _ => None,
    };
    let mut parts = value.splitn(2, |byte| *byte == b'/');
    let header = form(parts.next().unwrap_or_default())?;
    // The body's is simple where only one is named.
    let body = parts.next().map_or(Some(Canonicalization::Simple), form)?;
    Some((header, body))
}

/// Up to 76 digits are allowed; no message is that long, and no clock goes that far.
fn number(value: &[u8]) -> Option<u64> {
    let is_number = (1..=76).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).ok().filter(|_| is_number)?;
    Some(text.parse().unwrap_or(u64::MAX))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
}

fn is_within(identity: &str, domain: &str) -> bool {
    let Some((_, host)) = identity.rsplit_once('@') else { return false };
    let host = ascii(host);
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// `name:value|name:value` in the quoted-printable of section 2.11.
fn copied(value: &[u8]) -> Vec<(String, String)> {
    let fields = value.split(|byte| *byte == b'|').take(64).map(|field| {
        let compact: Vec<u8> =
            field.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        String::from_utf8_lossy(&super::decode::quoted_printable(&compact)).into_owned()
    });
    fields
        .filter_map(|field| {
            let (name, value) = field.split_once(':')?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        })
        .collect()
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RsaSha256 => "rsa-sha256",
            Self::Ed25519Sha256 => "ed25519-sha256",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.test; s=s1;\r\n h=from:to; \
                        bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; b=AA\r\n AA";

    #[test]
    fn each_fault_is_named() {
        assert_eq!(parse_signature(GOOD.as_bytes()).value.faults, []);
        for (from, to, fault) in [
            ("v=1", "v=2", "`v=2` is not version 1"),
            ("v=1; ", "", "the tag `v` is missing"),
            ("rsa-sha256", "rsa-sha1", "it is made with SHA-1, which receivers must not accept"),
            ("rsa-sha256", "dsa", "no verifier knows the algorithm `dsa`"),
            ("relaxed/relaxed", "foo/bar", "no verifier knows the canonicalization `c=foo/bar`"),
            ("d=shop.test", "d=test", "it is in the name of the top-level domain `test`"),
            ("d=shop.test", "d=a..b", "`d=a..b` cannot be read"),
            ("s=s1", "s=s1; s=s2", "the tag `s` is there twice"),
            ("s=s1", "s=s1; q=http/txt", "no verifier finds keys by `q=http/txt`"),
            ("s=s1", "s=s1; i=@xshop.test", "the identity `@xshop.test` is not within shop.test"),
            ("s=s1", "s=s1; l=-1", "`l=-1` cannot be read"),
            (
                "s=s1",
                "s=s1;",
                "the signature cannot be read: there is nothing before this semicolon (at byte 57)",
            ),
            ("from:to", "to", "the From field is not signed (not in `h`)"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            let faults = parse_signature(text.as_bytes()).value.faults;
            assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), [fault]);
        }
    }

    #[test]
    fn the_value_of_b_is_found_with_the_space_around_it() {
        let text = b"b = \r\n AA\r\n AA \r\n ; v=1";
        assert_eq!(parse_signature(text).value.signature_span.of(text), b" \r\n AA\r\n AA \r\n ");
    }
}
