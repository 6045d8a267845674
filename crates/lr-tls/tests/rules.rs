//! For each rule of the catalogue a snapshot in which it passes and one in which it fails.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/made.rs"]
mod made;

use std::collections::BTreeSet;

use lr_core::{CheckRun, Timestamp, Verdict};
use lr_lab::{Certificate, Key};
use lr_tls::{
    AddressSeen, Cause, Handshake, HostSeen, Obstacle, Policy, Proof, RULES, Roots, Snapshot,
    Version, judge,
};
use made::{HOST, Made, address};

type Chain = Vec<Vec<u8>>;

fn run(seen: Vec<AddressSeen>, roots: &Roots, now: Timestamp) -> CheckRun {
    let snapshot = Snapshot::new(vec![HostSeen::new(HOST, 443, Ok(seen))]);
    lr_core::record("tls", RULES, |out| judge(&snapshot, roots, &Policy::default(), now, out))
}

fn verdict(run: &CheckRun, rule: &str) -> Verdict {
    run.outcomes.iter().find(|outcome| outcome.rule == rule).unwrap().verdict.clone()
}

/// An address at which both handshakes end so.
fn stopped(ip: &str, cause: Cause) -> AddressSeen {
    let obstacle = || Err(Obstacle::new(cause, "shop.test: why"));
    AddressSeen::new(address(ip), obstacle(), obstacle())
}

#[test]
fn every_rule_can_fail_and_pass() {
    let made = Made::new();
    let healthy = |ip: &str| AddressSeen::serving(address(ip), made.chain(&Certificate::valid()));
    let serving = |chain| vec![AddressSeen::serving(address("11.0.0.1"), chain)];
    let issued = |certificate: Certificate| serving(made.chain(&certificate));
    let only12 = || {
        let tls12 = || Ok(Handshake::new(Version::Tls12));
        let seen = AddressSeen::new(address("11.0.0.1"), tls12(), tls12());
        vec![seen.with_chain(made.chain(&Certificate::valid()))]
    };
    let unproven = || {
        let mut handshake = Handshake::new(Version::Tls13);
        handshake.proof = Proof::Invalid;
        let seen = AddressSeen::new(address("11.0.0.1"), Ok(handshake.clone()), Ok(handshake));
        vec![seen.with_chain(made.chain(&Certificate::valid()))]
    };
    let mut out_of_order = made.ordinary();
    out_of_order.push(made.root.clone());
    out_of_order.swap(1, 2);

    let both = || vec![healthy("2a0e::1"), healthy("11.0.0.1")];
    let half = || vec![stopped("2a0e::1", Cause::Refused), healthy("11.0.0.1")];
    let table = [
        ("tls/reachable", both(), vec![stopped("11.0.0.1", Cause::Refused)]),
        ("tls/handshake", both(), vec![stopped("11.0.0.1", Cause::PlainHttp)]),
        ("tls/every-address", both(), half()),
        ("tls/version", only12(), vec![stopped("11.0.0.1", Cause::Version)]),
        ("tls/version-13", both(), only12()),
        ("tls/key-proof", both(), unproven()),
        ("tls/certificate-readable", both(), serving(vec![b"no certificate".to_vec()])),
        ("tls/chain-trusted", both(), issued(Certificate::self_signed())),
        ("tls/chain-complete", both(), issued(Certificate::missing_intermediate())),
        ("tls/chain-current", both(), serving(made.expired_intermediate())),
        ("tls/chain-order", both(), serving(out_of_order)),
        ("tls/name", both(), issued(Certificate::wrong_host())),
        ("tls/server-purpose", both(), serving(made.for_clients())),
        ("tls/not-expired", both(), issued(Certificate::expired())),
        ("tls/already-valid", both(), issued(Certificate::not_yet_valid())),
        ("tls/renewed-in-time", both(), issued(Certificate::expires_in(10))),
        ("tls/key-strength", both(), issued(Certificate::valid().key(Key::Rsa1024))),
        ("tls/signature-strength", both(), serving(made.signed_with_sha1())),
    ];
    let mut decided = BTreeSet::from(["tls/lifetime"]); // below: it needs a public root
    for (rule, passing, failing) in table {
        let passed = run(passing, &made.roots, made.now);
        assert_eq!(verdict(&passed, rule), Verdict::Pass, "{rule}");
        let failed = run(failing, &made.roots, made.now);
        assert_eq!(verdict(&failed, rule), Verdict::Fail, "{rule}");
        let finding = failed.findings.iter().find(|finding| finding.rule == rule).unwrap();
        assert!(!finding.detail.as_str().is_empty(), "{rule}");
        decided.insert(rule);
    }
    let catalogue: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(decided, catalogue);
}

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
        let found = judged.findings.first().map(|finding| finding.severity);
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
        ("root sent", [valid.clone(), vec![made.root.clone()]].concat(), &[]),
        ("leaf twice", [vec![valid[0].clone()], valid.clone()].concat(), &["tls/chain-order"]),
        ("garbage behind", [valid.clone(), vec![b"?".to_vec()]].concat(), &["tls/chain-order"]),
        ("expired intermediate", made.expired_intermediate(), &["tls/chain-current"]),
        (
            "expired intermediate beside a valid one",
            made.expired_intermediate_beside_a_valid_one(),
            &[],
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
fn a_server_that_turns_browsers_away_is_named() {
    let made = Made::new();
    let closed = || Err(Obstacle::new(Cause::Alert, "shop.test: alert"));
    let seen = AddressSeen::new(address("11.0.0.1"), closed(), Ok(Handshake::new(Version::Tls12)));
    let seen = seen.with_chain(made.chain(&Certificate::valid()));
    let judged = run(vec![seen], &made.roots, made.now);
    assert_eq!(judged.findings[0].rule.as_str(), "tls/handshake");
    assert!(judged.findings[0].detail.as_str().contains("TLS 1.3"), "{:?}", judged.findings);
}
