//! TLS of one or more hosts: `cargo run --example tls -- example.com api.example.com:8443`.
//!
//! `--profile intermediate` holds them to Mozilla's guidelines as well, and `--matrix` writes what
//! each address serves, and for whom it is broken, as one table beside the report.

use std::process::ExitCode;

use async_trait::async_trait;
use clap::ValueEnum;
use cli::Args;
use launch_ready::Audit;
use launch_ready::core::{Check, CheckError, Context, Recorder, Rule};
use launch_ready::tls::{Profile, RULES, Roots, Summary, Target, TlsCheck, TlsConfig, inspect};

/// Do chain, names, dates, versions and keys hold for every host?
#[derive(clap::Args, Clone, Debug)]
struct Flags {
    /// Hold the hosts to a profile of Mozilla's guidelines, rule by rule
    #[arg(long, value_name = "NAME")]
    profile: Option<Guideline>,

    /// Write what each address serves as a table, to standard error
    #[arg(long)]
    matrix: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Guideline {
    /// For clients of TLS 1.3 alone
    Modern,
    /// For everyone but very old clients
    Intermediate,
}

impl From<Guideline> for Profile {
    fn from(guideline: Guideline) -> Self {
        match guideline {
            Guideline::Modern => Self::MozillaModern,
            Guideline::Intermediate => Self::MozillaIntermediate,
        }
    }
}

/// The check, with its table written between looking and judging.
#[derive(Debug)]
struct Matrix(TlsConfig);

#[async_trait]
impl Check for Matrix {
    fn name(&self) -> &str {
        "tls"
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let snapshot = inspect(&self.0, cx).await?;
        eprint!("{}", Summary::of(&snapshot, &Roots::mozilla(), cx.now()));
        TlsCheck::replay(snapshot).run(cx, out).await
    }
}

fn main() -> ExitCode {
    cli::main(|args: &Args<Flags>, job| {
        let profile = args.flags.profile.map(Profile::from);
        if let (Some(site), true) = (&job.site, job.target.is_empty()) {
            let check = site.tls();
            let check = profile.map_or(check.clone(), |profile| check.with_profile(profile));
            return Ok(Audit::new(&site.domain).with(check));
        }
        // Read here, so that a target that is none is misuse and not a result.
        job.target()?.parse::<Target>()?;
        let mut config = TlsConfig::new([&job.target]);
        config.profile = profile;
        let audit = Audit::new(&job.target);
        Ok(match args.flags.matrix {
            true => audit.with(Matrix(config)),
            false => audit.with(TlsCheck::with_config(config)),
        })
    })
}
