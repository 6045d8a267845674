//! Whether servers that answer differently, each steadily, mean to: for load or place of visitors.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::compare::Disagreement;
use crate::provider::{by_address, by_name, by_name_server};
use crate::snapshot::Snapshot;

/// Longest time to live of answers that are made for the moment, in seconds.
const MOMENTARY: u32 = 60;

/// Why it looks as if different answers were meant; `None` where they look like a mistake.
pub(super) fn balances(snapshot: &Snapshot, question: &Disagreement<'_>) -> Option<String> {
    let kind = question.rtype.as_str();
    // Only addresses, and aliases on the way to them, are balanced; and somebody who balances has
    // an answer everywhere.
    if !matches!(kind, "A" | "AAAA" | "CNAME") || question.groups.iter().any(|(d, _)| d.is_empty())
    {
        return None;
    }
    if let Some(host) = dns_host(snapshot) {
        return Some(format!("all name servers are {host}'s, which can answer by place and load"));
    }
    if let Some(provider) = served_by(question) {
        return Some(format!("all answers lead to {provider}"));
    }
    if are_shares(question) {
        return Some("each server gives as many addresses out of one set".to_owned());
    }
    let lives = ttl(snapshot, question)?;
    (lives <= MOMENTARY && is_one_network(question))
        .then(|| format!("all answers are of one network and live for {lives} s at most"))
}

/// The DNS host to whom all servers belong: its servers do not fall behind one by one.
fn dns_host(snapshot: &Snapshot) -> Option<&'static str> {
    let mut hosts = snapshot.servers.iter().map(|server| by_name_server(&server.name));
    let first = hosts.next()??;
    hosts.all(|other| other.is_some_and(|other| other.name == first.name)).then_some(first.name)
}

fn served_by(question: &Disagreement<'_>) -> Option<&'static str> {
    let data = question.groups.iter().flat_map(|(data, _)| data);
    let mut providers = data.map(|text| match text.parse::<IpAddr>() {
        Ok(address) => by_address(address),
        Err(_) => by_name(text),
    });
    let first = providers.next()??;
    providers.all(|other| other.is_some_and(|o| o.name == first.name)).then_some(first.name)
}

/// Several addresses in each answer, as many in all; and none of the answers apart from the others,
/// or all of them in one network.
fn are_shares(question: &Disagreement<'_>) -> bool {
    let sets: Vec<&BTreeSet<&str>> = question.groups.iter().map(|(data, _)| data).collect();
    let count = sets.first().map_or(0, |first| first.len());
    count > 1
        && sets.iter().all(|set| set.len() == count)
        && (sets.windows(2).all(|pair| !pair[0].is_disjoint(pair[1])) || is_one_network(question))
}

/// The longest time to live of what was answered.
fn ttl(snapshot: &Snapshot, question: &Disagreement<'_>) -> Option<u32> {
    let asked = snapshot.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let asked = asked.filter(|a| a.name == question.name && a.rtype == question.rtype);
    let answers = asked.filter_map(|asked| asked.outcome.as_ref().ok());
    answers.flat_map(|answer| &answer.answers).map(|record| record.ttl).max()
}

/// One /16 of IPv4, or one /32 of IPv6: what a provider has in one place.
fn is_one_network(question: &Disagreement<'_>) -> bool {
    let data = question.groups.iter().flat_map(|(data, _)| data);
    let networks: BTreeSet<_> = data
        .map(|text| match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(v4)) => Some(format!("{}.{}", v4.octets()[0], v4.octets()[1])),
            Ok(IpAddr::V6(v6)) => Some(format!("{:x}:{:x}", v6.segments()[0], v6.segments()[1])),
            Err(_) => None,
        })
        .collect();
    networks.len() == 1 && !networks.contains(&None)
}
