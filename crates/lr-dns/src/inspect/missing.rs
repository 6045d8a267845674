//! What one server is enough for, when it is known which of them are good.

use std::collections::BTreeSet;
use std::net::IpAddr;

use hickory_proto::rr::RecordType;

use crate::chain::{Book, End, exists};
use crate::config::{Plan, SERVICES};
use crate::inspect::Question;
use crate::inspect::asker::How;
use crate::inspect::later::{Errand, Place, good, is_told, told};
use crate::snapshot::{Role, Snapshot};
use crate::status::is_at_or_below;

/// What one server is enough for, each time another one: IPv6 addresses of names that exist, what
/// may stand beside an alias, mail hosts inside the zone, services; and well-known names that turned
/// out to exist, by the servers that were not asked for them.
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
        // Beside an alias there is nothing to be; what there is nevertheless shows. Of names that
        // nobody has given, IPv4 addresses are enough.
        let enough = probed.role == Role::WellKnown && matches!(chain.end, End::Addresses(_));
        if chain.is_alias() {
            want(&probed.name, RecordType::TXT);
        } else if !enough {
            want(&probed.name, RecordType::AAAA);
        }
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
    if let Some(probe) = &seen.wildcard_probe {
        want(probe, RecordType::A);
    }
    if is_proxied(&book, &plan.domain) {
        want(&plan.domain, RecordType::TXT);
    }
    for (protocol, services) in SERVICES {
        let below = format!("{protocol}.{}", plan.domain);
        if told(seen, &below, RecordType::A).any(|answer| answer.rcode == "NOERROR") {
            services
                .iter()
                .for_each(|service| want(&format!("{service}.{below}"), RecordType::SRV));
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
    let mut errands: Vec<_> = turns.map(errand).collect();
    errands.extend(
        elsewhere(seen, plan, &good, &book)
            .iter()
            .map(|(question, at)| errand((question.clone(), at))),
    );
    errands
}

/// Well-known names were asked for at one server each: those that exist, at the others too.
fn elsewhere(
    seen: &Snapshot,
    plan: &Plan,
    good: &[(String, IpAddr)],
    book: &Book<'_>,
) -> Vec<(Question, (String, IpAddr))> {
    let zone = seen.zone.as_deref().unwrap_or_default();
    let mut questions = Vec::new();
    for probed in plan.names.iter().filter(|probed| probed.role == Role::WellKnown) {
        let inside =
            is_at_or_below(&probed.name, zone) && is_told(seen, &probed.name, RecordType::A);
        if !inside || exists(&book.follow(&probed.name)) == Some(false) {
            continue;
        }
        for (server, address) in good {
            let own = seen.endpoints().filter(|(_, endpoint)| endpoint.address == *address);
            let mut asked = own.flat_map(|(_, endpoint)| &endpoint.asked);
            if !asked.any(|asked| asked.name == probed.name && asked.rtype == "A") {
                let question = (probed.name.clone(), RecordType::A);
                questions.push((question, (server.clone(), *address)));
            }
        }
    }
    questions
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
