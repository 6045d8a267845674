mod layout;
mod map;
mod outcomes;
mod risks;
mod seen;

use lr_core::Severity;

use self::layout::Page;
use crate::{Decision, Report, WaiverState};

/// How a report is laid out for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextStyle {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether it understands colours.
    pub color: bool,
}

impl TextStyle {
    /// Lines of at most `width` columns (40 at least), with ANSI colours if `color`.
    #[must_use]
    pub fn new(width: usize, color: bool) -> Self {
        Self { width: width.max(40), color }
    }
}

impl Default for TextStyle {
    fn default() -> Self {
        Self::new(80, false)
    }
}

impl Report {
    /// The report as text, worst first, the decision at the top and at the end.
    #[must_use]
    pub fn to_text(&self, style: TextStyle) -> String {
        let mut page = Page::new(style);
        page.title(&format!("Launch Ready: {}", self.target), &self.at.to_string());
        page.paragraph(0, &self.verdict(&page));
        if let Some(why) = &self.incomplete {
            page.paragraph(0, &page.paint(Severity::High, &format!("INCOMPLETE: {why}")));
        }
        risks::write(&mut page, &self.risks);
        outcomes::open(&mut page, &self.checks);
        outcomes::passed(&mut page, &self.checks);
        match (&self.map, self.checks.as_slice()) {
            // One check alone shows what it saw; of several, the map is what they have in common.
            (None, _) | (_, [_]) => seen::write(&mut page, &self.checks),
            (Some(map), _) => map::write(&mut page, map),
        }
        self.stale_waivers(&mut page);
        page.heading("Decision");
        page.paragraph(2, &self.verdict(&page));
        page.finish()
    }

    fn verdict(&self, page: &Page) -> String {
        let standing = || self.risks.iter().filter(|risk| risk.waived.is_none());
        let count =
            |from: Severity| standing().filter(|risk| risk.finding.severity >= from).count();
        let waived = self.risks.len() - standing().count();
        let (severity, word) = match self.decision {
            Decision::Go => (None, "GO"),
            Decision::GoWithRisks => (Some(Severity::Medium), "GO WITH RISKS"),
            Decision::NoGo => (Some(Severity::Critical), "NO-GO"),
            Decision::Undecided => (Some(Severity::High), "UNDECIDED"),
        };
        let mut counts = vec![format!("{} to fix", count(Severity::Low))];
        counts.extend((waived > 0).then(|| format!("{waived} waived")));
        let open = outcomes::open_rules(&self.checks);
        counts.extend((open > 0).then(|| format!("{open} not decided")));
        counts.push(format!("{} passed", outcomes::passed_rules(&self.checks)));
        let word = match severity {
            Some(severity) => page.paint(severity, word),
            None => page.good(word),
        };
        format!("{word}: {}", counts.join(", "))
    }

    fn stale_waivers(&self, page: &mut Page) {
        let stale = || self.waivers.iter().filter(|waiver| waiver.state != WaiverState::Used);
        if stale().next().is_none() {
            return;
        }
        page.heading("Waivers to clean up");
        for waiver in stale() {
            let why = match waiver.state {
                WaiverState::Expired => format!("expired {}", waiver.until),
                _ => "matches nothing".into(),
            };
            page.paragraph(2, &format!("{}: {why}", waiver.key));
        }
    }
}
