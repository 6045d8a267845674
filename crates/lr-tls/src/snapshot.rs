use std::net::SocketAddr;

use lr_core::Text;
use serde::{Deserialize, Serialize};

use crate::{Der, HostFacts, Lookups, Obstacle, ProbeSeen, Profile, Version};

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
