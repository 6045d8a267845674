//! What the head of an answer says about where its time went.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION};
use lr_core::Text;

use crate::snapshot::shown_url;
use crate::{Answer, Cached};

static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
static CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
static CF_CACHE_STATUS: HeaderName = HeaderName::from_static("cf-cache-status");
static X_CACHE: HeaderName = HeaderName::from_static("x-cache");
static AGE: HeaderName = HeaderName::from_static("age");

/// What is read of every answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) cache: Option<Cached>,
    /// Parts of the server's own time by name, in microseconds.
    pub(crate) parts: Vec<(String, u64)>,
    /// It leads elsewhere.
    pub(crate) redirect: bool,
    /// What is kept of it, if it is the first.
    pub(crate) answer: Option<Box<Answer>>,
}

impl Facts {
    pub(crate) fn of(status: u16, headers: &HeaderMap) -> Self {
        let mut parts = Vec::new();
        for value in texts(headers, &SERVER_TIMING) {
            timings(value, &mut parts);
        }
        // 304 has no Location (RFC 9110, section 15.4.5).
        let redirect = (300..400).contains(&status) && status != 304;
        Self { cache: cache(headers).map(|(cache, _)| cache), parts, redirect, answer: None }
    }
}

/// What is kept of one answer. Its length is known only at its end.
pub(crate) fn described(status: u16, headers: &HeaderMap, offered_compression: bool) -> Answer {
    let field = |name| headers.get(name).map(|value| shown(value.as_bytes()));
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    Answer {
        status,
        content_type: field(CONTENT_TYPE),
        content_encoding: field(CONTENT_ENCODING),
        offered_compression,
        location: location.map(|to| Text::new(&without_query(to))),
        cache: cache(headers).map(|(_, name)| {
            let says: Vec<_> = texts(headers, name).collect();
            Text::new(&format!("{name}: {}", says.join(", ")))
        }),
        body_bytes: 0,
    }
}

/// What is asked for in a query may be a secret of the session.
fn without_query(location: &str) -> String {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    if path.contains("://") { shown_url(path) } else { path.to_owned() }
}

fn shown(value: &[u8]) -> Text {
    Text::new(&String::from_utf8_lossy(value))
}

fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

/// Whether a cache gave the answer, and the field that says so: the standard one first, then those
/// of Cloudflare and of others, and last the age.
fn cache(headers: &HeaderMap) -> Option<(Cached, &'static HeaderName)> {
    type Reads = fn(&str) -> Option<Cached>;
    let fields: [(&'static HeaderName, Reads); 4] = [
        (&CACHE_STATUS, cache_status),
        (&CF_CACHE_STATUS, cf_cache_status),
        (&X_CACHE, x_cache),
        (&AGE, age),
    ];
    fields.iter().find_map(|(name, read)| {
        let found = texts(headers, name).filter_map(*read).reduce(either)?;
        Some((found, *name))
    })
}

/// One of several caches on the way is enough.
fn either(one: Cached, other: Cached) -> Cached {
    if one == Cached::Hit { one } else { other }
}

/// `Cache-Status` (RFC 9211, section 2): each cache on the way says `hit`, or by `fwd` why it went
/// forward.
fn cache_status(value: &str) -> Option<Cached> {
    let caches = split(value, ',');
    let one = |cache: &str| {
        let mut parameters = split(cache, ';').into_iter().skip(1).map(str::trim);
        parameters.find_map(|parameter| match parameter.split('=').next()?.trim() {
            "hit" if !parameter.ends_with("?0") => Some(Cached::Hit),
            "fwd" => Some(Cached::Miss),
            _ => None,
        })
    };
    caches.into_iter().filter_map(one).reduce(either)
}

/// The words are those of "Cloudflare cache responses" in Cloudflare's documentation. What is
/// revalidated or served while it is updated comes from the cache.
fn cf_cache_status(value: &str) -> Option<Cached> {
    match value.trim().to_ascii_uppercase().as_str() {
        "HIT" | "STALE" | "REVALIDATED" | "UPDATING" => Some(Cached::Hit),
        "MISS" | "EXPIRED" | "BYPASS" | "DYNAMIC" => Some(Cached::Miss),
        _ => None,
    }
}

/// No standard, but each of Fastly (`MISS, HIT`), CloudFront (`Hit from cloudfront`), Akamai
/// (`TCP_HIT from ...`) and Varnish configurations says hit or miss in it.
fn x_cache(value: &str) -> Option<Cached> {
    let one = |cache: &str| {
        let word = cache.split_whitespace().next()?.to_ascii_lowercase();
        if word.contains("hit") {
            return Some(Cached::Hit);
        }
        let missed = ["miss", "pass", "expired", "bypass"];
        missed.iter().any(|say| word.contains(say)).then_some(Cached::Miss)
    };
    value.split(',').filter_map(one).reduce(either)
}

/// An age means that a cache gave the answer (RFC 9111, section 5.1). Of none at all some caches
/// tell at a miss too.
fn age(value: &str) -> Option<Cached> {
    let seconds: u64 = value.trim().parse().ok()?;
    (seconds > 0).then_some(Cached::Hit)
}

/// Parts that are read of one answer at most.
const MOST_PARTS: usize = 16;

/// `Server-Timing` (W3C, Server Timing): `name;dur=milliseconds;desc="text"`, of each parameter the
/// first, in a comma list. Parts without a duration say nothing about time.
fn timings(value: &str, parts: &mut Vec<(String, u64)>) {
    for metric in split(value, ',') {
        let mut fields = split(metric, ';').into_iter().map(str::trim);
        let Some(name) = fields.next().filter(|name| is_token(name)) else { continue };
        let duration = fields.find_map(|field| {
            let (key, value) = field.split_once('=')?;
            let value = value.trim().trim_matches('"');
            key.trim().eq_ignore_ascii_case("dur").then(|| value.parse::<f64>().unwrap_or(0.0))
        });
        let Some(ms) = duration.filter(|ms| ms.is_finite() && *ms > 0.0) else { continue };
        if parts.len() < MOST_PARTS {
            parts.push((name.chars().take(64).collect(), (ms * 1000.0) as u64));
        }
    }
}

/// A token (RFC 9110, section 5.6.2).
fn is_token(text: &str) -> bool {
    let mark = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || mark(byte))
}

/// The pieces between separators that are not within quotes.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let separates = |c: char| {
        let ends = c == at && !quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        ends
    };
    text.split(separates).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn caches_say_it_in_four_ways() {
        use Cached::{Hit, Miss};
        for (field, value, expected) in [
            ("cache-status", "ExampleCache; hit; ttl=30", Some(Hit)),
            ("cache-status", "ExampleCache; fwd=uri-miss; stored", Some(Miss)),
            ("cache-status", "\"a,b;hit\"; fwd=stale", Some(Miss)),
            ("cache-status", "Origin; hit, CDN; fwd=miss", Some(Hit)),
            ("cache-status", "Origin; hit=?0", None),
            ("cache-status", "hit", None),
            ("cf-cache-status", "HIT", Some(Hit)),
            ("cf-cache-status", "dynamic", Some(Miss)),
            ("cf-cache-status", "NONE/UNKNOWN", None),
            ("x-cache", "Hit from cloudfront", Some(Hit)),
            ("x-cache", "RefreshHit from cloudfront", Some(Hit)),
            ("x-cache", "Miss from cloudfront", Some(Miss)),
            ("x-cache", "MISS, HIT", Some(Hit)),
            ("x-cache", "TCP_MISS from a23.deploy.test", Some(Miss)),
            ("x-cache", "Error from cloudfront", None),
            ("age", "12", Some(Hit)),
            ("age", "0", None),
            ("age", "young", None),
        ] {
            let found = Facts::of(200, &headers(&[(field, value)])).cache;
            assert_eq!(found, expected, "{field}: {value}");
        }
        let both = headers(&[("age", "7"), ("x-cache", "MISS")]);
        assert_eq!(Facts::of(200, &both).cache, Some(Miss), "the more definite one counts");
        assert_eq!(described(200, &both, true).cache, Some(Text::new("x-cache: MISS")));
    }

    #[test]
    fn server_timings_are_read_as_browsers_do() {
        for (value, expected) in [
            ("db;dur=53.2, app;dur=12", vec![("db", 53_200), ("app", 12_000)]),
            ("cache;desc=\"a, b; dur=9\";dur=2.4", vec![("cache", 2_400)]),
            ("metric;dur=123.4;dur=567.8", vec![("metric", 123_400)]),
            ("metric;dur=foo;dur=567.8", vec![]),
            ("metric;dur=\"1.5\"", vec![("metric", 1_500)]),
            ("metric ; DUR = 3", vec![("metric", 3_000)]),
            ("miss, db;dur=-1, ;dur=4, a b;dur=5, n;dur=NaN, i;dur=inf", vec![]),
            ("", vec![]),
        ] {
            let found = Facts::of(200, &headers(&[("server-timing", value)])).parts;
            let found: Vec<_> = found.iter().map(|(name, us)| (name.as_str(), *us)).collect();
            assert_eq!(found, expected, "{value}");
        }
        let many = headers(&[("server-timing", "a;dur=1"), ("server-timing", "b;dur=2")]);
        assert_eq!(Facts::of(200, &many).parts.len(), 2);
    }

    #[test]
    fn a_redirect_is_shown_without_what_may_be_secret() {
        let to = |location| described(302, &headers(&[("location", location)]), true).location;
        assert_eq!(to("https://u:pw@a.test/x?token=1#t"), Some("https://a.test/x".into()));
        assert_eq!(to("/login?next=%2F"), Some("/login".into()));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(values in prop::collection::vec(("[ -~]{0,60}", 0usize..5), 0..6)) {
            let names = ["server-timing", "cache-status", "x-cache", "age", "location"];
            let mut headers = HeaderMap::new();
            for (value, name) in values {
                headers.append(names[name], HeaderValue::from_str(&value).unwrap());
            }
            let facts = Facts::of(200, &headers);
            prop_assert!(facts.parts.len() <= MOST_PARTS);
            let _ = described(200, &headers, true);
        }
    }
}
