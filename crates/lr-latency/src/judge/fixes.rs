//! What would help: only what can be told from outside, each with a bound on its gain.
//!
//! A gain is the difference that remains when the same requests are looked at again without the
//! part that a fix would take away. So it is a bound and no forecast: nothing else may get better.

mod answer;
mod connection;
mod load;
mod stalls;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ms;
use crate::{End, Measurement, Sample};

/// Something that would help, and by how much at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fix {
    /// What it is about.
    pub kind: FixKind,
    /// What to do.
    pub advice: String,
    /// What was seen.
    pub evidence: String,
    /// It saves so many milliseconds at most...
    pub at_most_ms: f64,
    /// ...of so many...
    pub of_ms: f64,
    /// ...which are these.
    pub of: Gain,
    /// Only that things go together was seen, and not why.
    pub correlation: bool,
}

/// What a fix is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FixKind {
    /// The server closes connections that could be used again.
    ConnectionReuse,
    /// TLS 1.2 takes a round trip more than TLS 1.3 (RFC 8446, section 2).
    Tls12,
    /// HTTP/1.1 needs a connection for each request in flight.
    Http11,
    /// The name takes long to resolve.
    SlowDns,
    /// The server takes long until the head of its answer.
    FirstByte,
    /// Text comes uncompressed.
    Compression,
    /// A cache on the way has no copy.
    CacheMiss,
    /// The first request takes longer than all others.
    ColdStart,
    /// The answer leads elsewhere.
    Redirect,
    /// Now and then nothing is answered for a while.
    Stalls,
    /// With more users at once each waits longer.
    Knee,
    /// A part that the server names itself (`Server-Timing`).
    ServerTiming,
}

/// Which figure a fix would improve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Gain {
    /// The 95th percentile of the response times.
    P95,
    /// The 95th percentile with the most users at once that were tried.
    CrowdP95,
    /// The 95th percentile of first visits, which open a connection.
    FirstVisitP95,
    /// The first request of all.
    FirstRequest,
}

impl Gain {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::P95 => "p95",
            Self::CrowdP95 => "p95 with many users at once",
            Self::FirstVisitP95 => "p95 of first visits",
            Self::FirstRequest => "the first request",
        }
    }
}

/// One line: advice, bound and evidence.
impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { advice, evidence, at_most_ms, of_ms, .. } = self;
        let of = self.of.words();
        write!(f, "{advice}: at most -{at_most_ms:.0} ms of {of} {of_ms:.0} ms; {evidence}")
    }
}

/// A gain that is worth a line: so many milliseconds, and such a share of the figure.
const WORTH_MS: f64 = 5.0;
const WORTH_SHARE: f64 = 0.05;

/// Everything that would help this endpoint, the greatest gain first.
///
/// ```
/// use lr_latency::{End, FixKind, Measurement, Sample, shortlist};
///
/// // Every request had to open a connection again, which took 60 of its 100 ms.
/// let sample = |n: u64| Sample::new(n * 20_000, 100_000, 100_000, End::Ok).reopening_us(60_000);
/// let mut seen = Measurement::of_samples("https://shop.test/", 300, (0..100).map(sample).collect());
/// seen.connections.reopened = 100;
/// let fixes = shortlist(&seen);
/// assert_eq!((fixes[0].kind, fixes[0].at_most_ms), (FixKind::ConnectionReuse, 60.0));
/// ```
#[must_use]
pub fn shortlist(seen: &Measurement) -> Vec<Fix> {
    let requests = Requests::of(seen);
    let found = [
        connection::reuse(seen, &requests),
        connection::tls(seen),
        connection::http(seen),
        connection::dns(seen),
        answer::first_byte(seen, &requests),
        answer::compression(seen, &requests),
        answer::cache(seen, &requests),
        answer::redirect(seen, &requests),
        load::cold_start(&requests),
        load::knee(seen),
        stalls::stalls(&requests),
    ];
    let mut fixes: Vec<_> = found.into_iter().flatten().collect();
    fixes.extend(answer::server_timing(seen, &requests));
    fixes.retain(|fix| {
        let enough = WORTH_MS.max(WORTH_SHARE * fix.of_ms);
        // Damaged snapshots may hold times that are no numbers.
        fix.at_most_ms.is_finite() && fix.of_ms.is_finite() && fix.at_most_ms >= enough
    });
    fixes.sort_by(|one, other| {
        let order = |fix: &Fix| (fix.of, fix.kind);
        one.of
            .cmp(&other.of)
            .then(other.at_most_ms.total_cmp(&one.at_most_ms))
            .then(order(one).cmp(&order(other)))
    });
    fixes
}

/// The requests that were answered as expected.
struct Requests {
    /// Each with its place among all samples, in order of time.
    ok: Vec<(u64, Sample)>,
    p95_us: u64,
}

impl Requests {
    fn of(seen: &Measurement) -> Self {
        let places = (0u64..).zip(seen.samples.iter().copied());
        let mut ok: Vec<_> = places.filter(|(_, sample)| sample.end == End::Ok).collect();
        ok.sort_by_key(|(_, sample)| sample.at_us);
        let p95_us = p95(ok.iter().map(|(_, sample)| sample.response_us));
        Self { ok, p95_us }
    }

    fn is_few(&self) -> bool {
        self.ok.len() < FEW
    }

    fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.ok.iter().map(|(_, sample)| sample)
    }

    /// How much of p95 would go if each request took so much less. Without it the queue for a free
    /// connection might be gone too, so what remains is time of service alone.
    fn gain_ms(&self, saved_us: impl Fn(u64, &Sample) -> u64) -> f64 {
        let left = |(place, sample): &(u64, Sample)| match saved_us(*place, sample) {
            0 => sample.response_us,
            saved => sample.service_us.saturating_sub(saved).min(sample.response_us),
        };
        ms(self.p95_us.saturating_sub(p95(self.ok.iter().map(left))))
    }

    fn fix(&self, kind: FixKind, gain_ms: f64, advice: &str, evidence: String) -> Fix {
        Fix {
            kind,
            advice: advice.into(),
            evidence,
            at_most_ms: gain_ms,
            of_ms: ms(self.p95_us),
            of: Gain::P95,
            correlation: false,
        }
    }
}

/// Fewer requests than this say little about their 95th percentile.
const FEW: usize = 20;

fn p95(times: impl Iterator<Item = u64>) -> u64 {
    quantile(times, 0.95)
}

/// As [`Histogram::quantile_us`](crate::Histogram::quantile_us); 0 if there is none.
fn quantile(times: impl Iterator<Item = u64>, q: f64) -> u64 {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    let rank = ((q * times.len() as f64 - 1e-9).ceil() as usize).max(1);
    times.get(rank - 1).copied().unwrap_or_default()
}

impl Fix {
    fn seen_together(self) -> Self {
        Self { correlation: true, ..self }
    }
}
