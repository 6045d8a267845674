//! Whether a redirect to another scheme or host keeps path and query.

use lr_core::Severity;

use super::hops::{fault, moved};
use super::tally::Tally;
use super::view::{Blank, Hop, View};
use crate::compare::{self, Fate};
use crate::inspect::is_respelt;

pub(super) fn path_kept(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(to) = moved(view, hop) else { return };
    let (got, _) = sent(hop, to);
    let fate = compare::path(hop.from.path(), got);
    match fate {
        // From the home page there is nothing to lose.
        Fate::Kept if hop.from.path() == "/" => {}
        Fate::Kept => tally.fine(),
        _ => changed(view, hop, to, "path", &fate, tally),
    }
}

pub(super) fn query_kept(view: &View<'_>, hop: &Hop<'_>, tally: &mut Tally) {
    let Some(to) = moved(view, hop).or_else(|| respelt(hop)) else { return };
    let (_, got) = sent(hop, to);
    let fate = compare::query(hop.from.query(), got);
    match fate {
        Fate::Kept if hop.from.query().is_none() => {}
        Fate::Kept => tally.fine(),
        _ => changed(view, hop, to, "query", &fate, tally),
    }
}

/// The target, if only the slash at the end or the letters of the path change: what follows the
/// path was not meant.
fn respelt<'h>(hop: &'h Hop<'_>) -> Option<&'h url::Url> {
    let to = hop.to.as_ref().filter(|to| to.origin() == hop.from.origin())?;
    (to.path() != hop.from.path() && is_respelt(&hop.from, to)).then_some(to)
}

fn changed(
    view: &View<'_>,
    hop: &Hop<'_>,
    to: &url::Url,
    part: &str,
    fate: &Fate,
    tally: &mut Tally,
) {
    if to.origin() != hop.from.origin() && is_own_routing(view, hop, to) {
        return tally.blank(Blank::NotApplicable(format!(
            "{} leads the same {part} to the same place by itself",
            to.origin().ascii_serialization()
        )));
    }
    let what = match fate {
        Fate::Lost(lost) => format!("loses `{}` of the query", lost.join("&")),
        Fate::Dropped => format!("drops the {part}"),
        Fate::Duplicated => format!("sends the {part} twice"),
        Fate::Reencoded => format!("encodes the {part} anew"),
        Fate::EscapedTwice => format!("escapes the {part} once more"),
        Fate::DoubleSlash => format!("begins the {part} with two slashes"),
        Fate::Recased => format!("changes the letters of the {part}"),
        Fate::Replaced | Fate::Kept => format!("replaces the {part}"),
    };
    let kept =
        format!("{}{}", to.origin().ascii_serialization(), &hop.from[url::Position::BeforePath..]);
    let detail = format!("the redirect from {} {what}", hop.url);
    let fault = fault(view, hop, tally, detail).instance(fate.word());
    fault.evidence("expected", kept).evidence("actual", to.as_str());
    match fate {
        Fate::Lost(lost) if lost.iter().all(|param| is_negligible(param)) => {
            fault.severity(Severity::Low);
        }
        // Few links are spelt wrongly and have a query too.
        _ if to.origin() == hop.from.origin() => {
            fault.severity(Severity::Low);
        }
        // Many a site knows no capitals, and says so by redirecting.
        Fate::Recased => {
            fault.severity(Severity::Low);
        }
        // Forms are decoded alike, and browsers put right what is not ASCII; but a path that
        // arrives decoded may be another one.
        Fate::Reencoded if part == "query" || only_raw(hop, to) => {
            fault.severity(Severity::Low);
        }
        Fate::Lost(_) | Fate::Reencoded | Fate::DoubleSlash => {
            fault.severity(Severity::Medium);
        }
        _ => {}
    }
}

/// Whether the target's own origin leads what was asked for to the same place: then the redirect
/// only anticipates what the application does with such a URL (a login, say).
fn is_own_routing(view: &View<'_>, hop: &Hop<'_>, to: &url::Url) -> bool {
    let mut twin = to.clone();
    twin.set_path(hop.from.path());
    twin.set_query(hop.from.query());
    let (twin, to) = (twin.as_str(), to.as_str());
    let there = view.snapshot.chain(to);
    let by_itself = view.snapshot.chain(twin);
    let seen = view.answer(twin).is_some() && view.answer(there.last()).is_some();
    seen && twin != to && by_itself.redirects() > 0 && by_itself.last() == there.last()
}

/// Path and query as they were sent in `Location`, before any parser touched them.
fn sent<'h>(hop: &'h Hop<'_>, to: &'h url::Url) -> (&'h str, Option<&'h str>) {
    let raw = hop.redirect.location.as_deref().and_then(compare::split);
    raw.unwrap_or_else(|| (to.path(), to.query()))
}

/// Whether the path is sent as text beyond ASCII, and is the same to browsers.
fn only_raw(hop: &Hop<'_>, to: &url::Url) -> bool {
    let same = to.path().eq_ignore_ascii_case(hop.from.path());
    same && !sent(hop, to).0.contains(|c: char| c.is_ascii() && (c <= ' ' || c == '"'))
}

/// Parameters for counting visitors, and those without a value.
fn is_negligible(param: &str) -> bool {
    let (name, value) = param.split_once('=').unwrap_or((param, ""));
    value.is_empty()
        || name.starts_with("utm_")
        || matches!(name, "gclid" | "fbclid" | "msclkid" | "mc_cid" | "mc_eid")
}
