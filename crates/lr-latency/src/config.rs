use std::fmt;
use std::time::Duration;

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
    /// Request method; one without side effects unless the owner agrees.
    pub method: String,
    /// Header fields beside Host, User-Agent, Accept and Accept-Encoding. Their values are never
    /// shown or kept.
    pub headers: Vec<(String, String)>,
    /// Body to send. Never shown or kept.
    pub body: Vec<u8>,
    /// 95 % of the requests must be answered within so many milliseconds.
    pub budget_ms: u64,
    /// Status codes that count as success; empty for any 2xx or 3xx. Redirects are not followed.
    pub expected: Vec<u16>,
}

impl Endpoint {
    /// A GET with a budget of 500 ms, answered by any 2xx or 3xx.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            method: "GET".into(),
            headers: Vec::new(),
            body: Vec::new(),
            budget_ms: 500,
            expected: Vec::new(),
        }
    }

    /// Another budget for the 95th percentile, in milliseconds.
    #[must_use]
    pub fn budget_ms(self, budget_ms: u64) -> Self {
        Self { budget_ms, ..self }
    }

    /// Another method.
    #[must_use]
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
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
            .finish()
    }
}

/// How many requests go to each endpoint, for how long, and how many at once.
///
/// Endpoints of one origin are measured one after another, so that they do not slow down each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sampling {
    /// Requests to each endpoint. 59 is the least that can show a 95th percentile within its budget.
    pub requests: u64,
    /// No request starts later than this after the first one to an endpoint.
    pub duration: Duration,
    /// Requests in flight to one endpoint, each on a connection of its own; at most 20.
    pub concurrency: usize,
    /// Requests that start in a second at most. Time that was lost is not made up for by a burst.
    pub per_second: u32,
}

impl Sampling {
    /// Most requests in flight at once, over all endpoints.
    pub const MAX_IN_FLIGHT: usize = 20;

    /// Another number of requests to each endpoint.
    #[must_use]
    pub fn requests(self, requests: u64) -> Self {
        Self { requests, ..self }
    }

    /// Another duration.
    #[must_use]
    pub fn duration(self, duration: Duration) -> Self {
        Self { duration, ..self }
    }

    /// Another number of requests in a second at most.
    #[must_use]
    pub fn per_second(self, per_second: u32) -> Self {
        Self { per_second, ..self }
    }

    /// Another number of requests in flight; more than 20 become 20.
    #[must_use]
    pub fn concurrency(self, concurrency: usize) -> Self {
        Self { concurrency, ..self }
    }
}

impl Default for Sampling {
    /// 60 requests within 8 s, 4 at once, 50 in a second: time enough to judge an endpoint that takes
    /// half a second.
    fn default() -> Self {
        Self { requests: 60, duration: Duration::from_secs(8), concurrency: 4, per_second: 50 }
    }
}
