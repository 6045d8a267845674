#![doc = include_str!("../README.md")]

mod baseline;
pub mod chart;
mod config;
mod error;
mod failure;
mod histogram;
mod inspect;
mod judge;
mod policy;
mod random;
pub mod rules;
mod sample;
mod sampling;
mod snapshot;
mod statistics;
mod summary;
pub mod uptime;

use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait};

pub use baseline::{AcceptedRun, Baselines, Comparable, LogP95, confirm};
pub use config::{Endpoint, Kind, LatencyConfig};
pub use error::Error;
pub use failure::FailKind;
pub use histogram::Histogram;
pub use inspect::inspect;
pub use judge::fixes::{Fix, FixKind, Gain, shortlist};
pub use judge::judge;
pub use judge::regression::{Change, Comparison};
pub use policy::Policy;
pub use rules::RULES;
pub use sample::{Cached, End, Sample};
pub use sampling::{Arrivals, Mode, Sampling};
pub use snapshot::{Answer, Connections, Measurement, Obstacle, Snapshot, Step, Stopped};
pub use summary::{
    ConnectionSummary, EndpointSummary, Intervals, Percentiles, Phases, Picture, Summary,
};

/// Name of the check.
const NAME: &str = "latency";

/// Measures endpoints and holds them against their budgets.
///
/// ```no_run
/// use lr_core::Context;
/// use lr_latency::{Endpoint, LatencyCheck};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let check = LatencyCheck::new([
///     Endpoint::new("https://www.example.com/").budget_ms(300),
///     Endpoint::new("https://api.example.com/health").budget_ms(150).expect_status(204),
/// ]);
/// let run = lr_core::run(&check, &Context::new()).await;
/// for finding in &run.findings {
///     println!("{}: {}", finding.title, finding.detail);
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LatencyCheck {
    source: Source,
    baselines: Option<Baselines>,
    policy: Policy,
}

#[derive(Clone, Debug)]
enum Source {
    Network(LatencyConfig),
    Kept(Box<Snapshot>),
}

impl LatencyCheck {
    /// Measures `endpoints` under the default sampling and judges by the default policy.
    pub fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        let source = Source::Network(LatencyConfig::new(endpoints));
        Self { source, baselines: None, policy: Policy::default() }
    }

    /// Judges a kept snapshot again, touching no network.
    #[must_use]
    pub fn replay(snapshot: Snapshot) -> Self {
        let source = Source::Kept(Box::new(snapshot));
        Self { source, baselines: None, policy: Policy::default() }
    }

    /// What it measures; `None` for a kept snapshot.
    #[must_use]
    pub fn config(&self) -> Option<&LatencyConfig> {
        match &self.source {
            Source::Network(config) => Some(config),
            Source::Kept(_) => None,
        }
    }

    /// Another sampling. Says nothing to a kept snapshot.
    #[must_use]
    pub fn with_sampling(mut self, sampling: Sampling) -> Self {
        if let Source::Network(config) = &mut self.source {
            config.sampling = sampling;
        }
        self
    }

    /// Holds what is measured against accepted runs, and repeats once what seems to have become
    /// slower. Says nothing to a kept snapshot, which knows what it was held against.
    #[must_use]
    pub fn with_baselines(self, baselines: Baselines) -> Self {
        Self { baselines: Some(baselines), ..self }
    }

    /// Another policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }
}

impl LatencyCheck {
    async fn measure(&self, config: &LatencyConfig, cx: &Context) -> Result<Snapshot, Error> {
        let mut snapshot = inspect(config, cx).await?;
        if let Some(baselines) = &self.baselines {
            confirm(&mut snapshot, baselines, config, &self.policy, cx).await?;
        }
        Ok(snapshot)
    }
}

#[async_trait]
impl Check for LatencyCheck {
    fn name(&self) -> &str {
        NAME
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        out.about(Location::check(NAME));
        let measured;
        let snapshot = match &self.source {
            Source::Kept(snapshot) => &**snapshot,
            Source::Network(config) => {
                measured = self.measure(config, cx).await?;
                &measured
            }
        };
        report(snapshot, &self.policy, out)
    }
}

/// Records a snapshot, its summary and the verdicts on it: what [`LatencyCheck`] does with what it
/// has measured, for checks that measure in another way.
///
/// # Errors
/// None that a snapshot of [`inspect`] could cause.
pub fn report(
    snapshot: &Snapshot,
    policy: &Policy,
    out: &mut Recorder<'_>,
) -> Result<(), CheckError> {
    out.snapshot(json(snapshot)?);
    out.data(json(&Summary::of(snapshot, policy))?);
    judge(snapshot, policy, out);
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, CheckError> {
    serde_json::to_string(value)
        .map_err(|error| CheckError::new(ErrorKind::Internal, error.to_string()))
}
