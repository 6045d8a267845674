//! Whether a secret works: asked of its provider, when and only when the caller wants it.
//!
//! Nothing here opens a connection. [`request`] says what would have to be asked, [`read`] what an
//! answer means, and [`check`] does both for what a scan of a tree found, through a [`Client`] of the
//! caller's. The requests change nothing at the provider; but they do send the secret to its issuer,
//! and they show in its logs. Providers are those of [`formats`]; keys that work in pairs, such as those
//! of AWS, are not among them.
//!
//! ```
//! use lr_secrets::liveness::{Answer, Liveness, read, request};
//!
//! let token = ["npm", "_", "made-up"].concat();
//! let ask = request("npm-token", token.as_bytes()).unwrap();
//! assert_eq!(ask.url, "https://registry.npmjs.org/-/whoami");
//! // Not even for debugging is the secret shown.
//! assert!(!format!("{ask:?}").contains("made-up"));
//!
//! assert_eq!(read("npm-token", &Answer::new(200, "{}")), Liveness::Live);
//! assert_eq!(read("npm-token", &Answer::new(401, "")), Liveness::Revoked);
//! assert_eq!(read("npm-token", &Answer::new(503, "")), Liveness::Unknown);
//! ```

mod ask;
mod providers;

use std::fmt;

use lr_core::async_trait;
use serde::{Deserialize, Serialize};

pub use ask::{check, check_bytes};
pub use providers::{formats, read, request};

/// Whether a secret works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Liveness {
    /// Its provider takes it.
    Live,
    /// Its provider does not know it, or not any more.
    Revoked,
    /// The provider could not be asked, or its answer tells neither.
    Unknown,
}

/// What to ask a provider. It holds the secret, and `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `GET` or `POST`; the body is empty.
    pub method: &'static str,
    /// Without the secret.
    pub url: &'static str,
    /// Names and values, of which one is or holds the secret.
    pub headers: Vec<(&'static str, String)>,
}

/// What a provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body; its first 64 KiB are enough.
    pub body: String,
}

impl Answer {
    /// An answer.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, body: body.into() }
    }
}

/// How requests are sent. It should follow no redirect, ask nobody but the host of the URL, give up
/// after some seconds, and write nothing of the request to any log.
#[async_trait]
pub trait Client: Send + Sync {
    /// Sends one request; `None` if no answer came.
    async fn send(&self, request: Request) -> Option<Answer>;
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}
