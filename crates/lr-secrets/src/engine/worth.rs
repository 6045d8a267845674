//! Whether a value that a telling name is given may be a secret, or is a word, a template or code.

use crate::engine::value::Value;
use crate::engine::{base64, chance};

/// Whole values that stand for a secret or say that there is none.
const WORDS: &[&str] = &[
    "admin",
    "anonymous",
    "apikey",
    "api_key",
    "bearer",
    "boolean",
    "changeit",
    "changeme",
    "default",
    "disabled",
    "empty",
    "enabled",
    "false",
    "guest",
    "hidden",
    "invalid",
    "localhost",
    "mypassword",
    "mysecret",
    "mytoken",
    "none",
    "null",
    "number",
    "optional",
    "pass",
    "passwd",
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "private",
    "public",
    "required",
    "secret",
    "string",
    "test",
    "test123",
    "test1234",
    "testing",
    "todo",
    "token",
    "true",
    "undefined",
    "unknown",
    "user",
    "username",
    "value",
    "sha256",
    "sha512",
    "md5",
];
/// Parts of values that nobody would let stand in a secret.
const PARTS: &[&[u8]] = &[
    b"fake",
    b"not_long",
    b"tooshort",
    b"yourpass",
    b"your pass",
    b"passwrod",
    b"placeholder",
    b"<redacted",
    b"todo",
    b"notasecret",
    b"not-a-secret",
    b"testtoken",
    b"test-token",
    b"test_token",
    b"mock",
    b"insecure",
    b"my-secret",
    b"mysecret",
    b"my_secret",
    b"change",
    b"enter",
    b"_here",
    b"-here",
    b"secret_key",
    b"secret-key",
    b"real_",
    b"test_password",
    b"testpassword",
];

/// Whether the value is a placeholder, a template, a reference, a path or code.
pub(crate) fn is_no_value(bytes: &[u8], value: &Value) -> bool {
    let text = &bytes[value.at.clone()];
    if chance::is_stand_in(text) || is_template(text) || is_reference(text) || is_constant(text) {
        return true;
    }
    if WORDS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())) {
        return true;
    }
    if text.len() < 40 && chance::holds(text, PARTS) {
        return true;
    }
    if value.is_quoted {
        // A quoted piece that is glued to another, or formatted, is no whole.
        let after = bytes[value.at.end..].iter().skip(1).find(|byte| !byte.is_ascii_whitespace());
        return matches!(after, Some(b'+' | b'%')) && bytes.get(value.at.end) != Some(&b'\\');
    }
    is_code(bytes, value)
}

/// `SOME_NAME_2`: the name of a constant.
fn is_constant(text: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    text.iter().all(fits) && text.contains(&b'_') && text.iter().any(u8::is_ascii_uppercase)
}

/// `${NAME}`, `{{ name }}`, `<name>`, `%(name)s`, `$NAME`, `#{name}`, `@name@`, `%s`, `[name]`, `{0}`.
pub(crate) fn is_template(text: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (text.first(), text.last()) else { return true };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.: |$/".contains(byte);
    let inner = |from: usize| text.get(from..text.len() - 1).unwrap_or_default();
    let encloses = match (first, last) {
        (b'<', b'>')
        | (b'[', b']')
        | (b'{', b'}')
        | (b'%', b'%')
        | (b'@', b'@')
        | (b'\'', b'\'')
        | (b'(', b')') => inner(1).iter().all(|byte| byte.is_ascii_graphic() || *byte == b' '),
        (b'_', b'_') if text.starts_with(b"__") => true,
        _ => false,
    };
    if encloses
        || text.starts_with(b"%s")
        || text.starts_with(b"&lt;")
        || text.starts_with(b"...")
        || text.starts_with(b"***")
    {
        return true;
    }
    if first == b'$'
        && text[1..]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_{}().:-'\"[]>$".contains(byte))
        && !text.starts_with(b"$2")
    {
        return true;
    }
    let opens = [
        (&b"${"[..], b'}'),
        (b"{{", b'}'),
        (b"#{", b'}'),
        (b"$(", b')'),
        (b"<%", b'>'),
        (b"%(", b')'),
        (b"{", b'}'),
        (b"<", b'>'),
    ];
    opens.iter().any(|(open, close)| {
        memchr::memmem::find(text, open).is_some_and(|at| {
            let rest = &text[at + open.len()..];
            let end = rest.iter().position(|byte| byte == close);
            end.is_some_and(|end| {
                let is_closed = *open != b"{{" || rest[end..].starts_with(b"}}");
                is_closed && end > usize::from(open.len() == 1) && rest[..end].iter().all(is_name)
            }) || *open == b"${" && rest.iter().all(is_name)
                || *open == b"$(" && rest.iter().all(|byte| byte.is_ascii_graphic())
                || *open == b"{{" && rest.first().is_some_and(|byte| *byte == b' ' || *byte == b'.')
                || *open == b"<%"
        })
    })
}

/// Paths, addresses, and names of where the secret is kept.
fn is_reference(text: &[u8]) -> bool {
    let starts = |prefix: &[u8]| {
        text.len() >= prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix)
    };
    let is_path = starts(b"./")
        || starts(b"../")
        || starts(b"~/")
        || starts(b"#/")
        || starts(b"/") && text.iter().filter(|byte| **byte == b'/').count() >= 2;
    let is_address = memchr::memmem::find(&text[..text.len().min(24)], b"://").is_some();
    let is_kept = [
        &b"arn:"[..],
        b"vault:",
        b"env.",
        b"env:",
        b"process.env",
        b"os.environ",
        b"os.getenv",
        b"getenv",
        b"secrets.",
        b"var.",
        b"data.",
        b"local.",
        b"module.",
        b"ref:",
        b"ssm:",
        b"op://",
        b"file:",
        b"keyring:",
        b"config.",
        b"self.",
        b"this.",
        b"ENC[",
        b"ENC(",
        b"AQICAH",
        b"sops",
        b"data:",
        b"urn:",
        b"sha1-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"projects/",
        b"application/",
        b"{cipher}",
        b"ctrl+",
        b"refs/",
        b"com.",
        b"org.",
        b"npm:",
        b"workspace:",
    ]
    .iter()
    .any(|prefix| starts(prefix));
    let ends = [
        &b".pem"[..],
        b".key",
        b".crt",
        b".json",
        b".yml",
        b".yaml",
        b".txt",
        b".js",
        b".ts",
        b".html",
        b".php",
        b".py",
        b".md",
        b".png",
        b".svg",
        b".css",
    ]
    .iter()
    .any(|suffix| {
        text.len() > suffix.len() && text[text.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
    });
    is_path || is_address || is_kept || ends
}

/// Whether an unquoted value is an expression of a programming language.
fn is_code(bytes: &[u8], value: &Value) -> bool {
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
fn has_member(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'.');
    let is_word = |part: &[u8]| {
        part.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
            && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            && !is_random(part)
    };
    text.contains(&b'.') && parts.all(is_word)
}

/// `user:password` in base64 (RFC 7617).
pub(crate) fn is_basic(text: &[u8]) -> bool {
    let plain = base64::decode(text).unwrap_or_default();
    let readable = plain.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    let Some(colon) = memchr::memchr(b':', &plain).filter(|_| readable) else { return false };
    let (user, password) = (&plain[..colon], &plain[colon + 1..]);
    let is_word = |text: &[u8]| WORDS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    !chance::is_placeholder(&plain)
        // The example of RFC 7617.
        && plain != b"Aladdin:open sesame"
        && user.len() + password.len() >= 4
        && !is_template(&plain)
        && !is_word(password)
        && password != user
}

/// A token that was drawn, not written.
pub(crate) fn is_drawn(text: &[u8]) -> bool {
    is_random(text) && is_stated(text)
}

/// The same, where the surroundings already tell it.
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

/// Neither template nor placeholder.
pub(crate) fn is_stated(text: &[u8]) -> bool {
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    !chance::is_stand_in(text) && !is_template(text) && !is_reference(text) && !is_word
}

fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
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
        return text.len() >= 12 && entropy >= 2.6 && digits > 0 && letters > 0 && share >= 0.15;
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
    let has = |part: &[u8]| memchr::memmem::find(text, part).is_some();
    text.first() == Some(&b'^')
        || text.last() == Some(&b'$')
        || has(b"(?")
        || has(b"\\d")
        || has(b"\\w")
        || has(b"[a-")
        || has(b"[^")
        || has(b".*")
        || has(b")+")
        || has(b"()")
        || has(b"=>")
        || has(b"\\s")
}

/// Bytes of `text` that are words: letters alone between signs.
fn wordy(text: &[u8]) -> usize {
    let is_word = |part: &&[u8]| {
        let digits = part.iter().rev().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        let part = &part[..part.len() - digits];
        part.len() >= 3
            && part.iter().all(u8::is_ascii_alphabetic)
            && (part[1..].iter().all(u8::is_ascii_lowercase)
                || part.iter().all(u8::is_ascii_uppercase))
    };
    let parts = text.split(|byte| !byte.is_ascii_alphanumeric());
    parts.filter(is_word).map(<[u8]>::len).sum()
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
        ] {
            assert!(!is_random(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn templates_and_references_are_no_values() {
        for text in [
            "${DB_PASSWORD}",
            "{{ .Values.password }}",
            "<your token>",
            "%(password)s",
            "$PASSWORD",
            "#{pw}",
            "%s",
            "a-${x}-b",
        ] {
            assert!(is_template(text.as_bytes()), "{text}");
        }
        for text in ["super$ecret", "pa}ss{9", "Tr0ub4dor&3"] {
            assert!(!is_template(text.as_bytes()), "{text}");
        }
        for text in
            ["process.env.KEY", "./key.pem", "https://shop.io/token", "arn:aws:x", "/etc/app/key"]
        {
            assert!(is_reference(text.as_bytes()), "{text}");
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
