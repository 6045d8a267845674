use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::marker::PhantomData;

use crate::{CheckError, CheckRun, ErrorKind, Finding, Location, Outcome, Rule, Text, Verdict};

/// Where a check writes what it decides, as soon as it decides it.
///
/// The runner owns it: whatever was recorded before an error, a timeout or a panic survives, and
/// every rule of the catalogue that was left undecided becomes [`Verdict::Inconclusive`].
#[derive(Debug)]
pub struct Recorder<'a> {
    rules: Vec<&'static Rule>,
    about: Option<Location>,
    outcomes: Vec<Outcome>,
    places: HashMap<(&'static str, Location), usize>,
    findings: Vec<Finding>,
    snapshot: Option<String>,
    data: Option<String>,
    /// A check must not keep the recorder beyond its run.
    run: PhantomData<&'a mut ()>,
}

impl Recorder<'_> {
    pub(crate) fn new(rules: &[&'static Rule]) -> Self {
        Self {
            rules: rules.to_vec(),
            about: None,
            outcomes: Vec::new(),
            places: HashMap::new(),
            findings: Vec::new(),
            snapshot: None,
            data: None,
            run: PhantomData,
        }
    }

    /// What the check is about: the subject of every rule that stays undecided.
    pub fn about(&mut self, subject: Location) {
        self.about = Some(subject);
    }

    /// The rule holds at `subject`.
    pub fn pass(&mut self, rule: &'static Rule, subject: Location) {
        self.record(rule, subject, Verdict::Pass);
    }

    /// The rule does not hold at `subject`; `detail` says what was seen.
    ///
    /// The finding is returned for evidence and the like to be added.
    #[allow(clippy::missing_panics_doc, reason = "what was pushed can be borrowed")]
    pub fn fail(
        &mut self,
        rule: &'static Rule,
        subject: Location,
        detail: impl Into<Text>,
    ) -> &mut Finding {
        self.record(rule, subject.clone(), Verdict::Fail);
        self.findings.push(Finding::new(rule, subject, detail.into()));
        self.findings.last_mut().expect("a finding was pushed just now")
    }

    /// The rule has nothing to say about `subject`.
    pub fn not_applicable(
        &mut self,
        rule: &'static Rule,
        subject: Location,
        reason: impl Into<Text>,
    ) {
        self.record(rule, subject, Verdict::NotApplicable { reason: reason.into() });
    }

    /// The rule could not be decided at `subject`.
    pub fn inconclusive(
        &mut self,
        rule: &'static Rule,
        subject: Location,
        cause: ErrorKind,
        reason: impl Into<Text>,
    ) {
        self.record(rule, subject, Verdict::Inconclusive { cause, reason: reason.into() });
    }

    /// Keeps everything that was seen, as JSON, so that it can be judged again later.
    pub fn snapshot(&mut self, json: impl Into<String>) {
        self.snapshot = Some(json.into());
    }

    /// The check's own summary of what it saw, as JSON, for the report.
    pub fn data(&mut self, json: impl Into<String>) {
        self.data = Some(json.into());
    }

    fn record(&mut self, rule: &'static Rule, subject: Location, verdict: Verdict) {
        debug_assert!(
            self.rules.iter().any(|known| known.id == rule.id),
            "{} is not in the catalogue of this check",
            rule.id
        );
        match self.places.entry((rule.id, subject.clone())) {
            Entry::Occupied(place) => {
                let earlier = &mut self.outcomes[*place.get()].verdict;
                if verdict.strength() > earlier.strength() {
                    *earlier = verdict;
                }
            }
            Entry::Vacant(place) => {
                place.insert(self.outcomes.len());
                let (severity, stage) = (rule.severity, rule.stage);
                self.outcomes.push(Outcome {
                    rule: rule.into(),
                    severity,
                    stage,
                    subject,
                    verdict,
                });
            }
        }
    }

    /// Decides what was left undecided and closes the books.
    pub(crate) fn finish(mut self, check: &str, ended: Result<(), CheckError>) -> CheckRun {
        let subject = self.about.clone().unwrap_or_else(|| Location::check(check));
        let (cause, reason) = match &ended {
            Ok(()) => (ErrorKind::NotDecided, Text::new("the check ended without deciding this")),
            Err(error) => (error.kind(), error.message().clone()),
        };
        for rule in std::mem::take(&mut self.rules) {
            if !self.outcomes.iter().any(|outcome| outcome.rule == rule.id) {
                self.rules.push(rule);
                self.inconclusive(rule, subject.clone(), cause, reason.clone());
            }
        }
        CheckRun {
            check: check.into(),
            subject,
            outcomes: self.outcomes,
            findings: self.findings,
            data: self.data,
            snapshot: self.snapshot,
            elapsed_ms: 0,
            error: ended.err().map(|error| error.message().clone()),
        }
    }
}
