use hickory_proto::rr::RecordType;

use crate::chain::{Book, End};
use crate::inspect::asker::Asker;
use crate::inspect::missing::{mail_hosts, service_hosts};
use crate::snapshot::{Asked, Snapshot};

/// Links that are followed one by one.
const MAX_LINKS: usize = 12;

/// Follows the aliases of all names and mail hosts to where something is known. A resolver hides the
/// chain when the last name of it does not exist, so each link is asked for by itself; and whether
/// the domain under which a missing target would be is registered at all.
pub(super) async fn walk(asker: &Asker, seen: &Snapshot, domain: &str) -> Vec<Asked> {
    let mut known = Snapshot {
        zone: seen.zone.clone(),
        resolver: seen.resolver.clone(),
        servers: seen.servers.clone(),
        ..Snapshot::default()
    };
    let before = known.resolver.len();
    let mut starts: Vec<String> = seen.names.iter().map(|probed| probed.name.clone()).collect();
    starts.extend(mail_hosts(seen, domain));
    starts.extend(service_hosts(seen));
    for _ in 0..MAX_LINKS {
        let questions = unknown_ends(&known, &starts);
        if questions.is_empty() {
            break;
        }
        asker.resolve(&mut known, questions).await;
    }
    let below = seen.zones_below.iter().flat_map(|below| &below.servers);
    starts.extend(seen.servers.iter().chain(below).map(|server| server.name.clone()));
    let owners = missing_ends(&known, &starts).into_iter().filter_map(|name| {
        let above = crate::provider::registrable(&name)?;
        let own = crate::status::is_at_or_below(&above, domain)
            || crate::status::is_at_or_below(domain, &above);
        (!own && crate::provider::by_name(&name).is_none()).then_some((above, RecordType::NS))
    });
    let owners: Vec<_> = owners.collect();
    asker.resolve(&mut known, owners).await;
    known.resolver.split_off(before)
}

/// Questions about the names at which a chain ends for want of knowledge.
fn unknown_ends(known: &Snapshot, starts: &[String]) -> Vec<(String, RecordType)> {
    let book = Book::of(known);
    let mut questions = Vec::new();
    for chain in starts.iter().map(|name| book.follow(name)) {
        let last = chain.last().to_owned();
        match chain.end {
            End::Missing => questions.push((last, RecordType::CNAME)),
            End::Unknown(..) => {
                questions.push((last.clone(), RecordType::CNAME));
                questions.push((last, RecordType::A));
            }
            _ => {}
        }
    }
    questions.sort_unstable();
    questions.dedup();
    questions.retain(|(name, rtype)| !is_told(known, name, *rtype));
    questions
}

fn missing_ends(known: &Snapshot, starts: &[String]) -> Vec<String> {
    let book = Book::of(known);
    let chains = starts.iter().map(|name| book.follow(name));
    let missing = chains.filter(|chain| chain.end == End::Missing);
    missing.map(|chain| chain.last().to_owned()).collect()
}

/// Whether this was asked already, or a server of the zone has spoken about the name.
fn is_told(known: &Snapshot, name: &str, rtype: RecordType) -> bool {
    let rtype = rtype.to_string();
    let by_resolver = known.resolver.iter().any(|a| a.name == name && a.rtype == rtype);
    let by_server = || {
        let asked = known.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
        asked.into_iter().any(|asked| {
            asked.name == name && asked.outcome.as_ref().is_ok_and(crate::status::is_authoritative)
        })
    };
    by_resolver || by_server()
}
