//! Where a token may begin and end.

use std::ops::Range;

/// So many digits of base64 in a row are no path and no word.
const BLOB: usize = 40;

/// Whether a token may begin at `at`: not in the middle of a word, unless that word's end is an
/// escape such as `\n`, `%3D` or `\u0022`.
pub(crate) fn may_begin(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(6)..at];
    match before {
        _ if bytes.get(at).is_some_and(|first| !first.is_ascii_alphanumeric()) => true,
        [] => true,
        [.., last] if !last.is_ascii_alphanumeric() => true,
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0'] => true,
        [.., b'%', a, b] | [.., b'\\', b'x', a, b] if is_escape(&[*a, *b]) => true,
        [b'\\', b'u', b'0', b'0', a, b] if is_escape(&[*a, *b]) => true,
        // ESC [ 3 2 m: colours of a terminal, in logs.
        [.., b'[' | b';' | b'0'..=b'9', b'm'] => before.contains(&0x1b),
        _ => false,
    }
}

/// Whether a token may end at `at`.
pub(crate) fn may_end(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'_')
}

/// Whether a token that holds hyphens goes on after one, so that it is longer than its format allows.
pub(crate) fn goes_on(bytes: &[u8], body: &[u8], end: usize) -> bool {
    let next = bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    bytes.get(end) == Some(&b'-') && next && body.contains(&b'-')
}

/// Whether what stands `at` is surrounded by base64, as in an image or a compiled module: there any
/// few characters turn up by chance.
pub(crate) fn is_inside_blob(bytes: &[u8], at: &Range<usize>) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let before = at.start.checked_sub(BLOB).map(|from| &bytes[from..at.start]);
    let after = bytes.get(at.end..at.end + BLOB);
    before.into_iter().chain(after).any(|side| side.iter().all(is_digit))
}

/// Whether what ends at `end` goes on with the ending of a file's name, as in `ico-0f3a.png`.
pub(crate) fn is_file_name(bytes: &[u8], end: usize) -> bool {
    const ENDINGS: [&[u8]; 20] = [
        b"png", b"jpg", b"jpeg", b"gif", b"svg", b"ico", b"webp", b"avif", b"css", b"js", b"mjs",
        b"map", b"html", b"htm", b"woff", b"woff2", b"ttf", b"mp4", b"pdf", b"wasm",
    ];
    let Some(rest) = bytes[end..].strip_prefix(b".") else { return false };
    let length = rest.iter().take(6).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    ENDINGS.contains(&&rest[..length])
}

/// Two hexadecimal digits that stand for something no token holds.
fn is_escape(digits: &[u8; 2]) -> bool {
    std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        .is_some_and(|byte| !byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_begins_after_punctuation_and_escapes() {
        for before in ["", "\"", "=", "_", "\\n", "%3D", "\\x3d", "\\u0022", "\u{1b}[32m"] {
            assert!(may_begin(before.as_bytes(), before.len()), "{before:?}");
            assert!(may_begin(format!("{before}.x").as_bytes(), before.len()), "{before:?}");
        }
        for before in ["a", "7", "xn", "%41", "m", "D"] {
            assert!(!may_begin(before.as_bytes(), before.len()), "{before:?}");
        }
    }

    #[test]
    fn names_of_files_are_told() {
        assert!(is_file_name(b"ab.png", 2) && is_file_name(b"ab.js\"", 2));
        assert!(
            !is_file_name(b"ab.", 2) && !is_file_name(b"ab.jsx1", 2) && !is_file_name(b"ab", 2)
        );
    }

    #[test]
    fn blobs_are_told_from_paths() {
        let blob = "AbC+/".repeat(10);
        for (before, after, inside) in [
            (&*blob, "", true),
            ("", &*blob, true),
            ("https://shop.io/reset/password/confirmation/", "", false),
            ("=", "/20260101/us-east-1/s3/aws4_request/and/so/on", false),
        ] {
            let text = format!("{before}token{after}");
            let at = before.len()..before.len() + 5;
            assert_eq!(is_inside_blob(text.as_bytes(), &at), inside, "{text}");
        }
    }

    #[test]
    fn a_token_ends_before_punctuation() {
        assert!(may_end(b"ab", 2) && may_end(b"ab-", 2) && may_end(b"ab\n", 2));
        assert!(!may_end(b"abc", 2) && !may_end(b"ab_", 2) && !may_end(b"ab9", 2));
    }
}
