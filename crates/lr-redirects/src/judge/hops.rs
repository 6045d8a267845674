//! Single redirects, by the port that sends them.

use lr_core::{Confidence, Location, Recorder, Severity};
use lr_net::{AddressClass, FailureReason};

use super::kept::{path_kept, query_kept};
use super::tally::{Fault, Tally};
use super::view::{Endpoint, Hop, View};
use crate::hosts::Internal;
use crate::rules::{
    LOCATION_VALID, NO_DOWNGRADE, NO_INTERNAL_TARGET, PATH_KEPT, PERMANENT, QUERY_KEPT,
};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    type Judge = fn(&View<'_>, &Hop<'_>, &mut Tally);
    let rules: [(_, Judge); 6] = [
        (&LOCATION_VALID, location_valid),
        (&NO_INTERNAL_TARGET, no_internal_target),
        (&NO_DOWNGRADE, no_downgrade),
        (&PERMANENT, permanent),
        (&PATH_KEPT, path_kept),
        (&QUERY_KEPT, query_kept),
    ];
    for ((host, port), endpoint) in &view.endpoints {
        for (rule, judge) in rules {
            if rule.id == NO_DOWNGRADE.id && !endpoint.https {
                continue;
            }
            let mut tally = Tally::new(rule, Location::endpoint(host.as_str(), *port));
            endpoint.hops.iter().for_each(|hop| judge(view, hop, &mut tally));
            let nothing = unseen(view, host, endpoint, &mut tally);
            tally.close(out, nothing);
        }
    }
}

/// Notes what kept answers away, and says why there may be nothing to judge.
fn unseen(view: &View<'_>, host: &str, endpoint: &Endpoint<'_>, tally: &mut Tally) -> &'static str {
    let refused = |reason| reason == FailureReason::Refused;
    let mut obstacles = endpoint.failures.iter().filter(|failure| !refused(failure.reason));
    if let Some(failure) = obstacles.next() {
        tally.blank(view.blank(host, failure));
    }
    match endpoint.answers {
        0 => "nobody listens here",
        _ => "nothing here redirects to another scheme or host of the launch",
    }
}

fn location_valid(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(problem) = hop.redirect.problem else {
        if !hop.redirect.has_credentials {
            return tally.fine();
        }
        let detail = format!("{} sends credentials in `Location`", hop.url);
        let fault = fault(view, hop, tally, detail).instance("credentials");
        fault.evidence("expected", "a URL without user and password");
        fault.evidence("actual", "user or password before the host");
        return;
    };
    use crate::LocationProblem as Problem;
    let (kind, why) = match problem {
        Problem::Missing => ("missing", "without `Location`"),
        Problem::Conflicting => ("conflicting", "with several `Location` headers that differ"),
        Problem::TooLong => ("too-long", "with a `Location` of more than 8 KiB"),
        Problem::Invalid => ("invalid", "with a `Location` that is no URL"),
        Problem::Scheme => ("scheme", "with a `Location` that is no http(s) URL"),
    };
    let detail = format!("{} answers {} {why}", hop.url, hop.status);
    let fault = fault(view, hop, tally, detail).instance(kind);
    fault.evidence("expected", "one absolute http(s) URL or path").evidence("actual", why);
}

fn no_internal_target(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(to) = &hop.to else { return };
    let resolved = view.failure(to.as_str()).filter(|f| f.reason == FailureReason::NotPublic);
    let (why, severity, confidence) = match (view.snapshot.internal(to), resolved) {
        (None, None) => return tally.fine(),
        (None, Some(failure)) => (failure.message.to_string(), None, Confidence::High),
        (Some(internal), _) => {
            let (severity, confidence) = match &internal {
                Internal::Address(AddressClass::Public) | Internal::Literal => {
                    (Some(Severity::Medium), Confidence::High)
                }
                Internal::Port(_) => (Some(Severity::High), Confidence::High),
                Internal::Rooted => (Some(Severity::Medium), Confidence::High),
                // The site itself, or a tool that it links to?
                Internal::Platform(_) if to.path() == hop.from.path() => {
                    (Some(Severity::Medium), Confidence::Medium)
                }
                Internal::Platform(_) => (Some(Severity::Low), Confidence::Medium),
                Internal::Staging(_) => (Some(Severity::High), Confidence::Medium),
                Internal::Address(_) | Internal::LocalName | Internal::Probe => {
                    (None, Confidence::High)
                }
            };
            (format!("{to} leads to {internal}"), severity, confidence)
        }
    };
    let target = &to[url::Position::BeforeHost..url::Position::AfterPort];
    let detail = format!("{} redirects to {to}: {why}", hop.url);
    let fault = fault(view, hop, tally, detail).instance(target).confidence(confidence);
    fault.evidence("expected", "a public host of the launch").evidence("actual", to.as_str());
    if let Some(severity) = severity {
        fault.severity(severity);
    }
}

fn no_downgrade(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(to) = &hop.to else { return };
    if to.scheme() != "http" {
        return tally.fine();
    }
    let expected = to.as_str().replacen("http:", "https:", 1);
    fault(view, hop, tally, format!("{} redirects to {to}", hop.url))
        .evidence("expected", expected)
        .evidence("actual", to.as_str());
}

fn permanent(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let is_old = |start: &crate::Start| {
        matches!(start.purpose, crate::Purpose::Old { .. }) && start.url == hop.url
    };
    if matches!(hop.status, 302 | 303 | 307) && view.snapshot.starts.iter().any(is_old) {
        let detail = format!("the old URL {} is led on with {}", hop.url, hop.status);
        let fault = fault(view, hop, tally, detail).instance("old").severity(Severity::Low);
        fault.evidence("expected", "301 or 308").evidence("actual", hop.status);
        return;
    }
    let Some(to) = moved(view, hop) else { return };
    let (from_path, to_path) = (hop.from.path(), to.path());
    let same_host = hop.from.host_str() == to.host_str();
    let front = [&hop.from, to].iter().all(|url| url.host_str().is_some_and(|h| view.is_front(h)));
    // To a login or a language at once: that choice is a temporary one.
    let same_path = from_path.trim_end_matches('/') == to_path.trim_end_matches('/');
    if !same_path || !(same_host || front) {
        return;
    }
    if matches!(hop.status, 301 | 308) {
        return tally.fine();
    }
    let detail = format!("{} redirects to {to} with {}", hop.url, hop.status);
    fault(view, hop, tally, detail)
        .evidence("expected", "301 or 308")
        .evidence("actual", hop.status);
}

/// The target, if the hop stays within the launch and changes scheme or host as it should: such
/// hops are about where the site lives, not about what it shows to whom. Steps down to plain HTTP and to
/// hosts that nobody should see are faults of their own.
pub(super) fn moved<'h>(view: &View<'_>, hop: &'h Hop<'_>) -> Option<&'h url::Url> {
    let to = hop.to.as_ref()?;
    let own = to.host_str().is_some_and(|host| view.snapshot.owns(host));
    let down = hop.from.scheme() == "https" && to.scheme() == "http";
    let choice = view.is_choice(hop.url, to.as_str());
    let moves = own && !down && !choice && to.origin() != hop.from.origin();
    (moves && view.snapshot.internal(to).is_none()).then_some(to)
}

/// A fault of one redirect, with what was sent and where the chain leads.
pub(super) fn fault<'t>(
    view: &View<'_>,
    hop: &Hop<'_>,
    tally: &'t mut Tally,
    detail: String,
) -> &'t mut Fault {
    tally
        .fault(hop.url, detail)
        .evidence("chain", view.lines(&view.snapshot.chain(hop.url)))
        .evidence("location", hop.redirect.location.clone())
}
