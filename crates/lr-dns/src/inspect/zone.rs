use futures_util::future::join_all;
use hickory_proto::rr::RecordType;

use crate::inspect::asker::{Asker, Peer};
use crate::inspect::servers::Answers;
use crate::snapshot::{NameServer, Snapshot};

/// Where the zone begins, as far as the resolver knows.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// The zone that holds the domain; `None` if only the parent can tell.
    pub(super) zone: Option<String>,
    /// Its servers.
    pub(super) servers: Vec<String>,
    /// The zone above.
    pub(super) parent: Option<String>,
    /// Its servers.
    pub(super) parent_servers: Vec<String>,
    /// The name whose delegation the parent is asked for.
    pub(super) ask_for: String,
}

/// Servers of the parent that are looked up, and those of them that are asked.
const PARENT_CANDIDATES: usize = 3;
const PARENT_SERVERS: usize = 2;

/// The name, and its ancestors up to the top-level domain.
pub(super) fn suffixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, rest)| rest))
}

/// Finds the zone cut in what the resolver said about NS records.
pub(super) fn find(seen: &Snapshot) -> Cut {
    let mut zones =
        suffixes(&seen.domain).filter_map(|suffix| Some((suffix, servers(seen, suffix)?)));
    let Some((deepest, deepest_servers)) = zones.next() else {
        return Cut { ask_for: seen.domain.clone(), ..Cut::default() };
    };
    // Below the deepest zone everything must be known to exist in it; a top-level domain is never
    // the zone of somebody's launch.
    let below = suffixes(&seen.domain).take_while(|suffix| *suffix != deepest);
    let settled = below.into_iter().all(|suffix| rcode(seen, suffix) == Some("NOERROR"));
    if !settled || !deepest.contains('.') {
        return Cut {
            parent: Some(deepest.to_owned()),
            parent_servers: deepest_servers,
            ask_for: seen.domain.clone(),
            ..Cut::default()
        };
    }
    let (parent, parent_servers) = zones.next().unzip();
    Cut {
        zone: Some(deepest.to_owned()),
        servers: deepest_servers,
        parent: parent.map(str::to_owned),
        parent_servers: parent_servers.unwrap_or_default(),
        ask_for: deepest.to_owned(),
    }
}

fn servers(seen: &Snapshot, zone: &str) -> Option<Vec<String>> {
    let asked = seen.resolver.iter().find(|a| a.name == zone && a.rtype == "NS")?;
    let answer = asked.outcome.as_ref().ok()?;
    let servers: Vec<_> = answer.data_of(zone, "NS").map(str::to_owned).collect();
    (!servers.is_empty()).then_some(servers)
}

fn rcode<'a>(seen: &'a Snapshot, name: &str) -> Option<&'a str> {
    let asked = seen.resolver.iter().find(|a| a.name == name && a.rtype == "NS")?;
    asked.outcome.as_ref().ok().map(|answer| answer.rcode.as_str())
}

/// The parent's servers that are worth looking up: a top-level domain has up to thirteen.
pub(super) fn candidates(servers: &[String]) -> &[String] {
    &servers[..servers.len().min(PARENT_CANDIDATES)]
}

/// The parent's servers that are asked: the first few that have an address, each at one address
/// of each family.
pub(super) fn chosen(mut servers: Vec<NameServer>) -> Vec<NameServer> {
    servers.retain(|server| !server.addresses().is_empty());
    servers.truncate(PARENT_SERVERS);
    for server in &mut servers {
        if let Ok(addresses) = &mut server.resolved {
            let mut seen = [false; 2];
            addresses.retain(|ip| !std::mem::replace(&mut seen[usize::from(ip.is_ipv6())], true));
        }
    }
    servers
}

/// Asks the parent's servers for the delegation of `name`.
pub(super) async fn ask_parent(asker: &Asker, seen: &Snapshot, name: &str) -> Answers {
    let peers = seen.parent_servers.iter().enumerate().flat_map(|(index, server)| {
        server.addresses().into_iter().map(move |ip| (index, ip, Peer::new(&server.name, ip)))
    });
    let asked = peers.map(|(index, ip, peer)| async move {
        (index, ip, vec![asker.ask(&peer, name, RecordType::NS).await])
    });
    join_all(asked).await
}
