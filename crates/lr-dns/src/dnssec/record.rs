//! The records of DNSSEC (RFC 4034; RFC 5155, section 3), read from their data.

use data_encoding::BASE32_DNSSEC;

use super::name::Name;

/// A key of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dnskey {
    pub(crate) flags: u16,
    pub(crate) protocol: u8,
    pub(crate) algorithm: u8,
    pub(crate) key: Vec<u8>,
    pub(crate) tag: u16,
    /// The whole data, of which digests are made.
    pub(crate) data: Vec<u8>,
}

impl Dnskey {
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let (fixed, key) = data.split_at_checked(4)?;
        Some(Self {
            flags: u16::from_be_bytes([fixed[0], fixed[1]]),
            protocol: fixed[2],
            algorithm: fixed[3],
            key: key.to_vec(),
            tag: tag(data),
            data: data.to_vec(),
        })
    }

    /// May sign records of its zone (RFC 4034, sections 2.1.1 and 2.1.2).
    pub(crate) fn is_zone_key(&self) -> bool {
        self.flags & 0x0100 != 0 && self.protocol == 3
    }

    /// Its owner has said that it is not to be trusted any more (RFC 5011, section 2.1).
    pub(crate) fn is_revoked(&self) -> bool {
        self.flags & 0x0080 != 0
    }
}

/// RFC 4034, appendix B. Algorithm 1, whose tag is made otherwise, is not supported.
fn tag(data: &[u8]) -> u16 {
    let sum: u32 = data
        .iter()
        .enumerate()
        .map(|(at, byte)| if at % 2 == 0 { u32::from(*byte) << 8 } else { u32::from(*byte) })
        .sum();
    ((sum + (sum >> 16)) & 0xffff) as u16
}

/// What a parent says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ds {
    pub(crate) tag: u16,
    pub(crate) algorithm: u8,
    pub(crate) digest_type: u8,
    pub(crate) digest: Vec<u8>,
}

impl Ds {
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let (fixed, digest) = data.split_at_checked(4)?;
        let tag = u16::from_be_bytes([fixed[0], fixed[1]]);
        Some(Self { tag, algorithm: fixed[2], digest_type: fixed[3], digest: digest.to_vec() })
    }
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rrsig {
    pub(crate) covered: u16,
    pub(crate) algorithm: u8,
    pub(crate) labels: u8,
    pub(crate) original_ttl: u32,
    pub(crate) expiration: u32,
    pub(crate) inception: u32,
    pub(crate) tag: u16,
    pub(crate) signer: Name,
    pub(crate) signature: Vec<u8>,
    /// All of the data before the signature, which is signed too.
    pub(crate) prefix: Vec<u8>,
}

impl Rrsig {
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let long = |at: usize| Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?));
        let word = |at: usize| Some(u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?));
        let (signer, end) = Name::read(data, 18)?;
        Some(Self {
            covered: word(0)?,
            algorithm: *data.get(2)?,
            labels: *data.get(3)?,
            original_ttl: long(4)?,
            expiration: long(8)?,
            inception: long(12)?,
            tag: word(16)?,
            signer,
            signature: data.get(end..)?.to_vec(),
            prefix: data.get(..end)?.to_vec(),
        })
    }
}

/// The types that a name has (RFC 4034, section 4.1.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Types(Vec<u8>);

impl Types {
    /// `None` if it is not a list of windows in order.
    fn read(data: &[u8]) -> Option<Self> {
        let mut rest = data;
        let mut before = None;
        while !rest.is_empty() {
            let window = *rest.first()?;
            let length = usize::from(*rest.get(1)?);
            if before.is_some_and(|before| before >= window) || !(1..=32).contains(&length) {
                return None;
            }
            before = Some(window);
            rest = rest.get(2 + length..)?;
        }
        Some(Self(data.to_vec()))
    }

    pub(crate) fn has(&self, rtype: u16) -> bool {
        let [window, low] = rtype.to_be_bytes();
        let mut rest = self.0.as_slice();
        while let [this, length, tail @ ..] = rest {
            let (bits, tail) = tail.split_at_checked(usize::from(*length)).unwrap_or((tail, &[]));
            if *this == window {
                let byte = bits.get(usize::from(low / 8)).copied().unwrap_or(0);
                return byte & (0x80 >> (low % 8)) != 0;
            }
            rest = tail;
        }
        false
    }
}

/// A gap between two names, and what the first of them has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nsec {
    pub(crate) owner: Name,
    pub(crate) next: Name,
    pub(crate) types: Types,
}

impl Nsec {
    pub(crate) fn read(owner: &Name, data: &[u8]) -> Option<Self> {
        let (next, end) = Name::read(data, 0)?;
        Some(Self { owner: owner.clone(), next, types: Types::read(data.get(end..)?)? })
    }
}

/// The same between two hashes of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nsec3 {
    pub(crate) hash: Vec<u8>,
    pub(crate) opt_out: bool,
    pub(crate) iterations: u16,
    pub(crate) salt: Vec<u8>,
    pub(crate) next: Vec<u8>,
    pub(crate) types: Types,
}

impl Nsec3 {
    /// `None` too for hash algorithms and flags that are not known: such records are ignored (RFC
    /// 5155, sections 8.1 and 8.2).
    pub(crate) fn read(owner: &Name, data: &[u8]) -> Option<Self> {
        let fixed = data.get(..5)?;
        let (algorithm, flags, salt) = (fixed[0], fixed[1], 5 + usize::from(fixed[4]));
        if algorithm != 1 || flags > 1 {
            return None;
        }
        let next = salt + 1 + usize::from(*data.get(salt)?);
        Some(Self {
            hash: base32(owner.labels().next()?)?,
            opt_out: flags == 1,
            iterations: u16::from_be_bytes([fixed[2], fixed[3]]),
            salt: data.get(5..salt)?.to_vec(),
            next: data.get(salt + 1..next)?.to_vec(),
            types: Types::read(data.get(next..)?)?,
        })
    }
}

/// Base 32 with the alphabet that sorts as its bytes do, without padding (RFC 4648, section 7).
fn base32(text: &[u8]) -> Option<Vec<u8>> {
    BASE32_DNSSEC.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 4034, section 4.3: A MX RRSIG NSEC TYPE1234.
    #[test]
    fn types_of_a_name_are_read() {
        let mut data = b"\x04host\x07example\x03com\x00".to_vec();
        data.extend([0, 6, 0x40, 1, 0, 0, 0, 3, 4, 27]);
        data.extend([0; 26]);
        data.push(0x20);
        let owner = Name::from_text("alfa.example.com").unwrap();
        let nsec = Nsec::read(&owner, &data).unwrap();
        assert_eq!(nsec.next, Name::from_text("host.example.com").unwrap());
        for rtype in [1, 15, 46, 47, 1234] {
            assert!(nsec.types.has(rtype), "{rtype}");
        }
        for rtype in [0, 2, 48, 1233, 1235, 65535] {
            assert!(!nsec.types.has(rtype), "{rtype}");
        }
        for bad in [&[0u8, 0][..], &[0, 33, 1], &[0, 2, 1], &[1, 1, 1, 0, 1, 1], &[0]] {
            assert_eq!(Types::read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn hashes_are_read() {
        assert_eq!(base32(b"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom").unwrap().len(), 20);
        assert_eq!(base32(b"00000000"), Some(vec![0; 5]));
        assert_eq!(base32(b"VVVVVVVV"), Some(vec![0xff; 5]));
        assert_eq!(base32(b"w"), None);
    }
}
