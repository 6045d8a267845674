//! How servers treat questions, whatever their answer is.

use std::collections::BTreeSet;

use lr_core::{ErrorKind, Location, Recorder, Severity};
use lr_net::FailureReason;

use crate::judge::{Scene, list};
use crate::rules::{
    NO_FALSE_DENIALS, RECURSION, SERVERS_CASE, SERVERS_EDNS, SERVERS_TCP, TRANSFER,
};
use crate::snapshot::{Answer, Endpoint, Transport};
use crate::status::is_authoritative;

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let mut asked_for_zone = false;
    for (server, endpoint) in scene.snapshot.endpoints() {
        let who = format!("{} at {}", server.name, endpoint.address);
        let place = || Location::server(server.name.as_str(), endpoint.address.to_string());
        tcp(endpoint, &who, place(), out);
        let mut heard = answers(endpoint).peekable();
        if heard.peek().is_none() {
            continue;
        }
        let mut over_udp = answers(endpoint).filter(|a| a.transport == Transport::Udp).peekable();
        match over_udp.peek().is_none() || over_udp.any(|answer| !answer.edns_dropped) {
            true => out.pass(&SERVERS_EDNS, place()),
            false => {
                let detail = format!("{who} answers only questions without EDNS");
                out.fail(&SERVERS_EDNS, place(), detail);
            }
        }
        match heard.any(|answer| answer.case_lost) {
            false => out.pass(&SERVERS_CASE, place()),
            true => {
                let detail = format!("{who} repeats the name of a question in other letters");
                out.fail(&SERVERS_CASE, place(), detail);
            }
        }
        denials(endpoint, &who, place(), out);
        recursion(endpoint, &who, place(), out);
        asked_for_zone |= transfer(endpoint, &who, place(), out);
    }
    if !asked_for_zone {
        out.not_applicable(&TRANSFER, scene.domain(), "name servers were not asked for the zone");
    }
}

fn answers(endpoint: &Endpoint) -> impl Iterator<Item = &Answer> {
    endpoint.asked.iter().filter_map(|asked| asked.outcome.as_ref().ok())
}

fn tcp(endpoint: &Endpoint, who: &str, place: Location, out: &mut Recorder<'_>) {
    let Some(tcp) = &endpoint.tcp else { return };
    let failures = endpoint.asked.iter().filter_map(|asked| asked.outcome.as_ref().err());
    let truncates = failures.into_iter().any(|f| f.reason == FailureReason::NoTcp);
    let udp = answers(endpoint).any(|answer| answer.transport == Transport::Udp);
    match &tcp.outcome {
        Ok(_) => out.pass(&SERVERS_TCP, place),
        Err(failure) if failure.reason == FailureReason::NoRoute => {
            out.inconclusive(&SERVERS_TCP, place, failure.kind, failure.message.clone());
        }
        Err(failure)
            if matches!(
                failure.kind,
                ErrorKind::Timeout | ErrorKind::Unreachable | ErrorKind::Protocol
            ) && (udp || truncates) =>
        {
            let detail = format!("{who} answers over UDP, and not over TCP: {}", failure.message);
            let finding = out.fail(&SERVERS_TCP, place, detail);
            if truncates {
                finding.severity(Severity::High);
            }
        }
        Err(_) if !udp => out.not_applicable(&SERVERS_TCP, place, "it does not answer at all"),
        Err(failure) => {
            out.inconclusive(&SERVERS_TCP, place, failure.kind, failure.message.clone());
        }
    }
}

/// NXDOMAIN is about a name with all of its types (RFC 8020).
fn denials(endpoint: &Endpoint, who: &str, place: Location, out: &mut Recorder<'_>) {
    let told = || {
        let asked = endpoint.asked.iter();
        let told = asked.filter_map(|asked| Some((asked, asked.outcome.as_ref().ok()?)));
        told.filter(|(_, answer)| is_authoritative(answer))
    };
    let has: BTreeSet<&str> = told()
        .filter(|(_, answer)| answer.rcode == "NOERROR")
        .flat_map(|(_, answer)| &answer.answers)
        .map(|record| record.name.as_str())
        .collect();
    let denied: Vec<String> = told()
        .filter(|(_, answer)| answer.rcode == "NXDOMAIN" && answer.answers.is_empty())
        .filter(|(asked, _)| has.contains(asked.name.as_str()))
        .map(|(asked, _)| format!("{} {}", asked.name, asked.rtype))
        .collect();
    if denied.is_empty() {
        out.pass(&NO_FALSE_DENIALS, place);
        return;
    }
    let detail = format!("{who}, asked for {}, says that the name does not exist", list(&denied));
    out.fail(&NO_FALSE_DENIALS, place, detail).evidence("denied", denied);
}

fn recursion(endpoint: &Endpoint, who: &str, place: Location, out: &mut Recorder<'_>) {
    match endpoint.recursion.as_ref().map(|asked| (asked, &asked.outcome)) {
        // Servers of the roots, and of the name that was asked for, answer with authority.
        Some((asked, Ok(answer)))
            if answer.recursion_available
                && !answer.authoritative
                && answer.rcode == "NOERROR"
                && !answer.answers.is_empty() =>
        {
            let detail = format!("{who} looked up {} for a stranger", asked.name);
            out.fail(&RECURSION, place, detail);
        }
        Some((_, Err(failure))) if failure.kind != ErrorKind::Timeout => {
            out.inconclusive(&RECURSION, place, failure.kind, failure.message.clone());
        }
        _ => out.pass(&RECURSION, place),
    }
}

fn transfer(endpoint: &Endpoint, who: &str, place: Location, out: &mut Recorder<'_>) -> bool {
    let Some(asked) = &endpoint.transfer else { return false };
    match &asked.outcome {
        Ok(answer) if answer.rcode == "NOERROR" && !answer.answers.is_empty() => {
            out.fail(&TRANSFER, place, format!("{who} began to send the zone {}", asked.name));
        }
        Ok(_) => out.pass(&TRANSFER, place),
        // Those who hang up say no as well.
        Err(failure) if failure.kind == ErrorKind::Unreachable => out.pass(&TRANSFER, place),
        Err(failure) => out.inconclusive(&TRANSFER, place, failure.kind, failure.message.clone()),
    }
    true
}
