use std::net::IpAddr;

use lr_core::{Confidence, ErrorKind, Location, Recorder, Rule, Severity};
use lr_net::FailureReason;

use crate::delegation::referrals;
use crate::judge::Scene;
use crate::rules::{SERVERS_ANSWER, SERVERS_ANSWER_V6, SERVERS_AUTHORITATIVE, SERVERS_RESOLVE};
use crate::snapshot::{NameServer, Snapshot};
use crate::status::{Status, is_at_or_below, status_from_here};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let Some(zone) = seen.zone.as_deref().filter(|_| !seen.servers.is_empty()) else {
        let why = "the name servers of the zone are not known";
        for rule in [&SERVERS_RESOLVE, &SERVERS_ANSWER, &SERVERS_ANSWER_V6, &SERVERS_AUTHORITATIVE]
        {
            out.inconclusive(rule, scene.domain(), ErrorKind::NotDecided, why);
        }
        return;
    };
    resolve(scene, out);
    answer(scene, zone, out);
}

fn resolve(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    for server in &seen.servers {
        let place = Location::host(server.name.as_str());
        match &server.resolved {
            Ok(_) => out.pass(&SERVERS_RESOLVE, place),
            Err(failure) => match failure.reason {
                FailureReason::NoSuchName | FailureReason::NoAddress => {
                    out.fail(&SERVERS_RESOLVE, place, failure.message.clone());
                }
                _ if needs_glue(seen, server) => {
                    let detail = format!(
                        "{} lies in the zone itself, and the delegation comes without any address",
                        server.name
                    );
                    out.fail(&SERVERS_RESOLVE, place, detail);
                }
                _ => {
                    out.inconclusive(&SERVERS_RESOLVE, place, failure.kind, failure.message.clone())
                }
            },
        }
    }
}

/// Whether nobody can find a server because its address is in the zone that only it knows, and that
/// no other server can be asked for either.
fn needs_glue(seen: &Snapshot, server: &NameServer) -> bool {
    let zone = seen.zone.as_deref().unwrap_or_default();
    let delegated =
        referrals(seen).iter().any(|r| r.zone == zone && r.servers.contains(&server.name));
    delegated
        && is_at_or_below(&server.name, zone)
        && seen.servers.iter().all(|server| server.addresses().is_empty())
}

fn answer(scene: &Scene<'_>, zone: &str, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let statuses: Vec<_> = seen
        .endpoints()
        .map(|(server, endpoint)| {
            let status = status_from_here(endpoint, zone, scene.families);
            (server.name.as_str(), endpoint.address, status)
        })
        .collect();
    let any = statuses.iter().any(|(_, _, status)| *status == Status::Authoritative);
    // Visitors may live on what their resolvers remember, or be nearer to the servers than we are.
    let resolves =
        scene.chains.get(seen.domain.as_str()).is_some_and(|c| !c.addresses().is_empty());
    for (name, address, status) in &statuses {
        let place = || Location::server(*name, address.to_string());
        let rule = answer_rule(*address);
        match status {
            Status::Authoritative => {
                out.pass(rule, place());
                out.pass(&SERVERS_AUTHORITATIVE, place());
            }
            Status::Lame { how } => {
                out.pass(rule, place());
                let detail = format!("{name} at {address}, asked about {zone}: {how}");
                let finding = out.fail(&SERVERS_AUTHORITATIVE, place(), detail);
                finding.evidence("answer", how.as_str());
                if !any && !resolves {
                    finding.severity(Severity::Critical);
                }
            }
            Status::Dead { .. } if truncates(seen, *address) => {
                // It is there; that its answers do not arrive is another rule's matter.
                out.pass(rule, place());
                let why = "its answers do not fit into UDP, and do not come over TCP";
                out.not_applicable(&SERVERS_AUTHORITATIVE, place(), why);
            }
            Status::Dead { how } => {
                let detail = format!("{name} at {address}, asked about {zone}: {how}");
                let finding = out.fail(rule, place(), detail);
                finding.evidence("answer", how.as_str());
                if !any && resolves {
                    finding.confidence(Confidence::Medium);
                } else if !any {
                    finding.severity(Severity::Critical);
                }
                let why = "it does not answer";
                out.not_applicable(&SERVERS_AUTHORITATIVE, place(), why);
            }
            Status::Unknown { cause, why } => {
                out.inconclusive(rule, place(), *cause, why.as_str());
                match address {
                    // Often nothing but this host's own lack of IPv6; the same server is mostly
                    // judged at its other address.
                    IpAddr::V6(_) => {
                        out.not_applicable(&SERVERS_AUTHORITATIVE, place(), why.as_str());
                    }
                    IpAddr::V4(_) => {
                        out.inconclusive(&SERVERS_AUTHORITATIVE, place(), *cause, why.as_str());
                    }
                }
            }
        }
    }
    for (rule, family, v6) in [(&SERVERS_ANSWER, "IPv4", false), (&SERVERS_ANSWER_V6, "IPv6", true)]
    {
        if !statuses.iter().any(|(_, address, _)| address.is_ipv6() == v6) {
            let unresolved = seen.servers.iter().find_map(|server| server.resolved.as_ref().err());
            match unresolved.filter(|_| statuses.is_empty()) {
                Some(failure) => {
                    let why = failure.message.clone();
                    out.inconclusive(rule, Location::domain(zone), failure.kind, why);
                }
                None => {
                    let why = format!("no name server of the zone has an {family} address");
                    out.not_applicable(rule, Location::domain(zone), why);
                }
            }
        }
    }
}

/// Whether a server answers, with nothing but the word that the answer is too long.
pub(super) fn truncates(seen: &Snapshot, address: IpAddr) -> bool {
    let mut endpoints = seen.endpoints().filter(|(_, endpoint)| endpoint.address == address);
    endpoints.any(|(_, endpoint)| {
        let mut failures = endpoint.asked.iter().filter_map(|asked| asked.outcome.as_ref().err());
        failures.any(|failure| failure.reason == FailureReason::NoTcp)
    })
}

fn answer_rule(address: IpAddr) -> &'static Rule {
    if address.is_ipv6() { &SERVERS_ANSWER_V6 } else { &SERVERS_ANSWER }
}
