//! The verdict is the product: every cell of severity, waiver and outcome.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use lr_core::{CheckRun, ErrorKind, Location, Rule, Severity, Stage, Timestamp};
use lr_report::{Decision, Policy, Report, Waiver, WaiverState};

const LEVELS: [Severity; 5] =
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

static INFO: Rule = Rule::new("test/info", Severity::Info);
static LOW: Rule = Rule::new("test/low", Severity::Low);
static MEDIUM: Rule = Rule::new("test/medium", Severity::Medium);
static HIGH: Rule = Rule::new("test/high", Severity::High);
static CRITICAL: Rule = Rule::new("test/critical", Severity::Critical);
static TRIAL: Rule = Rule::new("test/trial", Severity::Critical).stage(Stage::Preview);
static RULES: [&Rule; 5] = [&INFO, &LOW, &MEDIUM, &HIGH, &CRITICAL];

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn shop() -> Location {
    Location::host("shop.test")
}

fn failing(rule: &'static Rule) -> CheckRun {
    lr_core::record("test", &[rule], |out| {
        out.fail(rule, shop(), "it does not hold");
    })
}

fn open(rule: &'static Rule) -> CheckRun {
    lr_core::record("test", &[rule], |out| {
        out.inconclusive(rule, shop(), ErrorKind::Timeout, "no answer");
    })
}

fn decide(runs: Vec<CheckRun>, policy: &Policy) -> Decision {
    Report::new("shop.test", now(), runs, policy).decision
}

#[test]
fn every_severity_against_every_threshold() {
    for block_at in LEVELS {
        let policy = Policy::block_at(block_at);
        let waived = policy.clone().waive(Waiver::new("test/*", "accepted", later()));
        for rule in RULES {
            let blocks = rule.severity >= block_at;
            let risk = match rule.severity {
                Severity::Info => Decision::Go,
                _ => Decision::GoWithRisks,
            };
            let expected = if blocks { Decision::NoGo } else { risk };
            assert_eq!(decide(vec![failing(rule)], &policy), expected, "{rule:?} at {block_at:?}");
            assert_eq!(decide(vec![failing(rule)], &waived), risk, "waived {rule:?}");
            let expected = if blocks { Decision::Undecided } else { Decision::Go };
            assert_eq!(
                decide(vec![open(rule)], &policy),
                expected,
                "open {rule:?} at {block_at:?}"
            );
        }
    }
}

fn later() -> Timestamp {
    Timestamp::from_unix_ms(now().unix_ms() + 1)
}

#[test]
fn what_blocks_outweighs_what_is_open() {
    let policy = Policy::default();
    assert_eq!(decide(vec![open(&CRITICAL), failing(&HIGH)], &policy), Decision::NoGo);
    assert_eq!(decide(vec![open(&HIGH), failing(&MEDIUM)], &policy), Decision::Undecided);
    assert_eq!(decide(vec![], &policy), Decision::Go);
}

#[test]
fn rules_on_trial_never_block() {
    let policy = Policy::default();
    assert_eq!(decide(vec![failing(&TRIAL)], &policy), Decision::GoWithRisks);
    assert_eq!(decide(vec![open(&TRIAL)], &policy), Decision::Go);
}

#[test]
fn a_check_that_broke_off_leaves_its_passes_open() {
    let mut run = lr_core::record("test", &[&HIGH], |out| out.pass(&HIGH, shop()));
    assert_eq!(decide(vec![run.clone()], &Policy::default()), Decision::Go);
    run.error = Some("the check panicked".into());
    assert_eq!(decide(vec![run], &Policy::default()), Decision::Undecided);
}

#[test]
fn waivers_end_and_are_accounted_for() {
    let policy = Policy::default()
        .waive(Waiver::new("test/high @ shop.test", "accepted", later()))
        .waive(Waiver::new("test/critical*", "was accepted", now()))
        .waive(Waiver::new("test/gone", "left over", later()));
    let report = Report::new("shop.test", now(), vec![failing(&HIGH), failing(&CRITICAL)], &policy);
    let states: Vec<_> = report.waivers.iter().map(|waiver| waiver.state).collect();
    assert_eq!(states, [WaiverState::Used, WaiverState::Expired, WaiverState::Unused]);
    assert!(report.risks[0].waived.is_none(), "its waiver ends at this very moment");
    assert_eq!(report.risks[1].waived.as_ref().unwrap().reason.as_str(), "accepted");
    assert_eq!(report.decision, Decision::NoGo);
}

#[test]
fn exit_codes() {
    let codes = [Decision::Go, Decision::GoWithRisks, Decision::NoGo, Decision::Undecided]
        .map(Decision::exit_code);
    assert_eq!(codes, [0, 0, 1, 3]);
}
