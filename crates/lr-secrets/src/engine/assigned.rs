//! A value that is given to a name, in whatever notation: `NAME=value`, `"name": "value"`,
//! `name = 'value'`, `--name value`, `<name>value</name>`, `set("name", "value")`.

use std::ops::Range;

/// How far a name reaches to either side of its keyword.
const NAME: usize = 48;
/// How much of a value is read to see whether it is part of a query.
const VALUE: usize = 200;
/// How much may stand between a name and its value.
const GLUE: usize = 40;

/// The name around `keyword`.
pub(crate) fn name(bytes: &[u8], keyword: &Range<usize>) -> Range<usize> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let before = bytes[keyword.start.saturating_sub(NAME)..keyword.start].iter().rev();
    let after = bytes[keyword.end..].iter().take(NAME);
    let start = keyword.start - before.take_while(|byte| is_part(byte)).count();
    start..keyword.end + after.take_while(|byte| is_part(byte)).count()
}

/// Whether the name is that of a type in quotes, of which a list says something:
/// `"AWS::SecretsManager::Secret": "c85175a4"`.
pub(crate) fn is_type(bytes: &[u8], name: &Range<usize>) -> bool {
    bytes[..name.start].ends_with(b"::") && matches!(bytes.get(name.end), Some(b'"' | b'\''))
}

/// Whether `text` is one of these words, in any case.
pub(crate) fn is_one_of(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether the name holds one of `words`, in any case.
pub(crate) fn holds(name: &[u8], words: &[&str]) -> bool {
    let holds = |word: &&str| {
        let word = word.as_bytes();
        // Most windows differ in their first letter.
        let begins =
            |there: &[u8]| there.first().map(|it| it | 0x20) == word.first().map(|it| it | 0x20);
        name.windows(word.len()).any(|there| begins(there) && there.eq_ignore_ascii_case(word))
    };
    words.is_empty() || words.iter().any(holds)
}

/// Places after the end of a name where its value may begin.
pub(crate) fn values(bytes: &[u8], end: usize) -> impl Iterator<Item = usize> {
    let first = glue(bytes, end);
    // `name: string = "value"`, `name="x" value="value"`, `name = env("value")`
    let second = first.filter(|at| *at < end + GLUE).and_then(|at| {
        let word =
            bytes[at..].iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).count();
        (word > 0).then(|| glue(bytes, at + word)).flatten()
    });
    first.into_iter().chain(second)
}

/// Where a value that begins at `start` ends at the latest: at the next parameter of a query, such as
/// `&page=`, whatever else its characters may be.
pub(crate) fn end(bytes: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`');
    let rest = &bytes[start..bytes.len().min(start + VALUE)];
    let rest = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let is_parameter = |at: &usize| {
        let name = &rest[at + 1..];
        let name = name.strip_prefix(b"amp;").unwrap_or(name);
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = name.iter().take_while(is_part).count();
        length > 0 && name.get(length) == Some(&b'=')
    };
    let query = memchr::memchr_iter(b'&', rest).find(is_parameter);
    query.map_or(bytes.len(), |length| start + length)
}

/// Skips what stands between a name and its value; `None` if nothing gives the name a value.
fn glue(bytes: &[u8], from: usize) -> Option<usize> {
    let glue = bytes[from..].iter().take(GLUE).take_while(|byte| {
        matches!(
            byte,
            b' ' | b'\t'
                | b'\r'
                | b'\n'
                | b'"'
                | b'\''
                | b'`'
                | b'\\'
                | b'='
                | b':'
                | b'>'
                | b','
                | b'('
                | b'['
                | b'{'
                | b'|'
                | b'?'
                | b'@'
        )
    });
    let mut length = glue.count();
    // `name .= "value"` appends.
    if bytes[from + length..].starts_with(b".=") {
        let more = bytes[from + length + 1..].iter().take(8);
        length += 1 + more.take_while(|byte| matches!(byte, b'=' | b' ' | b'"' | b'\'')).count();
    }
    let between = &bytes[from..from + length];
    let gives = between.iter().any(|byte| matches!(byte, b' ' | b'=' | b':' | b'>' | b','));
    gives.then_some(from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_follows_its_name_in_every_notation() {
        for text in [
            "MY_KEY_1=v4lue",
            "MY_KEY_1: v4lue",
            "\"my_key_1\": \"v4lue\"",
            "\\\"my_key_1\\\": \\\"v4lue\\\"",
            "my_key_1 = 'v4lue'",
            "my_key_1 := `v4lue`",
            "my_key_1 => \"v4lue\"",
            "--my-key-1 v4lue",
            "<my_key_1>v4lue</my_key_1>",
            "<add key=\"my_key_1\" value=\"v4lue\"/>",
            "set(\"my_key_1\", \"v4lue\")",
            "const my_key_1: string = \"v4lue\"",
            "my_key_1: |\n  v4lue",
        ] {
            let lower = text.to_ascii_lowercase();
            let at = lower.find("key_1").or_else(|| lower.find("key-1")).unwrap();
            let name = name(text.as_bytes(), &(at..at + 3));
            assert!(holds(&text.as_bytes()[name.clone()], &["my"]), "{text}");
            let hit = values(text.as_bytes(), name.end).any(|at| text[at..].starts_with("v4lue"));
            assert!(hit, "{text}");
        }
    }

    #[test]
    fn a_value_ends_where_the_next_parameter_begins() {
        for (text, value) in [
            ("v4l&ue&page=2", "v4l&ue"),
            ("v4lue&amp;page=2", "v4lue"),
            ("v4lue&", "v4lue&"),
            ("v4lue&=1", "v4lue&=1"),
            ("v4lue\" &page=2", "v4lue\" &page=2"),
        ] {
            assert_eq!(end(text.as_bytes(), 0), value.len(), "{text}");
        }
    }

    #[test]
    fn a_name_alone_gives_nothing() {
        assert_eq!(values(b"key", 3).count(), 0);
        assert_eq!(values(b"key;v4lue", 3).count(), 0);
    }
}
