use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::snapshot::{Answer, Asked, Snapshot};
use crate::status::{is_at_or_below, is_authoritative};

/// Each answer with the servers that give it.
type Answers<'a> = BTreeMap<BTreeSet<&'a str>, Vec<(&'a str, IpAddr)>>;

/// One answer, and the servers (name and address) that give it.
pub(crate) type Group<'a> = (BTreeSet<&'a str>, Vec<(&'a str, IpAddr)>);

/// A question that servers of the zone answer differently.
#[derive(Clone, Debug)]
pub(crate) struct Disagreement<'a> {
    pub(crate) name: String,
    pub(crate) rtype: String,
    /// The answers, most common first.
    pub(crate) groups: Vec<Group<'a>>,
}

impl Disagreement<'_> {
    /// One server for each answer.
    pub(crate) fn first_of_each(&self) -> Vec<(String, IpAddr)> {
        let first = self.groups.iter().filter_map(|(_, servers)| servers.first());
        first.map(|(name, address)| ((*name).to_owned(), *address)).collect()
    }
}

/// Every question that was put to more than one server, with the different answers to it.
pub(crate) fn compared(snapshot: &Snapshot) -> Vec<Disagreement<'_>> {
    let Some(zone) = snapshot.zone.as_deref() else { return Vec::new() };
    let mut questions: BTreeMap<(&str, &str), Answers<'_>> = BTreeMap::new();
    for (server, endpoint) in snapshot.endpoints() {
        for asked in &endpoint.asked {
            if let Ok(answer) = &asked.outcome
                && is_authoritative(answer)
            {
                let answers = questions.entry((&asked.name, &asked.rtype)).or_default();
                let servers = answers.entry(essence(asked, answer, zone)).or_default();
                servers.push((&server.name, endpoint.address));
            }
        }
    }
    let compared = questions.into_iter().map(|((name, rtype), answers)| {
        let mut groups: Vec<_> = answers.into_iter().collect();
        groups.sort_by_key(|(_, servers)| std::cmp::Reverse(servers.len()));
        Disagreement { name: name.to_owned(), rtype: rtype.to_owned(), groups }
    });
    compared.collect()
}

/// The questions with more than one answer. Serials are another matter: they differ for a while
/// after every change.
pub(crate) fn disagreements(snapshot: &Snapshot) -> Vec<Disagreement<'_>> {
    let mut all = compared(snapshot);
    all.retain(|compared| compared.groups.len() > 1 && compared.rtype != "SOA");
    all
}

/// Whether a server changed its own answer when it was asked again.
pub(crate) fn varies(snapshot: &Snapshot, name: &str, rtype: &str) -> bool {
    let Some(zone) = snapshot.zone.as_deref() else { return false };
    snapshot.endpoints().any(|(_, endpoint)| {
        let asked = endpoint.asked.iter().chain(&endpoint.again);
        let asked = asked.filter(|a| a.name == name && a.rtype == rtype);
        let answers = asked.filter_map(|asked| {
            let answer = asked.outcome.as_ref().ok().filter(|answer| is_authoritative(answer))?;
            Some(essence(asked, answer, zone))
        });
        answers.collect::<BTreeSet<_>>().len() > 1
    })
}

/// What an answer says in the zone itself, without TTLs and order: data of other zones, which some
/// servers add to an alias, is not theirs to tell. For an alias that leaves the zone, its target.
fn essence<'a>(asked: &Asked, answer: &'a Answer, zone: &str) -> BTreeSet<&'a str> {
    let inside = || answer.answers.iter().filter(|record| is_at_or_below(&record.name, zone));
    let wanted: BTreeSet<_> =
        inside().filter(|r| r.rtype == asked.rtype).map(|record| record.data.as_str()).collect();
    match wanted.is_empty() {
        false => wanted,
        true => inside().map(|record| record.data.as_str()).collect(),
    }
}
