//! Cases that may not be copied, read from `shared/data/http` in a folder above where it is there.

use std::path::Path;

use serde::de::DeserializeOwned;

/// The cases of a file, after the lines of comment before them; none where it is not there.
pub(crate) fn cases<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = crate_folder
        .ancestors()
        .find_map(|above| std::fs::read_to_string(above.join("shared/data/http").join(file)).ok());
    let Some(text) = text else { return Vec::new() };
    let json: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    serde_json::from_str(&json.join("\n")).unwrap_or_else(|error| panic!("{file}: {error}"))
}
