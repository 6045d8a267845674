use serde::de::DeserializeOwned;

use crate::Error;

/// Reads TOML; an error names the line and, for an unknown key, the key that was meant.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::Config { line, reason: explain(error.message()) }
    })
}

/// serde lists every key it knows; people want the one they meant.
fn explain(message: &str) -> String {
    let first_line = message.lines().next().unwrap_or_default();
    let Some(rest) = first_line.strip_prefix("unknown field `") else {
        return first_line.into();
    };
    let mut quoted = rest.split('`');
    let unknown = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.skip(1).step_by(2).collect();
    let nearest = known
        .iter()
        .map(|key| (strsim::damerau_levenshtein(unknown, key), *key))
        .min()
        .filter(|(distance, key)| *distance <= 1 + key.len() / 3);
    match nearest {
        Some((_, key)) => format!("unknown key `{unknown}`; did you mean `{key}`?"),
        None => format!("unknown key `{unknown}`; known here: {}", known.join(", ")),
    }
}
