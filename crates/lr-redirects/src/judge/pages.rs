//! What pages say of themselves, and pages that are not what their status says.

use lr_core::{Location, Recorder, Severity};
use url::Url;

use super::canonical::canonical_host;
use super::tally::Tally;
use super::view::{Blank, View, Way};
use crate::rules::{NO_CLIENT_REDIRECT, NO_SOFT_404, PAGE_URLS_AGREE};
use crate::{Answer, ClientMeans, Page, Purpose};

pub(super) fn judge(view: &View<'_>, out: &mut Recorder<'_>) {
    for host in view.hosts() {
        let mut made = Tally::new(&NO_CLIENT_REDIRECT, Location::host(host));
        view.from(host).for_each(|way| by_http(view, way, &mut made));
        made.close(out, "no page was seen here");

        let mut soft = Tally::new(&NO_SOFT_404, Location::host(host));
        if view.is_front(host) {
            let probes = view.from(host).filter(|way| *way.purpose == Purpose::Deep);
            probes.for_each(|way| says_not_found(view, way, &mut soft));
        }
        soft.close(out, "no page of this host was looked for in vain");
    }
    let domain = Location::domain(view.snapshot.domain.as_str());
    let mut agree = Tally::new(&PAGE_URLS_AGREE, domain);
    if let Some(host) = canonical_host(view.snapshot) {
        for way in view.ways.iter().filter(|way| is_page(way.purpose)) {
            urls_agree(view, way, &host, &mut agree);
        }
    }
    agree.close(out, "no page of the canonical host names a URL of its own");
}

fn is_page(purpose: &Purpose) -> bool {
    matches!(purpose, Purpose::Home | Purpose::Page | Purpose::Linked | Purpose::Listed)
}

/// The page at the end of a way.
fn page_at_end<'a>(view: &View<'a>, way: &Way<'a>) -> Option<(&'a Answer, &'a Page)> {
    let last = way.chain.urls.last()?;
    let answer = view.answer(last)?;
    Some((answer, answer.page.as_deref()?))
}

fn by_http(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    let last = way.chain.last();
    let Some((answer, page)) = page_at_end(view, way) else { return };
    // An error page that leads home after a while does no harm.
    if !(200..300).contains(&answer.status) || matches!(way.purpose, Purpose::OpenRedirect) {
        return;
    }
    let Some(redirect) = &page.client_redirect else { return tally.fine() };
    let (name, kind) = match redirect.by {
        ClientMeans::MetaRefresh => ("a meta refresh", "meta-refresh"),
        ClientMeans::RefreshHeader => ("the header `Refresh`", "refresh-header"),
        ClientMeans::Script => ("JavaScript", "javascript"),
    };
    // A slide show, or a page that is left after it was read.
    if redirect.delay > 10 {
        return tally.fine();
    }
    // A page to be read first, such as one that counts down to a download.
    let upgrade = last.starts_with("http:");
    let interlude = redirect.delay > 0 && page.words > INTERLUDE && !upgrade;
    let to = redirect.to.as_deref().unwrap_or("a URL that is made at run time");
    let detail = format!("{last} answers {} and leads to {to} by {name}", answer.status);
    let fault = tally.fault(last, detail).instance(kind);
    fault
        .evidence("chain", view.lines(&way.chain))
        .evidence("expected", format!("301 or 308 to {to}"));
    fault.evidence("actual", format!("status {} with {name}", answer.status));
    if interlude {
        fault.severity(Severity::Low);
    }
}

/// Words from which on a page is more than a redirect.
const INTERLUDE: usize = 30;

fn says_not_found(view: &View<'_>, way: &Way<'_>, tally: &mut Tally) {
    if let Some(blank) = view.obstacle(way) {
        return tally.blank(blank);
    }
    let (start, last) = (way.chain.urls[0], way.chain.last());
    let Some(answer) = view.answer(last) else { return };
    if way.chain.ends != crate::Ends::Ok || answer.is_held_off() || answer.redirect.is_some() {
        return match answer.status >= 400 && !answer.is_held_off() {
            true => tally.fine(),
            false => tally.blank(Blank::NotApplicable(format!("{last} is no page"))),
        };
    }
    if !start.starts_with("https:") || !view.owns(last) {
        return;
    }
    if view.is_walled(way) {
        let why =
            format!("{start} leads to {last}, as everything does for those without a session");
        return tally.blank(Blank::NotApplicable(why));
    }
    let home = Url::parse(last).ok().and_then(|url| url.join("/").ok());
    let at_home = home.as_ref().and_then(|home| view.answer(home.as_str()));
    let path = |url: &str| Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default();
    let elsewhere = !path(last).ends_with(path(start).as_str());
    let is_home = home.as_ref().is_some_and(|home| home.as_str() == last);
    let (kind, what, severity) = match (&answer.page, at_home.and_then(|home| home.page.as_deref()))
    {
        _ if is_home => ("home", "is led to the home page", Some(Severity::Low)),
        // An application that draws every page itself, this one included.
        (Some(page), Some(home)) if page.is_like(home) => {
            ("application", "answers like the home page", Some(Severity::Low))
        }
        // Elsewhere there may be something for everybody, a search or a language.
        (Some(page), _) if elsewhere && !page.says_not_found() => {
            ("redirect", "is led elsewhere", Some(Severity::Low))
        }
        (Some(_), _) => ("page", "answers with a page of its own", None),
        (None, _) => ("other", "answers", Some(Severity::Low)),
    };
    let detail = format!("{start}, which does not exist, {what} and status {}", answer.status);
    let fault = tally.fault(start, detail).instance(kind);
    if let Some(severity) = severity {
        fault.severity(severity);
    }
    fault.evidence("chain", view.lines(&way.chain)).evidence("expected", "status 404 or 410");
    fault.evidence("actual", format!("status {}", answer.status));
}

fn urls_agree(view: &View<'_>, way: &Way<'_>, host: &str, tally: &mut Tally) {
    let last = way.chain.last();
    let Some((answer, page)) = page_at_end(view, way) else { return };
    let at = Url::parse(last).ok().filter(|url| url.host_str() == Some(host));
    let Some(at) = at.filter(|_| answer.status == 200) else { return };
    let mut named: Vec<(&str, &str)> = Vec::new();
    named.extend(answer.canonical.as_deref().map(|url| ("canonical", url)));
    named.extend(page.canonical.iter().map(|url| ("canonical", url.as_str())));
    named.extend(page.og_url.as_deref().map(|url| ("og:url", url)));
    named.extend(page.alternates.iter().map(|other| ("hreflang", other.url.as_str())));
    named.dedup();
    for (kind, text) in &named {
        match fault_of(view, kind, text, host) {
            None => tally.fine(),
            Some((what, severity)) => {
                let detail = format!("the `{kind}` of {last} is {text}, which {what}");
                let fault = tally.fault(last, detail).instance(*kind).severity(severity);
                let expected = format!("a URL below {}", at.origin().ascii_serialization());
                fault.evidence("expected", expected).evidence("actual", *text);
            }
        }
    }
    all_home(view, &at, answer, page, tally);
    let mut canonical = named.iter().filter(|(kind, _)| *kind == "canonical").map(|(_, url)| url);
    if let Some(first) = canonical.next()
        && let Some(other) = canonical.find(|other| *other != first)
    {
        let detail = format!("{last} calls both {first} and {other} canonical");
        let fault = tally.fault(last, detail).instance("several-canonical");
        fault
            .evidence("expected", "one canonical URL")
            .evidence("actual", format!("{first}, {other}"));
    }
    // Each version lists all of them, itself included, or the others are not believed.
    let itself = |url: &str| url == last || Some(url) == answer.canonical.as_deref();
    if !page.alternates.is_empty() && !page.alternates.iter().any(|other| itself(&other.url)) {
        let detail = format!("{last} lists versions in other languages, but not itself");
        let fault = tally.fault(last, detail).instance("hreflang-self").severity(Severity::Low);
        fault.evidence("expected", format!("`hreflang` with {last}"));
        fault.evidence("actual", page.alternates.len());
    }
}

/// A page that calls the home page canonical, though it is another, is left out of search results.
fn all_home(view: &View<'_>, at: &Url, answer: &Answer, page: &Page, tally: &mut Tally) {
    let home = at.join("/").ok().filter(|home| home != at && at.path() != "/");
    let named = answer.canonical.as_deref().and_then(|url| Url::parse(url).ok());
    let (Some(home), Some(named)) = (home, named) else { return };
    let Some(shown) = view.answer(home.as_str()).and_then(|home| home.page.as_deref()) else {
        return;
    };
    if named != home || page.title == shown.title || page.is_like(shown) {
        return;
    }
    let detail = format!("{at} calls the home page canonical, but shows another page");
    let fault = tally.fault(at.as_str(), detail).instance("canonical-home");
    fault.evidence("expected", at.as_str()).evidence("actual", home.as_str());
}

/// What is wrong with a URL that a page names as its own or as its twin's.
fn fault_of(view: &View<'_>, kind: &str, text: &str, host: &str) -> Option<(String, Severity)> {
    let url = Url::parse(text).ok()?;
    let (strict, mild) = match kind {
        "canonical" => (Severity::High, Severity::Medium),
        _ => (Severity::Medium, Severity::Low),
    };
    if let Some(internal) = view.snapshot.internal(&url) {
        return Some((format!("leads to {internal}"), strict));
    }
    let other_host = url.host_str() != Some(host);
    // Versions in other languages may well live elsewhere.
    if other_host && kind != "hreflang" {
        return Some((format!("is not at {host}"), mild));
    }
    if url.scheme() == "http" {
        return Some(("is plain HTTP".into(), mild));
    }
    let answer = view.answer(text)?;
    match &answer.redirect {
        Some(_) => Some((format!("redirects with {}", answer.status), mild)),
        None if matches!(answer.status, 404 | 410 | 500..) && !answer.is_held_off() => {
            Some((format!("answers {}", answer.status), mild))
        }
        None => None,
    }
}
