//! Where chains end: at a page, and old URLs at the right one.

use lr_core::{Confidence, ErrorKind, Location, Recorder, Severity};
use lr_net::FailureReason;
use url::Url;

use super::tally::Tally;
use super::view::{Blank, View, Way};
use crate::chain::host_of;
use crate::compare::{self, Fate};
use crate::rules::{ENDS_IN_SUCCESS, NO_LOOP, OLD_URLS};
use crate::{Ends, Purpose};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut tally = Tally::new(&ENDS_IN_SUCCESS, Location::host(host));
        let known =
            |way: &&Way<'_>| matches!(way.purpose, Purpose::Home | Purpose::Page | Purpose::Linked);
        view.from(host).filter(known).for_each(|way| success(view, way, &mut tally));
        tally.close(out, "no page of this host is known");
    }
    let mut any = false;
    for way in &view.ways {
        if let Purpose::Old { to } = way.purpose {
            any = true;
            let mut tally = Tally::new(&OLD_URLS, Location::url(way.chain.urls[0]));
            lands(view, way, to, &mut tally);
            tally.close(out, "the old URL was not asked");
        }
    }
    if !any {
        let domain = Location::domain(view.snapshot.domain.as_str());
        out.not_applicable(&OLD_URLS, domain, "no old URLs are configured");
    }
}

fn success(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    match ending(view, way) {
        Ending::Page if is_lost(view, way) => {
            let (first, last) = (way.chain.urls[0], way.chain.last());
            let detail = format!("the way from {first} ends at {last}, which says not found");
            let fault = tally.fault(first, detail).instance("soft-404").severity(Severity::Medium);
            fault.confidence(Confidence::Medium).evidence("chain", view.lines(&way.chain));
            fault.evidence("expected", "a page").evidence("actual", "a page for what is not there");
        }
        Ending::Page => tally.fine(),
        Ending::Blank(blank) => tally.blank(blank),
        Ending::Error { detail, actual, sure } => {
            // The root of an API or of a back office may well say 401 or 404.
            let is_api = view.snapshot.apis.contains(&way.host);
            let is_site = (view.is_front(&way.host) && !is_api) || *way.purpose == Purpose::Page;
            let status = view.answer(way.chain.last()).map_or(0, |answer| answer.status);
            if !is_site && (400..500).contains(&status) {
                return tally.fine();
            }
            let linked = *way.purpose == Purpose::Linked;
            // A page behind a login is right to say so.
            if linked && matches!(status, 401 | 403 | 405) {
                return tally.fine();
            }
            let fault = tally.fault(way.chain.urls[0], detail);
            if linked {
                fault.instance("linked");
                // A dead link is one; a redirect that was made leads nowhere.
                match way.chain.redirects() {
                    _ if status >= 500 => {}
                    0 => drop(fault.severity(Severity::Low)),
                    _ => drop(fault.severity(Severity::Medium)),
                }
            }
            fault.confidence(sure).evidence("chain", view.lines(&way.chain));
            fault.evidence("expected", "status 2xx at the end").evidence("actual", actual);
        }
    }
}

fn lands(view: &View<'_>, way: &Way<'_>, to: &str, tally: &mut Tally) {
    let (from, last) = (way.chain.urls[0], way.chain.last());
    let (detail, actual, sure) = match ending(view, way) {
        Ending::Blank(blank) => return tally.blank(blank),
        Ending::Page if arrives(way, to) && !is_lost(view, way) => return tally.fine(),
        Ending::Page if arrives(way, to) => {
            let detail = format!("{from} lands at {last}, which says not found with a success");
            (detail, "a page for what is not there".to_owned(), Confidence::Medium)
        }
        Ending::Page => {
            let detail = format!("{from} lands at {last} instead of {to}");
            (detail, last.to_owned(), Confidence::High)
        }
        Ending::Error { detail, actual, sure } => (detail, actual, sure),
    };
    let fault = tally.fault(from, detail);
    fault.confidence(sure).evidence("chain", view.lines(&way.chain));
    fault.evidence("expected", to).evidence("actual", actual);
}

/// Whether a way leads, with a status of success, to a page for what is not there.
fn is_lost(view: &View<'_>, way: &Way<'_>) -> bool {
    let last = way.chain.last();
    let Some(page) = view.answer(last).and_then(|answer| answer.page.as_deref()) else {
        return false;
    };
    let host = host_of(last).unwrap_or_default();
    let home = view.answer(&format!("https://{host}/")).and_then(|home| home.page.as_deref());
    let same = view.not_found_page(&host).is_some_and(|lost| page.is_like(lost));
    // An application looks alike everywhere until it runs.
    let shell = home.is_some_and(|home| page.is_like(home));
    page.says_not_found() || (same && !shell)
}

/// Whether the way ends at `to`, or passes it and then only changes scheme or host.
fn arrives(way: &Way<'_>, to: &str) -> bool {
    let Some(at) = way.chain.urls.iter().position(|url| *url == to) else { return false };
    way.chain.urls[at..].windows(2).all(|pair| match (Url::parse(pair[0]), Url::parse(pair[1])) {
        (Ok(from), Ok(to)) => {
            from.origin() != to.origin()
                && from.path() == to.path()
                && compare::query(from.query(), to.query()) == Fate::Kept
        }
        _ => false,
    })
}

enum Ending {
    Page,
    Blank(Blank),
    Error { detail: String, actual: String, sure: Confidence },
}

fn ending(view: &View<'_>, way: &Way<'_>) -> Ending {
    let (first, last) = (way.chain.urls[0], way.chain.last());
    let led = way.chain.urls.len() > 1;
    let gone = |failure: &lr_net::Failure| {
        matches!(failure.reason, FailureReason::Refused | FailureReason::NoSuchName)
    };
    let Some(answer) = view.answer(last) else {
        // A way in over HTTPS that is closed: only the hosts that visitors type must have one.
        let closed = way.chain.ends == Ends::Refused && last.starts_with("https://");
        let led = led || (closed && view.is_front(&way.host));
        return match view.failure(last).filter(|failure| led && gone(failure)) {
            Some(failure) => Ending::Error {
                detail: format!("the way from {first} ends at {last}, where nobody answers"),
                actual: failure.message.to_string(),
                sure: Confidence::Medium,
            },
            None => {
                let unseen = || Blank::Inconclusive(ErrorKind::NotDecided, "not asked".into());
                Ending::Blank(view.obstacle(way).unwrap_or_else(unseen))
            }
        };
    };
    if matches!(way.chain.ends, Ends::Loop | Ends::TooMany) {
        let why = format!("the way from {first} does not end: see {}", NO_LOOP.id);
        return Ending::Blank(Blank::NotApplicable(why));
    }
    let status = answer.status;
    let foreign = !host_of(last).is_some_and(|host| view.snapshot.owns(&host));
    // Strangers may turn an unknown client away, and so may a protection against bots.
    let turned_away = status >= 400 && !matches!(status, 404 | 410 | 500 | 502 | 504);
    if answer.is_held_off() || (foreign && turned_away) {
        let why = format!("{last} answered {status}, which may be meant for unknown clients only");
        return Ending::Blank(Blank::Inconclusive(ErrorKind::RateLimited, why));
    }
    match way.chain.ends {
        Ends::Ok => Ending::Page,
        _ => Ending::Error {
            detail: format!("the way from {first} ends at {last} with status {status}"),
            actual: format!("status {status}"),
            sure: Confidence::High,
        },
    }
}
