//! What leads from the trust anchor to the zone, as far as the way to the zone did not bring it.

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;

use crate::inspect::asker::Asker;
use crate::inspect::zone::suffixes;
use crate::snapshot::Snapshot;

/// Most zones above that the resolver is asked about.
const MAX_ABOVE: usize = 4;

/// Asks the resolver for the keys of the zones above and their digests, if the zone is signed and
/// nobody has told the keys of the root.
pub(super) async fn by_resolver(asker: &Asker, seen: &Snapshot) {
    let Some(zone) = seen.zone.as_deref() else { return };
    let told = asker.chain().iter().any(|held| held.name == "." && held.rtype == "DNSKEY");
    if told || !crate::delegation::has_digest(seen, zone) {
        return;
    }
    let above: Vec<&str> = suffixes(zone).skip(1).collect();
    let nearest = &above[above.len().saturating_sub(MAX_ABOVE)..];
    let both = [RecordType::DS, RecordType::DNSKEY];
    let of_zones = nearest.iter().flat_map(|zone| both.map(|rtype| (*zone, rtype)));
    let all = of_zones.chain([(".", RecordType::DNSKEY)]);
    join_all(all.map(|(zone, rtype)| asker.resolve_above(zone, rtype))).await;
}
