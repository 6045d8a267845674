//! Whether characters look drawn, not written.

use crate::engine::{chance, rarity};

/// Whether the characters look drawn, not written: enough entropy for the length, and letters, digits
/// and case that change more often than in words.
pub(crate) fn is_random(text: &[u8]) -> bool {
    if text.len() < 10 {
        return false;
    }
    let is_hex = text.iter().all(u8::is_ascii_hexdigit);
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let entropy = chance::entropy(text);
    let changes = text.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    let share = changes as f32 / text.len() as f32;
    if digits == text.len() {
        return false;
    }
    if wordy(text) * 2 > text.len() {
        return false;
    }
    if is_hex || is_uuid(text) {
        // Programs print one case.
        return !(text.len() >= 32 && has_both_cases(text))
            && text.len() >= 12
            && entropy >= 2.6
            && digits > 0
            && letters > 0
            && share >= 0.15;
    }
    let least = if text.len() >= 20 { 3.3 } else { 2.8 };
    entropy >= least
        && letters > 0
        && match digits {
            0 => text.len() >= 16 && share >= 0.42 && entropy >= 3.5 && has_both_cases(text),
            1 => share >= 0.25 && text.len() >= 14 && (has_both_cases(text) || few_vowels(text)),
            _ => share >= 0.22,
        }
}

/// Whether letters follow each other as in no word, however few they are: of what is drawn from the
/// alphabet four in five are told, of words with seven letters or more one in a hundred is not.
pub(crate) fn is_unspeakable(text: &[u8]) -> bool {
    let letters = |pair: &&[u8]| pair.iter().all(u8::is_ascii_alphabetic);
    let (sum, count) = text
        .windows(2)
        .filter(letters)
        .fold((0, 0), |(sum, count), pair| (sum + rarity::of(pair), count + 1));
    count >= 5 && 10 * sum >= 112 * count
}

/// Weaker than random: letters, digits and signs together, which no identifier has.
pub(crate) fn is_mixed(text: &[u8], is_quoted: bool) -> bool {
    let signs = text.iter().filter(|byte| b"!@#$%^&*?+~{}[]()>".contains(byte)).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    is_quoted
        && signs >= 3
        && letters >= 5
        && chance::entropy(text) >= 3.5
        && !text.contains(&b' ')
        && !looks_like_pattern(text)
}

/// Regular expressions, formats and selectors.
fn looks_like_pattern(text: &[u8]) -> bool {
    let has = |part: &&[u8]| chance::contains(text, part);
    is_pattern(text)
        || text.first() == Some(&b'^')
        || text.last() == Some(&b'$')
        || [&b".*"[..], b")+", b"()", b"=>"].iter().any(has)
}

/// Signs that nothing but a regular expression holds.
pub(super) fn is_pattern(text: &[u8]) -> bool {
    const SIGNS: [&[u8]; 11] =
        [b"(?", b"\\d", b"\\w", b"\\s", b"\\.", b"\\(", b"\\<", b"[a-", b"[A-", b"[0-", b"[^"];
    SIGNS.iter().any(|sign| chance::contains(text, sign))
}

/// Bytes of `text` that are words: letters alone between signs, or between capitals.
pub(super) fn wordy(text: &[u8]) -> usize {
    let is_hump = |part: &[u8]| {
        let pairs = part.len().saturating_sub(1) as u32;
        pairs >= 3 && rarity::of(part) <= if pairs == 3 { 9 } else { 10 } * pairs
    };
    let is_word = |part: &&[u8]| {
        let digits = part.iter().rev().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        let part = &part[..part.len() - digits];
        part.len() >= 3
            && part.iter().all(u8::is_ascii_alphabetic)
            && (part[1..].iter().all(u8::is_ascii_lowercase)
                || part.iter().all(u8::is_ascii_uppercase))
    };
    let parts = text.split(|byte| !byte.is_ascii_alphanumeric());
    parts
        .map(|part| match is_word(&part) {
            true => part.len(),
            false => part
                .chunk_by(|a, b| {
                    !(a.is_ascii_lowercase() && b.is_ascii_uppercase())
                        && a.is_ascii_digit() == b.is_ascii_digit()
                })
                .filter(|hump| is_word(hump) && is_hump(hump))
                .map(<[u8]>::len)
                .sum(),
        })
        .sum()
}

/// Whether most of a token spells words: `glpat-this_is_not_a_token`, `hba_viewCurrentContext`.
pub(crate) fn is_spelled(text: &[u8]) -> bool {
    let is_word = |part: &&[u8]| {
        part.len() >= 4
            && part[1..].iter().all(u8::is_ascii_lowercase)
            && part[0].is_ascii_alphabetic()
            && rarity::of(part) <= 10 * (part.len() as u32 - 1)
    };
    let parts = text.split(|byte| matches!(byte, b'-' | b'_' | b'.' | b' '));
    // Where there are digits, capitals stand anywhere; but for the one in `CloudOAuth2Api`.
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let has_humps = digits == 0 || digits == 1 && text.len() >= 18;
    let is_hump = |a: &u8, b: &u8| !a.is_ascii_uppercase() && b.is_ascii_uppercase();
    let humps = parts.flat_map(|part| part.chunk_by(|a, b| !(has_humps && is_hump(a, b))));
    text.len() >= 16 && 2 * humps.filter(is_word).map(<[u8]>::len).sum::<usize>() >= text.len()
}

fn has_both_cases(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase)
}

fn few_vowels(text: &[u8]) -> bool {
    let vowels = text.iter().filter(|byte| b"aeiouAEIOU".contains(byte)).count();
    vowels * 5 < text.len()
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_text_is_told_from_written() {
        for text in [
            "951bc382db9abad29c68634761dd6e19",
            "Zf3D0LXCM3EIMbgJpUNn",
            "k2j4h5g6f7d8s9a0",
            "HaDNmcczGrrwZ7SkPFTh",
        ] {
            assert!(is_random(text.as_bytes()), "{text}");
        }
        for text in [
            "refresh_token_rotation",
            "UsernamePasswordCredential",
            "application/json",
            "20260101120000",
            "some-long-name-v2",
            "V1SecretVolumeSource",
            "stringToUint8Array",
        ] {
            assert!(!is_random(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn words_are_told_from_drawn_letters() {
        for text in ["qvkdwzbp", "xkqzwv", "hjQwvkTzpR", "vqkz7wxbqpd"] {
            assert!(is_unspeakable(text.as_bytes()), "{text}");
        }
        for text in ["welcome", "passwort", "Wachtwoord", "sunshine", "dbPassword", "abc", "x1y2z3"]
        {
            assert!(!is_unspeakable(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn spelled_tokens_are_told() {
        assert!(is_spelled(b"helloworld_testing_pretty_long_token"));
        assert!(is_spelled(b"testing_a_pretty_long_token"));
        assert!(is_spelled(b"viewCurrentMemoryContext") && !is_spelled(b"keydEddngUy8U0kO3"));
        assert!(is_spelled(b"ConfluenceCloudOAuth2Api") && is_spelled(b"TwitterOAuth2Adapter"));
        for text in ["kdwqzvb-xjqkpwz-tzgqkxw-qwxzvkp", "Zk3rQ9vLw2PtZk3rQ9vLw2Pt"] {
            assert!(!is_spelled(text.as_bytes()), "{text}");
        }
    }
}
