//! The last step alone: from the parent's digest to the zone's keys to the signatures of its records,
//! at each server by itself.

use std::net::IpAddr;

use super::crypto::is_supported;
use super::message::{Message, Set, shown, types};
use super::name::Name;
use super::reason::Bogus;
use super::record::{Dnskey, Ds};
use super::verify::{enter, usable, verify as verify_set};
use super::work::Work;
use super::{evidence::type_number, hex};
use crate::delegation::digests;
use crate::snapshot::{Endpoint, Snapshot};
use crate::status::is_authoritative;

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
    let digests: Vec<Ds> = digests(snapshot, zone).filter_map(read_digest).collect();
    let Some(origin) = Name::from_text(zone) else { return Vec::new() };
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
        let sets: Vec<Set> = answers
            .filter_map(|signed| Message::read(&hex(&signed.message)?))
            .flat_map(|message| message.answers)
            .collect();
        chain(&origin, &digests, &sets, snapshot.taken_at_s, endpoint, &mut result);
        results.push(result);
    }
    results
}

fn chain(
    zone: &Name,
    digests: &[Ds],
    sets: &[Set],
    now: i64,
    endpoint: &Endpoint,
    result: &mut Verified,
) {
    let of = |name: &Name, rtype| sets.iter().find(|s| s.owner == *name && s.rtype == rtype);
    let Some(own) = of(zone, types::DNSKEY) else {
        result.bogus.push(Bogus::OrphanDigest);
        return;
    };
    let keys: Vec<Dnskey> = own.data.iter().filter_map(|data| Dnskey::read(data)).collect();
    result.outdated = outdated(digests, &keys);
    let usable = usable(digests);
    if usable.is_empty() {
        result.unsupported = true;
        return;
    }
    let mut work = Work::default();
    let mut ends = Vec::new();
    match enter(own, &usable, now, &mut work) {
        Ok((_, verified)) => ends.push(verified.ends_s),
        Err(reason) => result.bogus.push(reason),
    }
    // Without an entry nothing below can be verified; a signature that has ended is no wrong key.
    let entered = !matches!(
        result.bogus.first(),
        Some(Bogus::NoSuchKey { .. } | Bogus::WrongDigest { .. } | Bogus::UnfitKey { .. })
    );
    for kind in ["SOA", "A"].into_iter().filter(|_| entered) {
        let asked = endpoint.asked.iter().find(|asked| {
            asked.rtype == kind && Name::from_text(&asked.name).as_ref() == Some(zone)
        });
        let Some(answer) = asked.and_then(|asked| asked.outcome.as_ref().ok()) else { continue };
        if answer.data(kind).next().is_none() || !is_authoritative(answer) {
            continue;
        }
        let rtype = type_number(kind).unwrap_or_default();
        let verified = match of(zone, rtype) {
            Some(set) => verify_set(set, zone, &keys, now, &mut work),
            None => Err(Bogus::MissingSignature { set: shown(zone, rtype) }),
        };
        match verified {
            Ok(verified) => ends.push(verified.ends_s),
            Err(reason) => result.bogus.push(reason),
        }
    }
    result.ends_s = ends.into_iter().min();
}

/// RFC 9904 and 9905: what is not to be used for signing any more.
fn outdated(digests: &[Ds], keys: &[Dnskey]) -> Vec<String> {
    let mut found: Vec<String> = keys
        .iter()
        .filter(|key| matches!(key.algorithm, 1 | 3 | 5 | 6 | 7 | 12))
        .map(|key| format!("a key of algorithm {}", key.algorithm))
        .collect();
    if !digests.is_empty() && digests.iter().all(|ds| ds.digest_type == 1) {
        found.push("only SHA-1 digests in the DS records".into());
    }
    if keys.iter().all(|key| !is_supported(key.algorithm)) && !keys.is_empty() {
        found.push("no key of an algorithm that can be verified".into());
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// `12345 13 2 0123ABCD`
fn read_digest(text: &str) -> Option<Ds> {
    let mut words = text.split_whitespace();
    let mut number = || words.next()?.parse::<u16>().ok();
    let (tag, algorithm, digest_type) = (number()?, number()?, number()?);
    let digest: String = words.collect();
    Some(Ds {
        tag,
        algorithm: u8::try_from(algorithm).ok()?,
        digest_type: u8::try_from(digest_type).ok()?,
        digest: hex(&digest)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read() {
        let digest = read_digest("12345 13 2 00FFab").unwrap();
        assert_eq!((digest.tag, digest.digest.as_slice()), (12345, [0, 255, 171].as_slice()));
        for bad in ["", "1 2", "x 13 2 00", "1 13 2 0", "1 13 2 zz", "1 256 2 00"] {
            assert!(read_digest(bad).is_none(), "{bad}");
        }
    }
}
