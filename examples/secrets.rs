//! Keys and tokens in a work tree: `cargo run --example secrets -- path/to/project`.
//!
//! `--git` adds the whole history of its repository. `--staged` and `--since REV` look at a change
//! instead: as a pre-commit hook, `secrets --staged .` ends with 1 when a key is staged. `-` reads
//! standard input, such as a build log. `--inventory` prints what would have to be rotated.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cli::{Args, Failure, Format, Job};
use launch_ready::Audit;
use launch_ready::core::{Clock, Network};
use launch_ready::secrets::{Baseline, Exposure, Inventory, OwnRules, Policy, SecretsCheck};

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

    /// What is known and accepted: .gitleaksignore, a JSON report of gitleaks, .secrets.baseline
    /// (repeatable) [default: .gitleaksignore of the target, if there is one]
    #[arg(long, value_name = "FILE")]
    baseline: Vec<PathBuf>,

    /// Rules and allowlists of gitleaks, beside the formats that are known
    #[arg(long, value_name = ".gitleaks.toml")]
    rules: Option<PathBuf>,

    /// Print each secret with its places, and the environment variables, instead of a report
    #[arg(long)]
    inventory: bool,
}

impl Flags {
    /// The check of one target.
    fn check(&self, target: &str) -> Result<SecretsCheck, Failure> {
        if target == "-" {
            if self.git || self.staged || self.since.is_some() {
                return Err(Failure("standard input has no history".into()));
            }
            let check = SecretsCheck::stream("standard input", std::io::stdin());
            return Ok(check.with_policy(self.policy(None)?));
        }
        if let Err(error) = Path::new(target).metadata() {
            return Err(Failure(format!("{target} cannot be read: {error}")));
        }
        let policy = self.policy(Some(Path::new(target)))?;
        Ok(self.of(SecretsCheck::new(target).with_policy(policy)))
    }

    fn of(&self, check: SecretsCheck) -> SecretsCheck {
        match &self.since {
            Some(revision) => check.since(revision),
            None if self.staged => match index() {
                Some(index) => check.staged_in(index),
                None => check.staged(),
            },
            None if self.git => check.history(),
            None => check,
        }
    }

    /// What to look for in a target, and what of it is accepted.
    fn policy(&self, target: Option<&Path>) -> Result<Policy, Failure> {
        let mut policy = Policy::new().with_exposure(self.context.into());
        let own = target.map(|target| target.join(IGNORE)).filter(|path| path.is_file());
        let paths = if self.baseline.is_empty() { own.as_slice() } else { &self.baseline[..] };
        for path in paths {
            policy.baseline = policy.baseline.and(&baseline(path)?);
        }
        if let Some(path) = &self.rules {
            let rules = OwnRules::from_gitleaks(&text(path)?)
                .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
            for left in rules.unsupported() {
                eprintln!("{}: line {}: {}", path.display(), left.line, left.what);
            }
            policy.own_rules = rules;
        }
        Ok(policy)
    }
}

/// The list that gitleaks reads by itself.
const IGNORE: &str = ".gitleaksignore";

/// A list of what is accepted, whoever wrote it.
fn baseline(path: &Path) -> Result<Baseline, Failure> {
    let text = text(path)?;
    let read = match text.trim_start().bytes().next() {
        Some(b'[') => Baseline::from_gitleaks_report(&text),
        Some(b'{') => Baseline::from_detect_secrets(&text),
        _ => Ok(Baseline::from_gitleaks_ignore(&text)),
    };
    read.map_err(|error| Failure(format!("{}: {error}", path.display())))
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure(format!("{} cannot be read: {error}", path.display())))
}

/// While `git commit -a` or `git commit PATH` run a hook, what will be committed is in an index of
/// its own.
#[allow(clippy::disallowed_methods, reason = "git configures its hooks by their environment")]
fn index() -> Option<PathBuf> {
    std::env::var_os("GIT_INDEX_FILE").filter(|path| !path.is_empty()).map(PathBuf::from)
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
    cli::command(async |args: Args<Flags>| match args.flags.inventory {
        true => inventory(&args).await,
        false => cli::audit(&args, audit).await,
    })
}

fn audit(Args { flags, .. }: &Args<Flags>, job: &Job) -> Result<Audit, Failure> {
    if let (Some(site), true) = (&job.site, job.target.is_empty()) {
        let policy = flags.policy(None)?;
        let checks = site.secrets().into_iter();
        let checks = checks.map(|check| flags.of(check.with_policy(policy.clone())));
        return Ok(checks.fold(Audit::new(&site.domain), Audit::with));
    }
    let path = if job.target.is_empty() { "." } else { &job.target };
    Ok(Audit::new(path).with(flags.check(path)?))
}

/// What was seen of each target; nothing is judged.
async fn inventory(args: &Args<Flags>) -> Result<ExitCode, Failure> {
    let cx = args.common.context(Network::default(), Clock::system())?;
    let here = [".".to_owned()];
    let targets = if args.common.targets.is_empty() { &here[..] } else { &args.common.targets };
    let mut code = ExitCode::SUCCESS;
    for target in targets {
        let check = args.flags.check(target)?;
        let run = launch_ready::core::run(&check, &cx).await;
        let Some(data) = run.data else {
            let why = run.error.map_or_else(String::new, |error| error.to_string());
            return Err(Failure(format!("{target}: {why}")));
        };
        match args.common.format {
            Format::Json => println!("{data}"),
            Format::Text => print!("{}", serde_json::from_str::<Inventory>(&data)?),
        }
        if let Some(why) = run.error {
            eprintln!("error: {target}: {why}");
            code = ExitCode::from(3);
        }
    }
    Ok(code)
}
