//! DNS of one or more domains: `cargo run --example dns -- example.com`, or one record of thousands of
//! names: `cargo run --example dns -- --targets names.txt`, by the first `--nameserver` or else the
//! system's resolver.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cli::{Args, Common, Failure, Job};
use launch_ready::Audit;
use launch_ready::core::{Clock, Network};
use launch_ready::dns::Asked;

/// Does every authoritative server answer, and do they agree on what visitors get?
#[derive(clap::Args, Clone, Debug)]
struct Flags {
    /// Walk delegations from these root servers (repeatable)
    #[arg(long, value_name = "IP:PORT")]
    roots: Vec<SocketAddr>,

    /// See if these public resolvers have what is expected (repeatable)
    #[arg(long, value_name = "IP:PORT")]
    resolver: Vec<SocketAddr>,

    /// A certification authority that must be allowed to issue (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    issuer: Vec<String>,

    /// Ask the name servers for the whole zone (AXFR)
    #[arg(long)]
    transfer: bool,

    /// Only look up one record of each name in this file (`-` is standard input), one a line
    #[arg(id = "names", long = "targets", value_name = "FILE", conflicts_with = "targets")]
    names: Option<PathBuf>,

    /// The record for --targets
    #[arg(long = "type", value_name = "TYPE", default_value = "A")]
    rtype: String,
}

fn main() -> ExitCode {
    cli::command(async |args: Args<Flags>| match &args.flags.names {
        Some(names) => sweep(&args.common, names, &args.flags.rtype).await,
        None => cli::audit(&args, audit).await,
    })
}

fn audit(Args { flags, .. }: &Args<Flags>, job: &Job) -> Result<Audit, Failure> {
    let site = job.site()?;
    let check = site.dns().roots(flags.roots.iter().copied()).transfer(flags.transfer);
    let check = check.resolvers(flags.resolver.iter().copied());
    let check = flags.issuer.iter().fold(check, |check, issuer| check.issuer(issuer));
    Ok(Audit::new(&site.domain).with(check))
}

/// A line for each name: the name, the type, the response code, and the data if there are any.
async fn sweep(common: &Common, path: &Path, rtype: &str) -> Result<ExitCode, Failure> {
    let file: Box<dyn Read> = match path.as_os_str().as_encoded_bytes() {
        b"-" => Box::new(std::io::stdin()),
        _ => {
            let file = File::open(path);
            Box::new(file.map_err(|e| Failure(format!("{} cannot be read: {e}", path.display())))?)
        }
    };
    let mut failed = None;
    let lines = BufReader::new(file).lines().map_while(|line| match line {
        Ok(line) => Some(line),
        Err(error) => {
            failed = Some(error);
            None
        }
    });
    let names = lines.map(|line| line.trim().to_owned());
    let names = names.filter(|name| !name.is_empty() && !name.starts_with('#'));
    let cx = common.context(Network::default(), Clock::system())?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut written = Ok(());
    let each = |asked: Asked| {
        let Asked { name, rtype, outcome, .. } = asked;
        let (code, data) = match &outcome {
            Ok(answer) => (answer.rcode.clone(), answer.data(&rtype).collect::<Vec<_>>().join(",")),
            Err(failure) => ("-".to_owned(), failure.message.to_string()),
        };
        if written.is_ok() {
            written = writeln!(out, "{name}\t{rtype}\t{code}\t{data}");
        }
    };
    launch_ready::dns::sweep(names, rtype, None, &cx, each).await?;
    written?;
    out.flush()?;
    match failed {
        Some(error) => Err(Failure(format!("{} cannot be read: {error}", path.display()))),
        None => Ok(ExitCode::SUCCESS),
    }
}
