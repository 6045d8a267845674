use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::rr::RecordType;
use lr_net::{Error, Server};

use crate::inspect::asker::{Asker, Peer};
use crate::inspect::servers;
use crate::snapshot::{Answer, Asked, Endpoint, NameServer, Snapshot};
use crate::status::{is_at_or_below, is_definite};

/// Most zone cuts on the way to a domain: as many as it may have labels.
const MAX_CUTS: usize = 17;

/// Walks delegations from the roots to the zone that holds the domain, as resolvers do, and fills in
/// zone, parent and servers. Whether anything was reached at all. Of each zone on the way, a server
/// is noted in `passed`.
pub(super) async fn from_roots(
    asker: &Asker,
    seen: &mut Snapshot,
    roots: &[SocketAddr],
    passed: &mut Vec<(String, Arc<Peer>)>,
) -> bool {
    let mut level: Vec<NameServer> =
        roots.iter().map(|root| NameServer::new(root.to_string(), Ok(vec![root.ip()]))).collect();
    let mut zone = String::new();
    let mut reached = false;
    let domain = seen.domain.clone();
    for depth in 0..MAX_CUTS {
        // A server by its index, where it is asked, and how it is known there.
        let at: Vec<(usize, IpAddr, Arc<Peer>)> = match depth {
            0 => {
                let each = roots.iter().enumerate();
                each.map(|(index, at)| {
                    let peer = asker.peer_at(at.ip(), &at.to_string(), Server::at(*at));
                    (index, at.ip(), peer)
                })
                .collect()
            }
            _ => {
                let first = level.iter().enumerate().filter_map(|(index, server)| {
                    let ip = servers::one_address(server)?;
                    Some((index, ip, asker.peer(&server.name, ip)))
                });
                first.collect()
            }
        };
        let peers: Vec<_> = at.iter().map(|(_, _, peer)| Arc::clone(peer)).collect();
        let told = asker.ask_one_of(&peers, &domain, RecordType::NS).await;
        if let Some((number, asked)) = told.last()
            && answer_of(asked).is_some()
        {
            reached = true;
            passed.push((zone.clone(), Arc::clone(&peers[*number])));
        }
        let referral =
            told.iter().filter_map(|(_, asked)| refers(answer_of(asked)?, &zone, &domain));
        let next = referral.max_by_key(|next| next.0.len());
        for (number, asked) in told {
            let (index, ip, _) = at[number];
            level[index].endpoints.push(Endpoint::new(ip, vec![asked]));
        }
        let Some((cut, hosts, glue)) = next else {
            settle(seen, zone, level);
            return reached;
        };
        let mut below = Vec::new();
        for host in hosts {
            let glue: Vec<IpAddr> =
                glue.iter().filter(|(name, _)| *name == host).map(|(_, ip)| *ip).collect();
            let nothing = Err(Error::NoAddress(host.clone()).into());
            let mut server = NameServer::new(host, nothing);
            server.glue = glue;
            below.push(server);
        }
        if below.iter().all(|server| server.glue.is_empty()) {
            // Servers of another zone: the resolver knows the way to them.
            let names: Vec<_> = below.iter().map(|server| server.name.clone()).collect();
            below = servers::with_addresses(asker, seen, &names).await;
        }
        level.retain(|server| !server.endpoints.is_empty());
        seen.parent_servers = level;
        seen.parent = Some(std::mem::replace(&mut zone, cut));
        level = below;
        if zone == domain {
            break;
        }
    }
    settle(seen, zone, level);
    reached
}

/// The walk has ended in `zone`: what it was asked there was only to see whether it goes on.
fn settle(seen: &mut Snapshot, zone: String, mut level: Vec<NameServer>) {
    if zone.contains('.') {
        level.iter_mut().for_each(|server| server.endpoints.clear());
        seen.servers = level;
        seen.zone = Some(zone);
    } else {
        // A top-level domain, or the root: the domain is not delegated, say its own words.
        level.retain(|server| !server.endpoints.is_empty());
        seen.parent = Some(zone);
        seen.parent_servers = level;
    }
}

fn answer_of(asked: &Asked) -> Option<&Answer> {
    asked.outcome.as_ref().ok().filter(|answer| is_definite(&answer.rcode))
}

type Cut = (String, Vec<String>, Vec<(String, IpAddr)>);

/// The zone below `zone` and towards the domain that an answer refers to, its servers and glue.
fn refers(answer: &Answer, zone: &str, domain: &str) -> Option<Cut> {
    if answer.authoritative && !answer.answers.is_empty() {
        return None;
    }
    let mut servers = answer.authorities.iter().filter(|record| record.rtype == "NS");
    let cut = servers.next()?.name.clone();
    let onward =
        cut.len() > zone.len() && is_at_or_below(&cut, zone) && is_at_or_below(domain, &cut);
    if !onward || answer.authoritative {
        return None;
    }
    let of_cut = answer.authorities.iter().filter(|r| r.rtype == "NS" && r.name == cut);
    let hosts: Vec<_> = of_cut.map(|record| record.data.clone()).collect();
    let glue = answer.additionals.iter().filter(|record| hosts.contains(&record.name));
    let glue = glue.filter_map(|r| Some((r.name.clone(), r.data.parse().ok()?))).collect();
    Some((cut, hosts, glue))
}
