//! Whether the sitemap lists what is there, where it is.

use std::collections::BTreeSet;

use lr_core::{Location, Recorder, Severity};
use url::Url;

use super::canonical::canonical_host;
use super::tally::Tally;
use super::view::{View, Way};
use crate::rules::SITEMAP_AGREES;
use crate::{Ends, Purpose};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    let domain = Location::domain(view.snapshot.domain.as_str());
    let mut tally = Tally::new(&SITEMAP_AGREES, domain);
    for way in &view.ways {
        if *way.purpose == Purpose::Document {
            entries(view, way, &mut tally);
        }
    }
    tally.close(out, "no sitemap was seen");
}

/// What is wrong with entries is told once for each host or scheme.
fn entries(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    let last = way.chain.last();
    let Some(sitemap) = view.answer(last).and_then(|answer| answer.sitemap.as_ref()) else {
        return;
    };
    let host = canonical_host(view.snapshot);
    let mut told = BTreeSet::new();
    for text in &sitemap.urls {
        let Ok(url) = Url::parse(text) else {
            if told.insert("relative".to_owned()) {
                let detail = format!("{last} lists `{text}`, which is no absolute URL");
                let fault = tally.fault(last, detail).instance("relative").severity(Severity::Low);
                fault.evidence("expected", "absolute URLs").evidence("actual", text.as_str());
            }
            continue;
        };
        let other = url.host_str().filter(|name| host.as_deref().is_some_and(|host| host != *name));
        let (instance, what, severity) = match (view.snapshot.internal(&url), other) {
            (Some(internal), _) => {
                let place = url.host_str().unwrap_or_default().to_owned();
                (place, format!("leads to {internal}"), Severity::High)
            }
            // A sitemap of sitemaps may name those of other hosts (sitemaps.org, cross submits).
            (None, Some(_)) if sitemap.is_index => continue,
            (None, Some(other)) => {
                let host = host.as_deref().unwrap_or_default();
                // Languages may well live on hosts of their own.
                let sister = view.snapshot.owns(other) && !view.is_front(other);
                let severity = if sister { Severity::Low } else { Severity::Medium };
                (other.to_owned(), format!("is not at {host}"), severity)
            }
            (None, None) if url.scheme() == "http" => {
                let severity = if sitemap.is_index { Severity::Low } else { Severity::Medium };
                ("http".to_owned(), "is plain HTTP".to_owned(), severity)
            }
            (None, None) => {
                // Most entries were not asked for; what is known of them may come from elsewhere.
                if !sitemap.is_index && view.snapshot.exchanges.contains_key(url.as_str()) {
                    listed(view, url.as_str(), tally);
                } else {
                    tally.fine();
                }
                continue;
            }
        };
        if told.insert(instance.clone()) {
            let detail = format!("{last} lists {text}, which {what}");
            let fault = tally.fault(last, detail).instance(instance).severity(severity);
            let host = host.as_deref().unwrap_or(&view.snapshot.domain);
            fault.evidence("expected", format!("URLs below https://{host}/"));
            fault.evidence("actual", text.as_str());
        }
    }
}

fn listed(view: &View<'_>, start: &str, tally: &mut Tally) {
    let chain = view.snapshot.chain(start);
    let last = chain.last();
    let status = view.answer(last).filter(|answer| !answer.is_held_off()).map(|a| a.status);
    let (kind, severity, what) = match (chain.ends, chain.redirects(), status) {
        // A page for members is there for them.
        (Ends::Error, _, Some(401 | 403 | 405)) | (Ends::Ok, 0, _) => return tally.fine(),
        (Ends::Error, _, Some(status)) => {
            ("broken", Severity::Medium, format!("ends with status {status}"))
        }
        (Ends::Ok, ..) => ("redirects", Severity::Low, format!("redirects to {last}")),
        // What could not be seen is told by the rules about the way there.
        _ => return,
    };
    let fault = tally.fault(start, format!("the sitemap lists {start}, which {what}"));
    fault.instance(kind).severity(severity).evidence("chain", view.lines(&chain));
    fault.evidence("expected", "status 200").evidence("actual", what);
}
