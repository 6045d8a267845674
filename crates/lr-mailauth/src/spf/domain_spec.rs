//! Domain specifications with macros (RFC 7208, section 7.1).

use std::net::IpAddr;

/// Whether a domain specification is in the grammar; if not, why and at which byte of it.
pub(super) fn check(spec: &[u8]) -> Result<(), (usize, String)> {
    if spec.is_empty() {
        return Err((0, "a domain name is missing".into()));
    }
    let macros_end = check_macros(spec)?;
    // The end must be a macro or a top label; a macro anywhere else does not count.
    if macros_end == Some(spec.len()) {
        return Ok(());
    }
    let name = spec.strip_suffix(b".").unwrap_or(spec);
    let from = macros_end.unwrap_or(0).min(name.len());
    match name[from..].iter().rposition(|byte| *byte == b'.') {
        Some(dot) if is_top_label(&name[from + dot + 1..]) => Ok(()),
        Some(dot) => {
            let label = String::from_utf8_lossy(&name[from + dot + 1..]).into_owned();
            Err((from + dot + 1, format!("`{label}` is no top-level label")))
        }
        None => Err((0, "a domain name has at least two labels".into())),
    }
}

/// Whether it is an IP address where a name is wanted.
pub(super) fn is_address(spec: &[u8]) -> bool {
    // Most names are told apart by their last byte.
    let ends_like_one = |last: &u8| last.is_ascii_hexdigit() || matches!(last, b']' | b':');
    if !spec.last().is_some_and(ends_like_one) {
        return false;
    }
    std::str::from_utf8(spec)
        .is_ok_and(|text| text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok())
}

/// Checks `%` sequences and characters; returns the end of the last macro.
pub(super) fn check_macros(text: &[u8]) -> Result<Option<usize>, (usize, String)> {
    let (mut at, mut last) = (0, None);
    while let Some(&byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'%', Some(b'%' | b'_' | b'-')) => {
                at += 2;
                last = Some(at);
            }
            (b'%', Some(b'{')) => {
                let body = &text[at + 2..];
                let close = body.iter().position(|byte| *byte == b'}');
                let close = close.ok_or_else(|| (at, "a macro is not closed by `}`".to_owned()))?;
                if !is_macro(&body[..close]) {
                    let body = String::from_utf8_lossy(&body[..close]).into_owned();
                    return Err((at, format!("`%{{{body}}}` is no macro")));
                }
                at += close + 3;
                last = Some(at);
            }
            (b'%', _) => return Err((at, "a lone `%` (a literal one is written `%%`)".into())),
            (0x21..=0x7e, _) => at += 1,
            _ => return Err((at, format!("the byte 0x{byte:02x} may not stand here"))),
        }
    }
    Ok(last)
}

/// A letter, digits, `r`, delimiters. `c`, `r` and `t` are for explanations alone.
fn is_macro(body: &[u8]) -> bool {
    let Some((letter, rest)) = body.split_first() else { return false };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&rest[..digits]).unwrap_or_default();
    let rest = &rest[digits..];
    let rest = rest.strip_prefix(b"r").or_else(|| rest.strip_prefix(b"R")).unwrap_or(rest);
    b"slodiphv".contains(&letter.to_ascii_lowercase())
        && (digits == 0 || number.parse::<u8>().is_ok_and(|number| number > 0))
        && rest.iter().all(|byte| b".-+,/_=".contains(byte))
}

fn is_top_label(label: &[u8]) -> bool {
    let ends = [label.first(), label.last()];
    ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
        && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && !label.iter().all(u8::is_ascii_digit)
}
