use std::collections::BTreeSet;
use std::net::IpAddr;

use lr_core::{ErrorKind, Location, Recorder, Rule, Severity};
use lr_net::AddressClass;

use crate::chain::{Book, Chain, End, exists};
use crate::judge::{Scene, list};
use crate::rules::{ADDRESSES_PUBLIC, APEX_RESOLVES, HOSTS_RESOLVE, IPV6, WWW_RESOLVES};
use crate::snapshot::{Probed, Role};
use crate::status::is_authoritative;

pub(super) fn judge(scene: &Scene<'_>, book: &Book<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    if !seen.names.iter().any(|probed| probed.role == Role::Given) {
        out.not_applicable(&HOSTS_RESOLVE, scene.domain(), "no other host is given");
    }
    for probed in &seen.names {
        let Some(chain) = scene.chains.get(probed.name.as_str()) else { continue };
        match probed.role {
            Role::Domain => {
                resolves(&APEX_RESOLVES, &probed.name, chain, out);
                ipv6(scene, &probed.name, chain, out);
            }
            Role::Www => match www_excused(scene, chain) {
                Some(why) => {
                    out.not_applicable(&WWW_RESOLVES, Location::host(probed.name.as_str()), why);
                }
                None => {
                    resolves(&WWW_RESOLVES, &probed.name, chain, out);
                    ipv6(scene, &probed.name, chain, out);
                }
            },
            Role::Given => resolves(&HOSTS_RESOLVE, &probed.name, chain, out),
            Role::WellKnown => {}
        }
        public(scene, probed, chain, out);
    }
    targets(scene, book, out);
    for server in &seen.servers {
        for address in server.addresses() {
            let class = AddressClass::of(address);
            let place = Location::server(server.name.as_str(), address.to_string());
            match class.is_public() {
                true => out.pass(&ADDRESSES_PUBLIC, place),
                false => {
                    let detail = format!(
                        "the name server {} has the {class} address {address}",
                        server.name
                    );
                    out.fail(&ADDRESSES_PUBLIC, place, detail);
                }
            }
        }
    }
}

/// Why nobody needs this `www`, if nobody does.
fn www_excused(scene: &Scene<'_>, chain: &Chain) -> Option<String> {
    let seen = scene.snapshot;
    if exists(chain) != Some(false) {
        return None;
    }
    match &seen.zone {
        _ if !scene.policy.www => Some("the policy does not ask for it".into()),
        Some(zone) if !seen.is_apex() => {
            Some(format!("{} is a name in the zone {zone}", seen.domain))
        }
        _ => None,
    }
}

fn resolves(rule: &'static Rule, name: &str, chain: &Chain, out: &mut Recorder<'_>) {
    let place = Location::host(name);
    let via = match chain.is_alias() {
        true => format!(" (by way of {})", chain.links[1..].join(", ")),
        false => String::new(),
    };
    let detail = match &chain.end {
        End::Addresses(addresses) if addresses.iter().any(IpAddr::is_ipv4) => {
            out.pass(rule, place);
            return;
        }
        End::Addresses(_) => {
            let detail = format!("{name}{via} has IPv6 addresses only");
            out.fail(rule, place, detail).severity(rule.severity.min(Severity::High));
            return;
        }
        End::Unknown(cause, why) => {
            out.inconclusive(rule, place, *cause, why.as_str());
            return;
        }
        End::NoAddress => format!("{name}{via} has no address"),
        End::Missing if chain.is_alias() => {
            format!("{name} leads to {}, which does not exist", chain.last())
        }
        End::Missing => format!("{name} does not exist"),
        End::Loop => format!("the aliases of {name}{via} go in circles"),
    };
    out.fail(rule, place, detail);
}

fn ipv6(scene: &Scene<'_>, name: &str, chain: &Chain, out: &mut Recorder<'_>) {
    let place = Location::host(name);
    if chain.addresses().is_empty() {
        out.not_applicable(&IPV6, place, format!("{name} does not resolve"));
        return;
    }
    if chain.addresses().iter().any(IpAddr::is_ipv6) {
        out.pass(&IPV6, place);
        return;
    }
    // Somebody must have said that there is none, of the name at the end of the chain at least.
    let ends = [name, chain.last()];
    let by_server = scene.snapshot.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let by_server = by_server.filter(|a| a.outcome.as_ref().is_ok_and(is_authoritative));
    let asked = by_server.chain(&scene.snapshot.resolver);
    let asked = asked.filter(|a| a.rtype == "AAAA" && ends.contains(&a.name.as_str()));
    let mut failure = None;
    for asked in asked {
        match &asked.outcome {
            Ok(_) => {
                out.fail(&IPV6, place, format!("{name} has no AAAA record"));
                return;
            }
            Err(failed) => failure = Some(failed),
        }
    }
    match failure {
        Some(failure) => out.inconclusive(&IPV6, place, failure.kind, failure.message.clone()),
        None => {
            let why = format!("the AAAA records of {name} were not asked for");
            out.inconclusive(&IPV6, place, ErrorKind::NotDecided, why);
        }
    }
}

/// Hosts of mail and services that nobody outside can reach.
fn targets(scene: &Scene<'_>, book: &Book<'_>, out: &mut Recorder<'_>) {
    let services = super::services::targets(scene).into_values().flatten();
    let hosts: BTreeSet<&str> = super::mail::hosts(scene).into_iter().chain(services).collect();
    for host in hosts.into_iter().filter(|host| !scene.chains.contains_key(host)) {
        for (rtype, v6) in FAMILIES {
            let Some(offenders) = not_public(&book.follow(host), v6) else { continue };
            let place = Location::record(host, rtype);
            if offenders.is_empty() {
                out.pass(&ADDRESSES_PUBLIC, place);
                continue;
            }
            let detail =
                format!("{host}, named by MX or SRV records, leads to {}", list(&offenders));
            out.fail(&ADDRESSES_PUBLIC, place, detail).evidence("addresses", offenders);
        }
    }
}

const FAMILIES: [(&str, bool); 2] = [("A", false), ("AAAA", true)];

/// The addresses of a family that are not public; `None` if there is none of the family at all.
fn not_public(chain: &Chain, v6: bool) -> Option<Vec<String>> {
    let mut of_family = chain.addresses().iter().filter(|ip| ip.is_ipv6() == v6).peekable();
    of_family.peek()?;
    let classes = of_family.map(|ip| (ip, AddressClass::of(*ip)));
    let offenders = classes.filter(|(_, class)| !class.is_public());
    Some(offenders.map(|(ip, class)| format!("{ip} ({class})")).collect())
}

fn public(scene: &Scene<'_>, probed: &Probed, chain: &Chain, out: &mut Recorder<'_>) {
    let name = probed.name.as_str();
    for (rtype, v6) in FAMILIES {
        let Some(offenders) = not_public(chain, v6) else { continue };
        let place = Location::record(name, rtype);
        if offenders.is_empty() {
            out.pass(&ADDRESSES_PUBLIC, place);
            continue;
        }
        let detail = format!("{name} leads to {}", offenders.join(", "));
        let finding = out.fail(&ADDRESSES_PUBLIC, place, detail);
        finding.evidence("addresses", offenders);
        // Somebody's internal name, perhaps: given away, but no visitor is sent there. Names that are
        // not for the public anyway often lead inside on purpose.
        let label = name.split('.').next().unwrap_or_default();
        if probed.role == Role::WellKnown {
            let inside = scene.policy.private_labels.iter().any(|private| private == label);
            finding.severity(if inside { Severity::Low } else { Severity::Medium });
        }
    }
}
