//! The first pass: where do keywords occur?
//!
//! Four bytes are read at every second position, folded to one case, hashed, and looked up in a Bloom
//! filter of 32 KiB: one word, two bits of it. A keyword of five bytes or more is seen through two such
//! windows, one at an even distance from its start and one at an odd, the rarest that it has: `consul`
//! through `nsul`, not through `cons`. One of them is read whatever its position, so each occurrence
//! is seen once. Shorter keywords are widened by the bytes that may stand beside them. What survives the
//! filter is compared with the keyword itself. The cost per byte does not depend on the number of
//! keywords.

use crate::engine::rarity;

/// Words of the filter, as a power of two.
const WORDS: u32 = 12;
const FOLD: u32 = 0x2020_2020;
const FOLD_WIDE: u64 = 0x2020_2020_2020_2020;

/// A set of literals that are looked for all at once.
pub(crate) struct Grams {
    filter: Box<[u64; 1 << WORDS]>,
    /// Sorted by hash; `first` leads from the upper bits of a hash into it.
    entries: Vec<Entry>,
    first: Vec<u32>,
    literals: Vec<Literal>,
    /// How far a window may begin after its literal, and how far it reaches from there.
    reach: usize,
}

/// A literal to look for.
pub(crate) struct Literal {
    pub(crate) bytes: &'static [u8],
    /// Whether `A` and `a` differ.
    pub(crate) exact: bool,
    /// Whether it opens a token, so that a character of tokens follows, and no word goes before.
    pub(crate) opening: bool,
    /// Whether it may end what it belongs to, so that anything may follow.
    pub(crate) closing: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    gram: u32,
    literal: u16,
    /// Position of the window relative to the literal.
    offset: i8,
}

/// How many upper bits of a hash index `first`.
const INDEX: u32 = 13;

impl Grams {
    /// `literals` have at least three bytes each.
    pub(crate) fn new(literals: Vec<Literal>) -> Self {
        let mut entries = Vec::new();
        for (number, literal) in literals.iter().enumerate() {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            for (offset, gram) in windows(literal) {
                let gram = u32::from_le_bytes(gram) | FOLD;
                entries.push(Entry { gram, literal: number, offset });
            }
        }
        entries.sort_unstable_by_key(|entry| (hash(entry.gram), *entry));
        entries.dedup();
        let mut filter = Box::new([0; 1 << WORDS]);
        let mut first = vec![0u32; (1 << INDEX) + 1];
        for entry in &entries {
            let (word, bits) = bits(entry.gram);
            filter[word] |= bits;
            first[bucket(entry.gram) + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let furthest = entries.iter().map(|entry| entry.offset).max().unwrap_or(0);
        let reach = usize::try_from(furthest).unwrap_or(0) + 4;
        Self { filter, entries, first, literals, reach }
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
        // Windows reach one byte before a literal and some bytes past it.
        let mut at = from.saturating_sub(1) & !1;
        let end = bytes.len().min(to.saturating_add(self.reach));
        while at < end {
            // Eight windows at once: one branch for sixteen bytes.
            let Some((block, _)) = bytes.get(at..).and_then(<[u8]>::split_first_chunk::<18>) else {
                break;
            };
            let grams = grams(block);
            let mut hits = 0u32;
            for (window, gram) in grams.into_iter().enumerate() {
                hits |= u32::from(self.may_hold(gram)) << window;
            }
            while hits != 0 {
                let window = hits.trailing_zeros() as usize;
                hits &= hits - 1;
                self.verify(bytes, at + 2 * window, grams[window], from..to, &mut found);
            }
            at += 16;
        }
        while let Some(gram) = bytes.get(at..at + 4).filter(|_| at < end) {
            let gram = u32::from_le_bytes(gram.try_into().unwrap_or_default()) | FOLD;
            if self.may_hold(gram) {
                self.verify(bytes, at, gram, from..to, &mut found);
            }
            at += 2;
        }
    }

    #[inline(always)]
    fn may_hold(&self, gram: u32) -> bool {
        let (word, bits) = bits(gram);
        self.filter[word] & bits == bits
    }

    #[inline(never)]
    fn verify(
        &self,
        bytes: &[u8],
        at: usize,
        gram: u32,
        within: std::ops::Range<usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        let bucket = bucket(gram);
        let range = self.first[bucket] as usize..self.first[bucket + 1] as usize;
        for entry in self.entries[range].iter().filter(|entry| entry.gram == gram) {
            let literal = &self.literals[usize::from(entry.literal)];
            let Some(start) = at.checked_add_signed(-isize::from(entry.offset)) else { continue };
            let Some(there) = bytes.get(start..start + literal.bytes.len()) else { continue };
            let same = match literal.exact {
                true => there == literal.bytes,
                false => there.eq_ignore_ascii_case(literal.bytes),
            };
            if same && within.contains(&start) {
                found(usize::from(entry.literal), start);
            }
        }
    }
}

/// The windows at even positions of sixteen bytes and the two after them.
#[inline(always)]
fn grams(block: &[u8; 18]) -> [u32; 8] {
    let wide = |at: usize| {
        let eight = block[at..at + 8].try_into().unwrap_or_default();
        u64::from_le_bytes(eight) | FOLD_WIDE
    };
    let (low, high, last) = (wide(0), wide(8), wide(10));
    let between = low >> 48 | high << 16;
    [
        low as u32,
        (low >> 16) as u32,
        (low >> 32) as u32,
        between as u32,
        high as u32,
        (high >> 16) as u32,
        (high >> 32) as u32,
        (last >> 32) as u32,
    ]
}

#[inline(always)]
fn hash(gram: u32) -> u64 {
    u64::from(gram).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The word of the filter, and the two bits in it.
#[inline(always)]
fn bits(gram: u32) -> (usize, u64) {
    let hash = hash(gram);
    ((hash >> (64 - WORDS)) as usize, 1 << (hash >> 40 & 63) | 1 << (hash >> 34 & 63))
}

fn bucket(gram: u32) -> usize {
    (hash(gram) >> (64 - INDEX)) as usize
}

/// Windows through which a literal is seen: one at an even distance from its start, one at an odd.
fn windows(literal: &Literal) -> Vec<(i8, [u8; 4])> {
    let any = || 0..=u8::MAX;
    let next = || any().filter(|byte| literal.closing || may_follow(*byte, literal.opening));
    let is_word = literal.opening && literal.bytes[0].is_ascii_alphanumeric();
    let before = || any().filter(|byte| !is_word || may_precede(*byte));
    match *literal.bytes {
        [a, b, c] => next()
            .map(|next| (0, [a, b, c, next]))
            .chain(before().map(|before| (-1, [before, a, b, c])))
            .collect(),
        [a, b, c, d] => std::iter::once((0, [a, b, c, d]))
            .chain(next().map(|next| (1, [b, c, d, next])))
            .collect(),
        _ => [0, 1].into_iter().filter_map(|first| rarest(literal.bytes, first)).collect(),
    }
}

/// The rarest window at `first` or an even distance from there.
fn rarest(literal: &[u8], first: usize) -> Option<(i8, [u8; 4])> {
    let windows = literal.windows(4).enumerate().skip(first).step_by(2).take(LONGEST / 2);
    let (at, gram) = windows.max_by_key(|(_, gram)| rarity::of(gram))?;
    Some((i8::try_from(at).ok()?, gram.try_into().ok()?))
}

/// So far into a literal a window is looked for.
const LONGEST: usize = 64;

/// What may follow a literal of three or four bytes: what tokens and passwords are made of, or what
/// stands between a name and its value.
fn may_follow(byte: u8, opening: bool) -> bool {
    let signs: &[u8] = if opening { b"_-+/.$!%" } else { b"_-%+/:.~!$&*=@ \"'`>])\\,\t<" };
    byte.is_ascii_alphanumeric() || signs.contains(&byte)
}

/// What may stand before a token: no word, but the end of an escape such as `\n`, `%3D` or `\u0022`,
/// or of a colour of a terminal.
fn may_precede(byte: u8) -> bool {
    !byte.is_ascii_alphabetic()
        || matches!(byte.to_ascii_lowercase(), b'a'..=b'f' | b'm' | b'n' | b'r' | b't' | b'v')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&[u8]; 5] = [b"abc", b"bcab", b"abcab", b"cabbage", b"a_b"];

    fn grams(exact: bool) -> Grams {
        Grams::new(
            WORDS.map(|bytes| Literal { bytes, exact, opening: false, closing: false }).into(),
        )
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
