use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Exchange, Snapshot};
use lr_net::FailureReason;

/// The way from one URL to its end, composed from single exchanges.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Chain<'a> {
    /// The URLs in order, each once; the last is where the way ends.
    pub urls: Vec<&'a str>,
    /// How it ends.
    pub ends: Ends,
    /// The place in [`Self::urls`] to which the last URL leads back, in a loop.
    pub back_to: Option<usize>,
}

/// How a chain of redirects ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Ends {
    /// At a page, or at a host that is not of the launch.
    Ok,
    /// Never: it leads back to where it has been.
    Loop,
    /// Not within the redirects that are followed.
    TooMany,
    /// At an error, or at a redirect that leads nowhere.
    Error,
    /// At a port where nobody listens.
    Refused,
    /// Without an answer: a timeout, a reset, a failed TLS handshake, no address.
    Unreachable,
    /// At an address or host that was not contacted because nobody outside should be led there.
    Forbidden,
}

impl Chain<'_> {
    /// Number of redirects.
    #[must_use]
    pub fn redirects(&self) -> usize {
        self.urls.len() - 1 + usize::from(self.ends == Ends::Loop)
    }

    /// The last URL.
    #[must_use]
    pub fn last(&self) -> &str {
        self.urls.last().copied().unwrap_or_default()
    }
}

impl Snapshot {
    /// The way from `url` to its end.
    #[must_use]
    pub fn chain<'a>(&'a self, url: &'a str) -> Chain<'a> {
        let mut urls = vec![url];
        loop {
            let here = urls[urls.len() - 1];
            let Some(to) = self.next(here) else {
                return Chain { ends: self.ends(here), urls, back_to: None };
            };
            if let Some(back) = urls.iter().position(|seen| *seen == to) {
                return Chain { urls, ends: Ends::Loop, back_to: Some(back) };
            }
            if urls.len() > self.max_redirects {
                return Chain { urls, ends: Ends::TooMany, back_to: None };
            }
            urls.push(to);
        }
    }

    /// Where the answer of `url` leads, if that is followed.
    fn next<'a>(&'a self, url: &str) -> Option<&'a str> {
        let to = self.exchanges.get(url)?.answer()?.redirect.as_ref()?.to.as_deref()?;
        self.follows(url, to).then_some(to)
    }

    /// A foreign host is asked once, to know that it answers; from there only a way back is
    /// followed.
    pub(crate) fn follows(&self, from: &str, to: &str) -> bool {
        let own = |url| host_of(url).is_some_and(|host| self.owns(&host));
        own(from) || own(to)
    }

    fn ends(&self, url: &str) -> Ends {
        match self.exchanges.get(url) {
            Some(Exchange::Answer(answer)) => match &answer.redirect {
                Some(redirect) if redirect.to.is_none() => Ends::Error,
                None if !(200..400).contains(&answer.status) => Ends::Error,
                _ => Ends::Ok,
            },
            Some(Exchange::Withheld(_)) => Ends::Forbidden,
            Some(Exchange::Failure(failure)) => match failure.reason {
                FailureReason::Refused => Ends::Refused,
                _ if failure.kind == lr_core::ErrorKind::Forbidden => Ends::Forbidden,
                _ => Ends::Unreachable,
            },
            None => Ends::Unreachable,
        }
    }
}

/// The host of a URL, as it is written there.
pub(crate) fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}
