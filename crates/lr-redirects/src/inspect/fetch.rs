//! One exchange for each URL, shared by all chains that lead through it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lr_core::{ErrorKind, Text, Timestamp};
use lr_net::{Failure, FailureReason, HttpVersion, Net, Request};
use tokio::sync::{OnceCell, Semaphore};
use url::{Origin, Url};

use super::canonical_link::in_link_header;
use super::mitigation::mitigation;
use crate::client::{ClientMeans, ClientRedirect, refresh};
use crate::location::{isomorphic, strip};
use crate::{Answer, Cookie, Credentials, Exchange, Page, Redirect, Sitemap, Snapshot, Start};

/// Bytes of a body that are read, so that its connection can be used again.
pub(super) const BODY_LIMIT: usize = 64 << 10;
/// Values of HSTS that are kept, and bytes of each.
const HSTS_LIMIT: (usize, usize) = (4, 1 << 10);

/// Bytes of a sitemap that are read.
const SITEMAP_LIMIT: usize = 2 << 20;
/// Cookies and headers for caches that are kept.
const KEPT: usize = 16;

/// How requests are made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    credentials: Option<Credentials>,
    http: Option<HttpVersion>,
}

impl Manner {
    pub(crate) fn new(credentials: Option<Credentials>, http: Option<HttpVersion>) -> Self {
        Self { credentials, http }
    }

    pub(crate) fn request(&self, snapshot: &Snapshot, url: Url) -> Request {
        let own = url.host_str().is_some_and(|host| snapshot.owns(host));
        let is_document = matches!(url.path(), "/robots.txt") || url.path().ends_with(".xml");
        let credentials = self.credentials.as_ref().filter(|_| own && url.scheme() == "https");
        let mut request = Request::get(url);
        request.body_limit = if is_document { SITEMAP_LIMIT } else { BODY_LIMIT };
        request.version = self.http;
        if let Some(credentials) = credentials {
            request.headers.push(("authorization".into(), credentials.header().into()));
        }
        request
    }
}

/// One exchange as a snapshot keeps it.
pub(super) async fn look(net: &Net, request: &Request) -> Exchange {
    match net.fetch(request).await {
        Ok(exchange) => Exchange::Answer(answer(&exchange, net.context().now())),
        Err(error) => Exchange::Failure(error.into()),
    }
}

pub(super) struct Memo<'a> {
    net: &'a Net,
    manner: &'a Manner,
    snapshot: &'a Snapshot,
    exchanges: Mutex<HashMap<String, Arc<OnceCell<Exchange>>>>,
    /// Exchanges in flight, wherever they go.
    at_once: Semaphore,
    gates: Mutex<HashMap<Origin, Arc<Gate>>>,
}

/// The way to one origin.
struct Gate {
    places: Semaphore,
    is_wide: AtomicBool,
    state: Mutex<Option<Known>>,
}

/// Exchanges at once over a connection of HTTP/2: as many as RFC 9113, section 6.5.2, wants servers
/// to allow at least.
const STREAMS: usize = 100;

/// What the first to come back from an origin has learnt.
#[derive(Clone)]
enum Known {
    Answers,
    /// Nobody was answered: the others need not wait for as long.
    Dead(Failure),
}

impl<'a> Memo<'a> {
    pub(super) fn new(net: &'a Net, manner: &'a Manner, snapshot: &'a Snapshot) -> Self {
        let at_once = Semaphore::new(net.context().limits().concurrency.max(1));
        let (exchanges, gates) = (Mutex::default(), Mutex::default());
        Self { net, manner, snapshot, exchanges, at_once, gates }
    }

    /// Follows the redirects from a start, asking for what nobody has asked for yet. Gives back
    /// the start, the last URL and what came from there.
    pub(super) async fn walk(&self, start: Start) -> (Start, String, Arc<OnceCell<Exchange>>) {
        let mut way = vec![start.url.clone()];
        loop {
            let here = &way[way.len() - 1];
            let cell = self.cell(here);
            let exchange = cell.get_or_init(|| self.ask(here)).await;
            let to = exchange.answer().and_then(|answer| answer.redirect.as_ref()?.to.clone());
            match to {
                Some(to)
                    if self.snapshot.follows(here, &to)
                        && !way.contains(&to)
                        && way.len() <= self.snapshot.max_redirects =>
                {
                    way.push(to);
                }
                _ => return (start, way.pop().unwrap_or_default(), cell),
            }
        }
    }

    pub(super) fn into_exchanges(self) -> BTreeMap<String, Exchange> {
        let exchanges = self.exchanges.into_inner().unwrap_or_else(PoisonError::into_inner);
        let seen = |(url, cell): (String, Arc<OnceCell<Exchange>>)| {
            Some((url, Arc::into_inner(cell)?.into_inner()?))
        };
        exchanges.into_iter().filter_map(seen).collect()
    }

    fn cell(&self, url: &str) -> Arc<OnceCell<Exchange>> {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        match exchanges.get(url) {
            Some(cell) => Arc::clone(cell),
            None => Arc::clone(exchanges.entry(url.into()).or_default()),
        }
    }

    async fn ask(&self, url: &str) -> Exchange {
        let Ok(url) = Url::parse(url) else {
            return Exchange::Failure(lr_net::Error::BadName(url.into()).into());
        };
        if let Some(internal) = self.snapshot.internal(&url) {
            return Exchange::Withheld(Text::new(&format!("{url} leads to {internal}")));
        }
        let gate = self.gate(&url);
        // The semaphore is never closed; without a permit there would merely be no limit.
        let _place = gate.places.acquire().await.ok();
        let _one = self.at_once.acquire().await.ok();
        if let Some(Known::Dead(failure)) = gate.known() {
            return Exchange::Failure(failure);
        }
        let mut request = self.manner.request(self.snapshot, url);
        request.multiplex = true;
        let exchange = look(self.net, &request).await;
        match &exchange {
            Exchange::Failure(failure) if is_lasting(failure) => {
                gate.learn(Known::Dead(failure.clone()));
            }
            Exchange::Failure(_) | Exchange::Withheld(_) => {}
            Exchange::Answer(answer) => {
                gate.learn(Known::Answers);
                if answer.http == 2 {
                    gate.widen();
                }
            }
        }
        exchange
    }

    fn gate(&self, url: &Url) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let places = self.net.context().limits().per_host.max(1);
        let gate = || Gate {
            places: Semaphore::new(places),
            is_wide: AtomicBool::new(false),
            state: Mutex::default(),
        };
        Arc::clone(gates.entry(url.origin()).or_insert_with(|| Arc::new(gate())))
    }
}

impl Gate {
    /// Over HTTP/2 one connection carries as many exchanges as there are.
    fn widen(&self) {
        if !self.is_wide.swap(true, Ordering::Relaxed) {
            self.places.add_permits(STREAMS);
        }
    }

    fn known(&self) -> Option<Known> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An origin that has answered once stays alive, however slow one of its pages is.
    fn learn(&self, known: Known) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!((&*state, &known), (Some(Known::Answers), Known::Dead(_))) {
            *state = Some(known);
        }
    }
}

/// Whether the next request to the same origin would fare no better.
fn is_lasting(failure: &Failure) -> bool {
    failure.kind == ErrorKind::Timeout
        || matches!(failure.reason, FailureReason::Refused | FailureReason::Tls)
}

fn answer(exchange: &lr_net::Exchange, now: Timestamp) -> Answer {
    let (values, bytes) = HSTS_LIMIT;
    let hsts = exchange.header("strict-transport-security").take(values);
    let page = page(exchange);
    let in_header = exchange.header("link").find_map(|value| in_link_header(&isomorphic(value)));
    let in_header = in_header.and_then(|href| {
        let mut url = exchange.url.join(&href).ok()?;
        strip(&mut url);
        Some(url.into())
    });
    let in_page = || page.as_ref().and_then(|page| page.canonical.first().cloned());
    let cookies = exchange.header("set-cookie");
    let cookies = cookies.filter_map(|value| Cookie::read(&isomorphic(value), now));
    let mitigation = mitigation(exchange, page.as_deref());
    Answer {
        status: exchange.status,
        http: exchange.http,
        remote: exchange.remote,
        elapsed_ms: u64::try_from(exchange.timing.total.as_millis()).unwrap_or(u64::MAX),
        redirect: redirect(exchange),
        hsts: hsts.map(|value| isomorphic(&value[..value.len().min(bytes)])).collect(),
        canonical: in_header.or_else(in_page),
        sets_cookie: exchange.header("set-cookie").next().is_some(),
        cookies: cookies.take(KEPT).collect(),
        cache: cache(exchange),
        injected: exchange.header("x-launch-ready-probe").next().is_some(),
        page,
        sitemap: sitemap(exchange),
        mitigation,
    }
}

/// The HTML of an answer that is not a redirect, and what the header `Refresh` adds to it.
pub(crate) fn page(exchange: &lr_net::Exchange) -> Option<Box<Page>> {
    let kind = exchange.header("content-type").next().map(isomorphic);
    let is_html = kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let header = exchange.header("refresh").next().map(isomorphic);
    let led = header.as_deref().and_then(refresh);
    let mut page = is_html.then(|| Box::new(Page::read(&exchange.url, &exchange.body)));
    if let Some((delay, to)) = led {
        let to = exchange.url.join(&to).ok().map(String::from);
        let client = ClientRedirect { by: ClientMeans::RefreshHeader, to, delay };
        page.get_or_insert_default().client_redirect.get_or_insert(client);
    }
    page
}

fn sitemap(exchange: &lr_net::Exchange) -> Option<Sitemap> {
    let text = || String::from_utf8_lossy(&exchange.body);
    match exchange.url.path() {
        _ if exchange.status != 200 => None,
        "/robots.txt" => Sitemap::of_robots(&text()),
        path if path.ends_with(".xml") => Sitemap::read(&text()),
        _ => None,
    }
}

/// Headers by which caches are told what to do, and tell what they did (RFC 9111, RFC 9211,
/// RFC 9213, and what is in use beside them).
const CACHE: [&str; 12] = [
    "cache-control",
    "expires",
    "age",
    "vary",
    "pragma",
    "etag",
    "last-modified",
    "cache-status",
    "cdn-cache-control",
    "x-cache",
    "cf-cache-status",
    "x-vercel-cache",
];

fn cache(exchange: &lr_net::Exchange) -> Vec<(String, Text)> {
    let known = exchange.headers.iter().filter(|(name, _)| CACHE.contains(&name.as_str()));
    let text = |value: &[u8]| Text::new(&isomorphic(&value[..value.len().min(256)]));
    known.map(|(name, value)| (name.clone(), text(value))).take(KEPT).collect()
}

/// Where an answer leads, if its status is one that browsers follow.
pub(crate) fn redirect(exchange: &lr_net::Exchange) -> Option<Redirect> {
    matches!(exchange.status, 301 | 302 | 303 | 307 | 308).then(|| {
        let locations: Vec<_> = exchange.header("location").collect();
        Redirect::read(&exchange.url, &locations)
    })
}
