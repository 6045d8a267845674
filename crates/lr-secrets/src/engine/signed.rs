//! When the signature of an address ends to be valid, as the other parameters of its query say.

use std::ops::Range;

use lr_core::Timestamp;

use crate::engine::decode;

/// How far a query is read to either side of its signature.
const REACH: usize = 500;

/// Seconds since 1970 at which the shared access signature `at` expires, if `se` stands beside it:
/// a date or time of ISO 8601 ("Formatting DateTime values", Azure Storage REST API), or seconds
/// since 1970 ("Service Bus access control with shared access signatures"). Without it a stored policy
/// decides.
pub(super) fn expires(bytes: &[u8], at: &Range<usize>) -> Option<i64> {
    let is_part = |byte: &&u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\')
    };
    let before = bytes[..at.start].iter().rev().take(REACH).take_while(is_part).count();
    let after = bytes[at.end..].iter().take(REACH).take_while(is_part).count();
    let query = &bytes[at.start - before..at.end + after];
    let mut parameters = query.split(|byte| matches!(byte, b'?' | b'&' | b';'));
    let value = parameters.find_map(|parameter| parameter.strip_prefix(b"se="))?;
    let text = String::from_utf8(decode::unescape(value, b"%", 2)).ok()?;
    if !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let whole = match text.len() {
        // A date; a time without seconds.
        10 => format!("{text}T00:00:00Z"),
        17.. if text.as_bytes()[16] != b':' => {
            format!("{}:00{}", &text.get(..16)?, text.get(16..)?)
        }
        _ => text,
    };
    let end: Timestamp = whole.parse().ok()?;
    Some(end.unix_ms().div_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Option<i64> {
        let start = text.find("sig=").unwrap();
        expires(text.as_bytes(), &(start..start + 4))
    }

    #[test]
    fn the_end_of_a_signature_is_read_in_every_form() {
        for text in [
            "a?sp=r&se=2023-12-20T22:54:52Z&sig=x%3D",
            "a?se=2023-12-20T22%3A54%3A52Z&sig=x",
            "a?sp=r&amp;se=2023-12-20T22:54:52Z&amp;sig=x",
            "SharedAccessSignature sr=a&sig=x&se=1703112892&skn=key",
            "a?sig=x&se=2023-12-20T22:54:52.1234567Z",
            "a?sig=x&se=2023-12-21T00:54:52+02:00",
        ] {
            assert_eq!(end(text), Some(1_703_112_892), "{text}");
        }
        assert_eq!(end("a?se=2023-12-20T22:54Z&sig=x"), Some(1_703_112_892 - 52));
        assert_eq!(end("a?se=2023-12-20&sig=x"), Some(1_703_030_400));
        for text in [
            "a?si=policy&sig=x",
            "a?se=soon&sig=x",
            "a?se=&sig=x",
            "a?se=2023-12-20T22:ä5452Z&sig=x",
            "se=2023-12-20 sig=x",
            "a?base=2023-12-20&sig=x",
        ] {
            assert_eq!(end(text), None, "{text}");
        }
    }
}
