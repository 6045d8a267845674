//! Messages as validation needs them: sets of records in canonical form, read from the wire.

use hickory_proto::rr::RecordType;

use super::name::Name;
use super::record::Rrsig;

/// Types that validation itself looks at (IANA, DNS parameters).
pub(crate) mod types {
    pub(crate) const NS: u16 = 2;
    pub(crate) const CNAME: u16 = 5;
    pub(crate) const SOA: u16 = 6;
    pub(crate) const DNAME: u16 = 39;
    pub(crate) const DS: u16 = 43;
    pub(crate) const RRSIG: u16 = 46;
    pub(crate) const NSEC: u16 = 47;
    pub(crate) const DNSKEY: u16 = 48;
    pub(crate) const NSEC3: u16 = 50;
    pub(crate) const ANY: u16 = 255;
}

pub(crate) const NOERROR: u8 = 0;
pub(crate) const NXDOMAIN: u8 = 3;
const CLASS_IN: u16 = 1;

/// A response: its code, and the sets of its answer and authority sections.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) rcode: u8,
    pub(crate) answers: Vec<Set>,
    pub(crate) authorities: Vec<Set>,
}

/// All records of one name and type in one section, with what is said to be their signatures.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) owner: Name,
    pub(crate) rtype: u16,
    /// Data in canonical form, sorted, each once (RFC 4034, sections 6.2 and 6.3).
    pub(crate) data: Vec<Vec<u8>>,
    pub(crate) signatures: Vec<Rrsig>,
}

impl Message {
    /// Reads what can be read: behind a record that cannot be told apart nothing is. `None` without
    /// a header and a question.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        let rcode = *bytes.get(3)? & 0x0f;
        let (questions, answers, authorities) = (word(4)?, word(6)?, word(8)?);
        let mut at = 12;
        for _ in 0..questions {
            at = Name::read(bytes, at)?.1 + 4;
        }
        let mut sections = [Vec::new(), Vec::new()];
        for (section, count) in sections.iter_mut().zip([answers, authorities]) {
            let Some(end) = read_section(bytes, at, count, section) else { break };
            at = end;
        }
        for set in sections.iter_mut().flatten() {
            set.data.sort_unstable();
            set.data.dedup();
        }
        let [answers, authorities] = sections;
        Some(Self { rcode, answers, authorities })
    }

    pub(crate) fn answer(&self, owner: &Name, rtype: u16) -> Option<&Set> {
        self.answers.iter().find(|set| set.rtype == rtype && set.owner == *owner)
    }

    pub(crate) fn authority(&self, owner: &Name, rtype: u16) -> Option<&Set> {
        self.authorities.iter().find(|set| set.rtype == rtype && set.owner == *owner)
    }
}

impl Set {
    /// `www.example.com A`
    pub(crate) fn shown(&self) -> String {
        shown(&self.owner, self.rtype)
    }
}

pub(crate) fn shown(name: &Name, rtype: u16) -> String {
    format!("{name} {}", type_text(rtype))
}

/// A type by its mnemonic, such as `AAAA`, or as RFC 3597, section 5, writes unknown ones.
pub(crate) fn type_text(rtype: u16) -> String {
    match RecordType::from(rtype) {
        RecordType::Unknown(number) => format!("TYPE{number}"),
        known => known.to_string(),
    }
}

/// Reads as many records as there are said to be; where they end. `None` where one cannot be told
/// apart.
fn read_section(bytes: &[u8], mut at: usize, count: u16, section: &mut Vec<Set>) -> Option<usize> {
    let mut signatures = Vec::new();
    let mut whole = true;
    for _ in 0..count {
        let Some(record) = Raw::read(bytes, at) else {
            whole = false;
            break;
        };
        at = record.end;
        if record.class != CLASS_IN {
            continue;
        }
        let Some(data) = canonical(bytes, &record) else { continue };
        match record.rtype {
            types::RRSIG => signatures.extend(Rrsig::read(&data).map(|one| (record.owner, one))),
            rtype => add(section, record.owner, rtype, data),
        }
    }
    for (owner, signature) in signatures {
        let covered =
            section.iter_mut().find(|set| set.rtype == signature.covered && set.owner == owner);
        covered.into_iter().for_each(|set| set.signatures.push(signature.clone()));
    }
    whole.then_some(at)
}

/// Most sets of one section that are read: far more than an honest answer has.
const MAX_SETS: usize = 256;

fn add(section: &mut Vec<Set>, owner: Name, rtype: u16, data: Vec<u8>) {
    let is_full = section.len() >= MAX_SETS;
    match section.iter_mut().find(|set| set.rtype == rtype && set.owner == owner) {
        Some(set) => set.data.push(data),
        None if is_full => {}
        None => section.push(Set { owner, rtype, data: vec![data], signatures: Vec::new() }),
    }
}

/// A record with its data still in the message.
struct Raw {
    owner: Name,
    rtype: u16,
    class: u16,
    start: usize,
    end: usize,
}

impl Raw {
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let (owner, at) = Name::read(bytes, at)?;
        let fixed = bytes.get(at..at + 10)?;
        let word = |at: usize| u16::from_be_bytes([fixed[at], fixed[at + 1]]);
        let (start, length) = (at + 10, usize::from(word(8)));
        let end = start + length;
        (end <= bytes.len()).then(|| Self { owner, rtype: word(0), class: word(2), start, end })
    }
}

/// A part of a record's data.
#[derive(Clone, Copy)]
enum Field {
    Bytes(usize),
    Text,
    Name,
    Rest,
}

/// Types whose data has names that are written in full and in lower case: RFC 4034, section 6.2,
/// and RFC 3597, section 7, without HINFO and NSEC (RFC 6840, section 5.1).
fn layout(rtype: u16) -> &'static [Field] {
    use Field::{Bytes, Name, Rest, Text};
    match rtype {
        // NS, MD, MF, CNAME, MB, MG, MR, PTR, DNAME
        2..=5 | 7..=9 | 12 | 39 => &[Name],
        // SOA
        6 => &[Name, Name, Bytes(20)],
        // MINFO, RP
        14 | 17 => &[Name, Name],
        // MX, AFSDB, RT, KX
        15 | 18 | 21 | 36 => &[Bytes(2), Name],
        // PX
        26 => &[Bytes(2), Name, Name],
        // SRV
        33 => &[Bytes(6), Name],
        // NAPTR
        35 => &[Bytes(4), Text, Text, Text, Name],
        // SIG, RRSIG
        24 | 46 => &[Bytes(18), Name, Rest],
        // NXT
        30 => &[Name, Rest],
        _ => &[Rest],
    }
}

/// The data of a record in canonical form; `None` if it is not what its type says.
fn canonical(bytes: &[u8], record: &Raw) -> Option<Vec<u8>> {
    let within = bytes.get(..record.end)?;
    let mut data = Vec::with_capacity(record.end - record.start);
    let mut at = record.start;
    for field in layout(record.rtype) {
        let end = match field {
            Field::Bytes(count) => at + count,
            Field::Text => at + 1 + usize::from(*within.get(at)?),
            Field::Rest => record.end,
            Field::Name => {
                let (name, end) = Name::read(within, at)?;
                data.extend_from_slice(name.wire());
                at = end;
                continue;
            }
        };
        data.extend_from_slice(within.get(at..end)?);
        at = end;
    }
    (at == record.end).then_some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_written_in_canonical_form() {
        // Header with one question and two answers; both point into the question.
        let mut bytes = vec![0, 7, 0x84, 0, 0, 1, 0, 2, 0, 0, 0, 0];
        bytes.extend(b"\x01A\x04Test\x00\x00\x0f\x00\x01");
        for preference in [20, 10] {
            bytes.extend([0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 7, 0, preference, 2, b'M', b'X']);
            bytes.extend([0xc0, 14]);
        }
        let message = Message::read(&bytes).unwrap();
        let owner = Name::from_text("a.test").unwrap();
        let data = &message.answer(&owner, 15).unwrap().data;
        assert_eq!(
            data,
            &[b"\x00\x0a\x02mx\x04test\x00".to_vec(), b"\x00\x14\x02mx\x04test\x00".to_vec()]
        );
        for length in 0..bytes.len() {
            let _ = Message::read(&bytes[..length]);
        }
    }
}
