//! The first pass: where do keywords occur?
//!
//! Four bytes are read at every second position, folded to one case, hashed and looked up in a
//! bitmap of 32 KiB. A keyword of five bytes or more covers two such windows, one of which is read
//! whatever its position; shorter keywords are widened by the bytes that may stand beside them. Each
//! occurrence is seen through exactly one window. What survives the bitmap is compared with the
//! keyword itself. The cost per byte does not depend on the number of keywords.

const BITS: u32 = 18;
const FOLD: u32 = 0x2020_2020;
const FOLD_WIDE: u64 = 0x2020_2020_2020_2020;

/// A set of literals that are looked for all at once.
pub(crate) struct Grams {
    bitmap: Box<[u64; 1 << (BITS - 6)]>,
    /// (hash, entry), sorted; `first` leads from the upper half of a hash into it.
    entries: Vec<(u32, Entry)>,
    first: Vec<u32>,
    literals: Vec<Literal>,
}

/// A literal to look for.
pub(crate) struct Literal {
    pub(crate) bytes: &'static [u8],
    /// Whether `A` and `a` differ.
    pub(crate) exact: bool,
    /// Whether it may end what it belongs to, so that anything may follow.
    pub(crate) closing: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    literal: u16,
    /// Position of the window relative to the literal.
    offset: i8,
}

/// How many upper bits of a hash index `first`.
const INDEX_BITS: u32 = 12;

impl Grams {
    /// `literals` have at least three bytes each.
    pub(crate) fn new(literals: Vec<Literal>) -> Self {
        let mut entries = Vec::new();
        for (number, literal) in literals.iter().enumerate() {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            for (offset, gram) in windows(literal) {
                entries.push((hash(u32::from_le_bytes(gram)), Entry { literal: number, offset }));
            }
        }
        entries.sort_unstable();
        entries.dedup();
        let mut bitmap = Box::new([0; 1 << (BITS - 6)]);
        let mut first = vec![0u32; (1 << INDEX_BITS) + 1];
        for &(hash, _) in &entries {
            bitmap[(hash >> 6) as usize] |= 1u64 << (hash & 63);
            first[(hash >> (BITS - INDEX_BITS)) as usize + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        Self { bitmap, entries, first, literals }
    }

    /// Calls `found` with each literal and where it begins, within `from..to`, in order of windows.
    /// A literal of three or four bytes goes unseen where nothing follows it of which a secret is
    /// made.
    pub(crate) fn find(
        &self,
        bytes: &[u8],
        from: usize,
        to: usize,
        mut found: impl FnMut(usize, usize),
    ) {
        // Windows reach one byte before a literal and one byte past it.
        let mut at = from.saturating_sub(1) & !1;
        let end = bytes.len().min(to.saturating_add(2));
        while at < end {
            // Four windows at once: one branch for eight bytes.
            let Some(block) = bytes.get(at..at + 10) else { break };
            let low = u64::from_le_bytes(block[..8].try_into().unwrap_or_default()) | FOLD_WIDE;
            let high = u32::from_le_bytes(block[6..10].try_into().unwrap_or_default()) | FOLD;
            let hashes = [
                hash_folded(low as u32),
                hash_folded((low >> 16) as u32),
                hash_folded((low >> 32) as u32),
                hash_folded(high),
            ];
            let [first, second, third, fourth] = hashes;
            if self.bit(first) | self.bit(second) | self.bit(third) | self.bit(fourth) != 0 {
                for (step, hash) in hashes.into_iter().enumerate() {
                    if self.bit(hash) != 0 {
                        self.verify(bytes, at + 2 * step, hash, from..to, &mut found);
                    }
                }
            }
            at += 8;
        }
        while let Some(gram) = bytes.get(at..at + 4).filter(|_| at < end) {
            let hash = hash(u32::from_le_bytes(gram.try_into().unwrap_or_default()));
            if self.bit(hash) != 0 {
                self.verify(bytes, at, hash, from..to, &mut found);
            }
            at += 2;
        }
    }

    #[inline(always)]
    fn bit(&self, hash: u32) -> u64 {
        self.bitmap[(hash >> 6) as usize] >> (hash & 63) & 1
    }

    #[inline(never)]
    fn verify(
        &self,
        bytes: &[u8],
        at: usize,
        hash: u32,
        within: std::ops::Range<usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        let bucket = (hash >> (BITS - INDEX_BITS)) as usize;
        let range = self.first[bucket] as usize..self.first[bucket + 1] as usize;
        for (_, entry) in self.entries[range].iter().filter(|(of, _)| *of == hash) {
            let literal = &self.literals[usize::from(entry.literal)];
            let Some(start) = at.checked_add_signed(-isize::from(entry.offset)) else { continue };
            let Some(there) = bytes.get(start..start + literal.bytes.len()) else { continue };
            // The first byte settles most of it, without a call.
            let same = (there[0] ^ literal.bytes[0]) & !0x20 == 0
                && match literal.exact {
                    true => there == literal.bytes,
                    false => there.eq_ignore_ascii_case(literal.bytes),
                };
            if same && within.contains(&start) {
                found(usize::from(entry.literal), start);
            }
        }
    }
}

fn hash(gram: u32) -> u32 {
    hash_folded(gram | FOLD)
}

#[inline(always)]
fn hash_folded(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

/// Windows through which a literal is seen: one at an even distance from its start, one at an odd.
fn windows(literal: &Literal) -> Vec<(i8, [u8; 4])> {
    let any = || 0..=u8::MAX;
    let next = || any().filter(|byte| literal.closing || may_follow(*byte));
    match *literal.bytes {
        [a, b, c] => next()
            .map(|next| (0, [a, b, c, next]))
            .chain(any().map(|before| (-1, [before, a, b, c])))
            .collect(),
        [a, b, c, d] => std::iter::once((0, [a, b, c, d]))
            .chain(next().map(|next| (1, [b, c, d, next])))
            .collect(),
        [a, b, c, d, e, ..] => vec![(0, [a, b, c, d]), (1, [b, c, d, e])],
        _ => Vec::new(),
    }
}

/// What may follow a literal of three or four bytes: what tokens and passwords are made of.
fn may_follow(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-%+/:.~!$&*=@".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&[u8]; 5] = [b"abc", b"bcab", b"abcab", b"cabbage", b"a_b"];

    fn grams(exact: bool) -> Grams {
        Grams::new(WORDS.map(|bytes| Literal { bytes, exact, closing: false }).into())
    }

    fn naive(bytes: &[u8], exact: bool) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for (number, word) in WORDS.iter().enumerate() {
            for (at, there) in bytes.windows(word.len()).enumerate() {
                // Nothing follows a literal at the very end.
                if at + word.len() < bytes.len()
                    && if exact { there == *word } else { there.eq_ignore_ascii_case(word) }
                {
                    all.push((number, at));
                }
            }
        }
        all.sort_unstable();
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn finds_each_occurrence_once(text in "[abcABC_eg]{0,60}", exact: bool) {
            let mut found = Vec::new();
            grams(exact).find(text.as_bytes(), 0, usize::MAX - 8, |word, at| {
                if at + WORDS[word].len() < text.len() {
                    found.push((word, at));
                }
            });
            found.sort_unstable();
            prop_assert_eq!(found, naive(text.as_bytes(), exact));
        }

        #[test]
        fn a_range_holds_its_share(text in "[abc]{0,60}", cut in 0usize..60) {
            let bytes = text.as_bytes();
            let mut found = Vec::new();
            let grams = grams(true);
            grams.find(bytes, 0, cut, |word, at| found.push((word, at)));
            grams.find(bytes, cut, bytes.len(), |word, at| found.push((word, at)));
            found.retain(|&(word, at)| at + WORDS[word].len() < bytes.len());
            found.sort_unstable();
            prop_assert_eq!(found, naive(bytes, true));
        }
    }
}
