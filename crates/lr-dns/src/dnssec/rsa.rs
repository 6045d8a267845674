//! RSA with less than 1024 bits, which aws-lc does not verify: weak, yet valid (RFC 5702, section 2,
//! allows 512 bits and more), and verified by resolvers, so that a zone with such a key is signed
//! well or badly and not unsigned.

/// A public key with 512 to 1023 bits.
pub(crate) struct Short {
    modulus: Vec<u32>,
    bytes: usize,
    exponent: u64,
}

/// RFC 8017, section 9.2, note 1: what stands before a SHA-1 and a SHA-256 digest.
const SHA1: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
const SHA256: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// Longest exponent: aws-lc's limit.
const MAX_EXPONENT_BITS: u32 = 33;

impl Short {
    /// Reads a key as RFC 3110, section 2, writes it; `None` if it has other lengths.
    pub(crate) fn read(key: &[u8]) -> Option<Self> {
        let (length, rest) = match key {
            [0, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            [length, rest @ ..] => (usize::from(*length), rest),
            [] => return None,
        };
        let (exponent, modulus) = rest.split_at_checked(length)?;
        let exponent = exponent.iter().try_fold(0u64, |number, byte| {
            (number < 1 << 48).then_some(number << 8 | u64::from(*byte))
        })?;
        let first = *modulus.first()?;
        let bits = modulus.len() * 8 - first.leading_zeros() as usize;
        let odd = modulus.last().is_some_and(|last| last % 2 == 1);
        let fits = first != 0 && odd && (512..1024).contains(&bits);
        let sane = exponent >= 3 && exponent % 2 == 1 && exponent >> MAX_EXPONENT_BITS == 0;
        (fits && sane).then(|| Self { modulus: limbs(modulus), bytes: modulus.len(), exponent })
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2.2) of a SHA-1 or SHA-256 digest.
    pub(crate) fn has_signed(&self, digest: &[u8], signature: &[u8]) -> bool {
        let prefix = if digest.len() == 20 { SHA1 } else { SHA256 };
        let Some(padding) = self.bytes.checked_sub(prefix.len() + digest.len() + 3) else {
            return false;
        };
        let mut encoded = vec![0, 1];
        encoded.resize(2 + padding, 0xff);
        encoded.push(0);
        encoded.extend_from_slice(prefix);
        encoded.extend_from_slice(digest);
        let mut value = limbs(signature);
        value.resize(self.modulus.len().max(value.len()), 0);
        signature.len() == self.bytes
            && padding >= 8
            && is_less(&value, &self.modulus)
            && self.power(&value) == limbs(&encoded)
    }

    /// `base` to the exponent, modulo the modulus.
    fn power(&self, base: &[u32]) -> Vec<u32> {
        let mut result = base.to_vec();
        let bits = 64 - self.exponent.leading_zeros();
        for bit in (0..bits - 1).rev() {
            result = self.times(&result, &result);
            if self.exponent >> bit & 1 == 1 {
                result = self.times(&result, base);
            }
        }
        result
    }

    /// The product, modulo the modulus: bit by bit, doubling and adding.
    fn times(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
        let mut result = vec![0; self.modulus.len()];
        for limb in a.iter().rev() {
            for bit in (0..32).rev() {
                let doubled = result.clone();
                self.add(&mut result, &doubled);
                if limb >> bit & 1 == 1 {
                    self.add(&mut result, b);
                }
            }
        }
        result
    }

    /// Adds, modulo the modulus, of which both are less.
    fn add(&self, a: &mut [u32], b: &[u32]) {
        let mut carry = 0;
        for (a, b) in a.iter_mut().zip(b) {
            let sum = u64::from(*a) + u64::from(*b) + carry;
            (*a, carry) = (sum as u32, sum >> 32);
        }
        if carry == 1 || !is_less(a, &self.modulus) {
            let mut borrow = 0;
            for (a, m) in a.iter_mut().zip(&self.modulus) {
                let difference = i64::from(*a) - i64::from(*m) - borrow;
                (*a, borrow) = (difference as u32, i64::from(difference < 0));
            }
        }
    }
}

/// Little end first, of as many as the bytes fill.
fn limbs(bytes: &[u8]) -> Vec<u32> {
    let limb = |some: &[u8]| some.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte));
    bytes.rchunks(4).map(limb).collect()
}

/// Of numbers with equally many limbs.
fn is_less(a: &[u32], b: &[u32]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_arithmetic() {
        let modulus = 1_000_003u64;
        let small = |exponent| Short { modulus: vec![1_000_003, 0], bytes: 8, exponent };
        for (base, exponent) in [(2u64, 3u64), (999_999, 65_537), (123_456, 5), (1_000_002, 17)] {
            let mut expected = 1;
            for _ in 0..exponent {
                expected = expected * base % modulus;
            }
            assert_eq!(small(exponent).power(&[base as u32, 0]), [expected as u32, 0]);
        }
    }

    #[test]
    fn keys_of_other_lengths_are_left_to_others() {
        let key = |bytes: usize, exponent: &[u8]| {
            let mut key = vec![exponent.len() as u8];
            key.extend_from_slice(exponent);
            key.resize(key.len() + bytes, 0xff);
            key
        };
        assert!(Short::read(&key(64, &[3])).is_some());
        assert!(Short::read(&key(127, &[1, 0, 1])).is_some());
        for other in [key(63, &[3]), key(128, &[3]), key(64, &[4]), key(64, &[1]), key(64, &[9; 9])]
        {
            assert!(Short::read(&other).is_none());
        }
        for short in [&[][..], &[0], &[0, 0], &[0, 1], &[5, 1], &[1, 3]] {
            assert!(Short::read(short).is_none());
        }
    }
}
