//! Latency of one or more URLs: `cargo run --release --example latency -- https://example.com/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::ValueEnum;
use cli::{Args, Common, Failure, Job};
use launch_ready::core::{
    Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait,
};
use launch_ready::latency::{
    self, Baselines, Endpoint, LatencyConfig, Policy, Sampling, Snapshot, chart,
};
use launch_ready::{Audit, Site, web_url};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Is each endpoint within its budget, and how sure is that?
#[derive(clap::Args, Clone, Debug)]
struct Flags {
    /// Who decides when requests start: a schedule, or users who wait for each answer
    #[arg(long, value_enum, default_value_t = Mode::Open)]
    mode: Mode,

    /// How the arrivals of the open mode are spread
    #[arg(long, value_enum, default_value_t = Arrivals::Constant)]
    arrivals: Arrivals,

    /// Requests per second [default: 50, or what --concurrency allows within the budget]
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: Option<u32>,

    /// How long requests are sent to each URL [default: 10, shared by the URLs of one host; for the
    /// endpoints of --config and --demo 60 requests each]
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    duration: Option<Duration>,

    /// Budget of the 95th percentile in milliseconds [default: that of --kind]
    #[arg(long, value_name = "B")]
    budget_ms: Option<u64>,

    /// What kind of work it is: budgets of 300, 500, 800 and 1500 ms
    #[arg(long, value_enum, default_value_t = Kind::Read)]
    kind: Kind,

    /// Then also try 1, 5 and 20 users at once, as fast as they are answered
    #[arg(long)]
    steps: bool,

    /// Seed of the arrivals
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Request method; one that may change something also needs --may-change
    #[arg(long, default_value = "GET")]
    method: String,

    /// Yes, send requests that may change something, hundreds of them
    #[arg(long)]
    may_change: bool,

    /// Header field to send (repeatable); secrets belong into --bearer-env and --cookie-env
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,

    /// Body to send
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,

    /// Environment variable with a bearer token to send
    #[arg(long, value_name = "VARIABLE")]
    bearer_env: Option<String>,

    /// Environment variable with a cookie to send
    #[arg(long, value_name = "VARIABLE")]
    cookie_env: Option<String>,

    /// Status that counts as success, instead of any 2xx or 3xx (repeatable)
    #[arg(long, value_name = "STATUS")]
    expect: Vec<u16>,

    /// Text that the body must contain
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,

    /// Hold the result against the runs that were accepted in this file
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Accept the result: add it to the file of --baseline
    #[arg(long, requires = "baseline")]
    accept: bool,

    /// Draw the measurements as SVG, one file for each endpoint: PREFIX-1.svg and so on
    #[arg(long, value_name = "PREFIX")]
    svg: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    Open,
    Closed,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Arrivals {
    Constant,
    Poisson,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    CachedRead,
    Read,
    Write,
    Heavy,
}

fn main() -> ExitCode {
    cli::command(async |mut args: Args<Flags>| {
        args.common.timeout = args.common.timeout.or_else(|| time_for(&args));
        cli::audit(&args, audit).await
    })
}

/// Enough time for the check to send requests for as long as was asked, if the usual may not do.
fn time_for(Args { common, flags }: &Args<Flags>) -> Option<Duration> {
    // What comes back after the last request, and what opening connections takes.
    const REST: Duration = Duration::from_secs(10);
    // One origin may have many endpoints, which are measured one after another.
    let turns = match common.config.is_some() || common.demo {
        true => 20,
        false => common.targets.iter().map(|target| beside(common, target)).max().unwrap_or(1),
    };
    let usual = flags.duration.is_none() && turns == 1 && !flags.steps;
    let needed = (flags.duration.unwrap_or(DEFAULT) + REST) * turns;
    (!usual).then(|| needed.clamp(Duration::from_secs(30), Duration::from_secs(86_400)))
}

fn audit(args: &Args<Flags>, job: &Job) -> Result<Audit, Failure> {
    if let (Some(site), true) = (&job.site, job.target.is_empty()) {
        let config = configured(site).sampling(sampling(args, Sampling::default()));
        return Ok(Audit::new(&site.domain).with(Drawn::new(args, config)?));
    }
    let endpoint = args.flags.endpoint(web_url(job.target()?)?.as_str())?;
    let shared = DEFAULT / beside(&args.common, &job.target);
    let config = LatencyConfig::new([endpoint]);
    let config = config.sampling(sampling(args, Sampling::lasting(shared)));
    Ok(Audit::new(&job.target).with(Drawn::new(args, config)?))
}

/// How long requests are sent to the URLs of one host, unless told otherwise.
const DEFAULT: Duration = Duration::from_secs(10);

/// The host and port of a target; nothing if it is no URL.
fn origin(target: &str) -> String {
    let url = web_url(target).ok();
    url.map_or_else(String::new, |url| url.origin().ascii_serialization())
}

/// How many of the targets are of the same host as this one.
fn beside(common: &Common, target: &str) -> u32 {
    let same = common.targets.iter().filter(|other| origin(other) == origin(target)).count();
    u32::try_from(same.max(1)).unwrap_or(u32::MAX)
}

/// URLs of one host are measured one after another, so that they do not slow down each other.
async fn alone(config: &LatencyConfig) -> OwnedMutexGuard<()> {
    static HOSTS: Mutex<BTreeMap<String, Arc<AsyncMutex<()>>>> = Mutex::new(BTreeMap::new());
    let first = config.endpoints.first().map_or_else(String::new, |one| origin(&one.url));
    let host = {
        let mut hosts = HOSTS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(first).or_default())
    };
    host.lock_owned().await
}

/// The endpoints of a launch, as its whole audit measures them.
fn configured(site: &Site) -> LatencyConfig {
    site.latency().config().cloned().unwrap_or_default()
}

/// The check of the library, with files and pictures around it.
struct Drawn {
    config: LatencyConfig,
    args: Args<Flags>,
    baselines: Option<Baselines>,
}

impl Drawn {
    fn new(args: &Args<Flags>, config: LatencyConfig) -> Result<Self, Failure> {
        let baselines = args.flags.baseline.as_deref().map(kept).transpose()?;
        Ok(Self { config, args: args.clone(), baselines })
    }

    /// Reads the file again, since other targets may have been accepted meanwhile.
    fn accept(&self, path: &Path, snapshot: &Snapshot) -> Result<(), Failure> {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut baselines = kept(path)?;
        let accepted = baselines.accept(snapshot, &Policy::default());
        eprintln!("{accepted} runs accepted in {}", path.display());
        Ok(std::fs::write(path, baselines.to_json())?)
    }

    fn draw(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let common = &self.args.common;
        for (number, seen) in snapshot.endpoints.iter().enumerate() {
            if common.format == cli::Format::Text && common.output.is_none() {
                cli::show(|columns| chart::text(seen, &Policy::default(), columns));
            }
            if let Some(prefix) = &self.args.flags.svg {
                let path = format!("{}-{}.svg", prefix.display(), number + 1);
                std::fs::write(path, chart::svg(seen, &Policy::default()))?;
            }
        }
        Ok(())
    }
}

/// The accepted runs of a file; none if it is not there yet.
fn kept(path: &Path) -> Result<Baselines, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Baselines::from_json(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Baselines::new()),
        Err(error) => Err(Failure(format!("{}: {error}", path.display()))),
    }
}

#[async_trait]
impl Check for Drawn {
    fn name(&self) -> &str {
        "latency"
    }

    fn rules(&self) -> &[&'static Rule] {
        latency::RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let _alone = alone(&self.config).await;
        let mut snapshot = latency::inspect(&self.config, cx).await?;
        let policy = Policy::default();
        if let Some(baselines) = &self.baselines {
            latency::confirm(&mut snapshot, baselines, &self.config, &policy, cx).await?;
        }
        out.about(Location::check(self.name()));
        latency::report(&snapshot, &policy, out)?;
        let files = self.draw(&snapshot).and_then(|()| match &self.args.flags.baseline {
            Some(path) if self.args.flags.accept => self.accept(path, &snapshot),
            _ => Ok(()),
        });
        files.map_err(|failure| CheckError::new(ErrorKind::Config, failure.0))
    }
}

fn sampling(Args { common, flags }: &Args<Flags>, default: Sampling) -> Sampling {
    let mut sampling = flags.duration.map_or(default, Sampling::lasting).seed(flags.seed);
    sampling.per_second = flags.rate;
    sampling.steps = flags.steps;
    sampling.mode = match flags.mode {
        Mode::Open => latency::Mode::Open,
        Mode::Closed => latency::Mode::Closed,
    };
    sampling.arrivals = match flags.arrivals {
        Arrivals::Constant => latency::Arrivals::Constant,
        Arrivals::Poisson => latency::Arrivals::Poisson,
    };
    match common.concurrency {
        Some(concurrency) => sampling.concurrency(concurrency.into()),
        None => sampling,
    }
}

impl Flags {
    fn endpoint(&self, url: &str) -> Result<Endpoint, Failure> {
        let kind = match self.kind {
            Kind::CachedRead => latency::Kind::CachedRead,
            Kind::Read => latency::Kind::Read,
            Kind::Write => latency::Kind::Write,
            Kind::Heavy => latency::Kind::Heavy,
        };
        let mut endpoint = Endpoint::new(url).kind(kind).method(&self.method);
        endpoint.may_change = self.may_change;
        endpoint.expected.clone_from(&self.expect);
        endpoint.contains.clone_from(&self.contains);
        endpoint.headers.clone_from(&self.header);
        if let Some(budget_ms) = self.budget_ms {
            endpoint.budget_ms = budget_ms;
        }
        if let Some(body) = &self.body {
            endpoint.body = body.clone().into();
        }
        if let Some(name) = &self.bearer_env {
            endpoint = endpoint.header("authorization", format!("Bearer {}", secret(name)?));
        }
        if let Some(name) = &self.cookie_env {
            endpoint = endpoint.header("cookie", secret(name)?);
        }
        Ok(endpoint)
    }
}

/// The value of an environment variable, which is sent and never shown.
#[allow(clippy::disallowed_methods, reason = "arguments are seen by everyone on the machine")]
fn secret(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|error| Failure(format!("environment variable {name}: {error}")))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("must be NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() && seconds <= 3600.0 => Ok(time),
        _ => Err("must be more than 0 and at most 3600 seconds".into()),
    }
}
