//! The transfer encodings of MIME (RFC 2045, section 6), as leniently as mail programs read them.

use crate::dkim::base64_digit;

/// Quoted-printable; what is no escape stays as it is.
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        let rest = &text[at..];
        let hex = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (Some(high), Some(low)) = (hex(0), hex(1)) {
            out.push(u8::try_from(high << 4 | low).unwrap_or(b'?'));
            at += 2;
            continue;
        }
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match &rest[spaces..] {
            [b'\r', b'\n', ..] => at += spaces + 2,
            [b'\n', ..] => at += spaces + 1,
            [] => at += spaces,
            _ => out.push(b'='),
        }
    }
    out
}

/// Base64; what is no digit is skipped.
pub(super) fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits) = (0u32, 0);
    for digit in text.iter().filter_map(|byte| base64_digit(*byte)) {
        word = (word << 6) | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(((word >> bits) & 0xff) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_undone() {
        assert_eq!(quoted_printable(b"a=3Db=\r\nc =E2=9C=93 =zz ="), "a=bc ✓ =zz ".as_bytes());
        assert_eq!(base64(b"aGVs\r\nbG8="), b"hello");
    }
}
