#![doc = include_str!("../README.md")]

mod asn1;
mod certificate;
mod config;
mod crl;
mod der;
mod error;
mod facts;
mod inspect;
mod judge;
mod lookups;
mod obstacle;
mod ocsp;
mod policy;
mod probe;
mod profile;
mod roots;
pub mod rules;
mod snapshot;
mod summary;
mod version;

use async_trait::async_trait;
use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule};

pub use self::certificate::CertificateSummary;
pub use self::config::{Target, TlsConfig};
pub use self::der::Der;
pub use self::error::Error;
pub use self::facts::{CaaFact, HostFacts, HstsFact, TlsaFact};
pub use self::inspect::inspect;
pub use self::judge::{ChainVerdict, Renewal, judge};
pub use self::lookups::{CrlFacts, CrlSeen, Fetched, Lookups, RenewalSeen, RenewalWindow};
pub use self::obstacle::{Cause, Obstacle};
pub use self::policy::{Margin, Policy};
pub use self::probe::{Answer, HelloSeen, Probe, ProbeSeen, SuiteClass};
pub use self::profile::Profile;
pub use self::roots::Roots;
pub use self::rules::RULES;
pub use self::snapshot::{AddressSeen, Handshake, HostSeen, PageSeen, Proof, Snapshot};
pub use self::summary::{AddressSummary, HostSummary, Summary};
pub use self::version::Version;

/// The check `tls`: looks at hosts, or at a snapshot that was taken earlier.
#[derive(Clone, Debug)]
pub struct TlsCheck {
    source: Source,
    policy: Policy,
    roots: Roots,
}

#[derive(Clone, Debug)]
enum Source {
    Hosts(TlsConfig),
    Snapshot(Snapshot),
}

impl TlsCheck {
    /// Checks hosts that must serve TLS: `host` or `host:port`, port 443 unless given.
    pub fn new<S: Into<String>>(hosts: impl IntoIterator<Item = S>) -> Self {
        Self::with_config(TlsConfig::new(hosts))
    }

    /// Checks what the configuration says.
    #[must_use]
    pub fn with_config(config: TlsConfig) -> Self {
        Self { source: Source::Hosts(config), policy: Policy::default(), roots: Roots::mozilla() }
    }

    /// Judges a snapshot again, touching no network.
    #[must_use]
    pub fn replay(snapshot: Snapshot) -> Self {
        let source = Source::Snapshot(snapshot);
        Self { source, policy: Policy::default(), roots: Roots::mozilla() }
    }

    /// With other thresholds.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Held to a profile, rule by rule.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.policy.profile = Some(profile);
        if let Source::Hosts(config) = &mut self.source {
            config.profile = Some(profile);
        }
        self
    }

    /// With other trust roots than Mozilla's. Those of the context count in any case.
    #[must_use]
    pub fn with_roots(self, roots: Roots) -> Self {
        Self { roots, ..self }
    }
}

#[async_trait]
impl Check for TlsCheck {
    fn name(&self) -> &str {
        "tls"
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let looked;
        let snapshot = match &self.source {
            Source::Snapshot(snapshot) => snapshot,
            Source::Hosts(config) => {
                if let [(only, _)] = config.targets()?.as_slice() {
                    out.about(Location::endpoint(only.host.as_str(), only.port));
                }
                looked = inspect(config, cx).await?;
                &looked
            }
        };
        if let [only] = snapshot.hosts.as_slice() {
            out.about(Location::endpoint(only.host.as_str(), only.port));
        }
        out.snapshot(json(snapshot)?);
        out.data(json(&Summary::of(snapshot, &self.roots, cx.now()))?);
        judge(snapshot, &self.roots, &self.policy, cx.now(), out);
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, CheckError> {
    serde_json::to_string(value)
        .map_err(|error| CheckError::new(ErrorKind::Internal, error.to_string()))
}
