//! The corpus of broken domains: what is wrong is found, with its weight, and what is right is left
//! alone; in memory and over the wire.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use futures_util::{StreamExt, stream};
use lr_core::{CheckRun, Finding, Severity, Verdict};
use lr_lab::{Fault, Lab, Reply, Site, Zone};
use lr_mailauth::mta_sts::Fetched;
use lr_mailauth::{MailAuthCheck, MailConfig, Policy, RULES, Snapshot, judge};
use serde::Deserialize;

use common::{ZoneFiles, exam, failed};

#[derive(Deserialize)]
struct Case {
    domain: String,
    area: String,
    expect: Vec<String>,
    severity: String,
    selectors: Vec<String>,
}

impl Case {
    fn config(&self) -> MailConfig {
        let config = MailConfig::new(&self.domain).parked(self.area == "parked");
        self.selectors.iter().fold(config, |config, selector| config.selector(selector))
    }

    /// A domain of which it is asked how its DKIM is has to have some.
    fn policy(&self) -> Policy {
        Policy::default().expect_dkim(self.area == "dkim")
    }
}

fn cases() -> BTreeMap<String, Case> {
    let text = fs::read_to_string(exam("corpus").join("cases.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn codes() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("corpus-codes.json")).unwrap()
}

/// Status, content type, where it leads to, and body of a policy.
fn served(domain: &str) -> Option<(u16, String, Option<String>, String)> {
    let text = fs::read_to_string(exam("corpus").join(format!("policies/{domain}.txt"))).ok()?;
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    Some(match first.split_once(' ') {
        Some(("@redirect", url)) => (302, "text/plain".into(), Some(url.into()), String::new()),
        Some(("@ctype", media)) => (200, media.into(), None, rest.into()),
        _ => (200, "text/plain".into(), None, text),
    })
}

/// What a sender that asks for the policy of a domain gets.
fn fetched(domain: &str, zones: &ZoneFiles) -> Fetched {
    let json = match served(domain) {
        Some((status, media, location, body)) => serde_json::json!({
            "fetched": "answer", "status": status, "content_type": media, "location": location,
            "body": body, "complete": true,
        }),
        None if zones.has(&format!("mta-sts.{domain}")) => serde_json::json!({
            "fetched": "answer", "status": 404, "content_type": null, "location": null,
            "body": "", "complete": true,
        }),
        None => serde_json::json!({
            "fetched": "failed",
            "failure": {
                "kind": "unreachable", "reason": "no-such-name",
                "message": format!("mta-sts.{domain} does not exist"),
            },
        }),
    };
    serde_json::from_value(json).unwrap()
}

fn zone_files() -> ZoneFiles {
    let folder = exam("corpus");
    ZoneFiles::load(&folder.join("zones"), &folder.join("faults.json"))
}

fn in_memory(case: &Case, zones: &ZoneFiles) -> CheckRun {
    let mut snapshot = Snapshot::gather(case.config(), |question| zones.answer(question));
    let host = format!("mta-sts.{}", case.domain);
    if zones.has(&host) || zones.has(&format!("_mta-sts.{}", case.domain)) {
        snapshot.policy = Some(fetched(&case.domain, zones));
    }
    lr_core::record("mailauth", RULES, |out| judge(&snapshot, &case.policy(), out))
}

async fn over_the_wire(case: &Case, lab: &Lab) -> CheckRun {
    let check = MailAuthCheck::new(&case.domain).parked(case.area == "parked");
    let selectors = case.selectors.iter();
    let check = selectors.fold(check, |check, selector| check.selector(selector));
    lr_core::run(&check.with_policy(case.policy()), &lab.context()).await
}

/// The zone files on real name servers, the policies on real web servers.
async fn lab(folder: &Path) -> Lab {
    // One name server for all of them, and a zone that no server can answer for.
    let mut builder = Lab::builder()
        .zone(Zone::new("hosting.test").records("@ NS ns\nns A 11.0.0.53"))
        .zone(Zone::new("servfail.test").name_fault("@", "TXT", Fault::ServFail));
    let mut count = 0;
    for entry in fs::read_dir(folder.join("zones")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let origin = text.lines().find_map(|line| line.strip_prefix("$ORIGIN ")).unwrap();
        let origin = origin.trim().trim_end_matches('.');
        if origin == "test" {
            continue;
        }
        // The hosts of policies get addresses at which something listens.
        let is_wanted = |line: &&str| {
            let mut words = line.split_whitespace();
            let is_host = words.next() == Some("mta-sts");
            let rtype = words.nth(2);
            let known = ["A", "AAAA", "CNAME", "MX", "TXT", "TLSA", "SPF"];
            !is_host && rtype.is_some_and(|rtype| known.contains(&rtype))
        };
        let has_host = text.lines().any(|line| line.starts_with("mta-sts "));
        let records = text.lines().filter(is_wanted).map(|line| line.replacen(" IN ", " ", 1));
        let mut records: Vec<String> = records.collect();
        count += 1;
        let address = Ipv4Addr::from_bits(0x0b50_0000 + count);
        if has_host {
            records.push(format!("mta-sts A {address}"));
        }
        let zone = Zone::new(origin).records("@ NS ns.hosting.test.").records(&records.join("\n"));
        builder = builder.zone(match origin {
            "dmarc-servfail.test" => zone.name_fault("_dmarc", "TXT", Fault::ServFail),
            _ => zone,
        });
        if has_host {
            let reply = match served(origin) {
                Some((302, _, Some(url), _)) => Reply::redirect(302, url),
                Some((_, media, _, body)) => Reply::text(body).header("content-type", media),
                None => Reply::status(404),
            };
            let site = Site::new(&format!("mta-sts.{origin}"));
            let site = site.at(address.into());
            builder = builder.site(site.get("/.well-known/mta-sts.txt", reply));
        }
    }
    builder.start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_wire_the_same_is_found() {
    let zones = zone_files();
    let lab = lab(&exam("corpus")).await;
    let cases = cases();
    let runs = stream::iter(&cases).map(|(name, case)| {
        let lab = &lab;
        async move { (name, case, over_the_wire(case, lab).await) }
    });
    let mut runs = runs.buffer_unordered(8);
    while let Some((name, case, run)) = runs.next().await {
        let keys = |run: &CheckRun| -> BTreeSet<String> {
            run.findings.iter().map(|finding| finding.key.clone()).collect()
        };
        assert_eq!(run.error, None, "{name}");
        assert_eq!(keys(&run), keys(&in_memory(case, &zones)), "{name}: {:#?}", run.findings);
    }
    println!("{} questions for {} cases", lab.queries().len(), cases.len());
}

#[test]
fn every_code_names_a_rule() {
    let known: Vec<String> =
        serde_json::from_str(&fs::read_to_string(exam("corpus").join("codes.json")).unwrap())
            .unwrap();
    let codes = codes();
    for code in known {
        let rule = codes.get(&code).unwrap_or_else(|| panic!("{code} has no rule"));
        assert!(RULES.iter().any(|known| known.id == rule), "{rule}");
    }
}

/// Cases that we weigh otherwise than the corpus, with the reason in the file.
fn differences() -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Difference {
        severity: String,
        because: String,
    }
    let all: BTreeMap<String, Difference> =
        serde_json::from_str(include_str!("corpus-differences.json")).unwrap();
    assert!(all.values().all(|difference| !difference.because.is_empty()));
    all.into_iter().map(|(name, difference)| (name, difference.severity)).collect()
}

/// Whether a finding weighs what the case says: an error keeps mail from arriving or a protection
/// from protecting, a warning is worth a change, and an information may be left as it is.
fn weighs(finding: &Finding, severity: &str) -> bool {
    match severity {
        "error" => finding.severity >= Severity::Medium,
        "warn" => (Severity::Low..=Severity::Medium).contains(&finding.severity),
        _ => finding.severity <= Severity::Low,
    }
}

#[test]
fn the_corpus_is_found_without_false_alarms() {
    let (zones, codes) = (zone_files(), codes());
    let (mut wanted, mut found, mut alarms, mut missed) = (0, 0, Vec::new(), Vec::new());
    let mut light = Vec::new();
    let differences = differences();
    for (name, case) in &cases() {
        let run = in_memory(case, &zones);
        let expected: Vec<&String> = case.expect.iter().map(|code| &codes[code]).collect();
        // A case with several codes has the weight of its gravest.
        let is_weighed = case.expect.is_empty()
            || case.expect.iter().any(|code| code.ends_with("temperror"))
            || run.findings.iter().any(|finding| {
                let is_expected = expected.iter().any(|rule| finding.rule == ***rule);
                let severity = differences.get(name).unwrap_or(&case.severity);
                is_expected && weighs(finding, severity)
            });
        if !is_weighed {
            light.push(format!("{name}: {}", case.severity));
        }
        for code in &case.expect {
            let rule = &codes[code];
            wanted += 1;
            // What cannot be asked is no fault of the domain: it is found when it is named as such.
            let is_temporary = code.ends_with("temperror");
            let is_found = match is_temporary {
                true => run.outcomes.iter().any(|outcome| {
                    outcome.rule == **rule
                        && matches!(outcome.verdict, Verdict::Inconclusive { .. })
                }),
                false => failed(&run).contains(rule),
            };
            match is_found {
                true => found += 1,
                false => missed.push(format!("{name}: {code}")),
            }
        }
        for finding in &run.findings {
            let is_expected = expected.iter().any(|rule| finding.rule == ***rule);
            // A control is right in everything, except that some have no DKIM to show.
            let is_control = case.area == "control" && finding.rule != "mailauth/dkim-present";
            if !is_expected
                && (finding.severity >= Severity::Medium
                    || (is_control && finding.severity >= Severity::Low))
            {
                alarms.push(format!(
                    "{name}: {:?} {} {}",
                    finding.severity, finding.key, finding.detail
                ));
            }
        }
    }
    println!("{found} of {wanted} codes; missed: {missed:#?}");
    println!("findings that no case expects: {alarms:#?}");
    assert!(alarms.is_empty(), "{alarms:#?}");
    assert!(light.is_empty(), "{light:#?}");
    assert_eq!((found, missed), (wanted, Vec::new()));
}
