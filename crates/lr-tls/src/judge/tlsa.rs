//! Whether the TLSA records that were handed in are of what is served (RFC 6698; RFC 7671).

use lr_core::ErrorKind;

use super::{Bench, Seen};
use crate::certificate::Certificate;
use crate::der::{sha256, sha512};
use crate::rules::TLSA;
use crate::{Der, Roots, TlsaFact};

/// Certificates of a chain that are compared, at most.
const MOST: usize = 20;

pub(super) fn judge(seen: &Seen<'_>, roots: &Roots, bench: &mut Bench<'_, '_>) {
    let Some(records) = &seen.facts.tlsa else {
        return bench.not_applicable(&TLSA, "the TLSA records were not handed in");
    };
    // Others are for clients of a later day (RFC 6698, section 4.1).
    let usable = |one: &&TlsaFact| one.usage <= 3 && one.selector <= 1 && one.matching <= 2;
    let usable: Vec<_> = records.iter().filter(usable).collect();
    if usable.is_empty() {
        let reason = if records.is_empty() { "there are none" } else { "none of them is usable" };
        return bench.not_applicable(&TLSA, reason);
    }
    let chain = seen.face.chain();
    if usable.iter().any(|record| is_of(record, chain, roots)) {
        return bench.pass(&TLSA);
    }
    // A certificate of a public root is not at hand, and need not be sent for this usage.
    if usable.iter().any(|record| record.usage == 0 && record.selector == 0) {
        let reason = "a record is of a root's certificate, perhaps one that is not sent";
        return bench.inconclusive(&TLSA, ErrorKind::NotDecided, reason);
    }
    let list: Vec<_> = usable
        .iter()
        .take(10)
        .map(|one| format!("{} {} {} {}", one.usage, one.selector, one.matching, one.data))
        .collect();
    let finding = bench.fail(&TLSA, format!("none of {} records", usable.len()));
    finding.evidence("records", list);
    if let Some(key) = chain.first().and_then(|der| Certificate::read(der).ok()) {
        let wanted = Der::from(sha256(&key.key_info));
        finding.fix(format!("publish `3 1 1 {wanted}`, the key that is served now"));
    }
}

/// Usages 1 and 3 are of the end entity; 0 and 2 of an authority above it, which for 2 must be sent
/// (RFC 7671, section 5.2.2) and for 0 may be a trusted root.
fn is_of(record: &TlsaFact, chain: &[Der], roots: &Roots) -> bool {
    if matches!(record.usage, 1 | 3) {
        return chain.first().is_some_and(|der| matches(record, der));
    }
    let sent = chain.get(1..).unwrap_or_default();
    if sent.iter().take(MOST).any(|der| matches(record, der)) {
        return true;
    }
    if record.usage == 2 {
        return false;
    }
    let mut own = roots.own_ders().map(|der| Der::from(der.to_vec()));
    own.any(|der| matches(record, &der)) || is_of_a_root(record, chain, roots)
}

/// Of public roots the keys are known, but not the certificates.
fn is_of_a_root(record: &TlsaFact, chain: &[Der], roots: &Roots) -> bool {
    let read = chain.iter().take(MOST).filter_map(|der| Certificate::read(der).ok());
    let mut keys = read.flat_map(|one| roots.keys_of(&one.issuer_der));
    record.selector == 1 && keys.any(|key| fits(record, &key))
}

fn matches(record: &TlsaFact, der: &Der) -> bool {
    match record.selector {
        0 => fits(record, der.as_bytes()),
        _ => Certificate::read(der).is_ok_and(|one| fits(record, &one.key_info)),
    }
}

/// RFC 6698, section 2.1.3.
fn fits(record: &TlsaFact, data: &[u8]) -> bool {
    let wanted = record.data.as_bytes();
    match record.matching {
        0 => wanted == data,
        1 => wanted == sha256(data),
        _ => wanted == sha512(data),
    }
}
