use std::collections::BTreeMap;
use std::net::SocketAddr;

use lr_core::Text;
use lr_net::Failure;
use serde::{Deserialize, Serialize};
use url::Url;

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

/// Where an answer leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Redirect {
    /// `Location` as it was sent, byte for character; credentials taken out.
    pub location: Option<String>,
    /// Where it leads (WHATWG URL standard), without fragment and credentials.
    pub to: Option<String>,
    /// Why it leads nowhere.
    pub problem: Option<LocationProblem>,
}

/// Why a `Location` leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LocationProblem {
    /// There is none.
    Missing,
    /// There are several, and they differ.
    Conflicting,
    /// It is longer than 8 KiB.
    TooLong,
    /// It is no URL.
    Invalid,
    /// It is a URL, but not one of http or https.
    Scheme,
}

const LOCATION_LIMIT: usize = 8 << 10;

impl Redirect {
    /// Reads the values of `Location` that came from `base`.
    #[must_use]
    pub(crate) fn read(base: &Url, values: &[&[u8]]) -> Self {
        let nowhere =
            |location: Option<String>, problem| Self { location, to: None, problem: Some(problem) };
        let Some(&value) = values.first() else { return nowhere(None, LocationProblem::Missing) };
        let bounded = &value[..value.len().min(LOCATION_LIMIT)];
        let mut location = isomorphic(bounded);
        if value.len() > LOCATION_LIMIT {
            location.truncate(location.floor_char_boundary(256));
            return nowhere(Some(location), LocationProblem::TooLong);
        }
        // Browsers read the bytes as UTF-8 where they are.
        let text = String::from_utf8_lossy(value);
        let Ok(mut to) = base.join(&text) else {
            return nowhere(Some(location), LocationProblem::Invalid);
        };
        if strip(&mut to) {
            location = to.as_str().into();
        }
        if values.iter().any(|other| *other != value) {
            return nowhere(Some(location), LocationProblem::Conflicting);
        }
        match to.scheme() {
            "http" | "https" => {
                Self { location: Some(location), to: Some(to.into()), problem: None }
            }
            _ => nowhere(Some(location), LocationProblem::Scheme),
        }
    }
}

/// Removes what is not sent to a server; whether there were credentials.
pub(crate) fn strip(url: &mut Url) -> bool {
    url.set_fragment(None);
    let secret = !url.username().is_empty() || url.password().is_some();
    // These fail only for URLs that cannot have credentials in the first place.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    secret
}

/// Each byte as the character of that number: reversible, whatever the bytes are.
pub(crate) fn isomorphic(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(location: &[u8]) -> Redirect {
        Redirect::read(&Url::parse("https://shop.test/a/b?c").unwrap(), &[location])
    }

    #[test]
    fn locations_resolve_as_in_browsers() {
        for (location, to) in [
            ("/x", "https://shop.test/x"),
            ("x", "https://shop.test/a/x"),
            ("//other.test/x", "https://other.test/x"),
            ("http:///shop.test/x#part", "http://shop.test/x"),
            ("?d", "https://shop.test/a/b?d"),
            ("http://0x7f000001/", "http://127.0.0.1/"),
            ("https://b\u{fc}cher.test/", "https://xn--bcher-kva.test/"),
            ("", "https://shop.test/a/b?c"),
        ] {
            assert_eq!(read(location.as_bytes()).to.as_deref(), Some(to), "{location}");
        }
    }

    #[test]
    fn locations_that_lead_nowhere_say_why() {
        assert_eq!(read(b"https://").problem, Some(LocationProblem::Invalid));
        assert_eq!(read(b"javascript:alert(1)").problem, Some(LocationProblem::Scheme));
        assert_eq!(read(&[b'/'; 9000]).problem, Some(LocationProblem::TooLong));
        let base = Url::parse("https://shop.test/").unwrap();
        assert_eq!(Redirect::read(&base, &[]).problem, Some(LocationProblem::Missing));
        let two = Redirect::read(&base, &[b"/a", b"/b"]);
        assert_eq!(two.problem, Some(LocationProblem::Conflicting));
        assert_eq!(Redirect::read(&base, &[b"/a", b"/a"]).problem, None);
    }

    #[test]
    fn credentials_are_not_kept() {
        let seen = read(b"https://user:hunter2@shop.test/x");
        assert_eq!(seen.location.as_deref(), Some("https://shop.test/x"));
        assert_eq!(seen.to.as_deref(), Some("https://shop.test/x"));
    }
}
