//! Zones below to which the zone's servers refer for names that were looked at: are they served?

use std::collections::BTreeMap;
use std::net::IpAddr;

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;

use crate::inspect::asker::{Asker, How};
use crate::inspect::servers;
use crate::snapshot::{Asked, Endpoint, NameServer, Snapshot, ZoneBelow};
use crate::status::is_at_or_below;

/// Most zones below, and most servers of each, that are looked at.
const MAX_ZONES: usize = 4;
const MAX_SERVERS: usize = 4;

/// Asks the servers of zones below, and gives what the resolver said of these servers too.
pub(super) async fn look(asker: &Asker, seen: &Snapshot) -> (Vec<ZoneBelow>, Vec<Asked>) {
    let mut zones = delegated(seen);
    let hosts = zones.iter().flat_map(|below| &below.servers).filter(|s| s.glue.is_empty());
    let hosts = hosts.flat_map(|server| servers::addresses_of(&server.name));
    let told = asker.look_up(&seen.resolver, hosts.collect()).await;
    for server in zones.iter_mut().flat_map(|below| &mut below.servers) {
        server.resolved = match server.glue.is_empty() {
            true => servers::resolved(seen.resolver.iter().chain(&told), &server.name),
            false => Ok(server.glue.clone()),
        };
    }
    join_all(zones.iter_mut().map(|below| ask(asker, below))).await;
    (zones, told)
}

/// Each server at one of its addresses.
async fn ask(asker: &Asker, below: &mut ZoneBelow) {
    let ZoneBelow { name, servers } = below;
    join_all(servers.iter_mut().map(|server| async {
        let Some(ip) = servers::one_address(server) else { return };
        let peer = asker.peer(&server.name, ip);
        let asked = asker.ask(&peer, name, RecordType::SOA, How::default()).await;
        server.endpoints = vec![Endpoint::new(ip, vec![asked])];
    }))
    .await;
}

/// The zones to which servers of the zone refer, with their servers and glue.
fn delegated(seen: &Snapshot) -> Vec<ZoneBelow> {
    let Some(zone) = seen.zone.as_deref() else { return Vec::new() };
    let mut zones: BTreeMap<&str, BTreeMap<&str, Vec<IpAddr>>> = BTreeMap::new();
    for asked in seen.endpoints().flat_map(|(_, endpoint)| &endpoint.asked) {
        let Ok(answer) = &asked.outcome else { continue };
        if answer.authoritative || answer.rcode != "NOERROR" || !answer.answers.is_empty() {
            continue;
        }
        let below = |cut: &str| {
            cut != zone && is_at_or_below(cut, zone) && is_at_or_below(&asked.name, cut)
        };
        let servers = answer.authorities.iter().filter(|r| r.rtype == "NS" && below(&r.name));
        for record in servers {
            let glue = answer.additionals.iter().filter(|r| r.name == record.data);
            let glue = glue.filter_map(|r| r.data.parse::<IpAddr>().ok());
            let known = zones.entry(&record.name).or_default().entry(&record.data).or_default();
            known.extend(glue);
            known.sort_unstable();
            known.dedup();
        }
    }
    let zones = zones.into_iter().take(MAX_ZONES).map(|(name, servers)| {
        let servers = servers.into_iter().take(MAX_SERVERS).map(|(host, glue)| {
            let mut server = NameServer::new(host, Ok(Vec::new()));
            server.glue = glue;
            server
        });
        ZoneBelow::new(name, servers.collect())
    });
    zones.collect()
}
