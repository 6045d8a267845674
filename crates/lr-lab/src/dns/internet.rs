//! From zones to name servers: parents, delegations, glue and who serves what.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use hickory_proto::rr::rdata::{A, AAAA, NS};
use hickory_proto::rr::{LowerName, Name, RData, Record, RecordType};

use crate::Error;
use crate::dns::authority::{Authority, Scoped, Served};
use crate::dns::data::ZoneData;
use crate::dns::fault::{Armed, Fault};
use crate::dns::name::{fqdn, host, is_at_or_below, text};
use crate::dns::signing::Signer;
use crate::dns::zone::{Delegation, Zone};
use crate::net::addresses::Pool;

/// All authoritative servers by nominal address.
#[derive(Debug)]
pub(crate) struct Internet {
    pub(crate) servers: BTreeMap<IpAddr, Arc<Authority>>,
    pub(crate) roots: Vec<IpAddr>,
    /// Every address that some record of some server names.
    pub(crate) mentioned: BTreeSet<IpAddr>,
    zones: Vec<(Zone, ZoneData)>,
}

impl Internet {
    pub(crate) fn new(zones: Vec<Zone>, pool: &mut Pool) -> Result<Self, Error> {
        let mut zones: Vec<_> = with_parents(zones)
            .into_iter()
            .map(|zone| zone.base().map(|data| (zone, data)))
            .collect::<Result<_, _>>()?;
        zones.iter().flat_map(|(_, data)| data.iter()).filter_map(address).for_each(|ip| {
            pool.take(ip);
        });
        for (zone, data) in &mut zones {
            add_defaults(zone, data, pool)?;
        }
        let mut signers = BTreeMap::new();
        for (zone, data) in &mut zones {
            if let Some(signing) = zone.signing {
                let signer = Signer::new(data.origin.clone().into(), signing)?;
                signer.keys().into_iter().for_each(|keys| data.add(keys));
                signers.insert(data.origin.clone(), Arc::new(signer));
            }
        }
        let book = Book::new(&zones);
        for index in 0..zones.len() {
            let signer = signers.get(&zones[index].1.origin).map(|signer| &**signer);
            delegate(index, &mut zones, &book, signer)?;
        }

        let mut servers: BTreeMap<IpAddr, Authority> = BTreeMap::new();
        let mut mentioned = BTreeSet::new();
        for (zone, base) in &zones {
            for server in servers_of(zone, base) {
                let data = Arc::new(zone.on(&server, base)?);
                mentioned.extend(data.iter().filter_map(address));
                for address in book.addresses(&server) {
                    let served = Served {
                        data: data.clone(),
                        faults: faults(zone, &server)?,
                        signer: signers.get(&data.origin).cloned(),
                    };
                    let name = server.clone();
                    let zones = Vec::new();
                    let server = Authority { name, address, zones };
                    servers.entry(address).or_insert(server).zones.push(served);
                }
            }
            mentioned.extend(zone.glue.iter().map(|(_, address)| *address));
        }
        mentioned.extend(servers.keys());
        let roots = ROOTS.iter().flat_map(|(name, _, _)| book.addresses(name)).collect();
        let servers = servers.into_iter().map(|(ip, server)| (ip, Arc::new(server))).collect();
        Ok(Self { servers, roots, mentioned, zones })
    }

    /// The zone that has a host, if the lab has one below the top-level domains.
    pub(crate) fn covers(zones: &[Zone], name: &str) -> bool {
        zones.iter().any(|zone| is_at_or_below(name, &zone.origin))
    }

    /// The addresses of a host by the undisturbed data of the zones, aliases followed.
    pub(crate) fn addresses(&self, name: &str) -> Vec<IpAddr> {
        let mut name = fqdn(name);
        let mut found = Vec::new();
        for _ in 0..8 {
            let Some(at) = name.take() else { break };
            let key = host(&at.to_ascii());
            let zone = self
                .zones
                .iter()
                .filter(|(zone, _)| is_at_or_below(&key, &zone.origin))
                .max_by_key(|(_, data)| data.origin.num_labels());
            let Some((_, data)) = zone else { break };
            for wanted in [RecordType::A, RecordType::AAAA] {
                let answer = crate::dns::answer::lookup(data, &at, wanted);
                found.extend(answer.answers.iter().filter_map(address));
                name = answer.leaves_for;
            }
            if !found.is_empty() {
                break;
            }
        }
        found
    }

    /// The addresses of a name server.
    pub(crate) fn server_addresses(&self, name: &str) -> Vec<IpAddr> {
        let glue = self.zones.iter().flat_map(|(zone, _)| &zone.glue);
        let stale = glue.filter(|(server, _)| server == name).map(|(_, address)| *address);
        self.addresses(name).into_iter().chain(stale).collect()
    }
}

const ROOTS: [(&str, &str, &str); 2] = [
    ("a.root-servers.net", "11.0.53.4", "2a0e:b107:a::53"),
    ("b.root-servers.net", "11.1.53.4", "2a0e:b107:b::53"),
];

/// Adds the top-level domains of all zones, and the root.
fn with_parents(mut zones: Vec<Zone>) -> Vec<Zone> {
    let tlds: BTreeSet<_> = zones
        .iter()
        .filter_map(|zone| zone.origin.rsplit('.').next().filter(|tld| !tld.is_empty()))
        .map(str::to_owned)
        .collect();
    for tld in tlds {
        if !zones.iter().any(|zone| zone.origin == tld) {
            zones.push(Zone::new(&tld).records("@ 86400 NS a.nic\n@ 86400 NS b.nic"));
        }
    }
    if !zones.iter().any(|zone| zone.origin == ".") {
        let records: String = ROOTS
            .iter()
            .map(|(name, v4, v6)| {
                format!("@ 86400 NS {name}.\n{name}. A {v4}\n{name}. AAAA {v6}\n")
            })
            .collect();
        zones.push(Zone::new(".").records(&records));
    }
    zones
}

/// Name servers and an SOA for zones that say nothing about them.
fn add_defaults(zone: &Zone, data: &mut ZoneData, pool: &mut Pool) -> Result<(), Error> {
    let origin = data.origin.clone();
    if data.get(&origin, RecordType::NS).is_empty() && !zone.has_removed(RecordType::NS) {
        for record in zone.parse("@ 3600 NS ns1\n@ 3600 NS ns2")? {
            data.add(record);
        }
    }
    if data.get(&origin, RecordType::SOA).is_empty() && !zone.has_removed(RecordType::SOA) {
        let server =
            data.get(&origin, RecordType::NS).first().map(|record| record.data.to_string());
        let server = server.unwrap_or_else(|| "ns1".to_owned());
        let soa = format!("@ 3600 SOA {server} hostmaster 2026112101 7200 3600 1209600 300");
        for record in zone.parse(&soa)? {
            data.add(record);
        }
    }
    let inside: Vec<LowerName> = data
        .get(&origin, RecordType::NS)
        .iter()
        .filter_map(name_server)
        .filter(|server| origin.zone_of(server) && !data.exists(server))
        .collect();
    for server in inside {
        let (v4, v6) = pool.pair();
        let name = Name::from(server);
        data.add(Record::from_rdata(name.clone(), 3600, RData::A(A(v4))));
        data.add(Record::from_rdata(name, 3600, RData::AAAA(AAAA(v6))));
    }
    Ok(())
}

/// Puts the NS records of a zone, and glue, into its parent.
fn delegate(
    index: usize,
    zones: &mut [(Zone, ZoneData)],
    book: &Book,
    signer: Option<&Signer>,
) -> Result<(), Error> {
    let (zone, data) = &zones[index];
    if zone.origin == "." {
        return Ok(());
    }
    let servers = match &zone.delegation {
        Delegation::Own => {
            let own = data.get(&data.origin, RecordType::NS).iter().filter_map(name_server);
            own.map(|name| text(&name)).collect()
        }
        Delegation::To(servers) => servers.clone(),
        Delegation::Absent => return Ok(()),
    };
    let glue_override = zone.glue.clone();
    let origin = Name::from(data.origin.clone());
    let child = zone.origin.clone();
    let parent = zones
        .iter_mut()
        .filter(|(zone, _)| zone.origin != child && is_at_or_below(&child, &zone.origin))
        .max_by_key(|(_, data)| data.origin.num_labels());
    let Some((parent, parent_data)) = parent else { return Ok(()) };
    signer.and_then(Signer::delegation).into_iter().for_each(|ds| parent_data.add(ds));
    for server in servers {
        let name = fqdn(&server).ok_or_else(|| Error::Unknown(format!("`{server}` is no name")))?;
        let ns = RData::NS(NS(name.clone()));
        parent_data.add(Record::from_rdata(origin.clone(), 3600, ns));
        let wrong: Vec<_> =
            glue_override.iter().filter(|(host, _)| *host == server).map(|(_, ip)| *ip).collect();
        if wrong.is_empty() && !is_at_or_below(&server, &parent.origin) {
            continue;
        }
        let addresses = if wrong.is_empty() { book.addresses(&server) } else { wrong };
        let glue =
            addresses.into_iter().map(|ip| Record::from_rdata(name.clone(), 3600, rdata(ip)));
        let glue: Vec<_> = glue.collect();
        if !glue.is_empty() {
            parent_data.glue.insert(LowerName::from(&name), glue);
        }
    }
    Ok(())
}

/// Everyone who serves a zone: by its own word, by its parent's, or by a fault given to it.
fn servers_of(zone: &Zone, data: &ZoneData) -> BTreeSet<String> {
    let own = data.get(&data.origin, RecordType::NS).iter().filter_map(name_server);
    let delegated = match &zone.delegation {
        Delegation::To(servers) => servers.clone(),
        _ => Vec::new(),
    };
    own.map(|name| text(&name)).chain(delegated).collect()
}

fn faults(zone: &Zone, server: &str) -> Result<Vec<Scoped>, Error> {
    let whole = zone.faults.iter().filter(|(name, _)| name == server || name == "*");
    let whole = whole.map(|(_, fault)| (None, fault));
    let named = zone.name_faults.iter().map(|(name, kind, fault)| {
        let only = (LowerName::from(zone.name(name)?), zone.record_type(kind)?);
        Ok::<_, Error>((Some(only), fault))
    });
    whole
        .map(Ok)
        .chain(named)
        .map(|scoped| {
            let (only, fault) = scoped?;
            let lies = match fault {
                Fault::Lie(lines) => zone.parse(lines)?,
                _ => Vec::new(),
            };
            Ok(Scoped { only, armed: Arc::new(Armed::new(fault.clone())), lies })
        })
        .collect()
}

/// Addresses of hosts by the zones' own data. Aliases count, so that a name server whose name is an
/// alias (which RFC 2181, section 10.3, forbids) serves as it does in the wild.
#[derive(Default)]
struct Book {
    addresses: BTreeMap<String, Vec<IpAddr>>,
    aliases: BTreeMap<String, String>,
}

impl Book {
    fn new(zones: &[(Zone, ZoneData)]) -> Self {
        let mut book = Self::default();
        for record in zones.iter().flat_map(|(_, data)| data.iter()) {
            let name = text(&record.name);
            if let Some(ip) = address(record) {
                book.addresses.entry(name).or_default().push(ip);
            } else if let RData::CNAME(target) = &record.data {
                book.aliases.insert(name, text(&target.0));
            }
        }
        book
    }

    fn addresses(&self, name: &str) -> Vec<IpAddr> {
        let aliases =
            std::iter::successors(Some(name), |name| self.aliases.get(*name).map(String::as_str));
        aliases.take(8).find_map(|name| self.addresses.get(name)).cloned().unwrap_or_default()
    }
}

fn name_server(record: &Record) -> Option<LowerName> {
    match &record.data {
        RData::NS(name) => Some(LowerName::from(&name.0)),
        _ => None,
    }
}

fn address(record: &Record) -> Option<IpAddr> {
    record.data.ip_addr()
}

fn rdata(address: IpAddr) -> RData {
    match address {
        IpAddr::V4(v4) => RData::A(A(v4)),
        IpAddr::V6(v6) => RData::AAAA(AAAA(v6)),
    }
}
