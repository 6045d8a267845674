use lr_core::{Confidence, Location, Recorder, Rule, Severity, Value};

use super::view::Blank;

/// Collects what several URLs say about one rule at one place, and records one verdict: a fault
/// weighs more than an obstacle, an obstacle more than what is fine.
pub(super) struct Tally {
    rule: &'static Rule,
    subject: Location,
    faults: Vec<Fault>,
    inconclusive: Option<Blank>,
    not_applicable: Option<Blank>,
    fine: bool,
}

/// One fault. Faults of the same instance become one finding.
pub(super) struct Fault {
    url: String,
    detail: String,
    instance: Option<String>,
    severity: Option<Severity>,
    confidence: Confidence,
    evidence: Vec<(&'static str, Value)>,
}

/// Further URLs that a finding names.
const RELATED: usize = 20;

impl Tally {
    pub(super) fn new(rule: &'static Rule, subject: Location) -> Self {
        Self {
            rule,
            subject,
            faults: Vec::new(),
            inconclusive: None,
            not_applicable: None,
            fine: false,
        }
    }

    pub(super) fn fine(&mut self) {
        self.fine = true;
    }

    pub(super) fn blank(&mut self, blank: Blank) {
        let place = match blank {
            Blank::NotApplicable(_) => &mut self.not_applicable,
            Blank::Inconclusive(..) => &mut self.inconclusive,
        };
        place.get_or_insert(blank);
    }

    pub(super) fn fault(&mut self, url: &str, detail: String) -> &mut Fault {
        self.faults.push(Fault {
            url: url.into(),
            detail,
            instance: None,
            severity: None,
            confidence: Confidence::High,
            evidence: Vec::new(),
        });
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    /// Holds all faults to this severity.
    pub(super) fn at_most(&mut self, most: Severity) {
        let rule = self.rule.severity;
        for fault in &mut self.faults {
            fault.severity = Some(fault.severity.unwrap_or(rule).min(most));
        }
    }

    pub(super) fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Records the verdict; with nothing to go by, the rule does not apply for the reason given.
    pub(super) fn close(self, out: &mut Recorder<'_>, nothing: &str) {
        let Self { rule, subject, faults, inconclusive, not_applicable, fine } = self;
        if !faults.is_empty() {
            let mut instances: Vec<_> = faults.iter().map(|fault| &fault.instance).collect();
            instances.sort_unstable();
            instances.dedup();
            for instance in instances {
                let same = faults.iter().filter(|fault| fault.instance == *instance);
                report(rule, &subject, &same.collect::<Vec<_>>(), out);
            }
            return;
        }
        match inconclusive.or_else(|| not_applicable.filter(|_| !fine)) {
            Some(Blank::Inconclusive(cause, reason)) => {
                out.inconclusive(rule, subject, cause, reason);
            }
            Some(Blank::NotApplicable(reason)) => out.not_applicable(rule, subject, reason),
            None if fine => out.pass(rule, subject),
            None => out.not_applicable(rule, subject, nothing),
        }
    }
}

impl Fault {
    pub(super) fn instance(&mut self, instance: impl Into<String>) -> &mut Self {
        self.instance = Some(instance.into());
        self
    }

    pub(super) fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }

    pub(super) fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    pub(super) fn evidence(&mut self, key: &'static str, value: impl Into<Value>) -> &mut Self {
        self.evidence.push((key, value.into()));
        self
    }
}

/// One finding for faults of one kind: the worst tells the story, the others are named.
fn report(rule: &'static Rule, subject: &Location, same: &[&Fault], out: &mut Recorder<'_>) {
    let worst = same.iter().rev().max_by_key(|fault| fault.severity.unwrap_or(rule.severity));
    let Some(worst) = worst else { return };
    let finding = out.fail(rule, subject.clone(), worst.detail.as_str());
    if let Some(instance) = &worst.instance {
        finding.instance(instance.as_str());
    }
    if let Some(severity) = worst.severity {
        finding.severity(severity);
    }
    finding.confidence(worst.confidence).evidence("url", worst.url.as_str());
    for (key, value) in &worst.evidence {
        finding.evidence(key, value.clone());
    }
    finding.evidence("urls_affected", same.len());
    for other in same.iter().filter(|other| other.url != worst.url).take(RELATED) {
        finding.related(Location::url(other.url.as_str()));
    }
}
