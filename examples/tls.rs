//! TLS of one or more hosts: `cargo run --example tls -- example.com api.example.com:8443`.
//!
//! `--profile intermediate` holds them to Mozilla's guidelines as well, and `--matrix` writes what
//! each address serves, and for whom it is broken, as one table beside the report.

use std::process::ExitCode;

use async_trait::async_trait;
use clap::{Parser, ValueEnum};
use cli::Common;
use launch_ready::Audit;
use launch_ready::core::{Check, CheckError, Context, Recorder, Rule};
use launch_ready::tls::{Profile, Roots, Summary, Target, TlsCheck, TlsConfig, inspect};

/// Do chain, names, dates, versions and keys hold for every host?
#[derive(Clone, Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: Common,
    /// Hold the hosts to a profile of Mozilla's guidelines, rule by rule
    #[arg(long, value_name = "NAME")]
    profile: Option<Held>,
    /// Write what each address serves as a table, to standard error
    #[arg(long)]
    matrix: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Held {
    /// For clients of TLS 1.3 alone
    Modern,
    /// For everyone but very old clients
    Intermediate,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

impl Args {
    fn held(&self, check: TlsCheck) -> TlsCheck {
        match self.profile {
            None => check,
            Some(Held::Modern) => check.with_profile(Profile::MozillaModern),
            Some(Held::Intermediate) => check.with_profile(Profile::MozillaIntermediate),
        }
    }
}

/// The check, with its table written in between.
#[derive(Debug)]
struct Matrix {
    config: TlsConfig,
    args: Args,
}

#[async_trait]
impl Check for Matrix {
    fn name(&self) -> &str {
        "tls"
    }

    fn rules(&self) -> &[&'static Rule] {
        launch_ready::tls::RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let snapshot = inspect(&self.config, cx).await?;
        eprint!("{}", Summary::of(&snapshot, &Roots::mozilla(), cx.now()));
        self.args.held(TlsCheck::replay(snapshot)).run(cx, out).await
    }
}

fn main() -> ExitCode {
    cli::main(|args: &Args, job| {
        if let (Some(site), true) = (&job.site, job.target.is_empty()) {
            return Ok(Audit::new(&site.domain).with(args.held(site.tls())));
        }
        // Read here, so that a target that is none is misuse and not a result.
        job.target()?.parse::<Target>()?;
        let audit = Audit::new(&job.target);
        if args.matrix {
            let config = TlsConfig::new([&job.target]);
            let config =
                if args.profile.is_some() { config.with_every_group() } else { config };
            return Ok(audit.with(Matrix { config, args: args.clone() }));
        }
        Ok(audit.with(args.held(TlsCheck::new([&job.target]))))
    })
}
