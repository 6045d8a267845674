use std::net::{IpAddr, SocketAddr};

use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait};

use crate::rules::RULES;
use crate::{DnsConfig, Expect, Expected, Policy, Snapshot, Summary, inspect, judge};

/// The DNS of one domain.
#[derive(Clone, Debug)]
pub struct DnsCheck {
    source: Source,
    policy: Policy,
}

#[derive(Clone, Debug)]
enum Source {
    Look(DnsConfig),
    Replay(Box<Snapshot>),
}

impl DnsCheck {
    /// Looks at `domain`, its `www`, and those of the well-known names that exist.
    pub fn new(domain: impl Into<String>) -> Self {
        Self::with_config(DnsConfig::new(domain))
    }

    /// Looks at what `config` names.
    #[must_use]
    pub fn with_config(config: DnsConfig) -> Self {
        Self { source: Source::Look(config), policy: Policy::default() }
    }

    /// Judges a snapshot that was kept, touching no network.
    #[must_use]
    pub fn replay(snapshot: Snapshot) -> Self {
        Self { source: Source::Replay(Box::new(snapshot)), policy: Policy::default() }
    }

    /// Looks at another host name too. A name without a dot is below the domain.
    #[must_use]
    pub fn host(mut self, name: impl Into<String>) -> Self {
        if let Source::Look(config) = &mut self.source {
            config.hosts.push(name.into());
        }
        self
    }

    /// Walks delegations from these root servers instead of asking a resolver for the zone.
    #[must_use]
    pub fn roots(mut self, roots: impl IntoIterator<Item = SocketAddr>) -> Self {
        if let Source::Look(config) = &mut self.source {
            config.roots.extend(roots);
        }
        self
    }

    /// Asks these public resolvers too for what is expected.
    #[must_use]
    pub fn resolvers(mut self, resolvers: impl IntoIterator<Item = SocketAddr>) -> Self {
        if let Source::Look(config) = &mut self.source {
            config.resolvers.extend(resolvers);
        }
        self
    }

    /// Asks the name servers for the whole zone (AXFR) if `wanted`.
    #[must_use]
    pub fn transfer(mut self, wanted: bool) -> Self {
        if let Source::Look(config) = &mut self.source {
            config.transfer = wanted;
        }
        self
    }

    /// This certification authority must be allowed to issue: its CAA domain, such as
    /// `letsencrypt.org`.
    #[must_use]
    pub fn issuer(mut self, domain: impl Into<String>) -> Self {
        self.policy.issuers.push(domain.into());
        self
    }

    /// This certification authority must be allowed to issue wildcard certificates.
    #[must_use]
    pub fn wildcard_issuer(mut self, domain: impl Into<String>) -> Self {
        self.policy.wildcard_issuers.push(domain.into());
        self
    }

    /// The certificate in use is from this organisation (`O` of its issuer, such as
    /// `Let's Encrypt`), which must be allowed to issue the next one.
    #[must_use]
    pub fn certificate_issuer(mut self, organisation: impl Into<String>) -> Self {
        self.policy.certificate_issuers.push(organisation.into());
        self
    }

    /// Takes these name servers, each with its addresses or none where the resolver knows them, for
    /// those of the zone: a new DNS host is looked at before the delegation is changed.
    #[must_use]
    pub fn delegated_to(
        mut self,
        name_servers: impl IntoIterator<Item = (String, Vec<IpAddr>)>,
    ) -> Self {
        if let Source::Look(config) = &mut self.source {
            config.name_servers.extend(name_servers);
        }
        self
    }

    /// Expects these records.
    #[must_use]
    pub fn expect(mut self, expect: Expect) -> Self {
        self.policy.expect.push(expect);
        self
    }

    /// Another policy; what is expected already, of records and issuers, stays expected.
    #[must_use]
    pub fn with_policy(mut self, mut policy: Policy) -> Self {
        policy.expect.append(&mut self.policy.expect);
        policy.issuers.append(&mut self.policy.issuers);
        policy.wildcard_issuers.append(&mut self.policy.wildcard_issuers);
        policy.certificate_issuers.append(&mut self.policy.certificate_issuers);
        self.policy = policy;
        self
    }

    async fn look(&self, cx: &Context) -> Result<Snapshot, CheckError> {
        match &self.source {
            Source::Replay(snapshot) => Ok((**snapshot).clone()),
            Source::Look(config) => {
                let mut config = config.clone();
                // Whoever is to issue must be allowed to for each host, at whichever server he asks.
                if self.policy.names_issuers() {
                    let hosts = std::iter::once("@").chain(config.hosts.iter().map(String::as_str));
                    let caa = hosts.map(|host| (host.to_owned(), "CAA".to_owned()));
                    config.questions.extend(caa.collect::<Vec<_>>());
                }
                for expect in &self.policy.expect {
                    config.questions.push((expect.name.clone(), expect.rtype.clone()));
                    if let Expected::SameAs(other) = &expect.value {
                        config.questions.push((other.clone(), expect.rtype.clone()));
                    }
                }
                Ok(inspect(&config, cx).await?)
            }
        }
    }
}

#[async_trait]
impl Check for DnsCheck {
    fn name(&self) -> &str {
        "dns"
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        out.about(Location::domain(match &self.source {
            Source::Look(config) => config.domain.as_str(),
            Source::Replay(snapshot) => snapshot.domain.as_str(),
        }));
        let snapshot = self.look(cx).await?;
        out.about(Location::domain(snapshot.domain.as_str()));
        let json = |error: serde_json::Error| {
            CheckError::new(
                ErrorKind::Internal,
                format!("what was seen cannot be written: {error}"),
            )
        };
        out.snapshot(serde_json::to_string(&snapshot).map_err(json)?);
        out.data(serde_json::to_string(&Summary::of(&snapshot)).map_err(json)?);
        judge(&snapshot, &self.policy, out);
        Ok(())
    }
}
