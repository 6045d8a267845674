//! Who serves a name, by the names and addresses that providers give their customers.

mod table;

use std::net::IpAddr;

use self::table::providers;
use crate::status::is_at_or_below;

/// Somebody who serves sites or zones for others.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) name: &'static str,
    /// Names that customers point aliases to end with one of these.
    suffixes: &'static [&'static str],
    /// Names of its name servers end with one of these.
    name_servers: &'static [&'static str],
    /// Addresses that customers are told to enter.
    addresses: &'static [&'static str],
    pub(crate) takeover: Takeover,
    /// Where this is written.
    #[allow(dead_code, reason = "for those who read the table")]
    source: &'static str,
}

/// How a name that was given up can be claimed by somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takeover {
    /// A name that does not exist is free to be taken.
    ByMissingName,
    /// Zones that its servers refuse are free to be taken.
    ByRefusal,
    /// The same, but for who is given the same servers, which the host says it prevents, or leaves to
    /// chance.
    ByChance,
    /// DNS does not tell: what the site answers does.
    NeedsHttp,
    /// The provider asks for a proof of ownership first.
    Verified,
    /// Nothing is known.
    Unknown,
}

/// Suffixes under which a missing name can be claimed, with how many labels it has before them.
/// Longer names have a random part (`app-f0e1d2.westeurope-01.azurewebsites.net`).
const CLAIMABLE: &[(&str, &[usize])] = &[
    ("azurewebsites.net", &[1]),
    ("cloudapp.net", &[1]),
    ("cloudapp.azure.com", &[2]),
    ("trafficmanager.net", &[1]),
    ("azureedge.net", &[1]),
    ("azure-api.net", &[1]),
    ("azurecontainer.io", &[2]),
    ("azurecr.io", &[1]),
    ("blob.core.windows.net", &[1]),
    ("redis.cache.windows.net", &[1]),
    ("search.windows.net", &[1]),
    ("servicebus.windows.net", &[1]),
    ("database.windows.net", &[1]),
    ("azurehdinsight.net", &[1]),
    ("azuredatalakestore.net", &[1]),
    ("visualstudio.com", &[1]),
    ("elasticbeanstalk.com", &[1, 2]),
    ("trydiscourse.com", &[1]),
];

/// Cloudflare's proxy, <https://www.cloudflare.com/ips/>. What else belongs to its network (such as
/// 1.1.1.1) is not the proxy. The same in a daily copy of that list, of February 2026.
const CLOUDFLARE: &[(&str, u8)] = &[
    ("173.245.48.0", 20),
    ("103.21.244.0", 22),
    ("103.22.200.0", 22),
    ("103.31.4.0", 22),
    ("141.101.64.0", 18),
    ("108.162.192.0", 18),
    ("190.93.240.0", 20),
    ("188.114.96.0", 20),
    ("197.234.240.0", 22),
    ("198.41.128.0", 17),
    ("162.158.0.0", 15),
    ("104.16.0.0", 13),
    ("104.24.0.0", 14),
    ("172.64.0.0", 13),
    ("131.0.72.0", 22),
    ("2400:cb00::", 32),
    ("2606:4700::", 32),
    ("2803:f800::", 32),
    ("2405:b500::", 32),
    ("2405:8100::", 32),
    ("2a06:98c0::", 29),
    ("2c0f:f248::", 32),
];

/// Public suffixes of two labels under which most domains of their countries are registered. Names
/// under others are never taken for unregistered.
const SECOND_LEVEL: &[&str] = &[
    "co.uk", "org.uk", "me.uk", "ac.uk", "gov.uk", "com.au", "net.au", "org.au", "co.nz", "org.nz",
    "co.jp", "ne.jp", "or.jp", "com.br", "com.mx", "com.ar", "co.za", "co.in", "co.kr", "com.cn",
    "com.tr", "com.tw", "com.sg", "com.hk", "co.il", "com.pl", "com.ua",
];

/// The provider whose customers point aliases to `name`; the longest suffix counts.
pub(crate) fn by_name(name: &str) -> Option<&'static Provider> {
    let matches = providers().flat_map(|provider| {
        let suffixes = provider.suffixes.iter().filter(|suffix| is_at_or_below(name, suffix));
        suffixes.map(move |suffix| (suffix.len(), provider))
    });
    matches.max_by_key(|(length, _)| *length).map(|(_, provider)| provider)
}

/// The provider that a name server belongs to.
pub(crate) fn by_name_server(name: &str) -> Option<&'static Provider> {
    // ns-1234.awsdns-56.co.uk
    let of_route_53 = name.split('.').nth(1).is_some_and(|label| label.starts_with("awsdns-"));
    let google = name.starts_with("ns-cloud-") && is_at_or_below(name, "googledomains.com");
    providers().find(|provider| match provider.name {
        "Amazon Route 53" => of_route_53,
        "Google Cloud DNS" => google,
        _ => provider.name_servers.iter().any(|suffix| is_at_or_below(name, suffix)),
    })
}

/// The provider that tells its customers to enter this address.
pub(crate) fn by_address(address: IpAddr) -> Option<&'static Provider> {
    if is_cloudflare(address) {
        return providers().find(|provider| provider.name == "Cloudflare");
    }
    providers().find(|provider| provider.addresses.iter().any(|text| text.parse() == Ok(address)))
}

/// Whether Cloudflare's proxy answers at this address.
pub(crate) fn is_cloudflare(address: IpAddr) -> bool {
    CLOUDFLARE.iter().any(|(network, length)| {
        let bits = |ip: IpAddr| match ip {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, true),
            IpAddr::V6(v6) => (u128::from(v6), false),
        };
        let Ok(network) = network.parse::<IpAddr>() else { return false };
        let ((own, v4), (its, its_v4)) = (bits(address), bits(network));
        v4 == its_v4 && (own ^ its) >> (128 - u32::from(*length)) == 0
    })
}

/// Whether anybody may create `name`, which does not exist, at its provider.
pub(crate) fn is_claimable_when_missing(name: &str) -> bool {
    CLAIMABLE.iter().any(|(suffix, labels)| {
        let rest = name.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.'));
        rest.is_some_and(|rest| labels.contains(&rest.split('.').count()))
    })
}

/// The domain above `name` that somebody would register; `None` where nobody can tell. No top-level
/// domain is a number (RFC 3696, section 2): that is an address which was taken for a name.
pub(crate) fn registrable(name: &str) -> Option<String> {
    let labels: Vec<&str> = name.split('.').collect();
    if labels.last()?.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let of_two =
        labels.len() >= 2 && SECOND_LEVEL.contains(&labels[labels.len() - 2..].join(".").as_str());
    let wanted = if of_two { 3 } else { 2 };
    let start = labels.len().checked_sub(wanted)?;
    Some(labels[start..].join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn every_row_reads() {
        assert!(providers().count() >= 60, "{}", providers().count());
        for provider in providers() {
            assert!(!provider.source.is_empty(), "{}", provider.name);
            for address in provider.addresses {
                assert!(address.parse::<IpAddr>().is_ok(), "{address}");
            }
        }
        assert!(CLOUDFLARE.iter().all(|(network, _)| network.parse::<IpAddr>().is_ok()));
    }

    #[test]
    fn providers_are_known_by_name_and_address() {
        let name = |found: Option<&Provider>| found.map(|provider| provider.name);
        assert_eq!(name(by_name("shop.myshopify.com")), Some("Shopify"));
        assert_eq!(name(by_name("d1.cloudfront.net")), Some("Amazon CloudFront"));
        assert_eq!(name(by_name("notcloudfront.net")), None);
        assert_eq!(name(by_name_server("ns-1.awsdns-02.co.uk")), Some("Amazon Route 53"));
        assert_eq!(name(by_name_server("ada.ns.cloudflare.com")), Some("Cloudflare"));
        assert_eq!(name(by_address(ip("185.199.108.153"))), Some("GitHub Pages"));
        assert_eq!(name(by_address(ip("104.21.3.4"))), Some("Cloudflare"));
    }

    #[test]
    fn only_published_ranges_are_the_proxy() {
        for inside in ["104.16.0.1", "172.64.1.1", "2606:4700::6810:1", "162.159.255.255"] {
            assert!(is_cloudflare(ip(inside)), "{inside}");
        }
        for outside in ["1.1.1.1", "1.0.0.1", "104.28.0.0", "104.15.255.255", "2607:4700::1"] {
            assert!(!is_cloudflare(ip(outside)), "{outside}");
        }
    }

    #[test]
    fn what_can_be_claimed_is_narrow() {
        for free in ["a.azurewebsites.net", "a.eu-west-1.elasticbeanstalk.com"] {
            assert!(is_claimable_when_missing(free), "{free}");
        }
        for not in [
            "azurewebsites.net",
            "windows.net",
            "core.windows.net",
            "blob.core.windows.net",
            "a-b1c2.westeurope-01.azurewebsites.net",
            "a.elb.amazonaws.com",
            "a.github.io",
            "xazurewebsites.net",
            "a.eba-x.eu-west-1.elasticbeanstalk.com",
        ] {
            assert!(!is_claimable_when_missing(not), "{not}");
        }
        assert_eq!(registrable("a.b.gone.com").as_deref(), Some("gone.com"));
        assert_eq!(registrable("a.gone.co.uk").as_deref(), Some("gone.co.uk"));
        assert_eq!(registrable("co.uk"), None);
        assert_eq!(registrable("com"), None);
        assert_eq!(registrable("11.0.7.25"), None);
    }
}
