//! DNS of one or more domains: `cargo run --example dns -- example.com`.

use std::process::ExitCode;

use clap::Parser;
use cli::Common;
use launch_ready::Audit;

/// Does every authoritative server answer, and do they agree on what visitors get?
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
    cli::main(|_: &Args, job| {
        let site = job.site()?;
        Ok(Audit::new(&site.domain).with(site.dns()))
    })
}
