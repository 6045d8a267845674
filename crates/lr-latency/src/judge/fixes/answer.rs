//! What the answers say about the work behind them.

use super::{Fix, FixKind, Requests, ms, p95, quantile};
use crate::{Cached, Measurement, Sample};

/// The first byte is the server's own time if it comes so many round trips late.
const ROUND_TRIPS: u64 = 3;

/// What fits into the first packets anyway: ten of 1460 bytes (RFC 6928).
const FIRST_WINDOW: u64 = 14_600;

/// Hits that say what a hit takes.
const ENOUGH_HITS: usize = 5;

/// The time of a round trip, by the TCP handshake.
fn round_trip_us(seen: &Measurement) -> u64 {
    seen.connections.connect_us.quantile_us(0.0).unwrap_or_default()
}

pub(super) fn first_byte(seen: &Measurement, requests: &Requests) -> Option<Fix> {
    let round_trip = round_trip_us(seen);
    let median = quantile(requests.samples().map(|sample| sample.first_byte_us), 0.5);
    let slow = p95(requests.samples().map(|sample| sample.first_byte_us));
    (!requests.is_few() && slow > ROUND_TRIPS.saturating_mul(round_trip)).then_some(())?;
    let gain = requests.gain_ms(|_, sample| sample.first_byte_us.saturating_sub(round_trip));
    let evidence = format!(
        "the head of an answer takes {:.0} ms (p50 {:.0}) where a round trip takes {:.1} ms: the \
         rest is spent behind the server's port",
        ms(slow),
        ms(median),
        ms(round_trip)
    );
    let advice = "make the server's own work shorter, or move it out of the request";
    Some(requests.fix(FixKind::FirstByte, gain, advice, evidence))
}

/// Types that compress well.
fn is_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let application = essence.strip_prefix("application/").unwrap_or_default();
    essence.starts_with("text/")
        || essence == "image/svg+xml"
        || application.ends_with("+json")
        || application.ends_with("+xml")
        || ["json", "javascript", "xml", "wasm"].contains(&application)
}

pub(super) fn compression(seen: &Measurement, requests: &Requests) -> Option<Fix> {
    let answer = seen.answer.as_ref()?;
    let content_type = answer.content_type.as_ref().map_or("", |text| text.as_str());
    let plain = answer.content_encoding.as_ref().is_none_or(|text| text.as_str() == "identity");
    let applies = answer.offered_compression && plain && is_text(content_type);
    (applies && answer.body_bytes > FIRST_WINDOW && !requests.is_few()).then_some(())?;
    let gain = requests.gain_ms(|_, sample| sample.body_us());
    let evidence = format!(
        "{} bytes of {content_type} came uncompressed, though gzip and br were offered; after the \
         head they took {:.0} ms (p95)",
        answer.body_bytes,
        ms(p95(requests.samples().map(|sample| sample.body_us())))
    );
    let fix = requests.fix(FixKind::Compression, gain, "compress text", evidence);
    // The server may be writing the body as slowly as it makes it.
    Some(fix.seen_together())
}

pub(super) fn cache(seen: &Measurement, requests: &Requests) -> Option<Fix> {
    let first_bytes = |wanted: Cached| -> Vec<u64> {
        let of = requests.samples().filter(move |sample| sample.cache == Some(wanted));
        of.map(|sample| sample.first_byte_us).collect()
    };
    let (hits, misses) = (first_bytes(Cached::Hit), first_bytes(Cached::Miss));
    (!misses.is_empty() && !requests.is_few()).then_some(())?;
    let median = |times: &[u64]| quantile(times.iter().copied(), 0.5);
    let reachable = match hits.len() >= ENOUGH_HITS {
        true => median(&hits),
        false => round_trip_us(seen),
    };
    let missed = |sample: &Sample| match sample.cache {
        Some(Cached::Miss) => sample.first_byte_us.saturating_sub(reachable),
        _ => 0,
    };
    let gain = requests.gain_ms(|_, sample| missed(sample));
    let says = seen.answer.as_ref().and_then(|answer| answer.cache.as_ref());
    let evidence = format!(
        "{} of {} answers missed the cache{}; the median head takes {:.0} ms then, and {:.0} ms \
         {}",
        misses.len(),
        requests.ok.len(),
        says.map_or_else(String::new, |says| format!(" (the first says `{says}`)")),
        ms(median(&misses)),
        ms(reachable),
        if hits.len() >= ENOUGH_HITS { "from the cache" } else { "a round trip" },
    );
    let fix = requests.fix(FixKind::CacheMiss, gain, "let caches keep the answer", evidence);
    Some(fix.seen_together())
}

/// Whoever asks for the target at once is spared the whole request.
pub(super) fn redirect(seen: &Measurement, requests: &Requests) -> Option<Fix> {
    let answer = seen.answer.as_ref().filter(|_| seen.redirects > 0 && !requests.is_few())?;
    let gain = requests.gain_ms(|_, sample| sample.service_us);
    let target = answer.location.as_ref().map_or("elsewhere", |location| location.as_str());
    let evidence = format!(
        "{} of {} answers were redirects, the first to `{target}`; visitors wait for another \
         answer after this one",
        seen.redirects, seen.ok
    );
    let advice = "link to where the redirect leads";
    Some(requests.fix(FixKind::Redirect, gain, advice, evidence))
}

/// Parts that are listed at most.
const MOST_PARTS: usize = 3;

/// The parts of the slowest twentieth that the server names itself. They may overlap or be nested,
/// so they are never added up beyond the time to the first byte.
pub(super) fn server_timing(seen: &Measurement, requests: &Requests) -> Vec<Fix> {
    if requests.is_few() {
        return Vec::new();
    }
    let tail: Vec<_> =
        requests.ok.iter().filter(|(_, sample)| sample.response_us >= requests.p95_us).collect();
    let waited: f64 = tail.iter().map(|(_, sample)| sample.first_byte_us as f64).sum();
    let mut parts: Vec<(&str, Vec<u64>, f64)> = Vec::new();
    for (name, durations) in &seen.server_timing {
        let mut by_place = vec![0u64; seen.samples.len()];
        for (place, us) in durations {
            let slot = usize::try_from(*place).ok().and_then(|place| by_place.get_mut(place));
            if let Some(slot) = slot {
                *slot = slot.saturating_add(*us);
            }
        }
        let of = |place: u64, sample: &Sample| {
            let said = usize::try_from(place).ok().and_then(|place| by_place.get(place));
            said.copied().unwrap_or_default().min(sample.first_byte_us)
        };
        let said: f64 = tail.iter().map(|(place, sample)| of(*place, sample) as f64).sum();
        let share = said / waited.max(1.0);
        parts.push((name, by_place, share));
    }
    let explained: f64 = parts.iter().map(|(.., share)| share).sum();
    let rest = match explained > 1.0 {
        true => "the parts overlap".to_owned(),
        false => format!("{:.0} % is left unexplained", 100.0 * (1.0 - explained)),
    };
    parts.sort_by(|one, other| other.2.total_cmp(&one.2));
    let fix = |(name, by_place, share): (&str, Vec<u64>, f64)| {
        let gain = requests.gain_ms(|place, sample| {
            let said = usize::try_from(place).ok().and_then(|place| by_place.get(place));
            said.copied().unwrap_or_default().min(sample.first_byte_us)
        });
        let evidence = format!(
            "by Server-Timing it takes {:.0} % of the time to the first byte of the slowest 5 %; \
             {rest}",
            100.0 * share
        );
        let advice = format!("look at `{name}`");
        requests.fix(FixKind::ServerTiming, gain, &advice, evidence).seen_together()
    };
    parts.into_iter().take(MOST_PARTS).map(fix).collect()
}
