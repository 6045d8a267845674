use std::net::IpAddr;

use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait};

use crate::{MailConfig, Policy, RULES, Snapshot, Summary, inspect, judge};

/// The check of one domain that mail is sent from.
#[derive(Clone, Debug)]
pub struct MailAuthCheck {
    target: Target,
    policy: Policy,
}

#[derive(Clone, Debug)]
enum Target {
    Live(MailConfig),
    Kept(Box<Snapshot>),
}

impl MailAuthCheck {
    /// Checks the domain that stands behind the `@`.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        Self { target: Target::Live(MailConfig::new(domain)), policy: Policy::default() }
    }

    /// Judges a kept snapshot again, touching no network.
    #[must_use]
    pub fn replay(snapshot: Snapshot) -> Self {
        Self { target: Target::Kept(Box::new(snapshot)), policy: Policy::default() }
    }

    /// Names, in addition, a DKIM selector that is in use. A kept snapshot has its own.
    #[must_use]
    pub fn selector(mut self, name: &str) -> Self {
        if let Target::Live(config) = self.target {
            self.target = Target::Live(config.selector(name));
        }
        self
    }

    /// Names, in addition, an address that mail leaves from: SPF must let it pass. A kept snapshot
    /// has its own.
    #[must_use]
    pub fn sends_from(mut self, address: IpAddr) -> Self {
        if let Target::Live(config) = self.target {
            self.target = Target::Live(config.sends_from(address));
        }
        self
    }

    /// Says whether the domain is meant neither to send nor to receive mail.
    #[must_use]
    pub fn parked(mut self, parked: bool) -> Self {
        self.config_mut().parked = parked;
        self
    }

    /// Says whether the domain is a bulk sender, from 5000 messages a day on.
    #[must_use]
    pub fn bulk_sender(mut self, bulk_sender: bool) -> Self {
        self.config_mut().bulk_sender = bulk_sender;
        self
    }

    /// Names, in addition, who may send: the id of a provider (see
    /// [`PROVIDERS`](crate::senders::PROVIDERS)), an included domain, or an address range. If
    /// anyone is named, nobody else may.
    #[must_use]
    pub fn approve(mut self, sender: &str) -> Self {
        let config = self.config_mut();
        *config = std::mem::take(config).approve(sender);
        self
    }

    fn config_mut(&mut self) -> &mut MailConfig {
        match &mut self.target {
            Target::Live(config) => config,
            Target::Kept(snapshot) => &mut snapshot.config,
        }
    }

    /// Another policy than the default one.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }
}

#[async_trait]
impl Check for MailAuthCheck {
    fn name(&self) -> &str {
        "mailauth"
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let (domain, looked);
        let snapshot = match &self.target {
            Target::Kept(snapshot) => {
                domain = &snapshot.config.domain;
                &**snapshot
            }
            Target::Live(config) => {
                domain = &config.domain;
                out.about(Location::domain(domain.as_str()));
                looked = inspect(config, cx).await?;
                &looked
            }
        };
        out.about(Location::domain(domain.as_str()));
        out.snapshot(json(snapshot)?);
        out.data(json(&Summary::from(snapshot))?);
        judge(snapshot, &self.policy, out);
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, CheckError> {
    serde_json::to_string(value).map_err(|error| {
        CheckError::new(ErrorKind::Internal, "what was seen cannot be written as JSON")
            .with_source(error)
    })
}
