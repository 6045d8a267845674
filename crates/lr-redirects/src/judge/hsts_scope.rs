//! How far HSTS reaches: over all answers, to the names below, into the preload list.

use lr_core::{Confidence, Location, Recorder, Severity};
use lr_net::FailureReason;

use super::canonical::canonical_host;
use super::tally::Tally;
use super::view::View;
use crate::Hsts;
use crate::preload::{self, Header};
use crate::rules::{
    HSTS_EVERYWHERE, HSTS_HTTPS_ONLY, HSTS_INCLUDE_SUBDOMAINS, HSTS_PRELOAD, HSTS_SUBDOMAINS,
};
use crate::summary::hsts_answer;

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let place = || Location::host(host);
        let mut everywhere = Tally::new(&HSTS_EVERYWHERE, place());
        is_everywhere(view, host, &mut everywhere);
        everywhere.close(out, "nothing was seen over HTTPS");

        let mut only = Tally::new(&HSTS_HTTPS_ONLY, place());
        for (url, answer) in view.answers(host, "http") {
            match answer.hsts.first() {
                None => only.fine(),
                Some(header) => {
                    let fault = only.fault(url, format!("{url} sends HSTS over plain HTTP"));
                    fault.evidence("expected", "no header").evidence("actual", header.as_str());
                }
            }
        }
        only.close(out, "nothing answers over plain HTTP");

        let mut below = Tally::new(&HSTS_SUBDOMAINS, place());
        cuts_nobody_off(view, host, &mut below);
        below.close(out, "HSTS of this host is for the host alone");
    }
    // What holds for the names below is said by the domain itself, wherever visitors end.
    let domain = view.snapshot.domain.as_str();
    let canonical = canonical_host(view.snapshot);
    let host = match hsts_answer(view.snapshot, domain) {
        Some(_) => domain,
        None => canonical.as_deref().unwrap_or(domain),
    };
    let mut include = Tally::new(&HSTS_INCLUDE_SUBDOMAINS, Location::host(host));
    let mut list = Tally::new(&HSTS_PRELOAD, Location::host(host));
    if let Some((url, answer)) = hsts_answer(view.snapshot, host) {
        let header = &answer.hsts[0];
        match Hsts::parse(header) {
            Ok(hsts) if hsts.include_subdomains => include.fine(),
            Ok(hsts) if hsts.max_age > 0 => {
                let fault = include.fault(url, format!("HSTS of {host} is for the host alone"));
                fault.evidence("expected", format!("{header}; includeSubDomains"));
                fault.evidence("actual", header.as_str());
            }
            _ => {}
        }
        is_ready_for_the_list(view, url, header, &mut list);
    }
    include.close(out, "there is no HSTS header that counts");
    list.close(out, "HSTS does not ask for the preload list");
}

/// What browsers take from `host`, if it counts.
fn in_force(view: &View<'_>, host: &str) -> Option<Hsts> {
    let (_, answer) = hsts_answer(view.snapshot, host)?;
    Hsts::parse(&answer.hsts[0]).ok().filter(|hsts| hsts.max_age > 0)
}

/// Whether a host above `host` speaks for it.
fn is_covered(view: &View<'_>, host: &str) -> bool {
    let above = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
    let mut above = above.filter(|parent| view.snapshot.owns(parent));
    above.any(|parent| in_force(view, parent).is_some_and(|hsts| hsts.include_subdomains))
}

fn is_everywhere(view: &View<'_>, host: &str, tally: &mut Tally) {
    let sends = hsts_answer(view.snapshot, host).is_some();
    // A host that never sends the header is another rule's if visitors end there.
    let elsewhere = canonical_host(view.snapshot).as_deref() == Some(host);
    if is_covered(view, host) {
        return tally.fine();
    }
    for (url, answer) in view.answers(host, "https").filter(|(_, answer)| !answer.is_held_off()) {
        if !answer.hsts.is_empty() {
            tally.fine();
            continue;
        }
        let kind = match answer.status {
            _ if !sends && elsewhere => continue,
            _ if !sends => "host",
            _ if answer.redirect.is_some() => "redirects",
            400.. => "errors",
            _ => "pages",
        };
        let what = match kind {
            "host" => format!("{host} never sends HSTS, and no host above it covers it"),
            _ => format!("{url} answers {} without HSTS, which other URLs send", answer.status),
        };
        let fault = tally.fault(url, what).instance(kind);
        fault.evidence("expected", "Strict-Transport-Security on every answer");
        fault.evidence("actual", format!("status {} without it", answer.status));
    }
}

fn cuts_nobody_off(view: &View<'_>, host: &str, tally: &mut Tally) {
    if !in_force(view, host).is_some_and(|hsts| hsts.include_subdomains) {
        return;
    }
    let is_below = |name: &str| name.strip_suffix(host).is_some_and(|sub| sub.ends_with('.'));
    tally.fine();
    for name in view.snapshot.without_https.iter().filter(|name| is_below(name)) {
        let detail = format!("{name} has no valid HTTPS, but {host} demands it of all names below");
        let fault = tally.fault(&format!("https://{name}/"), detail).instance(name.as_str());
        fault.evidence("expected", "valid HTTPS on every name below").evidence("actual", "none");
    }
    for ((name, _), endpoint) in &view.endpoints {
        let broken = |reason| matches!(reason, FailureReason::Tls | FailureReason::Refused);
        let failure = endpoint.failures.iter().find(|failure| broken(failure.reason));
        let (true, 0, Some(failure)) =
            (endpoint.https && is_below(name), endpoint.answers, failure)
        else {
            continue;
        };
        // Where nothing answers over plain HTTP either, nobody is cut off.
        let known = view.snapshot.without_https.contains(name);
        if known || view.answers(name, "http").next().is_none() {
            continue;
        }
        let detail = format!("{name} answers over plain HTTP only, but {host} demands HTTPS of it");
        let fault = tally.fault(&format!("https://{name}/"), detail).instance(name.as_str());
        fault.severity(Severity::Medium).confidence(Confidence::Medium);
        fault.evidence("expected", "valid HTTPS on every name below");
        fault.evidence("actual", failure.message.clone());
    }
}

fn is_ready_for_the_list(view: &View<'_>, url: &str, header: &str, tally: &mut Tally) {
    if !Header::parse(header).preload {
        return;
    }
    let issues = preload::site(view.snapshot);
    if issues.is_eligible() {
        return tally.fine();
    }
    let detail = format!("the header asks for the preload list, but {}", issues.errors.join(", "));
    let fault = tally.fault(url, detail);
    fault.evidence("issues", issues.errors).evidence("actual", header);
    fault.evidence("expected", "max-age=31536000; includeSubDomains; preload");
}
