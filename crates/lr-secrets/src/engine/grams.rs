//! The first pass: where do keywords occur?
//!
//! At every second position three bytes are folded to a code of 15 bits, letters without their case,
//! sixteen bytes of text at once. A keyword is seen through two windows of five bytes, one at an even
//! distance from its start and one at an odd, the rarest that it has: `consul` by its last letters, not by
//! its first. One of them is read whatever its position, so each occurrence is seen once. A window is
//! two codes, and each code has eight bits for windows that begin with it and eight for windows that end
//! with it: where the two have none in common, there is no keyword. Where they do, the keywords that have
//! such a window are compared with the text. The cost per byte does not depend on the number of keywords.

mod plan;

use std::ops::Range;

use plan::{Filter, View};

/// Bytes whose windows are looked at together.
const BLOCK: usize = 16;
/// Bytes that the windows of a block reach into.
const REACH: usize = BLOCK + 4;
/// Blocks that are looked at before what was seen in them is compared: no branch depends on a block.
const BLOCKS: usize = 256;
/// How many upper bits of a hash index `Grams::buckets`.
const INDEX: u32 = 11;

/// A set of literals that are looked for all at once.
pub(crate) struct Grams {
    filter: Filter,
    /// Sorted by hash; `buckets` leads from the upper bits of a hash into it.
    entries: Vec<Entry>,
    buckets: Vec<u16>,
    literals: Vec<Literal>,
    heads: Vec<Head>,
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

/// A literal that is seen through a window which holds three certain bytes.
#[derive(Clone, Copy)]
struct Entry {
    key: u32,
    literal: u16,
    /// From the beginning of the literal to these bytes.
    offset: u16,
}

/// The first eight bytes of a literal, to be compared at once.
struct Head {
    bytes: u64,
    /// Which bits its letters may have or not.
    fold: u64,
    mask: u64,
}

impl Grams {
    /// `literals` have at least three bytes each.
    pub(crate) fn new(literals: Vec<Literal>) -> Self {
        let (views, filter) = plan::views(&literals);
        let mut entries: Vec<_> = views.iter().map(|view| Entry::new(view, &literals)).collect();
        entries.sort_by_key(|entry| (bucket(entry.key), entry.literal, entry.offset));
        let mut buckets = vec![0u16; (1 << INDEX) + 1];
        for entry in &entries {
            buckets[bucket(entry.key) + 1] += 1;
        }
        for at in 1..buckets.len() {
            buckets[at] += buckets[at - 1];
        }
        let furthest = views.iter().map(|view| view.offset).max().unwrap_or(0);
        let reach = usize::try_from(furthest).unwrap_or(0) + 5;
        let heads = literals.iter().map(Head::new).collect();
        Self { filter, entries, buckets, literals, heads, reach }
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
        let mut seen = [0; BLOCKS];
        while at < end {
            let until = bytes.len().min(at + BLOCKS * BLOCK + REACH - BLOCK);
            let text = &bytes[at..until.min(end.next_multiple_of(2) + REACH)];
            let (blocks, count) = self.sieve(text, &mut seen);
            if blocks == 0 {
                break;
            }
            for block in &seen[..count] {
                let block = usize::from(*block) * BLOCK;
                let Some(reach) = text[block..].first_chunk() else { continue };
                self.compare(bytes, at + block, reach, from..to, &mut found);
            }
            at += blocks * BLOCK;
        }
        // What is beyond the text is nothing.
        for at in (at..end).step_by(BLOCK) {
            let mut block = [0; REACH];
            let rest = &bytes[at..bytes.len().min(at + REACH)];
            block[..rest.len()].copy_from_slice(rest);
            self.compare(bytes, at, &block, from..to, &mut found);
        }
    }

    /// Which blocks of `text` may hold a literal: how many were looked at, and how many of those are
    /// in `seen`.
    #[inline(never)]
    fn sieve(&self, text: &[u8], seen: &mut [u16; BLOCKS]) -> (usize, usize) {
        let (mut number, mut count) = (0u16, 0);
        let mut rest = text;
        let Some(open) = rest.first_chunk::<4>() else { return (0, 0) };
        let mut last = self.filter.marks[usize::from(code_of(*open))][0];
        while let Some(block) = rest.first_chunk::<REACH>() {
            let mut bits = 0;
            for code in codes(block) {
                let [first, second] = self.filter.marks[usize::from(code)];
                bits |= last & second;
                last = first;
            }
            seen[count % BLOCKS] = number;
            count += usize::from(bits != 0);
            number += 1;
            rest = &rest[BLOCK..];
        }
        (number.into(), count)
    }

    /// Compares the literals that the windows of a block, which begins `at`, may hold.
    #[inline(always)]
    fn compare(
        &self,
        bytes: &[u8],
        at: usize,
        block: &[u8; REACH],
        within: Range<usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        let mut windows = self.windows(block);
        while windows != 0 {
            let window = at + 2 * windows.trailing_zeros() as usize;
            self.verify(bytes, window, within.clone(), found);
            windows &= windows - 1;
        }
    }

    /// Which windows of a block may hold a literal, as bits.
    #[inline(always)]
    fn windows(&self, block: &[u8; REACH]) -> u32 {
        let [a, b, c, d, ..] = *block;
        let mut last = self.filter.marks[usize::from(code_of([a, b, c, d]))][0];
        codes(block).iter().enumerate().fold(0, |windows, (at, code)| {
            let [first, second] = self.filter.marks[usize::from(*code)];
            let bits = last & second;
            last = first;
            windows | u32::from(bits != 0) << at
        })
    }

    #[inline(never)]
    fn verify(
        &self,
        bytes: &[u8],
        at: usize,
        within: Range<usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        for is_shifted in [false, true] {
            let at = at + usize::from(is_shifted);
            let Some(three) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { return };
            let key = key(*three, is_shifted);
            let bucket = bucket(key);
            let range = usize::from(self.buckets[bucket])..usize::from(self.buckets[bucket + 1]);
            for entry in self.entries[range].iter().filter(|entry| entry.key == key) {
                let Some(start) = at.checked_sub(entry.offset.into()) else { continue };
                if within.contains(&start) && self.is_at(entry.literal.into(), bytes, start) {
                    found(entry.literal.into(), start);
                }
            }
        }
    }

    fn is_at(&self, number: usize, bytes: &[u8], start: usize) -> bool {
        let (literal, head) = (&self.literals[number], &self.heads[number]);
        if let Some(eight) = bytes[start..].first_chunk()
            && (u64::from_le_bytes(*eight) | head.fold) & head.mask != head.bytes
        {
            return false;
        }
        let end = start + literal.bytes.len();
        bytes.get(start..end).is_some_and(|there| match literal.exact {
            true => there == literal.bytes,
            false => there.eq_ignore_ascii_case(literal.bytes),
        }) && literal.may_stand(start.checked_sub(1).map(|before| bytes[before]), bytes.get(end))
    }
}

impl Entry {
    fn new(view: &View, literals: &[Literal]) -> Self {
        let is_shifted = view.offset < 0;
        let offset = usize::try_from(view.offset).unwrap_or(0);
        let bytes = literals[view.literal].bytes;
        let three = std::array::from_fn(|at| bytes[offset + at]);
        let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        Self { key: key(three, is_shifted), literal: number(view.literal), offset: number(offset) }
    }
}

impl Head {
    fn new(literal: &Literal) -> Self {
        let (mut bytes, mut fold, mut mask) = ([0; 8], [0; 8], [0; 8]);
        for (at, byte) in literal.bytes.iter().take(8).enumerate() {
            let folds = !literal.exact && byte.is_ascii_alphabetic();
            fold[at] = if folds { 0x20 } else { 0 };
            bytes[at] = byte | fold[at];
            mask[at] = u8::MAX;
        }
        let [bytes, fold, mask] = [bytes, fold, mask].map(u64::from_le_bytes);
        Self { bytes, fold, mask }
    }
}

impl Literal {
    /// The codes that may stand so far from its beginning, as bits.
    fn symbols(&self, at: isize) -> u32 {
        match usize::try_from(at) {
            Ok(at) if at < self.bytes.len() => 1 << (self.bytes[at] & 31),
            Ok(at) if at == self.bytes.len() && !self.closing => match self.opening {
                true => AFTER_OPENING,
                false => AFTER_NAME,
            },
            _ => u32::MAX,
        }
    }

    /// Whether it may stand between these bytes.
    fn may_stand(&self, before: Option<u8>, after: Option<&u8>) -> bool {
        let follows = before.is_none_or(|before| !self.opens_word() || is_before_word(before));
        let is_followed = || match after {
            Some(after) if self.opening => is_after_opening(*after),
            Some(after) => is_after_name(*after),
            None => false,
        };
        follows && (self.bytes.len() > 4 || self.closing || is_followed())
    }

    fn opens_word(&self) -> bool {
        self.opening && self.bytes[0].is_ascii_alphanumeric()
    }
}

/// What may stand before a token: no word, but the end of an escape such as `\n`, `%3D` or `\u0022`,
/// or of a colour of a terminal.
const fn is_before_word(byte: u8) -> bool {
    !byte.is_ascii_alphabetic()
        || matches!(byte | 0x20, b'a'..=b'f' | b'm' | b'n' | b'r' | b't' | b'v')
}

/// What may follow a short literal that opens a token.
const fn is_after_opening(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'.' | b'$' | b'!' | b'%')
}

/// What may follow another short literal: what passwords are made of, or what stands between a name
/// and its value.
const fn is_after_name(byte: u8) -> bool {
    // All signs but `#`, `;`, `^` and `}`, and no control but blanks and line ends.
    byte.is_ascii_graphic() && !matches!(byte, b'#' | b';' | b'^' | b'}')
        || matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The codes of the bytes that fit, as bits.
macro_rules! codes_of {
    ($fits:ident) => {{
        let (mut codes, mut byte) = (0u32, 0u8);
        while byte < 0x80 {
            if $fits(byte) {
                codes |= 1 << (byte & 31);
            }
            byte += 1;
        }
        codes
    }};
}

const AFTER_OPENING: u32 = codes_of!(is_after_opening);
const AFTER_NAME: u32 = codes_of!(is_after_name);

/// The codes at the even positions of a block but its first, and the one after them.
#[inline(always)]
fn codes(block: &[u8; REACH]) -> [u16; 8] {
    let pairs = |from: usize| -> [u16; 8] {
        std::array::from_fn(|at| {
            u16::from_le_bytes([block[from + 2 * at], block[from + 2 * at + 1]])
        })
    };
    let (low, high) = (pairs(2), pairs(4));
    std::array::from_fn(|at| code(low[at], high[at]))
}

fn code_of([a, b, c, d]: [u8; 4]) -> u16 {
    code(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))
}

/// The code of two bytes and the first of the next two.
#[inline(always)]
fn code(low: u16, high: u16) -> u16 {
    low & 0x1f | low >> 3 & 0x3e0 | (high & 0x1f) << 10
}

/// Three bytes, letters without their case.
fn key([a, b, c]: [u8; 3], is_shifted: bool) -> u32 {
    u32::from_le_bytes([a, b, c, 0]) | 0x20_2020 | u32::from(is_shifted) << 24
}

fn bucket(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (32 - INDEX)) as usize
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
