mod reading;
mod tables;

use std::collections::BTreeMap;

use lr_report::{Policy, Waiver};
use serde::{Deserialize, Serialize};

pub use self::tables::{
    EndpointKind, EndpointSite, ExpectSite, Expected, MailSite, OldUrl, PolicySite, SecretsSite,
    WaiverSite,
};
use crate::{Error, host_name};

/// What a launch is: its domain, hosts, pages, senders, sources and endpoints.
///
/// A bare domain is enough; everything else sharpens the audit. This is also the shape of
/// `launch-ready.toml`:
///
/// ```toml
/// domain = "shop.test"
/// canonical = "https://shop.test/"
/// names = ["status.shop.test"]        # further names in DNS
/// issuers = ["letsencrypt.org"]       # who issues certificates, by their CAA domains
///
/// [hosts]                             # role = host; each must serve HTTPS
/// app = "app.shop.test"
/// api = "api.shop.test"               # redirects of an API must keep method and body
///
/// [[expect]]                          # records that must be there
/// name = "www.shop.test"
/// type = "A"
/// contains = ["192.0.2.10"]           # or set, same-as, provider, absent
///
/// [[old-urls]]                        # where old URLs must land
/// from = "https://shop.test/old"
/// to = "https://shop.test/new"
///
/// [mail]
/// selectors = ["s1"]                  # DKIM selectors beside the well-known ones
/// approved = ["google-workspace"]     # who may send; if anybody is named, nobody else may
/// sends-from = ["192.0.2.25"]         # addresses that SPF must let pass
/// parked = false                      # neither sends nor receives
/// bulk-sender = false                 # 5000 messages a day or more
///
/// [secrets]
/// paths = ["."]                       # relative to this file
/// history = true                      # all that their repositories hold, too
///
/// [[endpoints]]
/// url = "https://shop.test/api/search"
/// kind = "heavy"                      # cached-read, read, write, heavy: the budget of a launch
/// budget-ms = 300                     # or a budget of its own, for the 95th percentile
/// bearer-env = "SHOP_TOKEN"           # the environment variable that holds a token to send
///
/// [policy]
/// block-at = "high"
///
/// [[waivers]]
/// key = "dns/caa-present @ shop.test"
/// reason = "the CA's contract is pending"
/// until = "2027-01-31T00:00:00Z"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Site {
    /// The domain.
    pub domain: String,
    /// The one URL that every way in should lead to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// Further names to look at in DNS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Certification authorities in use or to be used, by the domains they go by in CAA records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<String>,
    /// Hosts that serve HTTPS, by role. That of `api` takes requests with bodies.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, String>,
    /// Records that must be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<ExpectSite>,
    /// Old URLs and where they must land.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_urls: Vec<OldUrl>,
    /// Mail.
    #[serde(default)]
    pub mail: MailSite,
    /// Sources.
    #[serde(default)]
    pub secrets: SecretsSite,
    /// Endpoints and their budgets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<EndpointSite>,
    /// What stands against the launch.
    #[serde(default)]
    pub policy: PolicySite,
    /// Findings that somebody has accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverSite>,
}

impl Site {
    /// The launch of a domain, with everything else left to sensible defaults.
    ///
    /// # Errors
    /// [`Error::HostName`].
    pub fn new(domain: &str) -> Result<Self, Error> {
        Ok(Self { domain: host_name(domain)?, ..Self::default() })
    }

    /// Reads a `launch-ready.toml`.
    ///
    /// # Errors
    /// [`Error::Config`] with line and suggestion; [`Error::HostName`] and [`Error::Url`].
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let mut site: Self = reading::read(text)?;
        site.domain = host_name(&site.domain)?;
        for name in site.names.iter_mut().chain(site.hosts.values_mut()) {
            *name = host_name(name)?;
        }
        let old = site.old_urls.iter().flat_map(|old| [&old.from, &old.to]);
        let endpoints = site.endpoints.iter().map(|endpoint| &endpoint.url);
        for url in site.canonical.iter().chain(old).chain(endpoints) {
            web_url(url)?;
        }
        Ok(site)
    }

    /// With the credentials of endpoints, taken from where `variable` finds them: the environment,
    /// as a rule. They are sent, and neither shown nor kept.
    ///
    /// # Errors
    /// [`Error::Variable`] if one is not set.
    pub fn with_variables(
        mut self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        for endpoint in &mut self.endpoints {
            endpoint.fill(&variable)?;
        }
        Ok(self)
    }

    /// The policy that this description asks for.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let policy = self.policy.block_at.map_or_else(Policy::default, Policy::block_at);
        self.waivers.iter().fold(policy, |policy, waiver| {
            policy.waive(Waiver::new(&waiver.key, &waiver.reason, waiver.until))
        })
    }
}

/// An absolute http or https URL.
///
/// # Errors
/// [`Error::Url`].
pub fn web_url(text: &str) -> Result<url::Url, Error> {
    let bad = |reason: &str| Error::Url { url: text.into(), reason: reason.into() };
    let url = url::Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(bad("only http and https can be audited")),
    }
}
