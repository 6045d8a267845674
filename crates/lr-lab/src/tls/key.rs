//! Public keys that look right and belong to nobody.

use rcgen::{PublicKeyData, SignatureAlgorithm};
use rustls::sign::{Signer, SigningKey};
use rustls::{SignatureAlgorithm as KeyAlgorithm, SignatureScheme};

/// An RSA public key with a made-up modulus: nobody has, or could have, its private key. It serves
/// where only the public key is looked at: DKIM records, and certificates with keys that are too
/// short for any library to make.
#[derive(Clone, Debug)]
pub(crate) struct NobodysRsaKey {
    der: Vec<u8>,
}

impl NobodysRsaKey {
    pub(crate) fn new(bits: usize, seed: u64) -> Self {
        let mut state = seed | 1;
        let mut modulus: Vec<u8> = std::iter::repeat_with(|| {
            // xorshift64*: any bytes do, as long as two keys differ.
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()[0]
        })
        .take(bits / 8)
        .collect();
        if let Some(first) = modulus.first_mut() {
            *first |= 0x80;
        }
        if let Some(last) = modulus.last_mut() {
            *last |= 1;
        }
        // A DER integer is signed, so the set top bit needs a zero byte before it.
        modulus.insert(0, 0);
        let body = [tlv(0x02, &modulus), tlv(0x02, &[1, 0, 1])].concat();
        Self { der: tlv(0x30, &body) }
    }

    /// The SubjectPublicKeyInfo, as DKIM's `p=` holds it (RFC 6376, section 3.6.1).
    pub(crate) fn subject_public_key_info(&self) -> Vec<u8> {
        PublicKeyData::subject_public_key_info(self)
    }
}

impl PublicKeyData for NobodysRsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.der
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

/// Signs a handshake with bytes that are no signature.
#[derive(Clone, Debug)]
pub(crate) struct NobodysSignature;

impl SigningKey for NobodysSignature {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let usual = SignatureScheme::RSA_PSS_SHA256;
        offered.contains(&usual).then(|| Box::new(Self) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> KeyAlgorithm {
        KeyAlgorithm::RSA
    }
}

impl Signer for NobodysSignature {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(vec![0x5a; 128])
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::RSA_PSS_SHA256
    }
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut der = vec![tag];
    match (significant.len(), significant.first()) {
        (0, _) => der.push(0),
        (1, Some(short)) if *short < 0x80 => der.push(*short),
        // A length takes at most eight bytes.
        (count, _) => {
            der.push(0x80 | count as u8);
            der.extend(significant);
        }
    }
    der.extend_from_slice(value);
    der
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_lengths_are_minimal() {
        assert_eq!(tlv(4, &[])[..2], [4, 0]);
        assert_eq!(tlv(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(tlv(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(4, &[0; 256])[..4], [4, 0x82, 1, 0]);
    }
}
