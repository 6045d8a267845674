//! What a redirect does to path and query, byte for byte.

/// What became of a path or a query on its way through a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is there, perhaps with something around it.
    Kept,
    /// It is gone, or all but its beginning.
    Dropped,
    /// These parameters are gone.
    Lost(Vec<String>),
    /// It is there twice.
    Duplicated,
    /// It means the same only to those who decode it the same way.
    Reencoded,
    /// Its escapes have been escaped.
    EscapedTwice,
    /// It begins with a slash too many.
    DoubleSlash,
    /// It is there in other letters.
    Recased,
    /// Something else is there.
    Replaced,
}

impl Fate {
    /// One word, stable enough for a key.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Dropped => "dropped",
            Self::Lost(_) => "partly-dropped",
            Self::Duplicated => "duplicated",
            Self::Reencoded => "re-encoded",
            Self::EscapedTwice => "escaped-twice",
            Self::DoubleSlash => "double-slash",
            Self::Recased => "re-cased",
            Self::Replaced => "replaced",
        }
    }
}

/// Path and query of a `Location` as it was sent; `None` if it is relative to the current path.
pub(crate) fn split(location: &str) -> Option<(&str, Option<&str>)> {
    let location = location.trim_matches(|c: char| c <= ' ');
    let location = location.split('#').next().unwrap_or_default();
    let after_scheme = match location.find("://") {
        Some(at) if !location[..at].contains(['/', '?']) => &location[at + 3..],
        _ if location.starts_with("//") => &location[2..],
        _ if location.starts_with('/') => return Some(cut(location)),
        _ => return None,
    };
    let authority = after_scheme.find(['/', '?']).unwrap_or(after_scheme.len());
    Some(cut(&after_scheme[authority..]))
}

fn cut(text: &str) -> (&str, Option<&str>) {
    text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)))
}

pub(crate) fn path(sent: &str, got: &str) -> Fate {
    let (sent, got) = (upper_hex(sent), upper_hex(got));
    if got.starts_with("//") && !sent.starts_with("//") {
        return Fate::DoubleSlash;
    }
    let (bare, got) = (sent.trim_end_matches('/'), got.trim_end_matches('/'));
    let tail = |tail: &str| tail.starts_with(['/', '.']);
    // What is in front is a locale or a mount point, and what is behind names the file.
    match got {
        _ if bare.is_empty() || got == bare => Fate::Kept,
        _ if got.matches(bare).count() > 1 => Fate::Duplicated,
        _ if got.ends_with(bare) || got.strip_prefix(bare).is_some_and(tail) => Fate::Kept,
        _ if bare.starts_with(got) => Fate::Dropped,
        _ if decode(got, '+').ends_with(&decode(bare, '+')) => Fate::Reencoded,
        _ if got.ends_with(&bare.replace('%', "%25")) => Fate::EscapedTwice,
        _ if got.to_ascii_lowercase().ends_with(&bare.to_ascii_lowercase()) => Fate::Recased,
        _ => Fate::Replaced,
    }
}

pub(crate) fn query(sent: Option<&str>, got: Option<&str>) -> Fate {
    let Some(sent) = sent.filter(|query| !query.is_empty()).map(upper_hex) else {
        return Fate::Kept;
    };
    let Some(got) = got.filter(|query| !query.is_empty()).map(upper_hex) else {
        return Fate::Dropped;
    };
    match got.matches(&sent).count() {
        0 => {}
        1 => return Fate::Kept,
        _ => return Fate::Duplicated,
    }
    let decode = |text: &str| decode(text, ' ');
    let mut there: Vec<_> = got.split('&').map(decode).collect();
    let mut lost = Vec::new();
    for param in sent.split('&') {
        match there.iter().position(|other| *other == decode(param)) {
            Some(at) => drop(there.swap_remove(at)),
            None => lost.push(param.to_owned()),
        }
    }
    match lost.len() {
        0 if sent.split('&').all(|param| got.split('&').any(|other| other == param)) => Fate::Kept,
        0 => Fate::Reencoded,
        all if all == sent.split('&').count() => Fate::Replaced,
        _ => Fate::Lost(lost),
    }
}

/// Hex digits of escapes in upper case: `%c3` and `%C3` are the same (RFC 3986, section 2.1).
fn upper_hex(text: &str) -> String {
    let mut digits = 0;
    let upper = |char: char| {
        let in_escape = digits > 0;
        digits = if char == '%' { 2 } else { usize::saturating_sub(digits, 1) };
        if in_escape { char.to_ascii_uppercase() } else { char }
    };
    text.chars().map(upper).collect()
}

/// Escapes decoded, each byte a character. A plus is itself in a path, and in a query the space that
/// forms make of it (WHATWG URL, section 5.1).
fn decode(text: &str, plus: char) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let hex = |at: usize| bytes.get(at).and_then(|c| c.to_digit(16));
    let mut decoded = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            ('%', Some(high), Some(low)) => {
                decoded.push(char::from_u32(high * 16 + low).unwrap_or_default());
                at += 2;
            }
            ('+', ..) => decoded.push(plus),
            (c, ..) => decoded.push(c),
        }
        at += 1;
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_byte_by_byte() {
        for (sent, got, fate) in [
            ("/a/b", "/a/b", Fate::Kept),
            ("/a/b", "/a/b/", Fate::Kept),
            ("/a/b", "/en/a/b", Fate::Kept),
            ("/", "/en/", Fate::Kept),
            ("/a/b", "/", Fate::Dropped),
            ("/a/b", "", Fate::Dropped),
            ("/a/b", "/a", Fate::Dropped),
            ("/a/b", "/a/b/a/b", Fate::Duplicated),
            ("/a%2Fb", "/a/b", Fate::Reencoded),
            ("/a%2fb", "/a%2Fb", Fate::Kept),
            ("/a%20b", "/a%2520b", Fate::EscapedTwice),
            ("/a%20b", "/a+b", Fate::Replaced),
            ("/c++", "/c%20%20", Fate::Replaced),
            ("/c++", "/c%2B%2B", Fate::Reencoded),
            ("/a/b", "//a/b", Fate::DoubleSlash),
            ("/", "//", Fate::DoubleSlash),
            ("/a/b", "/a/b/index.html", Fate::Kept),
            ("/a/b", "/a/b.html", Fate::Kept),
            ("/a/b", "/a/bc", Fate::Replaced),
            ("/a%20b", "/a b", Fate::Reencoded),
            ("/\u{c3}", "/%C3", Fate::Reencoded),
            ("/a/B", "/a/b", Fate::Recased),
            ("/a/b", "/home", Fate::Replaced),
        ] {
            assert_eq!(path(sent, got), fate, "{sent} {got}");
        }
    }

    #[test]
    fn queries_are_compared_byte_by_byte() {
        let lost = |params: &[&str]| Fate::Lost(params.iter().map(|p| (*p).into()).collect());
        for (sent, got, fate) in [
            ("a=1&b=2", "a=1&b=2", Fate::Kept),
            ("a=1&b=2", "x=0&a=1&b=2", Fate::Kept),
            ("a=1&b=2", "b=2&a=1", Fate::Kept),
            ("a=1&b=2", "", Fate::Dropped),
            ("a=1&b=2", "a=1", lost(&["b=2"])),
            ("d=1&d=2", "d=2", lost(&["d=1"])),
            ("a=1", "a=1?a=1", Fate::Duplicated),
            ("e=%2B", "e=+", Fate::Replaced),
            ("e=%20&x", "e=+&x", Fate::Reencoded),
            ("a=1", "b=1", Fate::Replaced),
        ] {
            assert_eq!(query(Some(sent), Some(got)), fate, "{sent} {got}");
        }
        assert_eq!(query(Some("a"), None), Fate::Dropped);
        assert_eq!(query(None, Some("a")), Fate::Kept);
    }

    #[test]
    fn a_location_is_split_as_it_was_sent() {
        assert_eq!(split("https://h/a b?c#d"), Some(("/a b", Some("c"))));
        assert_eq!(split("//h"), Some(("", None)));
        assert_eq!(split("/x?u=http://y"), Some(("/x", Some("u=http://y"))));
        assert_eq!(split("x"), None);
    }
}
