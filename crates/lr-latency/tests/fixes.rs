//! The shortlist: each fix in a measurement in which it appears, and in one in which it does not.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

use lr_core::Timestamp;
use lr_latency::{
    Answer, Cached, End, Fix, FixKind, Gain, Measurement, Policy, Sample, Sampling, Snapshot, Step,
    Summary, shortlist,
};
use proptest::prelude::*;

/// A hundred requests, 20 ms apart, of a server at 10 ms that answers at once.
fn quick() -> Measurement {
    requests(100, |_, sample| sample)
}

/// So many requests of 20 ms, of which 18 pass until the first byte, each changed.
fn requests(count: u64, change: impl Fn(u64, Sample) -> Sample) -> Measurement {
    let plain = |n: u64| Sample::new(n * 20_000, 20_000, 20_000, End::Ok).first_byte_us(18_000);
    let samples = (0..count).map(|n| change(n, plain(n))).collect();
    let mut seen = Measurement::of_samples("https://shop.test/", 300, samples);
    let connections = &mut seen.connections;
    (connections.opened, connections.http) = (4, Some("2".into()));
    connections.tls = Some("1.3".into());
    connections.dns_us = vec![(0, 3), (5_000, 1)].into();
    connections.connect_us = vec![(10_000, 4)].into();
    connections.tls_us = vec![(12_000, 4)].into();
    seen.total_us = vec![(60_000, 4)].into();
    let mut answer = Answer::default();
    (answer.status, answer.body_bytes) = (200, 300);
    (answer.content_type, answer.offered_compression) = (Some("text/html".into()), true);
    seen.answer = Some(answer);
    seen
}

fn took(sample: Sample, us: u64) -> Sample {
    Sample::new(sample.at_us, us, us, End::Ok).first_byte_us(us.saturating_sub(2_000))
}

fn reopening() -> Measurement {
    let mut seen =
        requests(100, |_, sample| took(sample, 52_000).first_byte_us(18_000).reopening_us(32_000));
    (seen.connections.opened, seen.connections.reopened) = (100, 99);
    seen
}

fn old_tls(handshake_us: u64) -> Measurement {
    let mut seen = quick();
    seen.connections.tls = Some("1.2".into());
    seen.connections.tls_us = vec![(handshake_us, 4)].into();
    seen
}

fn old_http(connections: u64) -> Measurement {
    let mut seen = quick();
    (seen.connections.http, seen.connections.opened) = (Some("1.1".into()), connections);
    seen
}

fn slow_name(us: u64) -> Measurement {
    let mut seen = quick();
    seen.connections.dns_us = vec![(0, 3), (us, 1)].into();
    seen.total_us = vec![(60_000 + us, 1), (60_000, 3)].into();
    seen
}

fn page(body_bytes: u64, content_type: &str, encoding: Option<&str>, offered: bool) -> Measurement {
    let mut seen = requests(100, |_, sample| took(sample, 80_000).first_byte_us(18_000));
    let answer = seen.answer.as_mut().unwrap();
    (answer.body_bytes, answer.offered_compression) = (body_bytes, offered);
    answer.content_type = Some(content_type.into());
    answer.content_encoding = encoding.map(Into::into);
    seen
}

/// One request in `every` misses the cache and takes 300 ms.
fn cached(every: u64) -> Measurement {
    requests(100, |n, sample| match n % every {
        0 => took(sample, 300_000).cache(Some(Cached::Miss)),
        _ => sample.cache(Some(Cached::Hit)),
    })
}

fn redirected(redirects: u64) -> Measurement {
    let mut seen = quick();
    seen.redirects = redirects;
    seen.answer.as_mut().unwrap().location = Some("https://www.shop.test/".into());
    seen
}

fn cold(first_us: u64, usual_us: u64) -> Measurement {
    requests(100, |n, sample| took(sample, if n == 0 { first_us } else { usual_us }))
}

/// A second without an answer after every four, at 50 requests a second.
fn stalled(stalls: u64) -> Measurement {
    requests(250 * stalls, |n, sample| {
        let into = n % 250;
        if into < 200 { sample } else { took(sample, 20_000 * (251 - into)) }
    })
}

/// As many slow requests, but anywhere.
fn scattered() -> Measurement {
    requests(1000, |n, sample| if n * 7 % 13 == 0 { took(sample, 500_000) } else { sample })
}

fn steps(p50_ms: [u64; 3]) -> Measurement {
    let mut seen = quick();
    let step = |(users, ms): (u64, u64)| {
        Step::new(users, 100, [ms * 1000, ms * 1200], users as f64 * 1000.0 / ms as f64)
    };
    seen.steps = [1, 5, 20].into_iter().zip(p50_ms).map(step).collect();
    seen
}

/// The server says that its database took this share of the time to the first byte.
fn attributed(share: f64) -> Measurement {
    let mut seen = requests(100, |n, sample| took(sample, 20_000 + 1000 * n));
    let of = |(place, sample): (usize, &Sample)| {
        (place as u64, (share * sample.first_byte_us as f64) as u64)
    };
    seen.server_timing.insert("db".into(), seen.samples.iter().enumerate().map(of).collect());
    seen
}

fn table() -> Vec<(FixKind, Measurement, bool)> {
    use FixKind::*;
    vec![
        (ConnectionReuse, reopening(), true),
        (ConnectionReuse, quick(), false),
        (Tls12, old_tls(60_000), true),
        (Tls12, old_tls(2_000), false),
        (Tls12, quick(), false),
        (Http11, old_http(4), true),
        (Http11, old_http(1), false),
        (Http11, quick(), false),
        (SlowDns, slow_name(80_000), true),
        (SlowDns, quick(), false),
        (FirstByte, cold(200_000, 200_000), true),
        (FirstByte, quick(), false),
        (Compression, page(90_000, "text/html; charset=utf-8", None, true), true),
        (Compression, page(90_000, "application/ld+json", Some("identity"), true), true),
        (Compression, page(90_000, "text/html", Some("gzip"), true), false),
        (Compression, page(90_000, "image/jpeg", None, true), false),
        (Compression, page(9_000, "text/html", None, true), false),
        // Nobody asked for it.
        (Compression, page(90_000, "text/html", None, false), false),
        (CacheMiss, cached(10), true),
        (CacheMiss, cached(1), true),
        // Too few to be seen in p95.
        (CacheMiss, cached(50), false),
        (CacheMiss, quick(), false),
        (ColdStart, cold(900_000, 20_000), true),
        (ColdStart, cold(30_000, 20_000), false),
        (Redirect, redirected(100), true),
        (Redirect, redirected(0), false),
        (Stalls, stalled(4), true),
        (Stalls, stalled(1), false),
        (Stalls, scattered(), false),
        (Stalls, quick(), false),
        (Knee, steps([40, 41, 160]), true),
        (Knee, steps([40, 41, 45]), false),
        (Knee, quick(), false),
        (ServerTiming, attributed(0.7), true),
        (ServerTiming, attributed(0.01), false),
    ]
}

fn found(seen: &Measurement, kind: FixKind) -> Option<Fix> {
    shortlist(seen).into_iter().find(|fix| fix.kind == kind)
}

#[test]
fn each_fix_appears_where_it_should_and_nowhere_else() {
    for (kind, seen, expected) in table() {
        let fixes = shortlist(&seen);
        let listed: Vec<_> = fixes.iter().map(|fix| fix.kind).collect();
        assert_eq!(listed.contains(&kind), expected, "{kind:?}: {fixes:#?}");
        for fix in fixes {
            assert!(fix.at_most_ms > 0.0 && fix.at_most_ms <= fix.of_ms, "{fix:?}");
        }
    }
    assert!(shortlist(&quick()).is_empty());
}

#[test]
fn each_has_a_bound_and_says_what_was_seen() {
    for (kind, seen, of, at_most_ms, words) in [
        (FixKind::ConnectionReuse, reopening(), Gain::P95, 32.0, "100 of 100 answered requests"),
        (FixKind::Tls12, old_tls(60_000), Gain::FirstVisitP95, 30.0, "took 60 ms"),
        (FixKind::Http11, old_http(4), Gain::FirstVisitP95, 22.0, "4 connections"),
        (FixKind::SlowDns, slow_name(80_000), Gain::FirstVisitP95, 80.0, "took 80 ms from here"),
        (FixKind::FirstByte, cold(200_000, 200_000), Gain::P95, 188.0, "a round trip takes 10.0"),
        (
            FixKind::Compression,
            page(90_000, "text/css", None, true),
            Gain::P95,
            62.0,
            "90000 bytes",
        ),
        (FixKind::CacheMiss, cached(10), Gain::P95, 280.0, "10 of 100 answers missed the cache"),
        (FixKind::Redirect, redirected(100), Gain::P95, 20.0, "to `https://www.shop.test/`"),
        (FixKind::ColdStart, cold(900_000, 20_000), Gain::FirstRequest, 880.0, "once in 100 times"),
        (FixKind::Knee, steps([40, 41, 160]), Gain::CrowdP95, 144.0, "20 at once: p50 160 ms"),
        (
            FixKind::Stalls,
            stalled(4),
            Gain::P95,
            760.0,
            "4 stalls of up to 0.9 s, one about every 5.0 s",
        ),
    ] {
        let fix = found(&seen, kind).unwrap();
        assert_eq!((fix.of, fix.at_most_ms.round()), (of, at_most_ms), "{fix:?}");
        assert!(fix.evidence.contains(words), "{fix:?}");
        assert!(fix.to_string().contains(&format!("at most -{at_most_ms} ms of ")), "{fix}");
    }
}

#[test]
fn what_only_goes_together_is_marked() {
    for (kind, seen, expected) in table() {
        let Some(fix) = found(&seen, kind).filter(|_| expected) else { continue };
        let facts = [
            FixKind::ConnectionReuse,
            FixKind::Tls12,
            FixKind::Http11,
            FixKind::FirstByte,
            FixKind::Redirect,
        ];
        assert_eq!(fix.correlation, !facts.contains(&kind), "{fix:?}");
    }
}

#[test]
fn parts_are_never_more_than_the_whole() {
    let fix = found(&attributed(0.7), FixKind::ServerTiming).unwrap();
    assert!(fix.evidence.contains("70 % of the time") && fix.evidence.contains("30 %"), "{fix}");
    assert_eq!(fix.advice, "look at `db`");
    // A nested part, and one that says more than there is.
    let mut nested = attributed(0.7);
    nested.server_timing.insert("total".into(), (0..100).map(|place| (place, u64::MAX)).collect());
    nested.server_timing.insert("lost".into(), vec![(u64::MAX, 1), (5000, 1)]);
    let fix = found(&nested, FixKind::ServerTiming).unwrap();
    assert!(
        fix.evidence.contains("100 % of the time") && fix.evidence.contains("overlap"),
        "{fix}"
    );
}

#[test]
fn the_greatest_gain_comes_first_in_summary_and_finding() {
    let mut seen = attributed(0.7);
    seen.redirects = 100;
    let fixes = shortlist(&seen);
    assert!(fixes.len() >= 3 && fixes.is_sorted_by(|a, b| a.at_most_ms >= b.at_most_ms));
    let snapshot = Snapshot::new(Timestamp::from_unix(0), &Sampling::default(), vec![seen.clone()]);
    let summary = Summary::of(&snapshot, &Policy::default());
    assert_eq!(summary.endpoints[0].fixes, fixes);
    assert_eq!(summary.pictures.len(), 1);

    seen.budget_ms = 10;
    (seen.slow, seen.service_us) = (100, vec![(200_000, 100)].into());
    let snapshot = Snapshot::new(Timestamp::from_unix(0), &Sampling::default(), vec![seen]);
    let run = lr_core::record("latency", lr_latency::RULES, |out| {
        lr_latency::judge(&snapshot, &Policy::default(), out);
    });
    let evidence = serde_json::to_string(&run.findings[0].evidence).unwrap();
    assert!(evidence.contains("would_help") && evidence.contains("at most -"), "{evidence}");
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let us = || prop_oneof![0u64..2_000_000, any::<u64>()];
    (us(), us(), us(), us(), us(), 0u8..6).prop_map(|(at, service, response, head, again, what)| {
        let end = if what == 0 { End::Failed } else { End::Ok };
        let cache = [None, Some(Cached::Hit), Some(Cached::Miss)][usize::from(what % 3)];
        let sample = Sample::new(at, service, response, end).first_byte_us(head);
        sample.reopening_us(again).cache(cache)
    })
}

proptest! {
    #[test]
    fn no_measurement_makes_it_panic_or_promise_more_than_there_is(
        samples in prop::collection::vec(any_sample(), 0..80),
        timing in prop::collection::vec((any::<u64>(), any::<u64>()), 0..20),
        per_second in any::<f64>(),
        phases in prop::collection::vec((any::<u64>(), 0u64..5), 0..4),
    ) {
        let mut seen = Measurement::of_samples("x", 300, samples);
        seen.server_timing.insert("db".into(), timing);
        seen.steps = vec![
            Step::new(1, 1, [1, 1], per_second),
            Step::new(u64::MAX, 0, [u64::MAX, 0], f64::NAN),
        ];
        (seen.redirects, seen.answer) = (1, Some(Answer::default()));
        seen.connections.tls = Some("1.2".into());
        seen.connections.http = Some("1.1".into());
        seen.connections.opened = u64::MAX;
        seen.total_us = phases.clone().into();
        seen.connections.tls_us = phases.clone().into();
        seen.connections.connect_us = phases.clone().into();
        seen.connections.dns_us = phases.into();
        for fix in shortlist(&seen) {
            prop_assert!(fix.at_most_ms >= 5.0 && fix.at_most_ms <= fix.of_ms, "{:?}", fix);
        }
    }
}
