//! Running checks together: deadlines, stops, panics, order; none of them loses the others.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::future::{pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use launch_ready::Audit;
use launch_ready::core::{
    Check, CheckError, Clock, Context, ErrorKind, Limits, Location, Recorder, Rule, Severity,
    Verdict, async_trait,
};
use launch_ready::report::{Decision, Policy};

const fn rule(id: &'static str) -> Rule {
    Rule::new(id, Severity::High).says("it holds", "it does not")
}
static FIRST: Rule = rule("test/first");
static SECOND: Rule = rule("test/second");
static RULES: &[&Rule] = &[&FIRST, &SECOND];

#[derive(Clone, Copy)]
enum Manner {
    Passes,
    Hangs,
    Panics,
    Spins,
}

/// Decides its first rule, then goes on as its manner is.
struct Fake(&'static str, Manner, Arc<AtomicU32>);

#[async_trait]
impl Check for Fake {
    fn name(&self) -> &str {
        self.0
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let place = self.2.fetch_add(1, Ordering::SeqCst);
        out.pass(&FIRST, Location::host(format!("{place}.test")));
        match self.1 {
            Manner::Passes => {}
            Manner::Hangs => pending().await,
            Manner::Panics => panic!("as asked"),
            Manner::Spins => loop {
                cx.checkpoint()?;
                tokio::task::yield_now().await;
            },
        }
        out.pass(&SECOND, Location::check(self.0));
        Ok(())
    }
}

fn context(check: Duration) -> Context {
    Context::new().with_limits(Limits::within(check)).with_clock(Clock::fixed(now()))
}

fn now() -> launch_ready::core::Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn audit(manners: &[Manner]) -> (Audit, Arc<AtomicU32>) {
    std::panic::set_hook(Box::new(|_| {}));
    let count = Arc::new(AtomicU32::new(0));
    let names = ["one", "two", "three", "four"];
    let mut audit = Audit::new("shop.test").context(context(Duration::from_millis(200)));
    for (manner, name) in manners.iter().zip(names) {
        audit = audit.with(Fake(name, *manner, Arc::clone(&count)));
    }
    (audit, count)
}

#[tokio::test]
async fn one_that_hangs_or_panics_costs_only_itself() {
    let (audit, _) = audit(&[Manner::Hangs, Manner::Panics, Manner::Passes]);
    let started = Instant::now();
    let report = audit.run().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    let names: Vec<_> = report.checks.iter().map(|check| check.check.as_str()).collect();
    assert_eq!(names, ["one", "two", "three"], "in the order they were added");
    let cause = |check: usize| match &report.checks[check].outcomes.last().unwrap().verdict {
        Verdict::Inconclusive { cause, .. } => Some(*cause),
        _ => None,
    };
    assert_eq!(cause(0), Some(ErrorKind::Timeout));
    assert_eq!(cause(1), Some(ErrorKind::Internal));
    assert_eq!(cause(2), None);
    assert!(
        matches!(report.checks[0].outcomes[0].verdict, Verdict::Pass),
        "what was decided stays"
    );
    assert_eq!(report.decision, Decision::Undecided);
    assert!(report.incomplete.is_none());
}

#[tokio::test]
async fn a_stop_ends_everything_and_says_so() {
    let (audit, count) = audit(&[Manner::Hangs, Manner::Spins]);
    let audit = audit.context(context(Duration::from_secs(600))).finally(Fake(
        "late",
        Manner::Passes,
        count,
    ));
    let audited = audit.run_until(tokio::time::sleep(Duration::from_millis(50))).await;
    assert!(audited.report.incomplete.is_some());
    assert_eq!(audited.report.checks.len(), 3);
    for check in &audited.report.checks {
        assert!(check.error.is_some(), "{} was stopped", check.check);
        assert_eq!(check.outcomes.len(), 2, "every rule has an outcome");
    }
}

#[tokio::test]
async fn a_stop_that_comes_first_still_gives_a_report() {
    let (audit, _) = audit(&[Manner::Passes]);
    let audited = audit.run_until(ready(())).await;
    assert_eq!(audited.report.checks.len(), 1);
}

#[tokio::test]
async fn what_measures_runs_when_the_others_are_done() {
    let (audit, count) = audit(&[Manner::Passes, Manner::Passes]);
    let report = audit.finally(Fake("late", Manner::Passes, count)).run().await;
    let late = report.checks.iter().find(|check| check.check == "late").unwrap();
    assert_eq!(late.outcomes[0].subject, Location::host("2.test"), "two were before it");
    assert_eq!(report.decision, Decision::Go);
}

#[tokio::test]
async fn the_same_run_gives_the_same_bytes() {
    let (audit, _) = audit(&[Manner::Passes]);
    let first = audit.run().await.to_json();
    let second = audit.policy(Policy::default()).run().await.to_json();
    // Only the fake's own counter differs.
    assert_eq!(first.replace("0.test", "1.test"), second);
}
