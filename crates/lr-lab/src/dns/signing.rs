//! DNSSEC: signatures made as questions come in, well or badly.

use std::fmt;

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, RRSIG, SigInput};
use hickory_proto::dnssec::{Algorithm, DigestType, SigningKey, TBS};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, SerialNumber};

use crate::Error;
use crate::lab::NOW;

/// How a zone is signed, and what its parent says about that.
///
/// Signatures and keys are sent to those who ask for them (DO). There are no proofs that something
/// does not exist, and the zones above are not signed unless they are given and signed too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signing {
    /// As it should be: the parent has the DS record of the key, signatures hold for a month.
    Valid,
    /// Signatures ended yesterday.
    Expired,
    /// Signatures begin tomorrow.
    NotYetValid,
    /// Signatures end in two days.
    EndsSoon,
    /// The parent's DS record has another digest than the key.
    WrongDigest,
    /// The parent has a DS record, and the zone is not signed at all.
    OrphanDs,
    /// The zone is signed, and the parent has no DS record.
    NoDs,
    /// Keys are signed, and nothing else is.
    KeysOnly,
    /// Signatures are not of the data they stand beside.
    Forged,
}

/// The key of a zone, and what is wrong with its use.
pub(crate) struct Signer {
    signing: Signing,
    key: EcdsaSigningKey,
    dnskey: DNSKEY,
    tag: u16,
    origin: Name,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("signing", &self.signing).finish_non_exhaustive()
    }
}

const DAY: i64 = 86_400;
const ALGORITHM: Algorithm = Algorithm::ECDSAP256SHA256;

impl Signer {
    pub(crate) fn new(origin: Name, signing: Signing) -> Result<Self, Error> {
        let failed = |error: &dyn fmt::Display| Error::Records {
            zone: origin.to_ascii(),
            reason: format!("it cannot be signed: {error}"),
        };
        let der = EcdsaSigningKey::generate_pkcs8(ALGORITHM).map_err(|e| failed(&e))?;
        let key = EcdsaSigningKey::from_pkcs8(&der, ALGORITHM).map_err(|e| failed(&e))?;
        let public = key.to_public_key().map_err(|e| failed(&e))?;
        let dnskey = DNSKEY::from_key(&public);
        let tag = dnskey.calculate_key_tag().map_err(|e| failed(&e))?;
        Ok(Self { signing, key, dnskey, tag, origin })
    }

    /// The records that the zone has for its keys.
    pub(crate) fn keys(&self) -> Option<Record> {
        let key = RData::DNSSEC(DNSSECRData::DNSKEY(self.dnskey.clone()));
        let signed = self.signing != Signing::OrphanDs;
        signed.then(|| Record::from_rdata(self.origin.clone(), 3600, key))
    }

    /// The record that the parent has for them.
    pub(crate) fn delegation(&self) -> Option<Record> {
        let digest = self.dnskey.to_digest(&self.origin, DigestType::SHA256).ok()?;
        let mut digest = digest.as_ref().to_vec();
        match self.signing {
            Signing::NoDs => return None,
            Signing::WrongDigest => digest.iter_mut().for_each(|byte| *byte = !*byte),
            _ => {}
        }
        let ds = DS::new(self.tag, ALGORITHM, DigestType::SHA256, digest);
        Some(Record::from_rdata(self.origin.clone(), 3600, RData::DNSSEC(DNSSECRData::DS(ds))))
    }

    /// The signatures of each set among these records.
    pub(crate) fn signatures(&self, records: &[Record]) -> Vec<Record> {
        let mut sets: Vec<Vec<&Record>> = Vec::new();
        for record in records {
            let same = |set: &&mut Vec<&Record>| {
                set[0].name == record.name && set[0].record_type() == record.record_type()
            };
            match sets.iter_mut().find(same) {
                Some(set) => set.push(record),
                None => sets.push(vec![record]),
            }
        }
        sets.iter().filter_map(|set| self.signature(set)).collect()
    }

    fn signature(&self, set: &[&Record]) -> Option<Record> {
        let first = set.first()?;
        let kind = first.record_type();
        let left_out = match self.signing {
            Signing::OrphanDs => true,
            Signing::KeysOnly => kind != RecordType::DNSKEY,
            _ => kind == RecordType::RRSIG,
        };
        if left_out || !self.origin.zone_of(&first.name) {
            return None;
        }
        let (from, to) = match self.signing {
            Signing::Expired => (NOW - 31 * DAY, NOW - DAY),
            Signing::NotYetValid => (NOW + DAY, NOW + 31 * DAY),
            Signing::EndsSoon => (NOW - 28 * DAY, NOW + 2 * DAY),
            _ => (NOW - DAY, NOW + 30 * DAY),
        };
        let serial = |time: i64| SerialNumber::new(u32::try_from(time).unwrap_or(u32::MAX));
        let input = SigInput {
            type_covered: kind,
            algorithm: ALGORITHM,
            num_labels: first.name.num_labels(),
            original_ttl: first.ttl,
            sig_expiration: serial(to),
            sig_inception: serial(from),
            key_tag: self.tag,
            signer_name: self.origin.clone(),
        };
        let tbs = TBS::from_input(&first.name, DNSClass::IN, &input, set.iter().copied()).ok()?;
        let mut signature = self.key.sign(&tbs).ok()?;
        if self.signing == Signing::Forged && kind != RecordType::DNSKEY {
            signature.iter_mut().for_each(|byte| *byte = !*byte);
        }
        let signature = DNSSECRData::RRSIG(RRSIG::from_sig(input, signature));
        Some(Record::from_rdata(first.name.clone(), first.ttl, RData::DNSSEC(signature)))
    }
}
