//! The hosts that serve the zone: their names, addresses and networks.

use std::collections::BTreeSet;
use std::net::IpAddr;

use lr_core::{Location, Recorder};

use crate::judge::{Scene, list};
use crate::rules::{GLUE, SERVER_NETWORKS, SERVERS_NOT_ALIASES};
use crate::snapshot::NameServer;

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    if scene.snapshot.servers.iter().all(|server| server.glue.is_empty()) {
        out.not_applicable(&GLUE, scene.domain(), "the delegation comes without addresses");
    }
    for server in &scene.snapshot.servers {
        glue(server, out);
        alias(scene, server, out);
    }
    networks(scene, out);
}

fn glue(server: &NameServer, out: &mut Recorder<'_>) {
    let Ok(own) = &server.resolved else { return };
    for address in &server.glue {
        let place = Location::server(server.name.as_str(), address.to_string());
        // A family that the server's own name does not have may not have been seen.
        if own.contains(address) {
            out.pass(&GLUE, place);
            continue;
        }
        let own: Vec<_> = own.iter().map(ToString::to_string).collect();
        let detail = format!(
            "the delegation says that {} is at {address}; it is at {}",
            server.name,
            list(&own)
        );
        out.fail(&GLUE, place, detail).evidence("glue", address.to_string()).evidence("own", own);
    }
}

/// A name server's name must have addresses of its own.
fn alias(scene: &Scene<'_>, server: &NameServer, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let asked = seen.resolver.iter().filter(|asked| asked.name == server.name);
    let mut answers = asked.filter_map(|asked| asked.outcome.as_ref().ok()).peekable();
    let place = Location::host(server.name.as_str());
    let known = answers.peek().is_some();
    let target = answers.find_map(|answer| answer.data_of(&server.name, "CNAME").next());
    match target {
        Some(target) => {
            let detail = format!("{} is an alias of {target}", server.name);
            out.fail(&SERVERS_NOT_ALIASES, place, detail).evidence("target", target);
        }
        None if known || server.resolved.is_ok() => out.pass(&SERVERS_NOT_ALIASES, place),
        None => {
            if let Err(failure) = &server.resolved {
                let why = failure.message.clone();
                out.inconclusive(&SERVERS_NOT_ALIASES, place, failure.kind, why);
            }
        }
    }
}

fn networks(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let place = scene.domain();
    let addresses: BTreeSet<IpAddr> =
        scene.snapshot.servers.iter().flat_map(NameServer::addresses).collect();
    if addresses.len() < 2 {
        let why = "there is one address or none: that is another matter";
        out.not_applicable(&SERVER_NETWORKS, place, why);
        return;
    }
    let mut networks: BTreeSet<String> = addresses.iter().map(|ip| network(*ip)).collect();
    // IPv4 and IPv6 of one machine are no two networks.
    let v4 = networks.iter().filter(|network| network.contains('.')).count();
    if v4.max(networks.len() - v4) > 1 || scene.snapshot.servers.len() < 2 {
        out.pass(&SERVER_NETWORKS, place);
        return;
    }
    let shown: Vec<_> = std::mem::take(&mut networks).into_iter().collect();
    let detail = format!("all name servers are in {}", list(&shown));
    out.fail(&SERVER_NETWORKS, place, detail).evidence("networks", shown);
}

/// What is routed as one: a /24 of IPv4, a /48 of IPv6.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}
