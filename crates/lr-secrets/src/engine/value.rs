//! What a name is given, in whatever notation, and where it ends.

use std::ops::Range;

/// The longest value that is read.
const LIMIT: usize = 600;
/// How much may stand between a name and what follows it.
const REACH: usize = 64;

/// A value that is given to a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Value {
    pub(crate) at: Range<usize>,
    pub(crate) is_quoted: bool,
    /// Given as `NAME=value` with nothing between, as shells and environment files do.
    pub(crate) is_tight: bool,
    /// Only a comma links it with its name: arguments, but perhaps just a list.
    pub(crate) is_listed: bool,
}

/// The value that is given to the name which ends at `end`.
pub(crate) fn after(bytes: &[u8], end: usize) -> Option<Value> {
    let bytes = &bytes[..bytes.len().min(end + REACH + LIMIT)];
    let mut at = end;
    // The closing quote of the name itself, or of what it is an index of.
    let closes_name = quote(bytes, &mut at).is_some();
    if bytes.get(at) == Some(&b']') {
        at += 1;
    }
    spaces(bytes, &mut at);
    if bytes.get(at) == Some(&b'[') {
        // `char name[25] = `
        let close = bytes[at..].iter().take(8).position(|byte| *byte == b']')?;
        at += close + 1;
        spaces(bytes, &mut at);
    }
    let before = at;
    let operator = operator(bytes, &mut at);
    if operator.is_empty() {
        // `set("name", "value")`, `--name value`, `password "value"`, `value="..."` of an element.
        let is_listed = closes_name && bytes.get(at) == Some(&b',');
        if closes_name && matches!(bytes.get(at), Some(b',' | b' ' | b'\t')) {
            at += 1;
        } else if before == end {
            return None;
        }
        spaces(bytes, &mut at);
        if !closes_name && let Some(value) = typed(bytes, at) {
            return Some(value);
        }
        if bytes[at..].starts_with(b"value=") {
            at += 6;
        } else if bytes[at..].starts_with(b"value:") {
            at += 6;
            spaces(bytes, &mut at);
        }
        at += usize::from(bytes[at..].starts_with(b"@\""));
        let needs_quotes = !is_flag(bytes, end) && !is_instruction(bytes, end);
        let mut value = read(bytes, at)?;
        value.is_listed = is_listed;
        return (value.is_quoted || !needs_quotes).then_some(value);
    }
    let is_tight = operator == b"=" && before == end;
    if operator == b">" {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) && at < end + REACH {
            at += 1;
        }
        let value = read(bytes, at)?;
        // An element holds it, not a comparison.
        let mut close = value.at.end;
        while bytes.get(close).is_some_and(u8::is_ascii_whitespace) {
            close += 1;
        }
        return (bytes.get(close) == Some(&b'<')).then_some(value);
    }
    spaces(bytes, &mut at);
    if operator == b":" {
        // `name: |` and a line break: a block of YAML. `name: string = "value"`: a type.
        if matches!(bytes.get(at), Some(b'|' | b'>')) {
            at = block(bytes, at).unwrap_or(at);
            while matches!(bytes.get(at), Some(b'|' | b'>' | b'-' | b'\n' | b'\r' | b' ' | b'\t')) {
                at += 1;
            }
        }
        if let Some(value) = typed(bytes, at) {
            return Some(value);
        }
        // `"value"` on the line below, as some write long JSON, or inside of `{ "value": ...`.
        if bytes.get(at) == Some(&b'{') {
            let rest = &bytes[at..bytes.len().min(at + 40)];
            if let Some(inner) = memchr::memmem::find(rest, b"\"value\"") {
                let mut at = at + inner + 7;
                spaces(bytes, &mut at);
                if bytes.get(at) == Some(&b':') {
                    at += 1;
                    spaces(bytes, &mut at);
                    return read(bytes, at);
                }
            }
        }
        if matches!(bytes.get(at), Some(b'\n' | b'\r')) && closes_name {
            while bytes.get(at).is_some_and(u8::is_ascii_whitespace) && at < end + REACH {
                at += 1;
            }
        }
    }
    if bytes.get(at) == Some(&b'@') && bytes.get(at + 1) == Some(&b'"') {
        at += 1;
    }
    // `b"..."`, `r"..."`, `u'...'`
    if matches!(bytes.get(at), Some(b'b' | b'r' | b'u' | b'f' | b'L'))
        && matches!(bytes.get(at + 1), Some(b'"' | b'\''))
    {
        at += 1;
    }
    if let Some(at) = wrapped(bytes, at).or_else(|| secured(bytes, at)) {
        return read(bytes, at).filter(|value| value.is_quoted);
    }
    let mut value = read(bytes, at)?;
    value.is_tight = is_tight;
    Some(otherwise(bytes, &value).unwrap_or(value))
}

/// What a program takes where its environment says nothing: `process.env.NAME || "value"`.
fn otherwise(bytes: &[u8], value: &Value) -> Option<Value> {
    let text = &bytes[value.at.clone()];
    let is_variable =
        [&b"process.env"[..], b"import.meta.env"].iter().any(|it| text.starts_with(it));
    let mut at = value.at.end;
    spaces(bytes, &mut at);
    let is_choice = [&b"||"[..], b"??"].iter().any(|it| bytes[at..].starts_with(it));
    at += 2;
    if value.is_quoted || !is_variable || !is_choice {
        return None;
    }
    spaces(bytes, &mut at);
    read(bytes, at).filter(|value| value.is_quoted)
}

/// What stands for a variable that is not set, after its name that ends at `end`: `${NAME:value}`,
/// `${NAME:-value}`.
pub(crate) fn fallback(bytes: &[u8], end: usize) -> Option<Value> {
    let mut at = end;
    if bytes.get(at) != Some(&b':') {
        return None;
    }
    at += 1;
    at += usize::from(matches!(bytes.get(at), Some(b'-' | b'=')));
    let rest = &bytes[at..bytes.len().min(at + LIMIT)];
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"{}\"'`$".contains(byte);
    let length = rest.iter().position(ends).filter(|length| rest[*length] == b'}')?;
    (length > 0).then(|| Value {
        at: at..at + length,
        is_quoted: true,
        is_tight: true,
        is_listed: false,
    })
}

/// The value that stands before a name with which it is compared: `if ("value" == name)`.
pub(crate) fn before(bytes: &[u8], start: usize) -> Option<Value> {
    let from = start.saturating_sub(LIMIT / 2);
    let text = &bytes[from..start];
    let trimmed = text.trim_ascii_end();
    let signs = trimmed.iter().rev().take_while(|byte| matches!(byte, b'=' | b'!')).count();
    if !(2..=3).contains(&signs) {
        return None;
    }
    let left = trimmed[..trimmed.len() - signs].trim_ascii_end();
    let (&quote, inner) = left.split_last()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let open = memchr::memrchr2(quote, b'\n', inner).filter(|at| inner[*at] == quote)?;
    let at = from + open + 1..from + inner.len();
    Some(Value { at, is_quoted: true, is_tight: false, is_listed: false })
}

/// Where the line ends on which a block scalar of YAML is announced: after `|` or `>` stand how far it is
/// indented and whether it keeps its last line ends, and perhaps a comment (YAML 1.2.2, section 8.1.1).
fn block(bytes: &[u8], at: usize) -> Option<usize> {
    let is_indicator = |byte: &&u8| matches!(byte, b'1'..=b'9' | b'-' | b'+');
    let mut end = at + 1 + bytes[at + 1..].iter().take(2).take_while(is_indicator).count();
    spaces(bytes, &mut end);
    let line = memchr::memchr(b'\n', &bytes[end..])?;
    let rest = bytes[end..end + line].trim_ascii();
    (rest.is_empty() || rest.starts_with(b"#")).then_some(end + line)
}

/// `string = "value"`, `String? = "value"`, `As String = "value"`: the value behind a type.
fn typed(bytes: &[u8], mut at: usize) -> Option<Value> {
    at += if bytes[at..].starts_with(b"As ") { 3 } else { 0 };
    let word = bytes[at..]
        .iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'?' | b'&' | b'_'))
        .count();
    if word == 0 {
        return None;
    }
    at += word;
    spaces(bytes, &mut at);
    if bytes.get(at) != Some(&b'=') || bytes.get(at + 1) == Some(&b'=') {
        return None;
    }
    at += 1;
    spaces(bytes, &mut at);
    read(bytes, at).filter(|value| value.is_quoted)
}

/// `env("NAME", "value")` says nothing; `Some("value")`, `("value")`, `["value"]`, `String("value")` do.
fn wrapped(bytes: &[u8], at: usize) -> Option<usize> {
    // `[]byte("value")`
    let at = at + if bytes[at..].starts_with(b"[]byte(") { 2 } else { 0 };
    let word = bytes[at..]
        .iter()
        .take(32)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
        .count();
    let open = bytes.get(at + word)?;
    let wraps = matches!(open, b'(' | b'[')
        && (word == 0
            || [
                &b"Some"[..],
                b"String",
                b"str",
                b"string",
                b"SecretString",
                b"NSString",
                b"String::from",
                b"Buffer.from",
                b"bytes",
                b"byte",
            ]
            .contains(&&bytes[at..at + word]));
    let inner = at + word + 1;
    (wraps && matches!(bytes.get(inner), Some(b'"' | b'\''))).then_some(inner)
}

/// What PowerShell makes a secure string of: `ConvertTo-SecureString "value" -AsPlainText`.
fn secured(bytes: &[u8], at: usize) -> Option<usize> {
    let skip = |at: usize, word: &str| {
        let mut end = at + word.len();
        let is_there = bytes.get(at..end)?.eq_ignore_ascii_case(word.as_bytes());
        spaces(bytes, &mut end);
        is_there.then_some(end)
    };
    let at = skip(at, "ConvertTo-SecureString")?;
    let switches = ["-AsPlainText", "-Force", "-String"];
    Some(switches.iter().fold(at, |at, switch| skip(at, switch).unwrap_or(at)))
}

/// Reads what begins at `at` up to its closing quote, or as far as one word reaches.
pub(crate) fn read(bytes: &[u8], mut at: usize) -> Option<Value> {
    let from = at;
    if let Some(quote) = quote(bytes, &mut at) {
        let rest = &bytes[at..bytes.len().min(at + LIMIT)];
        let escaped = bytes[from] == b'\\';
        let end = close(rest, quote, escaped)?;
        return (end > 0).then(|| Value {
            at: at..at + end,
            is_quoted: true,
            is_tight: false,
            is_listed: false,
        });
    }
    let rest = &bytes[at..bytes.len().min(at + LIMIT)];
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'"' | b'\'' | b'`' | b',' | b';' | b'<' | b'|' | b'&')
    };
    let mut end = rest.iter().position(ends).unwrap_or(rest.len());
    if let Some(line) = memchr::memmem::find(&rest[..end], b"\\n") {
        end = line;
    }
    let value = rest[..end].trim_ascii_end();
    let brackets =
        value.iter().rev().take_while(|byte| matches!(byte, b')' | b'}' | b']' | b'\\')).count();
    let end = value.len() - brackets;
    (end > 0).then(|| Value {
        at: at..at + end,
        is_quoted: false,
        is_tight: false,
        is_listed: false,
    })
}

/// Where the quote closes that was opened, on the same line.
fn close(rest: &[u8], quote: u8, escaped: bool) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' => return None,
            b'\\' if escaped && rest.get(at + 1) == Some(&quote) => return Some(at),
            b'\\' => at += 2,
            _ if *byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// Skips a quote, escaped or not, and returns it.
fn quote(bytes: &[u8], at: &mut usize) -> Option<u8> {
    let mut there = *at;
    while bytes.get(there) == Some(&b'\\') && there < *at + 3 {
        there += 1;
    }
    let quote = *bytes.get(there).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    *at = there + 1;
    Some(quote)
}

fn spaces(bytes: &[u8], at: &mut usize) {
    while matches!(bytes.get(*at), Some(b' ' | b'\t')) {
        *at += 1;
    }
}

/// Skips the operator that gives or compares, and returns it; empty if there is none.
fn operator<'a>(bytes: &'a [u8], at: &mut usize) -> &'a [u8] {
    let rest = &bytes[*at..];
    const OPERATORS: [&[u8]; 18] = [
        b":::=", b"::=", b"===", b"!==", b"||=", b"??=", b":=", b"=>", b"?=", b"+=", b".=", b"==",
        b"!=", b"->", b"<-", b"=", b":", b">",
    ];
    let found = OPERATORS.iter().find(|operator| rest.starts_with(operator));
    let length = found.map_or(0, |operator| operator.len());
    *at += length;
    &rest[..length]
}

/// Whether the name that ends at `end` is an option of a command.
fn is_flag(bytes: &[u8], end: usize) -> bool {
    let from = end.saturating_sub(48);
    let word = bytes[from..end].iter().rev();
    let length =
        word.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    let name = &bytes[end - length..end];
    name.starts_with(b"-")
}

/// Whether the name that ends at `end` is set by a line of a Dockerfile: `ENV NAME value`.
fn is_instruction(bytes: &[u8], end: usize) -> bool {
    let before = &bytes[end.saturating_sub(64)..end];
    let line = &before[memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)..];
    let name = line.trim_ascii_start().strip_prefix(b"ENV ").map(<[u8]>::trim_ascii_start);
    name.is_some_and(|name| {
        !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<&str> {
        let end = text.to_ascii_lowercase().find("name").unwrap() + 4;
        after(text.as_bytes(), end).map(|value| &text[value.at])
    }

    #[test]
    fn a_value_ends_where_its_notation_says() {
        for text in [
            "name = \"v4l ue\";",
            "name: 'v4l ue'",
            "\"name\": \"v4l ue\"",
            "\\\"name\\\": \\\"v4l ue\\\"",
            "name := `v4l ue`",
            "\"name\" => \"v4l ue\"",
            "set(\"name\", \"v4l ue\")",
            "const name: string = \"v4l ue\"",
            "char name[25] = \"v4l ue\"",
            "name[] = \"v4l ue\"",
            "$x['name'] = 'v4l ue';",
            "<add key=\"name\" value=\"v4l ue\"/>",
            "name = @\"v4l ue\"",
            "name .= \"v4l ue\"",
            "name: { \"value\": \"v4l ue\" }",
            "name: Some(\"v4l ue\")",
            "name \"v4l ue\"",
            "name = process.env.NAME || \"v4l ue\"",
            "name: process.env.NAME ?? 'v4l ue'",
            "$name = ConvertTo-SecureString \"v4l ue\" -AsPlainText -Force",
            "$name = ConvertTo-SecureString -AsPlainText -Force -String 'v4l ue'",
        ] {
            assert_eq!(value(text), Some("v4l ue"), "{text}");
        }
        for text in [
            "NAME=v4lue\n",
            "name: v4lue\r\n",
            "<name>v4lue</name>",
            "--name v4lue x",
            "name: |\n  v4lue\n",
            "name: >-\n  v4lue\n",
            "name: |2+\r\n  v4lue\r\n",
            "name: |- # a comment\n\n    v4lue\n",
            "a?name=v4lue&b",
            "ENV NAME v4lue\n",
        ] {
            assert_eq!(value(text), Some("v4lue"), "{text}");
        }
        for text in ["name", "name;", "name v4lue", "name > v4lue", "name = \"open", "f(name, 2)"] {
            assert_eq!(value(text), None, "{text}");
        }
        for text in ["${name:v4lue}", "${NAME:-v4lue}"] {
            assert_eq!(fallback(text.as_bytes(), 6).map(|it| &text[it.at]), Some("v4lue"));
        }
        assert_eq!(fallback(b"${name:${v}}", 6), None);
        let text = "if (\"v4lue\" == name)";
        let at = text.find("name").unwrap();
        assert_eq!(before(text.as_bytes(), at).map(|it| &text[it.at]), Some("v4lue"));
        assert_eq!(before(b"(a == name)", 6), None);
    }
}
