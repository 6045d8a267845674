//! Whatever a check does, its run is complete, keeps what was recorded, and survives JSON.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::future::poll_fn;
use std::sync::Mutex;
use std::task::Poll;

use lr_core::{
    Check, CheckError, CheckRun, Context, ErrorKind, Location, Recorder, Rule, Severity, Verdict,
    async_trait,
};
use proptest::prelude::*;

const fn rule(id: &'static str, severity: Severity) -> Rule {
    Rule::new(id, severity).says("it holds", "it does not").because("harm").fix("mend it")
}
static A: Rule = rule("family/a", Severity::Critical);
static B: Rule = rule("family/b", Severity::Medium);
static C: Rule = rule("family/c", Severity::Info);
static RULES: &[&Rule] = &[&A, &B, &C];

#[derive(Clone, Debug)]
enum Step {
    Pass(usize, u8),
    Fail(usize, u8, String),
    NotApplicable(usize, u8),
    Inconclusive(usize, u8),
    About(u8),
    Await,
    Err(String),
    Panic,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = 0..3u8;
    let rule = 0..RULES.len();
    let step = prop_oneof![
        3 => (rule.clone(), place.clone()).prop_map(|(r, p)| Step::Pass(r, p)),
        3 => (rule.clone(), place.clone(), ".*").prop_map(|(r, p, t)| Step::Fail(r, p, t)),
        1 => (rule.clone(), place.clone()).prop_map(|(r, p)| Step::NotApplicable(r, p)),
        1 => (rule, place.clone()).prop_map(|(r, p)| Step::Inconclusive(r, p)),
        1 => place.prop_map(Step::About),
        3 => Just(Step::Await),
        1 => ".*".prop_map(Step::Err),
        1 => Just(Step::Panic),
    ];
    prop::collection::vec(step, 0..12)
}

/// Plays its steps and notes what it has recorded.
struct Scripted {
    steps: Vec<Step>,
    recorded: Mutex<Vec<(&'static str, String, &'static str)>>,
}

#[async_trait]
impl Check for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn rules(&self) -> &[&'static Rule] {
        RULES
    }

    async fn run(&self, _: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        let note = |rule: usize, place: u8, verdict: &'static str| {
            let entry = (RULES[rule].id, at(place).to_string(), verdict);
            self.recorded.lock().unwrap().push(entry);
        };
        for step in &self.steps {
            match step.clone() {
                Step::Pass(rule, place) => {
                    out.pass(RULES[rule], at(place));
                    note(rule, place, "pass");
                }
                Step::Fail(rule, place, text) => {
                    out.fail(RULES[rule], at(place), text.as_str())
                        .instance(text.as_str())
                        .evidence("text", text.as_str())
                        .evidence("share", 0.1)
                        .evidence("count", vec![1, 2]);
                    note(rule, place, "fail");
                }
                Step::NotApplicable(rule, place) => {
                    out.not_applicable(RULES[rule], at(place), "nothing to say");
                    note(rule, place, "not-applicable");
                }
                Step::Inconclusive(rule, place) => {
                    out.inconclusive(RULES[rule], at(place), ErrorKind::Timeout, "too slow");
                    note(rule, place, "inconclusive");
                }
                Step::About(place) => out.about(at(place)),
                Step::Await => tokio::task::yield_now().await,
                Step::Err(text) => return Err(CheckError::new(ErrorKind::Protocol, text)),
                Step::Panic => panic!("as scripted"),
            }
        }
        Ok(())
    }
}

fn at(place: u8) -> Location {
    match place {
        0 => Location::host("shop.test"),
        1 => Location::record("shop.test", "CAA"),
        _ => Location::file("src/main.rs", Some(3), None),
    }
}

/// Ready at its `polls`-th poll, if ever.
fn stop_after(polls: Option<u32>) -> impl Future<Output = CheckError> + Send {
    let mut left = polls;
    poll_fn(move |task| match &mut left {
        Some(0) => Poll::Ready(CheckError::new(ErrorKind::Cancelled, "stopped")),
        Some(polls) => {
            *polls -= 1;
            task.waker().wake_by_ref();
            Poll::Pending
        }
        None => Poll::Pending,
    })
}

fn play(
    steps: Vec<Step>,
    stop: Option<u32>,
) -> (CheckRun, Vec<(&'static str, String, &'static str)>) {
    let check = Scripted { steps, recorded: Mutex::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let run = runtime.block_on(lr_core::run_until(&check, &Context::new(), stop_after(stop)));
    (run, check.recorded.into_inner().unwrap())
}

fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::NotApplicable { .. } => "not-applicable",
        Verdict::Inconclusive { .. } => "inconclusive",
    }
}

const STRENGTH: [&str; 4] = ["not-applicable", "pass", "inconclusive", "fail"];

proptest! {
    #[test]
    fn every_rule_has_an_outcome_and_nothing_is_lost(
        steps in steps(),
        stop in prop::option::of(0..8u32),
    ) {
        std::panic::set_hook(Box::new(|_| {}));
        let (run, recorded) = play(steps, stop);

        for rule in RULES {
            prop_assert!(run.outcomes.iter().any(|outcome| outcome.rule == rule.id));
        }
        for (rule, place, _) in &recorded {
            // The strongest verdict recorded at a place is the one that stands.
            let strongest = recorded
                .iter()
                .filter(|(r, p, _)| (r, p) == (rule, place))
                .max_by_key(|(_, _, verdict)| STRENGTH.iter().position(|name| name == verdict))
                .unwrap();
            let standing: Vec<_> = run
                .outcomes
                .iter()
                .filter(|o| o.rule == *rule && o.subject.to_string() == *place)
                .collect();
            prop_assert_eq!(standing.len(), 1);
            prop_assert_eq!(name(&standing[0].verdict), strongest.2);
        }
        let failures = recorded.iter().filter(|(_, _, verdict)| *verdict == "fail").count();
        prop_assert_eq!(run.findings.len(), failures);
        // A rule nobody decided is never a pass.
        for outcome in &run.outcomes {
            let decided = recorded.iter().any(|(rule, _, _)| outcome.rule == *rule);
            let open = matches!(outcome.verdict, Verdict::Inconclusive { .. });
            prop_assert!(decided || open);
        }
    }

    #[test]
    fn json_round_trips_byte_for_byte(steps in steps(), stop in prop::option::of(0..8u32)) {
        std::panic::set_hook(Box::new(|_| {}));
        let (run, _) = play(steps, stop);
        let json = serde_json::to_string(&run).unwrap();
        let again: CheckRun = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&again, &run);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), json);
    }
}

#[test]
fn a_panic_and_an_error_are_told_apart() {
    std::panic::set_hook(Box::new(|_| {}));
    let (run, _) = play(vec![Step::Pass(0, 0), Step::Panic], None);
    assert_eq!(run.error.unwrap().as_str(), "the check panicked: as scripted");
    let cause = |run: &CheckRun| match &run.outcomes.last().unwrap().verdict {
        Verdict::Inconclusive { cause, .. } => *cause,
        other => panic!("{other:?}"),
    };
    let (run, _) = play(vec![Step::Err("no DNS here".into())], None);
    assert_eq!(cause(&run), ErrorKind::Protocol);
    let (run, _) = play(vec![], None);
    assert_eq!(cause(&run), ErrorKind::NotDecided);
    assert_eq!(run.error, None);
}

#[test]
fn undecided_rules_name_what_the_check_is_about() {
    let (run, _) = play(vec![Step::About(0), Step::Await, Step::Await], Some(1));
    assert!(run.outcomes.iter().all(|outcome| outcome.subject == at(0)));
    assert_eq!(run.subject, at(0));
}
