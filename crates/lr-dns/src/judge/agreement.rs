use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use lr_core::{Confidence, ErrorKind, Location, Recorder, Severity};

use crate::compare::{Disagreement, compared, varies};
use crate::judge::balance::balances;
use crate::judge::{Scene, list};
use crate::rules::{SERIALS_AGREE, SERVERS_AGREE, SOA_AGREES};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let compared = compared(scene.snapshot);
    let several = |question: &&Disagreement<'_>| servers(question).len() > 1;
    if !compared.iter().any(|question| several(&question)) {
        for rule in [&SERVERS_AGREE, &SERIALS_AGREE, &SOA_AGREES] {
            match scene.snapshot.endpoints().count() {
                1 => out.not_applicable(rule, scene.domain(), "there is only one name server"),
                _ => {
                    let why = "less than two name servers answered";
                    out.inconclusive(rule, scene.domain(), ErrorKind::NotDecided, why);
                }
            }
        }
        return;
    }
    let mut told: BTreeSet<(&str, String)> = BTreeSet::new();
    for question in compared.iter().filter(several) {
        if question.rtype == "SOA" {
            serials(question, out);
            soa(question, out);
            continue;
        }
        let place = || Location::record(question.name.as_str(), question.rtype.as_str());
        if question.groups.len() == 1 || varies(scene.snapshot, &question.name, &question.rtype) {
            out.pass(&SERVERS_AGREE, place());
            continue;
        }
        let detail = shown(question);
        // An alias that differs is seen in every type asked for: told once.
        if !told.insert((&question.name, detail.clone())) {
            continue;
        }
        let finding = out.fail(&SERVERS_AGREE, place(), detail);
        for (number, (answer, servers)) in question.groups.iter().enumerate() {
            let answer: Vec<_> = answer.iter().copied().collect();
            finding.evidence(&format!("answer_{}", number + 1), answer);
            finding.evidence(&format!("servers_{}", number + 1), named(servers));
        }
        let (_, odd) = question.groups.last().expect("a disagreement has two groups or more");
        for (name, address) in odd {
            finding.related(Location::server(*name, address.to_string()));
        }
        if question.rtype == "NS" {
            finding.severity(Severity::Medium);
        }
        if let Some(why) = balances(scene.snapshot, question) {
            finding.severity(Severity::Low).confidence(Confidence::Low).evidence("perhaps", why);
        }
    }
}

/// The serial is the third word of an SOA record.
fn serials(question: &Disagreement<'_>, out: &mut Recorder<'_>) {
    let mut serials: BTreeMap<&str, Vec<(&str, IpAddr)>> = BTreeMap::new();
    for (answer, servers) in &question.groups {
        for serial in answer.iter().filter_map(|soa| soa.split(' ').nth(2)) {
            serials.entry(serial).or_default().extend(servers);
        }
    }
    let place = Location::record(question.name.as_str(), "SOA");
    if serials.len() < 2 {
        out.pass(&SERIALS_AGREE, place);
        return;
    }
    let shown: Vec<_> = serials
        .iter()
        .map(|(serial, servers)| format!("{serial} at {}", list(&named(servers))))
        .collect();
    out.fail(&SERIALS_AGREE, place, shown.join("; ")).evidence("serials", shown);
}

/// All words of the SOA record but the serial.
fn soa(question: &Disagreement<'_>, out: &mut Recorder<'_>) {
    let mut rest: BTreeMap<String, Vec<(&str, IpAddr)>> = BTreeMap::new();
    for (answer, servers) in &question.groups {
        for soa in answer {
            let words = soa.split(' ').enumerate().filter(|(number, _)| *number != 2);
            let words: Vec<_> = words.map(|(_, word)| word).collect();
            rest.entry(words.join(" ")).or_default().extend(servers);
        }
    }
    let place = Location::record(question.name.as_str(), "SOA");
    if rest.len() < 2 {
        out.pass(&SOA_AGREES, place);
        return;
    }
    let fields = ["primary server", "mailbox", "refresh", "retry", "expire", "minimum"];
    let different = fields.iter().enumerate().filter(|(number, _)| {
        let values: BTreeSet<_> = rest.keys().map(|soa| soa.split(' ').nth(*number)).collect();
        values.len() > 1
    });
    let different: Vec<_> = different.map(|(_, field)| *field).collect();
    let shown: Vec<_> =
        rest.iter().map(|(soa, servers)| format!("{soa} at {}", list(&named(servers)))).collect();
    let detail = format!("different {}: {}", list(&different), shown.join("; "));
    out.fail(&SOA_AGREES, place, detail).evidence("fields", different);
}

fn servers<'a>(question: &Disagreement<'a>) -> BTreeSet<(&'a str, IpAddr)> {
    question.groups.iter().flat_map(|(_, servers)| servers).copied().collect()
}

fn shown(question: &Disagreement<'_>) -> String {
    let answer = |data: &BTreeSet<&str>| match data.is_empty() {
        true => "say that there is none".to_owned(),
        false => format!("say {}", list(&data.iter().collect::<Vec<_>>())),
    };
    let groups = question.groups.iter();
    let groups =
        groups.map(|(data, servers)| format!("{} {}", list(&named(servers)), answer(data)));
    format!("{}: {}", question.name, groups.collect::<Vec<_>>().join("; "))
}

fn named(servers: &[(&str, IpAddr)]) -> Vec<String> {
    servers.iter().map(|(name, address)| format!("{name} ({address})")).collect()
}
