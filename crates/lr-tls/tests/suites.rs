//! Chains that nobody here made: real ones of public authorities, and the cases of x509-limbo.
//!
//! Four chains are kept in `tests/data` (see there for source and licence). The whole suites are
//! read from `shared/data/tls` in a folder above, where they are present.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use lr_core::{CheckRun, Severity, Timestamp};
use lr_net::Url;
use lr_tls::{AddressSeen, HostSeen, Policy, RULES, Roots, Snapshot, judge};
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
    findings(&judged(host, chain, &Roots::mozilla(), then), Severity::Info)
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

/// Cases that need what this crate does not look at are skipped: client certificates, revocation
/// lists, a limit of the path's length from outside.
#[test]
fn limbo_is_judged_as_far_as_a_client_can() {
    let Some(suite) = suite("limbo.json") else { return };
    // About to expire is no reason to refuse a certificate.
    let fatal = |run: &CheckRun| {
        findings(run, Severity::Medium).into_iter().filter(|f| !f.starts_with("tls/renewed"))
    };
    let (mut right, mut strict, mut lax, mut skipped) = (0, Vec::new(), Vec::new(), 0);
    for case in list(&suite, "testcases") {
        let name = case["expected_peer_name"]["value"].as_str();
        let outside = text(case, "validation_kind") != "SERVER"
            || !list(case, "crls").is_empty()
            || !case["max_chain_depth"].is_null();
        let (false, Some(name)) = (outside, name) else {
            skipped += 1;
            continue;
        };
        let now = case["validation_time"].as_str().map(|time| time.parse().unwrap());
        let chain: Vec<_> = std::iter::once(&case["peer_certificate"])
            .chain(list(case, "untrusted_intermediates"))
            .map(|pem| der(pem.as_str().unwrap()))
            .collect();
        let roots = list(case, "trusted_certs").iter().fold(Roots::none(), |roots, pem| {
            roots.clone().with_own(&der(pem.as_str().unwrap())).unwrap_or(roots)
        });
        let now = now.unwrap_or_else(|| "2026-07-01T00:00:00Z".parse().unwrap());
        let findings: Vec<_> = fatal(&judged(name, chain, &roots, now)).collect();
        let id = text(case, "id").to_owned();
        match (text(case, "expected_result"), findings.is_empty()) {
            ("FAILURE", false) | ("SUCCESS", true) => right += 1,
            ("FAILURE", true) => lax.push(id),
            _ => strict.push(format!("{id}: {findings:?}")),
        }
    }
    let figures = (right, lax.len(), strict.len(), skipped);
    // What is accepted though it should not be is mostly a matter of the profile for authorities:
    // key identifiers, criticality of extensions, common names beside the alternative ones.
    assert_eq!(figures, (130, 49, 4, 25), "lax: {lax:#?}\nstrict: {strict:#?}");
}
