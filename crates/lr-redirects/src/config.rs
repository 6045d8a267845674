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
        }
    }
}
