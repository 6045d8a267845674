//! Whether a value that a telling name is given may be a secret, or is a word, a template or code.

mod code;
mod number;
mod random;
mod reference;
mod words;

use crate::engine::value::Value;
use crate::engine::{assigned, base64, browser, chance};
use code::{has_member, is_between_strings, is_code, is_constant, is_path, is_validation};
use number::{is_literal, is_number, is_version};
use reference::is_reference;
use words::{PARTS, PRINTED, WORDS};

pub(crate) use code::is_identifier;
pub(crate) use random::{is_mixed, is_random, is_spelled, is_unspeakable};
pub(crate) use reference::is_template;

/// Whether the value is a placeholder, a template, a reference, a path or code.
pub(crate) fn is_no_value(bytes: &[u8], value: &Value) -> bool {
    let text = &bytes[value.at.clone()];
    if chance::is_stand_in(text)
        || is_template(text)
        || is_reference(text)
        || is_constant(text)
        || is_validation(text)
        || is_path(text)
        || is_printed(text)
        || is_number(text)
        || is_version(text)
        || is_literal(text, value.is_quoted)
        || is_escaped_text(text)
        || random::is_pattern(text)
    {
        return true;
    }
    if is_word(text) {
        return true;
    }
    if text.len() < 40 && (PARTS.stand_in(text) || is_disguised(text)) {
        return true;
    }
    if value.is_quoted {
        if is_between_strings(text) || is_formatted(bytes, value.at.start) && text.contains(&b'{') {
            return true;
        }
        // A quoted piece that is glued to another, or formatted, is no whole.
        let after = bytes[value.at.end..].iter().skip(1).find(|byte| !byte.is_ascii_whitespace());
        return matches!(after, Some(b'+' | b'%')) && bytes.get(value.at.end) != Some(&b'\\');
    }
    is_code(bytes, value)
}

/// Whether the quote before `at` opens a string of Python that is filled in: `f"{name}"`.
fn is_formatted(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].strip_suffix(b"\"").or_else(|| bytes[..at].strip_suffix(b"'"));
    before.is_some_and(|before| {
        let prefix = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        prefix <= 2 && before[before.len() - prefix..].iter().any(|byte| b"fF".contains(byte))
    })
}

/// `user:password` in base64 (RFC 7617).
pub(crate) fn is_basic(text: &[u8]) -> bool {
    let plain = base64::decode(text).unwrap_or_default();
    let readable = plain.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    let Some(colon) = memchr::memchr(b':', &plain).filter(|_| readable) else { return false };
    let (user, password) = (&plain[..colon], &plain[colon + 1..]);
    !chance::is_placeholder(&plain)
        && !is_printed(text)
        && !password.is_empty()
        && user.len() + password.len() >= 4
        && !is_template(&plain)
        && !is_word(password)
        && password != user
}

/// A token that was drawn, not written.
pub(crate) fn is_drawn(text: &[u8]) -> bool {
    is_random(text) && is_stated(text) && !has_member(text) && !browser::is_public_value(text)
}

/// A long text that says nothing, whatever characters it is made of.
pub(crate) fn is_dense(text: &[u8]) -> bool {
    is_stated(text) && chance::entropy(text) >= 4.2
}

/// A token, where the surroundings already tell it.
pub(crate) fn is_drawn_short(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    is_stated(text) && digits >= 2 && chance::entropy(text) >= 2.6
}

/// `user:password`, as commands take it.
pub(crate) fn is_pair(text: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', text) else { return false };
    let clean = |text: &[u8]| -> Vec<u8> {
        text.iter().copied().filter(|byte| !matches!(byte, b'"' | b'\'')).collect()
    };
    let (user, password) = (clean(&text[..colon]), clean(&text[colon + 1..]));
    let is_one = |text: &[u8]| {
        text.len() >= 6 && is_stated(text) && has_digit(text) && !text.starts_with(b"$")
    };
    (is_one(&password) || password.is_empty() && is_one(&user))
        && !user.starts_with(b"$")
        && user != password
}

/// A password of a command line.
pub(crate) fn is_password(text: &[u8]) -> bool {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let is_numbered =
        digits > 0 && !has_digit(&text[..text.len() - digits]) && chance::is_written(text);
    is_stated(text) && has_digit(text) && !(is_numbered && is_identifier(text, false))
}

/// A password that a call is given by its place.
pub(crate) fn is_login(text: &[u8]) -> bool {
    let has_sign = text.iter().any(|byte| b"!$%^&*?+~#@".contains(byte));
    is_stated(text)
        && !PARTS.stand_in(text)
        && !is_constant(text)
        && (has_digit(text) || has_sign || is_unspeakable(text))
        && !is_identifier(text, true)
        && (has_sign || is_unspeakable(text) || 2 * random::wordy(text) <= text.len())
        && chance::entropy(text) >= 2.0
}

/// A secret that a call signs with by its place.
pub(crate) fn is_signing(text: &[u8]) -> bool {
    is_login(text)
        || is_stated(text)
            && !PARTS.stand_in(text)
            && has_digit(text)
            && !has_member(text)
            && !is_constant(text)
}

/// Neither template nor placeholder.
pub(crate) fn is_stated(text: &[u8]) -> bool {
    !chance::is_stand_in(text)
        && !is_template(text)
        && !is_reference(text)
        && !is_printed(text)
        && !is_escaped_text(text)
        && !is_word(text)
}

/// Words of another script or with other letters, as sources escape them: `\u5BC6\u7801`,
/// `Schl\u00FCssel`.
fn is_escaped_text(text: &[u8]) -> bool {
    let (mut letters, mut has_digit, mut at) = (0, false, 0);
    while at < text.len() {
        let code = text[at..].strip_prefix(b"\\u").and_then(|rest| rest.first_chunk::<4>());
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                letters += usize::from(code >= 0xc0);
                at += 6;
            }
            None => {
                has_digit |= text[at].is_ascii_digit();
                at += 1;
            }
        }
    }
    letters >= 2 || letters == 1 && !has_digit
}

/// `Pa$$w0rd`, `super$ecret`: such a word with signs and digits for letters.
fn is_disguised(text: &[u8]) -> bool {
    let plain = |byte: &u8| match byte {
        b'$' => b's',
        b'@' => b'a',
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        byte => byte.to_ascii_lowercase(),
    };
    let text: Vec<_> = text.iter().map(plain).collect();
    [&b"password"[..], b"passwort", b"supersecret", b"topsecret"]
        .iter()
        .any(|word| chance::contains(&text, word))
        || is_word(&text)
}

/// Whether all of it is a word that stands for a secret, or says that there is none.
pub(crate) fn is_word(text: &[u8]) -> bool {
    assigned::is_one_of(text, WORDS)
}

/// Whether a standard prints it as an example, or a manual as the key of an emulator.
pub(crate) fn is_printed(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    PRINTED.iter().any(|start| digits.starts_with(start))
}

fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_scripts_are_no_passwords() {
        for text in [r"\u5BC6\u7801", r"Schl\u00FCsselkennwort", r"\u5982PKCS12\u679C"] {
            assert!(is_escaped_text(text.as_bytes()), "{text}");
        }
        for text in [r"gr\u00FCn1234", r"a\u003db", r"\u", r"\u00", "password"] {
            assert!(!is_escaped_text(text.as_bytes()), "{text}");
        }
    }
}
