use std::fmt;

use crate::Sampling;
use crate::snapshot::shown_url;

/// What is measured, and how hard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LatencyConfig {
    /// The endpoints.
    pub endpoints: Vec<Endpoint>,
    /// How many requests, how long, how many at once.
    pub sampling: Sampling,
}

impl LatencyConfig {
    /// These endpoints under the default sampling.
    pub fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        Self { endpoints: endpoints.into_iter().collect(), sampling: Sampling::default() }
    }

    /// Another sampling.
    #[must_use]
    pub fn sampling(self, sampling: Sampling) -> Self {
        Self { sampling, ..self }
    }
}

/// One endpoint and what is expected of it.
///
/// ```
/// use lr_latency::Endpoint;
///
/// let endpoint = Endpoint::new("https://api.example.com/v1/orders?limit=20")
///     .budget_ms(300)
///     .header("authorization", "Bearer from-the-environment");
/// assert!(!format!("{endpoint:?}").contains("from-the-environment"));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// Absolute `http` or `https` URL. Credentials in it are not sent.
    pub url: String,
    /// Request method.
    pub method: String,
    /// Whether the owner agrees to requests that may change something, hundreds of them. Without
    /// it only safe methods (RFC 9110, section 9.2.1) are sent.
    pub may_change: bool,
    /// Header fields beside Host, User-Agent, Accept and Accept-Encoding. Their values are never
    /// shown or kept.
    pub headers: Vec<(String, String)>,
    /// Body to send. Never shown or kept.
    pub body: Vec<u8>,
    /// 95 % of the requests must be answered within so many milliseconds.
    pub budget_ms: u64,
    /// Status codes that count as success; empty for any 2xx or 3xx. Redirects are not followed.
    pub expected: Vec<u16>,
    /// Text that the body must contain. The answer is then asked for without compression.
    pub contains: Option<String>,
}

/// What kind of work an endpoint does, which says how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Read from a cache: a page, an asset.
    CachedRead,
    /// Read from the database.
    Read,
    /// Written to the database.
    Write,
    /// Heavy work: a search, a report, a payment.
    Heavy,
}

impl Kind {
    /// The budget of a launch for the 95th percentile, in milliseconds.
    #[must_use]
    pub fn budget_ms(self) -> u64 {
        match self {
            Self::CachedRead => 300,
            Self::Read => 500,
            Self::Write => 800,
            Self::Heavy => 1500,
        }
    }
}

impl Endpoint {
    /// A GET with a budget of 500 ms, answered by any 2xx or 3xx.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            method: "GET".into(),
            may_change: false,
            headers: Vec::new(),
            body: Vec::new(),
            budget_ms: Kind::Read.budget_ms(),
            expected: Vec::new(),
            contains: None,
        }
    }

    /// The budget of a kind of work.
    #[must_use]
    pub fn kind(self, kind: Kind) -> Self {
        self.budget_ms(kind.budget_ms())
    }

    /// Another budget for the 95th percentile, in milliseconds.
    #[must_use]
    pub fn budget_ms(self, budget_ms: u64) -> Self {
        Self { budget_ms, ..self }
    }

    /// Another method. One that may change something also needs [`Self::may_change`].
    #[must_use]
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// The owner agrees to requests that may change something.
    #[must_use]
    pub fn may_change(self) -> Self {
        Self { may_change: true, ..self }
    }

    /// One more header field.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A body to send.
    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// One more status code that counts as success, instead of any 2xx or 3xx.
    #[must_use]
    pub fn expect_status(mut self, status: u16) -> Self {
        self.expected.push(status);
        self
    }

    /// A text that the body must contain.
    #[must_use]
    pub fn contains(self, text: impl Into<String>) -> Self {
        Self { contains: Some(text.into()), ..self }
    }

    pub(crate) fn is_expected(&self, status: u16) -> bool {
        match self.expected.is_empty() {
            true => (200..400).contains(&status),
            false => self.expected.contains(&status),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Endpoint")
            .field("url", &shown_url(&self.url))
            .field("method", &self.method)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .field("budget_ms", &self.budget_ms)
            .field("expected", &self.expected)
            .field("contains", &self.contains)
            .finish()
    }
}
