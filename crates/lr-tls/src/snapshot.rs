use std::fmt;
use std::net::SocketAddr;

use lr_core::{ErrorKind, Text};
use serde::{Deserialize, Serialize};

use crate::{Der, HostFacts, Lookups, ProbeSeen, Profile};

/// What was seen, without an opinion. Judge it with [`judge`](crate::judge), today or years later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// One entry per host and port, in the order given.
    pub hosts: Vec<HostSeen>,
    /// Trust roots beside Mozilla's that the inspection was given: DER certificates.
    pub extra_roots: Vec<Der>,
    /// The profile that the hosts are to be held to, if the judgement's policy names none.
    #[serde(default)]
    pub profile: Option<Profile>,
}

/// A host and what its addresses did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostSeen {
    /// Host name in ASCII, or an address literal.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether it must serve TLS.
    pub required: bool,
    /// Its addresses, or why there is none to try.
    pub addresses: Result<Vec<AddressSeen>, Obstacle>,
    /// What authorities say about its certificates.
    #[serde(default)]
    pub lookups: Lookups,
    /// What was handed in about it.
    #[serde(default)]
    pub facts: HostFacts,
}

/// What one address did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddressSeen {
    /// The address as the world sees it.
    pub address: SocketAddr,
    /// The certificates as sent, end entity first. Here even if the handshake failed after them.
    pub chain: Vec<Der>,
    /// The stapled OCSP response, if one was sent.
    pub ocsp: Option<Der>,
    /// A handshake that offers TLS 1.3 and 1.2, as browsers do.
    pub modern: Result<Handshake, Obstacle>,
    /// A handshake that offers TLS 1.2 alone.
    pub tls12: Result<Handshake, Obstacle>,
    /// Chains that it sends beside the first one: to clients that support another kind of key, or
    /// that send no server name.
    #[serde(default)]
    pub other_chains: Vec<Vec<Der>>,
    /// Whether it asked for a client's certificate in one of the handshakes.
    #[serde(default)]
    pub client_certificate: bool,
    /// How it answered `HEAD /`; nothing if that was not asked.
    #[serde(default)]
    pub page: Option<Result<PageSeen, Obstacle>>,
    /// The hellos that were sent to it; none if that was not wanted.
    #[serde(default)]
    pub probes: Vec<ProbeSeen>,
}

/// The head of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PageSeen {
    /// Status code.
    pub status: u16,
    /// Value of the first Strict-Transport-Security header (RFC 6797).
    pub hsts: Option<Text>,
}

impl PageSeen {
    /// The head of a page.
    #[must_use]
    pub fn new(status: u16, hsts: Option<&str>) -> Self {
        Self { status, hsts: hsts.map(Text::new) }
    }
}

/// A handshake that came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handshake {
    /// The version agreed on.
    pub version: Version,
    /// Cipher suite, by its IANA name.
    pub suite: String,
    /// Key exchange group, by its IANA name; unknown if the exchange had none.
    pub group: Option<String>,
    /// Protocol agreed on by ALPN (RFC 7301).
    pub alpn: Option<Text>,
    /// Whether the server proved that it has the key of its certificate.
    pub proof: Proof,
}

/// A version of SSL or TLS. Only the last two are fit for use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Version {
    /// SSL 2.0 (RFC 6176 forbids it).
    #[serde(rename = "ssl2")]
    Ssl2,
    /// SSL 3.0 (RFC 7568 forbids it).
    #[serde(rename = "ssl3")]
    Ssl3,
    /// TLS 1.0 (RFC 8996 forbids it).
    #[serde(rename = "1.0")]
    Tls10,
    /// TLS 1.1 (RFC 8996 forbids it).
    #[serde(rename = "1.1")]
    Tls11,
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "1.3")]
    Tls13,
}

/// What became of the server's signature over the handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Proof {
    /// It fits the certificate's key.
    Valid,
    /// It does not.
    Invalid,
    /// It could not be checked, and why.
    Unchecked(Text),
}

/// Why there is nothing to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Obstacle {
    /// What kind of obstacle.
    pub cause: Cause,
    /// What was wrong and where.
    pub message: Text,
}

/// The obstacles that the judgement tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// The name does not exist.
    NoSuchName,
    /// The name has no address.
    NoAddress,
    /// The name could not be resolved.
    Resolver,
    /// The name cannot be sent in a handshake.
    BadName,
    /// The address policy forbids the connection.
    Forbidden,
    /// Nothing listens at this port.
    Refused,
    /// There is no way from here to there.
    Unreachable,
    /// No connection in time.
    Timeout,
    /// Connected, but the handshake did not end in time.
    Silent,
    /// The connection was reset.
    Reset,
    /// The server ended the connection during the handshake, without a word.
    Closed,
    /// The answer was plain HTTP.
    PlainHttp,
    /// The answer was something else that is not TLS.
    NotTls,
    /// The server refused with a TLS alert.
    Alert,
    /// The server supports none of the versions that were offered.
    Version,
    /// The server breaks the protocol.
    Broken,
    /// The mail server does not offer STARTTLS.
    NoStartTls,
    /// What is to be fetched is larger than the limits allow.
    TooLarge,
}

impl Snapshot {
    /// A snapshot of these hosts.
    #[must_use]
    pub fn new(hosts: Vec<HostSeen>) -> Self {
        Self { hosts, ..Self::default() }
    }

    /// With trust roots beside Mozilla's: DER certificates.
    #[must_use]
    pub fn with_extra_roots(self, roots: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { extra_roots: roots.into_iter().map(Der::from).collect(), ..self }
    }
}

impl HostSeen {
    /// A host that must serve TLS.
    #[must_use]
    pub fn new(host: &str, port: u16, addresses: Result<Vec<AddressSeen>, Obstacle>) -> Self {
        Self {
            host: host.to_owned(),
            port,
            required: true,
            addresses,
            lookups: Lookups::default(),
            facts: HostFacts::default(),
        }
    }

    /// With what is known of the host from elsewhere.
    #[must_use]
    pub fn with_facts(self, facts: HostFacts) -> Self {
        Self { facts, ..self }
    }

    /// With what authorities say.
    #[must_use]
    pub fn with_lookups(self, lookups: Lookups) -> Self {
        Self { lookups, ..self }
    }

    /// The same host, of which nobody expects TLS.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }
}

impl AddressSeen {
    /// An address and how its two handshakes ended.
    #[must_use]
    pub fn new(
        address: SocketAddr,
        modern: Result<Handshake, Obstacle>,
        tls12: Result<Handshake, Obstacle>,
    ) -> Self {
        Self {
            address,
            chain: Vec::new(),
            ocsp: None,
            modern,
            tls12,
            other_chains: Vec::new(),
            client_certificate: false,
            page: None,
            probes: Vec::new(),
        }
    }

    /// One of its chains by the place that [`HelloSeen::chain`](crate::HelloSeen::chain) tells.
    pub(crate) fn chain_at(&self, place: u8) -> Option<&[Der]> {
        match place.checked_sub(1) {
            None => Some(&self.chain),
            Some(other) => self.other_chains.get(usize::from(other)).map(Vec::as_slice),
        }
    }

    /// With this stapled OCSP response.
    #[must_use]
    pub fn with_staple(self, response: Vec<u8>) -> Self {
        Self { ocsp: Some(Der::from(response)), ..self }
    }

    /// With what it answered to these hellos.
    #[must_use]
    pub fn with_probes(self, probes: Vec<ProbeSeen>) -> Self {
        Self { probes, ..self }
    }

    /// With the head of its page.
    #[must_use]
    pub fn with_page(self, page: PageSeen) -> Self {
        Self { page: Some(Ok(page)), ..self }
    }

    /// An address that serves this chain (DER, end entity first) to clients of TLS 1.3 and 1.2: for
    /// judging certificates that come from elsewhere.
    #[must_use]
    pub fn serving(address: SocketAddr, chain: Vec<Vec<u8>>) -> Self {
        Self::new(address, Ok(Handshake::new(Version::Tls13)), Ok(Handshake::new(Version::Tls12)))
            .with_chain(chain)
    }

    /// With this chain.
    #[must_use]
    pub fn with_chain(self, chain: Vec<Vec<u8>>) -> Self {
        Self { chain: chain.into_iter().map(Der::from).collect(), ..self }
    }
}

impl Handshake {
    /// A handshake that proved what it should, with the suite everyone has.
    #[must_use]
    pub fn new(version: Version) -> Self {
        let suite = match version {
            Version::Tls13 => "TLS_AES_128_GCM_SHA256",
            _ => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        };
        Self { version, suite: suite.into(), group: None, alpn: None, proof: Proof::Valid }
    }
}

impl Obstacle {
    /// An obstacle.
    pub fn new(cause: Cause, message: impl Into<Text>) -> Self {
        Self { cause, message: message.into() }
    }
}

impl Cause {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::BadName => ErrorKind::Config,
            Self::Forbidden => ErrorKind::Forbidden,
            Self::Timeout | Self::Silent => ErrorKind::Timeout,
            Self::PlainHttp
            | Self::NotTls
            | Self::Alert
            | Self::Version
            | Self::Broken
            | Self::TooLarge
            | Self::NoStartTls => ErrorKind::Protocol,
            Self::NoSuchName
            | Self::NoAddress
            | Self::Resolver
            | Self::Refused
            | Self::Unreachable
            | Self::Reset
            | Self::Closed => ErrorKind::Unreachable,
        }
    }
}

impl Version {
    /// With the protocol's name.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Ssl2 | Self::Ssl3 => self.to_string(),
            _ => format!("TLS {self}"),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ssl2 => "SSL 2.0",
            Self::Ssl3 => "SSL 3.0",
            Self::Tls10 => "1.0",
            Self::Tls11 => "1.1",
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        })
    }
}
