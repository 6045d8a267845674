use std::str::FromStr;

use lr_net::Url;

use crate::{Error, HostFacts, Profile};

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsConfig {
    /// Hosts that must serve TLS: `host` or `host:port`, port 443 unless given.
    pub hosts: Vec<String>,
    /// Hosts that are judged if they serve TLS, and left alone if nothing listens there.
    pub optional: Vec<String>,
    /// Whether hellos of our own are sent beside the handshakes: about ten to a clean server, 20 at
    /// most, and 28 if it is held to a profile. On by default.
    pub probes: bool,
    /// Whether every group of TLS 1.3 is asked for by itself, as profiles need it. Off by default.
    pub every_group: bool,
    /// The profile that hosts are held to beside everything else, for which every group is asked
    /// for. None by default.
    pub profile: Option<Profile>,
    /// Whether authorities are asked: for issuers that a server does not send, for revocation lists
    /// and for renewal information. On by default.
    pub lookups: bool,
    /// What is known of hosts from elsewhere, by target.
    pub facts: Vec<(String, HostFacts)>,
    /// Directories of ACME servers that are asked for renewal information (RFC 9773), by the
    /// organisation in the issuer's name.
    pub acme_directories: Vec<(String, String)>,
}

/// ACME directories of authorities that publish renewal information: the two that
/// <https://datatracker.ietf.org/doc/html/draft-ietf-acme-ari-08> lists as implementations, at the
/// addresses of <https://letsencrypt.org/getting-started/> and
/// <https://cloud.google.com/certificate-manager/docs/public-ca>.
const DIRECTORIES: [(&str, &str); 2] = [
    ("Let's Encrypt", "https://acme-v02.api.letsencrypt.org/directory"),
    ("Google Trust Services", "https://dv.acme-v02.api.pki.goog/directory"),
];

impl Default for TlsConfig {
    fn default() -> Self {
        let owned = |(issuer, url): (&str, &str)| (issuer.to_owned(), url.to_owned());
        Self {
            hosts: Vec::new(),
            optional: Vec::new(),
            probes: true,
            every_group: false,
            profile: None,
            lookups: true,
            facts: Vec::new(),
            acme_directories: DIRECTORIES.into_iter().map(owned).collect(),
        }
    }
}

impl TlsConfig {
    /// Looks at these hosts, each of which must serve TLS.
    pub fn new<S: Into<String>>(hosts: impl IntoIterator<Item = S>) -> Self {
        Self { hosts: hosts.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// With what is known of a target (`host` or `host:port`) from elsewhere.
    #[must_use]
    pub fn with_facts(mut self, target: impl Into<String>, facts: HostFacts) -> Self {
        self.facts.push((target.into(), facts));
        self
    }

    /// Without hellos of our own: two or three handshakes with each address.
    #[must_use]
    pub fn without_probes(self) -> Self {
        Self { probes: false, ..self }
    }

    /// Without asking authorities.
    #[must_use]
    pub fn without_lookups(self) -> Self {
        Self { lookups: false, ..self }
    }

    /// Holds hosts to a profile.
    #[must_use]
    pub fn with_profile(self, profile: Profile) -> Self {
        Self { profile: Some(profile), ..self }
    }

    /// Asks for every group of TLS 1.3 by itself.
    #[must_use]
    pub fn with_every_group(self) -> Self {
        Self { every_group: true, ..self }
    }

    /// What was handed in about a target.
    pub(crate) fn facts_of(&self, target: &Target) -> HostFacts {
        let about = |text: &str| text.parse::<Target>().is_ok_and(|known| known == *target);
        let found = self.facts.iter().find(|(text, _)| about(text));
        found.map(|(_, facts)| facts.clone()).unwrap_or_default()
    }

    /// Looks at these hosts as well; a closed port of theirs is no fault.
    #[must_use]
    pub fn optional<S: Into<String>>(mut self, hosts: impl IntoIterator<Item = S>) -> Self {
        self.optional.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// The targets, each once, and whether they must serve TLS.
    pub(crate) fn targets(&self) -> Result<Vec<(Target, bool)>, Error> {
        let mut targets: Vec<(Target, bool)> = Vec::new();
        let required = self.hosts.iter().map(|text| (text, true));
        for (text, required) in required.chain(self.optional.iter().map(|text| (text, false))) {
            let target: Target = text.parse()?;
            if !targets.iter().any(|(known, _)| *known == target) {
                targets.push((target, required));
            }
        }
        Ok(targets)
    }
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Target {
    /// Name in its ASCII form and lower case, or an address literal without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// How TLS begins at a port, and what is spoken inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// At once; HTTP.
    Https,
    /// At once; something else.
    Implicit,
    /// After STARTTLS (RFC 3207).
    Smtp,
}

impl Service {
    /// By the port's registration at IANA; what is not registered is taken for HTTPS.
    pub(crate) fn of(port: u16) -> Self {
        match port {
            25 | 587 => Self::Smtp,
            465 | 563 | 636 | 853 | 989 | 990 | 992 | 993 | 994 | 995 | 5061 | 6697 => {
                Self::Implicit
            }
            _ => Self::Https,
        }
    }
}

impl FromStr for Target {
    type Err = Error;

    /// Reads `host` or `host:port` as a browser would: international names become ASCII, IPv6
    /// literals stand in brackets.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = || Error::BadTarget(text.chars().take(256).collect());
        let plain = !text.contains(['/', '?', '#', '@', '\\']) && !text.ends_with(':');
        // A bare IPv6 address reads like host:port to a URL parser.
        let text = match text.parse::<std::net::Ipv6Addr>() {
            Ok(ip) => format!("[{ip}]"),
            Err(_) => text.to_owned(),
        };
        let url = Url::parse(&format!("https://{text}/")).ok().filter(|_| plain).ok_or_else(bad)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let host = host.trim_end_matches('.');
        match (host.is_empty(), url.port_or_known_default()) {
            (false, Some(port)) => Ok(Self { host: host.to_owned(), port }),
            _ => Err(bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_a_browser_would() {
        for (text, host, port) in [
            ("shop.test", "shop.test", 443),
            ("Shop.TEST.", "shop.test", 443),
            ("shop.test:8443", "shop.test", 8443),
            ("bücher.test", "xn--bcher-kva.test", 443),
            ("192.0.2.1:444", "192.0.2.1", 444),
            ("[2001:db8::1]:444", "2001:db8::1", 444),
            ("2001:db8::1", "2001:db8::1", 443),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!((target.host.as_str(), target.port), (host, port), "{text}");
        }
        let bad = ["", "a b", "shop.test:", "shop.test:99999", "https://shop.test", "u@shop.test"];
        for text in bad {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_target_given_twice_is_looked_at_once() {
        let config = TlsConfig::new(["shop.test", "shop.test:443"]).optional(["SHOP.test"]);
        assert_eq!(config.targets().unwrap(), [("shop.test".parse().unwrap(), true)]);
    }
}
