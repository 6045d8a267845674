//! As much of DER as revocation lists, OCSP responses and PKCS #7 need: values within values.

use lr_core::Timestamp;
use x509_parser::prelude::{ASN1Time, FromDer};

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const SEQUENCE: u8 = 0x30;

/// A value: its tag, its contents, and all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) contents: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// Reads values from the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'a>(pub(crate) &'a [u8]);

impl<'a> Value<'a> {
    pub(crate) fn values(self) -> Values<'a> {
        Values(self.contents)
    }

    /// A UTCTime or GeneralizedTime.
    pub(crate) fn time(self) -> Option<Timestamp> {
        let (_, time) = ASN1Time::from_der(self.whole).ok()?;
        Some(Timestamp::from_unix(time.timestamp()))
    }
}

impl<'a> Values<'a> {
    /// The next value if it has this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<Value<'a>> {
        let value = self.clone().next().filter(|value| value.tag == tag)?;
        self.0 = &self.0[value.whole.len()..];
        Some(value)
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let (tag, first) = (*self.0.first()?, *self.0.get(1)?);
        let (header, length) = match first {
            0..=0x7f => (2, usize::from(first)),
            0x81..=0x84 => {
                let digits = usize::from(first & 0x7f);
                let bytes = self.0.get(2..2 + digits)?;
                let length = bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                (2 + digits, length)
            }
            _ => return None,
        };
        let (whole, rest) = self.0.split_at_checked(header.checked_add(length)?)?;
        self.0 = rest;
        Some(Value { tag, contents: &whole[header..], whole })
    }
}

/// The certificates of a message of PKCS #7 (RFC 2315) that has nothing else, as RFC 5280, section
/// 4.2.2.1 allows issuers to be published; or the one that a DER file is.
pub(crate) fn certificates(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Some(outer) = Values(bytes).expect(SEQUENCE) else { return Vec::new() };
    match bundle(outer) {
        Some(all) => all,
        None => vec![outer.whole.to_vec()],
    }
}

fn bundle(outer: Value<'_>) -> Option<Vec<Vec<u8>>> {
    let mut message = outer.values();
    // signedData, 1.2.840.113549.1.7.2
    let kind = message.expect(OID)?;
    (kind.contents == [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]).then_some(())?;
    let signed = message.expect(0xa0)?.values().expect(SEQUENCE)?;
    let all = signed.values().find(|value| value.tag == 0xa0)?;
    let certificates = all.values().filter(|value| value.tag == SEQUENCE);
    Some(certificates.take(20).map(|value| value.whole.to_vec()).collect())
}

/// A SEQUENCE with these contents.
pub(crate) fn sequence(contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let length: Vec<_> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut der = vec![SEQUENCE];
    match length.as_slice() {
        [] => der.push(0),
        [short @ 0..=0x7f] => der.push(*short),
        // Eight bytes at most.
        long => {
            der.push(0x80 | long.len() as u8);
            der.extend(long);
        }
    }
    der.extend(contents);
    der
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_values_or_not(bytes in vec(any::<u8>(), 0..200)) {
            let lengths: usize = Values(&bytes).map(|value| value.whole.len()).sum();
            prop_assert!(lengths <= bytes.len());
            let _ = certificates(&bytes);
        }
    }

    #[test]
    fn lengths_are_read_in_all_forms() {
        let long = [&[OCTET_STRING, 0x82, 1, 0][..], &[7; 256]].concat();
        assert_eq!(Values(&long).next().unwrap().contents, [7; 256]);
        assert_eq!(Values(&[OCTET_STRING, 0x84, 0xff, 0xff, 0xff, 0xff]).next(), None);
        assert_eq!(Values(&[OCTET_STRING, 2, 1]).next(), None);
    }
}
