//! Where the URLs of a domain lead: `cargo run --example redirects -- example.com`.
//!
//! With `--old-urls FILE` a list of any length is walked instead of the domain: landings go out as
//! lines of JSON, wrong ones and a count to standard error. The exit code is 1 if any is wrong.
//!
//! Two runs, or two targets, are compared by `--against` what the other run has kept: before and
//! after a migration, or staging, to which `--route` leads, and production.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use cli::{Args, Failure, Job};
use launch_ready::Audit;
use launch_ready::core::{Check, Clock, Network};
use launch_ready::net::HttpVersion;
use launch_ready::redirects::list::{
    Earlier, Entry, Landing, ListConfig, Seen, Source, Tally, Verdict, walk,
};
use launch_ready::redirects::{Credentials, RedirectsCheck, Summary};

/// Does every way in lead to the one right page, over HTTPS, with path and query intact?
///
/// A site that is not open yet is opened by LAUNCH_READY_BASIC_AUTH (USER:PASSWORD) or
/// LAUNCH_READY_BEARER in the environment; they are sent over HTTPS only.
#[derive(clap::Args, Clone, Debug)]
struct Flags {
    /// A page that exists (repeatable)
    #[arg(long, value_name = "PATH")]
    page: Vec<String>,

    /// The host of an API, where redirects must keep method and body (repeatable)
    #[arg(long, value_name = "HOST")]
    api: Vec<String>,

    /// Look for open redirects and injectable headers too, with harmless probes
    #[arg(long)]
    intrusive: bool,

    /// Look at home pages over IPv4 and IPv6 apart
    #[arg(long)]
    each_family: bool,

    /// Speak this version of HTTP only
    #[arg(long, value_enum, value_name = "VERSION")]
    http: Option<Version>,

    /// Print the redirect matrix instead of a report
    #[arg(long, value_enum, value_name = "FORMAT")]
    table: Option<Table>,

    /// Walk the old URLs of a file: _redirects, vercel.json, an nginx map, CSV, a sitemap, or lines
    #[arg(long, value_name = "FILE")]
    old_urls: Option<PathBuf>,

    /// Keep landings in this file, and go on where an earlier run stopped
    #[arg(long, value_name = "FILE", requires = "old_urls")]
    results: Option<PathBuf>,

    /// Tell what is different from this file: landings, or a table kept as JSON
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,

    /// Compare path and query of landings only: staging with production
    #[arg(long, requires = "against", requires = "old_urls")]
    by_path: bool,

    /// Requests that one host gets in a second
    #[arg(long, value_name = "N", requires = "old_urls")]
    per_second: Option<u32>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Version {
    #[value(name = "1")]
    Http1,
    #[value(name = "2")]
    Http2,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Table {
    Text,
    Markdown,
    Json,
}

impl Flags {
    fn version(&self) -> Option<HttpVersion> {
        self.http.map(|version| match version {
            Version::Http1 => HttpVersion::Http1,
            Version::Http2 => HttpVersion::Http2,
        })
    }

    fn check(&self, check: RedirectsCheck) -> RedirectsCheck {
        let check = self.page.iter().fold(check, |check, page| check.page(page.as_str()));
        check.configured(|config| {
            config.apis.extend(self.api.iter().cloned());
            config.intrusive = self.intrusive;
            config.each_family = self.each_family;
            config.http = self.version();
            config.credentials = credentials();
        })
    }
}

fn main() -> ExitCode {
    cli::command(async |args: Args<Flags>| {
        let flags = &args.flags;
        match (&flags.old_urls, flags.table) {
            (Some(path), _) => old_urls(&args, path).await,
            (None, None) if flags.against.is_none() => cli::audit(&args, audit).await,
            (None, table) => print(&args, table.unwrap_or(Table::Text)).await,
        }
    })
}

fn audit(Args { flags, .. }: &Args<Flags>, job: &Job) -> Result<Audit, Failure> {
    let site = job.site()?;
    Ok(Audit::new(&site.domain).with(flags.check(site.redirects())))
}

#[allow(
    clippy::disallowed_methods,
    reason = "secrets belong into the environment, not the command line"
)]
fn credentials() -> Option<Credentials> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let basic = set("LAUNCH_READY_BASIC_AUTH").and_then(|both| {
        let (user, password) = both.split_once(':')?;
        Some(Credentials::basic(user, password))
    });
    basic.or_else(|| Some(Credentials::bearer(&set("LAUNCH_READY_BEARER")?)))
}

fn jobs(args: &Args<Flags>) -> Result<Vec<Job>, Failure> {
    let site = match &args.common.config {
        Some(path) => Some(launch_ready::Site::from_toml(&std::fs::read_to_string(path)?)?),
        None => None,
    };
    let mut targets = args.common.targets.clone();
    if targets.is_empty() {
        targets.push(String::new());
    }
    let cx = args.common.context(Network::default(), Clock::system())?;
    Ok(targets
        .into_iter()
        .map(|target| Job { target, site: site.clone(), cx: cx.clone() })
        .collect())
}

async fn print(args: &Args<Flags>, table: Table) -> Result<ExitCode, Failure> {
    let earlier: Option<Summary> = match &args.flags.against {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| named(path, &error))?;
            Some(serde_json::from_str(&text).map_err(|error| named(path, &error))?)
        }
        None => None,
    };
    let mut changed = false;
    for job in jobs(args)? {
        let check = args.flags.check(job.site()?.redirects());
        let run = launch_ready::core::run(&check, &job.cx).await;
        if let Some(error) = run.error {
            return Err(Failure(format!("{}: {error}", check.name())));
        }
        let data = run.data.unwrap_or_default();
        let summary: Summary = serde_json::from_str(&data)?;
        println!(
            "{}",
            match table {
                Table::Text => summary.to_text(),
                Table::Markdown => summary.to_markdown(),
                Table::Json => data,
            }
        );
        for change in earlier.iter().flat_map(|earlier| summary.changes_since(earlier)) {
            changed = true;
            eprintln!(
                "changed: {} ended at {}, and now at {}",
                change.start, change.before, change.after
            );
        }
    }
    Ok(ExitCode::from(u8::from(changed)))
}

fn named(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure(format!("{}: {error}", path.display()))
}

/// Entries that are skipped one by one; more are only counted.
const SHOWN: usize = 20;

async fn old_urls(args: &Args<Flags>, path: &Path) -> Result<ExitCode, Failure> {
    let job = jobs(args)?.swap_remove(0);
    let site = job.site()?;
    let mut config = ListConfig::new(
        site.canonical.clone().unwrap_or_else(|| format!("https://{}/", site.domain)),
    );
    (config.per_second, config.http) = (args.flags.per_second, args.flags.version());
    config.credentials = credentials();

    let mut seen = Seen::default();
    let mut out: Box<dyn Write> = match &args.flags.results {
        Some(results) => {
            if let Ok(file) = File::open(results) {
                let known = seen.resume(BufReader::new(file)).map_err(|e| named(results, &e))?;
                eprintln!("{known} URLs are known from {}", results.display());
            }
            let file = OpenOptions::new().create(true).append(true).open(results);
            Box::new(BufWriter::new(file.map_err(|error| named(results, &error))?))
        }
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let earlier = match &args.flags.against {
        Some(against) => {
            let file = File::open(against).map_err(|error| named(against, &error))?;
            let read = Earlier::read(BufReader::new(file), args.flags.by_path);
            Some(read.map_err(|error| named(against, &error))?)
        }
        None => None,
    };
    let source = Source::of_name(&path.to_string_lossy());
    let file = File::open(path).map_err(|error| named(path, &error))?;
    let (mut skipped, mut broken) = (0, None);
    let urls = source
        .read(BufReader::new(file))
        .map_while(|entry| entry.map_err(|error| broken = Some(named(path, &error))).ok());
    let urls = urls.filter_map(|entry| match entry {
        Entry::Url(url) => Some(url),
        Entry::Skipped { line, why } => {
            skipped += 1;
            if skipped <= SHOWN {
                eprintln!("{}:{line}: skipped, {why}", path.display());
            }
            None
        }
        _ => None,
    });
    let (mut written, mut changed) = (Ok(()), 0);
    let landed = |landing: &Landing| {
        if !matches!(landing.verdict, Verdict::Landed) {
            eprintln!("{}", wrong(landing));
        }
        if let Some(change) = earlier.as_ref().and_then(|earlier| earlier.change(landing)) {
            changed += 1;
            eprintln!(
                "changed: {} landed at {} ({:?}), and now at {} ({:?})",
                change.from, change.before.0, change.before.1, change.after.0, change.after.1
            );
        }
        let line = serde_json::to_string(landing).map_err(io::Error::from);
        let line = line.and_then(|line| writeln!(out, "{line}"));
        if written.is_ok() {
            written = line;
        }
    };
    let tally = walk(urls, &config, &mut seen, &job.cx, landed).await?;
    if let Some(failure) = broken {
        return Err(failure);
    }
    written?;
    out.flush()?;
    summarise(&tally, skipped, args.flags.against.is_some().then_some(changed));
    let fine = tally.elsewhere + tally.soft_not_found + tally.lost == 0;
    Ok(match (fine, tally.unseen) {
        (false, _) => ExitCode::from(1),
        (true, 1..) => ExitCode::from(3),
        (true, 0) => ExitCode::SUCCESS,
    })
}

fn wrong(landing: &Landing) -> String {
    let expected = landing.expected.as_ref().map(|to| format!(" instead of {to}"));
    let why = landing.error.as_ref().map(|why| format!(": {why}"));
    let status = landing.statuses.last().map(|status| format!(" ({status})"));
    let text = [status, expected, why].into_iter().flatten().collect::<String>();
    format!("{:?}: {} lands at {}{text}", landing.verdict, landing.from, landing.last())
}

fn summarise(tally: &Tally, skipped: usize, changed: Option<usize>) {
    eprintln!(
        "{} landed, {} elsewhere, {} at a page that says not found, {} lost, {} not seen; \
         {} repeated, {} invalid, {skipped} skipped",
        tally.landed,
        tally.elsewhere,
        tally.soft_not_found,
        tally.lost,
        tally.unseen,
        tally.repeated,
        tally.invalid,
    );
    if let Some(changed) = changed {
        eprintln!("{changed} changed");
    }
}
