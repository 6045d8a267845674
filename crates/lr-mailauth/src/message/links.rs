use std::collections::BTreeMap;
use std::net::IpAddr;

use lr_net::{AddressClass, Url};
use serde::{Deserialize, Serialize};

use super::mime::texts;
use super::read::Message;
use crate::answers::{Ask, RecordType};

/// The web addresses in the texts of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Links {
    /// To how many hosts they lead.
    pub hosts: usize,
    /// Those that no recipient should get.
    pub suspicious: Vec<Link>,
    /// Hosts that DNS did not answer for.
    pub unseen: Vec<String>,
    /// Whether there were more hosts than were looked at.
    pub is_cut: bool,
}

/// A link that no recipient should get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// Scheme, host and port; the rest may be a key to somebody's account.
    pub origin: String,
    /// What is wrong with it.
    pub leads: Leads,
}

/// Where a link leads that no recipient should get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "leads", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Leads {
    /// To the recipient's own machine.
    Home,
    /// To an address that is not on the public Internet.
    Address {
        /// The address.
        ip: IpAddr,
        /// Of what kind.
        class: AddressClass,
    },
    /// To a name that exists only within a network (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
    Reserved {
        /// The reserved ending.
        suffix: String,
    },
    /// To a host whose name says that it is not for the public.
    Staging {
        /// The part of the name that says so.
        word: String,
    },
}

/// So many hosts are looked at.
const MAX_HOSTS: usize = 256;
/// So many of them are looked up in DNS.
const MAX_LOOKUPS: usize = 16;

/// The hosts that a message links to, with the origin of the first link to each.
pub(super) struct Hosts {
    found: BTreeMap<String, String>,
    is_cut: bool,
}

impl Hosts {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let mut hosts = Self { found: BTreeMap::new(), is_cut: false };
        for text in texts(message) {
            for url in urls(&text) {
                let Some(host) = url.host_str() else { continue };
                if hosts.found.len() >= MAX_HOSTS && !hosts.found.contains_key(host) {
                    hosts.is_cut = true;
                    break;
                }
                let origin = url.origin().ascii_serialization();
                hosts.found.entry(host.to_owned()).or_insert(origin);
            }
        }
        hosts
    }

    /// Judges them. `from` is the domain of the From field, `organization` the one it belongs to.
    pub(super) fn judge(&self, ask: &mut Ask<'_>, from: &str, organization: &str) -> Links {
        let mut links = Links { hosts: self.found.len(), is_cut: self.is_cut, ..Links::default() };
        let mut lookups = 0;
        for (host, origin) in &self.found {
            let mut leads = by_name(host, from, organization);
            if leads.is_none() && literal(host).is_none() {
                if lookups >= MAX_LOOKUPS {
                    links.is_cut = true;
                    continue;
                }
                lookups += 1;
                match by_address(ask, host) {
                    Ok(found) => leads = found,
                    Err(()) => links.unseen.push(host.clone()),
                }
            }
            if let Some(leads) = leads {
                links.suspicious.push(Link { origin: origin.clone(), leads });
            }
        }
        links
    }
}

/// Web addresses, as far as their host, wherever they stand in a text.
fn urls(text: &[u8]) -> impl Iterator<Item = Url> {
    const LONGEST: usize = 512;
    const END: &[u8] = b"/?#\"'<>(){}|\\^`,;";
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let found = at + text.get(at..)?.windows(2).position(|two| two == b"//")?;
            at = found + 2;
            let before = text[found.saturating_sub(6)..found].to_ascii_lowercase();
            let scheme = match () {
                () if before.ends_with(b"https:") => "https",
                () if before.ends_with(b"http:") => "http",
                // In HTML the scheme may be left out.
                () if before.ends_with(b"=\"") || before.ends_with(b"='") => "https",
                () => continue,
            };
            // Only the host counts; what comes after it may hold further addresses.
            let is_end =
                |byte: &u8| !byte.is_ascii_graphic() && byte.is_ascii() || END.contains(byte);
            let rest = &text[at..text.len().min(at + LONGEST)];
            let end = rest.iter().position(is_end).unwrap_or(rest.len());
            // At the end of a sentence the full stop is not meant.
            let is_literal = rest[..end].contains(&b'[');
            let is_meant = |byte: &u8| !b".!?:*_".contains(byte) && (*byte != b']' || is_literal);
            let end = rest[..end].iter().rposition(is_meant).map_or(0, |last| last + 1);
            let rest = String::from_utf8_lossy(&rest[..end]);
            at += end;
            if let Ok(url) = Url::parse(&format!("{scheme}://{rest}")) {
                return Some(url);
            }
        }
    })
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// Endings of names that lead nowhere on the public Internet. Those of RFC 6761 stand for real ones
/// in tests and documentation, where the sender's own domain has them too.
const RESERVED: &[&str] =
    &["local", "internal", "home.arpa", "lan", "intranet", "corp", "test", "example", "invalid"];

/// Words that nobody puts into the name of a public host.
const STAGING: &[&str] = &["staging", "stage", "stg", "preprod", "uat", "qa"];
/// Words that mean the same below the sender's own domain.
const OWN_STAGING: &[&str] = &["dev", "develop", "test", "testing", "sandbox", "preview", "int"];
/// Services that lead to a developer's machine.
const TUNNELS: &[&str] = &[
    "ngrok.io",
    "ngrok.app",
    "ngrok.dev",
    "ngrok-free.app",
    "ngrok-free.dev",
    "loca.lt",
    "localtunnel.me",
    "trycloudflare.com",
    "serveo.net",
    "localhost.run",
    "lhr.life",
    "lvh.me",
    "localtest.me",
    "nip.io",
    "sslip.io",
];

fn by_name(host: &str, from: &str, organization: &str) -> Option<Leads> {
    if let Some(ip) = literal(host) {
        return by_ip(ip);
    }
    let host = host.trim_end_matches('.');
    let is_below = |name: &str, suffix: &str| {
        name == suffix || name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
    };
    if is_below(host, "localhost") || host == "localhost.localdomain" {
        return Some(Leads::Home);
    }
    let reserved = RESERVED.iter().find(|suffix| is_below(host, suffix) && !is_below(from, suffix));
    if let Some(suffix) = reserved {
        return Some(Leads::Reserved { suffix: format!(".{suffix}") });
    }
    if !host.contains('.') {
        return Some(Leads::Reserved { suffix: host.to_owned() });
    }
    if let Some(service) = TUNNELS.iter().find(|service| is_below(host, service)) {
        return Some(Leads::Staging { word: (*service).to_owned() });
    }
    let is_own = is_below(host, organization) || is_below(host, from);
    let labels: Vec<&str> = host.split('.').collect();
    let own_labels = &labels[..labels.len().saturating_sub(2)];
    let mut words = own_labels.iter().flat_map(|label| label.split('-'));
    let is_staging = |word: &&str| STAGING.contains(word) || is_own && OWN_STAGING.contains(word);
    words.find(is_staging).map(|word| Leads::Staging { word: word.to_owned() })
}

/// Documentation addresses stand for public ones.
fn by_ip(ip: IpAddr) -> Option<Leads> {
    match AddressClass::of(ip) {
        AddressClass::Public | AddressClass::Documentation => None,
        AddressClass::Loopback => Some(Leads::Home),
        class => Some(Leads::Address { ip, class }),
    }
}

/// A name leads astray if none of its addresses is public.
fn by_address(ask: &mut Ask<'_>, host: &str) -> Result<Option<Leads>, ()> {
    let answers = [ask.get(host, RecordType::A), ask.get(host, RecordType::Aaaa)];
    let addresses: Vec<IpAddr> =
        answers.iter().flatten().flat_map(|answer| answer.addresses()).collect();
    let judged: Vec<Option<Leads>> = addresses.into_iter().map(by_ip).collect();
    if judged.iter().any(Option::is_none) {
        return Ok(None);
    }
    let is_seen =
        answers.iter().all(|answer| answer.is_some_and(|answer| answer.failure().is_none()));
    match judged.into_iter().flatten().next() {
        Some(leads) => Ok(Some(leads)),
        None if is_seen => Ok(None),
        None => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(host: &str) -> Option<Leads> {
        by_name(host, "shop.com", "shop.com")
    }

    #[test]
    fn links_are_found_wherever_they_stand() {
        let text = b"see http://localhost:3000/x?t=1. <a href='HTTPS://0x7f000001/'>or</a> \
                     (https://[::1]/) ftp://no.test http:// https://www.shop.com, https // no \
                     <img src=\"//cdn.shop.com/x.png\"> a://b https:///x";
        let found: Vec<String> = urls(text).map(|url| url.origin().ascii_serialization()).collect();
        assert_eq!(
            found,
            [
                "http://localhost:3000",
                "https://127.0.0.1",
                "https://[::1]",
                "https://www.shop.com",
                "https://cdn.shop.com",
            ]
        );
    }

    #[test]
    fn only_what_is_not_public_is_suspicious() {
        for host in
            ["www.shop.com", "dev.azure.com", "test.de", "qa.com", "latest.shop.com", "192.0.2.1"]
        {
            assert_eq!(leads(host), None, "{host}");
        }
        for host in ["localhost", "app.localhost", "127.0.0.1", "[::1]"] {
            assert_eq!(leads(host), Some(Leads::Home), "{host}");
        }
        for host in ["10.0.0.1", "169.254.169.254", "[fd00::1]"] {
            assert!(matches!(leads(host), Some(Leads::Address { .. })), "{host}");
        }
        for host in ["web", "printer.local", "shop.test", "db.internal"] {
            assert!(matches!(leads(host), Some(Leads::Reserved { .. })), "{host}");
        }
        for host in ["staging.other.com", "app-stg.other.com", "dev.shop.com", "x.ngrok.io"] {
            assert!(matches!(leads(host), Some(Leads::Staging { .. })), "{host}");
        }
    }
}
