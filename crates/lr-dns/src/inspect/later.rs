//! What can only be asked when the first answers are there.

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::future::join_all;
use hickory_proto::rr::RecordType;

use crate::chain::{Book, End};
use crate::compare::disagreements;
use crate::config::Plan;
use crate::inspect::Question;
use crate::inspect::asker::{Asker, How};
use crate::inspect::missing::{mail_hosts, missing};
use crate::snapshot::{Answer, Asked, Role, Snapshot};
use crate::status::{is_at_or_below, is_authoritative};

/// What is kept of an answer, and where.
pub(super) enum Place {
    Asked,
    Again,
    Recursion,
    Transfer,
}

/// A question to one server of the zone.
pub(super) struct Errand {
    pub(super) server: String,
    pub(super) address: IpAddr,
    pub(super) question: Question,
    pub(super) how: How,
    pub(super) place: Place,
}

/// A name that every resolver finds, and that is none of the zone's.
const ELSEWHERE: &str = "a.root-servers.net";

/// Asks the zone's servers what follows from their first answers, and the resolver what they could
/// not tell.
pub(super) async fn ask(asker: &Asker, seen: &mut Snapshot, plan: &Plan) {
    probe_otherwise(seen, plan);
    let mut errands = missing(seen, plan);
    errands.extend(probes(seen, plan));
    errands.extend(signatures(seen));
    errands.extend(again(seen));
    let mut questions = for_the_resolver(seen, plan);
    questions.extend(super::servers::unresolved(seen, |_| true));
    let asked = run(asker, &errands);
    let told = asker.look_up(&seen.resolver, questions);
    let (asked, told, (), (below, of_below)) = futures_util::join!(
        asked,
        told,
        super::trust::by_resolver(asker, seen),
        super::below::look(asker, seen)
    );
    seen.zones_below = below;
    seen.resolver.extend(told);
    super::keep_new(seen, of_below);
    keep(seen, &errands, asked);
}

/// A label that nobody would create.
const NOBODY: &str = "launch-ready-asks-for-nobody";

/// Where the name that was asked for to find a wildcard exists, another one tells.
fn probe_otherwise(seen: &mut Snapshot, plan: &Plan) {
    let probe = seen.wildcard_probe.clone().unwrap_or_default();
    let exists = told(seen, &probe, RecordType::A).any(|answer| answer.rcode == "NOERROR");
    if exists {
        seen.wildcard_probe = Some(format!("{NOBODY}.{}", plan.domain));
    }
}

async fn run(asker: &Asker, errands: &[Errand]) -> Vec<Asked> {
    join_all(errands.iter().map(|errand| async move {
        let peer = asker.peer(&errand.server, errand.address);
        asker.ask(&peer, &errand.question.0, errand.question.1, errand.how).await
    }))
    .await
}

fn keep(seen: &mut Snapshot, errands: &[Errand], asked: Vec<Asked>) {
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
pub(super) fn good(seen: &Snapshot) -> Vec<(String, IpAddr)> {
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
pub(super) fn is_told(seen: &Snapshot, name: &str, rtype: RecordType) -> bool {
    told(seen, name, rtype).next().is_some()
}

pub(super) fn told<'a>(
    seen: &'a Snapshot,
    name: &'a str,
    rtype: RecordType,
) -> impl Iterator<Item = &'a Answer> {
    let rtype = rtype.to_string();
    let all = seen.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let mine = all.filter(move |asked| asked.name == name && asked.rtype == rtype);
    mine.filter_map(|asked| asked.outcome.as_ref().ok()).filter(|answer| is_authoritative(answer))
}

/// Whether a server refers to others for a name: it lies in a zone below this one.
fn is_elsewhere(seen: &Snapshot, name: &str) -> bool {
    let asked = seen.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let mut answers = asked.filter(|a| a.name == name).filter_map(|a| a.outcome.as_ref().ok());
    answers.any(|answer| {
        let refers = answer.authorities.iter().any(|record| record.rtype == "NS");
        refers && !answer.authoritative && answer.rcode == "NOERROR"
    })
}

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
/// answer from one question to the next balance load, and do not contradict each other. And where a
/// server that knows the zone has refused to answer.
fn again(seen: &Snapshot) -> Vec<Errand> {
    let mut errands = Vec::new();
    let mut ask = |server: &str, address: IpAddr, name: &str, rtype: &str| {
        let Ok(rtype) = rtype.parse::<RecordType>() else { return };
        errands.push(Errand {
            server: server.to_owned(),
            address,
            question: (name.to_owned(), rtype),
            how: How::default(),
            place: Place::Again,
        });
    };
    for disagreement in disagreements(seen) {
        for (server, address) in disagreement.first_of_each() {
            // Of two answers in turn, chance gives the same one twice half of the time.
            for _ in 0..TURNS {
                ask(&server, address, &disagreement.name, &disagreement.rtype);
            }
        }
    }
    for (server, endpoint) in seen.endpoints() {
        let mut answers = endpoint.asked.iter().filter_map(|asked| asked.outcome.as_ref().ok());
        if !answers.any(is_authoritative) {
            continue;
        }
        let refused = endpoint.asked.iter().filter(|asked| {
            asked.outcome.as_ref().is_ok_and(|answer| crate::judge::refusal(answer).is_some())
        });
        for asked in refused {
            ask(&server.name, endpoint.address, &asked.name, &asked.rtype);
        }
    }
    errands.truncate(MAX_AGAIN);
    errands
}

/// How often those who disagree are asked again.
const TURNS: usize = 3;

/// Most questions that are asked again.
const MAX_AGAIN: usize = 32;

/// What the zone's servers could not tell, or what is not theirs to tell.
fn for_the_resolver(seen: &Snapshot, plan: &Plan) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    let book = Book::of(seen);
    let good = !good(seen).is_empty();
    let zone = seen.zone.as_deref();
    for probed in &plan.names {
        let name = || probed.name.clone();
        // Servers of the zone that work are asked before the resolver is.
        let theirs = good && zone.is_some_and(|zone| is_at_or_below(&probed.name, zone));
        let spared = theirs && probed.role == Role::WellKnown && !is_elsewhere(seen, &probed.name);
        if !spared && !is_told(seen, &probed.name, RecordType::A) {
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
