use std::net::SocketAddr;

use lr_core::Text;
use serde::{Deserialize, Serialize};

use crate::preload::{self, Issues};
use crate::{Answer, Cookie, Ends, Exchange, Hsts, Purpose, Snapshot, Start};

/// The redirect matrix, for people and scripts: the check's data in a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// The host where visitors end up, if it is configured or all ways in agree.
    pub canonical: Option<String>,
    /// Why that one, or why none.
    #[serde(default)]
    pub canonical_because: Text,
    /// What speaks against it: home pages that end elsewhere.
    #[serde(default)]
    pub contradictions: Vec<Text>,
    /// A row for each way in.
    pub matrix: Vec<Row>,
    /// HSTS of each host of the launch that answers over HTTPS.
    pub hsts: Vec<HstsRow>,
    /// What keeps the domain from the browsers' preload list.
    #[serde(default)]
    pub preload: Issues,
}

/// One way in and where it leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Row {
    /// What it is for, such as `home`, `deep` or `old`.
    #[serde(default)]
    pub purpose: String,
    /// The URL it begins with.
    pub start: String,
    /// Every URL on the way, the last included.
    pub hops: Vec<HopRow>,
    /// How it ends.
    pub ends: Ends,
    /// The last URL.
    pub final_url: String,
    /// Status of the last URL.
    pub final_status: Option<u16>,
}

/// One exchange on a way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HopRow {
    /// The URL that was asked for.
    pub url: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// `Location` as it was sent.
    pub location: Option<Text>,
    /// Where that leads (WHATWG URL standard).
    #[serde(default)]
    pub to: Option<Text>,
    /// Headers `Strict-Transport-Security`, as they were sent.
    #[serde(default)]
    pub hsts: Vec<Text>,
    /// Cookies that are set, without their values.
    #[serde(default)]
    pub cookies: Vec<Cookie>,
    /// Headers for caches.
    #[serde(default)]
    pub cache: Vec<(String, Text)>,
    /// The peer's address as the world sees it.
    pub remote: Option<SocketAddr>,
    /// Whether it went over TLS.
    pub tls: bool,
    /// `1` or `2`: HTTP/1.x or HTTP/2.
    pub http: Option<u8>,
    /// Time for the exchange, in milliseconds.
    pub elapsed_ms: Option<u64>,
    /// Why there is no answer.
    pub error: Option<Text>,
}

/// HSTS of one host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HstsRow {
    /// The host.
    pub host: String,
    /// The first header, as it was sent.
    pub header: Option<Text>,
    /// Seconds, if browsers accept the header.
    pub max_age: Option<u64>,
    /// Whether it covers the names below.
    pub include_subdomains: bool,
    /// Whether it asks for the preload list.
    pub preload: bool,
}

impl Summary {
    /// Sums a snapshot up.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let canonical = crate::judge::canonical_host(snapshot);
        let (because, contradictions) = crate::judge::canonical_evidence(snapshot);
        let ways = snapshot.starts.iter().filter(|start| start.purpose != Purpose::Document);
        Self {
            canonical,
            canonical_because: because.into(),
            contradictions: contradictions.into_iter().map(Text::from).collect(),
            matrix: ways.map(|start| row(snapshot, start)).collect(),
            preload: preload::site(snapshot),
            hsts: snapshot.hosts.iter().filter_map(|host| hsts_row(snapshot, host)).collect(),
        }
    }
}

fn row(snapshot: &Snapshot, start: &Start) -> Row {
    let chain = snapshot.chain(&start.url);
    let hops: Vec<_> = chain.urls.iter().map(|url| hop(snapshot, url)).collect();
    Row {
        purpose: start.purpose.name().into(),
        start: start.url.clone(),
        ends: chain.ends,
        final_url: chain.last().into(),
        final_status: hops.last().and_then(|hop| hop.status),
        hops,
    }
}

fn hop(snapshot: &Snapshot, url: &str) -> HopRow {
    let exchange = snapshot.exchanges.get(url);
    let answer = exchange.and_then(Exchange::answer);
    let redirect = answer.and_then(|answer| answer.redirect.as_ref());
    HopRow {
        url: url.into(),
        status: answer.map(|answer| answer.status),
        location: redirect.and_then(|redirect| Some(redirect.location.as_deref()?.into())),
        to: redirect.and_then(|redirect| Some(redirect.to.as_deref()?.into())),
        hsts: answer.iter().flat_map(|a| &a.hsts).map(|value| value.as_str().into()).collect(),
        cookies: answer.map(|answer| answer.cookies.clone()).unwrap_or_default(),
        cache: answer.map(|answer| answer.cache.clone()).unwrap_or_default(),
        remote: answer.and_then(|answer| answer.remote),
        tls: url.starts_with("https:"),
        http: answer.map(|answer| answer.http),
        elapsed_ms: answer.map(|answer| answer.elapsed_ms),
        error: match exchange {
            Some(Exchange::Answer(_)) => None,
            Some(Exchange::Failure(failure)) => Some(failure.message.clone()),
            Some(Exchange::Withheld(why)) => Some(why.clone()),
            None => Some("not asked".into()),
        },
    }
}

fn hsts_row(snapshot: &Snapshot, host: &str) -> Option<HstsRow> {
    let base = format!("https://{host}/");
    let answered = |(url, exchange): (&String, &Exchange)| {
        url.starts_with(&base) && exchange.answer().is_some()
    };
    snapshot.exchanges.iter().find(|seen| answered(*seen))?;
    let header = hsts_answer(snapshot, host).map(|(_, answer)| answer.hsts[0].as_str());
    let hsts = header.and_then(|header| Hsts::parse(header).ok());
    Some(HstsRow {
        host: host.into(),
        header: header.map(Into::into),
        max_age: hsts.map(|hsts| hsts.max_age),
        include_subdomains: hsts.is_some_and(|hsts| hsts.include_subdomains),
        preload: hsts.is_some_and(|hsts| hsts.preload),
    })
}

/// The answer whose HSTS counts for `host`: its home page's, else that of any URL that sends it. A
/// browser keeps what it saw last, and the home page is what it sees most.
pub(crate) fn hsts_answer<'a>(snapshot: &'a Snapshot, host: &str) -> Option<(&'a str, &'a Answer)> {
    let base = format!("https://{host}/");
    let seen = snapshot.exchanges.iter().filter(|(url, _)| url.starts_with(&base));
    seen.filter_map(|(url, exchange)| Some((url.as_str(), exchange.answer()?)))
        .filter(|(_, answer)| !answer.hsts.is_empty())
        .min_by_key(|(url, _)| (*url != base, *url))
}
