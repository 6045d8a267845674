//! Formats with an entry on each line.

use super::{OldUrl, url};

/// Reads one line, without what surrounds it; nothing if there is no entry on it.
pub(super) type Line = fn(&str) -> Option<Result<OldUrl, &'static str>>;

pub(super) fn netlify(line: &str) -> Option<Result<OldUrl, &'static str>> {
    let line = line.split(" #").next().unwrap_or_default();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut parts = line.split_whitespace();
    let from = parts.next()?;
    // Parameters that must be there stand between the two URLs.
    let to = parts.find(|part| part.starts_with('/') || part.contains("://"));
    let status = parts.next().map_or("301", |status| status.trim_end_matches('!'));
    let placeholder = |text: &str| text.split('/').any(|segment| segment.starts_with(':'));
    Some(match to {
        _ if from.contains('*') || placeholder(from) => Err("a pattern"),
        None => Err("without a target"),
        Some(_) if !status.starts_with('3') => Err("no redirect"),
        Some(to) => url(from, Some(to)),
    })
}

pub(super) fn nginx(line: &str) -> Option<Result<OldUrl, &'static str>> {
    let line = line.split(" #").next().unwrap_or_default().trim();
    let directive = line.strip_suffix(';').map(str::trim);
    if line.is_empty() || line.starts_with('#') || line.ends_with(['{', '}']) {
        return None;
    }
    let Some(directive) = directive else { return Some(Err("without `;`")) };
    let (from, to) = quoted(directive);
    let to = quoted(to).0;
    Some(match from {
        "default" | "include" | "hostnames" | "volatile" => return None,
        _ if from.starts_with('~') => Err("a pattern"),
        _ if to.contains('$') => Err("a target with a variable"),
        _ => url(from, Some(to)),
    })
}

/// The first word, perhaps in quotes, and the rest.
fn quoted(text: &str) -> (&str, &str) {
    let cut = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split_once(quote),
        _ => text.split_once(char::is_whitespace),
    };
    cut.map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

pub(super) fn csv(line: &str) -> Option<Result<OldUrl, &'static str>> {
    if line.is_empty() {
        return None;
    }
    let unquoted = line.split('"').step_by(2).collect::<String>();
    let separator = ['\t', ';', ','].into_iter().find(|c| unquoted.contains(*c)).unwrap_or(',');
    let mut cells = cells(line, separator).into_iter();
    let (from, to) = (cells.next()?, cells.next().filter(|to| !to.is_empty()));
    Some(url(&from, to.as_deref()))
}

fn cells(line: &str, separator: char) -> Vec<String> {
    let (mut cells, mut in_quotes) = (vec![String::new()], false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let last = cells.len() - 1;
        match c {
            '"' if in_quotes && chars.peek() == Some(&'"') => {
                cells[last].push('"');
                chars.next();
            }
            '"' => in_quotes = !in_quotes,
            c if c == separator && !in_quotes => cells.push(String::new()),
            c => cells[last].push(c),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

pub(super) fn plain(line: &str) -> Option<Result<OldUrl, &'static str>> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut words = line.split_whitespace();
    Some(url(words.next()?, words.next()))
}
