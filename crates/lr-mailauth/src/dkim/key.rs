use serde::{Deserialize, Serialize};

use super::KeyType;

/// What the `p` tag holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "key", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Key {
    /// There is no `p` tag.
    Missing,
    /// `p` is empty: the key has been revoked.
    Revoked,
    /// An RSA key.
    Rsa {
        /// Length of the modulus in bits.
        bits: usize,
        /// How it is wrapped.
        format: KeyFormat,
    },
    /// An Ed25519 key.
    Ed25519,
    /// Nothing that can be read as a key of the type the record names.
    Unreadable,
}

/// How an RSA key is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyFormat {
    /// SubjectPublicKeyInfo (RFC 5280), what everybody publishes.
    Spki,
    /// A bare RSAPublicKey (RFC 8017), what the text of RFC 6376 asks for and some verifiers do
    /// not read.
    Pkcs1,
}

/// Reads key material; the error says what is wrong with it.
pub(super) fn read(value: &[u8], key_type: &KeyType) -> Result<Key, String> {
    let bytes = base64(value)?;
    if bytes.is_empty() {
        return Ok(Key::Revoked);
    }
    match key_type {
        KeyType::Rsa => rsa(&bytes).ok_or_else(|| match value.len() {
            200.. => "the key ends in the middle: it is no complete RSA key".to_owned(),
            _ => "this is no RSA key".to_owned(),
        }),
        KeyType::Ed25519 if bytes.len() == 32 => Ok(Key::Ed25519),
        KeyType::Ed25519 if bytes.len() == 44 && bytes.starts_with(ED25519_SPKI) => Err(
            "the key is wrapped as SubjectPublicKeyInfo; RFC 8463 wants its last 32 bytes alone"
                .to_owned(),
        ),
        KeyType::Ed25519 => Err(format!("an Ed25519 key has 32 bytes, not {}", bytes.len())),
        KeyType::Other(name) => Err(format!("no verifier knows keys of the type `{name}`")),
    }
}

const ED25519_SPKI: &[u8] =
    &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// 1.2.840.113549.1.1.1, rsaEncryption.
const RSA_OID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OID: u8 = 0x06;

fn rsa(der: &[u8]) -> Option<Key> {
    let (body, rest) = value(der, SEQUENCE)?;
    if !rest.is_empty() {
        return None;
    }
    match body.first()? {
        &INTEGER => Some(Key::Rsa { bits: modulus_bits(body)?, format: KeyFormat::Pkcs1 }),
        _ => {
            let (algorithm, rest) = value(body, SEQUENCE)?;
            let (oid, _) = value(algorithm, OID)?;
            let (bits, rest) = value(rest, BIT_STRING).filter(|_| oid == RSA_OID)?;
            let (key, after) = value(bits.strip_prefix(&[0])?, SEQUENCE)?;
            let complete = rest.is_empty() && after.is_empty();
            complete.then_some(Key::Rsa { bits: modulus_bits(key)?, format: KeyFormat::Spki })
        }
    }
}

fn modulus_bits(body: &[u8]) -> Option<usize> {
    let (modulus, rest) = value(body, INTEGER)?;
    let (exponent, rest) = value(rest, INTEGER)?;
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let first = modulus.get(zeros)?;
    let bits = (modulus.len() - zeros) * 8 - first.leading_zeros() as usize;
    (rest.is_empty() && !exponent.is_empty()).then_some(bits)
}

/// The value under a DER tag, and what follows it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])), &rest[2..]),
        // No key is longer than 64 kB.
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

/// The six bits of a digit (RFC 4648, section 4).
pub(crate) fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Base64 (RFC 4648) with white space anywhere; missing padding is tolerated, as verifiers do.
pub(crate) fn base64(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits, mut padded) = (0u32, 0, false);
    for &byte in text {
        let digit = match (base64_digit(byte), byte) {
            (Some(digit), _) => digit,
            (None, b' ' | b'\t' | b'\r' | b'\n') => continue,
            (None, b'=') => {
                padded = true;
                continue;
            }
            (None, b'"') => return Err("there is a quotation mark inside the key".into()),
            (None, b'-') if text.starts_with(b"-----") => {
                return Err("the key has its PEM frame around it".into());
            }
            _ => return Err(format!("`{}` is no base64", char::from(byte).escape_default())),
        };
        if padded {
            return Err("there is something after the end of the key".into());
        }
        word = (word << 6) | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(((word >> bits) & 0xff) as u8);
        }
    }
    match bits {
        6 => Err("the base64 text is cut off".into()),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_follows_rfc_4648() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8", "fo"), ("Zm9v YmFy", "foobar")] {
            assert_eq!(base64(text.as_bytes()).unwrap(), bytes.as_bytes());
        }
        for bad in ["Zm9v!", "Z", "Zg==Zg", "-----BEGIN", "Zm\"9v"] {
            assert!(base64(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
