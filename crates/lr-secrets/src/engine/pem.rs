//! Armoured private keys (RFC 7468, and the older forms of OpenSSL, OpenSSH and OpenPGP).

use std::ops::Range;

use crate::engine::{base64, chance};
use crate::format::Pem;

/// The longest armour that is read.
pub(crate) const LIMIT: usize = 12 << 10;
/// Digits in a row that some line of every key has.
const RUN: usize = 40;
/// A service account file names the id of its key right before the key.
const BEFORE: usize = 200;

/// The key whose `BEGIN ` stands at `at`, from its first dash to its last, and what kind it is.
pub(crate) fn key(bytes: &[u8], at: usize) -> Option<(Range<usize>, Pem)> {
    let dashes = bytes[..at].iter().rev().take(5).take_while(|byte| **byte == b'-').count();
    if dashes < 4 {
        return None;
    }
    let rest = &bytes[at..bytes.len().min(at + LIMIT)];
    let label_end = rest.iter().take(60).position(|byte| *byte == b'-')?;
    let label = &rest[6..label_end];
    let is_private = label.ends_with(b"PRIVATE KEY") || label == b"PGP PRIVATE KEY BLOCK";
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    if !is_private || !label.iter().all(fits) {
        return None;
    }
    let opened = label_end + rest[label_end..].iter().take_while(|byte| **byte == b'-').count();
    let body_end = opened + body_length(&rest[opened..]);
    let body = &rest[opened..body_end];
    let digits = digits(body);
    if longest_run(body) < RUN || chance::is_stand_in(&digits) || chance::entropy(&digits) < 3.5 {
        return None;
    }
    let kind = match () {
        () if is_encrypted(label, body, &digits) => Pem::Encrypted,
        () if follows_key_id(bytes, at) => Pem::ServiceAccount,
        () => Pem::Plain,
    };
    let end = closing_length(&rest[body_end..]);
    Some((at - dashes..at + body_end + end, kind))
}

/// Up to the dashes that close it (headers such as `DEK-Info` hold single ones), or to what no armour
/// holds in any notation.
fn body_length(rest: &[u8]) -> usize {
    let end = memchr::memmem::find(rest, b"--").unwrap_or(rest.len());
    memchr::memchr3(b'<', b'>', b'{', &rest[..end]).unwrap_or(end)
}

/// Base64 digits in a row: prose about a key has only words.
fn longest_run(body: &[u8]) -> usize {
    lines(body)
        .flat_map(|line| line.split(|byte| !is_digit(byte)))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0)
}

fn is_digit(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Of the closing line, if it is there.
fn closing_length(rest: &[u8]) -> usize {
    let Some(label) = rest.strip_prefix(b"-----END ") else { return 0 };
    let label = &label[..label.len().min(60)];
    memchr::memmem::find(label, b"-----").map_or(0, |at| 9 + at + 5)
}

/// The base64 digits of an armour, without headers, line ends and escapes of line ends: the same key
/// in a file and in a JSON string is one key.
pub(crate) fn digits(body: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(body.len());
    for line in lines(body) {
        if !line.contains(&b':') {
            // `=` opens the checksum of an OpenPGP armour and pads the others.
            digits.extend(line.iter().filter(|byte| is_digit(byte)));
        }
    }
    digits
}

/// Lines that end at a line feed or at a written `\n`.
fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.iter().enumerate().position(|(at, byte)| {
            *byte == b'\n' || *byte == b'\\' && matches!(text.get(at + 1), Some(b'n' | b'r'))
        });
        let Some(end) = end else {
            rest = None;
            return Some(text);
        };
        rest = Some(&text[end + if text[end] == b'\n' { 1 } else { 2 }..]);
        Some(&text[..end])
    })
}

fn is_encrypted(label: &[u8], body: &[u8], digits: &[u8]) -> bool {
    if label.starts_with(b"ENCRYPTED") || memchr::memmem::find(body, b",ENCRYPTED").is_some() {
        return true;
    }
    // OpenSSH's PROTOCOL.key: a magic string, then the cipher's name after its length.
    let head = base64::decode(&digits[..digits.len().min(64)]).unwrap_or_default();
    let magic = b"openssh-key-v1\0";
    head.starts_with(magic) && !head[magic.len()..].starts_with(b"\0\0\0\x04none")
}

fn follows_key_id(bytes: &[u8], at: usize) -> bool {
    memchr::memmem::find(&bytes[at.saturating_sub(BEFORE)..at], b"private_key_id").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armour(label: &str, body: &str) -> String {
        let dashes = "-".repeat(5);
        format!("{dashes}BEGIN {label}{dashes}\n{body}\n{dashes}END {label}{dashes}\n")
    }

    fn body() -> String {
        (0..120u8).map(|at| char::from(b'A' + at.wrapping_mul(7) % 26)).collect()
    }

    fn kind(text: &str) -> Option<Pem> {
        key(text.as_bytes(), text.find("BEGIN ").unwrap()).map(|(_, kind)| kind)
    }

    #[test]
    fn private_keys_are_told_from_public_ones() {
        let label = |of: &str| [of, "PRIVATE KEY"].concat();
        for of in ["", "RSA ", "EC ", "OPENSSH "] {
            assert!(kind(&armour(&label(of), &body())) == Some(Pem::Plain), "{of}");
        }
        assert!(kind(&armour("CERTIFICATE", &body())).is_none());
        assert!(kind(&armour("PUBLIC KEY", &body())).is_none());
        assert!(kind(&armour(&label(""), "...")).is_none());
        let prose = "this is where you paste your own key, which must never be committed anywhere";
        assert!(kind(&armour(&label(""), prose)).is_none());
        assert!(kind(&armour(&label(""), &format!("\"/>{}", body()))).is_none());
    }

    #[test]
    fn letters_of_a_keyboard_stand_in_some_keys() {
        let label = ["", "PRIVATE KEY"].concat();
        let key = |letters: &str| armour(&label, &format!("{}{letters}{}", body(), body()));
        assert!(kind(&key("T1QazH")) == Some(Pem::Plain));
        assert!(kind(&key("/example/")).is_none());
    }

    #[test]
    fn passphrases_and_service_accounts_are_told() {
        let label = |of: &str| [of, "PRIVATE KEY"].concat();
        assert!(kind(&armour(&label("ENCRYPTED "), &body())) == Some(Pem::Encrypted));
        let old = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n{}", body());
        assert!(kind(&armour(&label("RSA "), &old)) == Some(Pem::Encrypted));
        let json = format!(
            "\"private_key_id\": \"1\", \"private_key\": \"{}",
            armour(&label(""), &body())
        );
        assert!(kind(&json) == Some(Pem::ServiceAccount));
    }

    #[test]
    fn an_escaped_key_is_the_same_key() {
        let body = format!("{}\n{}", &body()[..64], &body()[64..]);
        assert_eq!(digits(body.as_bytes()), digits(body.replace('\n', "\\n").as_bytes()));
        assert_eq!(digits(body.as_bytes()), digits(body.replace('\n', "\r\n").as_bytes()));
    }
}
