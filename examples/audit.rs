//! Audits a domain end to end: `cargo run --release --example audit -- example.com`.
//!
//! `--demo` audits `shop.test` in the built-in lab, `--config launch-ready.toml` says more about a
//! launch than its domain.

use std::process::ExitCode;

use clap::Parser;
use cli::Common;

/// Audit a launch: DNS, redirects, TLS, mail, secrets, latency, and one decision
#[derive(Clone, Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: Common,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

fn main() -> ExitCode {
    cli::main(|_: &Args, job| Ok(job.site()?.audit()))
}
