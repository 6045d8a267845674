use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::caa::{Climb, climb};
use crate::chain::Book;
use crate::dnssec::{Judgement, Traced, trace};
use crate::judge::{edge_of, provider_of};
use crate::provider::by_name_server;
use crate::snapshot::{NameServer, Role, Snapshot};
use crate::status::{Families, Status, status_from_here};

/// What DNS says about a launch, for people and scripts: the rows of a deployment map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// The domain that was asked about.
    pub domain: String,
    /// The zone that holds it.
    pub zone: Option<String>,
    /// Servers of the zone.
    pub nameservers: Vec<ServerRow>,
    /// The names that were looked at; well-known ones only if they exist.
    pub names: Vec<NameRow>,
    /// CAA records that are relevant for the domain, found on it or above it.
    pub caa: Vec<String>,
    /// The chain of trust from the root's keys to the zone, if it was asked for.
    #[serde(default)]
    pub dnssec: Option<Judgement>,
}

/// A name server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerRow {
    /// Its host name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// `authoritative`, `lame`, `dead` or `unknown`: the worst of its addresses.
    pub status: String,
}

/// A name and where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NameRow {
    /// The name.
    pub name: String,
    /// Why it was looked at.
    pub role: Role,
    /// The name, then the target of each alias.
    pub chain: Vec<String>,
    /// Addresses at the end of the chain.
    pub addresses: Vec<IpAddr>,
    /// Who hosts the DNS of the name, if known.
    pub dns_provider: Option<String>,
    /// Who serves the name, if known.
    pub provider: Option<String>,
    /// How the name stands to a proxy whose address ranges are published: `cloudflare-proxied`,
    /// `cloudflare-mixed` (some of its addresses are not the proxy's), or nothing.
    #[serde(default)]
    pub edge: Option<String>,
}

impl Summary {
    /// The summary of what was seen.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let book = Book::of(snapshot);
        let families = Families::of(snapshot);
        let host = dns_host(snapshot);
        let names = snapshot.names.iter().map(|probed| {
            let chain = book.follow(&probed.name);
            NameRow {
                name: probed.name.clone(),
                role: probed.role,
                addresses: chain.addresses().to_vec(),
                dns_provider: host.map(str::to_owned),
                provider: provider_of(&chain).map(|provider| provider.name.to_owned()),
                edge: edge_of(&chain).map(str::to_owned),
                chain: chain.links,
            }
        });
        let servers = snapshot.servers.iter().map(|server| ServerRow {
            name: server.name.clone(),
            addresses: server.addresses(),
            status: worst(server, snapshot, families).into(),
        });
        Self {
            domain: snapshot.domain.clone(),
            zone: snapshot.zone.clone(),
            nameservers: servers.collect(),
            names: names.collect(),
            caa: match climb(snapshot, &snapshot.domain) {
                Climb::Found { records, .. } => records,
                _ => Vec::new(),
            },
            dnssec: match trace(snapshot) {
                Some(Traced::Judged(judged)) => Some(judged),
                _ => None,
            },
        }
    }
}

/// The provider that all name servers belong to.
fn dns_host(snapshot: &Snapshot) -> Option<&'static str> {
    let mut hosts = snapshot.servers.iter().map(|server| by_name_server(&server.name));
    let first = hosts.next()??;
    hosts.all(|other| other.is_some_and(|other| other.name == first.name)).then_some(first.name)
}

fn worst(server: &NameServer, snapshot: &Snapshot, families: Families) -> &'static str {
    let zone = snapshot.zone.as_deref().unwrap_or_default();
    let statuses = || server.endpoints.iter().map(|at| status_from_here(at, zone, families));
    let any = |wanted: fn(&Status) -> bool| statuses().any(|status| wanted(&status));
    if any(|status| matches!(status, Status::Dead { .. })) {
        "dead"
    } else if any(|status| matches!(status, Status::Lame { .. })) {
        "lame"
    } else if any(|status| *status == Status::Authoritative) {
        "authoritative"
    } else {
        "unknown"
    }
}
