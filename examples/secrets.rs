//! Keys and tokens in a work tree: `cargo run --example secrets -- path/to/project`.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use cli::{Common, Failure};
use launch_ready::Audit;
use launch_ready::secrets::SecretsCheck;

/// Does a key lie in the sources?
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
            let checks = site.secrets();
            return Ok(checks.into_iter().fold(Audit::new(&site.domain), Audit::with));
        }
        let path = if job.target.is_empty() { "." } else { &job.target };
        if let Err(error) = Path::new(path).metadata() {
            return Err(Failure(format!("{path} cannot be read: {error}")));
        }
        Ok(Audit::new(path).with(SecretsCheck::new(path)))
    })
}
