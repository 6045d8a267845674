//! What the line of a secret says about it: whether it is ignored on purpose, and whether its name
//! makes a build tool copy it into what browsers get.

use crate::engine::browser::INLINED;

/// How far a line is read to either side.
const REACH: usize = 512;
/// Our own mark wants a reason; those of other scanners are honoured as they are.
const MARK: &[u8] = b"launch-ready:allow";
const MARKS: [&[u8]; 6] = [
    b"gitleaks:allow",
    b"betterleaks:allow",
    b"kingfisher:ignore",
    b"trufflehog:ignore",
    b"pragma: allowlist secret",
    b"noseyparker:ignore",
];

/// The line around `at`, as far as it is read.
fn around<'a>(bytes: &'a [u8], at: &std::ops::Range<usize>) -> (&'a [u8], &'a [u8]) {
    let before = &bytes[at.start.saturating_sub(REACH)..at.start];
    let before = &before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..];
    let after = &bytes[at.end..bytes.len().min(at.end + REACH)];
    let after = &after[..memchr::memchr(b'\n', after).unwrap_or(after.len())];
    (before, after)
}

/// Why the secret `at` is to be ignored, if its line says so.
pub(crate) fn ignored(bytes: &[u8], at: &std::ops::Range<usize>) -> Option<String> {
    let (_, after) = around(bytes, at);
    if let Some(mark) = memchr::memmem::find(after, MARK) {
        let reason = String::from_utf8_lossy(&after[mark + MARK.len()..]);
        let reason = reason.trim_matches(|char: char| !char.is_alphanumeric() && char != '.');
        return (!reason.is_empty()).then(|| reason.to_owned());
    }
    let mark = MARKS.iter().find(|mark| memchr::memmem::find(after, mark).is_some())?;
    Some(String::from_utf8_lossy(mark).into_owned())
}

/// Whether `at` stands in a comment that documents: `///`, `//!`, `/** ... */`, or in an example of
/// Python's `doctest`, which goes from `>>>` to the next blank line.
pub(crate) fn is_documentation(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(REACH)..at];
    let mut lines = before.rsplit(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    let line = lines.next().unwrap_or_default();
    let is_example = |line: &[u8]| line.starts_with(b">>> ") || line == b">>>";
    [&b"///"[..], b"//!", b"/**", b"* "].iter().any(|mark| line.starts_with(mark))
        || is_example(line)
        || lines.take_while(|line| !line.is_empty()).any(|line| is_example(line.trim_ascii_end()))
}

/// Whether a build tool copies the variable that the secret `at` is given to into bundles.
pub(crate) fn is_inlined(bytes: &[u8], at: &std::ops::Range<usize>) -> bool {
    let (before, _) = around(bytes, at);
    let before = before.trim_ascii_end();
    let name = before
        .strip_suffix(b"=")
        .or_else(|| before.strip_suffix(b"=\""))
        .or_else(|| before.strip_suffix(b"='"));
    let name = name.or_else(|| before.strip_suffix(b":")).unwrap_or(before).trim_ascii_end();
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let length = name.iter().rev().take_while(part).count();
    is_inlined_name(&name[name.len() - length..])
}

/// Whether a build tool copies a variable of this name into bundles.
pub(crate) fn is_inlined_name(name: &[u8]) -> bool {
    INLINED.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> std::ops::Range<usize> {
        let start = text.find("v4lue").unwrap();
        start..start + 5
    }

    #[test]
    fn a_mark_needs_its_reason_and_its_line() {
        let why = |text: &str| ignored(text.as_bytes(), &at(text));
        assert_eq!(
            why("a = v4lue # launch-ready:allow made up for a test").as_deref(),
            Some("made up for a test")
        );
        assert_eq!(why("a = v4lue # launch-ready:allow\nb"), None);
        assert_eq!(why("a = \"v4lue\" // gitleaks:allow").as_deref(), Some("gitleaks:allow"));
        assert_eq!(why("# gitleaks:allow\na = v4lue\n# gitleaks:allow"), None);
    }

    #[test]
    fn comments_that_document_are_told() {
        for text in [
            "a\n    /// v4lue",
            "/**\n * v4lue",
            "//! v4lue",
            "    >>> a('v4lue')",
            ">>>\n    >>> a()\n    {\n        'b': 'v4lue",
        ] {
            assert!(is_documentation(text.as_bytes(), at(text).start), "{text}");
        }
        for text in ["/// a\nv4lue", "// v4lue", "*v4lue", ">>> a()\n1\n\nv4lue", ">>>>> v4lue"] {
            assert!(!is_documentation(text.as_bytes(), at(text).start), "{text}");
        }
    }

    #[test]
    fn variables_of_bundles_are_told_by_prefix() {
        for text in [
            "VITE_KEY=v4lue",
            "a\nNEXT_PUBLIC_X = v4lue",
            "REACT_APP_A=\"v4lue\"",
            "EXPO_PUBLIC_A: v4lue",
        ] {
            assert!(is_inlined(text.as_bytes(), &at(text)), "{text}");
        }
        for text in ["INVITE_KEY=v4lue", "KEY=v4lue", "v4lue"] {
            assert!(!is_inlined(text.as_bytes(), &at(text)), "{text}");
        }
    }
}
