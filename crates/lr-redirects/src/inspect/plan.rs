//! Where the ways in begin.

use std::collections::HashSet;

use url::{Host, Url};

use super::discover::QUERY as VISITORS;
use crate::location::strip;
use crate::{Error, Purpose, RedirectsConfig, Snapshot, Start};

/// A path that need not exist; whether it does is not judged.
const DEEP: &str = "/launch-ready-probe/Deep/page";
/// Escapes that a careless redirect decodes, and parameters that it loses: tracking, a plus escaped
/// and not, empty, twice.
const QUERY: &str = "/launch-ready-probe/c++/caf%C3%A9%20au%20lait\
    ?q=1&utm_source=launch-ready&plus=%2B&sum=1+1&space=%20&empty=&twice=1&twice=2";
/// Apart from the others: Apache refuses it unless told otherwise.
const ESCAPED_SLASH: &str = "/launch-ready-probe/a%2Fb";
/// A server that decodes the path and puts it into `Location` sends this as a header of its own.
const INJECTION: &str = "/launch-ready-probe/%0D%0AX-Launch-Ready-Probe:%201";

pub(super) fn plan(config: &RedirectsConfig) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot::new(&host(&config.domain)?);
    let own = |snapshot: &mut Snapshot, host: String| {
        if !snapshot.hosts.contains(&host) {
            snapshot.hosts.push(host);
        }
    };
    for name in &config.hosts {
        own(&mut snapshot, host(name)?);
    }
    let matrix = snapshot.hosts.clone();

    let mut base = at("https", &snapshot.domain, "/")?;
    if let Some(canonical) = &config.canonical {
        base = read(canonical, &base)?;
        own(&mut snapshot, name_of(&base, canonical)?);
        snapshot.canonical = Some(base.as_str().into());
    }
    for host in &matrix {
        for scheme in ["http", "https"] {
            for (path, purpose) in [
                ("/", Purpose::Home),
                (DEEP, Purpose::Deep),
                (QUERY, Purpose::Query),
                (ESCAPED_SLASH, Purpose::EscapedSlash),
            ] {
                begin(&mut snapshot, &at(scheme, host, path)?, purpose);
            }
        }
    }
    for host in &matrix[..2] {
        for scheme in ["http", "https"] {
            begin(&mut snapshot, &at(scheme, host, &format!("/?{VISITORS}"))?, Purpose::Query);
        }
    }
    if config.intrusive {
        for host in &matrix[..2] {
            for scheme in ["http", "https"] {
                begin(&mut snapshot, &at(scheme, host, INJECTION)?, Purpose::Injection);
            }
        }
    }
    for api in &config.apis {
        let name = host(api)?;
        if !snapshot.hosts.contains(&name) {
            for scheme in ["http", "https"] {
                begin(&mut snapshot, &at(scheme, &name, DEEP)?, Purpose::Deep);
            }
        }
        own(&mut snapshot, name.clone());
        snapshot.apis.push(name);
    }
    for name in &config.without_https {
        snapshot.without_https.push(host(name)?);
    }
    for page in &config.pages {
        let url = read(page, &base)?;
        let path = &url[url::Position::BeforePath..];
        for host in &matrix[..2] {
            for scheme in ["http", "https"] {
                let url = at(scheme, host, path)?;
                // The home page is one of them already.
                if !snapshot.starts.iter().any(|start| start.url == url.as_str()) {
                    begin(&mut snapshot, &url, Purpose::Page);
                }
            }
        }
    }
    let mut known = HashSet::new();
    for (from, to) in &config.old_urls {
        let (old, new) = (read(from, &base)?, read(to, &base)?);
        own(&mut snapshot, name_of(&old, from)?);
        own(&mut snapshot, name_of(&new, to)?);
        if known.insert((old.clone(), new.clone())) {
            begin(&mut snapshot, &old, Purpose::Old { to: new.into() });
        }
    }
    Ok(snapshot)
}

fn begin(snapshot: &mut Snapshot, url: &Url, purpose: Purpose) {
    snapshot.starts.push(Start { url: url.as_str().into(), purpose });
}

fn at(scheme: &str, host: &str, path: &str) -> Result<Url, Error> {
    let url = format!("{scheme}://{host}{path}");
    Url::parse(&url).map_err(|_| Error::NotAUrl(url))
}

/// A host name, as it stands in URLs.
fn host(name: &str) -> Result<String, Error> {
    let bad = || Error::NotAHost(name.into());
    let bare = name.trim().trim_end_matches('.');
    if bare.is_empty() || bare.contains(['/', ':', '@', '?', '#', '\\']) {
        return Err(bad());
    }
    let url = Url::parse(&format!("https://{bare}/")).map_err(|_| bad())?;
    name_of(&url, name)
}

fn name_of(url: &Url, given: &str) -> Result<String, Error> {
    match url.host() {
        Some(Host::Domain(name)) => Ok(name.to_owned()),
        _ => Err(Error::NotAHost(given.into())),
    }
}

/// An absolute http(s) URL, or a path on `base`.
fn read(text: &str, base: &Url) -> Result<Url, Error> {
    let bad = || Error::NotAUrl(text.into());
    let mut url = match text.starts_with('/') {
        true => base.join(text),
        false => Url::parse(text),
    }
    .map_err(|_| bad())?;
    strip(&mut url);
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_complete_and_each_start_is_there_once() {
        let mut config = RedirectsConfig::new("www.Shop.test.");
        config.hosts = vec!["app.shop.test".into(), "shop.test".into()];
        config.pages = vec!["/pricing".into(), "/".into()];
        config.old_urls = vec![("/old".into(), "/new".into())];
        config.canonical = Some("https://www.shop.test".into());
        let snapshot = plan(&config).unwrap();
        assert_eq!(snapshot.hosts, ["shop.test", "www.shop.test", "app.shop.test"]);
        let starts: Vec<_> = snapshot.starts.iter().map(|start| start.url.as_str()).collect();
        assert_eq!(starts.len(), 3 * 2 * 4 + 2 * 2 + 2 * 2 + 1);
        assert!(starts.contains(&"http://www.shop.test/pricing"));
        assert!(starts.contains(&"https://www.shop.test/old"));
        // The probes must come through URL parsing as they are written here.
        for probe in [DEEP, QUERY, ESCAPED_SLASH] {
            assert!(starts.contains(&format!("https://shop.test{probe}").as_str()), "{probe}");
        }
    }

    #[test]
    fn what_is_no_host_or_url_is_named() {
        for name in ["", "https://shop.test", "shop.test:80", "203.0.113.7", "a b", "[::1]"] {
            let refused = plan(&RedirectsConfig::new(name));
            assert_eq!(refused, Err(Error::NotAHost(name.into())));
        }
        let mut config = RedirectsConfig::new("shop.test");
        config.pages = vec!["pricing".into()];
        assert_eq!(plan(&config), Err(Error::NotAUrl("pricing".into())));
    }
}
