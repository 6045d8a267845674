use std::collections::BTreeSet;

use lr_core::{ErrorKind, Location, Recorder};

use crate::delegation::{Referral, own_servers, referrals};
use crate::judge::{Scene, list};
use crate::rules::{DELEGATED, DELEGATION_MATCHES};
use crate::snapshot::{Answer, Asked};
use crate::status::is_authoritative;

/// Whether the domain may exist at all, so that there is something to judge.
pub(super) fn exists(scene: &Scene<'_>, out: &mut Recorder<'_>) -> bool {
    let seen = scene.snapshot;
    let parent = seen.parent.as_deref().unwrap_or("the parent zone");
    let is_alias = scene.chains.get(seen.domain.as_str()).is_some_and(|chain| chain.is_alias());
    let denied = parents_denial(scene);
    if !seen.given.is_empty() {
        let why = "the name servers are given: it is judged as if it were delegated to them";
        out.not_applicable(&DELEGATED, scene.domain(), why);
        return true;
    }
    if seen.zone.is_some() {
        match denied {
            Some(server) => {
                let detail = format!(
                    "{server}, a server of {parent}, says that it does not exist; what still \
                     resolves comes from caches"
                );
                out.fail(&DELEGATED, scene.domain(), detail).evidence("parent_server", server);
            }
            None => match denied_by_zone(scene) {
                Some(server) => {
                    let detail = format!(
                        "{server}, a server of the zone around it, says that {} does not exist",
                        seen.domain
                    );
                    out.fail(&DELEGATED, scene.domain(), detail);
                    return false;
                }
                None => out.pass(&DELEGATED, scene.domain()),
            },
        }
        return true;
    }
    let by_resolver = of_domain(scene).any(|answer| answer.rcode == "NXDOMAIN");
    if let Some(server) = denied.filter(|_| !is_alias) {
        let detail =
            format!("{server}, a server of {parent}, says that {} does not exist", seen.domain);
        out.fail(&DELEGATED, scene.domain(), detail).evidence("parent_server", server);
        return false;
    }
    if by_resolver && !is_alias {
        out.fail(&DELEGATED, scene.domain(), format!("{} does not exist (NXDOMAIN)", seen.domain));
        return false;
    }
    if let Some(server) = undelegated(scene) {
        let detail = format!("{server}, a server of {parent}, knows of no delegation");
        out.fail(&DELEGATED, scene.domain(), detail).evidence("parent_server", server);
        return false;
    }
    let failure = seen.resolver.iter().find_map(|asked| asked.outcome.as_ref().err());
    match failure {
        Some(failure) => {
            out.inconclusive(&DELEGATED, scene.domain(), failure.kind, failure.message.clone());
        }
        None => out.inconclusive(
            &DELEGATED,
            scene.domain(),
            ErrorKind::NotDecided,
            "neither the resolver nor the parent zone could tell the zone of the domain",
        ),
    }
    true
}

/// Whether the zone and its parent name the same servers.
pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let Some(zone) = seen.zone.as_deref() else {
        let why = "the zone of the domain is not known";
        out.inconclusive(&DELEGATION_MATCHES, scene.domain(), ErrorKind::NotDecided, why);
        return;
    };
    let place = || Location::record(zone, "NS");
    let referrals: Vec<_> =
        referrals(seen).into_iter().filter(|referral| referral.zone == zone).collect();
    if referrals.is_empty() {
        let answers = parents(scene).filter_map(|(_, asked)| asked.outcome.as_ref().ok());
        if answers.into_iter().any(|answer| answer.data_of(zone, "NS").next().is_some()) {
            let why = "the parent's servers serve the zone too, so no delegation is to be seen";
            out.not_applicable(&DELEGATION_MATCHES, place(), why);
            return;
        }
        let failure = parents(scene).find_map(|(_, asked)| asked.outcome.as_ref().err());
        let (kind, why) = match failure {
            Some(failure) => (failure.kind, failure.message.clone()),
            None => (ErrorKind::NotDecided, "the parent zone could not be asked".into()),
        };
        out.inconclusive(&DELEGATION_MATCHES, place(), kind, why);
        return;
    }
    let own = own_servers(seen, zone);
    if own.is_empty() {
        let why = "no server of the zone gave its list of name servers";
        out.inconclusive(&DELEGATION_MATCHES, place(), ErrorKind::NotDecided, why);
        return;
    }
    for referral in &referrals {
        let delegated: BTreeSet<&str> = referral.servers.iter().map(String::as_str).collect();
        let parent_only: Vec<_> = delegated.difference(&own).copied().collect();
        let zone_only: Vec<_> = own.difference(&delegated).copied().collect();
        if parent_only.is_empty() && zone_only.is_empty() {
            continue;
        }
        let mut parts = Vec::new();
        if !parent_only.is_empty() {
            parts.push(format!("only the delegation names {}", list(&parent_only)));
        }
        if !zone_only.is_empty() {
            parts.push(format!("only the zone names {}", list(&zone_only)));
        }
        out.fail(&DELEGATION_MATCHES, place(), parts.join("; "))
            .evidence("parent_server", said_by(referral))
            .evidence("only_in_delegation", parent_only)
            .evidence("only_in_zone", zone_only);
        return;
    }
    out.pass(&DELEGATION_MATCHES, place());
}

fn said_by(referral: &Referral) -> String {
    match &referral.by {
        (name, Some(address)) => format!("{name} ({address})"),
        (name, None) => name.clone(),
    }
}

/// The questions to the parent's servers, each with who was asked.
fn parents<'a>(scene: &Scene<'a>) -> impl Iterator<Item = (String, &'a Asked)> {
    scene.snapshot.parent_servers.iter().flat_map(|server| {
        server.endpoints.iter().flat_map(move |endpoint| {
            let who = move || format!("{} ({})", server.name, endpoint.address);
            endpoint.asked.iter().map(move |asked| (who(), asked))
        })
    })
}

/// A server of the parent that denies the domain, if none of them knows it.
fn parents_denial(scene: &Scene<'_>) -> Option<String> {
    let answered =
        || parents(scene).filter_map(|(who, asked)| Some((who, asked.outcome.as_ref().ok()?)));
    let denies = |answer: &Answer| answer.authoritative && answer.rcode == "NXDOMAIN";
    let knows = answered().any(|(_, answer)| answer.rcode == "NOERROR");
    answered().find(|(_, answer)| !knows && denies(answer)).map(|(who, _)| who)
}

/// A server of the zone around a name that denies it, if none of them knows it.
fn denied_by_zone(scene: &Scene<'_>) -> Option<String> {
    let seen = scene.snapshot;
    let told = || {
        seen.endpoints().flat_map(|(server, endpoint)| {
            let asked = endpoint.asked.iter().filter(|asked| asked.name == seen.domain);
            let answers = asked.filter_map(|asked| asked.outcome.as_ref().ok());
            let who = move || format!("{} ({})", server.name, endpoint.address);
            answers.filter(|answer| is_authoritative(answer)).map(move |answer| (who(), answer))
        })
    };
    let known = told().any(|(_, answer)| answer.rcode == "NOERROR" || !answer.answers.is_empty());
    told().find(|_| !known && !seen.is_apex()).map(|(who, _)| who)
}

/// A server of a top-level domain that has the name but no delegation for it.
fn undelegated(scene: &Scene<'_>) -> Option<String> {
    let parent = scene.snapshot.parent.as_deref()?;
    let empty = |answer: &Answer| is_authoritative(answer) && answer.answers.is_empty();
    let mut answered = parents(scene).filter(|_| !parent.contains('.'));
    answered.find(|(_, asked)| asked.outcome.as_ref().is_ok_and(empty)).map(|(who, _)| who)
}

fn of_domain<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Answer> {
    let domain = &scene.snapshot.domain;
    let asked = scene.snapshot.resolver.iter().filter(move |asked| asked.name == *domain);
    asked.filter_map(|asked| asked.outcome.as_ref().ok())
}
