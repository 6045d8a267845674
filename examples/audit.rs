//! Audits a domain end to end: `cargo run --release --example audit -- example.com`.
//!
//! `--demo` audits `shop.test` in the built-in lab, `--config launch-ready.toml` says more about a
//! launch than its domain.

use std::process::ExitCode;

use cli::Args;

/// Audit a launch: DNS, redirects, TLS, mail, secrets, latency, and one decision
#[derive(clap::Args, Clone, Debug)]
struct Flags {}

fn main() -> ExitCode {
    cli::main(|_: &Args<Flags>, job| Ok(job.site()?.audit()))
}
