//! What is gone and can be claimed by somebody else: said only where there is proof.

use lr_core::{Confidence, Location, Recorder, Severity};
use lr_net::FailureReason;

use crate::chain::{Book, End};
use crate::judge::{Scene, list};
use crate::provider::{self, Provider, Takeover};
use crate::rules::NOT_CLAIMABLE;
use crate::snapshot::NameServer;
use crate::status::{Status, is_at_or_below};

pub(super) fn judge(scene: &Scene<'_>, book: &Book<'_>, out: &mut Recorder<'_>) {
    for (name, chain) in scene.chains.iter().filter(|(_, chain)| chain.is_alias()) {
        let place = Location::record(*name, "CNAME");
        verdict(scene, name, &chain.links, &chain.end, place, out);
    }
    for host in super::mail::hosts(scene) {
        let chain = book.follow(host);
        verdict(scene, host, &chain.links, &chain.end, Location::record(host, "MX"), out);
    }
    for (service, hosts) in super::services::targets(scene) {
        for host in hosts {
            let chain = book.follow(host);
            verdict(scene, host, &chain.links, &chain.end, Location::record(service, "SRV"), out);
        }
    }
    let below = scene.snapshot.zones_below.iter().flat_map(|below| &below.servers);
    for server in scene.snapshot.servers.iter().chain(below) {
        let gone = server
            .resolved
            .as_ref()
            .is_err_and(|failure| failure.reason == FailureReason::NoSuchName);
        let end = if gone { End::Missing } else { End::NoAddress };
        let links = [server.name.clone()];
        let place = Location::record(server.name.as_str(), "NS");
        verdict(scene, &server.name, &links, &end, place, out);
    }
    zones(scene, out);
}

fn verdict(
    scene: &Scene<'_>,
    name: &str,
    links: &[String],
    end: &End,
    place: Location,
    out: &mut Recorder<'_>,
) {
    let last = links.last().map_or(name, String::as_str);
    let provider = provider::by_name(last);
    let proof = match end {
        End::Missing => missing(scene, last),
        _ => provider.filter(|_| scene.policy.unclaimed.iter().any(|known| known == name)).map(
            |provider| format!("{} answers over HTTP that it has no such site", provider.name),
        ),
    };
    match (proof, provider) {
        (Some(proof), _) => {
            let detail = format!("{}: {proof}", links.join(" -> "));
            out.fail(&NOT_CLAIMABLE, place, detail)
                .evidence("chain", links.to_vec())
                .evidence("proof", proof);
        }
        (None, Some(provider)) if provider.takeover == Takeover::NeedsHttp => {
            let why = format!("whether {} still has this site shows over HTTP only", provider.name);
            out.not_applicable(&NOT_CLAIMABLE, place, why);
        }
        _ => out.pass(&NOT_CLAIMABLE, place),
    }
}

/// Why a name that does not exist can be claimed, if that is certain.
fn missing(scene: &Scene<'_>, last: &str) -> Option<String> {
    let seen = scene.snapshot;
    if provider::is_claimable_when_missing(last) {
        let provider = provider::by_name(last)?;
        return Some(format!(
            "{last} does not exist, and {} gives it to whoever asks",
            provider.name
        ));
    }
    let above = provider::registrable(last)?;
    let own = is_at_or_below(&above, &seen.domain) || is_at_or_below(&seen.domain, &above);
    if own || provider::by_name(last).is_some() {
        return None;
    }
    let mut asked = seen.resolver.iter().filter(|asked| asked.name == above && asked.rtype == "NS");
    let free = asked.any(|a| a.outcome.as_ref().is_ok_and(|answer| answer.rcode == "NXDOMAIN"));
    free.then(|| format!("the domain {above} does not exist, and anybody can register it"))
}

/// A delegation to a DNS host that does not have the zone any more: of the zone itself, or of one
/// below.
fn zones(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let below = seen.zones_below.iter().map(|below| (below.name.as_str(), &below.servers));
    for (name, servers) in
        seen.zone.as_deref().map(|zone| (zone, &seen.servers)).into_iter().chain(below)
    {
        zone(name, servers, out);
    }
}

fn zone(zone: &str, servers: &[NameServer], out: &mut Recorder<'_>) {
    let place = Location::record(zone, "NS");
    let endpoints = servers.iter().flat_map(|server| &server.endpoints);
    let mut statuses = endpoints.map(|endpoint| Status::of(endpoint, zone)).peekable();
    let refused = statuses.peek().is_some()
        && statuses.all(|status| match status {
            Status::Lame { how } => how == "REFUSED",
            Status::Dead { how } => how == "SERVFAIL",
            _ => false,
        });
    let hosts = servers.iter().map(|server| provider::by_name_server(&server.name));
    let claimable =
        |host: &&Provider| matches!(host.takeover, Takeover::ByRefusal | Takeover::ByChance);
    let hosts: Option<Vec<_>> = hosts.map(|host| host.filter(claimable)).collect();
    let hosts = hosts.unwrap_or_default();
    let by_chance = hosts.iter().any(|host| host.takeover == Takeover::ByChance);
    let mut providers: Vec<_> = hosts.iter().map(|host| host.name).collect();
    providers.dedup();
    if refused && !providers.is_empty() {
        let detail = format!(
            "{zone} is delegated to {}, none of whose servers has it: whoever creates it there owns it",
            list(&providers)
        );
        let finding = out.fail(&NOT_CLAIMABLE, place, detail).evidence("providers", providers);
        if by_chance {
            // Whether anybody else is given the same servers is up to the host.
            finding.severity(Severity::High).confidence(Confidence::Low);
        }
    } else {
        out.pass(&NOT_CLAIMABLE, place);
    }
}
