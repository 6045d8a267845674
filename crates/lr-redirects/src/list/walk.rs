use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use lr_core::{Context, Text};
use lr_net::{Failure, FailureReason, HttpVersion, Net};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use url::Url;

use super::pace::Pace;
use super::{OldUrl, Seen};
use crate::compare::{self, Fate};
use crate::inspect::{Manner, mitigation, page, redirect};
use crate::location::strip;
use crate::{Credentials, Ends, Error, Purpose, Snapshot, Start};

/// How a list is walked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListConfig {
    /// The URL to which paths belong.
    pub base: String,
    /// Requests that one host gets in a second; as many as it answers if there is no number.
    pub per_second: Option<u32>,
    /// The version of HTTP to speak, instead of the best that the server offers.
    pub http: Option<HttpVersion>,
    /// What opens the site before its launch.
    pub credentials: Option<Credentials>,
}

impl ListConfig {
    /// Paths belong to this URL; its host, and all below its domain, belong to the launch.
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        Self { base: base.into(), per_second: None, http: None, credentials: None }
    }
}

/// Where one old URL has landed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Landing {
    /// The old URL.
    pub from: String,
    /// Where it had to land, if that was told.
    pub expected: Option<String>,
    /// What that amounts to.
    pub verdict: Verdict,
    /// How the way ends.
    pub ends: Ends,
    /// The URLs after the old one.
    pub way: Vec<String>,
    /// The status of each answer.
    pub statuses: Vec<u16>,
    /// Why the way could not be walked on.
    pub error: Option<Text>,
}

impl Landing {
    /// Where it has landed.
    #[must_use]
    pub fn last(&self) -> &str {
        self.way.last().unwrap_or(&self.from)
    }
}

/// What a landing amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// At the right page; or at any, if nobody said at which.
    Landed,
    /// At another page.
    Elsewhere,
    /// At a page that says, with a status of success, that nothing is there.
    SoftNotFound,
    /// At an error, in a loop, or where nobody answers.
    Lost,
    /// It could not be seen: the network's fault, or a protection against bots.
    Unseen,
}

/// How many landed how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// At the right page.
    pub landed: usize,
    /// At another page.
    pub elsewhere: usize,
    /// At a page that says that nothing is there.
    pub soft_not_found: usize,
    /// At an error.
    pub lost: usize,
    /// It could not be seen.
    pub unseen: usize,
    /// Given more than once, or walked in an earlier run.
    pub repeated: usize,
    /// Neither a URL nor a path.
    pub invalid: usize,
}

/// Redirect targets whose answers are remembered.
const REMEMBERED: usize = 4096;
/// Bytes of a page that are read.
const BODY_LIMIT: usize = 64 << 10;
/// The longest pause that a host is granted.
const PAUSE: Duration = Duration::from_secs(30);

/// Walks a list, as many at once as the context allows, and hands out each landing as it is known.
///
/// Memory does not grow with what comes back; for each URL of the list eight bytes are kept in
/// `seen`. It ends early, with what it has, when `cx` is cancelled.
///
/// # Errors
/// If the base is no URL or the network cannot be set up.
pub async fn walk(
    urls: impl IntoIterator<Item = OldUrl>,
    config: &ListConfig,
    seen: &mut Seen,
    cx: &Context,
    mut landed: impl FnMut(&Landing),
) -> Result<Tally, Error> {
    let base = Url::parse(&config.base).map_err(|_| Error::NotAUrl(config.base.clone()))?;
    let host = base.host_str().ok_or_else(|| Error::NotAHost(config.base.clone()))?;
    let net = Net::of(cx)?;
    let mut snapshot = Snapshot::new(host);
    snapshot.max_redirects = cx.limits().redirects;
    // Its port is meant, whichever it is.
    snapshot.starts.push(Start { url: base.as_str().into(), purpose: Purpose::Home });
    let walker = Walker {
        net: &net,
        manner: Manner::new(config.credentials.clone(), config.http),
        snapshot,
        pace: Pace::new(config.per_second),
        targets: Mutex::default(),
    };
    let mut tally = Tally::default();
    let (mut repeated, mut invalid) = (0, 0);
    let urls = urls.into_iter().take_while(|_| cx.checkpoint().is_ok()).filter_map(|old| {
        let read = |text: &str| {
            let mut url = base.join(text).ok()?;
            strip(&mut url);
            matches!(url.scheme(), "http" | "https").then_some(url)
        };
        let (from, to) = (read(&old.from), old.to.as_deref().map(read));
        let (Some(from), None | Some(Some(_))) = (from, &to) else {
            invalid += 1;
            return None;
        };
        let to = to.flatten().map(String::from);
        if !seen.add(from.as_str(), to.as_deref()) {
            repeated += 1;
            return None;
        }
        Some((from, to))
    });
    let at_once = cx.limits().concurrency.max(1);
    let mut walking =
        stream::iter(urls).map(|(from, to)| walker.walk(from, to)).buffer_unordered(at_once);
    while let Some(landing) = walking.next().await {
        match landing.verdict {
            Verdict::Landed => tally.landed += 1,
            Verdict::Elsewhere => tally.elsewhere += 1,
            Verdict::SoftNotFound => tally.soft_not_found += 1,
            Verdict::Lost => tally.lost += 1,
            Verdict::Unseen => tally.unseen += 1,
        }
        landed(&landing);
    }
    drop(walking);
    (tally.repeated, tally.invalid) = (repeated, invalid);
    Ok(tally)
}

struct Walker<'a> {
    net: &'a Net,
    manner: Manner,
    snapshot: Snapshot,
    pace: Pace,
    targets: Mutex<HashMap<Url, Arc<OnceCell<Step>>>>,
}

/// What one URL answers, as far as a list is concerned.
#[derive(Clone)]
enum Step {
    Leads { status: u16, to: Url },
    Ends { status: u16, soft: bool, held_off: bool },
    Broken { status: u16 },
    Withheld(String),
    Failed(Failure),
}

impl Walker<'_> {
    async fn walk(&self, from: Url, expected: Option<String>) -> Landing {
        let mut landing = Landing {
            from: from.as_str().into(),
            expected,
            verdict: Verdict::Unseen,
            ends: Ends::Unreachable,
            way: Vec::new(),
            statuses: Vec::new(),
            error: None,
        };
        let mut here = from;
        loop {
            // The list names each URL once, but many lead to the same.
            let step = match landing.way.is_empty() {
                true => self.ask(&here).await,
                false => self.remembered(&here).await,
            };
            let to = match step {
                Step::Leads { status, to } => {
                    landing.statuses.push(status);
                    to
                }
                step => {
                    self.end(&mut landing, step);
                    return landing;
                }
            };
            let known =
                to.as_str() == landing.from || landing.way.iter().any(|url| url == to.as_str());
            if known || landing.way.len() >= self.snapshot.max_redirects {
                landing.ends = if known { Ends::Loop } else { Ends::TooMany };
                landing.verdict = Verdict::Lost;
                return landing;
            }
            landing.way.push(to.as_str().into());
            here = to;
        }
    }

    fn end(&self, landing: &mut Landing, step: Step) {
        (landing.ends, landing.verdict) = match step {
            Step::Ends { status, soft, held_off } => {
                landing.statuses.push(status);
                match status {
                    _ if held_off => (Ends::Error, Verdict::Unseen),
                    200..400 if soft => (Ends::Ok, Verdict::SoftNotFound),
                    200..400 if arrives(landing) => (Ends::Ok, Verdict::Landed),
                    200..400 => (Ends::Ok, Verdict::Elsewhere),
                    _ => (Ends::Error, Verdict::Lost),
                }
            }
            Step::Broken { status } | Step::Leads { status, .. } => {
                landing.statuses.push(status);
                landing.error = Some("the redirect names no valid target".into());
                (Ends::Error, Verdict::Lost)
            }
            Step::Withheld(why) => {
                landing.error = Some(why.into());
                (Ends::Forbidden, Verdict::Lost)
            }
            Step::Failed(failure) => {
                landing.error = Some(failure.message.clone());
                let gone =
                    matches!(failure.reason, FailureReason::Refused | FailureReason::NoSuchName);
                match failure.reason {
                    // A redirect to where nobody is, is a fault of the redirect.
                    _ if gone && !landing.way.is_empty() => (Ends::Refused, Verdict::Lost),
                    FailureReason::Refused => (Ends::Refused, Verdict::Unseen),
                    _ => (Ends::Unreachable, Verdict::Unseen),
                }
            }
        };
    }

    async fn remembered(&self, url: &Url) -> Step {
        let cell = {
            let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
            if targets.len() >= REMEMBERED && !targets.contains_key(url) {
                targets.clear();
            }
            Arc::clone(targets.entry(url.clone()).or_default())
        };
        cell.get_or_init(|| self.ask(url)).await.clone()
    }

    async fn ask(&self, url: &Url) -> Step {
        if let Some(internal) = self.snapshot.internal(url) {
            return Step::Withheld(format!("{url} leads to {internal}"));
        }
        let host = url.host_str().unwrap_or_default();
        let mut request = self.manner.request(&self.snapshot, url.clone());
        request.body_limit = BODY_LIMIT;
        let mut tries = 0;
        loop {
            let Some(wait) = self.pace.turn(host) else {
                return Step::Failed(lr_net::Error::Timeout(host.to_owned()).into());
            };
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            let exchange = match self.net.fetch(&request).await {
                Ok(exchange) => exchange,
                Err(error) => {
                    self.pace.learn(host, false);
                    return Step::Failed(error.into());
                }
            };
            self.pace.learn(host, true);
            tries += 1;
            if let (1, Some(pause)) = (tries, asked_to_wait(&exchange)) {
                self.pace.pause(host, pause.min(PAUSE));
                continue;
            }
            return step(&exchange);
        }
    }
}

fn step(exchange: &lr_net::Exchange) -> Step {
    let status = exchange.status;
    match redirect(exchange) {
        Some(redirect) => match redirect.to.and_then(|to| Url::parse(&to).ok()) {
            Some(to) => Step::Leads { status, to },
            None => Step::Broken { status },
        },
        None => {
            let page = page(exchange);
            let soft = status == 200 && page.as_ref().is_some_and(|page| page.says_not_found());
            let held_off = status == 429 || mitigation(exchange, page.as_deref()).is_some();
            Step::Ends { status, soft, held_off }
        }
    }
}

/// How long a server wants to be left alone (RFC 9110, section 10.2.3), in seconds only.
fn asked_to_wait(exchange: &lr_net::Exchange) -> Option<Duration> {
    if !matches!(exchange.status, 429 | 503) {
        return None;
    }
    let value = exchange.header("retry-after").next()?;
    std::str::from_utf8(value).ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Whether the way ends at the expected URL, or passes it and then only changes scheme or host.
fn arrives(landing: &Landing) -> bool {
    let Some(expected) = &landing.expected else { return true };
    let all = std::iter::once(&landing.from).chain(&landing.way);
    let after: Vec<_> = all.skip_while(|url| *url != expected).collect();
    !after.is_empty()
        && after.windows(2).all(|pair| match (Url::parse(pair[0]), Url::parse(pair[1])) {
            (Ok(from), Ok(to)) => {
                from.path() == to.path()
                    && compare::query(from.query(), to.query()) == Fate::Kept
                    && from.origin() != to.origin()
            }
            _ => false,
        })
}
