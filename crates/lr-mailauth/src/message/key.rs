use super::{Algorithm, Fault, SignatureTags};
use crate::answers::Answer;
use crate::dkim::{Key, KeyType, Record, base64, is_record, parse};
use crate::syntax::show;
use crate::tags::split;

/// A key at the selector of a signature.
pub(super) struct PublicKey {
    pub(super) record: Record,
    /// What `p` holds.
    pub(super) material: Vec<u8>,
    /// Why the material cannot be read.
    issue: Option<String>,
}

/// Where the key of a signature is.
pub(super) fn name_of(tags: &SignatureTags) -> String {
    format!("{}._domainkey.{}", tags.selector, tags.domain)
}

/// Reads what is at the selector (RFC 6376, section 6.1.2).
pub(super) fn read(name: &str, answer: &Answer) -> Result<Vec<PublicKey>, Fault> {
    if let Some(failure) = answer.failure() {
        return Err(Fault::KeyUnavailable { failure: failure.clone() });
    }
    if let Answer::NxDomain { alias } = answer {
        return Err(Fault::NoKey { name: name.to_owned(), alias: alias.clone() });
    }
    let texts: Vec<Vec<u8>> = answer.texts().map(crate::TxtRecord::bytes).collect();
    let Some(first) = texts.first() else {
        return Err(Fault::NoKey { name: name.to_owned(), alias: None });
    };
    let keys: Vec<PublicKey> =
        texts.iter().filter(|text| is_record(text)).map(|text| key(text)).collect();
    match keys.is_empty() {
        true => Err(Fault::NotAKey { name: name.to_owned(), text: show(first) }),
        false => Ok(keys),
    }
}

fn key(text: &[u8]) -> PublicKey {
    let parsed = parse(text);
    let tags = split(text, &mut Vec::new());
    let material = tags.iter().find(|tag| tag.name == b"p").map(|tag| base64(tag.value));
    let issue = parsed.issues.iter().find(|issue| issue.kind == crate::IssueKind::Key);
    let version = parsed
        .issues
        .iter()
        .find(|issue| matches!(issue.kind, crate::IssueKind::Version | crate::IssueKind::Order));
    PublicKey {
        record: parsed.value,
        material: material.and_then(Result::ok).unwrap_or_default(),
        issue: version.or(issue).map(|issue| issue.message.clone()),
    }
}

impl PublicKey {
    /// Why a signature must not be verified with this key.
    pub(super) fn faults(&self, tags: &SignatureTags) -> Vec<Fault> {
        let mut faults = Vec::new();
        let record = &self.record;
        match (&record.key, &self.issue) {
            (Key::Revoked, _) => faults.push(Fault::Revoked),
            (_, Some(why)) => faults.push(Fault::UnreadableKey { why: why.clone() }),
            (Key::Missing | Key::Unreadable, None) => {
                faults.push(Fault::UnreadableKey { why: "there is no key in it".to_owned() });
            }
            (Key::Rsa { bits: bits @ ..1024, .. }, _) => {
                faults.push(Fault::KeyTooShort { bits: *bits });
            }
            (Key::Rsa { bits: bits @ 8193.., .. }, _) => {
                faults.push(Fault::KeyTooLong { bits: *bits });
            }
            _ => {}
        }
        let wanted = tags.algorithm.map(|algorithm| match algorithm {
            Algorithm::RsaSha256 => (KeyType::Rsa, "RSA"),
            Algorithm::Ed25519Sha256 => (KeyType::Ed25519, "Ed25519"),
        });
        if let Some((_, name)) = wanted.filter(|(kind, _)| *kind != record.key_type) {
            let found = match &record.key_type {
                KeyType::Rsa => "rsa",
                KeyType::Ed25519 => "ed25519",
                KeyType::Other(name) => name,
            };
            faults.push(Fault::KeyType { wanted: name.to_owned(), found: found.to_owned() });
        }
        if !record.allows_sha256() {
            let hashes = record.hashes.clone().unwrap_or_default().join(":");
            faults.push(Fault::KeyHash { hashes });
        }
        if !record.is_for_mail() {
            let services = record.services.clone().unwrap_or_default().join(":");
            faults.push(Fault::KeyService { services });
        }
        if let Some(identity) = tags.identity.as_ref().filter(|_| record.strict) {
            let host = identity.rsplit_once('@').map_or("", |(_, host)| host);
            if !host.eq_ignore_ascii_case(&tags.domain) {
                faults.push(Fault::KeyStrict { identity: identity.clone() });
            }
        }
        faults
    }
}
