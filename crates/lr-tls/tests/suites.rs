//! Chains that nobody here made: real ones of public authorities, and the cases of x509-limbo.
//!
//! Four chains are kept in `tests/data` (see there for source and licence). The whole suites are
//! read from `shared/data/tls` in a folder above, where they are present.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::path::Path;

use lr_core::{CheckRun, Severity, Timestamp};
use lr_net::Url;
use lr_tls::{AddressSeen, CrlSeen, HostSeen, Lookups, Policy, RULES, Roots, Snapshot, judge};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is text"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate").to_vec()
}

fn der_of_base64(base64: &str) -> Vec<u8> {
    der(&format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"))
}

fn suite(name: &str) -> Option<Value> {
    // A clone without the suites is no failure: the chains in `tests/data` are always there.
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut paths = above.map(|dir| dir.join("shared/data/tls").join(name));
    let path = paths.find(|path| path.exists())?;
    let json = std::fs::read_to_string(path).expect("the suite can be read");
    Some(serde_json::from_str(&json).expect("the suite is JSON"))
}

fn judged(host: &str, chain: Vec<Vec<u8>>, roots: &Roots, now: Timestamp) -> CheckRun {
    let seen = AddressSeen::serving("198.51.100.7:443".parse().unwrap(), chain);
    let snapshot = Snapshot::new(vec![HostSeen::new(host, 443, Ok(vec![seen]))]);
    lr_core::record("tls", RULES, |out| judge(&snapshot, roots, &Policy::default(), now, out))
}

fn findings(run: &CheckRun, from: Severity) -> Vec<String> {
    let bad = run.findings.iter().filter(|finding| finding.severity >= from);
    bad.map(|finding| format!("{}: {}", finding.rule, finding.detail)).collect()
}

/// Findings of a public chain an hour after its issue, when everything should be right with it.
fn an_hour_after_issue(url: &str, chain: Vec<Vec<u8>>) -> Vec<String> {
    let url = Url::parse(url).expect("a URL");
    let host = url.host_str().expect("a host");
    let issued = issue(&chain);
    let then = Timestamp::from_unix(issued.unix() + 3600);
    findings(&judged(host, chain, &Roots::mozilla(), then), Severity::Low)
}

fn issue(chain: &[Vec<u8>]) -> Timestamp {
    let seen = AddressSeen::serving("198.51.100.7:443".parse().unwrap(), chain.to_vec());
    let snapshot = Snapshot::new(vec![HostSeen::new("any.test", 443, Ok(vec![seen]))]);
    let summary = lr_tls::Summary::of(&snapshot, &Roots::none(), Timestamp::from_unix(0));
    summary.hosts[0].certificates[0].not_before
}

#[test]
fn real_chains_raise_no_false_alarm() {
    let kept: Value = serde_json::from_str(include_str!("data/chains.json")).unwrap();
    assert!(list(&kept, "sites").len() >= 4);
    for site in list(&kept, "sites") {
        let chain = list(site, "chain").iter().map(|one| der_of_base64(one.as_str().unwrap()));
        assert_eq!(
            an_hour_after_issue(text(site, "url"), chain.collect()),
            [""; 0],
            "{}",
            text(site, "ca")
        );
    }
}

#[test]
fn real_chains_of_every_authority_raise_no_false_alarm() {
    let Some(suite) = suite("revoke-sites.json") else { return };
    // Roots that Mozilla includes but not for TLS servers any more.
    let unknown = ["emSign ECC Root CA - G3", "Atos TrustedRoot 2011"];
    let mut clean = 0;
    for site in list(&suite, "sites").iter().filter(|site| site["detail"].is_object()) {
        let detail = &site["detail"];
        let intermediates = list(detail, "intermediates").iter().map(|one| one.as_str().unwrap());
        let chain = std::iter::once(text(detail, "end_entity_cert")).chain(intermediates);
        let chain = chain.map(der_of_base64).collect();
        let findings = an_hour_after_issue(text(site, "test_website_revoked"), chain);
        match unknown.contains(&text(site, "ca_label")) {
            true => assert!(!findings.is_empty(), "{}", text(site, "ca_label")),
            false => assert_eq!(findings, [""; 0], "{}", text(site, "ca_label")),
        }
        clean += usize::from(findings.is_empty());
    }
    assert_eq!(clean, 113);
}

/// The cases whose expectation is not met, or that a look at a server cannot decide: see the file.
fn exceptions() -> BTreeMap<&'static str, &'static str> {
    let rows = include_str!("data/limbo-exceptions.txt").lines();
    let rows = rows.filter(|row| !row.starts_with('#') && !row.is_empty());
    rows.map(|row| row.split_once(": ").expect("an id and a reason")).collect()
}

/// All cases are put to the judgement but those that the file of exceptions says cannot be.
#[test]
fn limbo_is_judged_as_an_auditor_can() {
    let Some(suite) = suite("limbo.json") else { return };
    // About to expire is no reason to refuse a certificate, and limbo's are in no log.
    let fatal = |run: &CheckRun| {
        let not = ["tls/renew", "tls/timestamps", "tls/lifetime"];
        let bad = findings(run, Severity::Medium).into_iter();
        bad.filter(|f| !not.iter().any(|rule| f.starts_with(rule))).collect::<Vec<_>>()
    };
    let mut exceptions = exceptions();
    let (mut right, mut wrong, mut undecided) = (0, Vec::new(), 0);
    for case in list(&suite, "testcases") {
        let id = text(case, "id");
        let name = case["expected_peer_name"]["value"].as_str();
        let outside = text(case, "validation_kind") != "SERVER";
        let (false, Some(name)) = (outside, name) else {
            assert!(
                exceptions.remove(id).is_some(),
                "{id} cannot be decided, but it is not said why"
            );
            undecided += 1;
            continue;
        };
        let now = case["validation_time"].as_str().map(|time| time.parse().unwrap());
        let now = now.unwrap_or_else(|| "2026-07-01T00:00:00Z".parse().unwrap());
        let chain: Vec<_> = std::iter::once(&case["peer_certificate"])
            .chain(list(case, "untrusted_intermediates"))
            .map(|pem| der(pem.as_str().unwrap()))
            .collect();
        // The suite is about the public ones.
        let trusted: Vec<_> =
            list(case, "trusted_certs").iter().map(|pem| der(pem.as_str().unwrap())).collect();
        let roots = trusted
            .iter()
            .fold(Roots::none(), |roots, root| roots.clone().with_public(root).unwrap_or(roots));
        let seen = AddressSeen::serving("198.51.100.7:443".parse().unwrap(), chain.clone());
        let known = [chain, trusted].concat();
        let crls = list(case, "crls").iter().map(|crl| {
            CrlSeen::read("http://crl.test/", &der_of_list(crl.as_str().unwrap()), &known)
        });
        let host = HostSeen::new(name, 443, Ok(vec![seen]));
        let host = host.with_lookups(Lookups::default().with_crls(crls.collect()));
        let snapshot = Snapshot::new(vec![host]);
        let run = lr_core::record("tls", RULES, |out| {
            judge(&snapshot, &roots, &Policy::default(), now, out);
        });
        let findings = fatal(&run);
        match (text(case, "expected_result"), findings.is_empty()) {
            ("FAILURE", false) | ("SUCCESS", true) => right += 1,
            _ if exceptions.remove(id).is_some() => undecided += 1,
            (expected, _) => wrong.push(format!("{id} should be {expected}: {findings:?}")),
        }
    }
    assert!(wrong.is_empty(), "{right} right, {} wrong: {wrong:#?}", wrong.len());
    assert!(exceptions.is_empty(), "no exceptions any more: {exceptions:?}");
    assert_eq!(right + undecided, 208);
}

fn der_of_list(pem: &str) -> Vec<u8> {
    rustls_pki_types::CertificateRevocationListDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}
