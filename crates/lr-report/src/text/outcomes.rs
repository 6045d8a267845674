use std::collections::BTreeSet;

use lr_core::{Outcome, Severity, Verdict};

use super::layout::Page;
use super::risks::name;
use crate::CheckReport;

/// What could not be decided, worst first, one line for each reason.
pub(super) fn open(page: &mut Page, checks: &[CheckReport]) {
    let mut lines: Vec<(Severity, String, String)> = Vec::new();
    for outcome in checks.iter().flat_map(|check| &check.outcomes) {
        if let Verdict::Inconclusive { cause, reason } = &outcome.verdict {
            let why = format!("{}: {reason} ({cause})", outcome.subject);
            lines.push((outcome.severity, outcome.rule.to_string(), why));
        }
    }
    if lines.is_empty() {
        return;
    }
    lines.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (&a.1, &a.2).cmp(&(&b.1, &b.2))));
    lines.dedup();
    page.heading("Not decided");
    for (severity, rule, why) in lines {
        let label = format!("{} {rule} ", page.paint(severity, name(severity)));
        page.hanging(2, 4, &label, &why);
    }
}

/// What was checked and holds, one line for each rule.
pub(super) fn passed(page: &mut Page, checks: &[CheckReport]) {
    if passed_rules(checks) == 0 {
        return;
    }
    page.heading("Checked and passed");
    for check in checks {
        for rule in rules(&check.outcomes, holds) {
            let places: BTreeSet<String> = check
                .outcomes
                .iter()
                .filter(|outcome| outcome.rule.as_str() == rule && holds(&outcome.verdict))
                .map(|outcome| outcome.subject.to_string())
                .collect();
            let shown: Vec<&str> = places.iter().take(3).map(String::as_str).collect();
            let more = match places.len().saturating_sub(shown.len()) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let label = format!("{} {rule} ", page.good("ok"));
            let places = format!("{}{more}", shown.join(", "));
            page.hanging(2, 6, &label, &page.dim_words(&places));
        }
    }
}

/// Rules that hold everywhere they could be looked at.
pub(super) fn passed_rules(checks: &[CheckReport]) -> usize {
    checks.iter().map(|check| rules(&check.outcomes, holds).len()).sum()
}

/// Rules that were not decided somewhere.
pub(super) fn open_rules(checks: &[CheckReport]) -> usize {
    let open = |verdict: &Verdict| matches!(verdict, Verdict::Inconclusive { .. });
    checks
        .iter()
        .flat_map(|check| &check.outcomes)
        .filter(|outcome| open(&outcome.verdict))
        .map(|outcome| outcome.rule.as_str())
        .collect::<BTreeSet<_>>()
        .len()
}

fn holds(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Pass)
}

/// The rules that pass somewhere and fail nowhere, in order of appearance.
fn rules(outcomes: &[Outcome], wanted: fn(&Verdict) -> bool) -> Vec<&str> {
    let failed: BTreeSet<&str> = outcomes
        .iter()
        .filter(|outcome| matches!(outcome.verdict, Verdict::Fail))
        .map(|outcome| outcome.rule.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    outcomes
        .iter()
        .filter(|outcome| wanted(&outcome.verdict))
        .map(|outcome| outcome.rule.as_str())
        .filter(|rule| !failed.contains(rule) && seen.insert(*rule))
        .collect()
}
