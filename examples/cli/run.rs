use std::fmt;
use std::io;
use std::pin::pin;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use futures_util::{StreamExt, stream};
use launch_ready::core::{Clock, Context, Network, Severity};
use launch_ready::net::Net;
use launch_ready::report::{Decision, Policy, Snapshots};
use launch_ready::{Audit, Site};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::args::{Args, Common, read};
use crate::demo::Demo;
use crate::output::Output;
use crate::progress;

/// Usage or configuration is wrong: one line, exit code 2.
#[derive(Clone, Debug)]
pub struct Failure(pub String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One target, in the environment that the flags ask for.
#[derive(Clone, Debug)]
pub struct Job {
    /// What to look at, as it was given; empty if only the configuration names it.
    pub target: String,
    /// The description of the launch, if there is one.
    pub site: Option<Site>,
    /// The environment.
    pub cx: Context,
}

impl Job {
    /// The description of the launch, from the configuration or from the bare target.
    ///
    /// # Errors
    /// A target that is no host name, or not the one that the configuration describes.
    pub fn site(&self) -> Result<Site, Failure> {
        match &self.site {
            Some(site) if self.target.is_empty() => Ok(site.clone()),
            Some(site) => match launch_ready::host_name(&self.target)? {
                name if name == site.domain => Ok(site.clone()),
                name => {
                    Err(Failure(format!("the configuration is of {}, not {name}", site.domain)))
                }
            },
            None => Ok(Site::new(self.target()?)?),
        }
    }

    /// The target, where one is needed.
    ///
    /// # Errors
    /// There is none.
    pub fn target(&self) -> Result<&str, Failure> {
        match self.target.as_str() {
            "" => Err(Failure("no target: name one, or give --config or --demo".into())),
            target => Ok(target),
        }
    }
}

/// A binary that audits: `build` makes the audit of one target.
pub fn main<F: clap::Args>(build: impl Fn(&Args<F>, &Job) -> Result<Audit, Failure>) -> ExitCode {
    command(async |args: Args<F>| audit(&args, build).await)
}

/// A binary that does what it likes with its arguments, and may [`audit`] in the end.
pub fn command<A: Parser>(work: impl AsyncFnOnce(A) -> Result<ExitCode, Failure>) -> ExitCode {
    let args = match A::try_parse() {
        Ok(args) => args,
        Err(error) => return misuse(&error),
    };
    let done = Runtime::new().map_err(Failure::from).and_then(|runtime| {
        let code = runtime.block_on(work(args));
        // A check that hangs in a destructor must not keep the program.
        runtime.shutdown_background();
        code
    });
    done.unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        ExitCode::from(2)
    })
}

/// clap explains at length; scripts and people want the one line that says what was wrong.
fn misuse(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let lines: Vec<&str> =
        text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    eprintln!("{}", lines.join(" "));
    ExitCode::from(2)
}

/// Builds an audit for each target, runs them, and writes their reports.
///
/// # Errors
/// Arguments or a configuration that cannot work; a report that cannot be written.
pub async fn audit<F: clap::Args>(
    args: &Args<F>,
    build: impl Fn(&Args<F>, &Job) -> Result<Audit, Failure>,
) -> Result<ExitCode, Failure> {
    let common = &args.common;
    if let Some(path) = &common.replay {
        return replay(common, &read(path)?).await;
    }
    let demo = if common.demo { Some(Demo::start().await?) } else { None };
    let (network, clock, site) = match &demo {
        Some(demo) => (demo.network(), demo.clock(), Some(demo.site())),
        None => (Network::default(), Clock::system(), configured(common)?),
    };
    let cx = observed(common.context(network, clock)?);
    // Settings that cannot work are the user's to mend, before anything is asked.
    Net::of(&cx)?;

    let mut targets = common.targets.clone();
    if targets.is_empty() {
        targets.push(String::new());
    }
    let mut audits = Vec::new();
    for target in targets {
        let job = Job { target, site: site.clone(), cx: cx.clone() };
        let policy = site.as_ref().map(Site::policy).unwrap_or_default();
        let audit = build(args, &job)?;
        audits.push(audit.policy(blocking(common, policy)).context(cx.clone()));
    }
    report(common, audits, site.as_ref()).await
}

async fn replay(common: &Common, text: &str) -> Result<ExitCode, Failure> {
    let mut audits = Vec::new();
    let configured = configured(common)?;
    for (number, line) in text.lines().enumerate() {
        let kept = Snapshots::from_json(line)
            .map_err(|error| Failure(format!("line {}: {error}", number + 1)))?;
        let site = match &configured {
            Some(site) => Some(site.clone()),
            None => Site::kept(&kept)?,
        };
        let policy = site.as_ref().map(Site::policy).unwrap_or_default();
        let cx = observed(common.context(Network::default(), Clock::fixed(kept.at))?);
        let audit = Audit::replay(&kept, site.as_ref())?;
        audits.push(audit.policy(blocking(common, policy)).context(cx));
    }
    report(common, audits, None).await
}

fn configured(common: &Common) -> Result<Option<Site>, Failure> {
    let Some(path) = &common.config else { return Ok(None) };
    let text = read(path)?;
    let mut site =
        Site::from_toml(&text).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    #[allow(clippy::disallowed_methods, reason = "arguments are seen by everyone on the machine")]
    let variable = |name: &str| std::env::var(name).ok();
    site = site.with_variables(variable)?;
    let here = path.parent().unwrap_or(path);
    for path in &mut site.secrets.paths {
        *path = here.join(&*path).to_string_lossy().into_owned();
    }
    Ok(Some(site))
}

fn blocking(common: &Common, mut policy: Policy) -> Policy {
    if let Some(level) = common.block_at {
        policy.block_at = Severity::from(level);
    }
    policy
}

fn observed(cx: Context) -> Context {
    match progress::observer() {
        Some(observer) => cx.with_observer(observer),
        None => cx,
    }
}

/// Runs the audits, a few at a time, and writes each report as soon as it is ready.
async fn report(
    common: &Common,
    audits: Vec<Audit>,
    site: Option<&Site>,
) -> Result<ExitCode, Failure> {
    const AT_ONCE: usize = 4;
    let mut output = Output::open(common)?;
    let (stopper, stopped) = watch::channel(false);
    tokio::spawn(interrupts(stopper));
    let run = |audit: Audit| {
        let mut stopped = stopped.clone();
        async move {
            audit.run_until(async move { drop(stopped.wait_for(|stopped| *stopped).await) }).await
        }
    };
    let mut reports = pin!(stream::iter(audits).map(run).buffer_unordered(AT_ONCE));
    let mut worst = Decision::Go;
    while let Some(mut audited) = reports.next().await {
        audited.snapshots.site = site.and_then(|site| serde_json::value::to_raw_value(site).ok());
        worst = worse(worst, audited.report.decision);
        output.write(&audited)?;
    }
    Ok(ExitCode::from(worst.exit_code()))
}

/// The first interrupt stops the audit and prints what was found; the second ends the program.
async fn interrupts(stopper: watch::Sender<bool>) {
    if interrupt().await.is_ok() {
        stopper.send_replace(true);
    }
    if interrupt().await.is_ok() {
        std::process::exit(130);
    }
    // Without signals there is nothing to stop for; the sender must live on all the same.
    std::future::pending::<()>().await;
}

async fn interrupt() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn worse(a: Decision, b: Decision) -> Decision {
    let badness = |decision| match decision {
        Decision::Go => 0,
        Decision::GoWithRisks => 1,
        Decision::Undecided => 2,
        Decision::NoGo => 3,
    };
    if badness(b) > badness(a) { b } else { a }
}
