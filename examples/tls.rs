//! TLS of one or more hosts: `cargo run --example tls -- example.com api.example.com:8443`.

use std::process::ExitCode;

use cli::Args;
use launch_ready::Audit;
use launch_ready::tls::{Target, TlsCheck};

/// Do chain, names, dates, versions and keys hold for every host?
#[derive(clap::Args, Clone, Debug)]
struct Flags {}

fn main() -> ExitCode {
    cli::main(|_: &Args<Flags>, job| {
        if let (Some(site), true) = (&job.site, job.target.is_empty()) {
            return Ok(Audit::new(&site.domain).with(site.tls()));
        }
        // Read here, so that a target that is none is misuse and not a result.
        job.target()?.parse::<Target>()?;
        Ok(Audit::new(&job.target).with(TlsCheck::new([&job.target])))
    })
}
