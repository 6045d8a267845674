//! Names and values that are both values: `name: DB_PASSWORD` with `value: ...` below it, as lists of
//! variables have them, `<name>` beside `<value>`, and `variable "db_password"` with its `default`, as
//! Terraform declares them.

use std::ops::Range;

use crate::engine::value::{self, Value};

/// How far the default of a variable is looked for: no farther than names are looked for before what a
/// version changes.
const BLOCK: usize = 300;
/// How much may stand between a name and its value.
const BETWEEN: usize = 80;

/// The value that goes with the `name`, which is no key itself.
pub(crate) fn value(bytes: &[u8], name: &Range<usize>) -> Option<Value> {
    if let Some(value) = element(bytes, name.end) {
        return Some(value);
    }
    let before = unquoted(&bytes[..name.start]);
    let after = name.end + usize::from(matches!(bytes.get(name.end), Some(b'"' | b'\'')));
    if before.len() < name.start && before.trim_ascii_end().ends_with(b"variable") {
        return default(bytes, after);
    }
    // `name: `, `"Name": `, `- key: `
    let key = unquoted(before.trim_ascii_end().strip_suffix(b":")?);
    if !ends_with(key, &["name", "key"]) {
        return None;
    }
    let rest = &bytes[after..bytes.len().min(after + BETWEEN)];
    let is_between =
        |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\'' | b'-');
    let start = after + rest.iter().take_while(is_between).count();
    let word = bytes[start..].iter().take(24).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if !ends_with(&bytes[start..start + word], &["value"]) {
        return None;
    }
    let mut at = start + word;
    at += usize::from(matches!(bytes.get(at), Some(b'"' | b'\'')));
    at += blanks(&bytes[at..]);
    if bytes.get(at) != Some(&b':') {
        return None;
    }
    at += 1;
    at += blanks(&bytes[at..]);
    value::read(bytes, at)
}

/// Whether `rest` closes an element that a name is in: `<key>` of property lists, `<name>` of Hadoop.
pub(crate) fn is_in_element(rest: &[u8]) -> bool {
    rest.starts_with(b"</key>") || rest.starts_with(b"</name>")
}

/// What the element holds that goes with the name which ends at `end`: `<value>` beside `<name>` or in
/// what has the name as an attribute, `<string>` after `<key>`.
fn element(bytes: &[u8], end: usize) -> Option<Value> {
    let rest = &bytes[end..];
    let rest = match rest.first()? {
        b'<' if is_in_element(rest) => &rest[memchr::memchr(b'>', rest)? + 1..],
        b'"' => rest.strip_prefix(b"\">")?,
        _ => return None,
    };
    let spaces = rest.iter().take(BETWEEN).take_while(|byte| byte.is_ascii_whitespace()).count();
    let rest = &rest[spaces..];
    let rest = rest.strip_prefix(b"<value>").or_else(|| rest.strip_prefix(b"<string>"))?;
    let value = value::read(bytes, bytes.len() - rest.len())?;
    (bytes.get(value.at.end) == Some(&b'<')).then_some(value)
}

/// The default in the block that opens at `at`.
fn default(bytes: &[u8], at: usize) -> Option<Value> {
    let open = at + blanks(&bytes[at..]);
    if bytes.get(open) != Some(&b'{') {
        return None;
    }
    let block = &bytes[open + 1..bytes.len().min(open + 1 + BLOCK)];
    let mut start = 0;
    while start < block.len() {
        start += blanks(&block[start..]);
        let line = &block[start..];
        if line.starts_with(b"}") {
            return None;
        }
        if let Some(rest) = line.strip_prefix(b"default") {
            let given = rest.trim_ascii_start().strip_prefix(b"=").map(<[u8]>::trim_ascii_start);
            if let Some(given) = given {
                let at = open + 1 + block.len() - given.len();
                return value::read(bytes, at).filter(|value| value.is_quoted);
            }
        }
        start += 1 + memchr::memchr(b'\n', line)?;
    }
    None
}

fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn ends_with(key: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| {
        let there = key.len().checked_sub(word.len()).map(|start| &key[start..]);
        there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Without the quote at its end, if there is one.
fn unquoted(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\"").or_else(|| text.strip_suffix(b"'")).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_where_the_text_does() {
        let blanks = " ".repeat(BLOCK + 40);
        for text in [
            "variable \"NAME\" {",
            "variable \"NAME\"",
            "variable \"NAME\" {\n default =",
            "name: NAME",
        ] {
            for rest in ["", "\n", &blanks, "\ndefault", "\nvalue", "\nvalue:", "\nvalue: \""] {
                assert_eq!(found(&format!("{text}{rest}")), None, "{text}{rest}");
            }
        }
    }

    fn found(text: &str) -> Option<&str> {
        let at = text.find("NAME").unwrap();
        value(text.as_bytes(), &(at..at + 4)).map(|value| &text[value.at])
    }

    #[test]
    fn a_pair_is_told_in_every_notation() {
        for text in [
            "env:\n  - name: NAME\n    value: v4lue\n",
            "env:\n  - name: NAME\r\n    value: \"v4lue\"\r\n",
            "- key: 'NAME'\n  value: 'v4lue'\n",
            "{\"name\": \"NAME\", \"value\": \"v4lue\"}",
            "{\n  \"Name\": \"NAME\",\n  \"Value\": \"v4lue\"\n}",
            "{\"ParameterKey\": \"NAME\", \"ParameterValue\": \"v4lue\"}",
            "variable \"NAME\" {\n  type    = string\n  default = \"v4lue\"\n}\n",
            "variable \"NAME\" { default = \"v4lue\" }\n",
        ] {
            assert_eq!(found(text), Some("v4lue"), "{text}");
        }
        for text in [
            "- name: NAME\n  valueFrom:\n    secretKeyRef:\n",
            "- name: NAME\n- name: other\n  value: v4lue\n",
            "a: NAME\nvalue: v4lue\n",
            "NAME\nvalue: v4lue\n",
            "variable \"NAME\" {\n  type = string\n}\nvariable \"b\" {\n  default = \"v4lue\"\n}\n",
            "variable \"NAME\" {\n  default = var.other\n}\n",
            "resource \"NAME\" {\n  default = \"v4lue\"\n}\n",
            "name: NAME",
            "variable \"NAME\" {",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
