//! From plain HTTP to HTTPS.

use lr_core::{ErrorKind, Location, Recorder, Severity};

use super::tally::Tally;
use super::view::{Blank, View, Way};
use crate::chain::host_of;
use crate::rules::{
    DIRECT_UPGRADE, HTTPS_UPGRADE, HTTPS_UPGRADE_DEEP, LOCATION_VALID, NO_CLIENT_REDIRECT, NO_LOOP,
};
use crate::{Ends, Purpose};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let plain: Vec<_> =
            view.from(host).filter(|way| way.chain.urls[0].starts_with("http://")).collect();
        let (home, deep): (Vec<&Way<'_>>, Vec<_>) =
            plain.iter().copied().partition(|way| *way.purpose == Purpose::Home);

        let mut upgrade = Tally::new(&HTTPS_UPGRADE, Location::host(host));
        home.iter().for_each(|way| led_to_https(view, way, &mut upgrade));
        let hopeless = upgrade.is_faulty();
        upgrade.close(out, "no way in begins with plain HTTP");

        let mut upgrade = Tally::new(&HTTPS_UPGRADE_DEEP, Location::host(host));
        match hopeless {
            true => upgrade.blank(Blank::NotApplicable(format!(
                "not even the home page is led to HTTPS: see {}",
                HTTPS_UPGRADE.id
            ))),
            false => deep.iter().for_each(|way| led_to_https(view, way, &mut upgrade)),
        }
        upgrade.close(out, "no way in begins with plain HTTP");

        let mut direct = Tally::new(&DIRECT_UPGRADE, Location::host(host));
        plain.iter().for_each(|way| without_detour(view, way, &mut direct));
        direct.close(out, "nothing leads from plain HTTP to HTTPS");
    }
}

fn led_to_https(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    let chain = &way.chain;
    let elsewhere = |id| Blank::NotApplicable(format!("the redirect leads nowhere: see {id}"));
    if chain.urls.iter().any(|url| url.starts_with("https://")) {
        return tally.fine();
    }
    match chain.ends {
        // Nothing is served, so nothing is served in plain text.
        Ends::Refused if chain.urls.len() == 1 => return tally.fine(),
        Ends::Loop | Ends::TooMany => return tally.blank(elsewhere(NO_LOOP.id)),
        _ => {}
    }
    let url = chain.last();
    let Some(answer) = view.answer(url) else {
        return view.obstacle(way).into_iter().for_each(|blank| tally.blank(blank));
    };
    let status = answer.status;
    if answer.redirect.as_ref().is_some_and(|redirect| redirect.to.is_none()) {
        return tally.blank(elsewhere(LOCATION_VALID.id));
    }
    if answer.is_held_off() {
        let why = format!("{url} answered {status}, which may come from a protection against bots");
        return tally.blank(Blank::Inconclusive(ErrorKind::RateLimited, why));
    }
    // Many servers refuse an escaped slash before they think of redirects.
    let odd = matches!(way.purpose, Purpose::EscapedSlash | Purpose::Injection);
    if odd && (400..500).contains(&status) {
        return tally.blank(Blank::NotApplicable("escaped slashes are refused".into()));
    }
    let served = status < 400;
    // An API does well not to answer over plain HTTP at all; where people go, they must get on.
    if !served && !view.is_front(&way.host) {
        return tally.fine();
    }
    let by_page = answer.page.as_deref().and_then(|page| page.client_redirect.as_ref());
    let detail = match served {
        true if by_page.is_some() => format!(
            "{url} is served over plain HTTP with status {status}, and leads on only by its page: see {}",
            NO_CLIENT_REDIRECT.id
        ),
        true => format!("{url} is served over plain HTTP with status {status}"),
        false => format!("{url} answers {status} instead of leading to HTTPS"),
    };
    let expected = format!("301 or 308 to {}", chain.urls[0].replacen("http:", "https:", 1));
    let fault = tally.fault(chain.urls[0], detail);
    fault.evidence("chain", view.lines(chain)).evidence("expected", expected);
    fault.evidence("actual", format!("status {status} over plain HTTP"));
    if !served {
        fault.severity(Severity::Medium);
    }
}

fn without_detour(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    let chain = &way.chain;
    let Some(secure) = chain.urls.iter().position(|url| url.starts_with("https://")) else {
        return;
    };
    let own = |url: &str| host_of(url).is_some_and(|host| view.snapshot.owns(&host));
    let came_back = chain.urls[1..].iter().skip_while(|url| own(url)).any(|url| own(url));
    let (kind, detail) = match () {
        () if secure > 1 => ("plain-text", format!("{secure} redirects before HTTPS is reached")),
        () if came_back && !own(chain.urls[1]) => {
            ("foreign", format!("the way home leads over {}", chain.urls[1]))
        }
        () => return tally.fine(),
    };
    let expected = format!("first to {}", chain.urls[0].replacen("http:", "https:", 1));
    tally
        .fault(chain.urls[0], detail)
        .instance(kind)
        .evidence("chain", view.lines(chain))
        .evidence("expected", expected)
        .evidence("actual", format!("first to {}", chain.urls[1]));
}
