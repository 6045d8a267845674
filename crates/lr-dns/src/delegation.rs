use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::snapshot::{Answer, Snapshot};
use crate::status::{is_at_or_below, is_authoritative};

/// What one server of the parent says about the delegation of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Referral {
    /// Who says so: server name and address.
    pub(crate) by: (String, Option<IpAddr>),
    /// The zone that is delegated.
    pub(crate) zone: String,
    /// To whom, sorted.
    pub(crate) servers: Vec<String>,
    /// Addresses that came along.
    pub(crate) glue: Vec<(String, IpAddr)>,
}

/// The referrals of the parent's servers. A parent's server that also serves the zone answers from
/// the zone itself and refers to nobody.
pub(crate) fn referrals(snapshot: &Snapshot) -> Vec<Referral> {
    if let Some(zone) = snapshot.zone.clone().filter(|_| !snapshot.given.is_empty()) {
        return vec![as_given(snapshot, zone)];
    }
    let Some(parent) = snapshot.parent.as_deref() else { return Vec::new() };
    let mut referrals = Vec::new();
    for server in &snapshot.parent_servers {
        for endpoint in &server.endpoints {
            for answer in endpoint.asked.iter().filter_map(|asked| asked.outcome.as_ref().ok()) {
                let Some(zone) = referred_zone(answer, parent, &snapshot.domain) else { continue };
                let of_zone =
                    answer.authorities.iter().filter(|r| r.rtype == "NS" && r.name == zone);
                let servers: Vec<_> = of_zone.map(|record| record.data.clone()).collect();
                let glue = answer.additionals.iter();
                let glue = glue.filter(|record| servers.contains(&record.name));
                let glue = glue.filter_map(|r| Some((r.name.clone(), r.data.parse().ok()?)));
                referrals.push(Referral {
                    by: (server.name.clone(), Some(endpoint.address)),
                    zone: zone.to_owned(),
                    glue: glue.collect(),
                    servers,
                });
            }
        }
    }
    referrals
}

/// The delegation that is going to be.
fn as_given(snapshot: &Snapshot, zone: String) -> Referral {
    let mut servers: Vec<_> = snapshot.given.iter().map(|(name, _)| name.clone()).collect();
    servers.sort_unstable();
    let glue = snapshot.given.iter();
    let glue = glue.flat_map(|(name, ips)| ips.iter().map(move |ip| (name.clone(), *ip)));
    Referral { by: ("the configuration".to_owned(), None), zone, servers, glue: glue.collect() }
}

/// The zone that an answer refers to, if it lies between the parent and the domain.
fn referred_zone<'a>(answer: &'a Answer, parent: &str, domain: &str) -> Option<&'a str> {
    let is_referral =
        !answer.authoritative && answer.rcode == "NOERROR" && answer.answers.is_empty();
    let zone = answer.authorities.iter().find(|record| record.rtype == "NS")?.name.as_str();
    let between = zone != parent && is_at_or_below(zone, parent) && is_at_or_below(domain, zone);
    (is_referral && between).then_some(zone)
}

/// The name servers of a zone by the word of its own servers.
pub(crate) fn own_servers<'a>(snapshot: &'a Snapshot, zone: &'a str) -> BTreeSet<&'a str> {
    let asked = snapshot.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let asked = asked.filter(|asked| asked.name == zone && asked.rtype == "NS");
    let answers = asked.filter_map(|asked| asked.outcome.as_ref().ok());
    let told = answers.filter(|answer| is_authoritative(answer));
    told.flat_map(|answer| answer.data_of(zone, "NS")).collect()
}

/// Whether the parent has DS records for the zone (RFC 4034, section 5).
pub(crate) fn has_digest(snapshot: &Snapshot, zone: &str) -> bool {
    digests(snapshot, zone).next().is_some()
}

/// The DS records that the parent has for the zone, in presentation form.
pub(crate) fn digests<'a>(snapshot: &'a Snapshot, zone: &'a str) -> impl Iterator<Item = &'a str> {
    let endpoints = snapshot.parent_servers.iter().flat_map(|server| &server.endpoints);
    let answers =
        endpoints.flat_map(|at| &at.asked).filter_map(|asked| asked.outcome.as_ref().ok());
    let records = answers.flat_map(|answer| &answer.authorities);
    records.filter(move |r| r.rtype == "DS" && r.name == zone).map(|record| record.data.as_str())
}
