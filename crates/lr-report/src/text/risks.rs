use lr_core::{Evidence, Severity, Value};

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
    page.paragraph(4, &format!("{}  {}", finding.subject, page.dim(finding.rule.as_str())));
    page.paragraph(4, finding.detail.as_str());
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
