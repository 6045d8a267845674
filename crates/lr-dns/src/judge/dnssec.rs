use lr_core::{ErrorKind, Location, Recorder, Timestamp};

use crate::delegation::{has_digest, referrals};
use crate::dnssec::verify;
use crate::judge::{Scene, list};
use crate::rules::{DNSSEC_ALGORITHMS, DNSSEC_LASTS, DNSSEC_VALID};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let rules = [&DNSSEC_VALID, &DNSSEC_LASTS, &DNSSEC_ALGORITHMS];
    let Some(zone) = seen.zone.as_deref() else {
        let why = "the zone of the domain is not known";
        for rule in rules {
            out.inconclusive(rule, scene.domain(), ErrorKind::NotDecided, why);
        }
        return;
    };
    if !has_digest(seen, zone) {
        let told = referrals(seen).iter().any(|referral| referral.zone == zone);
        for rule in rules {
            match told {
                true => out.not_applicable(
                    rule,
                    scene.domain(),
                    "the parent has no DS record: not signed",
                ),
                false => out.not_applicable(rule, scene.domain(), "no DS record was seen"),
            }
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
