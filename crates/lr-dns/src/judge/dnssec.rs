use lr_core::{ErrorKind, Location, Recorder, Timestamp};

use crate::delegation::{has_digest, referrals};
use crate::dnssec::{Bogus, Status, Traced, trace, verify};
use crate::judge::{Scene, list};
use crate::rules::{DNSSEC_ALGORITHMS, DNSSEC_CHAIN, DNSSEC_LASTS, DNSSEC_VALID};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let rules = [&DNSSEC_VALID, &DNSSEC_LASTS, &DNSSEC_ALGORITHMS, &DNSSEC_CHAIN];
    let Some(zone) = seen.zone.as_deref() else {
        let why = "the zone of the domain is not known";
        for rule in rules {
            out.inconclusive(rule, scene.domain(), ErrorKind::NotDecided, why);
        }
        return;
    };
    if !has_digest(seen, zone) {
        let told = referrals(seen).iter().any(|referral| referral.zone == zone);
        let why = match trace(seen) {
            Some(Traced::Judged(judged)) => match judged.status {
                Status::Insecure { proof } => format!("not signed: {proof}"),
                _ => "the parent has no DS record: not signed".to_owned(),
            },
            _ if told => "the parent has no DS record: not signed".to_owned(),
            _ => "no DS record was seen".to_owned(),
        };
        for rule in rules {
            out.not_applicable(rule, scene.domain(), why.as_str());
        }
        return;
    }
    let results = verify(seen, zone);
    if results.is_empty() {
        for rule in rules {
            let why = "no name server gave the keys of the zone";
            out.inconclusive(rule, scene.domain(), ErrorKind::NotDecided, why);
        }
        return;
    }
    chain(scene, zone, results.iter().all(|result| result.bogus.is_empty()), out);
    for result in results {
        let address = result.address.map(|ip| ip.to_string()).unwrap_or_default();
        let place = || Location::server(result.server.as_str(), address.as_str());
        if !result.outdated.is_empty() {
            let detail = format!("{zone} has {}", list(&result.outdated));
            out.fail(&DNSSEC_ALGORITHMS, Location::domain(zone), detail);
        } else if result.bogus.is_empty() {
            out.pass(&DNSSEC_ALGORITHMS, Location::domain(zone));
        } else {
            let why = "what is signed cannot be verified";
            out.not_applicable(&DNSSEC_ALGORITHMS, Location::domain(zone), why);
        }
        if result.unsupported {
            for rule in [&DNSSEC_VALID, &DNSSEC_LASTS] {
                let why =
                    "no digest has an algorithm that can be verified: to resolvers it is unsigned";
                out.not_applicable(rule, place(), why);
            }
            continue;
        }
        if result.bogus.is_empty() {
            out.pass(&DNSSEC_VALID, place());
        } else {
            let reasons: Vec<_> = result.bogus.iter().map(ToString::to_string).collect();
            let codes: Vec<_> = result.bogus.iter().map(|bogus| bogus.code().to_owned()).collect();
            let detail = format!("{} at {address}: {}", result.server, reasons.join("; "));
            out.fail(&DNSSEC_VALID, place(), detail).evidence("reasons", codes);
        }
        match result.ends_s {
            Some(ends) if ends - seen.taken_at_s < i64::from(scene.policy.signatures_last_s) => {
                let detail = format!(
                    "{} at {address}: the first signature ends at {}",
                    result.server,
                    Timestamp::from_unix(ends)
                );
                out.fail(&DNSSEC_LASTS, place(), detail);
            }
            Some(_) => out.pass(&DNSSEC_LASTS, place()),
            None => out.not_applicable(&DNSSEC_LASTS, place(), "there is no valid signature"),
        }
    }
}

/// The way from the trust anchor to the zone. What is wrong with the zone itself is told by server.
fn chain(scene: &Scene<'_>, zone: &str, is_good: bool, out: &mut Recorder<'_>) {
    let place = || Location::domain(zone);
    let judged = match trace(scene.snapshot) {
        Some(Traced::Judged(judged)) => judged,
        Some(Traced::Lacking(what)) => {
            let why = format!("nobody has told {what}");
            return out.inconclusive(&DNSSEC_CHAIN, place(), ErrorKind::NotDecided, why);
        }
        None => {
            let why = "the keys of the zones above were not to be had: only the zone was verified";
            return out.not_applicable(&DNSSEC_CHAIN, place(), why);
        }
    };
    let broken = judged.chain.iter().find(|link| matches!(link.status, Status::Bogus { .. }));
    match (judged.status, broken) {
        (Status::Secure, _) => out.pass(&DNSSEC_CHAIN, place()),
        (Status::Insecure { proof }, _) => {
            let why = format!("to resolvers the zone is not signed: {proof}");
            out.not_applicable(&DNSSEC_CHAIN, place(), why);
        }
        (Status::Bogus { reason }, Some(link)) if is_foreign(&reason, &link.zone, zone) => {
            let why = format!(
                "the root zone as seen from here is not that of the trust anchors ({reason}): only \
                 the zone was verified"
            );
            out.not_applicable(&DNSSEC_CHAIN, place(), why);
        }
        (Status::Bogus { reason }, link) => {
            let at = link.map_or(zone, |link| link.zone.as_str());
            if at == zone && !is_good {
                let why = "what is wrong is wrong within the zone";
                return out.not_applicable(&DNSSEC_CHAIN, place(), why);
            }
            let detail = format!("the chain breaks at {at}: {reason}");
            let links: Vec<String> = judged.chain.iter().map(|link| link.zone.clone()).collect();
            out.fail(&DNSSEC_CHAIN, place(), detail)
                .evidence("reasons", vec![reason.code().to_owned()])
                .evidence("chain", links);
        }
        (Status::Indeterminate { why }, _) => {
            out.inconclusive(&DNSSEC_CHAIN, place(), ErrorKind::NotDecided, why);
        }
        (_, _) => {
            out.not_applicable(&DNSSEC_CHAIN, place(), "no trust anchor is above the zone");
        }
    }
}

/// Whether somebody else's root was asked: a network of one's own, or one in between.
fn is_foreign(reason: &Bogus, link: &str, zone: &str) -> bool {
    let other_keys =
        matches!(reason, Bogus::OrphanDigest | Bogus::NoSuchKey { .. } | Bogus::WrongDigest { .. });
    link == "." && zone != "." && other_keys
}
