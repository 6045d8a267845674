use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use launch_ready::core::{Clock, Context, Limits, Network, Route, Severity, Timestamp};

use crate::run::Failure;

// A command line: the flags that every binary understands, and its own. Documentation here would
// be what a binary says about itself; so it is that of `F`.
#[allow(missing_docs)]
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub struct Args<F: clap::Args> {
    /// What all binaries share.
    #[command(flatten)]
    pub common: Common,
    /// What only this one has.
    #[command(flatten)]
    pub flags: F,
}

/// The flags that every binary understands.
#[derive(clap::Args, Clone, Debug)]
pub struct Common {
    /// What to look at: domains, hosts, URLs or, for secrets, paths
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,

    /// Ask these name servers instead of the system's (repeatable)
    #[arg(long, value_name = "IP:PORT")]
    pub nameserver: Vec<SocketAddr>,

    /// Connect here instead (repeatable)
    #[arg(long, value_name = "HOST:PORT=IP:PORT", value_parser = Route::parse)]
    pub route: Vec<Route>,

    /// Extra trust root, PEM (repeatable)
    #[arg(long, value_name = "FILE")]
    pub ca: Vec<PathBuf>,

    /// The clock stands still here
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<Timestamp>,

    /// Lift the address policy: private and loopback addresses may be contacted
    #[arg(long)]
    pub allow_private: bool,

    /// Time for each check [default: 30]
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub timeout: Option<Duration>,

    /// Exchanges in flight at once, per check
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub concurrency: Option<u16>,

    /// Description of the launch
    #[arg(long, value_name = "launch-ready.toml")]
    pub config: Option<PathBuf>,

    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// Where to write it, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Findings from here on mean no-go [default: high]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub block_at: Option<Level>,

    /// Keep what was seen
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,

    /// Judge what was kept, touching no network
    #[arg(long, value_name = "FILE", conflicts_with_all = ["targets", "save", "demo"])]
    pub replay: Option<PathBuf>,

    /// Look at the built-in lab instead of the Internet
    #[arg(long, conflicts_with_all = ["targets", "config"])]
    pub demo: bool,
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One document per line
    Json,
}

/// The severities, as arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Level {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }
}

impl Common {
    /// The environment that the flags ask for, over `network` (the lab's, or the default).
    ///
    /// # Errors
    /// A trust root that cannot be read.
    pub fn context(&self, mut network: Network, clock: Clock) -> Result<Context, Failure> {
        if !self.nameserver.is_empty() {
            network.nameservers.clone_from(&self.nameserver);
        }
        network.routes.splice(0..0, self.route.iter().cloned());
        for path in &self.ca {
            network.extra_roots.push(read(path)?);
        }
        network.allow_private |= self.allow_private;
        let mut limits = self.timeout.map_or_else(Limits::default, Limits::within);
        if let Some(concurrency) = self.concurrency {
            limits.concurrency = concurrency.into();
        }
        let clock = self.now.map_or(clock, Clock::fixed);
        Ok(Context::new().with_network(network).with_clock(clock).with_limits(limits))
    }
}

/// Reads a file that was named in an argument.
pub(crate) fn read(path: &std::path::Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure(format!("{} cannot be read: {error}", path.display())))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() && seconds <= 86_400.0 => Ok(time),
        _ => Err("must be more than 0 and at most 86400 seconds".into()),
    }
}
