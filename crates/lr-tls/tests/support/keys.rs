//! Keys for certificates that are not keys of anybody here: RSA keys of which only the public half
//! is known, or that are none at all.

use rcgen::{PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey};

/// An RSA key by its numbers, big-endian; what it signs is not right.
pub(crate) struct RsaKey(Vec<u8>);

impl RsaKey {
    /// SEQUENCE { INTEGER modulus, INTEGER exponent } (RFC 8017, appendix A.1.1).
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Self {
        // A zero in front, for the sign.
        let number =
            |digits: &[u8]| tlv(0x02, &[&[0][..usize::from(digits[0] >> 7)], digits].concat());
        Self(tlv(0x30, &[number(modulus), number(exponent)].concat()))
    }

    /// Of 1024 bits, which nobody has.
    pub(crate) fn short() -> Self {
        Self::new(&[0xa5; 128], &[1, 0, 1])
    }

    /// A key that came with a tool for developers (webpack-dev-server): anybody has it.
    pub(crate) fn known() -> Self {
        let digits = KNOWN_MODULUS.as_bytes().chunks(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        Self::new(&digits.map(byte).collect::<Vec<_>>(), &[1, 0, 1])
    }
}

const KNOWN_MODULUS: &str = "\
    e5be61676771c0fd10d3930c559199aecf9e71ce59cce05bbe4be4d4267b0ffeda5dec9dfef5915c3eba6506\
    e4c29f1753172102f2c29b2f38a42c1cc5d6a35e84ff61d8fcd17f923ee1ddc7b631a1d498f6b97929f3a3e6\
    7de7e143f1389457156ce7386f9ab5eaea61bf9645399c25f4bdf9c26d7c2cf940d9d81e177370378f0a53fc\
    77bf28ffa54c180c65dacb9ca05fb2c7d5c0b35bd00fac1888d5a1e4f39d9715c0af58aecedba7cbf315d1d9\
    67b75ff6350b69563dcebde30daa2e8b79d3b76de58cbb935bdec9e751d2baf04c6888956d6c9679cc4a2532\
    b63dcd2f49de54d592aef08595009b5f1a85b517f20de37e5db95c45548e329b341def7d";

impl PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for RsaKey {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(vec![0x5a; 128])
    }
}

/// DER: tag, length, contents.
pub(crate) fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let header = match length {
        0..=127 => vec![tag, u8::try_from(length).unwrap()],
        _ => [&[tag, 0x82][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
    };
    [header, contents.to_vec()].concat()
}
