//! Values that are numbers, dates or versions.

use crate::engine::worth::is_random;

/// `1.302103`, `2026-11-21T12:00:00Z`: a version, a date, a time.
pub(super) fn is_number(text: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_digit() || b".:-+TZ".contains(byte);
    text.iter().all(fits) && text.iter().any(|byte| matches!(byte, b'.' | b':' | b'-'))
}

/// `^1.0.0-beta.2`, `>=4.0.0-alpha.1`: a version before its release (Semantic Versioning 2.0.0,
/// item 9), as lists of dependencies ask for it.
pub(super) fn is_version(text: &[u8]) -> bool {
    let start = text.iter().take_while(|byte| b"^~<>=v ".contains(byte)).count();
    let text = &text[start..];
    let end = text.iter().position(|byte| matches!(byte, b'-' | b'+')).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let is_core = core.split(|byte| *byte == b'.').count() == 3
        && core
            .split(|byte| *byte == b'.')
            .all(|part| (1..=9).contains(&part.len()) && part.iter().all(u8::is_ascii_digit));
    let is_part = |part: &[u8]| {
        part.iter().all(u8::is_ascii_digit)
            || part.iter().all(u8::is_ascii_alphanumeric) && !is_random(part)
    };
    is_core && rest.split(|byte| b".-+".contains(byte)).all(is_part)
}

/// `0x0B96`, `0xCE536359L`: a number as programs write it, of 32 bits, or of 64 without quotes.
pub(super) fn is_literal(text: &[u8], is_quoted: bool) -> bool {
    let Some(digits) = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")) else {
        return false;
    };
    let is_suffix = |byte: &&u8| b"uUlL".contains(byte);
    let suffix = digits.iter().rev().take(3).take_while(is_suffix).count();
    let digits = &digits[..digits.len() - suffix];
    (1..=if is_quoted { 8 } else { 16 }).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_passwords() {
        for text in ["^0.1.0-preview.4", "1.0.0-gamma.7", ">=3.5.1-rc.0", "5.3.0-dev.20230815"] {
            assert!(is_version(text.as_bytes()), "{text}");
        }
        for text in ["1.0-beta", "1.0.0.0", "1.2.x", "1.0.0-x9Qz7Lk3Vw8Rt2Yp", "1.0.0-pa$$"] {
            assert!(!is_version(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn numbers_of_programs_are_told_from_keys() {
        for text in ["0x0B96", "0xCE536359L", "0XffUL", "0xdeadBEEF"] {
            assert!(is_literal(text.as_bytes(), true), "{text}");
        }
        let long = "0x00112233445566aa";
        assert!(is_literal(long.as_bytes(), false) && !is_literal(long.as_bytes(), true));
        for text in ["0x", "0xzz", "0x00112233445566778", "deadbeef"] {
            assert!(!is_literal(text.as_bytes(), false), "{text}");
        }
        assert!(is_number(b"1.302103") && !is_number(b"1302103") && !is_number(b"1.30x"));
    }
}
