//! Environment files: which names of secrets are given a value in them.

use std::path::Path;

use crate::engine::is_stand_in;

/// Endings of files that are meant to be shared.
const SHARED: [&str; 8] =
    ["example", "sample", "template", "tpl", "dist", "defaults", "schema", "vault"];
/// Parts of names that hold secrets.
const SECRET: [&str; 12] = [
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PRIVATE",
    "CREDENTIAL",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "DATABASE_URL",
    "ENCRYPTION_KEY",
];
/// Names that build tools copy into what browsers get: no secret is meant to be there.
const PUBLIC: [&str; 7] =
    ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_"];
/// Names of one file that are kept.
const NAMES: usize = 100;

/// Whether a file of this name is read by a program as its environment.
pub(crate) fn is_env_file(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let is_env =
        name == ".env" || name == ".envrc" || name.starts_with(".env.") || name.ends_with(".env");
    is_env && !name.split('.').any(|part| SHARED.contains(&part))
}

/// Names of secrets with a value, in order.
pub(crate) fn secret_names(text: &[u8]) -> Vec<String> {
    text.split(|byte| *byte == b'\n').filter_map(secret_name).take(NAMES).collect()
}

fn secret_name(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || name.len() > 100 || !name.bytes().all(fits) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let is_secret = SECRET.iter().any(|part| upper.contains(part))
        && !PUBLIC.iter().any(|prefix| upper.starts_with(prefix))
        && !upper.contains("PUBLISHABLE");
    (is_secret && is_value(value)).then(|| name.to_owned())
}

/// Something real, not an empty, templated or invented value.
fn is_value(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or(value);
    let value = value.trim().trim_matches(['"', '\'']);
    let is_template = value.starts_with(['$', '<', '{', '#']) || value.contains("${");
    value.len() >= 8 && !is_template && !is_stand_in(value.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_are_told_from_templates() {
        for name in [".env", ".env.production", "prod.env", "a/.env.local"] {
            assert!(is_env_file(Path::new(name)), "{name}");
        }
        for name in [".env.example", ".env.local.sample", "env", ".environment", "x.env.dist"] {
            assert!(!is_env_file(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn only_names_of_secrets_with_values_are_kept() {
        let text = "# A_TOKEN=aaaabbbbcc\nexport API_TOKEN='q8w7-e6r5'\r\nDB_PASSWORD=\n\
            OTHER_SECRET=${X}\nMY_SECRET=changeme-please\nNEXT_PUBLIC_API_KEY=q8w7e6r5t4\nPORT=80801234\n";
        assert_eq!(secret_names(text.as_bytes()), ["API_TOKEN"]);
    }
}
