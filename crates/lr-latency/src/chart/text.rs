use std::fmt::Write;

use super::Figures;
use crate::judge::ms;
use crate::{Measurement, Policy};

/// The percentiles with their intervals against the budget, a histogram and a strip of the slowest
/// response of each second, `width` columns wide.
///
/// The scale of the percentiles is logarithmic; `┃` is the budget.
#[must_use]
pub fn text(seen: &Measurement, policy: &Policy, width: usize) -> String {
    let figures = Figures::of(seen, policy);
    let mut out = figures.headline().replacen("; ", ";\n  ", 1) + "\n";
    let room = width.saturating_sub(42).clamp(20, 100);
    let longest = figures.longest();
    // Four decades, or as many as are needed up to the longest time.
    let place = |ms: f64| {
        let share = (1.0 + ms.max(0.0)).ln() / (1.0 + longest).ln();
        ((share * (room - 1) as f64) as usize).min(room - 1)
    };
    let budget = place(seen.budget_ms as f64);
    for (name, ms, [low, high]) in &figures.marks {
        let mut line = vec![' '; room];
        let (from, to) = (place(low.unwrap_or(0.0)), place(high.unwrap_or(longest)));
        line[from..=to.max(from)].fill('─');
        line[budget] = '┃';
        line[place(*ms)] = '●';
        let bound = |ms: &Option<f64>| ms.map_or_else(|| "?".into(), |ms| format!("{ms:.1}"));
        let interval = format!("{}–{}", bound(low), bound(high));
        let line: String = line.into_iter().collect();
        // Writing to a string does not fail.
        let _ = writeln!(out, "  {name} {ms:>9.1} ms  {interval:<19} {}", line.trim_end());
    }
    let most = figures.bars.iter().map(|(_, _, count)| *count).max().unwrap_or(1).max(1);
    for (from, to, count) in &figures.bars {
        let length = (*count as f64 / most as f64 * room as f64).ceil() as usize;
        let _ =
            writeln!(out, "  {from:>9.1}–{to:<9.1} ms {count:>7} {}", "█".repeat(length.min(room)));
    }
    if !figures.seconds.is_empty() {
        let _ =
            writeln!(out, "  by second {}", strip(&figures.seconds, longest, width.max(40) - 12));
    }
    for step in &seen.steps {
        let _ = writeln!(
            out,
            "  {:>3} users at once: p50 {:.1} ms, p95 {:.1} ms, {:.0} answers/s",
            step.users,
            ms(step.p50_us),
            ms(step.p95_us),
            step.per_second
        );
    }
    if !figures.summary.fixes.is_empty() {
        out.push_str("  what would help:\n");
    }
    for fix in &figures.summary.fixes {
        let only = if fix.correlation { " (seen together; the cause may be another)" } else { "" };
        let _ = writeln!(out, "  - {fix}{only}");
    }
    out
}

/// One block for each second, or for the slowest of several.
fn strip(seconds: &[Option<f64>], longest: f64, room: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let slowest = seconds.iter().flatten().copied().fold(1.0, f64::max).min(longest.max(1.0));
    let at_once = seconds.len().div_ceil(room.max(1)).max(1);
    let block = |some: &[Option<f64>]| {
        let most = some
            .iter()
            .flatten()
            .copied()
            .fold(None, |most: Option<f64>, ms| Some(most.map_or(ms, |most| most.max(ms))));
        most.map_or(' ', |ms| BLOCKS[((ms / slowest * 8.0) as usize).min(7)])
    };
    seconds.chunks(at_once).map(block).collect()
}
