//! What a program takes where its settings say nothing: `os.environ.get("NAME") or "value"`.

use crate::engine::value::{self, Value};

/// What stands between the setting and what is taken without it.
const UNLESS: &[&[u8]] = &[
    b"or ",
    b"||",
    b"??",
    b"?:",
    b"{",
    b".unwrap_or(",
    b".unwrap_or_else(|_| ",
    b".unwrap_or_else(|| ",
    b".orElse(",
    b".getOrElse(",
];
/// What such a value is wrapped in.
const WRAPPED: &[&[u8]] = &[b"String::from(", b"Some("];

/// The value that is taken without the setting whose name, a string, ends at `end`.
pub(crate) fn value(bytes: &[u8], end: usize) -> Option<Value> {
    let rest = bytes[end..].strip_prefix(b"\"").or_else(|| bytes[end..].strip_prefix(b"'"))?;
    let rest = blanks(rest);
    if let Some(rest) = rest.strip_prefix(b",") {
        let rest = blanks(blanks(rest).strip_prefix(b"default")?);
        let rest = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b":"))?;
        return quoted(bytes, blanks(rest));
    }
    let rest = blanks(rest.strip_prefix(b"]").or_else(|| rest.strip_prefix(b")"))?);
    let rest = blanks(UNLESS.iter().find_map(|sign| rest.strip_prefix(*sign))?);
    quoted(bytes, WRAPPED.iter().find_map(|call| rest.strip_prefix(*call)).unwrap_or(rest))
}

/// The string with which `rest`, the end of `bytes`, begins.
fn quoted(bytes: &[u8], rest: &[u8]) -> Option<Value> {
    value::read(bytes, bytes.len() - rest.len()).filter(|value| value.is_quoted)
}

fn blanks(rest: &[u8]) -> &[u8] {
    let count = rest.iter().take(16).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &rest[count..]
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_taken_without_a_setting_is_found() {
        let found = |text: &str| {
            let end = text.find("NAME").unwrap() + 4;
            super::value(text.as_bytes(), end).map(|value| text[value.at].to_owned())
        };
        for text in [
            "os.environ.get(\"NAME\") or \"v\"",
            "ENV['NAME'] || 'v'",
            "$_ENV['NAME'] ?? 'v'",
            "System.getenv(\"NAME\") ?: \"v\"",
            "ENV.fetch('NAME') { 'v' }",
            "env::var(\"NAME\").unwrap_or(\"v\".into())",
            "env::var(\"NAME\").unwrap_or_else(|_| String::from(\"v\"))",
            "config(\"NAME\", default=\"v\")",
            "env.str('NAME',default='v')",
        ] {
            assert_eq!(found(text).as_deref(), Some("v"), "{text}");
        }
        for text in ["NAME", "\"NAME\"", "\"NAME\")", "(\"NAME\") or x", "NAME || 'v'", "'NAME',"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
