//! Macro expansion (RFC 7208, section 7).

use std::fmt::Write as _;
use std::net::IpAddr;

/// Expands `text`, which may be anything; `None` if it is not in the grammar or `value` has none.
///
/// `value` gets the letter of a macro in lower case.
pub(super) fn expand(text: &str, mut value: impl FnMut(u8) -> Option<String>) -> Option<String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once('%') {
        expanded.push_str(literal);
        let (kind, after) = after.split_at_checked(1)?;
        rest = after;
        match kind {
            "%" => expanded.push('%'),
            "_" => expanded.push(' '),
            "-" => expanded.push_str("%20"),
            "{" => {
                let (body, after) = after.split_once('}')?;
                rest = after;
                expanded.push_str(&one(body, &mut value)?);
            }
            _ => return None,
        }
        // A hostile text may name a long value many times.
        if expanded.len() > MAX_LENGTH {
            return None;
        }
    }
    expanded.push_str(rest);
    Some(expanded)
}

const MAX_LENGTH: usize = 1 << 16;

fn one(body: &str, value: &mut impl FnMut(u8) -> Option<String>) -> Option<String> {
    let (&letter, rest) = body.as_bytes().split_first()?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let keep: usize = match body.get(1..=digits)? {
        "" => usize::MAX,
        digits => digits.parse().ok().filter(|keep| *keep > 0)?,
    };
    let rest = body.get(1 + digits..)?;
    let reversed = rest.starts_with(['r', 'R']);
    let delimiters = &rest[usize::from(reversed)..];
    if !delimiters.bytes().all(|byte| b".-+,/_=".contains(&byte)) {
        return None;
    }
    let whole = value(letter.to_ascii_lowercase())?;
    let is_delimiter = |char: char| match delimiters {
        "" => char == '.',
        _ => delimiters.contains(char),
    };
    let mut parts: Vec<&str> = whole.split(is_delimiter).collect();
    if reversed {
        parts.reverse();
    }
    let text = parts[parts.len().saturating_sub(keep)..].join(".");
    Some(if letter.is_ascii_uppercase() { escaped(&text) } else { text })
}

/// Everything but unreserved characters as `%XX` (RFC 3986, section 2.3).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// `%{i}`: an address with dots, IPv6 nibble by nibble.
pub(super) fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let nibbles = format!("{:032X}", ip.to_bits());
            let mut dotted = String::with_capacity(63);
            for (at, nibble) in nibbles.chars().enumerate() {
                if at > 0 {
                    dotted.push('.');
                }
                dotted.push(nibble);
            }
            dotted
        }
    }
}

/// `%{v}`.
pub(super) fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "in-addr" } else { "ip6" }
}

/// The name of an address in the reverse tree.
pub(super) fn reverse(ip: IpAddr) -> String {
    let dotted = dotted(ip);
    let mut parts: Vec<&str> = dotted.split('.').collect();
    parts.reverse();
    format!("{}.{}.arpa", parts.join("."), family(ip))
}

/// Cuts labels off the left until the name fits into 253 bytes (section 7.3).
pub(super) fn truncated(mut name: &str) -> &str {
    while name.len() > 253 {
        name = name.split_once('.').map_or("", |(_, rest)| rest);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 7208, section 7.4.
    #[test]
    fn the_examples_of_the_rfc() {
        let value = |letter: u8| {
            Some(
                match letter {
                    b's' => "strong-bad@email.example.com",
                    b'l' => "strong-bad",
                    b'o' | b'd' => "email.example.com",
                    b'i' => "192.0.2.3",
                    b'v' => "in-addr",
                    _ => return None,
                }
                .to_owned(),
            )
        };
        for (text, expected) in [
            ("%{s}", "strong-bad@email.example.com"),
            ("%{o}", "email.example.com"),
            ("%{d4}", "email.example.com"),
            ("%{d3}", "email.example.com"),
            ("%{d2}", "example.com"),
            ("%{d1}", "com"),
            ("%{dr}", "com.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
            ("%{S}", "strong-bad%40email.example.com"),
            ("100%%%_%-", "100% %20"),
        ] {
            assert_eq!(expand(text, value).as_deref(), Some(expected), "{text}");
        }
        for bad in
            ["%", "%{", "%{}", "%{x}", "%{d0}", "%{d99999999999999999999}", "%(d)", "%é", "%{dé}"]
        {
            assert_eq!(expand(bad, value), None, "{bad}");
        }
    }

    #[test]
    fn long_names_lose_labels_on_the_left() {
        let name = format!("{}end.test", "label.".repeat(50));
        let cut = truncated(&name);
        assert!(cut.len() <= 253 && cut.len() > 240 && cut.ends_with("end.test"));
        assert_eq!(truncated(&"x".repeat(300)), "");
    }
}
