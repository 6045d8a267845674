//! Every rule has measurements in which it passes, fails and stays open.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

use lr_core::{CheckRun, ErrorKind, Severity, Timestamp, Verdict, record};
use lr_latency::{
    Baselines, FailKind, LogP95, Measurement, Obstacle, Policy, RULES, Sampling, Snapshot, Stopped,
    Summary, judge,
};
use proptest::prelude::*;

fn snapshot(endpoints: Vec<Measurement>) -> Snapshot {
    Snapshot::new(Timestamp::from_unix(1_795_262_400), &Sampling::default(), endpoints)
}

fn judged(measurement: Measurement) -> CheckRun {
    let snapshot = snapshot(vec![measurement]);
    record("latency", RULES, |out| judge(&snapshot, &Policy::default(), out))
}

/// So many quick answers.
fn quick(ok: u64) -> Measurement {
    let mut seen = Measurement::new("https://shop.test/", "GET", 300);
    (seen.attempted, seen.ok, seen.answered) = (ok, ok, ok);
    seen.service_us = vec![(20_000, ok)].into();
    seen.response_us = seen.service_us.clone();
    seen.connections.opened = 4;
    seen
}

fn with_slow(ok: u64, slow: u64) -> Measurement {
    let mut seen = quick(ok);
    seen.slow = slow;
    seen.service_us = vec![(20_000, ok - slow), (900_000, slow)].into();
    seen.response_us = seen.service_us.clone();
    seen
}

fn with_failures(ok: u64, failures: &[(FailKind, u64)]) -> Measurement {
    let mut seen = quick(ok);
    seen.failed = failures.iter().copied().collect();
    seen.attempted += seen.failed_in_all();
    seen.answered += 1;
    seen
}

/// A p95 of 20 ms, or of 900 ms, against accepted runs of 20 ms and its own repetition.
fn against(p95_ms: f64, again_ms: Option<f64>, runs: usize) -> Measurement {
    let run = |ms: f64| LogP95::from_ms(ms, [ms * 0.95, ms * 1.05]);
    let mut seen = if p95_ms > 100.0 { with_slow(100, 13) } else { quick(100) };
    let mut comparable = Baselines::new().comparable(&snapshot(vec![]), &seen);
    comparable.accepted = vec![run(20.0); runs];
    comparable.again = again_ms.map(run);
    seen.comparable = Some(comparable);
    seen
}

fn unreachable(kind: FailKind, cause: ErrorKind) -> Measurement {
    let mut seen = Measurement::new("https://shop.test/", "GET", 300);
    seen.attempted = 4;
    seen.failed = [(kind, 4)].into();
    seen.first_failure = Some(Obstacle::new(kind, cause, "shop.test: nobody there"));
    seen
}

fn verdict(run: &CheckRun, rule: &str) -> &'static str {
    let outcome = run.outcomes.iter().find(|outcome| outcome.rule == rule).unwrap();
    match outcome.verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Inconclusive { .. } => "open",
        Verdict::NotApplicable { .. } => "none",
    }
}

fn table() -> Vec<(&'static str, Measurement, &'static str)> {
    let status = FailKind::Status;
    let no_name = unreachable(FailKind::NoAddress, ErrorKind::Unreachable);
    let mut silent = quick(0);
    (silent.attempted, silent.answered, silent.failed) = (4, 0, [(FailKind::Timeout, 4)].into());
    silent.first_failure = Some(Obstacle::new(FailKind::Timeout, ErrorKind::Timeout, "no answer"));
    let mut hurried = quick(0);
    (hurried.attempted, hurried.unfinished, hurried.unfinished_slow) = (4, 4, 4);
    let mut cut = quick(0);
    (cut.attempted, cut.answered, cut.unfinished) = (4, 4, 4);
    cut.stopped = Some(Stopped::TooLarge { limit_bytes: 2 << 20 });
    vec![
        ("latency/reachable", quick(1), "pass"),
        ("latency/reachable", with_failures(0, &[(status(503), 20)]), "pass"),
        ("latency/reachable", no_name.clone(), "fail"),
        ("latency/reachable", unreachable(FailKind::Refused, ErrorKind::Unreachable), "fail"),
        ("latency/reachable", unreachable(FailKind::Certificate, ErrorKind::Protocol), "fail"),
        ("latency/reachable", unreachable(FailKind::Dns, ErrorKind::Unreachable), "open"),
        ("latency/reachable", unreachable(FailKind::Forbidden, ErrorKind::Forbidden), "open"),
        ("latency/reachable", unreachable(FailKind::ConnectTimeout, ErrorKind::Timeout), "open"),
        ("latency/reachable", silent.clone(), "open"),
        ("latency/reachable", Measurement::new("https://shop.test/", "GET", 300), "open"),
        ("latency/no-errors", quick(20), "pass"),
        ("latency/no-errors", with_failures(500, &[(status(500), 1)]), "pass"),
        ("latency/no-errors", with_failures(0, &[(status(503), 20)]), "fail"),
        ("latency/no-errors", with_failures(57, &[(FailKind::BrokenOff, 3)]), "fail"),
        ("latency/no-errors", silent.clone(), "fail"),
        ("latency/no-errors", quick(19), "open"),
        ("latency/no-errors", with_failures(0, &[(status(500), 1)]), "open"),
        ("latency/no-errors", with_failures(59, &[(FailKind::Timeout, 1)]), "open"),
        ("latency/no-errors", with_failures(3, &[(FailKind::RateLimited, 4)]), "open"),
        ("latency/no-errors", no_name.clone(), "open"),
        ("latency/within-budget", quick(59), "pass"),
        ("latency/within-budget", with_slow(100, 1), "pass"),
        ("latency/within-budget", with_slow(100, 13), "fail"),
        ("latency/within-budget", with_failures(90, &[(FailKind::Timeout, 10)]), "fail"),
        ("latency/within-budget", silent, "fail"),
        ("latency/within-budget", hurried, "fail"),
        ("latency/within-budget", quick(58), "open"),
        ("latency/within-budget", with_slow(100, 5), "open"),
        ("latency/within-budget", with_failures(3, &[(FailKind::RateLimited, 40)]), "open"),
        ("latency/within-budget", cut, "open"),
        ("latency/within-budget", no_name, "open"),
        ("latency/no-regression", against(20.0, None, 5), "pass"),
        ("latency/no-regression", against(900.0, Some(880.0), 5), "fail"),
        ("latency/no-regression", against(900.0, Some(880.0), 1), "fail"),
        ("latency/no-regression", against(900.0, Some(21.0), 5), "open"),
        ("latency/no-regression", against(900.0, None, 5), "open"),
        ("latency/no-regression", against(20.0, None, 0), "none"),
        ("latency/no-regression", quick(100), "none"),
    ]
}

#[test]
fn every_rule_passes_fails_and_stays_open_where_it_should() {
    let table = table();
    for (rule, measurement, expected) in &table {
        let run = judged(measurement.clone());
        assert_eq!(verdict(&run, rule), *expected, "{rule}: {measurement:#?}\n{run:#?}");
    }
    for rule in RULES {
        for expected in ["pass", "fail", "open"] {
            assert!(
                table.iter().any(|(id, _, verdict)| *id == rule.id && *verdict == expected),
                "{}: no case of {expected}",
                rule.id
            );
        }
    }
}

#[test]
fn rules_have_their_texts() {
    for rule in RULES {
        assert!(rule.id.starts_with("latency/") && rule.severity >= Severity::Medium);
        for text in [rule.title, rule.failure, rule.impact, rule.fix] {
            assert!(!text.is_empty(), "{}", rule.id);
        }
        assert!(!rule.references.is_empty(), "{}", rule.id);
    }
}

#[test]
fn a_finding_says_what_was_counted() {
    let run = judged(with_slow(100, 13));
    let finding = &run.findings[0];
    assert_eq!(finding.key, "latency/within-budget @ https://shop.test/");
    assert_eq!(
        finding.detail.as_str(),
        "13 of 100 requests (13.0 %) were slower than 300 ms or failed, where 5 % may be; of those \
         answered, p95 is 900 ms"
    );
    let mut head = with_slow(100, 13);
    head.method = "HEAD".into();
    assert_eq!(judged(head).findings[0].key, "latency/within-budget @ https://shop.test/ #HEAD");
}

#[test]
fn an_unclear_verdict_says_how_many_more_would_decide() {
    let run = judged(quick(40));
    let budget = run.outcomes.iter().find(|o| o.rule == "latency/within-budget").unwrap();
    let Verdict::Inconclusive { reason, .. } = &budget.verdict else { panic!("{budget:?}") };
    assert_eq!(
        reason.as_str(),
        "unclear: 0 of 40 requests (0.0 %) were slower than 300 ms or failed; about 19 more would \
         decide"
    );
}

#[test]
fn that_we_were_asked_to_slow_down_is_said() {
    let mut seen = with_failures(3, &[(FailKind::RateLimited, 2)]);
    seen.stopped = Some(Stopped::RateLimited { retry_after: Some("30".into()) });
    let run = judged(seen);
    for outcome in run
        .outcomes
        .iter()
        .filter(|o| o.rule == "latency/no-errors" || o.rule == "latency/within-budget")
    {
        let Verdict::Inconclusive { cause, reason } = &outcome.verdict else {
            panic!("{outcome:?}")
        };
        assert_eq!(*cause, ErrorKind::RateLimited);
        assert!(reason.as_str().contains("slow down (retry after 30)"), "{reason}");
    }
}

#[test]
fn without_endpoints_no_rule_applies() {
    let run = record("latency", RULES, |out| judge(&snapshot(vec![]), &Policy::default(), out));
    assert!(run.outcomes.iter().all(|o| matches!(o.verdict, Verdict::NotApplicable { .. })));
}

fn any_measurement() -> impl Strategy<Value = Measurement> {
    let kinds = prop_oneof![
        Just(FailKind::Refused),
        Just(FailKind::Timeout),
        Just(FailKind::RateLimited),
        any::<u16>().prop_map(FailKind::Status),
    ];
    let count = || prop_oneof![0u64..200, any::<u64>()];
    let failed = prop::collection::btree_map(kinds, count(), 0..4);
    let times = prop::collection::vec((any::<u64>(), count()), 0..6);
    let stopped = prop_oneof![
        Just(None),
        Just(Some(Stopped::Errors)),
        Just(Some(Stopped::Cancelled)),
        any::<Option<String>>().prop_map(|after| {
            Some(Stopped::RateLimited { retry_after: after.map(Into::into) })
        }),
    ];
    let counts = (count(), count(), count(), count(), count(), count(), count());
    (".*", any::<u64>(), counts, failed, times, stopped, any::<bool>()).prop_map(
        |(url, budget_ms, counts, failed, times, stopped, obstacle)| {
            let mut seen = Measurement::new(&url, "GET", budget_ms);
            (seen.attempted, seen.ok, seen.slow, seen.answered, ..) = counts;
            (.., seen.unfinished, seen.unfinished_slow, seen.connections.opened) = counts;
            (seen.failed, seen.service_us, seen.stopped) = (failed, times.into(), stopped);
            seen.first_failure =
                obstacle.then(|| Obstacle::new(FailKind::Timeout, ErrorKind::Timeout, "no answer"));
            seen
        },
    )
}

proptest! {
    #[test]
    fn judging_never_panics_and_decides_every_rule(
        endpoints in prop::collection::vec(any_measurement(), 0..3),
        confidence in any::<f64>(),
        share in any::<f64>(),
    ) {
        let policy = Policy::default().confidence(confidence).slow_share(share).error_share(share);
        let snapshot = snapshot(endpoints);
        let run = record("latency", RULES, |out| judge(&snapshot, &policy, out));
        for rule in RULES {
            prop_assert!(run.outcomes.iter().any(|outcome| outcome.rule == rule.id));
        }
        prop_assert!(run.error.is_none());
        let _ = Summary::of(&snapshot, &policy);
    }

    #[test]
    fn snapshots_and_summaries_survive_json(endpoints in prop::collection::vec(any_measurement(), 0..3)) {
        let before = snapshot(endpoints);
        let json = serde_json::to_string(&before).unwrap();
        let after: Snapshot = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&after, &before);
        prop_assert_eq!(serde_json::to_string(&after).unwrap(), json);

        let summary = Summary::of(&before, &Policy::default());
        let json = serde_json::to_string(&summary).unwrap();
        prop_assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary);
    }
}
