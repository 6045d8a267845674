//! A jar for a few requests (RFC 6265, sections 5.3 and 5.4). It begins empty and is forgotten.

use lr_core::Timestamp;
use url::Url;

use super::SetCookie;

/// Cookies that are kept, and bytes of each.
const LIMIT: (usize, usize) = (64, 4 << 10);

/// Cookies in the order in which they were first set.
#[derive(Debug)]
pub(crate) struct Jar {
    now: Timestamp,
    cookies: Vec<Kept>,
}

/// A cookie of the host that set it, or of the domain that it names.
#[derive(Debug)]
struct Kept {
    domain: String,
    below: bool,
    path: String,
    secure: bool,
    name: String,
    value: String,
}

impl Jar {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { now, cookies: Vec::new() }
    }

    /// Keeps what a header `Set-Cookie` from `url` says.
    pub(crate) fn keep(&mut self, header: &str, url: &Url) {
        let (count, bytes) = LIMIT;
        let Some(read) = SetCookie::read(header).filter(|_| header.len() <= bytes) else { return };
        let host = url.host_str().unwrap_or_default();
        let named = read.domain.map(|name| name.strip_prefix('.').unwrap_or(name));
        let domain = named.unwrap_or(host).to_ascii_lowercase();
        // A domain of one label is everybody's (section 5.3, step 5, as far as no list is needed).
        let shared = !domain.contains('.') && domain != host;
        if shared || !matches(host, &domain) {
            return;
        }
        let path = read.path.unwrap_or_else(|| default_path(url.path()));
        let cookie = Kept {
            domain,
            below: named.is_some(),
            path: path.into(),
            secure: read.secure,
            name: read.name.into(),
            value: read.value.into(),
        };
        let is_same = |known: &Kept| {
            (&known.name, &known.domain, &known.path)
                == (&cookie.name, &cookie.domain, &cookie.path)
        };
        let at = self.cookies.iter().position(is_same);
        match (at, read.is_over(self.now)) {
            (Some(at), true) => drop(self.cookies.remove(at)),
            (Some(at), false) => self.cookies[at] = cookie,
            (None, false) if self.cookies.len() < count => self.cookies.push(cookie),
            (None, _) => {}
        }
    }

    /// The header `Cookie` for `url`, if there is anything to send.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let host = url.host_str().unwrap_or_default();
        let fits = |cookie: &&Kept| {
            (host == cookie.domain || (cookie.below && matches(host, &cookie.domain)))
                && path_matches(url.path(), &cookie.path)
                && (!cookie.secure || url.scheme() == "https")
        };
        let mut fitting: Vec<_> = self.cookies.iter().filter(fits).collect();
        // Longer paths first, and what is older first among equals.
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<_> =
            fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// `domain-match`; an address matches itself only.
fn matches(host: &str, domain: &str) -> bool {
    let below = || host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'));
    host == domain || (below() && host.parse::<std::net::IpAddr>().is_err())
}

fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(at) => &path[..at],
    }
}

fn path_matches(path: &str, cookie: &str) -> bool {
    let rest = path.strip_prefix(cookie);
    rest.is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exam::cases;

    fn at(url: &str) -> Url {
        Url::parse(url).unwrap()
    }

    #[test]
    fn cookies_go_back_where_they_belong() {
        let mut jar = Jar::new(Timestamp::from_unix(0));
        let www = at("https://www.shop.test/");
        jar.keep("a=1; Path=/", &www);
        jar.keep("b=2; Domain=.shop.test; Secure", &www);
        jar.keep("c=3; domain=other.test", &www);
        jar.keep("a=4", &www);
        jar.keep("d=5; Path=/deep", &www);
        jar.keep("e=6", &at("https://www.shop.test/x/y"));
        jar.keep("no pair", &www);
        let sent = |url: &str| jar.header(&at(url)).unwrap_or_default();
        assert_eq!(sent("https://www.shop.test/"), "a=4; b=2");
        assert_eq!(sent("http://www.shop.test/deep/er"), "d=5; a=4");
        assert_eq!(sent("https://www.shop.test/x/"), "e=6; a=4; b=2");
        assert_eq!(sent("https://shop.test/deeper"), "b=2");
        assert_eq!(sent("https://other.test/"), "");
    }

    #[derive(serde::Deserialize)]
    struct Case {
        test: String,
        received: Vec<String>,
        sent: Vec<Pair>,
        #[serde(rename = "sent-to")]
        sent_to: Option<String>,
    }

    #[derive(serde::Deserialize)]
    struct Pair {
        name: String,
        value: String,
    }

    /// What the suite itself has disabled: a control character ends the value there, and an escape
    /// in a path is decoded; RFC 6265 has neither (sections 5.2 and 5.1.4).
    const DISABLED: [&str; 3] =
        ["DISABLED_CHROMIUM0022", "DISABLED_CHROMIUM0023", "DISABLED_PATH0029"];

    /// The cases of the working group on HTTP state, where they are there.
    #[test]
    fn the_complete_set_agrees_where_it_is_there() {
        let here = at("http://home.example.org:8888/cookie-parser");
        // Dates of 2019 were far away when the cases were written.
        let now: Timestamp = "2011-01-01T00:00:00Z".parse().unwrap();
        let mut differ = Vec::new();
        for case in cases::<Case>("http-state-cookies.json") {
            let mut jar = Jar::new(now);
            case.received.iter().for_each(|header| jar.keep(header, &here));
            let to = case.sent_to.as_deref().unwrap_or("/cookie-parser-result");
            let sent = jar.header(&here.join(to).unwrap()).unwrap_or_default();
            let pairs = case.sent.iter().map(|pair| format!("{}={}", pair.name, pair.value));
            if sent != pairs.collect::<Vec<_>>().join("; ") {
                differ.push(case.test);
            }
        }
        assert!(differ.is_empty() || differ == DISABLED, "{differ:#?}");
    }
}
