//! Keys and tokens in a work tree: `cargo run --example secrets -- path/to/project`.
//!
//! `--git` adds the whole history of its repository. `--staged` and `--since REV` look at a change
//! instead: as a pre-commit hook, `secrets --staged --quiet .` ends with 1 when a key is staged.

use std::path::Path;
use std::process::ExitCode;

use cli::{Args, Failure};
use launch_ready::Audit;
use launch_ready::secrets::{Exposure, Policy, SecretsCheck};

/// Does a key lie in the sources?
#[derive(clap::Args, Clone, Debug)]
struct Flags {
    /// Look at everything that the repository holds too
    #[arg(long, conflicts_with_all = ["staged", "since"])]
    git: bool,

    /// Look only at what the next commit would bring
    #[arg(long, conflicts_with = "since")]
    staged: bool,

    /// Look only at what was committed since a revision
    #[arg(long, value_name = "REV")]
    since: Option<String>,

    /// Who gets to see what is scanned: everyone (bundle), who has the sources, who reads the logs
    #[arg(long, value_enum, default_value = "repo")]
    context: Audience,
}

impl Flags {
    fn of(&self, check: SecretsCheck) -> SecretsCheck {
        let check = check.with_policy(Policy::new().with_exposure(self.context.into()));
        match &self.since {
            Some(revision) => check.since(revision),
            None if self.staged => check.staged(),
            None if self.git => check.history(),
            None => check,
        }
    }
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

fn main() -> ExitCode {
    cli::main(|Args { flags, .. }: &Args<Flags>, job| {
        if let (Some(site), true) = (&job.site, job.target.is_empty()) {
            let checks = site.secrets().into_iter().map(|check| flags.of(check));
            return Ok(checks.fold(Audit::new(&site.domain), Audit::with));
        }
        let path = if job.target.is_empty() { "." } else { &job.target };
        if let Err(error) = Path::new(path).metadata() {
            return Err(Failure(format!("{path} cannot be read: {error}")));
        }
        Ok(Audit::new(path).with(flags.of(SecretsCheck::new(path))))
    })
}
