use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use lr_core::{Text, Timestamp};
use lr_net::Failure;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Cookie, Page, Redirect, Sitemap};

/// What was seen: where the ways in begin, and one exchange for each URL on them.
///
/// Chains are not stored. They are composed from the exchanges by [`Snapshot::chain`], so each URL
/// is asked for once, however many chains lead through it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// The domain without `www`.
    pub domain: String,
    /// All hosts that belong to the launch: the domain, its `www`, and those configured.
    pub hosts: Vec<String>,
    /// The URL where all ways should end, as configured.
    pub canonical: Option<String>,
    /// Redirects that were followed in one chain at most.
    pub max_redirects: usize,
    /// Where the ways in begin.
    pub starts: Vec<Start>,
    /// Starts whose way is a loop without cookies, but ends when cookies are sent back.
    pub needs_cookies: BTreeSet<String>,
    /// Starts whose way ends without cookies, but is a loop for those who send them back.
    #[serde(default)]
    pub loops_with_cookies: BTreeSet<String>,
    /// What came back, by URL.
    pub exchanges: BTreeMap<String, Exchange>,
    /// Hosts of APIs and webhooks.
    #[serde(default)]
    pub apis: Vec<String>,
    /// Hosts that are known to have no valid HTTPS.
    #[serde(default)]
    pub without_https: Vec<String>,
    /// What came back from home pages over IPv4 and IPv6 apart, if that was asked for.
    #[serde(default)]
    pub families: Vec<Families>,
}

/// A home page over both families of addresses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Families {
    /// The URL that was asked for.
    pub url: String,
    /// What came back over IPv4.
    pub v4: Exchange,
    /// What came back over IPv6.
    pub v6: Exchange,
}

impl Snapshot {
    /// An empty snapshot of `domain` and its `www`, to be filled by hand.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        let apex = domain.strip_prefix("www.").unwrap_or(domain);
        Self {
            domain: apex.into(),
            hosts: vec![apex.into(), format!("www.{apex}")],
            canonical: None,
            max_redirects: 10,
            starts: Vec::new(),
            needs_cookies: BTreeSet::new(),
            loops_with_cookies: BTreeSet::new(),
            exchanges: BTreeMap::new(),
            apis: Vec::new(),
            without_https: Vec::new(),
            families: Vec::new(),
        }
    }

    /// Adds a way in.
    #[must_use]
    pub fn start(mut self, url: &str, purpose: Purpose) -> Self {
        self.starts.push(Start { url: url.into(), purpose });
        self
    }

    /// Adds what came back from `url`.
    #[must_use]
    pub fn saw(mut self, url: &str, exchange: impl Into<Exchange>) -> Self {
        self.exchanges.insert(url.into(), exchange.into());
        self
    }

    /// Adds what came back from a home page over each family of addresses.
    #[must_use]
    pub fn saw_apart(
        mut self,
        url: &str,
        v4: impl Into<Exchange>,
        v6: impl Into<Exchange>,
    ) -> Self {
        self.families.push(Families { url: url.into(), v4: v4.into(), v6: v6.into() });
        self
    }

    /// Whether `host` belongs to the launch.
    #[must_use]
    pub fn owns(&self, host: &str) -> bool {
        let below = |domain: &str| host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'));
        self.hosts.iter().any(|own| own == host) || below(&self.domain)
    }
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Start {
    /// The URL to begin with.
    pub url: String,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a way in is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Purpose {
    /// The home page of a host.
    Home,
    /// A page that exists, by configuration.
    Page,
    /// A deep path that need not exist: does a redirect keep it?
    Deep,
    /// A path and a query with escaped characters that need not exist.
    Query,
    /// A path with an escaped slash, which many servers refuse.
    EscapedSlash,
    /// An old URL that must land at another one.
    Old {
        /// Where it must land.
        to: String,
    },
    /// A page that the home page links to.
    Linked,
    /// A page that the sitemap lists.
    Listed,
    /// `robots.txt` or a sitemap.
    Document,
    /// A page's URL in other letters, upper for lower case.
    Case {
        /// The page.
        of: String,
    },
    /// A page's URL with a slash at its end, or without the one that it has.
    Slash {
        /// The page.
        of: String,
    },
    /// A path with an escaped line break and a header after it.
    Injection,
    /// A page with parameters that many an application redirects to.
    OpenRedirect,
}

impl Purpose {
    /// One word for it, as in the JSON of a snapshot.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Page => "page",
            Self::Deep => "deep",
            Self::Query => "query",
            Self::EscapedSlash => "escaped-slash",
            Self::Old { .. } => "old",
            Self::Linked => "linked",
            Self::Listed => "listed",
            Self::Document => "document",
            Self::Case { .. } => "case",
            Self::Slash { .. } => "slash",
            Self::Injection => "injection",
            Self::OpenRedirect => "open-redirect",
        }
    }

    /// Whether the URL is made up, so that "not found" is a right answer.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        matches!(
            self,
            Self::Deep | Self::Query | Self::EscapedSlash | Self::Injection | Self::OpenRedirect
        )
    }
}

/// What became of one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "nearly all are answers")]
pub enum Exchange {
    /// An answer.
    Answer(Answer),
    /// No answer, and why.
    Failure(Failure),
    /// Not asked, because the URL should never be reached from outside.
    Withheld(Text),
}

impl Exchange {
    /// The answer, if there is one.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            _ => None,
        }
    }
}

/// An answer, as far as redirects are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// `1` or `2`: HTTP/1.x or HTTP/2.
    pub http: u8,
    /// The peer's address as the world sees it.
    pub remote: Option<SocketAddr>,
    /// Time for the whole exchange, in milliseconds.
    pub elapsed_ms: u64,
    /// The redirect, if the status is one that browsers follow.
    pub redirect: Option<Redirect>,
    /// Values of `Strict-Transport-Security`, byte for character, in order.
    pub hsts: Vec<String>,
    /// The URL that the page itself calls canonical (RFC 6596).
    pub canonical: Option<String>,
    /// Whether it sets a cookie.
    pub sets_cookie: bool,
    /// The cookies that it sets; never their values.
    #[serde(default)]
    pub cookies: Vec<Cookie>,
    /// Headers that tell caches what to do, and what they did.
    #[serde(default)]
    pub cache: Vec<(String, Text)>,
    /// Whether a header came back that was asked for by an escaped line break.
    #[serde(default)]
    pub injected: bool,
    /// What the page says, if it is HTML.
    #[serde(default)]
    pub page: Option<Box<Page>>,
    /// What a sitemap or `robots.txt` lists.
    #[serde(default)]
    pub sitemap: Option<Sitemap>,
    /// The header or title by which a protection against bots shows that it answered, and not the
    /// site.
    pub mitigation: Option<Text>,
}

impl Answer {
    /// An answer without anything special.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            http: 1,
            remote: None,
            elapsed_ms: 0,
            redirect: None,
            hsts: Vec::new(),
            canonical: None,
            sets_cookie: false,
            cookies: Vec::new(),
            cache: Vec::new(),
            injected: false,
            page: None,
            sitemap: None,
            mitigation: None,
        }
    }

    /// A redirect from `url` with one `Location`.
    #[must_use]
    pub fn redirect(url: &str, status: u16, location: &str) -> Self {
        let base = Url::parse(url).ok();
        let redirect = base.map(|base| Redirect::read(&base, &[location.as_bytes()]));
        Self { redirect, ..Self::status(status) }
    }

    /// The same with a header `Strict-Transport-Security`.
    #[must_use]
    pub fn with_hsts(mut self, value: &str) -> Self {
        self.hsts.push(value.into());
        self
    }

    /// The same with a header `Set-Cookie`, read as in 1970.
    #[must_use]
    pub fn with_cookie(mut self, value: &str) -> Self {
        self.sets_cookie = true;
        self.cookies.extend(Cookie::read(value, Timestamp::from_unix(0)));
        self
    }

    /// The same with an HTML page, which came from `url`.
    #[must_use]
    pub fn with_page(mut self, url: &str, html: &str) -> Self {
        self.page = Url::parse(url).ok().map(|url| Page::read(&url, html.as_bytes()).into());
        if let Some(page) = &self.page {
            self.canonical = self.canonical.or_else(|| page.canonical.first().cloned());
        }
        self
    }

    /// The same with the text of a sitemap.
    #[must_use]
    pub fn with_sitemap(mut self, xml: &str) -> Self {
        self.sitemap = Sitemap::read(xml);
        self
    }

    /// Whether the site itself may not have been asked: a bot challenge or a rate limit.
    #[must_use]
    pub fn is_held_off(&self) -> bool {
        self.status == 429 || self.mitigation.is_some()
    }
}

impl From<Answer> for Exchange {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Failure> for Exchange {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}
