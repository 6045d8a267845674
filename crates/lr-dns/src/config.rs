use std::net::{IpAddr, SocketAddr};

use hickory_proto::rr::{Name, RecordType};

use crate::Error;
use crate::dnssec::Anchors;
use crate::snapshot::{Probed, Role};

/// What to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsConfig {
    /// The domain: usually a zone's apex such as `example.com`, but any name will do.
    pub domain: String,
    /// More host names to look at. A name without a dot is below the domain; `@` is the domain.
    pub hosts: Vec<String>,
    /// More questions: a name as in [`Self::hosts`], and a record type.
    pub questions: Vec<(String, String)>,
    /// Root servers (`IP:PORT`) from which delegations are walked. Empty: a resolver tells where the
    /// zone begins.
    pub roots: Vec<SocketAddr>,
    /// Public resolvers (`IP:PORT`) that are asked [`Self::questions`] too, to see how far a change
    /// has spread.
    pub resolvers: Vec<SocketAddr>,
    /// Name servers that the domain is going to be delegated to, each with its addresses, or none
    /// where the resolver knows them. They are taken for the servers of the zone, whatever the parent
    /// says: so a new DNS host is looked at before the delegation is changed.
    pub name_servers: Vec<(String, Vec<IpAddr>)>,
    /// Whether name servers are asked for the whole zone (AXFR), as only somebody who may do so to
    /// these servers should.
    pub transfer: bool,
    /// Trust anchors for DNSSEC: DS or DNSKEY records in presentation form. Empty: IANA's root keys.
    pub anchors: Vec<String>,
}

/// Names that many launches have; one that does not exist is no fault.
const WELL_KNOWN: [&str; 8] = ["app", "api", "admin", "mail", "staging", "dev", "test", "beta"];

/// Services whose hosts are found by SRV records (RFC 2782), by protocol: those of the IANA registry of
/// service names that are commonly given to a domain, and what Microsoft, Matrix and games use.
pub(crate) const SERVICES: [(&str, &[&str]); 2] = [
    (
        "_tcp",
        &[
            "_autodiscover",
            "_caldav",
            "_caldavs",
            "_carddav",
            "_carddavs",
            "_imap",
            "_imaps",
            "_jmap",
            "_kerberos",
            "_ldap",
            "_matrix",
            "_matrix-fed",
            "_minecraft",
            "_pop3s",
            "_sip",
            "_sips",
            "_sipfederationtls",
            "_submission",
            "_submissions",
            "_xmpp-client",
            "_xmpp-server",
        ],
    ),
    ("_udp", &["_kerberos", "_sip", "_stun", "_turn"]),
];

/// A service whose protocol (`_tls`) has no other, and comes beside those above.
pub(crate) const SIP_OVER_TLS: &str = "_sip._tls";

impl DnsConfig {
    /// Looks at `domain`, its `www`, and those of the well-known names that exist.
    pub fn new(domain: impl Into<String>) -> Self {
        Self { domain: domain.into(), ..Self::default() }
    }
}

/// A configuration whose names and types have been read.
pub(crate) struct Plan {
    pub(crate) domain: String,
    pub(crate) names: Vec<Probed>,
    pub(crate) questions: Vec<(String, RecordType)>,
    pub(crate) roots: Vec<SocketAddr>,
    pub(crate) name_servers: Vec<(String, Vec<IpAddr>)>,
    pub(crate) resolvers: Vec<SocketAddr>,
    pub(crate) transfer: bool,
    pub(crate) anchors: Vec<String>,
}

impl Plan {
    pub(crate) fn new(config: &DnsConfig) -> Result<Self, Error> {
        let domain = domain_name(&config.domain)?;
        let mut names = vec![Probed::new(&domain, Role::Domain)];
        let mut add = |name: String, role| {
            if !names.iter().any(|known| known.name == name) {
                names.push(Probed::new(name, role));
            }
        };
        add(format!("www.{domain}"), Role::Www);
        for host in &config.hosts {
            add(below(&domain, host)?, Role::Given);
        }
        for label in WELL_KNOWN {
            add(format!("{label}.{domain}"), Role::WellKnown);
        }
        let mut questions = Vec::new();
        for (name, rtype) in &config.questions {
            let question = (below(&domain, name)?, record_type(name, rtype)?);
            if !questions.contains(&question) {
                questions.push(question);
            }
        }
        names.retain(|probed| probed.name.len() <= MAX_NAME);
        let mut name_servers = Vec::new();
        for (name, addresses) in &config.name_servers {
            name_servers.push((normalised(name)?, addresses.clone()));
        }
        let DnsConfig { roots, resolvers, transfer, anchors, .. } = config.clone();
        let mut known = Anchors::none();
        for anchor in &anchors {
            known.add(anchor).map_err(|reason| Error::BadAnchor { reason })?;
        }
        Ok(Self { domain, names, questions, roots, name_servers, resolvers, transfer, anchors })
    }
}

/// Longest name in text, without the trailing dot (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 253;

/// Most labels of a domain: each is a place where a zone may begin, and is asked about.
const MAX_LABELS: usize = 16;

/// A name relative to the domain, as people write it: `@`, `www`, `www.example.com`.
///
/// # Errors
/// [`Error::BadName`].
pub(crate) fn below(domain: &str, name: &str) -> Result<String, Error> {
    match name.trim() {
        "@" => Ok(domain.to_owned()),
        name if name.contains(['.', '。']) => normalised(name),
        name => normalised(&format!("{name}.{domain}")),
    }
}

/// A domain that can be audited: a name of at least two labels, in lower case, as A-labels.
pub(crate) fn domain_name(text: &str) -> Result<String, Error> {
    let name = normalised(text)?;
    match name.split('.').count() {
        2..=MAX_LABELS => Ok(name),
        0 | 1 => Err(bad(text, "a domain has at least two labels, such as example.com")),
        _ => Err(bad(text, "it has more than 16 labels")),
    }
}

fn normalised(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(bad(text, "it is empty"));
    }
    if text.contains("://") || text.contains('/') {
        return Err(bad(text, "give the host name only, without scheme and path"));
    }
    if text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err(bad(text, "it is an address"));
    }
    if text.contains('@') {
        return Err(bad(text, "give the domain only, without a mailbox"));
    }
    if text.contains(':') {
        return Err(bad(text, "give the host name only, without a port"));
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let name = match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        // Internationalised labels become A-labels (RFC 5891).
        false => Name::from_utf8(name).map_err(|error| bad(text, &error.to_string()))?.to_ascii(),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name.len() > MAX_NAME {
        return Err(bad(text, "it is longer than 253 characters"));
    }
    for label in name.split('.') {
        if label.is_empty() {
            return Err(bad(text, "it has an empty label"));
        }
        if label.len() > 63 {
            return Err(bad(text, &format!("the label `{label}` is longer than 63 characters")));
        }
        // Underscores are no host names, yet people have such records.
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !label.bytes().all(valid) || label.starts_with('-') || label.ends_with('-') {
            return Err(bad(text, &format!("`{label}` is not a valid label")));
        }
    }
    Ok(name)
}

pub(crate) fn record_type(name: &str, text: &str) -> Result<RecordType, Error> {
    let bad = || Error::BadType { name: name.into(), rtype: text.into() };
    let rtype: RecordType = text.trim().to_ascii_uppercase().parse().map_err(|_| bad())?;
    match rtype {
        // Not data of a zone (RFC 6895, section 3.1).
        RecordType::ANY | RecordType::AXFR | RecordType::IXFR | RecordType::OPT => Err(bad()),
        RecordType::TSIG | RecordType::ZERO | RecordType::Unknown(_) => Err(bad()),
        rtype => Ok(rtype),
    }
}

fn bad(name: &str, reason: &str) -> Error {
    Error::BadName { name: name.into(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        for (text, name) in [
            ("Example.COM.", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            (" a.b.c ", "a.b.c"),
            ("_dmarc.example.com", "_dmarc.example.com"),
        ] {
            assert_eq!(domain_name(text).unwrap(), name, "{text}");
        }
        assert_eq!(below("shop.test", "@").unwrap(), "shop.test");
        assert_eq!(below("shop.test", "app").unwrap(), "app.shop.test");
        assert_eq!(below("shop.test", "cdn.other.test").unwrap(), "cdn.other.test");
    }

    #[test]
    fn what_is_no_domain_is_refused_with_a_reason() {
        let long = format!("{}.com", "a".repeat(64));
        let longer = format!("{}com", "abcdefg.".repeat(40));
        let deep = format!("{}com", "a.".repeat(16));
        for text in [
            "",
            " ",
            ".",
            "com",
            "https://example.com",
            "example.com:53",
            "10.0.0.1",
            "[::1]",
            "::1",
            "a..b",
            "-a.com",
            "a b.com",
            "me@example.com",
            "ex\u{202e}ample.com",
            &long,
            &longer,
            &deep,
        ] {
            let error = domain_name(text).unwrap_err();
            assert_eq!(error.kind(), lr_core::ErrorKind::Config, "{text}: {error}");
        }
    }

    #[test]
    fn only_data_of_zones_can_be_asked_for() {
        assert_eq!(record_type("a", "caa").unwrap(), RecordType::CAA);
        for rtype in ["ANY", "AXFR", "OPT", "nonsense", ""] {
            assert!(record_type("a", rtype).is_err(), "{rtype}");
        }
    }
}
