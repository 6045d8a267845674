use std::fmt;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// DER bytes as they came; written as hexadecimal text.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Der(Vec<u8>);

impl Der {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Der {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Der {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HEXLOWER.encode_display(&self.0).fmt(f)
    }
}

impl fmt::Debug for Der {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Der({} bytes)", self.0.len())
    }
}

impl Serialize for Der {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Der {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).map(Self).ok_or_else(|| de::Error::custom("not hexadecimal"))
    }
}

fn parse(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
}

/// FIPS 180-4.
pub(crate) fn sha256(data: &[u8]) -> Vec<u8> {
    digest(&SHA256, data).as_ref().to_vec()
}

/// FIPS 180-4.
pub(crate) fn sha512(data: &[u8]) -> Vec<u8> {
    digest(&SHA512, data).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// FIPS 180-2, appendices B.1 and C.1.
    #[test]
    fn the_hashes_are_the_standard_ones() {
        let hash = |bytes: Vec<u8>| Der::from(bytes).to_string();
        assert!(hash(sha256(b"abc")).starts_with("ba7816bf8f01cfea414140de5dae2223"));
        assert!(hash(sha512(b"abc")).starts_with("ddaf35a193617abacc417349ae204131"));
    }

    proptest! {
        #[test]
        fn bytes_survive_json(bytes: Vec<u8>) {
            let json = serde_json::to_string(&Der(bytes.clone())).unwrap();
            prop_assert_eq!(serde_json::from_str::<Der>(&json).unwrap(), Der(bytes));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Some(bytes) = parse(&text) {
                prop_assert_eq!(Der(bytes).to_string(), text.to_ascii_lowercase());
            }
        }
    }
}
