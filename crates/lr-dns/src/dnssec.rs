//! DNSSEC: from the parent's digest to the zone's keys to the signatures of its records (RFC 4035,
//! section 5), with the reason where the chain breaks.

use std::net::IpAddr;

use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, RRSIG};
use hickory_proto::dnssec::{Algorithm, DigestType, Verifier};
use hickory_proto::op::Message;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use crate::delegation::digests;
use crate::snapshot::{Signed, Snapshot};
use crate::status::is_authoritative;

/// Why signed answers of one server cannot be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bogus {
    /// The parent has a digest, and the zone has no keys.
    OrphanDigest,
    /// No key has the tag and algorithm of a digest.
    NoSuchKey(Vec<u16>),
    /// The key with the digest's tag has another digest.
    WrongDigest(u16),
    /// A set of records has no signature of a key of the zone.
    Unsigned(String),
    Expired {
        set: String,
        ended_s: i64,
    },
    NotYetValid {
        set: String,
        begins_s: i64,
    },
    /// A signature is not of these data.
    WrongSignature(String),
}

impl Bogus {
    /// The reason in one word.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::OrphanDigest => "orphan-ds",
            Self::NoSuchKey(_) => "no-such-key",
            Self::WrongDigest(_) => "wrong-digest",
            Self::Unsigned(_) => "missing-signature",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::WrongSignature(_) => "wrong-signature",
        }
    }
}

impl std::fmt::Display for Bogus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = |seconds: &i64| lr_core::Timestamp::from_unix(*seconds).to_string();
        match self {
            Self::OrphanDigest => {
                f.write_str("the parent has a DS record, and the zone has no key")
            }
            Self::NoSuchKey(tags) => {
                write!(f, "the DS records are of keys {tags:?}, which the zone has not")
            }
            Self::WrongDigest(tag) => {
                write!(f, "the digest in the DS record is not that of key {tag}")
            }
            Self::Unsigned(set) => write!(f, "{set} is not signed by a key of the zone"),
            Self::Expired { set, ended_s } => {
                write!(f, "the signature of {set} has ended at {}", time(ended_s))
            }
            Self::NotYetValid { set, begins_s } => {
                write!(f, "the signature of {set} begins only at {}", time(begins_s))
            }
            Self::WrongSignature(set) => write!(f, "the signature of {set} is not of its data"),
        }
    }
}

/// What verification came to at one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verified {
    pub(crate) server: String,
    pub(crate) address: Option<IpAddr>,
    /// Nothing in it: all that was seen is good.
    pub(crate) bogus: Vec<Bogus>,
    /// When the first of the signatures that were used ends.
    pub(crate) ends_s: Option<i64>,
    /// Keys and digests with algorithms that are no good any more.
    pub(crate) outdated: Vec<String>,
    /// No digest with an algorithm that can be verified: to be taken for unsigned (RFC 4035, 5.2).
    pub(crate) unsupported: bool,
}

/// Verifies what each server gave. Empty if no server was asked for its keys.
pub(crate) fn verify(snapshot: &Snapshot, zone: &str) -> Vec<Verified> {
    let digests: Vec<DS> = digests(snapshot, zone).filter_map(read_digest).collect();
    let mut results = Vec::new();
    for (server, endpoint) in snapshot.endpoints() {
        let asked = endpoint.asked.iter().find(|a| a.name == zone && a.rtype == "DNSKEY");
        let Some(answer) = asked.and_then(|asked| asked.outcome.as_ref().ok()) else { continue };
        if !is_authoritative(answer) {
            continue;
        }
        let mut result = Verified {
            server: server.name.clone(),
            address: Some(endpoint.address),
            ..Verified::default()
        };
        let answers = snapshot.signed.iter().filter(|signed| signed.address == endpoint.address);
        let answers: Vec<(&Signed, Message)> =
            answers.filter_map(|signed| Some((signed, decode(&signed.message)?))).collect();
        chain(zone, &digests, &answers, snapshot, endpoint, &mut result);
        results.push(result);
    }
    results
}

fn chain(
    zone: &str,
    digests: &[DS],
    answers: &[(&Signed, Message)],
    snapshot: &Snapshot,
    endpoint: &crate::Endpoint,
    result: &mut Verified,
) {
    let Ok(origin) = Name::from_ascii(format!("{zone}.")) else { return };
    let of = |name: &str, rtype: &str| {
        answers.iter().find(|(s, _)| s.name == name && s.rtype == rtype).map(|(_, message)| message)
    };
    let keys: Vec<&DNSKEY> = of(zone, "DNSKEY").into_iter().flat_map(keys).collect();
    if keys.is_empty() {
        result.bogus.push(Bogus::OrphanDigest);
        return;
    }
    outdated(digests, &keys, result);
    let usable: Vec<&DS> = digests
        .iter()
        .filter(|ds| is_supported(ds.algorithm()) && digest_is_supported(ds.digest_type()))
        .collect();
    if usable.is_empty() {
        result.unsupported = true;
        return;
    }
    let of_tag = |ds: &DS, key: &DNSKEY| {
        key.calculate_key_tag().is_ok_and(|tag| tag == ds.key_tag())
            && key.public_key_algorithm() == ds.algorithm()
    };
    let entry: Vec<&DNSKEY> = keys
        .iter()
        .copied()
        .filter(|key| {
            usable.iter().any(|ds| of_tag(ds, key) && ds.covers(&origin, key).unwrap_or(false))
        })
        .collect();
    if entry.is_empty() {
        let same_tag = usable.iter().find(|ds| keys.iter().any(|key| of_tag(ds, key)));
        result.bogus.push(match same_tag {
            Some(ds) => Bogus::WrongDigest(ds.key_tag()),
            None => Bogus::NoSuchKey(usable.iter().map(|ds| ds.key_tag()).collect()),
        });
        return;
    }
    let now = snapshot.taken_at_s;
    if let Some(message) = of(zone, "DNSKEY") {
        set(&origin, RecordType::DNSKEY, message, &entry, &origin, now, result);
    }
    for (name, kind) in [(zone, RecordType::SOA), (zone, RecordType::A)] {
        let asked = endpoint.asked.iter().find(|a| a.name == name && a.rtype == kind.to_string());
        let Some(answer) = asked.and_then(|asked| asked.outcome.as_ref().ok()) else { continue };
        if answer.data(&kind.to_string()).next().is_none() || !is_authoritative(answer) {
            continue;
        }
        match of(name, &kind.to_string()) {
            Some(message) => set(&origin, kind, message, &keys, &origin, now, result),
            None => result.bogus.push(Bogus::Unsigned(format!("{name} {kind}"))),
        }
    }
}

/// Verifies one set of records: one good signature is enough.
fn set(
    name: &Name,
    kind: RecordType,
    message: &Message,
    keys: &[&DNSKEY],
    zone: &Name,
    now: i64,
    result: &mut Verified,
) {
    let records: Vec<&Record> = message
        .answers
        .iter()
        .filter(|record| record.name == *name && record.record_type() == kind)
        .collect();
    let shown = format!("{} {kind}", name.to_ascii().trim_end_matches('.').to_ascii_lowercase());
    let mut worst = Bogus::Unsigned(shown.clone());
    for signature in
        message.answers.iter().filter(|record| record.name == *name).filter_map(signature)
    {
        let input = signature.input();
        if input.type_covered != kind || input.signer_name != *zone {
            continue;
        }
        let (begins, ends) = (
            unwrap_time(input.sig_inception.get(), now),
            unwrap_time(input.sig_expiration.get(), now),
        );
        let signers = keys.iter().filter(|key| {
            key.zone_key()
                && key.calculate_key_tag().is_ok_and(|tag| tag == input.key_tag)
                && key.public_key_algorithm() == input.algorithm
        });
        for key in signers {
            if now > ends {
                worst = Bogus::Expired { set: shown.clone(), ended_s: ends };
            } else if now < begins {
                worst = Bogus::NotYetValid { set: shown.clone(), begins_s: begins };
            } else if key
                .verify_rrsig(name, DNSClass::IN, signature, records.iter().copied())
                .is_ok()
            {
                result.ends_s = Some(result.ends_s.map_or(ends, |known| known.min(ends)));
                return;
            } else {
                worst = Bogus::WrongSignature(shown.clone());
            }
        }
    }
    result.bogus.push(worst);
}

/// Times of signatures are serial numbers (RFC 4034, section 3.1.5): the one nearest to now is meant.
fn unwrap_time(serial: u32, now: i64) -> i64 {
    let ahead = serial.wrapping_sub((now & 0xffff_ffff) as u32) as i32;
    now + i64::from(ahead)
}

fn keys(message: &Message) -> impl Iterator<Item = &DNSKEY> {
    message.answers.iter().filter_map(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some(key),
        _ => None,
    })
}

fn signature(record: &Record) -> Option<&RRSIG> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => Some(signature),
        _ => None,
    }
}

/// RFC 8624, section 3: what must not be used any more.
fn outdated(digests: &[DS], keys: &[&DNSKEY], result: &mut Verified) {
    let mut found: Vec<String> = keys
        .iter()
        .map(|key| u8::from(key.public_key_algorithm()))
        .filter(|number| matches!(number, 1 | 3 | 5 | 6 | 7 | 12))
        .map(|number| format!("a key of algorithm {number}"))
        .collect();
    if !digests.is_empty() && digests.iter().all(|ds| u8::from(ds.digest_type()) == 1) {
        found.push("only SHA-1 digests in the DS records".into());
    }
    found.sort_unstable();
    found.dedup();
    result.outdated = found;
}

fn is_supported(algorithm: Algorithm) -> bool {
    matches!(u8::from(algorithm), 8 | 10 | 13 | 14 | 15)
}

fn digest_is_supported(kind: DigestType) -> bool {
    matches!(u8::from(kind), 1 | 2 | 4)
}

/// `12345 13 2 0123ABCD`
fn read_digest(text: &str) -> Option<DS> {
    let mut words = text.split_whitespace();
    let tag = words.next()?.parse().ok()?;
    let algorithm = Algorithm::from_u8(words.next()?.parse().ok()?);
    let kind = DigestType::from(words.next()?.parse::<u8>().ok()?);
    let digest: String = words.collect();
    Some(DS::new(tag, algorithm, kind, bytes(&digest)?))
}

fn decode(hex: &str) -> Option<Message> {
    Message::from_vec(&bytes(hex)?).ok()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        hex.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect())
}

/// The algorithm of a key.
trait KeyAlgorithm {
    fn public_key_algorithm(&self) -> Algorithm;
}

impl KeyAlgorithm for DNSKEY {
    fn public_key_algorithm(&self) -> Algorithm {
        use hickory_proto::dnssec::PublicKey;
        self.public_key().algorithm()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_near_to_now() {
        let now = 4_294_967_290;
        assert_eq!(unwrap_time(10, now), 4_294_967_306);
        assert_eq!(unwrap_time(4_294_967_000, now), 4_294_967_000);
        assert_eq!(unwrap_time(1_795_262_400, 1_795_262_401), 1_795_262_400);
    }

    #[test]
    fn digests_are_read() {
        let digest = read_digest("12345 13 2 00FFab").unwrap();
        assert_eq!((digest.key_tag(), digest.digest()), (12345, [0, 255, 171].as_slice()));
        for bad in ["", "1 2 3", "x 13 2 00", "1 13 2 0", "1 13 2 zz"] {
            let digest = read_digest(bad);
            assert!(digest.is_none_or(|digest| digest.digest().is_empty()), "{bad}");
        }
    }
}
