//! What can only be asked when the first answers are there.

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;

use crate::chain::{Book, End, exists};
use crate::compare::disagreements;
use crate::config::Plan;
use crate::inspect::Question;
use crate::inspect::asker::{Asker, How};
use crate::snapshot::{Answer, Role, Snapshot};
use crate::status::{is_at_or_below, is_authoritative};

/// What is kept of an answer, and where.
enum Place {
    Asked,
    Again,
    Recursion,
    Transfer,
}

/// A question to one server of the zone.
struct Errand {
    server: String,
    address: IpAddr,
    question: Question,
    how: How,
    place: Place,
}

/// A name that every resolver finds, and that is none of the zone's.
const ELSEWHERE: &str = "a.root-servers.net";

/// Asks the zone's servers what follows from their first answers, and the resolver what they could
/// not tell.
pub(super) async fn ask(asker: &Asker, seen: &mut Snapshot, plan: &Plan) {
    let mut errands = missing(seen, plan);
    errands.extend(probes(seen, plan));
    errands.extend(signatures(seen));
    errands.extend(again(seen));
    let questions = for_the_resolver(seen, plan);
    let asked = join_all(errands.iter().map(|errand| async move {
        let peer = asker.peer(&errand.server, errand.address);
        asker.ask(&peer, &errand.question.0, errand.question.1, errand.how).await
    }));
    let told = asker.look_up(&seen.resolver, questions);
    let (asked, told, ()) =
        futures_util::join!(asked, told, super::trust::by_resolver(asker, seen));
    seen.resolver.extend(told);
    for (errand, asked) in errands.iter().zip(asked) {
        let endpoints = seen.servers.iter_mut().flat_map(|server| &mut server.endpoints);
        for endpoint in endpoints.filter(|endpoint| endpoint.address == errand.address) {
            match errand.place {
                Place::Asked => endpoint.asked.push(asked.clone()),
                Place::Again => endpoint.again.push(asked.clone()),
                Place::Recursion => endpoint.recursion = Some(asked.clone()),
                Place::Transfer => endpoint.transfer = Some(asked.clone()),
            }
        }
    }
}

/// The servers that answer with authority, each once, at the address where they were asked most.
fn good(seen: &Snapshot) -> Vec<(String, IpAddr)> {
    let mut good: Vec<(String, IpAddr)> = Vec::new();
    for (server, endpoint) in seen.endpoints() {
        let mut answers = endpoint.asked.iter().filter_map(|a| a.outcome.as_ref().ok());
        let twice = good.iter().any(|(name, at)| *name == server.name || *at == endpoint.address);
        if !twice && answers.any(is_authoritative) {
            good.push((server.name.clone(), endpoint.address));
        }
    }
    good
}

/// Whether one of the zone's servers has answered this with authority.
fn is_told(seen: &Snapshot, name: &str, rtype: RecordType) -> bool {
    told(seen, name, rtype).next().is_some()
}

fn told<'a>(
    seen: &'a Snapshot,
    name: &'a str,
    rtype: RecordType,
) -> impl Iterator<Item = &'a Answer> {
    let rtype = rtype.to_string();
    let all = seen.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let mine = all.filter(move |asked| asked.name == name && asked.rtype == rtype);
    mine.filter_map(|asked| asked.outcome.as_ref().ok()).filter(|answer| is_authoritative(answer))
}

/// What one server is enough for, each time another one: IPv6 addresses of names that exist, what
/// may stand beside an alias, mail hosts inside the zone.
fn missing(seen: &Snapshot, plan: &Plan) -> Vec<Errand> {
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
    for host in mail_hosts(seen, &plan.domain) {
        want(&host, RecordType::A);
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

/// Servers that offer recursion are asked whether they mean it; all are asked for the zone if that
/// is wanted.
fn probes(seen: &Snapshot, plan: &Plan) -> Vec<Errand> {
    let mut errands = Vec::new();
    let mut known = BTreeSet::new();
    for (server, endpoint) in seen.endpoints().filter(|(_, at)| known.insert(at.address)) {
        let mut answers = endpoint.asked.iter().filter_map(|a| a.outcome.as_ref().ok()).peekable();
        if answers.peek().is_none() {
            continue;
        }
        let mut errand = |name: &str, rtype, how, place| {
            errands.push(Errand {
                server: server.name.clone(),
                address: endpoint.address,
                question: (name.to_owned(), rtype),
                how,
                place,
            });
        };
        if answers.any(|answer| answer.recursion_available) {
            let how = How { recursive: true, ..How::default() };
            errand(ELSEWHERE, RecordType::A, how, Place::Recursion);
        }
        if let Some(zone) = seen.zone.as_deref().filter(|_| plan.transfer) {
            let how = How { tcp: true, plain: true, ..How::default() };
            errand(zone, RecordType::AXFR, how, Place::Transfer);
        }
    }
    errands
}

/// The keys of a zone that is signed, or that its parent takes for signed.
fn signatures(seen: &Snapshot) -> Vec<Errand> {
    let Some(zone) = seen.zone.as_deref() else { return Vec::new() };
    if !crate::delegation::has_digest(seen, zone) {
        return Vec::new();
    }
    let how = How { dnssec: true, ..How::default() };
    let errand = |(server, address)| Errand {
        server,
        address,
        question: (zone.to_owned(), RecordType::DNSKEY),
        how,
        place: Place::Asked,
    };
    good(seen).into_iter().map(errand).collect()
}

/// Asks once more where servers disagree, one server for each answer: those that change their own
/// answer from one question to the next balance load, and do not contradict each other.
fn again(seen: &Snapshot) -> Vec<Errand> {
    let mut errands = Vec::new();
    for disagreement in disagreements(seen) {
        let Ok(rtype) = disagreement.rtype.parse::<RecordType>() else { continue };
        for (server, address) in disagreement.first_of_each() {
            errands.push(Errand {
                server,
                address,
                question: (disagreement.name.clone(), rtype),
                how: How::default(),
                place: Place::Again,
            });
        }
    }
    errands
}

/// What the zone's servers could not tell, or what is not theirs to tell.
fn for_the_resolver(seen: &Snapshot, plan: &Plan) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    let book = Book::of(seen);
    for probed in &plan.names {
        let name = || probed.name.clone();
        if !is_told(seen, &probed.name, RecordType::A) {
            questions.push((name(), RecordType::A));
            questions.push((
                name(),
                match probed.role {
                    Role::WellKnown => RecordType::CNAME,
                    _ => RecordType::AAAA,
                },
            ));
            if matches!(probed.role, Role::Domain | Role::Www) {
                questions.push((name(), RecordType::CAA));
            }
        }
        let chain = book.follow(&probed.name);
        if chain.is_alias() && matches!(chain.end, End::Unknown(..)) {
            let last = || chain.last().to_owned();
            questions.push((last(), RecordType::A));
            questions.push((last(), RecordType::AAAA));
            if matches!(probed.role, Role::Domain | Role::Www) {
                questions.push((last(), RecordType::CAA));
            }
        }
    }
    for (name, rtype) in &plan.questions {
        let whole = told(seen, name, *rtype).any(|answer| {
            let alias = answer.data("CNAME").next().is_some();
            !alias
                || *rtype == RecordType::CNAME
                || answer.data(&rtype.to_string()).next().is_some()
        });
        if !whole {
            questions.push((name.clone(), *rtype));
        }
    }
    let zone = seen.zone.as_deref();
    if zone.is_none_or(|zone| !is_told(seen, zone, RecordType::MX)) {
        questions.push((plan.domain.clone(), RecordType::MX));
    }
    for host in mail_hosts(seen, &plan.domain) {
        if !is_told(seen, &host, RecordType::A) && zone.is_none_or(|z| !is_at_or_below(&host, z)) {
            questions.push((host, RecordType::A));
        }
    }
    // An issuer climbs the tree up to the top-level domain (RFC 8659, section 3), unless there are
    // records on the way.
    let own = told(seen, &plan.domain, RecordType::CAA).any(|a| a.data("CAA").next().is_some());
    if !own {
        let ancestors = super::zone::suffixes(&plan.domain).skip(1);
        questions.extend(ancestors.map(|suffix| (suffix.to_owned(), RecordType::CAA)));
    }
    questions
}
