//! The openspf suite for RFC 7208, where it is at hand: what its authors call a permanent error is
//! seen as trouble, and what they evaluate is read without complaint.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::fs;
use std::path::PathBuf;

use lr_mailauth::spf::{Audit, Node, Outcome};
use lr_mailauth::{Answer, Data, MailConfig, Question, RecordType, Snapshot, TxtRecord};
use serde::Deserialize;
use serde_json::Value;

use common::servfail;

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
    mailfrom: String,
    result: Vec<String>,
}

fn suite() -> Option<PathBuf> {
    let file = "data/mail/suites/rfc7208-suite.json";
    let near = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(file);
    let named =
        || Some(PathBuf::from(option_env!("LR_MAIL_CORPUS")?).join("../suites/rfc7208-suite.json"));
    Some(near).filter(|path| path.is_file()).or_else(named).filter(|path| path.is_file())
}

type Zone = Vec<(String, String, Value)>;

fn lookup(zone: &Zone, question: &Question) -> Answer {
    let rtype = match question.rtype {
        RecordType::Txt => "TXT",
        RecordType::Mx => "MX",
        RecordType::A => "A",
        _ => "AAAA",
    };
    let of = |wanted: &'static str| {
        let is_meant = move |name: &str, rtype: &str| {
            rtype == wanted && name.eq_ignore_ascii_case(&question.name)
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

fn record(rtype: &str, value: &Value) -> Option<Data> {
    match (rtype, value) {
        ("TXT", Value::Array(strings)) => {
            // Characters stand for bytes.
            let bytes = |text: &Value| -> Vec<u8> {
                text.as_str().unwrap().chars().map(|char| char as u8).collect()
            };
            Some(Data::Txt(TxtRecord::new(strings.iter().map(bytes))))
        }
        ("MX", Value::Array(parts)) => {
            let exchange = parts[1].as_str().unwrap().trim_end_matches('.').to_lowercase();
            let exchange = if exchange.is_empty() { ".".to_owned() } else { exchange };
            let mx = serde_json::json!({ "mx": { "preference": parts[0], "exchange": exchange } });
            serde_json::from_value(mx).ok()
        }
        (_, Value::String(ip)) => ip.parse().ok().map(Data::Address),
        _ => None,
    }
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
    let Some(path) = suite() else { return };
    let suite: Suite = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let (mut agreed, mut differ) = (0, Vec::new());
    for scenario in &suite.scenarios {
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
