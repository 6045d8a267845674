//! What a revocation list says of one certificate (RFC 5280, section 5), without keeping the list.

use lr_core::{Text, Timestamp};
use x509_parser::der_parser::asn1_rs::BitString;
use x509_parser::prelude::{AlgorithmIdentifier, FromDer, X509Certificate};
use x509_parser::verify::verify_signature;

use crate::asn1::{BIT_STRING, INTEGER, OID, SEQUENCE, Values};
use crate::certificate::Certificate;
use crate::{CrlFacts, Der};

/// The flaw of a list that says nothing of the certificate.
pub(crate) const OTHER_ISSUER: &str = "it is another issuer's list";

/// The flaw of a list whose signature cannot be checked, which is no fault of its own.
pub(crate) const UNKNOWN_ISSUER: &str = "its issuer's certificate is not known";

/// Reads a list. `chain` has the certificate in question first, and its issuer.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(der: &[u8], chain: &[Der]) -> Result<CrlFacts, Text> {
    let leaf = chain.first().map(Certificate::read).ok_or("no certificate is known")??;
    parse(der, &leaf, chain).ok_or_else(|| Text::new("the revocation list cannot be read"))
}

fn parse(der: &[u8], leaf: &Certificate, chain: &[Der]) -> Option<CrlFacts> {
    let outer = Values(der).expect(SEQUENCE)?;
    let mut parts = outer.values();
    let list = parts.expect(SEQUENCE)?;
    let algorithm = parts.expect(SEQUENCE)?;
    let signature = parts.expect(BIT_STRING)?;

    let mut fields = list.values();
    let _version = fields.expect(INTEGER);
    fields.expect(SEQUENCE)?;
    let issuer = fields.expect(SEQUENCE)?;
    let this_update = fields.next()?.time()?;
    let mut next_update = None;
    if let Some(time) = fields.clone().next().and_then(|value| value.time()) {
        fields.next();
        next_update = Some(time);
    }
    let mut revoked = None;
    if let Some(entries) = fields.expect(SEQUENCE) {
        revoked = find(entries.values(), &leaf.serial_der);
    }
    let extensions = fields.expect(0xa0);
    let flaw = if issuer.contents != leaf.issuer_der {
        // Another authority's list says nothing of this certificate, whatever its numbers.
        revoked = None;
        Some(OTHER_ISSUER.to_owned())
    } else {
        number(extensions.map(|all| all.values())).or_else(|| {
            let signed =
                Signed { list: list.whole, algorithm: algorithm.whole, signature: signature.whole };
            signed.flaw(leaf, chain)
        })
    };
    Some(CrlFacts { revoked, this_update, next_update, flaw: flaw.map(Text::from) })
}

/// The date of the entry with this serial number.
fn find(entries: Values<'_>, serial: &[u8]) -> Option<Timestamp> {
    entries.filter(|entry| entry.tag == SEQUENCE).find_map(|entry| {
        let mut entry = entry.values();
        let found = entry.expect(INTEGER)?.contents == serial;
        found.then(|| entry.next()?.time())?
    })
}

/// RFC 5280, section 5.2.3: a list has a number, and that is not critical.
fn number(extensions: Option<Values<'_>>) -> Option<String> {
    let missing = || Some("it has no number".to_owned());
    let Some(mut list) = extensions else { return missing() };
    let list = list.expect(SEQUENCE)?.values();
    let number = list
        .map(|one| one.values())
        .find_map(|mut one| (one.expect(OID)?.contents == [0x55, 0x1d, 20]).then_some(one));
    match number {
        None => missing(),
        Some(mut value) => {
            let critical = value.expect(0x01).is_some_and(|flag| flag.contents != [0]);
            critical.then(|| "its number is marked critical".to_owned())
        }
    }
}

struct Signed<'a> {
    list: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

impl Signed<'_> {
    fn flaw(&self, leaf: &Certificate, chain: &[Der]) -> Option<String> {
        let read = |der| Certificate::read(der).ok().map(|one| (der, one));
        let mut issuers = chain.iter().skip(1).filter_map(read);
        let Some((der, issuer)) = issuers.find(|(_, one)| leaf.names_issuer(one)) else {
            return Some(UNKNOWN_ISSUER.to_owned());
        };
        if issuer.signs_lists == Some(false) {
            return Some("its issuer may not sign revocation lists".to_owned());
        }
        let (_, issuer) = X509Certificate::from_der(der.as_bytes()).ok()?;
        let (_, algorithm) = AlgorithmIdentifier::from_der(self.algorithm).ok()?;
        let signature = bits(self.signature)?;
        match verify_signature(issuer.public_key(), &algorithm, &signature, self.list) {
            Ok(()) => None,
            Err(_) => Some("its signature is not by its issuer".to_owned()),
        }
    }
}

/// A DER bit string.
pub(crate) fn bits(whole: &[u8]) -> Option<BitString<'_>> {
    BitString::from_der(whole).ok().map(|(_, bits)| bits)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_list_or_not(bytes in vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes, &[Der::from(bytes.clone())]);
        }
    }
}
