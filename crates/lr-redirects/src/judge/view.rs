use std::collections::BTreeMap;

use lr_core::ErrorKind;
use lr_net::{Failure, FailureReason};
use url::Url;

use crate::chain::host_of;
use crate::inspect::NOWHERE;
use crate::{Answer, Chain, Ends, Exchange, Page, Purpose, Redirect, Snapshot};

/// The snapshot from both sides: ways from their starts, and single hops by endpoint.
pub(super) struct View<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) ways: Vec<Way<'a>>,
    pub(super) endpoints: BTreeMap<(String, u16), Endpoint<'a>>,
}

/// One way in.
pub(super) struct Way<'a> {
    pub(super) purpose: &'a Purpose,
    pub(super) host: String,
    pub(super) chain: Chain<'a>,
}

/// One port of a host of the launch, and what was seen there.
#[derive(Default)]
pub(super) struct Endpoint<'a> {
    pub(super) https: bool,
    pub(super) answers: usize,
    pub(super) hops: Vec<Hop<'a>>,
    pub(super) failures: Vec<&'a Failure>,
}

/// One redirect.
pub(super) struct Hop<'a> {
    pub(super) url: &'a str,
    pub(super) from: Url,
    pub(super) status: u16,
    pub(super) redirect: &'a Redirect,
    pub(super) to: Option<Url>,
}

/// Why there is neither a pass nor a fault.
#[derive(Clone)]
pub(super) enum Blank {
    NotApplicable(String),
    Inconclusive(ErrorKind, String),
}

impl<'a> View<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let ways = snapshot.starts.iter().filter_map(|start| {
            let chain = snapshot.chain(&start.url);
            Some(Way { purpose: &start.purpose, host: host_of(&start.url)?, chain })
        });
        let mut endpoints: BTreeMap<_, Endpoint<'_>> = BTreeMap::new();
        for (url, exchange) in &snapshot.exchanges {
            let Ok(from) = Url::parse(url) else { continue };
            let (Some(host), Some(port)) = (from.host_str(), from.port_or_known_default()) else {
                continue;
            };
            if !snapshot.owns(host) || matches!(exchange, Exchange::Withheld(_)) {
                continue;
            }
            let endpoint = endpoints.entry((host.to_owned(), port)).or_default();
            endpoint.https = from.scheme() == "https";
            match exchange {
                Exchange::Answer(answer) => {
                    endpoint.answers += 1;
                    if let Some(redirect) = &answer.redirect
                        && redirect.to.as_deref().and_then(host_of).as_deref() != Some(NOWHERE)
                    {
                        let to = redirect.to.as_deref().and_then(|to| Url::parse(to).ok());
                        let status = answer.status;
                        endpoint.hops.push(Hop { url, from, status, redirect, to });
                    }
                }
                Exchange::Failure(failure) => endpoint.failures.push(failure),
                Exchange::Withheld(_) => {}
            }
        }
        Self { snapshot, ways: ways.collect(), endpoints }
    }

    /// The ways that begin at `host`.
    pub(super) fn from<'s>(&'s self, host: &'s str) -> impl Iterator<Item = &'s Way<'a>> {
        self.ways.iter().filter(move |way| way.host == host)
    }

    /// Every host where a way begins.
    pub(super) fn hosts(&self) -> Vec<&str> {
        let mut hosts: Vec<&str> = Vec::new();
        for way in &self.ways {
            if !hosts.contains(&way.host.as_str()) {
                hosts.push(&way.host);
            }
        }
        hosts
    }

    /// The domain itself and its `www`: the hosts that visitors type.
    pub(super) fn is_front(&self, host: &str) -> bool {
        host.strip_prefix("www.").unwrap_or(host) == self.snapshot.domain
    }

    /// Whether the host of a URL belongs to the launch.
    pub(super) fn owns(&self, url: &str) -> bool {
        host_of(url).is_some_and(|host| self.snapshot.owns(&host))
    }

    /// The page that a host shows, with a status of success, for what does not exist.
    pub(super) fn not_found_page(&self, host: &str) -> Option<&'a Page> {
        let probe = |way: &&Way<'_>| {
            *way.purpose == Purpose::Deep && way.chain.urls[0].starts_with("https:")
        };
        let way = self.from(host).find(probe).filter(|way| !self.is_walled(way))?;
        let answer = self.answer(way.chain.last()).filter(|answer| answer.status == 200)?;
        answer.page.as_deref()
    }

    /// Whether a way leads to where the home page leads too: to a login, say, that comes before
    /// everything else.
    pub(super) fn is_walled(&self, way: &Way<'_>) -> bool {
        let bare = |url: &str| url.split(['?', '#']).next().unwrap_or_default().to_owned();
        let last = bare(way.chain.last());
        let home = Url::parse(&last).ok().and_then(|url| url.join("/").ok());
        let Some(home) = home.filter(|home| home.as_str() != last) else { return false };
        let leads = |start: &str| bare(self.snapshot.chain(start).last()) == last;
        way.chain.redirects() > 0 && (leads(home.as_str()) || is_gate(&last))
    }

    /// Whether a redirect is a choice of the application for this visitor, a login or a language,
    /// and not about where the site lives.
    pub(super) fn is_choice(&self, from: &str, to: &str) -> bool {
        let temporary = self.answer(from).is_some_and(|a| matches!(a.status, 302 | 303 | 307));
        let (Ok(from), Ok(to)) = (Url::parse(from), Url::parse(to)) else { return false };
        let front = |url: &Url| url.host_str().is_some_and(|host| self.is_front(host));
        let moves = from.host_str() != to.host_str() && front(&from) && front(&to);
        temporary && from.scheme() == to.scheme() && !moves
    }

    pub(super) fn answer(&self, url: &str) -> Option<&'a Answer> {
        self.snapshot.exchanges.get(url)?.answer()
    }

    /// What came from the port of `scheme` at `host`.
    pub(super) fn answers(
        &self,
        host: &str,
        scheme: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Answer)> {
        let base = format!("{scheme}://{host}/");
        let exchanges = self.snapshot.exchanges.iter();
        let here = exchanges.filter(move |(url, _)| url.starts_with(&base));
        here.filter_map(|(url, exchange)| Some((url.as_str(), exchange.answer()?)))
    }

    pub(super) fn failure(&self, url: &str) -> Option<&'a Failure> {
        match self.snapshot.exchanges.get(url)? {
            Exchange::Failure(failure) => Some(failure),
            _ => None,
        }
    }

    /// Why the end of `way` was not seen, if it was not.
    pub(super) fn obstacle(&self, way: &Way<'_>) -> Option<Blank> {
        let url = way.chain.last();
        match way.chain.ends {
            Ends::Refused | Ends::Unreachable | Ends::Forbidden => match self.failure(url) {
                Some(failure) => Some(self.blank(&way.host, failure)),
                None if way.chain.ends == Ends::Forbidden => Some(Blank::NotApplicable(format!(
                    "{url} was not contacted: see {}",
                    crate::rules::NO_INTERNAL_TARGET.id
                ))),
                None => {
                    let unseen = format!("{url} was not asked");
                    Some(Blank::Inconclusive(ErrorKind::NotDecided, unseen))
                }
            },
            Ends::Ok | Ends::Error | Ends::Loop | Ends::TooMany => None,
        }
    }

    /// What a failure means for rules about `host`. A name that does not exist is for the DNS
    /// check to judge: no way in, no rule about it. Only the domain itself should always be there.
    pub(super) fn blank(&self, host: &str, failure: &Failure) -> Blank {
        let missing =
            matches!(failure.reason, FailureReason::NoSuchName | FailureReason::NoAddress);
        if missing && host != self.snapshot.domain {
            return Blank::NotApplicable(failure.message.to_string());
        }
        Blank::Inconclusive(failure.kind, failure.message.to_string())
    }

    /// The chain for people: each URL with its status, and where a loop closes.
    pub(super) fn lines(&self, chain: &Chain<'_>) -> Vec<String> {
        let line = |url: &&str| match self.snapshot.exchanges.get(*url) {
            Some(Exchange::Answer(answer)) => format!("{url} → {}", answer.status),
            Some(Exchange::Failure(failure)) => format!("{url} → {}", failure.message),
            Some(Exchange::Withheld(_)) => format!("{url} (not contacted)"),
            None => format!("{url} (not asked)"),
        };
        let mut lines: Vec<_> = chain.urls.iter().map(line).collect();
        if let Some(back) = chain.back_to {
            lines.push(format!("{} (again)", chain.urls[back]));
        }
        lines
    }
}

/// Whether a URL is by its name one that stands before others.
fn is_gate(url: &str) -> bool {
    const GATES: [&str; 10] = [
        "login",
        "signin",
        "sign-in",
        "sign_in",
        "log-in",
        "auth",
        "oauth",
        "sso",
        "authorize",
        "session",
    ];
    let path = url.splitn(4, '/').nth(3).unwrap_or_default().to_ascii_lowercase();
    path.split(['/', '.']).any(|segment| GATES.contains(&segment))
}
