//! What to look at next, once a home page has come: pages that it links to, pages that the sitemap
//! lists, and the other spellings of their URLs.

use std::collections::BTreeSet;

use url::{Origin, Url};

use crate::chain::host_of;
use crate::{Answer, Exchange, Purpose, Snapshot, Start};

/// Pages of each kind that are looked at, so that an audit stays a short visit.
const LINKED: usize = 6;
const LISTED: usize = 5;
const SPELT: usize = 3;
/// Canonical URLs, and spellings that redirect, that are looked at.
const NAMED: usize = 3;
const RESPELT: usize = 2;

/// Parameters to which many an application redirects.
const OPEN: [&str; 10] = [
    "next",
    "url",
    "return_to",
    "returnUrl",
    "redirect",
    "redirect_uri",
    "continue",
    "dest",
    "goto",
    "target",
];

/// A query as advertisements send it.
pub(super) const QUERY: &str = "utm_source=launch-ready&q=1";

/// The host that a probe for open redirects asks to be led to; nobody is there (RFC 6761).
pub(crate) const NOWHERE: &str = "launch-ready-probe.invalid";

/// Turns answers into further starts; each origin and each document is looked at once.
pub(super) struct Scout {
    discover: bool,
    intrusive: bool,
    domain: String,
    canonical: Option<String>,
    pages: Vec<String>,
    known: BTreeSet<String>,
    origins: Vec<Origin>,
    listed: usize,
    named: usize,
    respelt: usize,
}

impl Scout {
    pub(super) fn new(snapshot: &Snapshot, discover: bool, intrusive: bool) -> Self {
        let mut pages = Vec::new();
        for start in snapshot.starts.iter().filter(|start| start.purpose == Purpose::Page) {
            if let Ok(url) = Url::parse(&start.url)
                && !pages.iter().any(|page| page == url.path())
            {
                pages.push(url.path().to_owned());
            }
        }
        Self {
            discover,
            intrusive,
            domain: snapshot.domain.clone(),
            canonical: snapshot.canonical.as_deref().and_then(host_of),
            pages,
            known: snapshot.starts.iter().map(|start| start.url.clone()).collect(),
            origins: Vec::new(),
            listed: 0,
            named: 0,
            respelt: 0,
        }
    }

    /// What the way from `start`, which ended at `last` with this exchange, leads on to.
    pub(super) fn learn(&mut self, start: &Start, last: &str, seen: &Exchange) -> Vec<Start> {
        let (Some(answer), Ok(url)) = (seen.answer(), Url::parse(last)) else { return Vec::new() };
        let mut more = Vec::new();
        match &start.purpose {
            Purpose::Home if answer.status == 200 && self.is_new_site(&url) => {
                self.origins.push(url.origin());
                let links = answer.page.as_deref().map_or(&[][..], |page| &page.links);
                self.site(&url, links, &mut more);
            }
            Purpose::Document => {
                let Some(sitemap) = &answer.sitemap else { return Vec::new() };
                for text in &sitemap.urls {
                    let Ok(listed) = url.join(text) else { continue };
                    if self.listed >= LISTED || listed.origin() != url.origin() {
                        continue;
                    }
                    let purpose = match sitemap.is_index {
                        true => Purpose::Document,
                        false => Purpose::Listed,
                    };
                    self.listed += usize::from(self.add(&listed, purpose, &mut more));
                }
            }
            _ => {}
        }
        if self.discover {
            self.aside(start, &url, answer, &mut more);
        }
        more
    }

    /// What a page calls canonical, if it is elsewhere on the host; and, where another spelling of
    /// a URL is led to the right one, the same with a query, which many a rule forgets.
    fn aside(&mut self, start: &Start, last: &Url, answer: &Answer, more: &mut Vec<Start>) {
        let is_page = matches!(start.purpose, Purpose::Home | Purpose::Page | Purpose::Linked);
        let canonical = answer.canonical.as_deref().and_then(|url| Url::parse(url).ok());
        let canonical = canonical.filter(|url| is_page && url.origin() == last.origin());
        if let Some(canonical) = canonical.filter(|_| self.named < NAMED) {
            self.named += usize::from(self.add(&canonical, Purpose::Listed, more));
        }
        let spelling = matches!(start.purpose, Purpose::Case { .. } | Purpose::Slash { .. });
        let Ok(from) = Url::parse(&start.url) else { return };
        let respelt = from.origin() == last.origin() && from.path() != last.path();
        if (is_page || spelling) && respelt && is_respelt(&from, last) && self.respelt < RESPELT {
            let mut with_query = from;
            with_query.set_query(Some(QUERY));
            self.respelt += usize::from(self.add(&with_query, Purpose::Query, more));
        }
    }

    /// Whether this is where the site lives, and not yet looked at.
    fn is_new_site(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let front = match &self.canonical {
            Some(canonical) => canonical == host,
            None => host.strip_prefix("www.").unwrap_or(host) == self.domain,
        };
        front && url.scheme() == "https" && !self.origins.contains(&url.origin())
    }

    fn site(&mut self, home: &Url, links: &[String], more: &mut Vec<Start>) {
        let at = |path: &str| home.join(path).ok();
        let mut pages: Vec<Url> = self.pages.iter().filter_map(|page| at(page)).collect();
        if self.discover {
            for document in ["/robots.txt", "/sitemap.xml"] {
                if let Some(url) = at(document) {
                    self.add(&url, Purpose::Document, more);
                }
            }
            let linked = links.iter().filter_map(|link| Url::parse(link).ok());
            let linked = linked.filter(|url| url.query().is_none() && url.path() != home.path());
            for url in linked.take(LINKED) {
                self.add(&url, Purpose::Linked, more);
                let mut plain = url.clone();
                if plain.set_scheme("http").is_ok() {
                    self.add(&plain, Purpose::Linked, more);
                }
                pages.push(url);
            }
        }
        for (number, page) in pages.iter().filter(|page| page.path() != "/").take(SPELT).enumerate()
        {
            let of = page.as_str();
            for path in spellings(page.path(), number == 0) {
                if let Some(url) = at(&path) {
                    self.add(&url, Purpose::Case { of: of.into() }, more);
                }
            }
            let path = page.path();
            let other = path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned);
            if let Some(url) = at(&other) {
                self.add(&url, Purpose::Slash { of: of.into() }, more);
            }
        }
        if self.intrusive {
            let mut pages: Vec<_> = std::iter::once(home.clone()).chain(pages).collect();
            pages.extend(at("/login"));
            for page in pages.into_iter().take(8) {
                for scheme in ["https://", "//"] {
                    let mut probe = page.clone();
                    let pairs = OPEN.map(|name| (name, format!("{scheme}{NOWHERE}/{name}")));
                    probe.query_pairs_mut().clear().extend_pairs(pairs);
                    self.add(&probe, Purpose::OpenRedirect, more);
                }
            }
        }
    }

    fn add(&mut self, url: &Url, purpose: Purpose, more: &mut Vec<Start>) -> bool {
        let mut url = url.clone();
        crate::location::strip(&mut url);
        let new = self.known.insert(url.as_str().into());
        if new {
            more.push(Start { url: url.into(), purpose });
        }
        new
    }
}

/// Whether only the slash at the end or the letters of the path differ.
pub(crate) fn is_respelt(from: &Url, to: &Url) -> bool {
    let bare = |url: &Url| url.path().trim_end_matches('/').to_ascii_lowercase();
    bare(from) == bare(to)
}

/// The path with each segment capitalised, and all in capitals; or in small letters, if it has any
/// capitals.
fn spellings(path: &str, thoroughly: bool) -> Vec<String> {
    // An escape in other letters is the same escape, and nobody would type one.
    if path.contains('%') {
        return Vec::new();
    }
    if path.contains(|c: char| c.is_ascii_uppercase()) {
        return vec![path.to_ascii_lowercase()];
    }
    let capitalised: Vec<_> = path
        .split('/')
        .map(|segment| match segment.split_at_checked(1) {
            Some((first, rest)) => first.to_ascii_uppercase() + rest,
            None => segment.to_owned(),
        })
        .collect();
    let mut spellings = vec![capitalised.join("/")];
    if thoroughly {
        spellings.push(path.to_ascii_uppercase());
    }
    spellings.retain(|spelling| spelling != path);
    spellings.dedup();
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_spelt_in_other_letters() {
        assert_eq!(spellings("/about/us", false), ["/About/Us"]);
        assert_eq!(spellings("/about", true), ["/About", "/ABOUT"]);
        assert_eq!(spellings("/About", true), ["/about"]);
        assert_eq!(spellings("/a", true), ["/A"]);
        assert!(spellings("/2024/", true).is_empty());
        assert!(spellings("/caf%c3%a9", true).is_empty());
    }
}
