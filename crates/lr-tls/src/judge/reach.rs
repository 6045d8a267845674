//! Whether a host answers, and with what.

use lr_core::{Rule, Text};

use super::answers::{Answers, Fact};
use super::face::Face;
use super::{Bench, CERTIFICATE_RULES};
use crate::rules::{
    CLIENT_CERTIFICATE, EVERY_ADDRESS, HANDSHAKE, LARGE_HELLO, REACHABLE, TOLERANCE, VERSION,
    VERSION_13,
};
use crate::{AddressSeen, Cause, HostSeen, Obstacle, Probe, Version};

static CONNECTION_RULES: &[&Rule] =
    &[&REACHABLE, &HANDSHAKE, &EVERY_ADDRESS, &VERSION, &VERSION_13];

/// What an address is to clients that offer TLS 1.3 and 1.2.
enum State<'a> {
    Serves,
    /// It speaks older versions alone.
    Outdated(Version, &'a Obstacle),
    /// It answers, but not as it should: a fault of the server.
    Fault(&'a Obstacle),
    Refuses(&'a Obstacle),
    /// Something stood in the way, perhaps on our side.
    Unsure(&'a Obstacle),
}

/// Judges the connection, and returns the chains that remain to be judged.
pub(super) fn judge<'a>(host: &'a HostSeen, bench: &mut Bench<'_, '_>) -> Vec<Face<'a>> {
    let addresses = match &host.addresses {
        Ok(addresses) => addresses,
        Err(obstacle) => {
            excuse(obstacle, CONNECTION_RULES, bench);
            excuse(obstacle, CERTIFICATE_RULES, bench);
            return Vec::new();
        }
    };
    let states: Vec<_> = addresses.iter().map(|seen| (seen, state(seen))).collect();
    reachable(host, &states, bench);
    handshake(&states, bench);
    every_address(&states, bench);
    versions(&states, bench);
    let faces = Face::of(addresses);
    if let (true, Some(obstacle)) = (faces.is_empty(), telling(&states)) {
        excuse(obstacle, CERTIFICATE_RULES, bench);
    }
    faces
}

/// Whether nothing answers where nothing must: mail hosts and the like often drop what is sent to
/// ports that they do not serve.
pub(super) fn is_left_alone(host: &HostSeen) -> bool {
    let addresses = host.addresses.as_deref().unwrap_or_default();
    let shut = || addresses.iter().all(|seen| is_shut(&state(seen)));
    !host.required && !addresses.is_empty() && shut()
}

/// Whether no connection came about, be it refused or dropped on the way.
fn is_shut(state: &State<'_>) -> bool {
    match state {
        State::Refuses(_) => true,
        State::Unsure(obstacle) => matches!(obstacle.cause, Cause::Timeout | Cause::Unreachable),
        State::Serves | State::Outdated(..) | State::Fault(_) => false,
    }
}

fn excuse(obstacle: &Obstacle, rules: &[&'static Rule], bench: &mut Bench<'_, '_>) {
    rules.iter().for_each(|rule| bench.excuse(rule, obstacle));
}

/// Whether an obstacle is a fact about the site, and no trouble on the way.
pub(super) fn is_fact(cause: Cause) -> bool {
    is_fault(cause) || matches!(cause, Cause::NoSuchName | Cause::NoAddress | Cause::Refused)
}

fn is_fault(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Closed
            | Cause::PlainHttp
            | Cause::NotTls
            | Cause::Alert
            | Cause::Version
            | Cause::Broken
            | Cause::NoStartTls
    )
}

/// Suites of TLS 1.2 that browsers still offer and rustls does not.
const BROWSERS_ALONE: [&str; 8] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
];

/// Whether browsers get through where our own handshakes are refused for want of a common suite.
fn serves_browsers(seen: &AddressSeen) -> bool {
    let refused = |one: &Result<_, Obstacle>| one.as_ref().is_err_and(|o| o.cause == Cause::Alert);
    let mut hellos = seen.probes.iter().filter_map(|one| one.answer.hello());
    refused(&seen.modern)
        && refused(&seen.tls12)
        && hellos.any(|hello| {
            hello.version == Version::Tls12 && BROWSERS_ALONE.contains(&hello.suite.as_str())
        })
}

/// The best version of a server that no client of today can talk to, but one of yesterday can.
fn best_of_old(seen: &AddressSeen) -> Option<Version> {
    let hellos = seen.probes.iter().filter_map(|one| one.answer.hello());
    hellos.map(|hello| hello.version).max().filter(|best| *best < Version::Tls12)
}

fn state(seen: &AddressSeen) -> State<'_> {
    if serves_browsers(seen) {
        return State::Serves;
    }
    let obstacle = match (&seen.modern, &seen.tls12) {
        (Ok(_), _) => return State::Serves,
        (Err(modern), Ok(_)) => modern,
        (Err(modern), Err(tls12)) => more_telling(modern, tls12),
    };
    if let Some(best) = best_of_old(seen) {
        return State::Outdated(best, obstacle);
    }
    match obstacle.cause {
        cause if is_fault(cause) => State::Fault(obstacle),
        Cause::Refused => State::Refuses(obstacle),
        _ => State::Unsure(obstacle),
    }
}

/// Of two obstacles at one address, the one that says more about the site. That a connection was
/// closed counts only if it happened twice: servers shed load that way.
fn more_telling<'a>(modern: &'a Obstacle, tls12: &'a Obstacle) -> &'a Obstacle {
    let rank = |obstacle: &Obstacle| match obstacle.cause {
        Cause::Version | Cause::PlainHttp | Cause::NotTls | Cause::NoStartTls => 4,
        Cause::Alert | Cause::Broken => 3,
        Cause::Refused => 2,
        Cause::Closed => 0,
        _ => 1,
    };
    if rank(tls12) > rank(modern) { tls12 } else { modern }
}

fn reachable(host: &HostSeen, states: &[(&AddressSeen, State<'_>)], bench: &mut Bench<'_, '_>) {
    let listens = |state: &State<'_>| match state {
        State::Serves | State::Outdated(..) | State::Fault(_) => true,
        State::Unsure(obstacle) => obstacle.cause == Cause::Silent,
        State::Refuses(_) => false,
    };
    let unsure = states.iter().find_map(|(_, state)| match state {
        State::Unsure(obstacle) => Some(*obstacle),
        _ => None,
    });
    // That there is no way from here to one family (most machines lack IPv6) does not excuse a
    // refusal by the other.
    let unsure = unsure.filter(|obstacle| !(is_no_way(obstacle) && refuses(states)));
    let refused = states.iter().find_map(|(_, state)| match state {
        State::Refuses(obstacle) => Some(*obstacle),
        _ => None,
    });
    match (unsure, refused) {
        _ if states.iter().any(|(_, state)| listens(state)) => {
            bench.pass(&REACHABLE);
        }
        (Some(obstacle), _) => excuse(obstacle, &[&REACHABLE], bench),
        (None, Some(obstacle)) if host.required => {
            let addresses: Vec<_> =
                states.iter().map(|(seen, _)| seen.address.to_string()).collect();
            bench.fail(&REACHABLE, obstacle.message.clone()).evidence("addresses", addresses);
        }
        _ => bench.not_applicable(&REACHABLE, "nothing listens, and nothing must"),
    }
}

fn is_no_way(obstacle: &Obstacle) -> bool {
    obstacle.cause == Cause::Unreachable
}

fn refuses(states: &[(&AddressSeen, State<'_>)]) -> bool {
    states.iter().any(|(_, state)| matches!(state, State::Refuses(_)))
}

fn handshake(states: &[(&AddressSeen, State<'_>)], bench: &mut Bench<'_, '_>) {
    if states.iter().any(|(_, state)| matches!(state, State::Serves)) {
        return bench.pass(&HANDSHAKE);
    }
    if let Some((rule, why)) = states.iter().find_map(|(seen, state)| elsewhere(seen, state)) {
        return bench.not_applicable(&HANDSHAKE, format!("{why}: see {}", rule.id));
    }
    let fault = states.iter().find_map(|(seen, state)| match state {
        State::Fault(obstacle) => Some((*seen, *obstacle)),
        _ => None,
    });
    match fault {
        Some((seen, obstacle)) => {
            let detail = match seen.tls12.is_ok() {
                true => format!(
                    "{}, but only when TLS 1.3 is offered beside TLS 1.2, as all browsers do",
                    obstacle.message
                ),
                false => obstacle.message.as_str().to_owned(),
            };
            let finding = bench.fail(&HANDSHAKE, detail);
            finding.evidence("address", seen.address.to_string());
            finding.evidence("cause", cause(obstacle.cause));
            if obstacle.cause == Cause::Closed {
                finding.confidence(lr_core::Confidence::Medium);
            }
        }
        None => excuse_all(states, &[&HANDSHAKE], bench),
    }
}

/// The rule that names the cause of a failed handshake, if one does.
fn elsewhere(seen: &AddressSeen, state: &State<'_>) -> Option<(&'static Rule, &'static str)> {
    let answers = Answers::of(seen);
    let fears = |probe| matches!(answers.fact(probe), Fact::No);
    let refused = |one: &Result<_, Obstacle>| one.as_ref().is_err_and(|o| o.cause == Cause::Alert);
    let old = seen.tls12.is_ok() || answers.chose(Probe::Tls12, Version::Tls12);
    match state {
        State::Outdated(..) => Some((&VERSION, "the server has no version in common with clients")),
        State::Fault(obstacle) if obstacle.cause == Cause::Version && !old => {
            Some((&VERSION, "the server has no version in common with clients"))
        }
        _ if old && fears(Probe::Small) => Some((&TOLERANCE, "it fails if TLS 1.3 is offered")),
        _ if answers.hello(Probe::Small).is_some() && fears(Probe::Large) => {
            Some((&LARGE_HELLO, "it fails if the hello is large"))
        }
        State::Fault(_) if answers.asks_client() && refused(&seen.tls12) => {
            Some((&CLIENT_CERTIFICATE, "it fails without a certificate of the client's"))
        }
        _ => None,
    }
}

fn every_address(states: &[(&AddressSeen, State<'_>)], bench: &mut Bench<'_, '_>) {
    let serving = states.iter().filter(|(_, state)| matches!(state, State::Serves)).count();
    if serving == 0 || states.len() == 1 {
        let reason =
            if serving == 0 { "no address is seen to serve TLS" } else { "there is one address" };
        return bench.not_applicable(&EVERY_ADDRESS, reason);
    }
    let mut decided = false;
    for (seen, state) in states {
        match state {
            State::Serves => continue,
            State::Outdated(best, _) => {
                bench
                    .fail(&EVERY_ADDRESS, format!("it speaks {} at best", best.title()))
                    .instance(seen.address.ip().to_string())
                    .evidence("cause", cause(Cause::Version));
            }
            State::Fault(obstacle) | State::Refuses(obstacle) => {
                bench
                    .fail(&EVERY_ADDRESS, obstacle.message.clone())
                    .instance(seen.address.ip().to_string())
                    .evidence("cause", cause(obstacle.cause));
            }
            // A machine without IPv6 cannot look; that says nothing of the site.
            State::Unsure(obstacle) if is_no_way(obstacle) => {
                bench.not_applicable(&EVERY_ADDRESS, obstacle.message.clone());
            }
            State::Unsure(obstacle) => excuse(obstacle, &[&EVERY_ADDRESS], bench),
        }
        decided = true;
    }
    if !decided {
        bench.pass(&EVERY_ADDRESS);
    }
}

fn versions(states: &[(&AddressSeen, State<'_>)], bench: &mut Bench<'_, '_>) {
    let modern: Vec<_> = states.iter().filter_map(|(seen, _)| seen.modern.as_ref().ok()).collect();
    let by_hello = states.iter().any(|(seen, _)| serves_browsers(seen));
    let speaks =
        by_hello || !modern.is_empty() || states.iter().any(|(seen, _)| seen.tls12.is_ok());
    match (speaks, outdated(states)) {
        (true, _) => bench.pass(&VERSION),
        (false, Some(detail)) => {
            bench.fail(&VERSION, detail);
        }
        (false, None) => excuse_all(states, &[&VERSION], bench),
    }
    match modern.as_slice() {
        [] if by_hello => {
            bench.fail(&VERSION_13, "the server speaks TLS 1.2 at best");
        }
        [] if outdated(states).is_some() => {
            let reason = "not even TLS 1.2 is spoken: see tls/version";
            bench.not_applicable(&VERSION_13, reason);
        }
        [] => excuse_all(states, &[&VERSION_13], bench),
        all if all.iter().all(|seen| seen.version == Version::Tls13) => {
            bench.pass(&VERSION_13);
        }
        _ => {
            let detail = "offered TLS 1.3 and 1.2, the server takes TLS 1.2";
            bench.fail(&VERSION_13, detail);
        }
    }
}

/// What is said of a server without a version that clients of today have.
fn outdated(states: &[(&AddressSeen, State<'_>)]) -> Option<Text> {
    states.iter().find_map(|(_, state)| match state {
        State::Outdated(best, _) => {
            Some(format!("the server speaks {} at best", best.title()).into())
        }
        State::Fault(obstacle) if obstacle.cause == Cause::Version => {
            Some(obstacle.message.clone())
        }
        _ => None,
    })
}

/// The obstacle that tells most about why no address serves.
fn telling<'a>(states: &[(&AddressSeen, State<'a>)]) -> Option<&'a Obstacle> {
    let rank = |state: &State<'_>| match state {
        State::Serves => 0,
        State::Unsure(obstacle) if is_no_way(obstacle) => 1,
        State::Refuses(_) => 2,
        State::Unsure(_) => 3,
        State::Fault(_) | State::Outdated(..) => 4,
    };
    states.iter().max_by_key(|(_, state)| rank(state)).and_then(|(_, state)| match state {
        State::Serves => None,
        State::Outdated(_, obstacle)
        | State::Fault(obstacle)
        | State::Refuses(obstacle)
        | State::Unsure(obstacle) => Some(*obstacle),
    })
}

fn excuse_all(
    states: &[(&AddressSeen, State<'_>)],
    rules: &[&'static Rule],
    bench: &mut Bench<'_, '_>,
) {
    let nothing = Obstacle::new(Cause::NoAddress, "there is no address to try");
    excuse(telling(states).unwrap_or(&nothing), rules, bench);
}

/// A cause as evidence.
fn cause(cause: Cause) -> Text {
    Text::new(match cause {
        Cause::PlainHttp => "plain-http",
        Cause::NotTls => "not-tls",
        Cause::Alert => "alert",
        Cause::Version => "version",
        Cause::Broken => "broken",
        Cause::Closed => "closed",
        Cause::Refused => "refused",
        Cause::NoStartTls => "no-starttls",
        _ => "other",
    })
}
