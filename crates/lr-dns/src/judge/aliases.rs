use lr_core::{ErrorKind, Location, Recorder, Rule};

use crate::chain::{Chain, End};
use crate::judge::Scene;
use crate::rules::{ALIAS_CHAINS, ALIAS_TARGETS, APEX_ALIAS};
use crate::status::is_authoritative;

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    for (name, chain) in &scene.chains {
        let place = || Location::record(*name, "CNAME");
        if !chain.is_alias() {
            undecided_or_none(name, chain, out);
            continue;
        }
        let links = chain.links.len() - 1;
        let shown = chain.links.join(" -> ");
        match &chain.end {
            End::Loop => {
                out.fail(&ALIAS_CHAINS, place(), shown).evidence("chain", chain.links.clone());
                out.not_applicable(&ALIAS_TARGETS, place(), "the chain has no end");
                continue;
            }
            _ if links > scene.policy.aliases => {
                let detail = format!("{links} aliases in a row: {shown}");
                out.fail(&ALIAS_CHAINS, place(), detail).evidence("chain", chain.links.clone());
            }
            End::Unknown(cause, why) => {
                out.inconclusive(&ALIAS_CHAINS, place(), *cause, why.as_str());
            }
            _ => out.pass(&ALIAS_CHAINS, place()),
        }
        match &chain.end {
            End::Missing => {
                let detail = format!("{shown}, and {} does not exist", chain.last());
                out.fail(&ALIAS_TARGETS, place(), detail)
                    .evidence("chain", chain.links.clone())
                    .evidence("missing", chain.last());
            }
            End::Unknown(cause, why) => {
                out.inconclusive(&ALIAS_TARGETS, place(), *cause, why.as_str());
            }
            _ => out.pass(&ALIAS_TARGETS, place()),
        }
    }
    apex(scene, out);
}

/// A name of which nothing could be learnt may be an alias or not.
fn undecided_or_none(name: &str, chain: &Chain, out: &mut Recorder<'_>) {
    for rule in [&ALIAS_TARGETS, &ALIAS_CHAINS] as [&'static Rule; 2] {
        let place = Location::record(name, "CNAME");
        match &chain.end {
            End::Unknown(cause, why) => out.inconclusive(rule, place, *cause, why.as_str()),
            _ => out.not_applicable(rule, place, format!("{name} is no alias")),
        }
    }
}

fn apex(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let Some(zone) = seen.zone.as_deref() else {
        let why = "the zone of the domain is not known";
        out.inconclusive(&APEX_ALIAS, scene.domain(), ErrorKind::NotDecided, why);
        return;
    };
    let by_server = seen.endpoints().flat_map(|(server, endpoint)| {
        let asked = endpoint.asked.iter().filter(|asked| asked.name == zone);
        let answers = asked.filter_map(|asked| asked.outcome.as_ref().ok());
        answers
            .filter(|answer| is_authoritative(answer))
            .map(move |answer| (format!("{} ({})", server.name, endpoint.address), answer))
    });
    let by_resolver = seen.resolver.iter().filter(|asked| asked.name == zone);
    let by_resolver = by_resolver.filter_map(|asked| asked.outcome.as_ref().ok());
    let mut answers = by_server.chain(by_resolver.map(|answer| ("the resolver".into(), answer)));
    let place = Location::record(zone, "CNAME");
    let mut any = false;
    let found = answers.find_map(|(who, answer)| {
        any = true;
        Some((who, answer.data_of(zone, "CNAME").next()?))
    });
    match found {
        Some((who, target)) => {
            out.fail(&APEX_ALIAS, place, format!("{zone} is an alias of {target}, says {who}"))
                .evidence("target", target);
        }
        None if any => out.pass(&APEX_ALIAS, place),
        None => {
            let why = "nobody answered about the apex";
            out.inconclusive(&APEX_ALIAS, place, ErrorKind::NotDecided, why);
        }
    }
}
