//! Values of a Kubernetes Secret: base64 under `data`, plain under `stringData`.

use std::ops::Range;

use crate::engine::{base64, worth};

/// How far a document is read around the place that says what it is.
const REACH: usize = 4 << 10;
const BEFORE: usize = 480;

/// The values of the Secret whose `kind` stands at `at`.
pub(crate) fn values(bytes: &[u8], at: usize) -> Vec<Range<usize>> {
    let mut from = at.saturating_sub(BEFORE);
    let mut to = bytes.len().min(at + REACH);
    if let Some(start) = memchr::memmem::rfind(&bytes[from..at], b"\n---") {
        from += start;
    }
    if let Some(end) = memchr::memmem::find(&bytes[at..to], b"\n---") {
        to = at + end;
    }
    let document = &bytes[from..to];
    if [&b"SealedSecret"[..], b"ExternalSecret", b"sops:"]
        .iter()
        .any(|word| memchr::memmem::find(document, word).is_some())
    {
        return Vec::new();
    }
    let Some((mut line, _)) = [&b"data:"[..], b"\"data\":", b"\"data\" :"]
        .iter()
        .filter_map(|word| memchr::memmem::find(document, word).map(|at| (at + word.len(), word)))
        .min()
    else {
        return Vec::new();
    };
    let is_plain = document[..line].ends_with(b"stringData:");
    let mut found = Vec::new();
    while line < document.len() {
        let rest = &document[line..];
        let end =
            rest.iter().position(|byte| matches!(byte, b'\n' | b',' | b'}')).unwrap_or(rest.len());
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
        assert_eq!(found(&json), [&*value]);
    }

    #[test]
    fn templates_and_sealed_ones_hold_nothing() {
        assert!(found("kind: Secret\ndata:\n  password: {{ .Values.password }}\n").is_empty());
        assert!(found("kind: SealedSecret\ndata:\n  password: QWdCeTNpNE9KU1d=\n").is_empty());
        assert!(found("kind: Secret\nmetadata:\n  name: x\n").is_empty());
    }
}
