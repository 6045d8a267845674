use std::net::IpAddr;

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;
use lr_net::{Error, Failure, FailureReason};

use crate::delegation::{Referral, referrals};
use crate::inspect::Question;
use crate::inspect::asker::{Asker, How};
use crate::snapshot::{Answer, Asked, Endpoint, NameServer, Snapshot};
use crate::status::{is_at_or_below, is_authoritative};

/// Answers by server (its index) and address.
pub(super) type Answers = Vec<(usize, IpAddr, Vec<Asked>)>;

/// Most servers of a zone, and most addresses of one family of a server, that are asked.
const MAX_SERVERS: usize = 16;
const MAX_ADDRESSES: usize = 2;

/// Most addresses of a server that are kept.
const MAX_KEPT: usize = 16;

/// What the servers of a zone are asked.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Each server, at one of its addresses.
    pub(super) every: Vec<(Question, How)>,
    /// One server each, turn about.
    pub(super) shared: Vec<(Question, How)>,
    /// Each server at each of its other addresses.
    pub(super) elsewhere: Vec<(Question, How)>,
}

/// What one address, of a server of this name, is asked.
type Plan<'a> = (IpAddr, &'a str, Vec<&'a (Question, How)>);

/// The servers with their addresses by the resolver, which is asked what it was not asked yet.
pub(super) async fn with_addresses(
    asker: &Asker,
    seen: &mut Snapshot,
    names: &[String],
) -> Vec<NameServer> {
    let names = &names[..names.len().min(MAX_SERVERS)];
    let hosts = names.iter().filter(|name| name.parse::<IpAddr>().is_err());
    asker.resolve(seen, hosts.flat_map(|name| addresses_of(name)).collect()).await;
    names.iter().map(|name| NameServer::new(name, resolved(&seen.resolver, name))).collect()
}

/// The questions for the addresses of a host.
pub(super) fn addresses_of(name: &str) -> [Question; 2] {
    [RecordType::A, RecordType::AAAA].map(|rtype| (name.to_owned(), rtype))
}

/// Takes the servers that were given for those of the zone.
pub(super) async fn take_given(
    asker: &Asker,
    seen: &mut Snapshot,
    given: &[(String, Vec<IpAddr>)],
) {
    let given = &given[..given.len().min(MAX_SERVERS)];
    let unknown = given.iter().filter(|(_, addresses)| addresses.is_empty());
    let names: Vec<_> = unknown.map(|(name, _)| name.clone()).collect();
    let resolved = with_addresses(asker, seen, &names).await;
    let servers = given.iter().map(|(name, addresses)| {
        let by_resolver = resolved.iter().find(|server| server.name == *name);
        by_resolver.cloned().unwrap_or_else(|| {
            let mut server = NameServer::new(name, Ok(addresses.clone()));
            server.glue.clone_from(addresses);
            server
        })
    });
    seen.servers = servers.collect();
    seen.zone = Some(seen.domain.clone());
    seen.given = given.to_vec();
}

/// What is to be asked of the resolver about servers that the delegation has named with their
/// addresses, and nobody else yet.
pub(super) fn unresolved(seen: &Snapshot, which: impl Fn(&str) -> bool) -> Vec<Question> {
    let names = seen.servers.iter().filter(|server| server.resolved.is_err());
    let names = names.map(|server| server.name.as_str());
    let asked = |name: &str| seen.resolver.iter().any(|asked| asked.name == name);
    let open = names.filter(|name| which(name) && !asked(name) && name.parse::<IpAddr>().is_err());
    open.flat_map(addresses_of).collect()
}

/// Takes what the resolver has said about servers that are not resolved yet. Whether a server has an
/// address that was not asked.
pub(super) fn take_resolved(seen: &mut Snapshot) -> bool {
    let open = seen.servers.iter().enumerate().filter(|(_, server)| server.resolved.is_err());
    let found: Vec<_> =
        open.map(|(index, server)| (index, resolved(&seen.resolver, &server.name))).collect();
    for (index, resolved) in found {
        seen.servers[index].resolved = resolved;
    }
    seen.servers.iter().any(has_news)
}

/// Whether a server has an address at which it was not asked.
fn has_news(server: &NameServer) -> bool {
    let known = |ip: &IpAddr| server.endpoints.iter().any(|endpoint| endpoint.address == *ip);
    !few(server).iter().all(known)
}

/// Where all servers that list the name servers of the zone give those addresses of one along with
/// the list that the delegation gave as well, there is nothing to ask about it.
pub(super) fn take_carried(seen: &mut Snapshot) {
    let Some(zone) = seen.zone.clone() else { return };
    let answers = seen.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let lists = answers.filter(|asked| asked.name == zone && asked.rtype == "NS");
    let lists: Vec<_> = lists
        .filter_map(|asked| asked.outcome.as_ref().ok())
        .filter(|answer| is_authoritative(answer))
        .collect();
    if lists.is_empty() {
        return;
    }
    let gives = |answer: &Answer, name: &str, addresses: &[IpAddr]| {
        let own = answer.additionals.iter().filter(|record| record.name == name);
        let mut own: Vec<IpAddr> = own.filter_map(|record| record.data.parse().ok()).collect();
        own.sort_unstable();
        own == addresses
    };
    let open = seen.servers.iter().enumerate().filter(|(_, server)| {
        server.resolved.is_err() && !server.glue.is_empty() && is_at_or_below(&server.name, &zone)
    });
    let carried = open.filter_map(|(index, server)| {
        let mut glue = server.glue.clone();
        glue.sort_unstable();
        lists.iter().all(|answer| gives(answer, &server.name, &glue)).then_some((index, glue))
    });
    let carried: Vec<_> = carried.collect();
    for (index, addresses) in carried {
        seen.servers[index].resolved = Ok(addresses);
    }
}

/// The addresses of a host by what the resolver has said.
pub(super) fn resolved<'a>(
    told: impl IntoIterator<Item = &'a Asked>,
    name: &str,
) -> Result<Vec<IpAddr>, Failure> {
    // An address in place of a name is a common slip; resolvers take it for a name too.
    if name.parse::<IpAddr>().is_ok() {
        return Err(Error::NoSuchName(format!("a host named `{name}`")).into());
    }
    let mut addresses = Vec::new();
    let mut missing = false;
    let mut failed = None;
    for asked in told.into_iter().filter(|asked| asked.name == name) {
        match &asked.outcome {
            Ok(answer) => {
                missing |= answer.rcode == "NXDOMAIN";
                let data = answer.data("A").chain(answer.data("AAAA"));
                addresses.extend(data.filter_map(|data| data.parse::<IpAddr>().ok()));
            }
            Err(failure) => failed = Some(failure.clone()),
        }
    }
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(MAX_KEPT);
    match (addresses.is_empty(), failed) {
        (false, _) => Ok(addresses),
        (true, Some(failure)) => Err(failure),
        (true, None) if missing => Err(Error::NoSuchName(name.into()).into()),
        (true, None) => Err(Error::NoAddress(name.into()).into()),
    }
}

/// The address of a server that is asked where one is enough: the first, IPv4 before IPv6.
pub(super) fn one_address(server: &NameServer) -> Option<IpAddr> {
    let addresses = server.addresses();
    let v4 = addresses.iter().find(|ip| ip.is_ipv4());
    v4.or_else(|| addresses.first()).copied()
}

/// The addresses of a server that are asked: a few of each family.
fn few(server: &NameServer) -> Vec<IpAddr> {
    let mut count = [0; 2];
    let mut addresses = server.addresses();
    // Stale glue is where some resolvers go, so it is asked first.
    addresses.sort_by_key(|ip| !server.glue.contains(ip));
    addresses.retain(|ip| {
        let count = &mut count[usize::from(ip.is_ipv6())];
        *count += 1;
        *count <= MAX_ADDRESSES
    });
    addresses.sort_by_key(IpAddr::is_ipv6);
    addresses
}

/// Asks each server at each address that was not asked yet. The first question goes to all of
/// them before the second goes to any, so that a silent one does not hold up the others. Several
/// names with one address are one server.
pub(super) async fn ask(asker: &Asker, servers: &[NameServer], sheet: &Sheet) -> Answers {
    let mut wanted = Vec::new();
    let mut plans: Vec<Plan<'_>> = Vec::new();
    let mut primaries = 0;
    let count = servers.iter().filter(|server| server.endpoints.is_empty()).count().max(1);
    for (index, server) in servers.iter().enumerate() {
        let known = |ip: &IpAddr| server.endpoints.iter().any(|endpoint| endpoint.address == *ip);
        let mut primary = server.endpoints.is_empty();
        for address in few(server).into_iter().filter(|ip| !known(ip)) {
            wanted.push((index, address));
            if plans.iter().any(|(at, ..)| *at == address) {
                primary = false;
                continue;
            }
            let questions = match std::mem::take(&mut primary) {
                true => {
                    let share = sheet.shared.iter().skip(primaries).step_by(count);
                    primaries += 1;
                    sheet.every.iter().chain(share).collect()
                }
                false => sheet.elsewhere.iter().collect(),
            };
            plans.push((address, &server.name, questions));
        }
    }
    let longest = plans.iter().map(|(_, _, questions)| questions.len()).max().unwrap_or(0);
    let rounds = (0..longest).flat_map(|round| {
        plans
            .iter()
            .filter_map(move |(at, name, questions)| Some((at, name, questions.get(round)?)))
    });
    let asked = join_all(rounds.map(|(at, server, ((name, rtype), how))| async move {
        (*at, asker.ask(&asker.peer(server, *at), name, *rtype, *how).await)
    }))
    .await;
    let of = |address: IpAddr| {
        asked.iter().filter(|(at, _)| *at == address).map(|(_, asked)| asked.clone()).collect()
    };
    wanted.into_iter().map(|(index, address)| (index, address, of(address))).collect()
}

pub(super) fn keep(servers: &mut [NameServer], answers: Answers) {
    for (index, address, asked) in answers {
        servers[index].endpoints.push(Endpoint::new(address, asked));
    }
}

/// The server's SOA record over TCP, from each server at the first of its addresses.
pub(super) async fn over_tcp(
    asker: &Asker,
    servers: &[NameServer],
    zone: Option<&str>,
) -> Vec<(IpAddr, Asked)> {
    let Some(zone) = zone else { return Vec::new() };
    let mut firsts: Vec<(IpAddr, &str)> = Vec::new();
    for server in servers {
        if let Some(first) = few(server).first()
            && !firsts.iter().any(|(known, _)| known == first)
        {
            firsts.push((*first, &server.name));
        }
    }
    let asked = firsts.into_iter().map(|(address, name)| async move {
        let how = How { tcp: true, dnssec: true, ..How::default() };
        let peer = asker.peer(name, address);
        let asked = asker.ask(&peer, zone, RecordType::SOA, how).await;
        (address, asked)
    });
    join_all(asked).await
}

/// Keeps what came over TCP. Where nothing came, the SOA record is asked for over UDP; and TCP once
/// more if the server turned out to drop EDNS.
pub(super) async fn keep_tcp(asker: &Asker, seen: &mut Snapshot, over_tcp: Vec<(IpAddr, Asked)>) {
    let jobs = over_tcp.into_iter().map(|(address, asked)| {
        let endpoint = seen.endpoints().find(|(_, endpoint)| endpoint.address == address);
        let plain = endpoint.is_some_and(|(_, endpoint)| {
            let mut answers = endpoint.asked.iter().filter_map(|a| a.outcome.as_ref().ok());
            answers.any(|answer| answer.edns_dropped)
        });
        let name = endpoint.map(|(server, _)| server.name.clone()).unwrap_or_default();
        async move {
            let mut tcp = asked;
            if tcp.outcome.is_ok() {
                return (address, tcp.clone(), tcp);
            }
            let peer = asker.peer(&name, address);
            let how = How { plain, ..How::default() };
            let udp = asker.ask(&peer, &tcp.name, RecordType::SOA, how);
            let (udp, again) = futures_util::join!(udp, async {
                let how = How { tcp: true, plain: true, ..How::default() };
                match plain {
                    true => Some(asker.ask(&peer, &tcp.name, RecordType::SOA, how).await),
                    false => None,
                }
            });
            tcp = again.unwrap_or(tcp);
            (address, tcp, udp)
        }
    });
    let kept = join_all(jobs.collect::<Vec<_>>()).await;
    for (address, tcp, soa) in kept {
        let endpoints = seen.servers.iter_mut().flat_map(|server| &mut server.endpoints);
        for endpoint in endpoints.filter(|endpoint| endpoint.address == address) {
            endpoint.tcp = Some(tcp.clone());
            endpoint.asked.insert(0, soa.clone());
        }
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
    let new = with_addresses(asker, seen, &names).await;
    let mut any = !new.is_empty();
    seen.servers.extend(new);
    for server in &mut seen.servers {
        let glue = referrals.iter().flat_map(|referral| &referral.glue);
        let mut glue: Vec<_> =
            glue.filter(|(name, _)| *name == server.name).map(|(_, ip)| *ip).collect();
        glue.sort_unstable();
        glue.dedup();
        glue.truncate(MAX_KEPT);
        if !glue.is_empty() {
            server.glue = glue;
        }
        any |= has_news(server);
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

/// Whether a server at an address was heard of at all, be it by answers that do not fit.
pub(super) fn is_alive(endpoint: &Endpoint) -> bool {
    endpoint.asked.iter().any(|asked| match &asked.outcome {
        Ok(_) => true,
        Err(failure) => failure.reason == FailureReason::NoTcp,
    })
}
