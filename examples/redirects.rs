//! Where the URLs of a domain lead: `cargo run --example redirects -- example.com`.

use std::process::ExitCode;

use clap::Parser;
use cli::Common;
use launch_ready::Audit;

/// Does every way in lead to the one right page, over HTTPS, with path and query intact?
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
        Ok(Audit::new(&site.domain).with(site.redirects()))
    })
}
