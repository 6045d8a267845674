//! What a zone's data says about a name and type: RFC 1034 section 4.3.2, with the wildcards of
//! RFC 4592. A pure function.

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{LowerName, Name, RData, Record, RecordType};

use crate::dns::data::ZoneData;

/// Longest chain of aliases that is followed within a zone.
const MAX_ALIASES: usize = 16;

/// What the data says.
#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    pub(crate) code: ResponseCode,
    pub(crate) answers: Vec<Record>,
    pub(crate) authorities: Vec<Record>,
    pub(crate) additionals: Vec<Record>,
    /// Below this cut somebody else is responsible.
    pub(crate) referral: Option<Name>,
    /// The alias target with which the answer ends and about which this zone says nothing.
    pub(crate) leaves_for: Option<Name>,
}

/// Answers from one zone. `name` must be at or below its origin; its spelling is kept.
pub(crate) fn lookup(zone: &ZoneData, name: &Name, wanted: RecordType) -> Lookup {
    let mut found = Lookup {
        code: ResponseCode::NoError,
        answers: Vec::new(),
        authorities: Vec::new(),
        additionals: Vec::new(),
        referral: None,
        leaves_for: None,
    };
    let mut name = name.clone();
    for _ in 0..MAX_ALIASES {
        let key = LowerName::from(&name);
        if let Some(cut) = cut_above(zone, &key, wanted) {
            match found.answers.is_empty() {
                true => refer(zone, &cut, &mut found),
                false => found.leaves_for = Some(name),
            }
            return found;
        }
        let Some(node) = node_for(zone, &key) else {
            found.code = ResponseCode::NXDomain;
            negative(zone, &mut found);
            return found;
        };
        let records = records_of(zone, &node, wanted);
        if !records.is_empty() {
            found.answers.extend(records.into_iter().map(|record| owned_by(record, &name)));
            add_addresses(zone, &mut found);
            return found;
        }
        let Some(alias) = zone.get(&node, RecordType::CNAME).first() else {
            negative(zone, &mut found);
            return found;
        };
        let RData::CNAME(target) = &alias.data else { return found };
        let target = target.0.clone();
        let again = found.answers.iter().any(|r| r.name.to_lowercase() == name.to_lowercase());
        if !again {
            found.answers.push(owned_by(alias.clone(), &name));
        }
        if again || !zone.origin.zone_of(&LowerName::from(&target)) {
            found.leaves_for = Some(target);
            return found;
        }
        name = target;
    }
    found.leaves_for = Some(name);
    found
}

/// The topmost delegation between the origin and the name, if the name lies at or below one. The
/// DS of a delegation is the parent's own (RFC 4035, section 3.1.4.1).
fn cut_above(zone: &ZoneData, name: &LowerName, wanted: RecordType) -> Option<LowerName> {
    let mut cut = None;
    let mut at = name.clone();
    while at != zone.origin && zone.origin.zone_of(&at) {
        let own = wanted == RecordType::DS && at == *name;
        if !own && !zone.get(&at, RecordType::NS).is_empty() {
            cut = Some(at.clone());
        }
        at = at.base_name();
    }
    cut
}

/// The node that speaks for a name: itself, or the wildcard of its closest encloser.
fn node_for(zone: &ZoneData, name: &LowerName) -> Option<LowerName> {
    if zone.exists(name) {
        return Some(name.clone());
    }
    let mut encloser = name.base_name();
    while !zone.exists(&encloser) && encloser != zone.origin && !encloser.is_root() {
        encloser = encloser.base_name();
    }
    let wildcard = LowerName::from(Name::from(encloser).prepend_label("*").ok()?);
    zone.exists(&wildcard).then_some(wildcard)
}

fn records_of(zone: &ZoneData, node: &LowerName, wanted: RecordType) -> Vec<Record> {
    match wanted {
        RecordType::ANY => zone.all(node).cloned().collect(),
        wanted => zone.get(node, wanted).to_vec(),
    }
}

fn refer(zone: &ZoneData, cut: &LowerName, found: &mut Lookup) {
    found.referral = Some(cut.clone().into());
    found.authorities = zone.get(cut, RecordType::NS).to_vec();
    for server in &found.authorities {
        if let RData::NS(host) = &server.data {
            let host = LowerName::from(&host.0);
            found.additionals.extend(zone.glue.get(&host).into_iter().flatten().cloned());
            if !zone.glue.contains_key(&host) && cut_above(zone, &host, RecordType::A).is_none() {
                let addresses = zone.all(&host).filter(|r| r.record_type().is_ip_addr());
                found.additionals.extend(addresses.cloned());
            }
        }
    }
}

/// NXDOMAIN and NODATA carry the SOA with the negative TTL (RFC 2308, section 3).
fn negative(zone: &ZoneData, found: &mut Lookup) {
    found.authorities = zone
        .get(&zone.origin, RecordType::SOA)
        .iter()
        .cloned()
        .map(|mut soa| {
            if let RData::SOA(data) = &soa.data {
                soa.ttl = soa.ttl.min(data.minimum);
            }
            soa
        })
        .collect();
}

/// Addresses of the hosts that NS and MX answers name, when this zone has them.
fn add_addresses(zone: &ZoneData, found: &mut Lookup) {
    for record in &found.answers {
        let host = match &record.data {
            RData::NS(host) => LowerName::from(&host.0),
            RData::MX(mx) => LowerName::from(&mx.exchange),
            _ => continue,
        };
        let addresses = zone.all(&host).filter(|record| record.record_type().is_ip_addr());
        found.additionals.extend(addresses.cloned());
    }
}

fn owned_by(mut record: Record, name: &Name) -> Record {
    record.name = name.clone();
    record
}
