//! Certificate transparency: how many logs have vouched for the certificate.

use lr_core::Confidence;

use super::Bench;
use super::chain::ChainVerdict;
use crate::certificate::Certificate;
use crate::rules::TIMESTAMPS;

/// Up to this lifetime two timestamps are enough, above it there must be three: as Chrome and Apple
/// ask for timestamps in the certificate.
const FEW_DAYS: i64 = 180;

/// `beside` timestamps came in the handshake.
pub(super) fn judge(
    leaf: &Certificate,
    beside: u8,
    trust: ChainVerdict,
    bench: &mut Bench<'_, '_>,
) {
    if trust != ChainVerdict::Trusted {
        return bench.not_applicable(&TIMESTAMPS, "this is for public authorities");
    }
    let days = (leaf.lifetime_ms() - 1000) / 86_400_000;
    let needed = if days <= FEW_DAYS { 2 } else { 3 };
    // Those that come in the handshake need two, however long the certificate lives.
    if leaf.timestamps >= needed || beside >= 2 {
        return bench.pass(&TIMESTAMPS);
    }
    let detail = format!("it has {} in itself, and needs {needed}", leaf.timestamps);
    let finding = bench.fail(&TIMESTAMPS, detail);
    if leaf.timestamps == 0 {
        // They may come in the handshake instead, which hardly anybody does.
        finding.confidence(Confidence::Medium);
    }
}
