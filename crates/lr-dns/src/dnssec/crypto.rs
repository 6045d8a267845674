//! Which algorithms can be verified, and by whom.

use hickory_proto::dnssec::crypto::Digest;
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKey, PublicKeyBuf};

use super::name::Name;
use super::record::{Dnskey, Ds};
use super::rsa;

/// RSA with SHA-1 (5 and 7), SHA-256 and SHA-512, ECDSA on both curves, Ed25519. All that RFC 9904
/// asks of validators; SHA-1 is deprecated for signing only (RFC 9905). Not Ed448 (16), which
/// aws-lc has not.
pub(crate) fn is_supported(algorithm: u8) -> bool {
    matches!(algorithm, 5 | 7 | 8 | 10 | 13 | 14 | 15)
}

/// SHA-1, SHA-256, SHA-384.
pub(crate) fn digest_is_supported(kind: u8) -> bool {
    matches!(kind, 1 | 2 | 4)
}

/// Whether a key has signed these bytes.
pub(crate) fn is_signed(key: &Dnskey, bytes: &[u8], signature: &[u8]) -> bool {
    if !is_supported(key.algorithm) {
        return false;
    }
    if matches!(key.algorithm, 5 | 7 | 8)
        && let Some(short) = rsa::Short::read(&key.key)
    {
        let kind = if key.algorithm == 8 { DigestType::SHA256 } else { DigestType::SHA1 };
        return Digest::new(bytes, kind)
            .is_ok_and(|digest| short.has_signed(digest.as_ref(), signature));
    }
    let public = PublicKeyBuf::new(key.key.clone(), Algorithm::from_u8(key.algorithm));
    public.verify(bytes, signature).is_ok()
}

/// Whether a digest is of this key (RFC 4034, section 5.1.4).
pub(crate) fn is_digest_of(ds: &Ds, zone: &Name, key: &Dnskey) -> bool {
    let bytes = [zone.wire(), &key.data].concat();
    digest_is_supported(ds.digest_type)
        && Digest::new(&bytes, DigestType::from(ds.digest_type))
            .is_ok_and(|digest| digest.as_ref() == ds.digest)
}

/// The hash of a name (RFC 5155, section 5).
pub(crate) fn hash(name: &Name, salt: &[u8], iterations: u16) -> Option<Vec<u8>> {
    let digest = Digest::iterated(salt, name.wire(), DigestType::SHA1, iterations);
    digest.ok().map(|digest| digest.as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 5155, appendix A.
    #[test]
    fn names_are_hashed_as_the_standard_does() {
        let salt = [0xaa, 0xbb, 0xcc, 0xdd];
        let name = Name::from_text("a.example").unwrap();
        let hash = hash(&name, &salt, 12).unwrap();
        // 35mthgpgcu1qg68fab165klnsnk3dpvl
        assert_eq!(hash[..5], [0x19, 0x6d, 0xd8, 0xc3, 0x30]);
        assert_eq!(hash.len(), 20);
    }
}
