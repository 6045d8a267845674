//! What leads from the trust anchor to the zone, as far as the way to the zone did not bring it.

use std::sync::Arc;

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;

use crate::inspect::asker::{Asker, Peer};
use crate::inspect::zone::suffixes;
use crate::snapshot::Snapshot;

/// Most zones above that the resolver is asked about.
const MAX_ABOVE: usize = 4;

/// Asks for the keys of the zones that were passed on the way to `zone`, all at once and beside all
/// else: nothing waits for them. Where no referral had a word of DNSSEC, there is no chain to follow.
pub(super) async fn by_servers(asker: &Asker, passed: &[(String, Arc<Peer>)], zone: Option<&str>) {
    if !asker.has_chain() {
        return;
    }
    let above = passed.iter().filter(|(passed, _)| Some(passed.as_str()) != zone);
    join_all(above.map(|(passed, peer)| {
        let name = if passed.is_empty() { "." } else { passed };
        asker.ask_above(peer, name, RecordType::DNSKEY)
    }))
    .await;
}

/// Asks the resolver for the keys of the zones above and their digests, if the zone is signed and
/// was not found from the roots.
pub(super) async fn by_resolver(asker: &Asker, seen: &Snapshot) {
    let Some(zone) = seen.zone.as_deref() else { return };
    // Where the roots were reached, their servers are asked.
    let walked = seen.parent_servers.iter().any(|server| !server.endpoints.is_empty())
        && !seen.resolver.iter().any(|asked| asked.name == zone && asked.rtype == "NS");
    if walked || !crate::delegation::has_digest(seen, zone) {
        return;
    }
    let above: Vec<&str> = suffixes(zone).skip(1).collect();
    let nearest = &above[above.len().saturating_sub(MAX_ABOVE)..];
    let both = [RecordType::DS, RecordType::DNSKEY];
    let of_zones = nearest.iter().flat_map(|zone| both.map(|rtype| (*zone, rtype)));
    let all = of_zones.chain([(".", RecordType::DNSKEY)]);
    join_all(all.map(|(zone, rtype)| asker.resolve_above(zone, rtype))).await;
}
