//! Whether an HSTS header, and the site behind it, may join the browsers' preload list: the verdict
//! of <https://hstspreload.org>, with its issue codes.
//!
//! The list's reader is more lenient than RFC 6797 in places (a directive may be repeated) and
//! stricter in others (a quoted `max-age` is refused), so it is a reader of its own.
//!
//! ```
//! use lr_redirects::preload::{Header, Terms};
//!
//! let header = Header::parse("max-age=31536000; includeSubDomains");
//! let issues = header.preloadable(Terms::OneYear);
//! assert_eq!(issues.errors, ["header.preloadable.preload.missing"]);
//! ```

use lr_net::FailureReason;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Answer, Ends, Exchange, Snapshot};

/// What the list's reader makes of a header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Header {
    /// Seconds, if there is a `max-age` that can be read.
    pub max_age: Option<u64>,
    /// Whether `includeSubDomains` is there.
    pub include_subdomains: bool,
    /// Whether `preload` is there.
    pub preload: bool,
    /// What is wrong with the header's form.
    pub issues: Issues,
}

/// Issue codes as hstspreload.org words them, in the order in which they were met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Issues {
    /// What stands in the way.
    pub errors: Vec<String>,
    /// What is odd.
    pub warnings: Vec<String>,
}

/// How long `max-age` must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Terms {
    /// A year, as for every new entry.
    OneYear,
    /// Eighteen weeks, as for entries of the early years.
    EighteenWeeks,
}

const DAY: u64 = 86_400;
const TEN_YEARS: u64 = 10 * 365 * DAY;

impl Header {
    /// Reads one header value.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let mut header = Self::default();
        if value.trim().is_empty() {
            header.issues.warn("header.parse.empty");
            return header;
        }
        for directive in value.split(';') {
            header.directive(directive.trim());
        }
        header
    }

    fn directive(&mut self, directive: &str) {
        let lower = directive.to_ascii_lowercase();
        let issues = &mut self.issues;
        let mut flag = |set: &mut bool, name: &str, key: &str| match lower == name {
            true if *set => issues.warn_once(&format!("header.parse.repeated.{key}")),
            true => *set = true,
            false => issues.warn_once(&format!("header.parse.invalid.{key}")),
        };
        if lower.starts_with("preload") {
            flag(&mut self.preload, "preload", "preload");
        } else if lower.starts_with("includesubdomains") {
            flag(&mut self.include_subdomains, "includesubdomains", "include_sub_domains");
        } else if let Some(seconds) = lower.strip_prefix("max-age=") {
            if let Some(seconds) = issues.seconds(seconds) {
                match self.max_age {
                    Some(_) => issues.warn_once("header.parse.repeated.max_age"),
                    None => self.max_age = Some(seconds),
                }
            }
        } else if lower.starts_with("max-age") {
            let code = "header.parse.invalid.max_age.no_value";
            if !issues.errors.iter().any(|known| known == code) {
                issues.error(code);
            }
        } else if lower.is_empty() {
            issues.warn_once("header.parse.empty_directive");
        } else {
            issues.warn("header.parse.unknown_directive");
        }
    }

    /// What keeps the header from the list, its form included.
    #[must_use]
    pub fn preloadable(&self, terms: Terms) -> Issues {
        let mut issues = self.issues.clone();
        if !self.include_subdomains {
            issues.error("header.preloadable.include_sub_domains.missing");
        }
        if !self.preload {
            issues.error("header.preloadable.preload.missing");
        }
        let (least, below) = match terms {
            Terms::OneYear => (365 * DAY, "below_1_year"),
            Terms::EighteenWeeks => (126 * DAY, "below_18_weeks"),
        };
        match self.max_age {
            None => issues.error("header.preloadable.max_age.missing"),
            Some(0) => issues.error("header.preloadable.max_age.zero"),
            Some(seconds) if seconds < least => {
                issues.error(&format!("header.preloadable.max_age.{below}"));
            }
            Some(seconds) if seconds > TEN_YEARS => {
                issues.warn("header.preloadable.max_age.over_10_years");
            }
            Some(_) => {}
        }
        issues
    }

    /// What keeps an entry from being taken off the list; oddities of form do not.
    #[must_use]
    pub fn removable(&self) -> Issues {
        let mut issues = Issues { errors: self.issues.errors.clone(), warnings: Vec::new() };
        if self.preload {
            issues.error("header.removable.contains.preload");
        }
        if self.max_age.is_none() {
            issues.error("header.removable.missing.max_age");
        }
        issues
    }
}

impl Issues {
    /// Whether nothing stands in the way.
    #[must_use]
    pub fn is_eligible(&self) -> bool {
        self.errors.is_empty()
    }

    pub(crate) fn error(&mut self, code: &str) {
        self.errors.push(code.into());
    }

    pub(crate) fn warn(&mut self, code: &str) {
        self.warnings.push(code.into());
    }

    fn warn_once(&mut self, code: &str) {
        if !self.warnings.iter().any(|known| known == code) {
            self.warn(code);
        }
    }

    fn seconds(&mut self, digits: &str) -> Option<u64> {
        if digits.len() > 1 && digits.starts_with('0') {
            self.warn("header.parse.max_age.leading_zero");
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.error("header.parse.max_age.non_digit_characters");
            return None;
        }
        let seconds = digits.parse().ok();
        if seconds.is_none() {
            self.error("header.parse.max_age.parse_int_error");
        }
        seconds
    }
}

/// What keeps the domain of a snapshot from the list: its header, and how it is reached.
#[must_use]
pub fn site(snapshot: &Snapshot) -> Issues {
    let domain = &snapshot.domain;
    let home = format!("https://{domain}/");
    let mut issues = match snapshot.exchanges.get(&home).and_then(Exchange::answer) {
        None => {
            let mut issues = Issues::default();
            issues.error("domain.tls.cannot_connect");
            issues
        }
        Some(answer) => headers(answer),
    };
    if issues.errors.iter().any(|code| code == "domain.tls.cannot_connect") {
        return issues;
    }
    let www = format!("https://www.{domain}/");
    if let Some(Exchange::Failure(failure)) = snapshot.exchanges.get(&www)
        && !matches!(failure.reason, FailureReason::NoSuchName | FailureReason::NoAddress)
    {
        issues.error("domain.www.no_tls");
    }
    from_http(snapshot, &mut issues);
    follow(snapshot, &home, &mut issues);
    issues
}

fn headers(answer: &Answer) -> Issues {
    match answer.hsts.as_slice() {
        [] => Issues { errors: vec!["response.no_header".into()], ..Issues::default() },
        [one] => Header::parse(one).preloadable(Terms::OneYear),
        _ => Issues { errors: vec!["response.multiple_headers".into()], ..Issues::default() },
    }
}

fn from_http(snapshot: &Snapshot, issues: &mut Issues) {
    let start = format!("http://{}/", snapshot.domain);
    let Some(answer) = snapshot.exchanges.get(&start).and_then(Exchange::answer) else {
        return issues.warn("redirects.http.does_not_exist");
    };
    if !answer.hsts.is_empty() {
        issues.warn("redirects.http.useless_header");
    }
    let to = answer.redirect.as_ref().and_then(|redirect| Url::parse(redirect.to.as_deref()?).ok());
    let Some(to) = to else { return issues.error("redirects.http.no_redirect") };
    let host = to.host_str().unwrap_or_default();
    if to.scheme() == "https" && host == snapshot.domain {
        let first = snapshot.exchanges.get(to.as_str()).and_then(Exchange::answer);
        match first.map(headers) {
            None => issues.error("redirects.http.first_redirect.invalid"),
            // The home page itself has been judged already.
            Some(first) if !first.is_eligible() && to.path() != "/" => {
                issues.error("redirects.http.first_redirect.no_hsts");
            }
            Some(_) => {}
        }
        return follow(snapshot, &start, issues);
    }
    issues.error(match host.strip_prefix("www.") {
        Some(rest) if rest == snapshot.domain => "redirects.http.www_first",
        _ => "redirects.http.first_redirect.insecure",
    });
}

/// Redirects that the list follows.
const REDIRECTS: usize = 3;

fn follow(snapshot: &Snapshot, start: &str, issues: &mut Issues) {
    let chain = snapshot.chain(start);
    if chain.redirects() > REDIRECTS || chain.ends == Ends::Loop {
        issues.error("redirects.too_many");
    }
    let insecure = chain.urls.iter().skip(1).position(|url| url.starts_with("http://"));
    match insecure {
        Some(0) => issues.error("redirects.insecure.initial"),
        Some(_) => issues.error("redirects.insecure.subsequent"),
        None => {}
    }
}
