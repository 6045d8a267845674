//! One URL for each page: other letters or another slash lead there, or say so.

use lr_core::{Location, Recorder};

use super::tally::Tally;
use super::view::{Blank, View, Way};
use crate::rules::{NO_SOFT_404, ONE_URL_PER_PAGE};
use crate::{Answer, Ends, Purpose};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut tally = Tally::new(&ONE_URL_PER_PAGE, Location::host(host));
        for way in view.from(host) {
            match way.purpose {
                Purpose::Case { of } => one(view, way, of, "case", &mut tally),
                Purpose::Slash { of } => one(view, way, of, "slash", &mut tally),
                _ => {}
            }
        }
        tally.close(out, "no page was asked for by another spelling");
    }
}

fn one(view: &View<'_>, way: &Way<'_>, of: &str, kind: &str, tally: &mut Tally) {
    if let Some(blank) = view.obstacle(way) {
        return tally.blank(blank);
    }
    if view.is_walled(way) {
        return tally.fine();
    }
    let page = view.snapshot.chain(of);
    let (Some((at, original)), Some((twin_at, twin))) = (
        served(view, page.urls.last(), page.ends),
        served(view, way.chain.urls.last(), way.chain.ends),
    ) else {
        // Not found, or led elsewhere: nothing is there twice.
        return tally.fine();
    };
    let (Some(original_page), Some(twin_page)) = (&original.page, &twin.page) else {
        return tally.blank(Blank::NotApplicable(format!("{at} is no HTML page")));
    };
    if at == twin_at {
        return tally.fine();
    }
    if view.not_found_page(&way.host).is_some_and(|lost| twin_page.is_like(lost)) {
        let why = format!("{twin_at} is what the site shows for anything: see {}", NO_SOFT_404.id);
        return tally.blank(Blank::NotApplicable(why));
    }
    let agreed = twin.canonical.as_deref().is_some_and(|canonical| {
        canonical == at || Some(canonical) == original.canonical.as_deref()
    });
    if agreed || !twin_page.is_like(original_page) {
        return tally.fine();
    }
    let detail = format!("{twin_at} shows the same page as {at}");
    let fault = tally.fault(twin_at, detail).instance(kind);
    fault.evidence("chain", view.lines(&way.chain));
    fault.evidence("expected", format!("301 or 308, or a canonical link, to {at}"));
    fault.evidence("actual", format!("status {} without a canonical link to it", twin.status));
}

fn served<'a>(
    view: &View<'a>,
    last: Option<&&'a str>,
    ends: Ends,
) -> Option<(&'a str, &'a Answer)> {
    let answer = view.answer(last?).filter(|answer| answer.status == 200)?;
    (ends == Ends::Ok).then_some((*last?, answer))
}
