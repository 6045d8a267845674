use lr_net::HttpVersion;

use crate::Credentials;

/// What to look at.
///
/// Paths and URLs may be absolute, or begin with `/` and then belong to the canonical URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedirectsConfig {
    /// The domain, with or without `www`; both are always looked at.
    pub domain: String,
    /// Further hosts, such as `app.example.com`.
    pub hosts: Vec<String>,
    /// The URL where all ways should end, such as `https://www.example.com/`; its host counts.
    pub canonical: Option<String>,
    /// Pages that exist, to be looked at on the domain with and without `www`.
    pub pages: Vec<String>,
    /// Old URLs, each with the URL where it must land.
    pub old_urls: Vec<(String, String)>,
    /// Hosts of APIs and webhooks, whose clients send more than GET: redirects there must keep
    /// method and body.
    pub apis: Vec<String>,
    /// Hosts that are known to have no valid HTTPS, from whoever has looked: `includeSubDomains`
    /// would cut them off.
    pub without_https: Vec<String>,
    /// Whether to look at pages that the home page links to and the sitemap lists, a few of each.
    pub discover: bool,
    /// Whether to ask in ways that look like an attack, though a harmless one: for open redirects
    /// and for headers that can be injected.
    pub intrusive: bool,
    /// Whether to look at home pages over IPv4 and IPv6 apart.
    pub each_family: bool,
    /// The version of HTTP to speak, instead of the best that the server offers.
    pub http: Option<HttpVersion>,
    /// What opens the site before its launch.
    pub credentials: Option<Credentials>,
}

impl RedirectsConfig {
    /// A domain and nothing more.
    #[must_use]
    pub fn new(domain: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            hosts: Vec::new(),
            canonical: None,
            pages: Vec::new(),
            old_urls: Vec::new(),
            apis: Vec::new(),
            without_https: Vec::new(),
            discover: true,
            intrusive: false,
            each_family: false,
            http: None,
            credentials: None,
        }
    }
}
