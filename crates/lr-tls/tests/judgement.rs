//! What the judgement makes of limits, of broken chains, of obstacles and of what is handed in.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/made.rs"]
mod made;

#[path = "support/judging.rs"]
mod judging;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use judging::{judged, run, stopped, verdict};
use lr_core::{Confidence, Timestamp, Verdict};
use lr_lab::Certificate;
use lr_tls::{
    AddressSeen, CaaFact, Cause, Handshake, HostFacts, HostSeen, Obstacle, Policy, RULES, Roots,
    Snapshot, TlsaFact, Version, judge,
};
use made::{HOST, Made, address};

type Chain = Vec<Vec<u8>>;

/// A public authority's certificate that lives too long cannot be made here; one whose dates were
/// changed afterwards is not trusted. So the judgement of lifetimes takes the authority's roots for
/// public ones.
#[test]
fn lifetimes_are_limited_by_the_day_of_issue() {
    let made = Made::new();
    let roots = Roots::none().with_public(&made.root).unwrap();
    for (from, days, expected) in [
        ("2020-08-31", 825, true),
        ("2020-09-01", 398, true),
        ("2020-09-01", 399, false),
        ("2026-03-14", 398, true),
        ("2026-03-15", 200, true),
        ("2026-03-15", 201, false),
        ("2026-03-15", 300, false),
        ("2027-03-15", 100, true),
        ("2027-03-15", 101, false),
        ("2029-03-15", 47, true),
        ("2029-03-15", 48, false),
    ] {
        let from: Timestamp = format!("{from}T00:00:00Z").parse().unwrap();
        let seen = AddressSeen::serving(address("11.0.0.1"), made.lasting(from, days));
        let judged = run(vec![seen], &roots, from);
        let wanted = if expected { Verdict::Pass } else { Verdict::Fail };
        assert_eq!(verdict(&judged, "tls/lifetime"), wanted, "{from} for {days} days");
    }
    let seen = || AddressSeen::serving(address("11.0.0.1"), made.chain(&Certificate::valid()));
    let own = run(vec![seen()], &made.roots, made.now);
    assert!(matches!(verdict(&own, "tls/lifetime"), Verdict::NotApplicable { .. }));
}

#[test]
fn expiry_is_measured_by_the_lifetime() {
    let made = Made::new();
    for (lifetime, left, expected) in [
        (90, 60, "fine"),
        (90, 29, "fine"),
        (90, 22, "medium"),
        (90, 6, "high"),
        (47, 20, "fine"),
        (47, 12, "fine"),
        (47, 11, "medium"),
        (47, 4, "high"),
        (6, 3, "fine"),
        (6, 2, "fine"),
        (6, 1, "medium"),
        (398, 31, "fine"),
        (398, 29, "medium"),
        (398, 6, "high"),
    ] {
        let begin = made.now.unix() - (lifetime - left) * 86_400;
        let chain = made.lasting(Timestamp::from_unix(begin), lifetime);
        let seen = AddressSeen::serving(address("11.0.0.1"), chain);
        // A minute early, so that "29 days left" is not "28 days and 23:59:59 left".
        let now = Timestamp::from_unix(made.now.unix() - 60);
        let judged = run(vec![seen], &made.roots, now);
        let found = judged.findings.iter().find(|finding| finding.rule == "tls/renewed-in-time");
        let found = found.map(|finding| finding.severity);
        let found = found
            .map_or_else(|| "fine".to_owned(), |severity| format!("{severity:?}").to_lowercase());
        assert_eq!(found, expected, "{left} of {lifetime} days left");
    }
}

#[test]
fn causes_are_found_however_the_chain_is_broken() {
    let made = Made::new();
    let valid = made.ordinary();
    let other = Made::new().ordinary()[1..].to_vec();
    let cases: [(&str, Chain, &[&str]); 10] = [
        ("root sent", [valid.clone(), vec![made.root.clone()]].concat(), &["tls/chain-lean"]),
        ("leaf twice", [vec![valid[0].clone()], valid.clone()].concat(), &["tls/chain-order"]),
        ("garbage behind", [valid.clone(), vec![b"?".to_vec()]].concat(), &["tls/chain-order"]),
        ("expired intermediate", made.expired_intermediate(), &["tls/chain-current"]),
        (
            "expired intermediate beside a valid one",
            made.expired_intermediate_beside_a_valid_one(),
            &["tls/chain-lean"],
        ),
        (
            "expired leaf of an unknown root for another name",
            made.chain(&Certificate::unknown_root().names(["other.test"])),
            &["tls/name", "tls/chain-trusted"],
        ),
        ("for clients", made.for_clients(), &["tls/server-purpose"]),
        (
            "another's intermediate",
            [valid.clone()[..1].to_vec(), other].concat(),
            &["tls/chain-trusted"],
        ),
        ("weak intermediate", made.weak_intermediate(), &["tls/chain-trusted", "tls/key-strength"]),
        ("trusted itself", vec![made.trusted_itself.clone()], &[]),
    ];
    for (what, chain, expected) in cases {
        let seen = AddressSeen::serving(address("11.0.0.1"), chain);
        let judged = run(vec![seen], &made.roots, made.now);
        let rules: Vec<_> = judged.findings.iter().map(|f| f.rule.as_str()).collect();
        assert_eq!(rules, expected, "{what}: {:?}", judged.findings);
    }
}

#[test]
fn the_cause_is_in_the_detail() {
    let made = Made::new();
    let valid = made.ordinary();
    let other = Made::new();
    let cases: [(Chain, &str); 5] = [
        ([valid[..1].to_vec(), other.ordinary()[1..].to_vec()].concat(), "is not by the key of"),
        (made.weak_intermediate(), "no signature by RSA 1024"),
        (other.ordinary(), "another CN=Made Root"),
        ([other.ordinary(), vec![other.root]].concat(), "it ends at CN=Made Root"),
        (made.chain(&Certificate::self_signed()), "its own key"),
    ];
    for (chain, expected) in cases {
        let seen = AddressSeen::serving(address("11.0.0.1"), chain);
        let judged = run(vec![seen], &made.roots, made.now);
        let finding = judged.findings.iter().find(|f| f.rule == "tls/chain-trusted").unwrap();
        assert!(finding.detail.as_str().contains(expected), "{expected}: {}", finding.detail);
    }
}

#[test]
fn expired_hides_neither_the_root_nor_the_name() {
    let made = Made::new();
    let seen = AddressSeen::serving(address("11.0.0.1"), made.ordinary());
    let host = HostSeen::new("other.test", 443, Ok(vec![seen]));
    let snapshot = Snapshot::new(vec![host]);
    let late = "2030-01-01T00:00:00Z".parse().unwrap();
    let run = lr_core::record("tls", RULES, |out| {
        judge(&snapshot, &Roots::none(), &Policy::default(), late, out);
    });
    let rules: Vec<_> = run.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["tls/name", "tls/chain-trusted", "tls/not-expired"]);
}

#[test]
fn obstacles_are_weighed() {
    let made = Made::new();
    let healthy = AddressSeen::serving(address("11.0.0.1"), made.chain(&Certificate::valid()));
    let cases: &[(Cause, &[&str])] = &[
        (Cause::Refused, &["tls/every-address"]),
        (Cause::PlainHttp, &["tls/every-address"]),
        (Cause::Unreachable, &[]),
        (Cause::Timeout, &[]),
        (Cause::Reset, &[]),
        (Cause::Forbidden, &[]),
    ];
    for (cause, expected) in cases {
        let judged = run(vec![stopped("2a0e::1", *cause), healthy.clone()], &made.roots, made.now);
        let rules: Vec<_> = judged.findings.iter().map(|f| f.rule.as_str()).collect();
        assert_eq!(&rules, expected, "{cause:?}");
        assert_eq!(verdict(&judged, "tls/handshake"), Verdict::Pass, "{cause:?}");
    }
}

#[test]
fn a_machine_without_ipv6_sees_a_closed_port() {
    let made = Made::new();
    let refused = || stopped("11.0.0.1", Cause::Refused);
    for other in [Cause::Unreachable, Cause::Refused] {
        let judged = run(vec![stopped("2a0e::1", other), refused()], &made.roots, made.now);
        assert_eq!(verdict(&judged, "tls/reachable"), Verdict::Fail, "{other:?}");
        let name = verdict(&judged, "tls/name");
        assert!(matches!(name, Verdict::NotApplicable { .. }), "{other:?}: {name:?}");
    }
    for unsure in [vec![Cause::Timeout, Cause::Refused], vec![Cause::Unreachable]] {
        let seen = unsure.iter().map(|cause| stopped("11.0.0.1", *cause)).collect();
        let judged = run(seen, &made.roots, made.now);
        let reachable = verdict(&judged, "tls/reachable");
        assert!(matches!(reachable, Verdict::Inconclusive { .. }), "{unsure:?}: {reachable:?}");
        assert!(judged.findings.is_empty(), "{unsure:?}");
    }
}

#[test]
fn a_server_that_turns_browsers_away_is_named() {
    let made = Made::new();
    let closed = || Err(Obstacle::new(Cause::Alert, "shop.test: alert"));
    let seen = AddressSeen::new(address("11.0.0.1"), closed(), Ok(Handshake::new(Version::Tls12)));
    let seen = seen.with_chain(made.chain(&Certificate::valid()));
    let judged = run(vec![seen], &made.roots, made.now);
    assert_eq!(judged.findings[0].rule.as_str(), "tls/handshake");
    assert!(judged.findings[0].detail.as_str().contains("TLS 1.3"), "{:?}", judged.findings);
}

/// Usages, selectors and matching types of RFC 6698, and what is none of them.
#[test]
fn tlsa_records_of_every_kind_are_compared() {
    let made = Made::new();
    let chain = made.ordinary();
    let key_of = |der: &[u8]| {
        let (_, one) = x509_parser::parse_x509_certificate(der).unwrap();
        one.public_key().raw.to_vec()
    };
    let root = made.root.clone();
    for (usage, der) in [(0, &chain[1]), (0, &root), (1, &chain[0]), (2, &chain[1]), (3, &chain[0])]
    {
        for (selector, data) in [(0, der.clone()), (1, key_of(der))] {
            let hash = |algorithm| digest(algorithm, &data).as_ref().to_vec();
            for (matching, data) in [(0, data.clone()), (1, hash(&SHA256)), (2, hash(&SHA512))] {
                let other = TlsaFact::new(3, 1, 1, vec![7; 32]);
                let record = TlsaFact::new(usage, selector, matching, data);
                let what = format!("{record:?}");
                assert_eq!(tlsa(&made, &chain, vec![other, record]), Verdict::Pass, "{what}");
            }
        }
    }
    let wrong = |usage, selector| TlsaFact::new(usage, selector, 1, vec![7; 32]);
    // A root that is an anchor must be sent (RFC 7671, section 5.2.2).
    let unsent = TlsaFact::new(2, 0, 0, root);
    for record in [wrong(0, 1), wrong(1, 0), wrong(1, 1), wrong(2, 0), wrong(3, 1), unsent] {
        assert_eq!(tlsa(&made, &chain, vec![record.clone()]), Verdict::Fail, "{record:?}");
    }
    assert!(matches!(tlsa(&made, &chain, vec![wrong(0, 0)]), Verdict::Inconclusive { .. }));
    for unusable in [wrong(4, 1), wrong(3, 2), TlsaFact::new(3, 1, 3, vec![7; 32])] {
        let verdict = tlsa(&made, &chain, vec![unusable]);
        assert!(matches!(verdict, Verdict::NotApplicable { .. }), "{verdict:?}");
    }
}

fn tlsa(made: &Made, chain: &Chain, records: Vec<TlsaFact>) -> Verdict {
    let host = HostSeen::new(
        HOST,
        443,
        Ok(vec![AddressSeen::serving(address("11.0.0.1"), chain.clone())]),
    );
    let host = host.with_facts(HostFacts::default().with_tlsa(records));
    verdict(&judged(&host, &made.roots, &Policy::default(), made.now), "tls/tlsa")
}

/// Who stands behind a domain that nobody knows may be the authority in use.
#[test]
fn a_strange_domain_in_caa_is_less_certain() {
    let made = Made::new();
    for (domain, confidence) in
        [("letsencrypt.org", Confidence::High), ("strange.test", Confidence::Medium)]
    {
        let facts = HostFacts::default()
            .with_caa(vec![CaaFact::new("issue", domain)])
            .with_authority_domains(["made.test"]);
        let seen = AddressSeen::serving(address("11.0.0.1"), made.ordinary());
        let host = HostSeen::new(HOST, 443, Ok(vec![seen])).with_facts(facts);
        let run = judged(&host, &made.roots, &Policy::default(), made.now);
        let finding = run.findings.iter().find(|one| one.rule == "tls/caa-issuer").unwrap();
        assert_eq!(finding.confidence, confidence, "{domain}");
    }
}

/// RFC 8659, section 4.5: who does not know a property that is critical must not issue.
#[test]
fn a_critical_property_that_nobody_knows_forbids_issuance() {
    let made = Made::new();
    for (tag, critical, wanted) in [
        ("strange", true, Verdict::Fail),
        ("strange", false, Verdict::Pass),
        ("iodef", true, Verdict::Pass),
        ("ISSUEWILD", true, Verdict::Pass),
    ] {
        let mut property = CaaFact::new(tag, "made.test");
        property.critical = critical;
        let facts = HostFacts::default()
            .with_caa(vec![CaaFact::new("issue", "made.test"), property])
            .with_authority_domains(["made.test"]);
        let seen = AddressSeen::serving(address("11.0.0.1"), made.ordinary());
        let host = HostSeen::new(HOST, 443, Ok(vec![seen])).with_facts(facts);
        let found =
            verdict(&judged(&host, &made.roots, &Policy::default(), made.now), "tls/caa-issuer");
        assert_eq!(found, wanted, "{tag} {critical}");
    }
}
