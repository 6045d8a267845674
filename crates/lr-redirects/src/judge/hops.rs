//! Single redirects, by the port that sends them.

use lr_core::{Confidence, Location, Recorder, Severity};
use lr_net::{AddressClass, FailureReason};

use super::tally::Tally;
use super::view::{Blank, Endpoint, Hop, View};
use crate::compare::{self, Fate};
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

fn location_valid(_: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(problem) = hop.redirect.problem else { return tally.fine() };
    use crate::LocationProblem as Problem;
    let (kind, why) = match problem {
        Problem::Missing => ("missing", "without `Location`"),
        Problem::Conflicting => ("conflicting", "with several `Location` headers that differ"),
        Problem::TooLong => ("too-long", "with a `Location` of more than 8 KiB"),
        Problem::Invalid => ("invalid", "with a `Location` that is no URL"),
        Problem::Scheme => ("scheme", "with a `Location` that is no http(s) URL"),
    };
    let fault = tally.fault(hop.url, format!("{} answers {} {why}", hop.url, hop.status));
    fault.instance(kind).evidence("location", hop.redirect.location.clone());
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
                Internal::Staging(_) => (Some(Severity::High), Confidence::Medium),
                Internal::Address(_) | Internal::LocalName => (None, Confidence::High),
            };
            (format!("{to} leads to {internal}"), severity, confidence)
        }
    };
    let target = &to[url::Position::BeforeHost..url::Position::AfterPort];
    let fault = tally.fault(hop.url, format!("{} redirects to {to}: {why}", hop.url));
    fault.instance(target).confidence(confidence).evidence("location", location(hop));
    fault.evidence("expected", "a public host of the launch").evidence("actual", to.as_str());
    if let Some(severity) = severity {
        fault.severity(severity);
    }
}

fn no_downgrade(_: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(to) = &hop.to else { return };
    if to.scheme() != "http" {
        return tally.fine();
    }
    let expected = to.as_str().replacen("http:", "https:", 1);
    tally
        .fault(hop.url, format!("{} redirects to {to}", hop.url))
        .evidence("location", location(hop))
        .evidence("expected", expected)
        .evidence("actual", to.as_str());
}

fn permanent(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
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
    tally
        .fault(hop.url, detail)
        .evidence("location", location(hop))
        .evidence("expected", "301 or 308")
        .evidence("actual", hop.status);
}

fn path_kept(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(to) = moved(view, hop) else { return };
    let (got, _) = sent(hop, to);
    let fate = compare::path(hop.from.path(), got);
    match fate {
        // From the home page there is nothing to lose.
        Fate::Kept if hop.from.path() == "/" => {}
        Fate::Kept => tally.fine(),
        _ => changed(view, hop, to, "path", &fate, tally),
    }
}

fn query_kept(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(to) = moved(view, hop) else { return };
    let (_, got) = sent(hop, to);
    let fate = compare::query(hop.from.query(), got);
    match fate {
        Fate::Kept if hop.from.query().is_none() => {}
        Fate::Kept => tally.fine(),
        _ => changed(view, hop, to, "query", &fate, tally),
    }
}

fn changed(
    view: &View<'_>,
    hop: &Hop<'_>,
    to: &url::Url,
    part: &str,
    fate: &Fate,
    tally: &mut Tally,
) {
    if is_own_routing(view, hop, to) {
        return tally.blank(Blank::NotApplicable(format!(
            "{} leads the same {part} to the same place by itself",
            to.origin().ascii_serialization()
        )));
    }
    let what = match fate {
        Fate::Lost(lost) => format!("loses `{}` of the query", lost.join("&")),
        Fate::Dropped => format!("drops the {part}"),
        Fate::Duplicated => format!("sends the {part} twice"),
        Fate::Reencoded => format!("encodes the {part} anew"),
        Fate::Replaced | Fate::Kept => format!("replaces the {part}"),
    };
    let kept =
        format!("{}{}", to.origin().ascii_serialization(), &hop.from[url::Position::BeforePath..]);
    let fault = tally.fault(hop.url, format!("the redirect from {} {what}", hop.url));
    fault.instance(fate.word()).evidence("location", location(hop));
    fault.evidence("expected", kept).evidence("actual", to.as_str());
    match fate {
        Fate::Lost(lost) if lost.iter().all(|param| is_negligible(param)) => {
            fault.severity(Severity::Low);
        }
        Fate::Lost(_) | Fate::Reencoded => {
            fault.severity(Severity::Medium);
        }
        _ => {}
    }
}

/// Whether the target's own origin leads what was asked for to the same place: then the redirect
/// only anticipates what the application does with such a URL (a login, say).
fn is_own_routing(view: &View<'_>, hop: &Hop<'_>, to: &url::Url) -> bool {
    let mut twin = to.clone();
    twin.set_path(hop.from.path());
    twin.set_query(hop.from.query());
    let (twin, to) = (twin.as_str(), to.as_str());
    let there = view.snapshot.chain(to);
    let by_itself = view.snapshot.chain(twin);
    let seen = view.answer(twin).is_some() && view.answer(there.last()).is_some();
    seen && twin != to && by_itself.redirects() > 0 && by_itself.last() == there.last()
}

/// The target, if the hop stays within the launch and changes scheme or host: such hops are about
/// where the site lives, not about what it shows.
fn moved<'h>(view: &View<'_>, hop: &'h Hop<'_>) -> Option<&'h url::Url> {
    let to = hop.to.as_ref()?;
    let own = to.host_str().is_some_and(|host| view.snapshot.owns(host));
    (own && to.origin() != hop.from.origin()).then_some(to)
}

/// Path and query as they were sent in `Location`, before any parser touched them.
fn sent<'h>(hop: &'h Hop<'_>, to: &'h url::Url) -> (&'h str, Option<&'h str>) {
    let raw = hop.redirect.location.as_deref().and_then(compare::split);
    raw.unwrap_or_else(|| (to.path(), to.query()))
}

fn location(hop: &Hop<'_>) -> String {
    hop.redirect.location.clone().unwrap_or_default()
}

/// Parameters for counting visitors, and those without a value.
fn is_negligible(param: &str) -> bool {
    let (name, value) = param.split_once('=').unwrap_or((param, ""));
    value.is_empty()
        || name.starts_with("utm_")
        || matches!(name, "gclid" | "fbclid" | "msclkid" | "mc_cid" | "mc_eid")
}
