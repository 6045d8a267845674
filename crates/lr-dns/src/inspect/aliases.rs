use hickory_proto::rr::RecordType;

use crate::chain::{Book, End};
use crate::inspect::asker::Asker;
use crate::snapshot::{Asked, Snapshot};

/// Links that are followed one by one.
const MAX_LINKS: usize = 12;

/// Follows the aliases of all names to where something is known. A resolver hides the chain when
/// the last name of it does not exist, so each link is asked for by itself.
pub(super) async fn walk(asker: &Asker, seen: &Snapshot) -> Vec<Asked> {
    let mut known = Snapshot {
        zone: seen.zone.clone(),
        resolver: seen.resolver.clone(),
        servers: seen.servers.clone(),
        ..Snapshot::default()
    };
    let before = known.resolver.len();
    for _ in 0..MAX_LINKS {
        let unknown = unknown_ends(&known, seen);
        if unknown.is_empty() {
            break;
        }
        let questions = unknown
            .into_iter()
            .flat_map(|name| [(name.clone(), RecordType::CNAME), (name, RecordType::A)]);
        asker.resolve(&mut known, questions.collect()).await;
    }
    known.resolver.split_off(before)
}

/// Names at which a chain ends for want of knowledge.
fn unknown_ends(known: &Snapshot, seen: &Snapshot) -> Vec<String> {
    let book = Book::of(known);
    let chains = seen.names.iter().map(|probed| book.follow(&probed.name));
    let mut ends: Vec<String> = chains
        .filter(|chain| matches!(chain.end, End::Missing | End::Unknown(..)))
        .filter_map(|chain| chain.links.into_iter().next_back())
        .filter(|name| !is_told(known, name))
        .collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// Whether it is known for certain if this very name is an alias.
fn is_told(known: &Snapshot, name: &str) -> bool {
    let by_resolver = known.resolver.iter().any(|a| a.name == name && a.rtype == "CNAME");
    let by_server = || {
        let asked = known.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
        asked.into_iter().any(|asked| {
            asked.name == name && asked.outcome.as_ref().is_ok_and(crate::status::is_authoritative)
        })
    };
    by_resolver || by_server()
}
