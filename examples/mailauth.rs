//! Mail authentication of a domain: `cargo run --example mailauth -- example.com`.

use std::process::ExitCode;

use clap::Parser;
use cli::Common;
use launch_ready::Audit;

/// Will mail arrive, and can nobody else send in the domain's name?
#[derive(Clone, Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    common: Common,

    /// A DKIM selector in use (repeatable)
    #[arg(long, value_name = "NAME")]
    selector: Vec<String>,

    /// The domain neither sends nor receives mail
    #[arg(long)]
    parked: bool,

    /// The domain sends 5000 messages a day or more
    #[arg(long)]
    bulk_sender: bool,

    /// Who may send: a provider, an included domain, or an address range (repeatable)
    #[arg(long, value_name = "PROVIDER")]
    approve: Vec<String>,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

fn main() -> ExitCode {
    cli::main(|args: &Args, job| {
        let mut site = job.site()?;
        site.mail.selectors.extend(args.selector.iter().cloned());
        let check = site.mailauth().parked(args.parked).bulk_sender(args.bulk_sender);
        let check = args.approve.iter().fold(check, |check, sender| check.approve(sender));
        Ok(Audit::new(&site.domain).with(check))
    })
}
