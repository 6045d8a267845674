#![doc = include_str!("../README.md")]

mod chain;
mod change;
mod client;
mod compare;
mod config;
mod cookie;
mod credentials;
mod error;
#[cfg(test)]
mod exam;
mod hosts;
mod hsts;
mod html;
mod inspect;
mod judge;
pub mod list;
mod location;
mod matrix;
mod page;
mod policy;
pub mod preload;
mod rules;
mod script;
mod sitemap;
mod snapshot;
mod summary;

use lr_core::{Check, CheckError, Context, ErrorKind, Location, Recorder, Rule, async_trait};

pub use crate::chain::{Chain, Ends};
pub use crate::change::{Ending, RowChange};
pub use crate::client::{ClientMeans, ClientRedirect};
pub use crate::config::RedirectsConfig;
pub use crate::cookie::Cookie;
pub use crate::credentials::Credentials;
pub use crate::error::Error;
pub use crate::hsts::Hsts;
pub use crate::inspect::inspect;
pub use crate::judge::judge;
pub use crate::location::{LocationProblem, Redirect};
pub use crate::page::{Alternate, Page};
pub use crate::policy::Policy;
pub use crate::rules::RULES;
pub use crate::sitemap::Sitemap;
pub use crate::snapshot::{Answer, Exchange, Families, Purpose, Snapshot, Start};
pub use crate::summary::{HopRow, HstsRow, Row, Summary};

pub(crate) const NAME: &str = "redirects";

/// The check, ready to be run by `lr_core::run` or added to an audit.
#[derive(Clone, Debug)]
pub struct RedirectsCheck {
    source: Source,
    policy: Policy,
}

#[derive(Clone, Debug)]
enum Source {
    Network(RedirectsConfig),
    Kept(Box<Snapshot>),
}

impl RedirectsCheck {
    /// Looks at `domain` and its `www`.
    #[must_use]
    pub fn new(domain: impl Into<String>) -> Self {
        Self::with_config(RedirectsConfig::new(domain))
    }

    /// Looks at what `config` names.
    #[must_use]
    pub fn with_config(config: RedirectsConfig) -> Self {
        Self { source: Source::Network(config), policy: Policy::default() }
    }

    /// Judges what was seen earlier, touching no network.
    #[must_use]
    pub fn replay(snapshot: Snapshot) -> Self {
        Self { source: Source::Kept(Box::new(snapshot)), policy: Policy::default() }
    }

    /// Looks at a further host, such as `app.example.com`.
    #[must_use]
    pub fn host(self, host: impl Into<String>) -> Self {
        self.configured(|config| config.hosts.push(host.into()))
    }

    /// Expects every way in to end at the origin of this URL.
    #[must_use]
    pub fn canonical(self, url: impl Into<String>) -> Self {
        self.configured(|config| config.canonical = Some(url.into()))
    }

    /// Looks at a page that exists: a path, or a URL whose path is used.
    #[must_use]
    pub fn page(self, page: impl Into<String>) -> Self {
        self.configured(|config| config.pages.push(page.into()))
    }

    /// Expects an old URL to land at a new one; paths belong to the canonical URL.
    #[must_use]
    pub fn old_url(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.configured(|config| config.old_urls.push((from.into(), to.into())))
    }

    /// Expects redirects at this host to keep method and body: it is an API, or takes webhooks.
    #[must_use]
    pub fn api(self, host: impl Into<String>) -> Self {
        self.configured(|config| config.apis.push(host.into()))
    }

    /// Knows that this host has no valid HTTPS, from whoever has looked at its certificate:
    /// `includeSubDomains` would cut it off.
    #[must_use]
    pub fn without_https(self, host: impl Into<String>) -> Self {
        self.configured(|config| config.without_https.push(host.into()))
    }

    /// Other thresholds.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Changes the configuration; a kept snapshot has none.
    #[must_use]
    pub fn configured(mut self, change: impl FnOnce(&mut RedirectsConfig)) -> Self {
        if let Source::Network(config) = &mut self.source {
            change(config);
        }
        self
    }
}

#[async_trait]
impl Check for RedirectsCheck {
    fn name(&self) -> &str {
        NAME
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let seen;
        let snapshot = match &self.source {
            Source::Kept(snapshot) => {
                out.about(Location::domain(snapshot.domain.as_str()));
                snapshot
            }
            Source::Network(config) => {
                out.about(Location::domain(config.domain.as_str()));
                seen = inspect(config, cx).await?;
                &seen
            }
        };
        out.snapshot(json(snapshot)?);
        out.data(json(&Summary::of(snapshot))?);
        judge(snapshot, &self.policy, out);
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, CheckError> {
    serde_json::to_string(value)
        .map_err(|error| CheckError::new(ErrorKind::Internal, error.to_string()))
}
