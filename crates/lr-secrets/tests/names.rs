//! Under the names that programs and services give their secrets, whatever is random is found, in every
//! notation that names come in.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use lr_secrets::{Policy, scan_file_bytes};
use samples::drawn_piece;

/// Names of variables, as the documentation of the programs and services that read them has them.
const NAMES: &str = include_str!("names.txt");

/// (file, what stands around name and value, how the name is written)
type Notation = (&'static str, [&'static str; 3], fn(&str) -> String);

const NOTATIONS: [Notation; 8] = [
    (".env", ["", "=", "\n"], str::to_owned),
    ("settings.yml", ["  ", ": ", "\n"], str::to_lowercase),
    ("values.yaml", ["- name: ", "\n  value: ", "\n"], str::to_owned),
    ("settings.py", ["", " = \"", "\"\n"], str::to_owned),
    ("config.js", ["const ", " = \"", "\";\n"], camel),
    ("appsettings.json", ["  \"", "\": \"", "\",\n"], camel),
    ("variables.tf", ["variable \"", "\" {\n  default = \"", "\"\n}\n"], str::to_lowercase),
    ("task.json", ["{\"name\": \"", "\", \"value\": \"", "\"}\n"], str::to_owned),
];

/// `dbPassword` for `DB_PASSWORD`.
fn camel(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut words = lower.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words
        .filter(|word| !word.is_empty())
        .fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

#[test]
fn names_of_secrets_are_known_in_every_notation() {
    let mut missed = Vec::new();
    for (number, name) in NAMES.lines().enumerate() {
        for (path, [before, between, after], write) in NOTATIONS {
            for class in ["w32", "h40"] {
                let value = drawn_piece(class, number as u64);
                let text = format!("{before}{}{between}{value}{after}", write(name));
                if scan_file_bytes(path, text.as_bytes(), &Policy::new()).is_empty() {
                    missed.push(format!("{path} {class}: {}", write(name)));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}
