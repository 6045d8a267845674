//! One canonical host, decided from what is configured or from what was seen.

use lr_core::{Location, Recorder, Severity};
use url::Url;

use super::tally::Tally;
use super::view::{Blank, View};
use crate::chain::host_of;
use crate::rules::{EXPECTED_CANONICAL, NO_LOOP, ONE_CANONICAL_HOST};
use crate::{Chain, Ends, Purpose, Snapshot};

/// The host where visitors end up: as configured, or where all home pages that answer agree.
pub(crate) fn canonical_host(snapshot: &Snapshot) -> Option<String> {
    match &snapshot.canonical {
        Some(expected) => host_of(expected),
        None => match final_hosts(&View::of(snapshot)).as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
    }
}

/// Why that host, or why none; and the home pages that end elsewhere.
pub(crate) fn canonical_evidence(snapshot: &Snapshot) -> (String, Vec<String>) {
    let view = View::of(snapshot);
    let line = |(from, to): (&str, &str)| format!("{from} ends at {to}");
    let Some(host) = canonical_host(snapshot) else {
        let ends: Vec<_> = home_ends(&view).into_iter().map(line).collect();
        let because = match ends.is_empty() {
            true => "no home page ends with an answer",
            false => "home pages end at different hosts",
        };
        return (because.into(), ends);
    };
    let because = match snapshot.canonical {
        Some(_) => "as configured",
        None => "all home pages that answer end there",
    };
    let elsewhere = |(_, to): &(&str, &str)| host_of(to).as_deref() != Some(&*host);
    let ends = home_ends(&view);
    let mut against: Vec<_> = ends.iter().copied().filter(elsewhere).map(line).collect();
    for (_, last) in &ends {
        let named = view.answer(last).and_then(|answer| answer.canonical.as_deref());
        if let Some(named) = named.filter(|named| host_of(named).as_deref() != Some(&*host)) {
            let text = format!("{last} calls {named} canonical");
            if !against.contains(&text) {
                against.push(text);
            }
        }
    }
    (because.into(), against)
}

/// The hosts where the ways from the domain and its `www` end with an answer.
pub(super) fn final_hosts(view: &View<'_>) -> Vec<String> {
    let mut hosts = Vec::new();
    for (_, last) in home_ends(view) {
        if let Some(host) = host_of(last).filter(|host| !hosts.contains(host)) {
            hosts.push(host);
        }
    }
    hosts
}

/// First and last URL of each way in from the domain and its `www` that ends with an answer. What
/// is left on plain HTTP is a fault of its own, and counts only for a host without HTTPS.
fn home_ends<'v>(view: &'v View<'_>) -> Vec<(&'v str, &'v str)> {
    let mut ends = Vec::new();
    for host in view.hosts().into_iter().filter(|host| view.is_front(host)) {
        let home = view.from(host).filter(|way| *way.purpose == Purpose::Home);
        let answered = home
            .filter(|way| matches!(way.chain.ends, Ends::Ok | Ends::Error))
            .filter(|way| view.answer(way.chain.last()).is_some_and(|last| !last.is_held_off()))
            .map(|way| (way.chain.urls[0], settles(view, &way.chain)));
        let (plain, secure): (Vec<_>, Vec<_>) =
            answered.partition(|(_, last)| last.starts_with("http://"));
        ends.extend(if secure.is_empty() { plain } else { secure });
    }
    ends
}

/// Where a way has come to the site: its end, or the URL of the site that sends this visitor for a
/// while to a login or a country on another host.
fn settles<'v>(view: &View<'_>, chain: &Chain<'v>) -> &'v str {
    let leaves =
        |pair: &&[&str]| host_of(pair[0]) != host_of(pair[1]) && view.is_choice(pair[0], pair[1]);
    let is_front = |url: &&str| host_of(url).is_some_and(|host| view.is_front(&host));
    // What comes back was a detour.
    let from = chain.urls.iter().rposition(is_front).unwrap_or_default();
    let last = chain.urls[chain.urls.len() - 1];
    chain.urls[from..].windows(2).find(leaves).map_or(last, |pair| pair[0])
}

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let domain = view.snapshot.domain.as_str();
    let mut tally = Tally::new(&ONE_CANONICAL_HOST, Location::domain(domain));
    let hosts = final_hosts(view);
    if hosts.len() > 1 {
        let ends = home_ends(view).into_iter().map(|(from, to)| format!("{from} ends at {to}"));
        let detail = format!("visitors end up at {}", hosts.join(" or "));
        let expected = match &view.snapshot.canonical {
            Some(expected) => format!("{expected}, as configured"),
            None => "one host, whichever it is".into(),
        };
        let fault = tally.fault(&format!("https://{domain}/"), detail);
        fault.evidence("ends", ends.collect::<Vec<_>>()).evidence("expected", expected);
        fault.evidence("actual", hosts);
        if let Some(host) = pages_agree_on(view) {
            fault.severity(Severity::Low).evidence("canonical_links", host);
        }
    } else {
        let front = view.hosts().into_iter().filter(|host| view.is_front(host));
        front.for_each(|host| one_way(view, host, &mut tally));
    }
    tally.close(out, "no way in ends with an answer");

    for host in view.hosts().into_iter().filter(|host| view.is_front(host)) {
        let mut tally = Tally::new(&EXPECTED_CANONICAL, Location::host(host));
        match view.snapshot.canonical.as_deref().and_then(|url| Url::parse(url).ok()) {
            Some(expected) => expected_end(view, host, &expected, &mut tally),
            None => tally.blank(Blank::NotApplicable("no canonical URL is configured".into())),
        }
        tally.close(out, "no way in ends with an answer");
    }
}

/// The one host that all home pages name in their canonical links: search engines then see one
/// site, though visitors see two.
fn pages_agree_on(view: &View<'_>) -> Option<String> {
    let named = |(_, last)| host_of(view.answer(last)?.canonical.as_deref()?);
    let mut hosts = home_ends(view).into_iter().map(named);
    let first = hosts.next()??;
    hosts.all(|host| host.as_ref() == Some(&first)).then_some(first)
}

/// What the ways from one host say when none contradicts another. It is enough that one of them
/// ends with an answer: port 80 may be closed.
fn one_way(view: &View<'_>, host: &str, tally: &mut Tally) {
    let home: Vec<_> = view.from(host).filter(|way| *way.purpose == Purpose::Home).collect();
    let ends_here = |(from, _): &(&str, &str)| home.iter().any(|way| way.chain.urls[0] == *from);
    if home_ends(view).iter().any(ends_here) {
        return tally.fine();
    }
    for way in home {
        match (view.obstacle(way), way.chain.ends) {
            (Some(blank), _) => tally.blank(blank),
            (None, Ends::Loop | Ends::TooMany) => tally.blank(Blank::NotApplicable(format!(
                "the way from {} does not end: see {}",
                way.chain.urls[0], NO_LOOP.id
            ))),
            (None, _) => tally.blank(Blank::Inconclusive(
                lr_core::ErrorKind::RateLimited,
                format!("{} is held off, perhaps by a protection against bots", way.chain.urls[0]),
            )),
        }
    }
}

fn expected_end(view: &View<'_>, host: &str, expected: &Url, tally: &mut Tally) {
    for way in view.from(host).filter(|way| *way.purpose == Purpose::Home) {
        let last = settles(view, &way.chain);
        if let Some(blank) = view.obstacle(way) {
            // A closed port leads nobody astray.
            if way.chain.ends != Ends::Refused {
                tally.blank(blank);
            }
            continue;
        }
        if matches!(way.chain.ends, Ends::Loop | Ends::TooMany) {
            continue;
        }
        if Url::parse(last).is_ok_and(|last| last.origin() == expected.origin()) {
            tally.fine();
            continue;
        }
        let detail = format!("{} ends at {last}", way.chain.urls[0]);
        let fault = tally.fault(way.chain.urls[0], detail);
        fault.evidence("chain", view.lines(&way.chain));
        fault.evidence("expected", expected.origin().ascii_serialization());
        fault.evidence("actual", last);
    }
}
