//! What one server is enough for, when it is known which of them are good.

use std::collections::BTreeSet;
use std::net::IpAddr;

use hickory_proto::rr::RecordType;

use crate::chain::{Book, End, exists};
use crate::config::{Plan, SERVICES, SIP_OVER_TLS};
use crate::inspect::Question;
use crate::inspect::asker::How;
use crate::inspect::later::{Errand, Place, good, is_told, told};
use crate::snapshot::{Answer, Role, Snapshot};
use crate::status::is_at_or_below;

/// What one server is enough for, each time another one: IPv6 addresses of names that exist, what
/// may stand beside an alias, mail hosts inside the zone, services.
pub(super) fn missing(seen: &Snapshot, plan: &Plan) -> Vec<Errand> {
    let (Some(zone), good) = (seen.zone.as_deref(), good(seen)) else { return Vec::new() };
    if good.is_empty() {
        return Vec::new();
    }
    let book = Book::of(seen);
    let mut wanted: Vec<Question> = Vec::new();
    let mut want = |name: &str, rtype: RecordType| {
        let question = (name.to_owned(), rtype);
        let inside = is_at_or_below(name, zone);
        if inside && !is_told(seen, name, rtype) && !wanted.contains(&question) {
            wanted.push(question);
        }
    };
    for probed in &plan.names {
        let chain = book.follow(&probed.name);
        if exists(&chain) == Some(false) {
            continue;
        }
        // What a server that turned out to be none was asked for.
        want(&probed.name, RecordType::A);
        // Beside an alias there is nothing to be; what there is nevertheless shows.
        want(&probed.name, if chain.is_alias() { RecordType::TXT } else { RecordType::AAAA });
        for link in chain.links.iter().skip(1) {
            want(link, RecordType::A);
            want(link, RecordType::AAAA);
        }
        if matches!(probed.role, Role::Domain | Role::Www) && !chain.is_alias() {
            want(&probed.name, RecordType::CAA);
        }
        if matches!(probed.role, Role::Www) && chain.is_alias() {
            want(chain.last(), RecordType::CAA);
        }
    }
    want(&plan.domain, RecordType::MX);
    want(&plan.domain, RecordType::CAA);
    for host in mail_hosts(seen, &plan.domain) {
        want(&host, RecordType::A);
    }
    let all_exist = all_exist(plan, &book);
    if let Some(probe) = &seen.wildcard_probe {
        want(probe, RecordType::A);
        if all_exist {
            want(probe, RecordType::AAAA);
        }
    }
    if is_proxied(&book, &plan.domain) {
        want(&plan.domain, RecordType::TXT);
    }
    for (protocol, services) in SERVICES {
        let below = format!("{protocol}.{}", plan.domain);
        // A name that has names below it, and that no wildcard has made up.
        let stands = |answer: &Answer| answer.rcode == "NOERROR" && answer.answers.is_empty();
        if !all_exist && told(seen, &below, RecordType::A).any(stands) {
            for service in services {
                want(&format!("{service}.{below}"), RecordType::SRV);
            }
            want(&format!("{SIP_OVER_TLS}.{}", plan.domain), RecordType::SRV);
        }
    }
    let turns = wanted.into_iter().zip(good.iter().cycle());
    let errand = |(question, (server, address)): (Question, &(String, IpAddr))| Errand {
        server: server.clone(),
        address: *address,
        question,
        how: How::default(),
        place: Place::Asked,
    };
    turns.map(errand).collect()
}

/// Whether every name seems to exist, by a wildcard of another type or because missing names are
/// denied in few words (RFC 9824): then a name without records says nothing about names below it.
fn all_exist(plan: &Plan, book: &Book<'_>) -> bool {
    let well_known = plan.names.iter().filter(|probed| probed.role == Role::WellKnown);
    let ends: Vec<_> = well_known.map(|probed| book.follow(&probed.name).end).collect();
    ends.contains(&End::NoAddress) && !ends.contains(&End::Missing)
}

/// Whether the site stands behind a proxy, so that what else leads to its machine matters.
fn is_proxied(book: &Book<'_>, domain: &str) -> bool {
    [domain.to_owned(), format!("www.{domain}")]
        .iter()
        .any(|name| crate::judge::edge_of(&book.follow(name)).is_some())
}

/// Hosts that the SRV records of a domain name (RFC 2782: a lone dot names none).
pub(super) fn service_hosts(seen: &Snapshot) -> BTreeSet<String> {
    let asked = seen.endpoints().flat_map(|(_, endpoint)| &endpoint.asked).chain(&seen.resolver);
    let answers =
        asked.filter(|a| a.rtype == "SRV").filter_map(|asked| asked.outcome.as_ref().ok());
    let data = answers.flat_map(|answer| answer.data("SRV"));
    let hosts = data.filter_map(|data| data.rsplit_once(' ').map(|(_, host)| host.to_owned()));
    hosts.filter(|host| !host.is_empty() && host != ".").take(MAX_HOSTS).collect()
}

/// Hosts that the MX records of a domain name.
pub(super) fn mail_hosts(seen: &Snapshot, domain: &str) -> BTreeSet<String> {
    let by_server = told(seen, domain, RecordType::MX);
    let by_resolver = seen.resolver.iter().filter(|a| a.name == domain && a.rtype == "MX");
    let by_resolver = by_resolver.filter_map(|asked| asked.outcome.as_ref().ok());
    let data = by_server.chain(by_resolver).flat_map(|answer| answer.data("MX"));
    let hosts = data.filter_map(|data| data.split_once(' ').map(|(_, host)| host.to_owned()));
    hosts.filter(|host| !host.is_empty() && host != ".").take(MAX_HOSTS).collect()
}

/// Most mail hosts that are looked at.
const MAX_HOSTS: usize = 8;
