//! Zones that sign what tests want said, well or badly.

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::{Algorithm, PublicKey, SigningKey, TBS};

use super::message::types;
use super::name::Name;
use super::record::Dnskey;

pub(super) const NOW: i64 = 1_795_262_400;
const ALGORITHM: Algorithm = Algorithm::ECDSAP256SHA256;

/// A record: owner, type, data.
pub(super) type Record = (Name, u16, Vec<u8>);

pub(super) fn name(text: &str) -> Name {
    Name::from_text(text).unwrap()
}

pub(super) fn a(owner: &str, last: u8) -> Record {
    (name(owner), 1, vec![11, 0, 0, last])
}

/// Bit maps for types below 256.
pub(super) fn bits(kinds: &[u16]) -> Vec<u8> {
    let mut map = vec![0u8; 32];
    for kind in kinds {
        map[usize::from(kind / 8)] |= 0x80 >> (kind % 8);
    }
    [vec![0, 32], map].concat()
}

pub(super) fn nsec(owner: &str, next: &str, kinds: &[u16]) -> Record {
    let data = [name(next).wire().to_vec(), bits(kinds)].concat();
    (name(owner), types::NSEC, data)
}

pub(super) struct Zone {
    pub(super) name: Name,
    key: EcdsaSigningKey,
    pub(super) dnskey: Dnskey,
}

/// What is unusual about a signature.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) from: i64,
    pub(super) to: i64,
    /// Labels more than the owner has.
    pub(super) labels: i8,
}

pub(super) const PLAIN: Style = Style { from: NOW - 86_400, to: NOW + 86_400, labels: 0 };

impl Zone {
    pub(super) fn new(zone: &str, flags: u16) -> Self {
        let der = EcdsaSigningKey::generate_pkcs8(ALGORITHM).unwrap();
        let key = EcdsaSigningKey::from_pkcs8(&der, ALGORITHM).unwrap();
        let public = key.to_public_key().unwrap();
        let data = [&flags.to_be_bytes()[..], &[3, 13], public.public_bytes()].concat();
        Self { name: name(zone), key, dnskey: Dnskey::read(&data).unwrap() }
    }

    pub(super) fn anchor(&self) -> String {
        let digest = self.digest();
        let hex: String = digest[4..].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} DS {} 13 2 {hex}", self.name, self.dnskey.tag)
    }

    /// The data of its DS record.
    pub(super) fn digest(&self) -> Vec<u8> {
        use hickory_proto::dnssec::{DigestType, crypto::Digest};
        let bytes = [self.name.wire(), &self.dnskey.data].concat();
        let digest = Digest::new(&bytes, DigestType::SHA256).unwrap();
        [&self.dnskey.tag.to_be_bytes()[..], &[13, 2], digest.as_ref()].concat()
    }

    pub(super) fn keys(&self) -> Vec<Record> {
        vec![(self.name.clone(), types::DNSKEY, self.dnskey.data.clone())]
    }

    /// The signature of a set.
    pub(super) fn sign(&self, set: &[Record], style: Style) -> Record {
        let (owner, kind, _) = &set[0];
        let labels = owner.signed_labels() as i8 + style.labels;
        let mut data = kind.to_be_bytes().to_vec();
        data.extend([13, labels as u8, 0, 0, 14, 16]);
        data.extend((style.to as u32).to_be_bytes());
        data.extend((style.from as u32).to_be_bytes());
        data.extend(self.dnskey.tag.to_be_bytes());
        data.extend(self.name.wire());
        let owner_signed = match style.labels < 0 {
            true => owner.last_labels(labels as usize).wildcard().unwrap(),
            false => owner.clone(),
        };
        let mut sorted: Vec<_> = set.iter().map(|(_, _, data)| data.clone()).collect();
        sorted.sort();
        sorted.dedup();
        let mut bytes = data.clone();
        for one in sorted {
            bytes.extend(owner_signed.wire());
            bytes.extend(kind.to_be_bytes());
            bytes.extend([0, 1, 0, 0, 14, 16]);
            bytes.extend((one.len() as u16).to_be_bytes());
            bytes.extend(one);
        }
        data.extend(self.key.sign(&TBS::from(bytes.as_slice())).unwrap());
        (owner.clone(), types::RRSIG, data)
    }

    /// These records with a signature of each set.
    pub(super) fn signed(&self, records: &[Record], style: Style) -> Vec<Record> {
        let mut all = records.to_vec();
        let mut sets: Vec<Vec<Record>> = Vec::new();
        for record in records {
            match sets.iter_mut().find(|set| set[0].0 == record.0 && set[0].1 == record.1) {
                Some(set) => set.push(record.clone()),
                None => sets.push(vec![record.clone()]),
            }
        }
        all.extend(sets.iter().map(|set| self.sign(set, style)));
        all
    }
}

/// A message on the wire.
pub(super) fn message(rcode: u8, answers: &[Record], authorities: &[Record]) -> Vec<u8> {
    let mut bytes = vec![0, 7, 0x84, rcode, 0, 1];
    bytes.extend((answers.len() as u16).to_be_bytes());
    bytes.extend((authorities.len() as u16).to_be_bytes());
    bytes.extend([0, 0, 1, b'q', 0, 0, 1, 0, 1]);
    for (owner, kind, data) in answers.iter().chain(authorities) {
        bytes.extend(owner.wire());
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1, 0, 0, 0, 60]);
        bytes.extend((data.len() as u16).to_be_bytes());
        bytes.extend(data);
    }
    bytes
}
