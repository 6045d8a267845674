//! TLS of one or more hosts: `cargo run --example tls -- example.com api.example.com:8443`.

use std::process::ExitCode;

use clap::Parser;
use cli::{Common, Failure};
use launch_ready::Audit;
use launch_ready::tls::TlsCheck;

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
        let host = job.target()?.parse::<launch_ready::tls::Target>()?;
        Ok::<_, Failure>(Audit::new(&job.target).with(TlsCheck::new([host.to_string()])))
    })
}
