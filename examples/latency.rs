//! Latency of one or more URLs: `cargo run --release --example latency -- https://example.com/`.

use std::process::ExitCode;

use clap::Parser;
use cli::Common;
use launch_ready::latency::{Endpoint, LatencyCheck};
use launch_ready::{Audit, Site, web_url};

/// Is each endpoint within its budget, and how sure is that?
#[derive(Clone, Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: Common,

    /// Budget of the 95th percentile in milliseconds
    #[arg(long, value_name = "B", default_value_t = Site::DEFAULT_BUDGET_MS)]
    budget_ms: u64,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

fn main() -> ExitCode {
    cli::main(|args: &Args, job| {
        if let (Some(site), true) = (&job.site, job.target.is_empty()) {
            return Ok(Audit::new(&site.domain).with(site.latency()));
        }
        let url = web_url(job.target()?)?;
        let endpoint = Endpoint::new(url).budget_ms(args.budget_ms);
        Ok(Audit::new(&job.target).with(LatencyCheck::new([endpoint])))
    })
}
