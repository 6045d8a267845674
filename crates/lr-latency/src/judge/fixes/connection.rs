//! What opening connections costs.

use super::{Fix, FixKind, Gain, Requests, ms, p95};
use crate::{Histogram, Measurement};

/// A name that takes longer is slow, if it is this share of a first visit too.
const SLOW_DNS_MS: f64 = 20.0;
const SLOW_DNS_SHARE: f64 = 0.1;

pub(super) fn reuse(seen: &Measurement, requests: &Requests) -> Option<Fix> {
    let again = requests.samples().filter(|sample| sample.reopening_us > 0).count();
    if again == 0 || requests.is_few() {
        return None;
    }
    let took = p95(requests.samples().map(|sample| sample.reopening_us).filter(|us| *us > 0));
    let gain = requests.gain_ms(|_, sample| sample.reopening_us);
    let evidence = format!(
        "{again} of {} answered requests found their connection closed by the server; opening \
         another took up to {:.0} ms (p95), {} were opened",
        requests.ok.len(),
        ms(took),
        seen.connections.opened
    );
    let advice = "let the server keep connections open between requests";
    Some(requests.fix(FixKind::ConnectionReuse, gain, advice, evidence))
}

/// A full handshake takes two round trips, and one with TLS 1.3: so half of it at most is saved.
pub(super) fn tls(seen: &Measurement) -> Option<Fix> {
    (seen.connections.tls.as_deref() == Some("1.2")).then_some(())?;
    let handshake = p95_ms(&seen.connections.tls_us)?;
    let evidence = format!(
        "TLS 1.2 was agreed on, whose handshake took {handshake:.0} ms (p95); TLS 1.3 needs one \
         round trip less"
    );
    first_visit(seen, FixKind::Tls12, handshake / 2.0, "enable TLS 1.3", evidence)
}

/// One connection carries many requests over HTTP/2; what is saved is opening the others.
pub(super) fn http(seen: &Measurement) -> Option<Fix> {
    let connections = &seen.connections;
    let applies = connections.http.as_deref() == Some("1.1") && connections.tls.is_some();
    (applies && connections.opened > 1).then_some(())?;
    let opening = p95_ms(&connections.connect_us)? + p95_ms(&connections.tls_us)?;
    let evidence = format!(
        "HTTP/2 was offered and HTTP/1.1 agreed on, over which {} connections were opened; each \
         took {opening:.0} ms (p95), of which the requests of a page after the first could be \
         spared",
        connections.opened
    );
    first_visit(seen, FixKind::Http11, opening, "enable HTTP/2", evidence)
}

/// The slowest lookup, since the others may have been answered from memory.
pub(super) fn dns(seen: &Measurement) -> Option<Fix> {
    let slowest = ms(seen.connections.dns_us.max_us()?);
    let visit = p95_ms(&seen.total_us)?;
    (slowest >= SLOW_DNS_MS && slowest >= SLOW_DNS_SHARE * visit).then_some(())?;
    let evidence = format!("resolving the name took {slowest:.0} ms from here");
    let advice = "serve the name from name servers near its visitors, without chains of aliases";
    let fix = first_visit(seen, FixKind::SlowDns, slowest, advice, evidence)?;
    // Whose resolver was slow cannot be told.
    Some(fix.seen_together())
}

fn first_visit(
    seen: &Measurement,
    kind: FixKind,
    saved_ms: f64,
    advice: &str,
    evidence: String,
) -> Option<Fix> {
    let of_ms = p95_ms(&seen.total_us)?;
    Some(Fix {
        kind,
        advice: advice.into(),
        evidence,
        at_most_ms: saved_ms.min(of_ms),
        of_ms,
        of: Gain::FirstVisitP95,
        correlation: false,
    })
}

fn p95_ms(times: &Histogram) -> Option<f64> {
    times.quantile_us(0.95).map(ms)
}
