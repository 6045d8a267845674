//! A value that is given to a name, in whatever notation: `NAME=value`, `"name": "value"`,
//! `name = 'value'`, `--name value`, `<name>value</name>`, `set("name", "value")`.

use std::ops::Range;

/// How far a name reaches to either side of its keyword.
const NAME: usize = 48;
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

/// Whether the name holds one of `words`, in any case.
pub(crate) fn holds(name: &[u8], words: &[&str]) -> bool {
    let holds = |word: &&str| {
        name.windows(word.len()).any(|there| there.eq_ignore_ascii_case(word.as_bytes()))
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
    fn a_name_alone_gives_nothing() {
        assert_eq!(values(b"key", 3).count(), 0);
        assert_eq!(values(b"key;v4lue", 3).count(), 0);
    }
}
