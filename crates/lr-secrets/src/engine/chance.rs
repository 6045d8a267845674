//! Is it random enough to be a secret, or does it only look like one?

/// Words in small letters.
pub(crate) struct Words {
    words: &'static [&'static [u8]],
    /// Which of them begin with a byte, as bits.
    by_initial: [u64; 128],
}

/// Words that people write where a secret would stand.
static STAND_INS: Words = Words::new(&[
    b"example",
    b"placeholder",
    b"changeme",
    b"change_me",
    b"change-me",
    b"replace",
    b"insert",
    b"redacted",
    b"dummy",
    b"sample",
    b"notreal",
    b"not-a-real",
    b"not_a_real",
    b"your-",
    b"your_",
    b"yourkey",
    b"yourtoken",
    b"yoursecret",
    b"yourapi",
    b"xxxx",
    b"...",
]);
/// Sequences and words that turn up in tests and documentation.
static EXAMPLES: Words = Words::new(&[
    b"abcdefgh",
    b"12345678",
    b"23456789",
    b"deadbeef",
    b"foobar",
    b"1a2b3c4d",
    b"a1b2c3",
    b"c3b2a1",
    b"0123456789",
    b"1q2w3e",
    b"1qaz",
    b"qwerty",
    b"qwertz",
    b"asdfg",
    b"zxcvb",
    b"abc123",
    b"1234-1234",
]);

/// Whether somebody wrote `text` to stand for a secret: documentation, templates, masks.
pub(crate) fn is_stand_in(text: &[u8]) -> bool {
    is_placeholder(text) || is_example(text)
}

/// Whether `text` says that a secret goes here.
pub(crate) fn is_placeholder(text: &[u8]) -> bool {
    is_mask(text) || STAND_INS.stand_in(text)
}

/// Whether `text` has the form of a secret but counts or spells.
pub(crate) fn is_example(text: &[u8]) -> bool {
    EXAMPLES.stand_in(text)
}

impl Words {
    /// At most 64 of them.
    pub(crate) const fn new(words: &'static [&'static [u8]]) -> Self {
        let (mut by_initial, mut at) = ([0; 128], 0);
        while at < words.len() {
            by_initial[words[at][0] as usize] |= 1 << at;
            at += 1;
        }
        Self { words, by_initial }
    }

    /// Whether one of them stands in `text` as people write words: in one case, or with a capital.
    /// Otherwise it got there by chance, as in `x9DuMMy`.
    pub(crate) fn stand_in(&self, text: &[u8]) -> bool {
        let text = &text[..text.len().min(512)];
        // In a long text a few letters are sure to stand somewhere.
        let least = if text.len() > 100 { 6 } else { 0 };
        (0..text.len()).any(|at| {
            let initial = usize::from(text[at].to_ascii_lowercase());
            let mut words = self.by_initial.get(initial).copied().unwrap_or(0);
            while words != 0 {
                let word = self.words[words.trailing_zeros() as usize];
                words &= words - 1;
                if let Some(there) = text[at..].get(..word.len())
                    && word.len() >= least
                    && there.eq_ignore_ascii_case(word)
                    && is_written(there)
                {
                    return true;
                }
            }
            false
        })
    }
}

/// Whether `part` stands in `text`.
pub(crate) fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// Whether all words in it are in one case, but for a capital that begins one.
pub(crate) fn is_written(text: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_alphabetic()).all(|word| {
        word.is_empty()
            || word[1..].iter().all(u8::is_ascii_lowercase)
            || word.iter().all(u8::is_ascii_uppercase)
    })
}

/// Whether much of `text` is one character, over and over.
pub(crate) fn is_mask(text: &[u8]) -> bool {
    let run = text.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0);
    run >= 6 && run * 3 >= text.len().min(40) || repeats(text)
}

/// Whether a third of `text` is two to four characters, over and over: a mask in base64.
fn repeats(text: &[u8]) -> bool {
    (2..=4).any(|period| {
        let same = text.iter().zip(text.iter().skip(period)).map(|(a, b)| a == b);
        let (longest, _) = same.fold((0, 0), |(longest, run), same| {
            let run = if same { run + 1 } else { 0 };
            (longest.max(run), run)
        });
        longest >= 16 && longest * 3 >= text.len()
    })
}

/// Whether `text` has `bits` of entropy per byte, or as many as its length and alphabet let one
/// expect of what is drawn: few hexadecimal digits have few bits.
pub(crate) fn is_rich(text: &[u8], bits: f32) -> bool {
    let has = |test: fn(&u8) -> bool| text.iter().any(test);
    let alphabet: f32 = match () {
        () if text.iter().all(u8::is_ascii_digit) => 10.0,
        () if text.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-') => 16.0,
        () if has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) => 62.0,
        () => 36.0,
    };
    // Of ten million texts that are drawn from the alphabet, one falls below.
    let share = if text.len() < 24 { 0.5 } else { 0.66 };
    let expected = share * alphabet.min(text.len().max(1) as f32).log2();
    entropy(text) >= bits.min(expected)
}

/// Shannon entropy in bits per byte.
pub(crate) fn entropy(text: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let all = text.len() as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| *count as f32 / all)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_counts_bits() {
        assert!(entropy(b"").abs() < 0.001);
        assert!(entropy(b"aaaa").abs() < 0.001);
        assert!((entropy(b"abcd") - 2.0).abs() < 0.001);
    }

    #[test]
    fn stand_ins_are_told() {
        for text in
            ["AKIAIOSFODNN7EXAMPLE", "your-key-goes-here", "xxxxXXXX", "********", "00000000"]
        {
            assert!(is_stand_in(text.as_bytes()), "{text}");
        }
        for text in ["Zk3rQ9vLw2Pt", "a1a1a1b2", "q9DuMmy4Zr", "4xxXxP", ""] {
            assert!(!is_stand_in(text.as_bytes()), "{text}");
        }
    }
}
