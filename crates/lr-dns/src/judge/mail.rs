use std::collections::BTreeSet;

use lr_core::{ErrorKind, Location, Recorder};

use crate::chain::{Book, End};
use crate::judge::Scene;
use crate::rules::MAIL_TARGETS;
use crate::snapshot::Answer;
use crate::status::is_authoritative;

/// The hosts that MX records name (RFC 5321, section 5.1; RFC 7505 for the one that names nobody).
pub(super) fn judge(scene: &Scene<'_>, book: &Book<'_>, out: &mut Recorder<'_>) {
    let place = || Location::record(scene.snapshot.domain.as_str(), "MX");
    let answers = answers(scene);
    if answers.is_empty() {
        let why = "the MX records were not told";
        out.inconclusive(&MAIL_TARGETS, place(), ErrorKind::NotDecided, why);
        return;
    }
    let mut hosts: Vec<&str> = answers
        .iter()
        .flat_map(|answer| answer.data("MX"))
        .filter_map(|data| data.split_once(' ').map(|(_, host)| host))
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    if let Some(detail) = null_mx(&answers) {
        out.fail(&MAIL_TARGETS, place(), detail);
    }
    let none = hosts.is_empty();
    hosts.retain(|host| !host.is_empty() && *host != ".");
    if hosts.is_empty() {
        let why = match none {
            true => "there is no MX record",
            false => "the MX record says that no mail is taken",
        };
        out.not_applicable(&MAIL_TARGETS, place(), why);
        return;
    }
    for host in hosts {
        let place = Location::host(host);
        let chain = book.follow(host);
        let detail = if host.parse::<std::net::IpAddr>().is_ok() {
            format!("{host} is an address, where a name must be")
        } else if chain.is_alias() {
            format!("{} is an alias", chain.links.join(" -> "))
        } else {
            match chain.end {
                End::Addresses(_) => {
                    out.pass(&MAIL_TARGETS, place);
                    continue;
                }
                End::Missing => format!("{host} does not exist"),
                // It may have IPv6 addresses only; nobody sends mail there alone.
                End::NoAddress => format!("{host} has no IPv4 address"),
                End::Loop => format!("{host} leads in circles"),
                End::Unknown(cause, why) => {
                    out.inconclusive(&MAIL_TARGETS, place, cause, why);
                    continue;
                }
            }
        };
        out.fail(&MAIL_TARGETS, place, format!("mail for {}: {detail}", scene.snapshot.domain));
    }
}

/// All hosts that MX records name, sorted.
pub(super) fn hosts<'a>(scene: &Scene<'a>) -> Vec<&'a str> {
    let servers = scene.snapshot.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let asked = servers.chain(&scene.snapshot.resolver).filter(|asked| asked.rtype == "MX");
    let answers = asked.filter_map(|asked| asked.outcome.as_ref().ok());
    let data = answers.flat_map(|answer| answer.data("MX"));
    let mut hosts: Vec<_> = data.filter_map(|data| Some(data.split_once(' ')?.1)).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// What is wrong with the record that says that no mail is taken (RFC 7505, section 3).
fn null_mx(answers: &[&Answer]) -> Option<String> {
    let records: BTreeSet<_> = answers.iter().flat_map(|answer| answer.data("MX")).collect();
    let split = records.iter().filter_map(|data| data.split_once(' '));
    let null = split.filter(|(_, host)| host.is_empty() || *host == ".");
    let (preference, _) = null.max_by_key(|(preference, _)| *preference != "0")?;
    if records.len() > 1 {
        Some("one MX record says that no mail is taken, and others stand beside it".to_owned())
    } else if preference != "0" {
        Some(format!(
            "the MX record that says that no mail is taken has preference {preference}, not 0"
        ))
    } else {
        None
    }
}

fn answers<'a>(scene: &Scene<'a>) -> Vec<&'a Answer> {
    let domain = &scene.snapshot.domain;
    let by_server = scene.snapshot.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let by_server = by_server.filter(|asked| asked.name == *domain && asked.rtype == "MX");
    let by_server = by_server.filter_map(|asked| asked.outcome.as_ref().ok());
    let by_server: Vec<_> = by_server.filter(|answer| is_authoritative(answer)).collect();
    if !by_server.is_empty() {
        return by_server;
    }
    let by_resolver = scene.snapshot.resolver.iter();
    let by_resolver = by_resolver.filter(|asked| asked.name == *domain && asked.rtype == "MX");
    by_resolver.filter_map(|asked| asked.outcome.as_ref().ok()).collect()
}
