//! How many name servers there are, by the delegation's word and by the zone's own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use lr_core::{ErrorKind, Location, Recorder, Rule, Severity};

use crate::delegation::{own_servers, referrals};
use crate::judge::{Scene, list};
use crate::rules::{ENOUGH_SERVERS, SERVERS_V4};

/// Name servers as one side names them, with their addresses; `None` where these are not known.
struct Side<'a> {
    /// Such as "the delegation".
    who: &'static str,
    servers: BTreeMap<&'a str, Addresses>,
    /// Names that are aliases, which is a matter of its own.
    aliases: BTreeSet<&'a str>,
}

/// IPv4 and IPv6 addresses of a server.
type Addresses = [Option<BTreeSet<IpAddr>>; 2];

/// What is wrong by the word of one side.
struct Problem {
    who: &'static str,
    what: String,
    severity: Severity,
}

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let zone = scene.snapshot.zone.as_deref().filter(|_| !scene.snapshot.servers.is_empty());
    let Some(zone) = zone else {
        let why = "the name servers of the zone are not known";
        for rule in [&ENOUGH_SERVERS, &SERVERS_V4] {
            out.inconclusive(rule, scene.domain(), ErrorKind::NotDecided, why);
        }
        return;
    };
    let place = Location::record(zone, "NS");
    let sides = sides(scene, zone);
    let problems = sides.iter().filter_map(|side| enough(scene.policy.name_servers, side));
    tell(&ENOUGH_SERVERS, &place, problems.collect(), out);
    // IPv6 is optional: who has it finds one server enough.
    let unknown = sides.iter().flat_map(|side| &side.servers);
    let unknown = unknown.into_iter().find(|(_, addresses)| addresses[0].is_none());
    if let Some((server, _)) = unknown {
        let why = format!("the addresses of {server} are not known");
        out.inconclusive(&SERVERS_V4, place, ErrorKind::NotDecided, why);
        return;
    }
    let problems = sides.iter().filter_map(over_v4);
    tell(&SERVERS_V4, &place, problems.collect(), out);
}

fn sides<'a>(scene: &Scene<'a>, zone: &'a str) -> Vec<Side<'a>> {
    let seen = scene.snapshot;
    let mut sides = Vec::new();
    let aliases: BTreeSet<&str> = seen
        .resolver
        .iter()
        .filter_map(|asked| Some((asked, asked.outcome.as_ref().ok()?)))
        .filter(|(asked, answer)| answer.data_of(&asked.name, "CNAME").next().is_some())
        .map(|(asked, _)| asked.name.as_str())
        .collect();
    let referrals = referrals(seen);
    let delegated: BTreeSet<&str> = seen
        .servers
        .iter()
        .map(|server| server.name.as_str())
        .filter(|name| {
            let of_zone = referrals.iter().filter(|referral| referral.zone == zone);
            of_zone.flat_map(|referral| &referral.servers).any(|server| server == name)
        })
        .collect();
    let own = own_servers(seen, zone);
    if !delegated.is_empty() {
        let servers = delegated.into_iter().map(|name| (name, by_delegation(scene, name)));
        let aliases = aliases.clone();
        sides.push(Side { who: "the delegation", servers: servers.collect(), aliases });
    }
    let own = match own.is_empty() && sides.is_empty() {
        true => seen.servers.iter().map(|server| server.name.as_str()).collect(),
        false => own,
    };
    if !own.is_empty() {
        let servers = own.into_iter().map(|name| (name, by_resolver(scene, name)));
        sides.push(Side { who: "the zone", servers: servers.collect(), aliases });
    }
    sides
}

/// Glue where there is any; else what everybody finds.
fn by_delegation(scene: &Scene<'_>, name: &str) -> Addresses {
    let server = scene.snapshot.servers.iter().find(|server| server.name == name);
    match server.filter(|server| !server.glue.is_empty()) {
        Some(server) => [false, true].map(|v6| Some(of_family(server.glue.iter(), v6))),
        None => by_resolver(scene, name),
    }
}

fn by_resolver(scene: &Scene<'_>, name: &str) -> Addresses {
    let seen = scene.snapshot;
    let server = seen.servers.iter().find(|server| server.name == name);
    [(false, "A"), (true, "AAAA")].map(|(v6, rtype)| {
        let resolved = server.and_then(|server| server.resolved.as_ref().ok());
        let found = of_family(resolved.into_iter().flatten(), v6);
        let asked = seen.resolver.iter().find(|a| a.name == name && a.rtype == rtype);
        // That there is none must have been said.
        match asked.is_some_and(|asked| asked.outcome.is_err()) && found.is_empty() {
            true => None,
            false => Some(found),
        }
    })
}

fn of_family<'a>(addresses: impl Iterator<Item = &'a IpAddr>, v6: bool) -> BTreeSet<IpAddr> {
    addresses.copied().filter(|address| address.is_ipv6() == v6).collect()
}

fn enough(wanted: usize, side: &Side<'_>) -> Option<Problem> {
    let names: Vec<&str> = side.servers.keys().copied().collect();
    let problem = |what: String, severity| Some(Problem { who: side.who, what, severity });
    if names.len() < wanted {
        let what = format!("{} name server(s), {}", names.len(), list(&names));
        return problem(what, ENOUGH_SERVERS.severity);
    }
    let mut at: BTreeMap<IpAddr, Vec<&str>> = BTreeMap::new();
    for (name, addresses) in side.servers.iter().filter(|(name, _)| !side.aliases.contains(*name)) {
        for address in addresses.iter().flatten().flatten() {
            at.entry(*address).or_default().push(name);
        }
    }
    // Two names of one machine are one server.
    let shared = at.iter().find(|(_, names)| names.len() > 1);
    let (address, sharing) = shared.filter(|_| wanted > 1)?;
    let apart = |v6: bool| at.keys().filter(|address| address.is_ipv6() == v6).count();
    let severity = match apart(false).max(apart(true)) < wanted {
        true => ENOUGH_SERVERS.severity,
        false => Severity::Low,
    };
    problem(format!("{} share one address, {address}", list(sharing)), severity)
}

fn over_v4(side: &Side<'_>) -> Option<Problem> {
    let has = |(_, addresses): &(&&str, &Addresses)| {
        addresses[0].as_ref().is_some_and(|found| !found.is_empty())
    };
    let with: Vec<&str> = side.servers.iter().filter(has).map(|(name, _)| *name).collect();
    let (what, severity) = match with.as_slice() {
        [] => ("no name server has an IPv4 address".to_owned(), SERVERS_V4.severity),
        // One of one is another rule's matter.
        [only] if side.servers.len() > 1 => {
            (format!("only {only} has an IPv4 address"), Severity::Medium)
        }
        _ => return None,
    };
    Some(Problem { who: side.who, what, severity })
}

/// What both sides have in common is told once.
fn tell(rule: &'static Rule, place: &Location, mut problems: Vec<Problem>, out: &mut Recorder<'_>) {
    if problems.is_empty() {
        out.pass(rule, place.clone());
    }
    if let [one, other] = problems.as_slice()
        && one.what == other.what
    {
        problems.truncate(1);
        let Problem { what, severity, .. } = &problems[0];
        let detail = format!("by the delegation and by the zone: {what}");
        out.fail(rule, place.clone(), detail).severity(*severity);
        return;
    }
    for Problem { who, what, severity } in problems {
        out.fail(rule, place.clone(), format!("by {who}: {what}")).severity(severity).instance(who);
    }
}
