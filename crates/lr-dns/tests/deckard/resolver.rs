use std::collections::BTreeMap;

use lr_dns::dnssec::Evidence;

use crate::scenario::{Entry, Range, Scenario};
use crate::wire::{message, name, owner_and_type, target, type_of};

/// Looks for answers as resolvers do, from the root's servers down, and remembers what it has had.
pub(crate) struct Resolver<'a> {
    scenario: &'a Scenario,
    known: BTreeMap<(Vec<u8>, u16), Vec<u8>>,
    /// The servers of zones that somebody has referred to.
    zones: BTreeMap<Vec<u8>, Vec<String>>,
    referrals: BTreeMap<Vec<u8>, &'a Entry>,
}

/// Most referrals on one way, and most ways inside each other to find servers.
const MAX_CUTS: usize = 24;
const MAX_DEPTH: usize = 4;

/// Servers of one zone that are asked for their answer: one may have a better one than another.
const MAX_ANSWERS: usize = 4;

impl<'a> Resolver<'a> {
    pub(crate) fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            known: BTreeMap::new(),
            zones: BTreeMap::new(),
            referrals: BTreeMap::new(),
        }
    }

    /// Adds what the servers say to a question, or that none does.
    pub(crate) fn answer(&mut self, wanted: &str, rtype: &str, step: u64, evidence: &mut Evidence) {
        let kind = type_of(rtype).unwrap();
        let mut referrals = Vec::new();
        let mut answers = self.look_for(wanted, kind, step, 0, &mut referrals);
        if answers.is_empty() {
            self.zones.clear();
            answers = self.look_for(wanted, kind, step, 0, &mut referrals);
        }
        let key = (name(wanted), kind);
        for referral in referrals {
            evidence.add_referral(&message(referral, wanted, kind));
        }
        for answer in &answers {
            let wire = message(answer, wanted, kind);
            assert!(evidence.add(wanted, rtype, &wire));
            self.known.entry(key.clone()).or_insert(wire);
        }
        if answers.is_empty() {
            match self.known.get(&key) {
                Some(wire) => evidence.add(wanted, rtype, wire),
                // What the parent once said when it referred there.
                None => match self.referrals.get(&key.0).filter(|_| kind == 43) {
                    Some(entry) => evidence.add(wanted, rtype, &message(entry, wanted, kind)),
                    None => evidence.add_silence(wanted, rtype),
                },
            };
        }
    }

    fn look_for(
        &mut self,
        wanted: &str,
        kind: u16,
        step: u64,
        depth: usize,
        referrals: &mut Vec<&'a Entry>,
    ) -> Vec<&'a Entry> {
        let full = name(wanted);
        // The parent's servers know DS records.
        let above = |zone: &&Vec<u8>| is_within(&full, zone) && !(kind == 43 && **zone == full);
        let deepest = self.zones.keys().filter(above).max_by_key(|zone| zone.len()).cloned();
        let mut zone = deepest.unwrap_or_else(|| vec![0]);
        let mut servers = self.zones.get(&zone).unwrap_or(&self.scenario.hints).clone();
        for _ in 0..MAX_CUTS {
            let said = servers.iter().filter_map(|at| self.ask(at, wanted, kind, step));
            let said: Vec<&Entry> = said.filter(|entry| matches!(entry.code, 0 | 3)).collect();
            let refers = |entry: &&&Entry| {
                cut(entry, &zone, &full, kind).is_some() && entry.sections[0].is_empty()
            };
            let Some(referral) = said.iter().find(refers) else {
                return said.into_iter().take(MAX_ANSWERS).collect();
            };
            let below = cut(referral, &zone, &full, kind).unwrap_or_default();
            // The parent's referral is its word about the DS records.
            if kind == 43 && below == full {
                return vec![referral];
            }
            referrals.push(referral);
            self.referrals.insert(below.clone(), referral);
            servers = self.servers_of(referral, &below, step, depth);
            self.zones.insert(below.clone(), servers.clone());
            zone = below;
        }
        Vec::new()
    }

    /// The addresses of the servers that a referral names.
    fn servers_of(
        &mut self,
        referral: &Entry,
        zone: &[u8],
        step: u64,
        depth: usize,
    ) -> Vec<String> {
        let is_server = |text: &&String| owner_and_type(text) == (zone.to_vec(), 2);
        let hosts: Vec<String> =
            referral.sections[1].iter().filter(is_server).map(|text| target(text)).collect();
        let glue = |host: &String| {
            let host = name(host);
            let own = referral.sections[2].iter().filter(move |text| {
                let (owner, kind) = owner_and_type(text);
                owner == host && matches!(kind, 1 | 28)
            });
            own.map(|text| target(text)).collect::<Vec<_>>()
        };
        let mut addresses = Vec::new();
        for host in &hosts {
            let known = glue(host);
            if known.is_empty() && depth < MAX_DEPTH {
                for kind in [1, 28] {
                    let found = self.look_for(host, kind, step, depth + 1, &mut Vec::new());
                    let records = found.iter().flat_map(|entry| &entry.sections[0]);
                    let own = records.filter(|text| owner_and_type(text).1 == kind);
                    addresses.extend(own.map(|text| target(text)));
                }
            }
            addresses.extend(known);
        }
        addresses.sort();
        addresses.dedup();
        addresses
    }

    fn ask(&self, address: &str, wanted: &str, kind: u16, step: u64) -> Option<&'a Entry> {
        let here = |range: &&Range| {
            (range.steps.0..=range.steps.1).contains(&step)
                && (range.addresses.is_empty() || range.addresses.iter().any(|at| at == address))
        };
        let entries = self.scenario.ranges.iter().filter(here).flat_map(|range| &range.entries);
        entries.into_iter().find(|entry| entry.answers(wanted, kind))
    }
}

pub(crate) fn is_within(name: &[u8], zone: &[u8]) -> bool {
    let mut rest = name;
    while rest.len() > zone.len() {
        rest = &rest[1 + usize::from(rest[0])..];
    }
    rest == zone
}

/// The zone below `zone` and at or above `wanted` that an answer refers to.
fn cut(entry: &Entry, zone: &[u8], wanted: &[u8], kind: u16) -> Option<Vec<u8>> {
    let servers = entry.sections[1].iter().map(|text| owner_and_type(text));
    let cut = servers.filter(|(_, kind)| *kind == 2).map(|(owner, _)| owner).next()?;
    let onward = cut.len() > zone.len() && is_within(&cut, zone) && is_within(wanted, &cut);
    // With authority, it is a zone's own list of its servers.
    let own = entry.authoritative && cut == wanted && kind != 43;
    let soa = entry.sections[1].iter().any(|text| owner_and_type(text).1 == 6);
    (onward && !soa && !(own && kind == 2)).then_some(cut)
}
