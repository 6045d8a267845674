//! One set of records against the keys of its zone (RFC 4035, section 5.3), and keys against what
//! the parent says of them (section 5.2).

use super::crypto::{digest_is_supported, is_digest_of, is_signed, is_supported};
use super::message::Set;
use super::name::Name;
use super::reason::Bogus;
use super::record::{Dnskey, Ds, Rrsig};
use super::work::{MAX_DIGESTS, MAX_KEYS_PER_TAG, MAX_SIGNATURES_PER_SET, Work};

/// A set that one signature is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) tag: u16,
    pub(crate) algorithm: u8,
    /// When the signature ends, in seconds since 1970.
    pub(crate) ends_s: i64,
    /// It was made from `*` below this name (RFC 4035, section 5.3.4).
    pub(crate) expanded_from: Option<Name>,
}

/// Verifies a set: one good signature is enough (RFC 6840, section 5.11).
pub(crate) fn verify(
    set: &Set,
    zone: &Name,
    keys: &[Dnskey],
    now: i64,
    work: &mut Work,
) -> Result<Verified, Bogus> {
    let mut worst = Bogus::MissingSignature { set: set.shown() };
    let mut keep = |reason: Bogus| {
        if reason.weight() > worst.weight() {
            worst = reason;
        }
    };
    let of_zone = set.signatures.iter().filter(|signature| signature.signer == *zone);
    for signature in of_zone.take(MAX_SIGNATURES_PER_SET) {
        match try_one(set, signature, keys, now, work) {
            Ok(verified) => return Ok(verified),
            Err(reason) => keep(reason),
        }
    }
    Err(worst)
}

fn try_one(
    set: &Set,
    signature: &Rrsig,
    keys: &[Dnskey],
    now: i64,
    work: &mut Work,
) -> Result<Verified, Bogus> {
    let shown = || set.shown();
    let (begins, ends) = (nearest(signature.inception, now), nearest(signature.expiration, now));
    let labels = set.owner.signed_labels();
    let signed = usize::from(signature.labels);
    if !set.owner.is_within(&signature.signer) {
        return Err(Bogus::WrongSigner { set: shown(), signer: signature.signer.to_string() });
    }
    // More labels than the name has, or fewer than the zone: no data of this zone.
    if signed > labels || signed < signature.signer.count() {
        return Err(Bogus::WrongSignature { set: shown() });
    }
    let mut signers = keys
        .iter()
        .filter(|key| key.tag == signature.tag && key.algorithm == signature.algorithm)
        .peekable();
    if signers.peek().is_none() {
        return Err(Bogus::UnknownKey { set: shown(), tag: signature.tag });
    }
    let mut signers = signers.filter(|key| may_sign(key)).take(MAX_KEYS_PER_TAG).peekable();
    if signers.peek().is_none() {
        return Err(Bogus::UnfitKey { tag: signature.tag });
    }
    if now > ends {
        return Err(Bogus::Expired { set: shown(), ended_s: ends });
    }
    if now < begins {
        return Err(Bogus::NotYetValid { set: shown(), begins_s: begins });
    }
    let encloser = (signed < labels).then(|| set.owner.last_labels(signed));
    let Some(bytes) = signed_bytes(set, signature, encloser.as_ref()) else {
        return Err(Bogus::WrongSignature { set: shown() });
    };
    for key in signers {
        work.verify()?;
        if is_signed(key, &bytes, &signature.signature) {
            let (tag, algorithm) = (key.tag, key.algorithm);
            return Ok(Verified { tag, algorithm, ends_s: ends, expanded_from: encloser });
        }
        work.failures += 1;
    }
    Err(Bogus::WrongSignature { set: shown() })
}

fn may_sign(key: &Dnskey) -> bool {
    key.is_zone_key() && !key.is_revoked() && is_supported(key.algorithm)
}

/// What a signature is of (RFC 4034, section 3.1.8.1). Times to live are the signature's own.
fn signed_bytes(set: &Set, signature: &Rrsig, encloser: Option<&Name>) -> Option<Vec<u8>> {
    let owner = match encloser {
        Some(encloser) => encloser.wildcard()?,
        None => set.owner.clone(),
    };
    let mut bytes = signature.prefix.clone();
    for data in &set.data {
        bytes.extend_from_slice(owner.wire());
        bytes.extend_from_slice(&set.rtype.to_be_bytes());
        bytes.extend_from_slice(&1u16.to_be_bytes());
        bytes.extend_from_slice(&signature.original_ttl.to_be_bytes());
        bytes.extend_from_slice(&u16::try_from(data.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(data);
    }
    Some(bytes)
}

/// Times of signatures are serial numbers (RFC 4034, section 3.1.5): the one nearest to now is meant.
fn nearest(serial: u32, now: i64) -> i64 {
    let ahead = serial.wrapping_sub((now & 0xffff_ffff) as u32) as i32;
    now + i64::from(ahead)
}

/// What leads into a zone: digests of the parent, or trust anchors.
pub(crate) fn usable(digests: &[Ds]) -> Vec<&Ds> {
    let known = |ds: &&Ds| is_supported(ds.algorithm) && digest_is_supported(ds.digest_type);
    let usable: Vec<&Ds> = digests.iter().filter(known).collect();
    // SHA-1 is left alone where there is better (RFC 4509, section 3).
    let better = usable.iter().any(|ds| ds.digest_type != 1);
    usable.into_iter().filter(|ds| !better || ds.digest_type != 1).collect()
}

/// Verifies the keys of a zone by digests, of which at least one is usable.
pub(crate) fn enter(
    set: &Set,
    digests: &[&Ds],
    now: i64,
    work: &mut Work,
) -> Result<(Vec<Dnskey>, Verified), Bogus> {
    let keys: Vec<Dnskey> = set.data.iter().filter_map(|data| Dnskey::read(data)).collect();
    let mut worst: Option<Bogus> = None;
    let mut tried = 0;
    for ds in digests {
        let named = keys.iter().filter(|key| key.tag == ds.tag && key.algorithm == ds.algorithm);
        for key in named {
            tried += 1;
            if tried > MAX_DIGESTS {
                return Err(Bogus::TooMuchWork);
            }
            let reason = if !is_digest_of(ds, &set.owner, key) {
                Bogus::WrongDigest { tag: ds.tag }
            } else if !may_sign(key) {
                Bogus::UnfitKey { tag: ds.tag }
            } else {
                match verify(set, &set.owner, std::slice::from_ref(key), now, work) {
                    Ok(verified) => return Ok((keys, verified)),
                    // By other keys, which nobody vouches for.
                    Err(Bogus::UnknownKey { set, .. }) => Bogus::MissingSignature { set },
                    Err(reason) => reason,
                }
            };
            // A key that is the right one tells more than one that is not.
            let digest = matches!(reason, Bogus::WrongDigest { .. });
            if worst.is_none() || !digest {
                worst = Some(reason);
            }
        }
    }
    let tags = digests.iter().map(|ds| ds.tag).collect();
    Err(worst.unwrap_or(Bogus::NoSuchKey { tags }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_near_to_now() {
        let now = 4_294_967_290;
        assert_eq!(nearest(10, now), 4_294_967_306);
        assert_eq!(nearest(4_294_967_000, now), 4_294_967_000);
        assert_eq!(nearest(1_795_262_400, 1_795_262_401), 1_795_262_400);
    }

    #[test]
    fn the_better_digests_are_used() {
        let ds = |algorithm, digest_type| Ds { tag: 1, algorithm, digest_type, digest: Vec::new() };
        let types = |digests: &[Ds]| -> Vec<u8> {
            usable(digests).iter().map(|ds| ds.digest_type).collect()
        };
        assert_eq!(types(&[ds(8, 1), ds(8, 2), ds(13, 4)]), [2, 4]);
        assert_eq!(types(&[ds(8, 1), ds(16, 2), ds(8, 3)]), [1]);
        assert_eq!(types(&[ds(3, 1), ds(8, 3), ds(253, 2)]), [0u8; 0]);
    }
}
