//! Keys and tokens in a work tree: `cargo run --example secrets -- path/to/project`.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use cli::{Common, Failure};
use launch_ready::Audit;
use launch_ready::secrets::{Exposure, Policy, SecretsCheck};

/// Does a key lie in the sources?
#[derive(Clone, Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: Common,
    /// Who gets to see what is scanned: everyone (bundle), who has the sources, who reads the logs.
    #[arg(long, value_enum, default_value = "repo")]
    context: Audience,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Audience {
    Bundle,
    Repo,
    Log,
}

impl From<Audience> for Exposure {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Bundle => Self::Bundle,
            Audience::Repo => Self::Repository,
            Audience::Log => Self::Log,
        }
    }
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

fn main() -> ExitCode {
    cli::main(|args: &Args, job| {
        if let (Some(site), true) = (&job.site, job.target.is_empty()) {
            let checks = site.secrets();
            return Ok(checks.into_iter().fold(Audit::new(&site.domain), Audit::with));
        }
        let path = if job.target.is_empty() { "." } else { &job.target };
        if let Err(error) = Path::new(path).metadata() {
            return Err(Failure(format!("{path} cannot be read: {error}")));
        }
        let policy = Policy::new().with_exposure(args.context.into());
        Ok(Audit::new(path).with(SecretsCheck::new(path).with_policy(policy)))
    })
}
