use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// The longest id: SHA-256.
const MOST: usize = 32;

/// The id of an object: SHA-1 or, in newer repositories, SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    bytes: [u8; MOST],
    width: u8,
}

/// A map by id.
pub(crate) type IdMap<T> = HashMap<Id, T, BuildHasherDefault<IdHasher>>;
/// A set of ids.
pub(crate) type IdSet = HashSet<Id, BuildHasherDefault<IdHasher>>;

impl Id {
    /// From 20 or 32 bytes.
    pub(crate) fn new(raw: &[u8]) -> Option<Self> {
        let mut bytes = [0; MOST];
        bytes.get_mut(..raw.len())?.copy_from_slice(raw);
        matches!(raw.len(), 20 | 32).then_some(Self { bytes, width: raw.len() as u8 })
    }

    /// From 40 or 64 hexadecimal digits.
    pub(crate) fn parse(hex: &[u8]) -> Option<Self> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let (pairs, []) = hex.as_chunks::<2>() else { return None };
        let byte = |[high, low]: &[u8; 2]| Some((digit(high)? << 4 | digit(low)?) as u8);
        Self::new(&pairs.iter().map(byte).collect::<Option<Vec<_>>>()?)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.width.into()]
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.bytes[..8]);
    }
}

/// Ids are hashes already. Who crafts collisions of their first bytes slows down a scan of their
/// own repository, by a factor that the number of objects bounds.
#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut word = [0; 8];
        let length = bytes.len().min(8);
        word[..length].copy_from_slice(&bytes[..length]);
        self.0 = u64::from_le_bytes(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_and_written() {
        for width in [40, 64] {
            let hex = "0123456789abcdef".repeat(4)[..width].to_owned();
            assert_eq!(Id::parse(hex.as_bytes()).unwrap().to_string(), hex);
        }
        for bad in ["", "0", "zz", &"0".repeat(41), &"g".repeat(40), &"0".repeat(42)] {
            assert_eq!(Id::parse(bad.as_bytes()), None);
        }
    }
}
