use std::collections::{BTreeMap, BTreeSet};

use lr_core::{Severity, Verdict};

use super::layout::Page;
use super::risks::name;
use crate::CheckReport;

/// What could not be decided: one entry for each obstacle, worst first, with the rules it left open.
pub(super) fn open(page: &mut Page, checks: &[CheckReport]) {
    let mut obstacles: BTreeMap<String, (Severity, BTreeSet<&str>, BTreeSet<String>)> =
        BTreeMap::new();
    for outcome in checks.iter().flat_map(|check| &check.outcomes) {
        if let Verdict::Inconclusive { cause, reason } = &outcome.verdict {
            let why = format!("{reason} ({cause})");
            let (worst, rules, places) = obstacles
                .entry(why)
                .or_insert_with(|| (outcome.severity, BTreeSet::new(), BTreeSet::new()));
            *worst = outcome.severity.max(*worst);
            rules.insert(outcome.rule.as_str());
            places.insert(outcome.subject.to_string());
        }
    }
    if obstacles.is_empty() {
        return;
    }
    page.heading("Not decided");
    let mut obstacles: Vec<_> = obstacles.into_iter().collect();
    obstacles.sort_by(|(a_why, (a, ..)), (b_why, (b, ..))| (b, a_why).cmp(&(a, b_why)));
    for (why, (worst, rules, places)) in obstacles {
        let label = format!("{} ", page.paint(worst, name(worst)));
        page.hanging(2, 4, &label, &why);
        let rules: Vec<&str> = rules.into_iter().collect();
        let places: Vec<String> = places.into_iter().collect();
        let text = format!("{} at {}", rules.join(", "), few(&places));
        page.hanging(4, 4, "", &page.dim_words(&text));
    }
}

/// What was checked and holds: a paragraph for each check.
pub(super) fn passed(page: &mut Page, checks: &[CheckReport]) {
    if passed_rules(checks) == 0 {
        return;
    }
    page.heading("Checked and passed");
    for check in checks {
        let rules = holding(check);
        if rules.is_empty() {
            continue;
        }
        let family = format!("{}/", check.check);
        let short = |rule: &&str| rule.strip_prefix(&family).unwrap_or(rule).to_owned();
        let rules: Vec<String> = rules.iter().map(short).collect();
        let label = format!("{} ", page.good(&format!("{} {}:", check.check, rules.len())));
        page.hanging(2, 4, &label, &rules.join(", "));
    }
}

/// Rules that hold everywhere they could be looked at.
pub(super) fn passed_rules(checks: &[CheckReport]) -> usize {
    checks.iter().map(|check| holding(check).len()).sum()
}

/// Rules that were not decided somewhere.
pub(super) fn open_rules(checks: &[CheckReport]) -> usize {
    let outcomes = checks.iter().flat_map(|check| &check.outcomes);
    let open = outcomes.filter(|outcome| matches!(outcome.verdict, Verdict::Inconclusive { .. }));
    open.map(|outcome| outcome.rule.as_str()).collect::<BTreeSet<_>>().len()
}

/// The rules of a check that pass somewhere, and fail or stay open nowhere, in order of appearance.
fn holding(check: &CheckReport) -> Vec<&str> {
    let with = |wanted: fn(&Verdict) -> bool| {
        let outcomes = check.outcomes.iter().filter(move |outcome| wanted(&outcome.verdict));
        outcomes.map(|outcome| outcome.rule.as_str())
    };
    let doubtful: BTreeSet<&str> =
        with(|verdict| matches!(verdict, Verdict::Fail | Verdict::Inconclusive { .. })).collect();
    let mut seen = BTreeSet::new();
    with(|verdict| matches!(verdict, Verdict::Pass))
        .filter(|rule| !doubtful.contains(rule) && seen.insert(*rule))
        .collect()
}

/// The first three, and how many more.
fn few(places: &[String]) -> String {
    let shown = places[..places.len().min(3)].join(", ");
    match places.len().saturating_sub(3) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
