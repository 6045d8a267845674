//! Measurements as pictures: for a terminal, and as SVG for a page. Pure functions; nothing is
//! printed or written here.

mod svg;
mod text;

use crate::summary::endpoint;
use crate::{EndpointSummary, Histogram, Measurement, Mode, Policy};

pub use svg::svg;
pub use text::text;

/// What a picture shows.
struct Figures {
    summary: EndpointSummary,
    /// Name, milliseconds and interval of each percentile.
    marks: Vec<(&'static str, f64, [Option<f64>; 2])>,
    /// Bounds in milliseconds, and how many answers lie between them.
    bars: Vec<(f64, f64, u64)>,
    /// The slowest response of each second, in milliseconds; `None` where there was no request.
    seconds: Vec<Option<f64>>,
}

/// Seconds that are shown at most.
const MOST_SECONDS: usize = 3600;

impl Figures {
    fn of(seen: &Measurement, policy: &Policy) -> Self {
        let summary = endpoint(seen, Mode::Open, policy);
        let marks = summary.response_ms.map_or_else(Vec::new, |times| {
            let within = times.intervals;
            vec![
                ("p50", times.p50, within.p50),
                ("p95", times.p95, within.p95),
                ("p99", times.p99, within.p99),
            ]
        });
        Self { marks, bars: bars(&seen.response_us), seconds: seconds(seen), summary }
    }

    /// The longest time in the picture, in milliseconds.
    fn longest(&self) -> f64 {
        let times = self.summary.response_ms.map_or(0.0, |times| times.max);
        times.max(self.summary.budget_ms as f64).max(1.0)
    }

    fn headline(&self) -> String {
        let of = &self.summary;
        let kept_up = if of.kept_up == Some(false) { ", not kept up with" } else { "" };
        format!(
            "{} {}: {}, budget {} ms; {} requests at {}/s{kept_up}, {} failed, {} unfinished",
            of.method,
            of.url,
            of.verdict,
            of.budget_ms,
            of.attempted,
            of.per_second,
            of.failed.values().fold(0u64, |sum, count| sum.saturating_add(*count)),
            of.unfinished
        )
    }
}

/// Powers of the square root of two, from below the least to above the greatest time.
fn bars(times: &Histogram) -> Vec<(f64, f64, u64)> {
    let step = |us: u64| ((us.max(1) as f64).log2() * 2.0).floor() as i32;
    let bound = |step: i32| 2f64.powf(f64::from(step) / 2.0) / 1000.0;
    let (Some(first), Some(last)) = (times.ranked_us(1), times.max_us()) else { return Vec::new() };
    let count = |wanted: i32| {
        let within = times.iter().filter(|(us, _)| step(*us) == wanted);
        within.fold(0u64, |sum, (_, n)| sum.saturating_add(n))
    };
    (step(first)..=step(last)).map(|at| (bound(at), bound(at + 1), count(at))).collect()
}

fn seconds(seen: &Measurement) -> Vec<Option<f64>> {
    let mut seconds: Vec<Option<f64>> = Vec::new();
    for sample in &seen.samples {
        let second = usize::try_from(sample.at_us / 1_000_000).unwrap_or(usize::MAX);
        if second >= MOST_SECONDS {
            continue;
        }
        if seconds.len() <= second {
            seconds.resize(second + 1, None);
        }
        let ms = sample.response_us as f64 / 1000.0;
        seconds[second] = Some(seconds[second].map_or(ms, |most: f64| most.max(ms)));
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{End, Sample};

    /// A second of stall in ten.
    fn stalled() -> Measurement {
        let sample = |n: u64| {
            let us = if (400..500).contains(&n) { 10_000 * (500 - n) } else { 5000 };
            Sample::new(n * 10_000, us.min(5000), us, End::Ok)
        };
        Measurement::of_samples("https://shop.test/?a=<b>&c", 300, (0..1000).map(sample).collect())
    }

    #[test]
    fn a_stall_can_be_seen_in_the_terminal() {
        let text = text(&stalled(), &Policy::default(), 80);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "GET https://shop.test/?a=%3Cb%3E&c: unclear, budget 300 ms;");
        assert!(lines[1].starts_with("  1000 requests at"), "{text}");
        assert!(lines.iter().any(|line| line.ends_with("by second ▁▁▁▁█▁▁▁▁▁")), "{text}");
        assert!(lines.iter().any(|line| line.contains("p95") && line.contains('●')), "{text}");
        let drawn = lines.iter().filter(|line| !line.starts_with("  - "));
        assert!(drawn.clone().count() > 8, "{text}");
        assert!(drawn.into_iter().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn svg_is_well_formed_and_escaped() {
        let svg = svg(&stalled(), &Policy::default());
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(svg.contains("?a=%3Cb%3E&amp;c:") && !svg.contains("E&c"));
        let opened = svg.matches('<').count();
        assert_eq!(opened, svg.matches('>').count());
        assert!(svg.contains("budget 300 ms"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn nothing_and_extremes_make_no_panic() {
        let mut empty = Measurement::new("https://shop.test/", "GET", 0);
        let samples = vec![
            Sample::new(u64::MAX, u64::MAX, u64::MAX, End::Ok),
            Sample::new(0, 0, 0, End::Failed),
        ];
        for seen in [empty.clone(), Measurement::of_samples("x", u64::MAX, samples)] {
            assert!(!text(&seen, &Policy::default(), 0).is_empty());
            assert!(!svg(&seen, &Policy::default()).contains("NaN"));
        }
        empty.budget_ms = 300;
        assert!(text(&empty, &Policy::default(), 80).contains("not-measured"));
    }
}
