//! OCSP responses (RFC 6960, section 4.2.1), as far as one certificate is concerned.

use lr_core::{Text, Timestamp};
use x509_parser::prelude::{AlgorithmIdentifier, FromDer, X509Certificate};
use x509_parser::verify::verify_signature;

use crate::asn1::{BIT_STRING, ENUMERATED, INTEGER, OCTET_STRING, OID, SEQUENCE, Value, Values};
use crate::certificate::Certificate;
use crate::{Der, crl};

/// What a response says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: Status,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Option<Timestamp>,
    /// Why it does not count.
    pub(crate) flaw: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Good,
    Revoked(Option<Timestamp>),
    Unknown,
}

/// Reads the response about the first certificate of a chain.
pub(crate) fn read(der: &Der, chain: &[Der]) -> Result<Response, Text> {
    let leaf = chain.first().map(Certificate::read).ok_or("no certificate is known")??;
    let outer = Values(der.as_bytes()).expect(SEQUENCE).ok_or("it is not DER")?;
    let mut parts = outer.values();
    let status = parts.expect(ENUMERATED).ok_or("it has no status")?;
    let problem = match status.contents {
        [0] => None,
        [1] => Some("malformedRequest"),
        [2] => Some("internalError"),
        [3] => Some("tryLater"),
        [5] => Some("sigRequired"),
        [6] => Some("unauthorized"),
        _ => Some("an unknown error"),
    };
    if let Some(problem) = problem {
        return Err(Text::new(&format!("the responder said {problem}")));
    }
    let basic = parts.expect(0xa0).and_then(basic).ok_or("it cannot be read")?;
    single(basic, &leaf, chain).ok_or_else(|| Text::new("it says nothing of this certificate"))
}

/// The BasicOCSPResponse within.
fn basic(explicit: Value<'_>) -> Option<Value<'_>> {
    let mut bytes = explicit.values().expect(SEQUENCE)?.values();
    // id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1
    let kind = bytes.expect(OID)?;
    (kind.contents == [0x2b, 6, 1, 5, 5, 7, 48, 1, 1]).then_some(())?;
    Values(bytes.expect(OCTET_STRING)?.contents).expect(SEQUENCE)
}

fn single(basic: Value<'_>, leaf: &Certificate, chain: &[Der]) -> Option<Response> {
    let mut parts = basic.values();
    let data = parts.expect(SEQUENCE)?;
    let algorithm = parts.expect(SEQUENCE)?;
    let signature = parts.expect(BIT_STRING)?;
    let certificates: Vec<_> =
        match parts.expect(0xa0).and_then(|all| all.values().expect(SEQUENCE)) {
            Some(list) => list.values().take(5).map(|one| Der::from(one.whole.to_vec())).collect(),
            None => Vec::new(),
        };
    let mut fields = data.values();
    fields.expect(0xa0);
    fields.next()?; // the responder
    fields.next()?.time()?;
    let responses = fields.expect(SEQUENCE)?.values();
    let (mut found, status) = responses.take(100).find_map(|one| {
        let mut one = one.values();
        let mut id = one.expect(SEQUENCE)?.values();
        id.expect(SEQUENCE)?;
        id.expect(OCTET_STRING)?;
        id.expect(OCTET_STRING)?;
        (id.expect(INTEGER)?.contents == leaf.serial_der).then_some(())?;
        let status = one.next()?;
        let status = match status.tag {
            0x80 => Status::Good,
            0xa1 => Status::Revoked(status.values().next().and_then(Value::time)),
            _ => Status::Unknown,
        };
        Some((one, status))
    })?;
    let this_update = found.next()?.time()?;
    let next_update = found.expect(0xa0).and_then(|next| next.values().next()?.time());
    let signed = Signed { data, algorithm, signature };
    let flaw = signed.flaw(leaf, chain, &certificates);
    Some(Response { status, this_update, next_update, flaw })
}

struct Signed<'a> {
    data: Value<'a>,
    algorithm: Value<'a>,
    signature: Value<'a>,
}

impl Signed<'_> {
    /// By the issuer itself, or by whom it has certified for that (RFC 6960, section 4.2.2.2).
    fn flaw(&self, leaf: &Certificate, chain: &[Der], sent: &[Der]) -> Option<&'static str> {
        let is_issuer =
            |der: &&Der| Certificate::read(der).is_ok_and(|one| leaf.names_issuer(&one));
        // Without the issuer nothing can be told; that it is missing is a finding of its own.
        let issuer = chain.iter().skip(1).find(is_issuer)?;
        if self.is_by(issuer) {
            return None;
        }
        let delegate = sent.iter().any(|der| {
            let purposes = Certificate::read(der).ok().and_then(|one| one.purposes);
            purposes.is_some_and(|purposes| purposes.ocsp)
                && is_signed(der, issuer)
                && self.is_by(der)
        });
        (!delegate).then_some("its signature is not by the certificate's issuer")
    }

    fn is_by(&self, signer: &Der) -> bool {
        let verified = || {
            let (_, signer) = X509Certificate::from_der(signer.as_bytes()).ok()?;
            let (_, algorithm) = AlgorithmIdentifier::from_der(self.algorithm.whole).ok()?;
            let bits = crl::bits(self.signature.whole)?;
            verify_signature(signer.public_key(), &algorithm, &bits, self.data.whole).ok()
        };
        verified().is_some()
    }
}

fn is_signed(der: &Der, issuer: &Der) -> bool {
    let verified = || {
        let (_, one) = X509Certificate::from_der(der.as_bytes()).ok()?;
        let (_, issuer) = X509Certificate::from_der(issuer.as_bytes()).ok()?;
        one.verify_signature(Some(issuer.public_key())).ok()
    };
    verified().is_some()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_response_or_not(bytes in vec(any::<u8>(), 0..300)) {
            let der = Der::from(bytes);
            let _ = read(&der, std::slice::from_ref(&der));
        }
    }
}
