//! One exchange for each URL, shared by all chains that lead through it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use lr_core::{ErrorKind, Text};
use lr_net::{Failure, FailureReason, Net, Request};
use tokio::sync::{OnceCell, Semaphore};
use url::{Origin, Url};

use super::canonical_link::canonical_link;
use crate::location::isomorphic;
use crate::{Answer, Exchange, Redirect, Snapshot};

/// Bytes of a body that are read, so that its connection can be used again.
const BODY_LIMIT: usize = 64 << 10;
/// Values of HSTS that are kept, and bytes of each.
const HSTS_LIMIT: (usize, usize) = (4, 1 << 10);

pub(super) struct Memo<'a> {
    net: &'a Net,
    snapshot: &'a Snapshot,
    exchanges: Mutex<HashMap<String, Arc<OnceCell<Exchange>>>>,
    gates: Mutex<HashMap<Origin, Arc<Gate>>>,
}

/// The way to one origin.
struct Gate {
    places: Semaphore,
    state: Mutex<Option<Known>>,
}

/// What the first to come back from an origin has learnt.
#[derive(Clone)]
enum Known {
    Answers,
    /// Nobody was answered: the others need not wait for as long.
    Dead(Failure),
}

impl<'a> Memo<'a> {
    pub(super) fn new(net: &'a Net, snapshot: &'a Snapshot) -> Self {
        Self { net, snapshot, exchanges: Mutex::default(), gates: Mutex::default() }
    }

    /// Follows the redirects from the start of this number, asking for what nobody has asked for
    /// yet.
    pub(super) async fn walk(&self, start: usize) -> usize {
        let mut way = vec![self.snapshot.starts[start].url.clone()];
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
                _ => return start,
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
        if let Some(Known::Dead(failure)) = gate.known() {
            return Exchange::Failure(failure);
        }
        let mut request = Request::get(url);
        request.body_limit = BODY_LIMIT;
        match self.net.fetch(&request).await {
            Ok(exchange) => {
                gate.learn(Known::Answers);
                Exchange::Answer(answer(&exchange))
            }
            Err(error) => {
                let failure = Failure::from(error);
                if is_lasting(&failure) {
                    gate.learn(Known::Dead(failure.clone()));
                }
                Exchange::Failure(failure)
            }
        }
    }

    fn gate(&self, url: &Url) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let places = self.net.context().limits().per_host.max(1);
        let gate = || Gate { places: Semaphore::new(places), state: Mutex::default() };
        Arc::clone(gates.entry(url.origin()).or_insert_with(|| Arc::new(gate())))
    }
}

impl Gate {
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

fn answer(exchange: &lr_net::Exchange) -> Answer {
    let redirect = matches!(exchange.status, 301 | 302 | 303 | 307 | 308).then(|| {
        let locations: Vec<_> = exchange.header("location").collect();
        Redirect::read(&exchange.url, &locations)
    });
    let (values, bytes) = HSTS_LIMIT;
    let hsts = exchange.header("strict-transport-security").take(values);
    Answer {
        status: exchange.status,
        http: exchange.http,
        remote: exchange.remote,
        elapsed_ms: u64::try_from(exchange.timing.total.as_millis()).unwrap_or(u64::MAX),
        redirect,
        hsts: hsts.map(|value| isomorphic(&value[..value.len().min(bytes)])).collect(),
        canonical: canonical_link(exchange),
        mitigation: mitigation(exchange),
    }
}

/// Headers by which protections against bots show themselves, with what they must contain.
const MITIGATIONS: [(&str, &str); 8] = [
    ("cf-mitigated", ""),
    ("x-amzn-waf-action", ""),
    ("x-datadome", ""),
    ("x-vercel-mitigated", ""),
    ("x-vercel-challenge-token", ""),
    ("x-sucuri-block", ""),
    ("server", "ddos-guard"),
    ("retry-after", ""),
];

fn mitigation(exchange: &lr_net::Exchange) -> Option<Text> {
    if !matches!(exchange.status, 403 | 429 | 503) {
        return None;
    }
    MITIGATIONS.iter().find_map(|(name, part)| {
        let value = isomorphic(exchange.header(name).next()?);
        let found = value.to_ascii_lowercase().contains(part);
        found.then(|| Text::new(&format!("{name}: {value}")))
    })
}
