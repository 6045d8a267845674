use std::net::{IpAddr, SocketAddr};

use lr_core::ErrorKind;
use lr_net::Failure;
use serde::{Deserialize, Serialize};

/// Everything that was seen of a domain in DNS: each question, who was asked, and what came back.
///
/// Names are written in lower case, as A-labels, without a trailing dot. It holds no opinion, and
/// [`judge`](crate::judge) needs nothing else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Snapshot {
    /// The domain that was asked about.
    pub domain: String,
    /// The names that were looked at.
    pub names: Vec<Probed>,
    /// The zone that holds the domain, if it could be found.
    pub zone: Option<String>,
    /// The zone that delegates, or should delegate, to it.
    pub parent: Option<String>,
    /// What the resolver answered, as any visitor would see it.
    pub resolver: Vec<Asked>,
    /// Servers of the parent zone, asked for the delegation.
    pub parent_servers: Vec<NameServer>,
    /// The zone's own servers.
    pub servers: Vec<NameServer>,
    /// Zones below, to which the zone's own servers refer for names that were looked at.
    pub zones_below: Vec<ZoneBelow>,
    /// Public resolvers, asked for what is expected.
    pub resolvers: Vec<PublicResolver>,
    /// When this was seen, in seconds since 1970: signatures are judged by it.
    pub taken_at_s: i64,
    /// A name that nobody would create, asked for to see if a wildcard answers.
    pub wildcard_probe: Option<String>,
    /// Signed answers as they came.
    pub signed: Vec<Signed>,
    /// Name servers that were given by the caller, with their addresses: the delegation that is going
    /// to be. Where there are some, the parent was not asked.
    pub given: Vec<(String, Vec<IpAddr>)>,
    /// What leads from the trust anchor to the zone: referrals with DNSSEC records, keys and digests
    /// of the zones above, as they came.
    pub chain: Vec<Signed>,
    /// The trust anchors by which the chain is judged; empty: IANA's root keys.
    pub anchors: Vec<String>,
    /// How many questions were sent in all.
    pub questions: usize,
}

/// A zone below that of the domain, with the servers to whom it is delegated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ZoneBelow {
    /// Its name.
    pub name: String,
    /// Its servers, each asked for the SOA record.
    pub servers: Vec<NameServer>,
}

impl ZoneBelow {
    /// A zone with its servers.
    pub fn new(name: impl Into<String>, servers: Vec<NameServer>) -> Self {
        Self { name: name.into(), servers }
    }
}

/// A resolver that others use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PublicResolver {
    /// Its address and port.
    pub address: SocketAddr,
    /// What it was asked.
    pub asked: Vec<Asked>,
}

impl PublicResolver {
    /// A resolver with its answers.
    #[must_use]
    pub fn new(address: SocketAddr, asked: Vec<Asked>) -> Self {
        Self { address, asked }
    }
}

/// A signed answer of a server, whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Signed {
    /// The server's name.
    pub server: String,
    /// Its address.
    pub address: IpAddr,
    /// The name asked for.
    pub name: String,
    /// The type asked for.
    #[serde(rename = "type")]
    pub rtype: String,
    /// The message in hexadecimal digits.
    pub message: String,
}

/// A name that was looked at, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Probed {
    /// The name.
    pub name: String,
    /// Why it was looked at.
    pub role: Role,
}

/// Why a name was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// It is the domain itself.
    Domain,
    /// It is `www` below the domain.
    Www,
    /// The caller asked for it.
    Given,
    /// Launches often have such a name; nobody says that this one must.
    WellKnown,
}

/// A name server with its addresses and answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NameServer {
    /// Its host name.
    pub name: String,
    /// Its addresses by the resolver, or by the zone's own word beside its list of name servers.
    pub resolved: Result<Vec<IpAddr>, Failure>,
    /// Its addresses by the parent's referral (glue).
    #[serde(default)]
    pub glue: Vec<IpAddr>,
    /// Its answers, by address.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
}

/// A name server at one address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Endpoint {
    /// The address, as DNS tells it.
    pub address: IpAddr,
    /// What it was asked, each question once.
    pub asked: Vec<Asked>,
    /// What it was asked once more, because servers had disagreed.
    #[serde(default)]
    pub again: Vec<Asked>,
    /// The question for the SOA record, asked over TCP.
    #[serde(default)]
    pub tcp: Option<Asked>,
    /// A question about somebody else's name with recursion desired, if it had offered recursion.
    #[serde(default)]
    pub recursion: Option<Asked>,
    /// The question for the whole zone (AXFR), if that was to be asked.
    #[serde(default)]
    pub transfer: Option<Asked>,
}

/// A question and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Asked {
    /// The name asked for.
    pub name: String,
    /// The type asked for, such as `AAAA`.
    #[serde(rename = "type")]
    pub rtype: String,
    /// The answer, whatever its response code, or why there is none.
    pub outcome: Result<Answer, Failure>,
}

/// An answer, reduced to what matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Answer {
    /// Response code by its IANA mnemonic, such as `NXDOMAIN`.
    pub rcode: String,
    /// The AA bit: the server says that it is authoritative.
    pub authoritative: bool,
    /// The RA bit: the server offers recursion.
    pub recursion_available: bool,
    /// It answered only when it was asked without EDNS.
    pub edns_dropped: bool,
    /// It repeated the question in other letters than it was asked with.
    pub case_lost: bool,
    /// Records that could not be read, and are missing here.
    pub unreadable: usize,
    /// Records of the answer section: the type asked for and aliases, at most 512, sorted.
    pub answers: Vec<Record>,
    /// SOA, NS and DS records of the authority section, at most 512, sorted.
    pub authorities: Vec<Record>,
    /// Addresses of the additional section, at most 512, sorted.
    pub additionals: Vec<Record>,
    /// Time from question to answer, in milliseconds; 0 for answers of the resolver, which may
    /// come from its cache.
    pub elapsed_ms: u64,
    /// How it came.
    pub transport: Transport,
}

/// How an answer came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Transport {
    /// Through the resolver.
    #[default]
    Resolver,
    /// From the server, over UDP.
    Udp,
    /// From the server, over TCP.
    Tcp,
}

/// A resource record.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Record {
    /// Owner name.
    pub name: String,
    /// Type, such as `CNAME`.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Data in presentation form; names in it as everywhere in the snapshot.
    pub data: String,
    /// Time to live in seconds, as this server gave it.
    pub ttl: u32,
}

impl Snapshot {
    /// The zone's servers with each of their addresses.
    pub fn endpoints(&self) -> impl Iterator<Item = (&NameServer, &Endpoint)> {
        self.servers.iter().flat_map(|server| server.endpoints.iter().map(move |at| (server, at)))
    }

    /// Whether the domain is the apex of its zone.
    #[must_use]
    pub fn is_apex(&self) -> bool {
        self.zone.as_deref() == Some(&self.domain)
    }
}

impl Probed {
    /// A name and why it is looked at.
    pub fn new(name: impl Into<String>, role: Role) -> Self {
        Self { name: name.into(), role }
    }
}

impl NameServer {
    /// A server that was not asked anything yet.
    pub fn new(name: impl Into<String>, resolved: Result<Vec<IpAddr>, Failure>) -> Self {
        Self { name: name.into(), resolved, glue: Vec::new(), endpoints: Vec::new() }
    }

    /// All its addresses, by the resolver and by glue.
    #[must_use]
    pub fn addresses(&self) -> Vec<IpAddr> {
        let resolved = self.resolved.iter().flatten();
        let mut all: Vec<_> = resolved.chain(&self.glue).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Endpoint {
    /// A server at an address, with its answers.
    #[must_use]
    pub fn new(address: IpAddr, asked: Vec<Asked>) -> Self {
        Self { address, asked, again: Vec::new(), tcp: None, recursion: None, transfer: None }
    }
}

impl Asked {
    /// A question and what became of it.
    pub fn new(
        name: impl Into<String>,
        rtype: impl Into<String>,
        outcome: Result<Answer, Failure>,
    ) -> Self {
        Self { name: name.into(), rtype: rtype.into(), outcome }
    }
}

impl Answer {
    /// The data of the records of one type, whoever owns them.
    pub fn data<'a>(&'a self, rtype: &'a str) -> impl Iterator<Item = &'a str> {
        self.answers.iter().filter(move |r| r.rtype == rtype).map(|record| record.data.as_str())
    }

    /// The data of the records of one type and owner.
    pub fn data_of<'a>(&'a self, name: &'a str, rtype: &'a str) -> impl Iterator<Item = &'a str> {
        let own = move |r: &&Record| r.rtype == rtype && r.name == name;
        self.answers.iter().filter(own).map(|record| record.data.as_str())
    }
}

impl Record {
    /// A record.
    #[must_use]
    pub fn new(name: &str, rtype: &str, ttl: u32, data: &str) -> Self {
        Self { name: name.into(), rtype: rtype.into(), data: data.into(), ttl }
    }
}

/// Why an inspection could not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was given is no domain or host name.
    #[error("`{name}` is not a domain name: {reason}")]
    BadName {
        /// What was given.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What was given is no record type.
    #[error("`{rtype}` (for {name}) is not a record type that can be asked for")]
    BadType {
        /// The name it was given for.
        name: String,
        /// What was given.
        rtype: String,
    },
    /// What was given is no trust anchor.
    #[error("{reason}")]
    BadAnchor {
        /// What is wrong with it.
        reason: String,
    },
    /// The network cannot be used as it is configured.
    #[error(transparent)]
    Network(#[from] lr_net::Error),
}

impl Error {
    /// The kind that generic code understands.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::BadName { .. } | Self::BadType { .. } | Self::BadAnchor { .. } => {
                ErrorKind::Config
            }
            Self::Network(error) => error.kind(),
        }
    }
}

impl From<Error> for lr_core::CheckError {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.to_string()).with_source(error)
    }
}
