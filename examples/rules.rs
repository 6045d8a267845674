//! Prints the catalogue of all rules: `cargo run --example rules`, `-- --format json`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use launch_ready::core::Rule;

/// Print the catalogue of all rules
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Only rules whose id begins with this
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,

    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One array
    Json,
}

fn main() -> ExitCode {
    cli::command(async |args: Args| {
        let rules = || launch_ready::catalogue().filter(|rule| rule.id.starts_with(&args.prefix));
        let catalogue = match args.format {
            Format::Text => rules().map(text).collect(),
            Format::Json => serde_json::Value::from_iter(rules().map(json)).to_string() + "\n",
        };
        // A reader who has seen enough, as in `rules | head`, is no failure.
        let _ = io::stdout().write_all(catalogue.as_bytes());
        Ok(ExitCode::SUCCESS)
    })
}

fn text(rule: &Rule) -> String {
    let severity = format!("{:?}", rule.severity).to_lowercase();
    format!("{:<42} {severity:<9} {}\n", rule.id, rule.title)
}

fn json(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "id": rule.id,
        "severity": rule.severity,
        "stage": rule.stage,
        "title": rule.title,
        "failure": rule.failure,
        "impact": rule.impact,
        "fix": rule.fix,
        "references": rule.references,
    })
}
