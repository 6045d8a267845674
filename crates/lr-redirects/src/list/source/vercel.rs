//! `redirects` in a `vercel.json`.

use std::io::{BufRead, Read};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Entry, SourceError, url};

/// Bytes of a file that is read as a whole.
const LIMIT: u64 = 16 << 20;

#[derive(Deserialize)]
struct File<'t> {
    #[serde(default, borrow)]
    redirects: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Redirect {
    source: String,
    destination: String,
    #[serde(default)]
    has: serde_json::Value,
    #[serde(default)]
    missing: serde_json::Value,
}

pub(super) fn read(reader: impl BufRead) -> Result<Vec<Entry>, SourceError> {
    let mut bytes = Vec::new();
    reader.take(LIMIT).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let bad = |before: usize, error: &serde_json::Error| SourceError::Format {
        line: before + error.line(),
        what: format!("not a vercel.json: {error}"),
    };
    let file: File<'_> = serde_json::from_str(text).map_err(|error| bad(0, &error))?;
    let (mut rest, mut lines) = (text, 0);
    let mut entries = Vec::new();
    for raw in file.redirects {
        // They come in the order in which they stand.
        let at = rest.find(raw.get()).unwrap_or_default();
        lines += rest[..at].matches('\n').count();
        let redirect: Redirect =
            serde_json::from_str(raw.get()).map_err(|error| bad(lines, &error))?;
        entries.push(Entry::of(lines + 1, readable(&redirect)));
        lines += raw.get().matches('\n').count();
        rest = &rest[at + raw.get().len()..];
    }
    Ok(entries)
}

fn readable(redirect: &Redirect) -> Result<super::OldUrl, &'static str> {
    if redirect.source.contains([':', '(', '*']) {
        return Err("a pattern");
    }
    if !redirect.has.is_null() || !redirect.missing.is_null() {
        return Err("only under conditions");
    }
    url(&redirect.source, Some(&redirect.destination))
}
