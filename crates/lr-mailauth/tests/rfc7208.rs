//! The openspf suite for RFC 7208, all 203 tests, in memory and over the wire.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use lr_lab::{Fault, Lab, Zone as LabZone};
use lr_mailauth::spf::{Audit, Client, Evaluation, Node, Outcome, check_host, evaluate};
use lr_mailauth::{Answer, Answers, Data, MailConfig, Question, RecordType, Snapshot, TxtRecord};
use lr_net::Net;
use serde::Deserialize;
use serde_json::Value;

use common::{exam, servfail};

#[derive(Deserialize)]
struct Suite {
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    tests: Vec<Case>,
    zonedata: Zone,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    host: String,
    helo: String,
    mailfrom: String,
    result: Vec<String>,
    explanation: Option<String>,
}

type Zone = Vec<(String, String, Value)>;

fn suite() -> Suite {
    serde_json::from_str(&fs::read_to_string(exam("suites/rfc7208-suite.json")).unwrap()).unwrap()
}

fn client(case: &Case) -> Client {
    Client::new(case.host.parse().unwrap(), &case.mailfrom, &case.helo)
}

/// What is wrong with an evaluation, by the suite.
fn fault(case: &Case, seen: &Evaluation) -> Option<String> {
    let result = serde_json::to_value(seen.result).unwrap();
    let is_right = case.result.iter().any(|expected| *expected == result);
    // `DEFAULT` is the receiver's own text: the domain has none to give.
    let expected = case.explanation.as_deref().filter(|text| *text != "DEFAULT");
    let explains = case.explanation.is_none() || seen.explanation.as_deref() == expected;
    (!is_right || !explains).then(|| {
        format!(
            "{}: {result} instead of {:?}; {:?}; {seen:?}",
            case.id, case.result, case.explanation
        )
    })
}

fn lookup(zone: &Zone, question: &Question) -> Answer {
    let rtype = name_of(question.rtype);
    let of = |wanted: &'static str| {
        let is_meant = move |name: &str, rtype: &str| {
            rtype == wanted && name.trim_end_matches('.').eq_ignore_ascii_case(&question.name)
        };
        zone.iter().filter(move |(name, rtype, _)| is_meant(name, rtype)).map(|(.., data)| data)
    };
    let data: Vec<Data> = of(rtype).filter_map(|value| record(rtype, value)).collect();
    let exists = zone.iter().any(|(name, ..)| name.eq_ignore_ascii_case(&question.name));
    match (data.is_empty(), of("CNAME").next(), of("*").next()) {
        (false, ..) => Answer::records(data),
        (true, Some(target), _) => {
            let target = Question::new(target.as_str().unwrap(), question.rtype);
            if target.name == question.name { servfail() } else { lookup(zone, &target) }
        }
        (true, None, Some(_)) => servfail(),
        _ if exists => Answer::NoData,
        _ => Answer::NxDomain { alias: None },
    }
}

fn name_of(rtype: RecordType) -> &'static str {
    match rtype {
        RecordType::Txt => "TXT",
        RecordType::Mx => "MX",
        RecordType::A => "A",
        RecordType::Aaaa => "AAAA",
        RecordType::Ptr => "PTR",
        _ => "SPF",
    }
}

/// Characters stand for bytes.
fn bytes(text: &Value) -> Vec<u8> {
    text.as_str().unwrap().chars().map(|char| char as u8).collect()
}

fn record(rtype: &str, value: &Value) -> Option<Data> {
    match (rtype, value) {
        ("TXT", Value::Array(strings)) => {
            Some(Data::Txt(TxtRecord::new(strings.iter().map(bytes))))
        }
        ("MX", Value::Array(parts)) => {
            let exchange = parts[1].as_str().unwrap().trim_end_matches('.').to_lowercase();
            let exchange = if exchange.is_empty() { ".".to_owned() } else { exchange };
            let mx = serde_json::json!({ "mx": { "preference": parts[0], "exchange": exchange } });
            serde_json::from_value(mx).ok()
        }
        ("PTR", Value::String(name)) => Some(Data::Name(name.trim_end_matches('.').to_lowercase())),
        (_, Value::String(ip)) => ip.parse().ok().map(Data::Address),
        _ => None,
    }
}

#[test]
fn all_tests_in_memory() {
    let (mut count, mut faults) = (0, Vec::new());
    for scenario in &suite().scenarios {
        for case in &scenario.tests {
            let mut answers = Answers::default();
            let seen = loop {
                let seen = evaluate(&client(case), &answers);
                if seen.open.is_empty() {
                    break seen;
                }
                for question in seen.open {
                    let answer = lookup(&scenario.zonedata, &question);
                    answers.insert(question, answer);
                }
            };
            count += 1;
            faults.extend(fault(case, &seen));
        }
    }
    println!("{} of {count}", count - faults.len());
    assert!(faults.is_empty() && count == 203, "{count}: {faults:#?}");
}

/// One zone per registered domain, with every name that does not answer.
async fn lab(zone: &Zone) -> Lab {
    let origin = |name: &str| {
        let labels: Vec<&str> = name.trim_end_matches('.').split('.').collect();
        labels[labels.len().saturating_sub(2)..].join(".")
    };
    let mut zones: BTreeMap<String, LabZone> = BTreeMap::new();
    for (name, rtype, value) in zone {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let of = origin(&name);
        let zone = zones.remove(&of).unwrap_or_else(|| LabZone::new(&of));
        let owner = format!("{name}.");
        let absolute = |name: &Value| format!("{}.", name.as_str().unwrap().trim_end_matches('.'));
        let zone = match (rtype.as_str(), value) {
            ("TXT", Value::Array(strings)) if strings.is_empty() => zone.txt(&owner, [""]),
            ("TXT", Value::Array(strings)) => zone.txt(&owner, strings.iter().map(bytes)),
            ("MX", Value::Array(parts)) => {
                let preference = parts[0].as_u64().unwrap().try_into().unwrap();
                zone.mx(&owner, preference, &absolute(&parts[1]))
            }
            ("PTR" | "CNAME", target) => {
                zone.records(&format!("{owner} {rtype} {}", absolute(target)))
            }
            ("A" | "AAAA", Value::String(ip)) => zone.address(&owner, ip.parse().unwrap()),
            _ => zone,
        };
        zones.insert(of, zone);
    }
    let silent: BTreeSet<&String> =
        zone.iter().filter(|(_, rtype, _)| rtype == "*").map(|(name, ..)| name).collect();
    for name in silent {
        let has: Vec<&str> = zone
            .iter()
            .filter(|(known, ..)| known == name)
            .map(|(_, rtype, _)| rtype.as_str())
            .collect();
        for rtype in
            ["A", "AAAA", "MX", "PTR", "TXT"].into_iter().filter(|rtype| !has.contains(rtype))
        {
            let of = origin(name);
            let zone = zones.remove(&of).unwrap_or_else(|| LabZone::new(&of));
            zones.insert(of, zone.name_fault(&format!("{name}."), rtype, Fault::Silent));
        }
    }
    zones.into_values().fold(Lab::builder(), |lab, zone| lab.zone(zone)).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_tests_over_the_wire() {
    let (mut count, mut faults) = (0, Vec::new());
    for scenario in &suite().scenarios {
        let lab = lab(&scenario.zonedata).await;
        let cx = lab.context();
        let mut limits = *cx.limits();
        limits.exchange = Duration::from_millis(400);
        let cx = cx.with_limits(limits);
        let net = Net::of(&cx).unwrap();
        for case in &scenario.tests {
            let seen = check_host(&client(case), &mut Answers::default(), &net, &cx).await;
            count += 1;
            faults.extend(fault(case, &seen));
        }
        let questions: Vec<_> = lab.queries().iter().map(|seen| format!("{seen:?}")).collect();
        assert!(questions.len() < 500, "{questions:#?}");
    }
    println!("{} of {count}", count - faults.len());
    assert!(faults.is_empty() && count == 203, "{count}: {faults:#?}");
}

/// Whether some receiver, for some sender, ends in permerror.
fn is_troubled(audit: &Audit) -> bool {
    audit.lookups > 10 || audit.void_ipv4 > 2 || audit.void_ipv6 > 2 || is_broken(&audit.root, true)
}

fn is_broken(node: &Node, is_root: bool) -> bool {
    let here = match &node.outcome {
        Outcome::Record { issues, .. } => !issues.is_empty(),
        Outcome::Missing => !is_root,
        Outcome::Several { .. } | Outcome::Loop => true,
        _ => false,
    };
    here || node.steps.iter().any(|step| {
        step.exchanges.is_some_and(|count| count > 10)
            || step.child.as_ref().is_some_and(|child| is_broken(child, false))
    })
}

#[test]
fn permanent_errors_of_the_suite_are_seen() {
    let (mut agreed, mut differ) = (0, Vec::new());
    for scenario in &suite().scenarios {
        for case in &scenario.tests {
            let Some((_, domain)) = case.mailfrom.rsplit_once('@') else { continue };
            let snapshot = Snapshot::gather(MailConfig::new(domain), |question| {
                lookup(&scenario.zonedata, question)
            });
            let audit = snapshot.spf();
            let expected = case.result.iter().map(String::as_str).collect::<Vec<_>>();
            let fine = match expected[..] {
                ["permerror"] => is_troubled(&audit),
                ["none"] | ["temperror"] => true,
                _ => match &audit.root.outcome {
                    Outcome::Record { issues, .. } => issues.is_empty(),
                    _ => expected.contains(&"permerror"),
                },
            };
            match fine {
                true => agreed += 1,
                false => differ
                    .push(format!("{} {domain} {expected:?} {:?}", case.id, audit.root.outcome)),
            }
        }
    }
    println!("{agreed} agree; {differ:#?}");
    assert!(agreed >= 200 && differ.is_empty(), "{agreed} agree; {differ:#?}");
}
