//! Text inside of text: base64 of either alphabet, hexadecimal, percent and Unicode escapes, and
//! gzip inside of base64.

use std::io::Read;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::engine::{BEFORE, base64};

/// The shortest run of digits that is decoded.
const RUN: usize = 40;
/// At every `STEP`th position so many bytes tell whether it may be inside of a run: each run of `RUN`
/// bytes holds such a block.
const BLOCK: usize = 16;
const STEP: usize = RUN - BLOCK;
/// The longest run that is decoded, and the longest text that it may unpack to.
const LIMIT: usize = 64 << 10;

/// A piece of text that stands for another.
pub(crate) struct Decoded {
    pub(crate) at: Range<usize>,
    pub(crate) text: Vec<u8>,
    pub(crate) encoding: &'static str,
}

/// Calls `found` with what the runs that begin `within` decode to, if it is text.
pub(crate) fn runs(bytes: &[u8], within: Range<usize>, mut found: impl FnMut(Decoded)) {
    let mut at = within.start;
    let end = within.end.min(bytes.len());
    while let Some((block, _)) = bytes.get(at..).and_then(<[u8]>::split_first_chunk::<BLOCK>) {
        if at >= end + STEP {
            break;
        }
        if !all_digits(block) {
            at += STEP;
            continue;
        }
        let before = bytes[..at].iter().rev().take(STEP);
        let start = at - before.take_while(|byte| base64::is_digit(**byte)).count();
        let rest = bytes[at..].iter().take(LIMIT);
        let stop = at + rest.take_while(|byte| base64::is_digit(**byte)).count();
        if stop - start >= RUN && within.contains(&start) {
            let run = trim(bytes, start, stop);
            if let Some((text, encoding)) = decode(&bytes[run.clone()]) {
                found(Decoded { at: run, text, encoding });
            }
        }
        at = stop.max(at + STEP);
    }
    escapes(bytes, within, found);
}

/// A run may continue a path or an assignment: what is before its last `=` or the first `/` of an
/// address does not belong to it. Padding does.
fn trim(bytes: &[u8], start: usize, stop: usize) -> Range<usize> {
    let padding = bytes[stop..].iter().take(2).take_while(|byte| **byte == b'=').count();
    start..stop + padding
}

/// The same as looking each byte up, without a branch.
fn all_digits(block: &[u8; BLOCK]) -> bool {
    let is_digit = |byte: u8| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        // `+`, `-`, `/` and what follows up to `9`.
        let is_other = byte.wrapping_sub(b'+') < 15 && byte != b',' && byte != b'.';
        u8::from(is_letter) | u8::from(is_other) | u8::from(byte == b'_')
    };
    block.iter().fold(1, |all, byte| all & is_digit(*byte)) == 1
}

fn decode(run: &[u8]) -> Option<(Vec<u8>, &'static str)> {
    if run.len().is_multiple_of(2) && run.iter().all(u8::is_ascii_hexdigit) {
        let text = unhex(run)?;
        return is_text(&text).then_some((text, "hexadecimal"));
    }
    // The first bytes tell most of them apart.
    let head = base64::decode(&run[..24])?;
    if head.starts_with(b"\x1f\x8b\x08") {
        let packed = base64::decode(run)?;
        let mut text = Vec::new();
        let unpacked = flate2::read::MultiGzDecoder::new(&packed[..]);
        // What was unpacked before an error is looked at, too.
        let _ = unpacked.take(LIMIT as u64).read_to_end(&mut text);
        return (!text.is_empty()).then_some((text, "gzip in base64"));
    }
    if !is_text(&head) {
        return None;
    }
    let text = base64::decode(run)?;
    is_text(&text).then_some((text, "base64"))
}

fn unhex(run: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    run.chunks_exact(2).map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect()
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace() || *byte >= 0x80)
        && std::str::from_utf8(bytes).is_ok_and(|text| text.is_ascii())
        || bytes.iter().filter(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()).count()
            * 20
            >= bytes.len() * 19
            && bytes.len() > 60
}

/// What may stand for a character: a mark, and two hexadecimal digits after it.
#[derive(Clone, Copy)]
enum Escape {
    Percent,
    Unicode,
}

/// What opens the escape of a character below U+0100.
const UNICODE: &[u8] = b"\\u00";
static FIND_UNICODE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(UNICODE));

/// Bytes of a word that are decoded before its first escape, and after it.
const AHEAD: usize = 256;
const BEHIND: usize = 1024;

impl Escape {
    fn mark(self) -> (&'static [u8], &'static str) {
        match self {
            Self::Percent => (b"%", "percent"),
            Self::Unicode => (UNICODE, "Unicode escapes"),
        }
    }

    /// The first one that begins `within`.
    fn find(self, bytes: &[u8], within: Range<usize>) -> Option<usize> {
        let Range { start: mut from, end } = within;
        let (mark, _) = self.mark();
        // The mark may end behind them.
        let text = bytes.get(..bytes.len().min(end + mark.len() - 1))?;
        loop {
            let rest = text.get(from..)?;
            let hit = from
                + match self {
                    Self::Percent => memchr::memchr(b'%', rest)?,
                    Self::Unicode => FIND_UNICODE.find(rest)?,
                };
            if let Some([high, low, ..]) = bytes.get(hit + mark.len()..)
                && self.first_digits().contains(high)
                && low.is_ascii_hexdigit()
            {
                return Some(hit);
            }
            from = hit + 1;
        }
    }

    /// How the codes begin that tell of an escaped word: of signs, `%2F`, `%3A` or `%40`, but not
    /// `i%2` and `%d`; of signs and letters, `\u003d`, but not `\u00e9`.
    fn first_digits(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Percent => b'2'..=b'4',
            Self::Unicode => b'2'..=b'7',
        }
    }

    /// Where the word ends that holds the place `at`, if it was decoded when an escape before `at`
    /// was met: whoever looks at the text in pieces finds each word once.
    fn decoded_before(self, bytes: &[u8], at: usize) -> Option<usize> {
        let start = at - word_length(bytes[..at].iter().rev(), BEFORE);
        let first = self.find(bytes, start..at)?;
        Some(first + word_length(bytes[first..].iter(), BEHIND))
    }
}

fn word_length<'a>(bytes: impl Iterator<Item = &'a u8>, limit: usize) -> usize {
    let is_end = |byte: &&u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`')
    };
    bytes.take(limit).take_while(|byte| !is_end(byte)).count()
}

/// Words with percent or Unicode escapes, decoded.
fn escapes(bytes: &[u8], within: Range<usize>, mut found: impl FnMut(Decoded)) {
    let end = within.end.min(bytes.len());
    for escape in [Escape::Percent, Escape::Unicode] {
        let (mark, encoding) = escape.mark();
        let mut free = escape.decoded_before(bytes, within.start.min(end)).unwrap_or(0);
        while let Some(hit) = escape.find(bytes, within.start.max(free)..end) {
            let before = word_length(bytes[free..hit].iter().rev(), AHEAD);
            let at = hit - before..hit + word_length(bytes[hit..].iter(), BEHIND);
            free = at.end;
            found(Decoded { text: unescape(&bytes[at.clone()], mark, 2), at, encoding });
        }
    }
}

/// `text` with each `mark` and the hexadecimal digits after it replaced by what they stand for.
pub(super) fn unescape(text: &[u8], mark: &[u8], digits: usize) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let code = text[at..].strip_prefix(mark).and_then(|rest| unhex(rest.get(..digits)?));
        match code {
            Some(code) => {
                plain.extend(code);
                at += mark.len() + digits;
            }
            None => {
                plain.push(text[at]);
                at += 1;
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_reach_beyond_what_is_looked_at() {
        for text in ["%41%42%43 x", "\\u0041\\u0042\\u0043 x", "a%2Fb%2Fc%2Fd"] {
            for end in 0..=text.len() {
                runs(text.as_bytes(), 0..end, |_| {});
            }
        }
    }

    #[test]
    fn a_word_that_is_cut_is_decoded_once() {
        let long = "%2Fword".repeat(600);
        for text in ["a%2Fb%2Fc%2Fd x%40y", "\\u0041b\\u0042 \"\\u0043\"", "a%2Fb\\u0041", &long] {
            let mut whole = all(text);
            whole.sort();
            // Where a longer word begins cannot be known from a later piece.
            for cut in 0..=text.len().min(BEFORE) {
                let mut pieces = Vec::new();
                for within in [0..cut, cut..text.len()] {
                    let from = within.start.saturating_sub(BEFORE);
                    runs(&text.as_bytes()[from..], within.start - from..within.end - from, |it| {
                        let text = String::from_utf8_lossy(&it.text).into_owned();
                        pieces.push((text, it.encoding));
                    });
                }
                pieces.sort();
                assert_eq!(pieces, whole, "cut at {cut}");
            }
        }
    }

    fn all(text: &str) -> Vec<(String, &'static str)> {
        let mut all = Vec::new();
        runs(text.as_bytes(), 0..text.len(), |it| {
            all.push((String::from_utf8_lossy(&it.text).into_owned(), it.encoding));
        });
        all
    }

    #[test]
    fn digits_are_told_at_once() {
        for byte in 0..=u8::MAX {
            let mut block = [b'a'; BLOCK];
            block[7] = byte;
            assert_eq!(all_digits(&block), base64::is_digit(byte), "{byte}");
        }
    }

    #[test]
    fn text_inside_of_text_is_decoded() {
        let base64 = "dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZw==";
        let plain = "the quick brown fox jumps over the lazy dog";
        assert_eq!(all(&format!("x: {base64}\n")), [(plain.into(), "base64")]);
        let hex: String = plain.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(all(&format!("x = '{hex}'")), [(plain.into(), "hexadecimal")]);
        assert_eq!(all("u=a%3Ab%2F"), [("u=a:b/".into(), "percent")]);
        assert_eq!(all(r"a\u003db"), [("a=b".into(), "Unicode escapes")]);
        assert!(all(&"a sentence of ordinary words ".repeat(9)).is_empty());
        assert!(all(&"0123456789abcdef".repeat(4)).is_empty());
    }
}
