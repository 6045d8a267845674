use std::fmt::Write;

use super::Figures;
use crate::{Measurement, Policy};

const WIDTH: f64 = 720.0;
const LEFT: f64 = 60.0;
const PLOT: f64 = WIDTH - LEFT - 20.0;

/// The same picture as [`text`](super::text) as an SVG document of its own: no script, no style
/// sheet, nothing from elsewhere.
#[must_use]
pub fn svg(seen: &Measurement, policy: &Policy) -> String {
    let figures = Figures::of(seen, policy);
    let longest = figures.longest();
    let x = |ms: f64| LEFT + (1.0 + ms.clamp(0.0, longest)).ln() / (1.0 + longest).ln() * PLOT;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} 290\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<title>{0}</title>\n\
         <text x=\"10\" y=\"18\">{0}</text>\n",
        escaped(&figures.headline())
    );
    for (row, (name, ms, [low, high])) in figures.marks.iter().enumerate() {
        let y = 40.0 + 20.0 * row as f64;
        let (from, to) = (x(low.unwrap_or(0.0)), x(high.unwrap_or(longest)));
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "<text x=\"10\" y=\"{0:.0}\">{name}</text>\
             <path d=\"M{from:.1} {y:.0}H{to:.1}\" stroke=\"#888\" stroke-width=\"6\"/>\
             <circle cx=\"{1:.1}\" cy=\"{y:.0}\" r=\"5\" fill=\"#06c\"/>\
             <title>{name} {ms:.1} ms</title>",
            y + 4.0,
            x(*ms)
        );
    }
    let most = figures.bars.iter().map(|(_, _, count)| *count).max().unwrap_or(1).max(1) as f64;
    for (from, to, count) in &figures.bars {
        let (left, right) = (x(*from), x(*to));
        let height = 90.0 * *count as f64 / most;
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" \
             fill=\"#6ad\"><title>{from:.1} to {to:.1} ms: {count}</title></rect>",
            200.0 - height,
            (right - left - 1.0).max(1.0)
        );
    }
    let budget = x(seen.budget_ms as f64);
    let _ = writeln!(
        out,
        "<path d=\"M{budget:.1} 30V200\" stroke=\"#c00\" stroke-dasharray=\"4 2\"/>\
         <text x=\"{budget:.1}\" y=\"214\" text-anchor=\"end\" fill=\"#c00\">budget {} ms</text>",
        seen.budget_ms
    );
    let slowest = figures.seconds.iter().flatten().copied().fold(1.0, f64::max);
    let step = PLOT / figures.seconds.len().max(1) as f64;
    for (second, ms) in figures.seconds.iter().enumerate() {
        let Some(ms) = ms else { continue };
        let height = 50.0 * ms / slowest;
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" \
             fill=\"#8a8\"><title>second {second}: {ms:.0} ms</title></rect>",
            LEFT + step * second as f64,
            275.0 - height,
            (step - 1.0).max(0.5)
        );
    }
    out + "</svg>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
