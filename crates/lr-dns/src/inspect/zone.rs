use hickory_proto::rr::RecordType;

use crate::inspect::asker::Asker;
use crate::inspect::servers::{self, Answers};
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

/// Servers of the parent that are looked up, and addresses of them that may be asked.
const PARENT_CANDIDATES: usize = 2;

/// The name, and its ancestors up to the top-level domain.
pub(super) fn suffixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, rest)| rest))
}

/// Finds the zone cut in what the resolver said about NS records.
pub(super) fn find(seen: &Snapshot) -> Cut {
    let mut zones =
        suffixes(&seen.domain).filter_map(|suffix| Some((suffix, servers_of(seen, suffix)?)));
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

fn servers_of(seen: &Snapshot, zone: &str) -> Option<Vec<String>> {
    let asked = seen.resolver.iter().find(|a| a.name == zone && a.rtype == "NS")?;
    let answer = asked.outcome.as_ref().ok()?;
    let servers: Vec<_> = answer.data_of(zone, "NS").map(str::to_owned).collect();
    (!servers.is_empty()).then_some(servers)
}

fn rcode<'a>(seen: &'a Snapshot, name: &str) -> Option<&'a str> {
    let asked = seen.resolver.iter().find(|a| a.name == name && a.rtype == "NS")?;
    asked.outcome.as_ref().ok().map(|answer| answer.rcode.as_str())
}

/// A server of the parent that may be asked: the first of a few that has an address, IPv4 first.
pub(super) async fn parents(
    asker: &Asker,
    seen: &mut Snapshot,
    names: &[String],
) -> Vec<NameServer> {
    let names = &names[..names.len().min(PARENT_CANDIDATES)];
    for rtype in [RecordType::A, RecordType::AAAA] {
        for name in names {
            asker.resolve(seen, vec![(name.clone(), rtype)]).await;
            let server = NameServer::new(name, servers::resolved(&seen.resolver, name));
            if !server.addresses().is_empty() {
                return vec![server];
            }
        }
    }
    Vec::new()
}

/// Asks the parent's servers for the delegation of `name`, until one answers.
pub(super) async fn ask_parent(asker: &Asker, servers: &[NameServer], name: &str) -> Answers {
    let all = servers.iter().enumerate().flat_map(|(index, server)| {
        server.addresses().into_iter().map(move |ip| (index, ip, &server.name))
    });
    let all: Vec<_> = all.take(PARENT_CANDIDATES).collect();
    let peers: Vec<_> = all.iter().map(|(_, ip, server)| asker.peer(server, *ip)).collect();
    let told = asker.ask_one_of(&peers, name, RecordType::NS).await;
    let kept = told.into_iter().map(|(number, asked)| {
        let (index, ip, _) = all[number];
        (index, ip, vec![asked])
    });
    kept.collect()
}
