//! The openspf suite for RFC 7208, in memory and in the lab.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use lr_core::Context;
use lr_lab::{Fault, Lab, Zone as LabZone};
use lr_mailauth::spf::Client;
use lr_mailauth::{Answer, Data, Question, RecordType, TxtRecord};
use serde::Deserialize;
use serde_json::Value;

use crate::common::{exam, servfail};

#[derive(Deserialize)]
pub(crate) struct Suite {
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
pub(crate) struct Scenario {
    pub(crate) tests: Vec<Case>,
    pub(crate) zonedata: Zone,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) host: String,
    pub(crate) helo: String,
    pub(crate) mailfrom: String,
    pub(crate) result: Vec<String>,
    spec: Value,
    pub(crate) explanation: Option<String>,
}

pub(crate) type Zone = Vec<(String, String, Value)>;

pub(crate) fn suite() -> Suite {
    serde_json::from_str(&fs::read_to_string(exam("suites/rfc7208-suite.json")).unwrap()).unwrap()
}

pub(crate) fn client(case: &Case) -> Client {
    Client::new(case.host.parse().unwrap(), &case.mailfrom, &case.helo)
}

pub(crate) fn lookup(zone: &Zone, question: &Question) -> Answer {
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

pub(crate) fn name_of(rtype: RecordType) -> &'static str {
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
pub(crate) fn bytes(text: &Value) -> Vec<u8> {
    text.as_str().unwrap().chars().map(|char| char as u8).collect()
}

pub(crate) fn record(rtype: &str, value: &Value) -> Option<Data> {
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

/// One zone per registered domain, with every name that does not answer.
pub(crate) async fn lab(zone: &Zone) -> Lab {
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

impl Case {
    /// The paragraphs that the test is about.
    pub(crate) fn spec_text(&self) -> String {
        self.spec.to_string()
    }
}

/// A context that does not wait long for names that never answer.
pub(crate) fn impatient(lab: &Lab) -> Context {
    let cx = lab.context();
    let mut limits = *cx.limits();
    limits.exchange = Duration::from_millis(400);
    cx.with_limits(limits)
}
