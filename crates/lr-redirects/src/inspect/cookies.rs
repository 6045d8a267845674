//! A second try with cookies: some sites set one and redirect until it comes back, which without a
//! cookie jar looks like a loop.

use lr_net::Net;
use url::Url;

use super::fetch::{Manner, redirect};
use crate::Snapshot;

/// Cookies that are kept, and bytes of each.
const LIMIT: (usize, usize) = (32, 4 << 10);

/// A cookie of the host that set it, or of the domain that it names.
struct Cookie {
    domain: String,
    below: bool,
    secure: bool,
    name: String,
    value: String,
}

/// Whether the way from `start` ends when cookies are sent back (RFC 6265, as far as it matters
/// here). The jar begins empty and is forgotten.
pub(super) async fn ends_with_cookies(
    net: &Net,
    manner: &Manner,
    snapshot: &Snapshot,
    start: &str,
) -> bool {
    let mut jar: Vec<Cookie> = Vec::new();
    let Ok(mut url) = Url::parse(start) else { return false };
    for _ in 0..=snapshot.max_redirects {
        if snapshot.internal(&url).is_some() {
            return false;
        }
        let mut request = manner.request(snapshot, url.clone());
        let sent = header(&jar, &url);
        if !sent.is_empty() {
            request.headers.push(("cookie".into(), sent));
        }
        let Ok(exchange) = net.fetch(&request).await else { return false };
        for value in exchange.header("set-cookie") {
            keep(&mut jar, &String::from_utf8_lossy(value), &url);
        }
        let Some(redirect) = redirect(&exchange) else { return true };
        let Some(to) = redirect.to else { return false };
        if !snapshot.follows(url.as_str(), &to) {
            return true;
        }
        let Ok(to) = Url::parse(&to) else { return false };
        url = to;
    }
    false
}

fn header(jar: &[Cookie], url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let fits = |cookie: &&Cookie| {
        let below = || host.strip_suffix(&cookie.domain).is_some_and(|sub| sub.ends_with('.'));
        (host == cookie.domain || (cookie.below && below()))
            && (!cookie.secure || url.scheme() == "https")
    };
    let pairs = jar.iter().filter(fits).map(|cookie| format!("{}={}", cookie.name, cookie.value));
    pairs.collect::<Vec<_>>().join("; ")
}

fn keep(jar: &mut Vec<Cookie>, header: &str, url: &Url) {
    let (count, bytes) = LIMIT;
    let host = url.host_str().unwrap_or_default();
    let mut parts = header.split(';').map(str::trim);
    let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
    let is_plain = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if jar.len() >= count || header.len() > bytes || !is_plain(name) || !is_plain(value) {
        return;
    }
    let mut cookie = Cookie {
        domain: host.into(),
        below: false,
        secure: false,
        name: name.trim().into(),
        value: value.trim().into(),
    };
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let domain = value.trim().trim_start_matches('.');
        if key.eq_ignore_ascii_case("secure") {
            cookie.secure = true;
        } else if key.eq_ignore_ascii_case("domain") && !domain.is_empty() {
            let parent = host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'));
            if host != domain && !parent {
                return;
            }
            (cookie.domain, cookie.below) = (domain.into(), true);
        }
    }
    jar.retain(|known| (&known.domain, &known.name) != (&cookie.domain, &cookie.name));
    jar.push(cookie);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_back_where_they_belong() {
        let at = |url: &str| Url::parse(url).unwrap();
        let mut jar = Vec::new();
        keep(&mut jar, "a=1; Path=/", &at("https://www.shop.test/"));
        keep(&mut jar, "b=2; Domain=.shop.test; Secure", &at("https://www.shop.test/"));
        keep(&mut jar, "c=3; domain=other.test", &at("https://www.shop.test/"));
        keep(&mut jar, "a=4", &at("https://www.shop.test/"));
        keep(&mut jar, "no pair", &at("https://www.shop.test/"));
        assert_eq!(header(&jar, &at("https://www.shop.test/")), "b=2; a=4");
        assert_eq!(header(&jar, &at("http://www.shop.test/")), "a=4");
        assert_eq!(header(&jar, &at("https://shop.test/")), "b=2");
        assert_eq!(header(&jar, &at("https://other.test/")), "");
    }
}
