use std::net::IpAddr;

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;
use lr_net::{Error, Failure};

use crate::compare::disagreements;
use crate::delegation::{Referral, referrals};
use crate::inspect::Question;
use crate::inspect::asker::{Asker, Peer};
use crate::snapshot::{Asked, Endpoint, NameServer, Snapshot};
use crate::status::is_authoritative;

/// Answers by server (its index) and address.
pub(super) type Answers = Vec<(usize, IpAddr, Vec<Asked>)>;

/// Most servers of a zone, and most addresses of one family of a server, that are asked.
const MAX_SERVERS: usize = 16;
const MAX_ADDRESSES: usize = 2;

/// The servers with their addresses by the resolver.
pub(super) async fn with_addresses(asker: &Asker, names: &[String]) -> Vec<NameServer> {
    let resolved = names.iter().take(MAX_SERVERS).map(|name| async move {
        // An address in place of a name is a common slip; resolvers take it for a name too.
        let found = match name.parse::<IpAddr>() {
            Ok(_) => Err(Error::NoSuchName(format!("a host named `{name}`"))),
            Err(_) => asker.net.addresses(name).await,
        };
        NameServer::new(name, found.map(|found| few(found.ips)).map_err(Failure::from))
    });
    join_all(resolved).await
}

fn few(mut addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let mut count = [0; 2];
    addresses.retain(|ip| {
        let count = &mut count[usize::from(ip.is_ipv6())];
        *count += 1;
        *count <= MAX_ADDRESSES
    });
    addresses
}

/// Asks each server at each address that was not asked yet. The first question goes to all of
/// them before the second goes to any, so that a silent one does not hold up the others. Several
/// names with one address are one server.
pub(super) async fn ask(asker: &Asker, servers: &[NameServer], questions: &[Question]) -> Answers {
    let mut peers: Vec<(IpAddr, Peer)> = Vec::new();
    let mut wanted = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        for address in server.addresses() {
            if server.endpoints.iter().any(|endpoint| endpoint.address == address) {
                continue;
            }
            let known = peers.iter().position(|(peer, _)| *peer == address);
            let peer = known.unwrap_or_else(|| {
                peers.push((address, Peer::new(&server.name, address)));
                peers.len() - 1
            });
            wanted.push((index, address, peer));
        }
    }
    let each = questions
        .iter()
        .flat_map(|(name, rtype)| peers.iter().map(move |(_, peer)| asker.ask(peer, name, *rtype)));
    let asked = join_all(each).await;
    let of_peer = |peer: usize| asked.iter().skip(peer).step_by(peers.len()).cloned().collect();
    wanted.into_iter().map(|(index, address, peer)| (index, address, of_peer(peer))).collect()
}

pub(super) fn keep(servers: &mut [NameServer], answers: Answers) {
    for (index, address, asked) in answers {
        servers[index].endpoints.push(Endpoint::new(address, asked));
    }
}

/// Adds what the parent and the zone itself say about servers; whether anybody new is to be asked.
pub(super) async fn learn(asker: &Asker, seen: &mut Snapshot) -> bool {
    let referrals = referrals(seen);
    if seen.zone.is_none() {
        settle_zone(seen, &referrals);
    }
    let Some(zone) = seen.zone.clone() else { return false };
    let mut names: Vec<String> = Vec::new();
    let delegated = referrals.iter().filter(|referral| referral.zone == zone);
    names.extend(delegated.flat_map(|referral| referral.servers.iter().cloned()));
    for (_, endpoint) in seen.endpoints() {
        let own = endpoint.asked.iter().filter(|a| a.name == zone && a.rtype == "NS");
        let own = own.filter_map(|asked| asked.outcome.as_ref().ok());
        for answer in own.filter(|answer| is_authoritative(answer)) {
            names.extend(answer.data_of(&zone, "NS").map(str::to_owned));
        }
    }
    if let Some(parent) = seen.parent.clone().filter(|parent| *parent == zone) {
        // The domain is a name in what was taken for its parent.
        let asked = seen.resolver.iter().find(|a| a.name == parent && a.rtype == "NS");
        let answer = asked.and_then(|asked| asked.outcome.as_ref().ok());
        names.extend(answer.into_iter().flat_map(|a| a.data_of(&parent, "NS")).map(str::to_owned));
        seen.parent = None;
        seen.parent_servers.clear();
    }
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !seen.servers.iter().any(|server| server.name == *name));
    names.truncate(MAX_SERVERS.saturating_sub(seen.servers.len()));
    let new = with_addresses(asker, &names).await;
    let mut any = !new.is_empty();
    seen.servers.extend(new);
    for server in &mut seen.servers {
        let glue = referrals.iter().flat_map(|referral| &referral.glue);
        let mut glue: Vec<_> =
            glue.filter(|(name, _)| *name == server.name).map(|(_, ip)| *ip).collect();
        glue.sort_unstable();
        glue.dedup();
        server.glue = few(glue);
        let known = |ip: &IpAddr| server.endpoints.iter().any(|endpoint| endpoint.address == *ip);
        any |= !server.addresses().iter().all(known);
    }
    any
}

/// The resolver could not tell the zone: the parent's servers can.
fn settle_zone(seen: &mut Snapshot, referrals: &[Referral]) {
    if let Some(referral) = referrals.iter().max_by_key(|referral| referral.zone.len()) {
        seen.zone = Some(referral.zone.clone());
        return;
    }
    let answers = seen.parent_servers.iter().flat_map(|server| &server.endpoints);
    let answers = answers.flat_map(|at| &at.asked).filter_map(|asked| asked.outcome.as_ref().ok());
    let inside = answers.into_iter().any(|a| a.authoritative && a.rcode == "NOERROR");
    // A top-level domain is nobody's own zone.
    if inside {
        seen.zone = seen.parent.clone().filter(|parent| parent.contains('.'));
    }
}

/// Asks once more where servers disagree, one server for each answer: those that change their own
/// answer from one question to the next balance load, and do not contradict each other.
pub(super) async fn ask_again(asker: &Asker, seen: &Snapshot) -> Vec<(String, IpAddr, Asked)> {
    let mut again = Vec::new();
    for disagreement in disagreements(seen) {
        let Ok(rtype) = disagreement.rtype.parse::<RecordType>() else { continue };
        for (server, address) in disagreement.first_of_each() {
            again.push((server, address, disagreement.name.clone(), rtype));
        }
    }
    let asked = again.into_iter().map(|(server, address, name, rtype)| async move {
        let peer = Peer::new(&server, address);
        let asked = asker.ask(&peer, &name, rtype).await;
        (server, address, asked)
    });
    join_all(asked).await
}

pub(super) fn keep_again(seen: &mut Snapshot, again: Vec<(String, IpAddr, Asked)>) {
    for (name, address, asked) in again {
        let server = seen.servers.iter_mut().find(|server| server.name == name);
        let endpoints = server.into_iter().flat_map(|server| &mut server.endpoints);
        for endpoint in endpoints.filter(|endpoint| endpoint.address == address) {
            endpoint.again.push(asked.clone());
        }
    }
}
