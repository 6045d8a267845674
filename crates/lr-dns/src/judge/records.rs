//! Records that stand where they should not, or for too long or not long enough.

use std::collections::{BTreeMap, BTreeSet};

use lr_core::{Confidence, ErrorKind, Location, Recorder};
use lr_net::AddressClass;

use crate::chain::{Book, Chain};
use crate::judge::{Scene, list};
use crate::provider;
use crate::rules::{
    ALIAS_ALONE, NEGATIVE_TTL, PRIVATE_NAMES, TTL_HIGH, TTL_LOW, WILDCARD, WWW_BESIDE_APEX,
};
use crate::snapshot::{Answer, Role};
use crate::status::{is_at_or_below, is_authoritative};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    alone(scene, out);
    lifetimes(scene, out);
    negative(scene, out);
    let wildcard = wildcard(scene, out);
    private(scene, wildcard.as_ref(), out);
    beside(scene, out);
}

/// The authoritative answers with who gave them.
fn told<'a>(scene: &Scene<'a>) -> impl Iterator<Item = (String, &'a str, &'a str, &'a Answer)> {
    scene.snapshot.endpoints().flat_map(|(server, endpoint)| {
        let asked = endpoint.asked.iter();
        let told = asked.filter_map(|asked| Some((asked, asked.outcome.as_ref().ok()?)));
        told.filter(|(_, answer)| is_authoritative(answer)).map(move |(asked, answer)| {
            let who = format!("{} ({})", server.name, endpoint.address);
            (who, asked.name.as_str(), asked.rtype.as_str(), answer)
        })
    })
}

/// At one and the same server, a name has an alias and other records.
fn alone(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let zone = scene.snapshot.zone.as_deref().unwrap_or_default();
    let mut kinds: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    // Targets that stand in one answer: a server may take turns.
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (who, _, _, answer) in told(scene) {
        for record in &answer.answers {
            let kinds = kinds.entry((record.name.as_str(), who.clone())).or_default();
            kinds.insert(record.rtype.as_str());
            let of_name: Vec<_> = answer.data_of(&record.name, "CNAME").collect();
            if of_name.len() > 1 {
                targets.insert(&record.name, of_name);
            }
        }
    }
    for probed in &scene.snapshot.names {
        let name = probed.name.as_str();
        // An alias at the apex is a matter of its own.
        if name == zone {
            continue;
        }
        let mut any = false;
        let mut failed = targets.contains_key(name);
        if let Some(targets) = targets.get(name) {
            let detail = format!("{name} is an alias of {} at once", list(targets));
            out.fail(&ALIAS_ALONE, Location::record(name, "CNAME"), detail)
                .evidence("targets", targets.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        }
        for ((_, who), kinds) in kinds.iter().filter(|((owner, _), _)| *owner == name) {
            any = true;
            let others: Vec<_> = kinds.iter().copied().filter(|kind| *kind != "CNAME").collect();
            if kinds.contains("CNAME") && !others.is_empty() && !failed {
                failed = true;
                let detail =
                    format!("{name} is an alias and has {} beside it, at {who}", list(&others));
                out.fail(&ALIAS_ALONE, Location::record(name, "CNAME"), detail)
                    .evidence("types", others)
                    .evidence("server", who.as_str());
            }
        }
        if any && !failed {
            out.pass(&ALIAS_ALONE, Location::record(name, "CNAME"));
        }
    }
}

/// Times to live of addresses and aliases, as the zone's own servers give them.
fn lifetimes(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let zone = scene.snapshot.zone.as_deref().unwrap_or_default();
    let mut ttls: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    let names: BTreeSet<&str> =
        scene.chains.values().flat_map(|chain| &chain.links).map(String::as_str).collect();
    for (_, _, _, answer) in told(scene) {
        for record in &answer.answers {
            let counts = matches!(record.rtype.as_str(), "A" | "AAAA" | "CNAME")
                && names.contains(record.name.as_str())
                && is_at_or_below(&record.name, zone);
            if counts {
                let entry = ttls.entry((&record.name, &record.rtype)).or_insert((u32::MAX, 0));
                *entry = (entry.0.min(record.ttl), entry.1.max(record.ttl));
            }
        }
    }
    for ((name, rtype), (lowest, highest)) in ttls {
        let place = || Location::record(name, rtype);
        match lowest < scene.policy.shortest_ttl_s {
            false => out.pass(&TTL_LOW, place()),
            true => {
                let detail = format!("{name} {rtype} has a TTL of {lowest} s");
                out.fail(&TTL_LOW, place(), detail).evidence("ttl_s", u64::from(lowest));
            }
        }
        match highest > scene.policy.longest_ttl_s {
            false => out.pass(&TTL_HIGH, place()),
            true => {
                let detail = format!("{name} {rtype} has a TTL of {highest} s ({})", span(highest));
                out.fail(&TTL_HIGH, place(), detail).evidence("ttl_s", u64::from(highest));
            }
        }
    }
}

/// A time in the words people use.
fn span(seconds: u32) -> String {
    match seconds {
        86_400.. => format!("{} days", seconds / 86_400),
        3600.. => format!("{} hours", seconds / 3600),
        _ => format!("{seconds} seconds"),
    }
}

/// The lesser of the SOA record's own TTL and its last field (RFC 2308, section 4).
fn negative(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let mut worst: Option<(u32, String)> = None;
    for (who, _, rtype, answer) in told(scene) {
        if rtype != "SOA" {
            continue;
        }
        for record in answer.answers.iter().filter(|record| record.rtype == "SOA") {
            let minimum = record.data.split(' ').nth(6).and_then(|text| text.parse::<u32>().ok());
            let Some(minimum) = minimum else { continue };
            let ttl = minimum.min(record.ttl);
            if worst.as_ref().is_none_or(|(known, _)| ttl > *known) {
                worst = Some((ttl, who.clone()));
            }
        }
    }
    let place = Location::record(scene.snapshot.zone.as_deref().unwrap_or_default(), "SOA");
    match worst {
        Some((ttl, who)) if ttl > scene.policy.longest_negative_ttl_s => {
            let detail = format!("{ttl} s ({}), says {who}", span(ttl));
            out.fail(&NEGATIVE_TTL, place, detail).evidence("ttl_s", u64::from(ttl));
        }
        Some(_) => out.pass(&NEGATIVE_TTL, place),
        None => {
            let why = "no name server gave the SOA record";
            out.inconclusive(&NEGATIVE_TTL, scene.domain(), ErrorKind::NotDecided, why);
        }
    }
}

/// Where the wildcard leads, if there is one.
fn wildcard(scene: &Scene<'_>, out: &mut Recorder<'_>) -> Option<Chain> {
    let place = Location::record(format!("*.{}", scene.snapshot.domain), "A");
    let probe = scene.snapshot.wildcard_probe.as_deref().unwrap_or_default();
    let answers: Vec<_> = told(scene).filter(|(_, name, ..)| *name == probe).collect();
    let Some((who, _, _, _)) = answers.first() else {
        let why = "a name that nobody would create was not asked for";
        out.inconclusive(&WILDCARD, place, ErrorKind::NotDecided, why);
        return None;
    };
    let exists = answers.iter().any(|(_, _, _, a)| a.rcode == "NOERROR" && !a.answers.is_empty());
    if !exists {
        out.pass(&WILDCARD, place);
        return None;
    }
    let chain = Book::of(scene.snapshot).follow(probe);
    let detail = format!("{who} has an answer for {probe}, which nobody has created");
    out.fail(&WILDCARD, place, detail).evidence("asked_for", probe);
    Some(chain)
}

/// Names that the policy takes for private, though nobody named them as hosts of the launch.
fn private(scene: &Scene<'_>, wildcard: Option<&Chain>, out: &mut Recorder<'_>) {
    let mut any = false;
    for probed in scene.snapshot.names.iter().filter(|p| p.role == Role::WellKnown) {
        let Some(chain) = scene.chains.get(probed.name.as_str()) else { continue };
        let label = probed.name.split('.').next().unwrap_or_default();
        // Whatever exists only by the wildcard was not created by anybody.
        let made_up = wildcard.is_some_and(|wildcard| {
            wildcard.end == chain.end && wildcard.links.get(1) == chain.links.get(1)
        });
        let reachable = |ip: &std::net::IpAddr| AddressClass::of(*ip).is_public();
        let public = chain.addresses().iter().any(reachable) && !made_up;
        if !public || !scene.policy.private_labels.iter().any(|private| private == label) {
            continue;
        }
        any = true;
        let addresses: Vec<_> = chain.addresses().iter().map(ToString::to_string).collect();
        let detail = format!("{} leads to {}", probed.name, list(&addresses));
        out.fail(&PRIVATE_NAMES, Location::host(probed.name.as_str()), detail)
            .evidence("addresses", addresses);
    }
    if !any {
        out.pass(&PRIVATE_NAMES, scene.domain());
    }
}

/// Apex and `www` share an address, a network, an alias or a provider.
fn beside(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let www = seen.names.iter().find(|probed| probed.role == Role::Www);
    let www = www.and_then(|probed| scene.chains.get(probed.name.as_str()));
    let apex = scene.chains.get(seen.domain.as_str());
    let (Some(apex), Some(www)) = (apex, www) else { return };
    let place = Location::host(www.links.first().map(String::as_str).unwrap_or_default());
    if apex.addresses().is_empty() || www.addresses().is_empty() {
        let why = "one of them does not resolve";
        out.not_applicable(&WWW_BESIDE_APEX, place, why);
        return;
    }
    let shared = apex.links.iter().any(|link| www.links.contains(link))
        || apex.addresses().iter().any(|a| www.addresses().iter().any(|b| is_near(*a, *b)));
    let names = [super::edge::provider_of(apex), super::edge::provider_of(www)];
    let same = matches!(names, [Some(one), Some(other)] if one.name == other.name);
    if shared || same {
        out.pass(&WWW_BESIDE_APEX, place);
        return;
    }
    let show = |chain: &Chain| {
        let addresses: Vec<_> = chain.addresses().iter().map(ToString::to_string).collect();
        match super::edge::provider_of(chain) {
            Some(provider) => format!("{} ({})", list(&addresses), provider.name),
            None => list(&addresses),
        }
    };
    let detail = format!("{} is at {}, www at {}", seen.domain, show(apex), show(www));
    out.fail(&WWW_BESIDE_APEX, place, detail).confidence(Confidence::Medium);
}

/// In one /24 of IPv4 or /48 of IPv6.
fn is_near(one: std::net::IpAddr, other: std::net::IpAddr) -> bool {
    use std::net::IpAddr::{V4, V6};
    match (one, other) {
        (V4(a), V4(b)) => {
            a == b
                || provider::by_address(V4(a)).is_none()
                    && a.octets()[..3] == b.octets()[..3]
                    && (a.octets()[3] ^ b.octets()[3]) < 16
        }
        (V6(a), V6(b)) => {
            a.segments()[..4] == b.segments()[..4] && a.segments()[4..7] == b.segments()[4..7]
        }
        _ => false,
    }
}
