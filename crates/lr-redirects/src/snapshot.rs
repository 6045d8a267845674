use std::collections::BTreeMap;
use std::net::SocketAddr;

use lr_core::Text;
use lr_net::Failure;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Redirect;

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
    /// What came back, by URL.
    pub exchanges: BTreeMap<String, Exchange>,
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
            exchanges: BTreeMap::new(),
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
}

impl Purpose {
    /// Whether the URL is made up, so that "not found" is a right answer.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        matches!(self, Self::Deep | Self::Query | Self::EscapedSlash)
    }
}

/// What became of one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
    /// The header by which a protection against bots shows that it answered, not the site.
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

    /// Whether the site itself may not have been asked: a bot challenge or a rate limit.
    #[must_use]
    pub fn is_held_off(&self) -> bool {
        self.status == 429 || (self.mitigation.is_some() && matches!(self.status, 403 | 503))
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
