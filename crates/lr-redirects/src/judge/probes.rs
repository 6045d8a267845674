//! What only those who ask for it are told: open redirects, injected headers; and redirects of
//! APIs that lose what was sent.

use lr_core::{Confidence, ErrorKind, Location, Recorder, Severity};
use url::Url;

use super::hops::{fault, moved};
use super::tally::Tally;
use super::view::{Blank, View, Way};
use crate::Purpose;
use crate::inspect::NOWHERE;
use crate::rules::{METHOD_KEPT, NO_HEADER_INJECTION, NO_OPEN_REDIRECT};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut open = Tally::new(&NO_OPEN_REDIRECT, Location::host(host));
        let mut injected = Tally::new(&NO_HEADER_INJECTION, Location::host(host));
        for way in view.from(host) {
            match way.purpose {
                Purpose::OpenRedirect => leads_away(view, way, &mut open),
                Purpose::Injection => splits(view, way, &mut injected),
                _ => {}
            }
        }
        open.close(out, "nobody asked to look for open redirects");
        injected.close(out, "nobody asked to look for injected headers");
    }
    let mut any = false;
    for ((host, port), endpoint) in &view.endpoints {
        let told = view.snapshot.apis.contains(host);
        if !told && !is_api_by_name(host) {
            continue;
        }
        any = true;
        let mut kept = Tally::new(&METHOD_KEPT, Location::endpoint(host.as_str(), *port));
        for hop in &endpoint.hops {
            let Some(to) = moved(view, hop) else { continue };
            if matches!(hop.status, 307 | 308) {
                kept.fine();
                continue;
            }
            let detail = format!(
                "{} redirects with {}: clients send GET without the body to {to}",
                hop.url, hop.status
            );
            let fault = fault(view, hop, &mut kept, detail);
            fault.evidence("expected", "308 (or 307)").evidence("actual", hop.status);
            if !told {
                fault.severity(Severity::Low).confidence(Confidence::Medium);
            }
        }
        kept.close(out, "nothing here redirects to another scheme or host of the launch");
    }
    if !any {
        let domain = Location::domain(view.snapshot.domain.as_str());
        out.not_applicable(&METHOD_KEPT, domain, "no API is configured, or none answers");
    }
}

/// Whether a host is an API by its name, though nobody said so.
fn is_api_by_name(host: &str) -> bool {
    let label = host.split('.').next().unwrap_or_default();
    label
        .split('-')
        .any(|word| matches!(word, "api" | "graphql" | "hooks" | "webhook" | "webhooks"))
}

fn leads_away(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    let mut answered = false;
    for url in &way.chain.urls {
        let Some(answer) = view.answer(url) else { continue };
        answered = true;
        let by_http = answer.redirect.as_ref().and_then(|redirect| redirect.to.as_deref());
        let by_page = || answer.page.as_deref()?.client_redirect.as_ref()?.to.as_deref();
        let to = by_http.or_else(by_page).and_then(|to| Url::parse(to).ok());
        let Some(to) = to.filter(|to| to.host_str() == Some(NOWHERE)) else { continue };
        let parameter = to.path().trim_start_matches('/');
        let page = url.split('?').next().unwrap_or_default();
        let detail = format!("{page} leads to any URL that stands in `{parameter}`");
        let fault = tally.fault(url, detail).instance(parameter);
        fault.evidence("chain", view.lines(&way.chain));
        fault.evidence("expected", "a URL of the launch").evidence("actual", to.as_str());
        return;
    }
    match (answered, view.obstacle(way)) {
        (true, _) => tally.fine(),
        (false, blank) => blank.into_iter().for_each(|blank| tally.blank(blank)),
    }
}

fn splits(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    let mut answers = way.chain.urls.iter().filter_map(|url| Some((*url, view.answer(url)?)));
    if let Some((url, _)) = answers.clone().find(|(_, answer)| answer.injected) {
        let detail = format!("a line break in the path of {url} begins a header of its own");
        let fault = tally.fault(url, detail);
        fault.evidence("chain", view.lines(&way.chain));
        fault.evidence("expected", "the path as it was asked for, or status 400");
        fault.evidence("actual", "header `x-launch-ready-probe: 1`");
        return;
    }
    match answers.next() {
        Some((url, answer)) if answer.is_held_off() => tally.blank(Blank::Inconclusive(
            ErrorKind::RateLimited,
            format!("{url} answered {}, perhaps a protection against bots", answer.status),
        )),
        Some(_) => tally.fine(),
        None => view.obstacle(way).into_iter().for_each(|blank| tally.blank(blank)),
    }
}
