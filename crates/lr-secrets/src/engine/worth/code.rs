//! Values that are code: expressions, members, names of constants and of other things.

use crate::engine::chance::contains;
use crate::engine::value::Value;
use crate::engine::worth::{is_random, is_unspeakable};

/// `required|string|min:8`: what a form asks of a field.
pub(super) fn is_validation(text: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"_:,.".contains(byte);
    let is_rule =
        |rule: &[u8]| rule.first().is_some_and(u8::is_ascii_lowercase) && rule.iter().all(fits);
    text.contains(&b'|') && text.split(|byte| *byte == b'|').all(is_rule) && !is_random(text)
}

/// What stands between two strings, where a quote that closes was taken for one that opens:
/// `"no token: "+e),t||(m(e))`, `"invalid token ".concat(u)`.
pub(super) fn is_between_strings(text: &[u8]) -> bool {
    let inner = text.strip_prefix(b"\"").or_else(|| text.strip_prefix(b"'")).unwrap_or(text);
    let inner = inner.strip_prefix(b"`").unwrap_or(inner);
    let fits = |byte: &u8| !matches!(byte, b'*' | b'%' | b'#' | b'^' | b'~' | b'@' | b'\\');
    let calls = inner.contains(&b'(') && inner.contains(&b')') && inner.iter().all(fits);
    let is_glued =
        inner.len() < text.len() && text.len() > 2 && text[..text.len() - 1].ends_with(b"+");
    matches!(inner.first(), Some(b'+' | b',' | b')' | b'.' | b';')) && (calls || is_glued)
}

/// `Jobs[-1].JobId`, `items[*].name`: a path into data.
pub(super) fn is_path(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && [&b"[-"[..], b"[*]", b"[]", b"[0]", b"]."].iter().any(|part| contains(text, part))
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-*[]".contains(byte))
}

/// Whether an unquoted value is an expression of a programming language.
pub(super) fn is_code(bytes: &[u8], value: &Value) -> bool {
    let text = &bytes[value.at.clone()];
    let next = bytes.get(value.at.end);
    let calls = text.iter().any(|byte| matches!(byte, b'(' | b')' | b'[' | b']' | b'{' | b'}'));
    if calls || matches!(next, Some(b'(' | b'[' | b'{' | b')')) && !value.is_tight {
        return true;
    }
    if matches!(
        text.first(),
        Some(b'$' | b'&' | b'*' | b'@' | b'#' | b'=' | b'!' | b'%' | b':' | b'-' | b'?' | b'/')
    ) && !value.is_tight
        && !(text.first() == Some(&b'/') && is_random(text))
    {
        return true;
    }
    if matches!(text.first(), Some(b'$' | b'%' | b'=')) {
        return true;
    }
    memchr::memmem::find(text, b"->").is_some()
        || memchr::memmem::find(text, b"::").is_some()
        || memchr::memmem::find(text, b"==").is_some() && !text.ends_with(b"=")
        || has_member(text)
        || next == Some(&b';') && !value.is_tight && is_identifier(text, false)
}

/// `a.b` of identifiers: a member of something, a host or a file.
pub(super) fn has_member(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'.');
    let is_word = |part: &[u8]| {
        part.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
            && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            && !is_random(part)
    };
    text.contains(&b'.') && parts.all(is_word)
}

/// `SOME_NAME_2`: the name of a constant. Years and numbers of four digits are in few of them, and
/// at the end of many passwords.
pub(super) fn is_constant(text: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    text.iter().all(fits)
        && text.contains(&b'_')
        && text.iter().any(u8::is_ascii_uppercase)
        && digits < 4
}

/// Words of a programming language with few digits: `oauth2`, `user1`, `UTF-8`.
pub(crate) fn is_identifier(text: &[u8], is_quoted: bool) -> bool {
    let fits = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'.' | b':' | b'/' | b' ' | b'#')
    };
    if !text.iter().all(fits) {
        return false;
    }
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_joined = text.iter().any(|byte| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/'));
    if is_unspeakable(text) {
        return false;
    }
    if digits == 0 {
        return !is_random(text);
    }
    // One digit run at the end or inside of words joined by signs says little.
    let runs = text
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        .filter(|run| run[0].is_ascii_digit())
        .count();
    let short = (digits <= 2 || digits == 3 && is_joined) && runs == 1;
    short && (is_joined || !is_quoted || text.len() < 6) && !is_random(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validations_are_told() {
        assert!(is_validation(b"required|string|min:8|confirmed"));
        assert!(is_path(b"Jobs[-1].JobId") && !is_path(b"x[9]Zk3rQ"));
        assert!(!is_validation(b"Zk3|Q9v!x") && !is_validation(b"secret"));
    }

    #[test]
    fn code_between_strings_is_told() {
        for text in ["+e),t||(this.x&&m(e),a())}}}f(", ".concat(u));if(", "`+D.keyword+`"] {
            assert!(is_between_strings(text.as_bytes()), "{text}");
        }
        for text in ["+Zk3rQ9/x", ".hidden(9", "Zk3(r)Q9", ",;)+", ")f8%a(y)"] {
            assert!(!is_between_strings(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn identifiers_are_no_passwords() {
        for text in ["user_password", "oauth2", "newPassword1", "UTF-8", "sha-256"] {
            assert!(is_identifier(text.as_bytes(), false), "{text}");
        }
        assert!(!is_identifier(b"abuser123456", true));
    }
}
