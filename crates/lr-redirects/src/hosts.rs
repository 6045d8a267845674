//! Hosts and addresses to which nobody outside should be led.

use std::fmt;
use std::net::IpAddr;

use lr_net::AddressClass;
use url::{Host, Url};

use crate::Snapshot;
use crate::inspect::NOWHERE;

/// Why a URL should not be the target of a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Internal {
    /// An address literal that is not public.
    Address(AddressClass),
    /// A public address instead of a name.
    Literal,
    /// A name that only means something on the same machine or network.
    LocalName,
    /// A name that speaks of staging, development or tests.
    Staging(String),
    /// The name that a hosting platform gives to every deployment.
    Platform(&'static str),
    /// A name with a dot at its end, which certificates, cookies and virtual hosts do not know.
    Rooted,
    /// The host that a probe for open redirects asked for.
    Probe,
    /// A port that is not the scheme's own.
    Port(u16),
}

impl fmt::Display for Internal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(class) => write!(f, "a {class} address"),
            Self::Literal => write!(f, "an address instead of a name"),
            Self::LocalName => write!(f, "a name that is known only locally"),
            Self::Staging(word) => write!(f, "a host of development or staging (`{word}`)"),
            Self::Platform(suffix) => {
                write!(f, "the platform's own name for the site (`{suffix}`)")
            }
            Self::Rooted => write!(f, "a host with a dot at its end"),
            Self::Probe => write!(f, "the host that a probe asked for"),
            Self::Port(port) => write!(f, "port {port}, which is not the scheme's own"),
        }
    }
}

/// Top-level and other suffixes that are not delegated in the public DNS (RFC 6761, RFC 6762,
/// RFC 8375, and `internal` as reserved by ICANN); `test` is left to those who test.
const LOCAL: [&str; 8] =
    ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa"];

/// Tunnels to a developer's own machine.
const TUNNELS: [&str; 7] = [
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "trycloudflare.com",
    "loca.lt",
    "localhost.run",
    "serveo.net",
];

/// Domains below which hosting platforms name deployments, from their documents; what visitors see
/// should be the site's own name.
const PLATFORMS: [&str; 22] = [
    "vercel.app",
    "netlify.app",
    "pages.dev",
    "workers.dev",
    "herokuapp.com",
    "onrender.com",
    "fly.dev",
    "up.railway.app",
    "azurewebsites.net",
    "azurestaticapps.net",
    "amplifyapp.com",
    "elasticbeanstalk.com",
    "cloudfront.net",
    "run.app",
    "web.app",
    "github.io",
    "gitlab.io",
    "wpengine.com",
    "pantheonsite.io",
    "kinsta.cloud",
    "webflow.io",
    "surge.sh",
];

/// Words that mark a host below another one.
const WORDS: [&str; 17] = [
    "staging",
    "stage",
    "stg",
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "qa",
    "uat",
    "preprod",
    "preview",
    "sandbox",
    "origin",
    "backend",
    "local",
    "localhost",
];

/// Words that mark a host even in the name that somebody registered; none is a word of a brand.
const STRONG: [&str; 4] = ["staging", "stg", "uat", "preprod"];

impl Snapshot {
    /// Why `url` should not be the target of a redirect; hosts of the launch may be, except for
    /// ports of their own.
    pub(crate) fn internal(&self, url: &Url) -> Option<Internal> {
        let literal = |ip: IpAddr| match AddressClass::of(ip) {
            AddressClass::Public => Internal::Literal,
            class => Internal::Address(class),
        };
        let name = match url.host()? {
            Host::Ipv4(ip) => return Some(literal(ip.into())),
            Host::Ipv6(ip) => return Some(literal(ip.into())),
            Host::Domain(name) => name,
        };
        let (name, rooted) = match name.strip_suffix('.') {
            Some(name) => (name, true),
            None => (name, false),
        };
        if name == NOWHERE {
            return Some(Internal::Probe);
        }
        if !self.hosts.iter().any(|own| own == name) {
            if LOCAL.iter().any(|local| is_at_or_below(name, local)) || !name.contains('.') {
                return Some(Internal::LocalName);
            }
            if let Some(word) = staging_word(name, &self.domain) {
                return Some(Internal::Staging(word.into()));
            }
            let suffix = PLATFORMS.iter().find(|suffix| is_at_or_below(name, suffix));
            if let Some(suffix) = suffix.filter(|suffix| !is_at_or_below(&self.domain, suffix)) {
                return Some(Internal::Platform(suffix));
            }
        }
        if rooted && self.owns(name) {
            return Some(Internal::Rooted);
        }
        let port = url.port().filter(|_| self.owns(name))?;
        let configured = self.starts.iter().any(|start| same_origin(&start.url, url));
        (!configured).then_some(Internal::Port(port))
    }
}

fn same_origin(start: &str, url: &Url) -> bool {
    Url::parse(start).is_ok_and(|start| start.origin() == url.origin())
}

fn is_at_or_below(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The word in `name` that speaks of staging. Below the audited domain every label counts; elsewhere
/// the last two are somebody's registered name, where only unmistakable words do.
fn staging_word<'a>(name: &'a str, domain: &str) -> Option<&'a str> {
    if let Some(tunnel) = TUNNELS.iter().find(|tunnel| is_at_or_below(name, tunnel)) {
        return Some(&name[name.len() - tunnel.len()..]);
    }
    let words = |text: &'a str, known: &'static [&'static str]| {
        text.split(['.', '-'])
            .find(|word| known.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
    };
    let own = name.strip_suffix(domain).filter(|rest| rest.ends_with('.'));
    if let Some(labels) = own {
        return words(labels, &WORDS);
    }
    let mut ends = name.rmatch_indices('.').map(|(at, _)| at);
    let (tld, registered) = (ends.next()?, ends.next());
    let below = registered.map_or("", |at| &name[..at]);
    let label = &name[registered.map_or(0, |at| at + 1)..tld];
    words(below, &WORDS).or_else(|| words(label, &STRONG))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_targets_are_known_by_their_names() {
        let mut snapshot = Snapshot::new("shop.test");
        snapshot.hosts.push("dev.shop.test".into());
        for (url, internal) in [
            ("http://localhost:3000/", true),
            ("http://app.localhost/", true),
            ("http://127.0.0.1/", true),
            ("http://[::ffff:10.0.0.1]/", true),
            ("http://8.8.8.8/", true),
            ("https://web01/", true),
            ("https://shop.internal/", true),
            ("https://staging.shop.test/", true),
            ("https://shop-staging.test/", true),
            ("https://qa2-shop.apps.test/", true),
            ("https://x.ngrok-free.app/", true),
            ("https://shop.test:8080/", true),
            ("https://shop.test./", true),
            ("https://shop-git-main.vercel.app/", true),
            ("https://github.io.example/", false),
            ("https://other.test./", false),
            ("https://shop.test/", false),
            ("https://dev.shop.test/", false),
            ("https://developers.shop.test/", false),
            ("https://testimonials.shop.test/", false),
            ("https://dev.to/", false),
            ("https://shop.dev/", false),
            ("https://test.de/", false),
            ("https://stage-entertainment.de/", false),
            ("https://localhost-records.com/", false),
            ("https://login.provider.test/", false),
        ] {
            let found = snapshot.internal(&Url::parse(url).unwrap());
            assert_eq!(found.is_some(), internal, "{url}: {found:?}");
        }
    }
}
