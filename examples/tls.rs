//! TLS of one or more hosts: `cargo run --example tls -- example.com api.example.com:8443`.

use std::process::ExitCode;

use clap::Parser;
use cli::Common;
use launch_ready::Audit;
use launch_ready::tls::{Target, TlsCheck};

/// Do chain, names, dates, versions and keys hold for every host?
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
        if let (Some(site), true) = (&job.site, job.target.is_empty()) {
            return Ok(Audit::new(&site.domain).with(site.tls()));
        }
        // Read here, so that a target that is none is misuse and not a result.
        job.target()?.parse::<Target>()?;
        Ok(Audit::new(&job.target).with(TlsCheck::new([&job.target])))
    })
}
