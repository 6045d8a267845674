use lr_core::{Evidence, Location, Severity, Value};

use super::layout::Page;
use crate::Risk;

/// Every finding, worst first: headline, place, what was seen, why it matters, what to do.
pub(super) fn write(page: &mut Page, risks: &[Risk]) {
    if risks.is_empty() {
        return;
    }
    page.heading("Risks, worst first");
    for (number, risk) in risks.iter().enumerate() {
        if number > 0 {
            page.line("");
        }
        one(page, number + 1, risk);
    }
}

fn one(page: &mut Page, number: usize, risk: &Risk) {
    let finding = &risk.finding;
    let severity = page.paint(finding.severity, name(finding.severity));
    let label = format!("{number:>2}. ");
    page.hanging(0, 4, &label, &format!("{severity} {}", finding.title));
    let subject = place(&finding.subject);
    page.paragraph(4, &format!("{subject}  {}", page.dim(finding.rule.as_str())));
    page.paragraph(4, finding.detail.as_str());
    if let Some(others) = others(&finding.related) {
        page.hanging(4, 6, "Also: ", &others);
    }
    if let Some(facts) = facts(&finding.evidence, finding.detail.as_str()) {
        page.hanging(4, 6, "Seen: ", &facts);
    }
    page.hanging(4, 6, "Why:  ", finding.impact.as_str());
    page.hanging(4, 6, "Fix:  ", finding.fix.as_str());
    if let Some((label, url)) = finding.references.first() {
        page.hanging(4, 6, "See:  ", &format!("{label} {}", page.dim(url)));
    }
    if let Some(waived) = &risk.waived {
        let text = format!("until {}: {}", waived.until, waived.reason);
        page.hanging(4, 6, "Waived ", &text);
    }
}

/// Where it is, so that a person finds it: of a file also the line, the column and the commit, which are
/// no part of its identity.
fn place(location: &Location) -> String {
    let mut text = location.to_string();
    if let Location::File { line, column, commit, .. } = location {
        for number in [line, column].into_iter().flatten() {
            text += &format!(":{number}");
        }
        if let Some(commit) = commit {
            let commit = commit.as_str();
            text += &format!(" in {}", commit.get(..12).unwrap_or(commit));
        }
    }
    text
}

/// The first of the other files that it is in.
fn others(related: &[Location]) -> Option<String> {
    const SHOWN: usize = 5;
    let files = || related.iter().filter(|it| matches!(it, Location::File { .. }));
    let mut shown: Vec<_> = files().take(SHOWN).map(place).collect();
    let more = files().count() - shown.len();
    shown.extend((more > 0).then(|| format!("{more} more")));
    (!shown.is_empty()).then(|| shown.join("; "))
}

pub(super) fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low => "LOW",
        Severity::Info => "INFO",
    }
}

/// The facts that the detail does not tell already.
fn facts(evidence: &Evidence, detail: &str) -> Option<String> {
    let facts: Vec<String> = evidence
        .iter()
        .map(|(name, value)| (name, plain(value)))
        .filter(|(_, value)| !value.is_empty() && !detail.contains(value.as_str()))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!facts.is_empty()).then(|| facts.join("; "))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) => value.to_string(),
        Value::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}
