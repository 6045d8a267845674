//! Values of a Kubernetes Secret: base64 under `data`, plain under `stringData`.

use std::ops::Range;

use crate::engine::{base64, worth};

/// How far a document is read after the place that says what it is, and before.
const REACH: usize = 4 << 10;
const BEFORE: usize = 480;

/// The values of the Secret whose `kind` stands at `at`.
pub(crate) fn values(bytes: &[u8], at: usize) -> Vec<Range<usize>> {
    let around = at.saturating_sub(BEFORE)..bytes.len().min(at + REACH);
    let is_json = matches!(bytes[at], b'"' | b'\\');
    let (from, to) = if is_json { object(bytes, at, around) } else { mapping(bytes, at, around) };
    let document = &bytes[from..to];
    if [&b"SealedSecret"[..], b"ExternalSecret", b"sops:"]
        .iter()
        .any(|word| memchr::memmem::find(document, word).is_some())
    {
        return Vec::new();
    }
    let data = |text: &[u8]| {
        let names = [&b"data:"[..], b"Data:", b"\"data\":", b"\"data\" :", b"Data\":"];
        let find = |name: &&[u8]| Some(memchr::memmem::find(text, name)? + name.len());
        names.iter().filter_map(find).min()
    };
    // What follows belongs to it for sure; people and programs write either first.
    let after = data(&document[at - from..]).map(|found| found + at - from);
    let Some(mut line) = after.or_else(|| data(document)) else { return Vec::new() };
    let is_plain =
        memchr::memmem::rfind(&document[line.saturating_sub(13)..line], b"stringD").is_some();
    let mut found = Vec::new();
    while line < document.len() {
        let rest = &document[line..];
        let end =
            rest.iter().position(|byte| matches!(byte, b'\n' | b',' | b'}')).unwrap_or(rest.len());
        // `{{ .Values.password }}`: a template of Helm, whose braces close nothing.
        if memchr::memmem::find(&rest[..end], b"{{").is_some() {
            line += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            continue;
        }
        let text = &rest[..end];
        if let Some(colon) =
            memchr::memchr(b':', text).filter(|_| !text.trim_ascii().starts_with(b"#"))
        {
            let (name, value) = (&text[..colon], &text[colon + 1..]);
            let start = value
                .iter()
                .take_while(|byte| {
                    byte.is_ascii_whitespace()
                        || matches!(**byte, b'"' | b'\'' | b'{' | b'|' | b'>')
                })
                .count();
            let value = value[start..]
                .split(|byte| matches!(byte, b'"' | b'\'' | b' ' | b'\r'))
                .next()
                .unwrap_or_default();
            let at = from + line + colon + 1 + start;
            if value.is_empty() && !name.trim_ascii().is_empty() {
                // A block of YAML: its first line.
                let next = rest.get(end + 1..).unwrap_or_default();
                let indent = next.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                let block =
                    next[indent..].split(u8::is_ascii_whitespace).next().unwrap_or_default();
                let at = from + line + end + 1 + indent;
                if holds(name, block, is_plain) {
                    found.push(at..at + block.len());
                }
            }
            if holds(name, value, is_plain) {
                found.push(at..at + value.len());
            }
        }
        let ends_block = rest.get(end) == Some(&b'}')
            || rest.get(end + 1).is_some_and(|next| next.is_ascii_alphabetic());
        if ends_block && !text.trim_ascii().is_empty() {
            break;
        }
        line += end + 1;
    }
    found
}

/// The object of JSON in which `at` stands.
fn object(bytes: &[u8], at: usize, around: Range<usize>) -> (usize, usize) {
    let mut depth = 0;
    let before = bytes[around.start..at].iter().rposition(|byte| {
        depth += i32::from(*byte == b'}') - i32::from(*byte == b'{');
        depth < 0
    });
    depth = 0;
    let after = bytes[at..around.end].iter().position(|byte| {
        depth += i32::from(*byte == b'{') - i32::from(*byte == b'}');
        depth < 0
    });
    (
        before.map_or(around.start, |open| around.start + open),
        after.map_or(around.end, |close| at + close),
    )
}

/// The mapping of YAML in which `at` stands: lines as far indented as its own and further, without
/// those of another document, of another item of a list, or of text that is no mapping.
fn mapping(bytes: &[u8], at: usize, around: Range<usize>) -> (usize, usize) {
    let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    let column = at - line;
    let (mut from, mut to) = (line, at);
    if !bytes[line..at].contains(&b'-') {
        while from > around.start {
            let end = from - 1;
            let start = memchr::memrchr(b'\n', &bytes[around.start..end])
                .map_or(around.start, |end| around.start + end + 1);
            let text = &bytes[start..end];
            match belongs(text, column) {
                Part::None => break,
                Part::Entry => from = start,
                Part::Item => {
                    from = start;
                    break;
                }
            }
        }
    }
    to += memchr::memchr(b'\n', &bytes[at..around.end]).map_or(around.end - at, |end| end + 1);
    while to < around.end {
        let length =
            memchr::memchr(b'\n', &bytes[to..around.end]).map_or(around.end - to, |end| end + 1);
        if !matches!(belongs(&bytes[to..to + length], column), Part::Entry) {
            break;
        }
        to += length;
    }
    (from, to)
}

/// What a line of YAML is to the mapping whose names stand in `column`.
enum Part {
    None,
    Entry,
    /// It begins an item of a list, which is that mapping.
    Item,
}

fn belongs(line: &[u8], column: usize) -> Part {
    let indent = line.iter().take_while(|byte| **byte == b' ').count();
    let text = line[indent..].trim_ascii_end();
    let has_name = memchr::memchr(b':', text).is_some();
    match () {
        () if text.is_empty() || text.starts_with(b"#") || text.starts_with(b"{{") => Part::Entry,
        () if indent > column => Part::Entry,
        () if text.starts_with(b"- ") && indent + 2 == column && has_name => Part::Item,
        () if indent < column || text.starts_with(b"-") => Part::None,
        () if !has_name || text.starts_with(b"kind:") => Part::None,
        () => Part::Entry,
    }
}

fn holds(name: &[u8], value: &[u8], is_plain: bool) -> bool {
    let name = name.to_ascii_lowercase();
    let is_public = [
        &b"user"[..],
        b"name",
        b"host",
        b"ca.crt",
        b"tls.crt",
        b"email",
        b"port",
        b"url",
        b"namespace",
        b"endpoint",
        b"type",
    ]
    .iter()
    .any(|word| memchr::memmem::find(&name, word).is_some());
    if is_public || value.len() < 8 || worth::is_template(value) {
        return false;
    }
    let plain = if is_plain { value.to_vec() } else { base64::decode(value).unwrap_or_default() };
    let readable = plain.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    plain.len() >= 4 && readable && !worth::is_template(&plain) && worth::is_stated(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let at = text.find("kind").unwrap();
        values(text.as_bytes(), at).into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn values_stand_before_and_after_the_kind_in_yaml_and_json() {
        let value = ["VyFhciQz", "Wm9uZTk="].concat();
        let yaml = format!(
            "apiVersion: v1\nkind: Secret\ndata:\n  username: YWRtaW4=\n  password: {value}\ntype: Opaque\n"
        );
        assert_eq!(found(&yaml), [&*value]);
        let yaml = format!("apiVersion: v1\ndata:\n  password: \"{value}\"\nkind: Secret\n");
        assert_eq!(found(&yaml), [&*value]);
        let json = format!("{{\"kind\": \"Secret\", \"data\": {{\"password\": \"{value}\"}}}}");
        assert_eq!(
            values(json.as_bytes(), 1).into_iter().map(|at| &json[at]).collect::<Vec<_>>(),
            [&*value]
        );
    }

    #[test]
    fn each_secret_of_a_list_has_its_own_values() {
        let (one, two) = (["VyFhciQz", "Wm9uZTk="].concat(), ["S2w0dXNy", "UXk3dA=="].concat());
        for text in [
            format!("kind: Secret\ndata:\n  a: {one}\n---\nkind: Secret\ndata:\n  b: {two}\n"),
            format!("kind: Secret\ndata:\n  a: {one}\nkind: Secret\ndata:\n  b: {two}\n"),
            format!(
                "items:\n- data:\n    a: {one}\n  kind: Secret\n- data:\n    b: {two}\n  kind: Secret\n"
            ),
            format!(
                "- kind: Secret\n  data:\n    a: {one}\n- kind: Secret\n  data:\n    b: {two}\n"
            ),
            format!(
                "[{{\"data\": {{\"a\": \"{one}\"}}, \"kind\": \"Secret\"}},\n{{\"data\": {{\"b\": \"{two}\"}}, \"kind\": \"Secret\"}}]"
            ),
        ] {
            let all: Vec<_> = text
                .match_indices("kind")
                .map(|(at, _)| at - usize::from(text[..at].ends_with('"')))
                .flat_map(|at| values(text.as_bytes(), at))
                .map(|at| &text[at])
                .collect();
            assert_eq!(all, [&*one, &*two], "{text}");
        }
    }

    #[test]
    fn a_neighbour_is_no_secret() {
        let value = ["VyFhciQz", "Wm9uZTk="].concat();
        let text = format!(
            "kind: ConfigMap\ndata:\n  a: {value}\n---\nkind: Secret\nmetadata:\n  name: x\n"
        );
        assert!(values(text.as_bytes(), text.rfind("kind").unwrap()).is_empty());
    }

    #[test]
    fn templates_and_sealed_ones_hold_nothing() {
        for data in ["data", "stringData"] {
            let text = format!("kind: Secret\n{data}:\n  password: {{{{ .Values.password }}}}\n");
            assert!(found(&text).is_empty(), "{text}");
        }
        assert!(found("kind: SealedSecret\ndata:\n  password: QWdCeTNpNE9KU1d=\n").is_empty());
        assert!(found("kind: Secret\nmetadata:\n  name: x\n").is_empty());
    }
}
