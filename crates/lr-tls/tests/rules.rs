//! For each rule of the catalogue a snapshot in which it passes and one in which it fails.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/made.rs"]
mod made;

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use lr_core::{CheckRun, Confidence, Timestamp, Verdict};
use lr_lab::{Certificate, Key};
use lr_tls::{
    AddressSeen, Answer, CaaFact, Cause, CrlSeen, Handshake, HelloSeen, HostFacts, HostSeen,
    Lookups, Obstacle, PageSeen, Policy, Probe, ProbeSeen, Profile, Proof, RULES, RenewalSeen,
    RenewalWindow, Roots, Snapshot, SuiteClass, TlsaFact, Version, judge,
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

fn judged(host: &HostSeen, roots: &Roots, now: Timestamp) -> CheckRun {
    let snapshot = Snapshot::new(vec![host.clone()]);
    let mut policy = Policy::default();
    policy.profile = Some(Profile::MozillaIntermediate);
    lr_core::record("tls", RULES, |out| judge(&snapshot, roots, &policy, now, out))
}

/// Two chains for each rule on what only public authorities must do.
fn public_chains(made: &Made) -> Vec<(&'static str, Chain, Chain)> {
    let logged = made.with_timestamps(2);
    vec![
        ("tls/timestamps", logged.clone(), made.with_timestamps(1)),
        ("tls/revocable", made.with_crl_url(), logged),
    ]
}

const GOOD: &str = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

/// What a healthy server answers.
fn healthy_probes() -> Vec<ProbeSeen> {
    let hello = |version, suite: &str| Answer::Hello(Box::new(HelloSeen::new(version, suite)));
    let mut tls13 = HelloSeen::new(Version::Tls13, "TLS_AES_128_GCM_SHA256");
    tls13.group = Some("X25519MLKEM768".into());
    let mut unnamed = HelloSeen::new(Version::Tls12, GOOD);
    unnamed.chain = Some(0);
    let group = Answer::Hello(Box::new(tls13.clone()));
    [
        (Probe::Tls12, hello(Version::Tls12, GOOD)),
        (Probe::Tls12Reversed, hello(Version::Tls12, GOOD)),
        (Probe::Weak, Answer::Alert(40)),
        (Probe::Ecdsa, hello(Version::Tls12, GOOD)),
        (Probe::Rsa, Answer::Alert(40)),
        (Probe::NoName, Answer::Hello(Box::new(unnamed))),
        (Probe::Tls11, Answer::Alert(70)),
        (Probe::Ssl3, Answer::Alert(70)),
        (Probe::Ssl2, Answer::Alert(70)),
        (Probe::Tls13, Answer::Hello(Box::new(tls13))),
        (Probe::Group(0x11ec), group),
    ]
    .map(|(probe, answer)| ProbeSeen::new(probe, answer))
    .to_vec()
}

/// The healthy server, with other answers to these.
fn but(changes: Vec<(Probe, Answer)>) -> Vec<ProbeSeen> {
    let mut probes = healthy_probes();
    for (probe, answer) in changes {
        probes.retain(|one| one.probe != probe);
        probes.push(ProbeSeen::new(probe, answer));
    }
    probes
}

/// Two hosts for each rule on what is spoken, and on what others say.
#[allow(clippy::too_many_lines, reason = "a table")]
fn hosts(made: &Made) -> Vec<(&'static str, HostSeen, HostSeen)> {
    let h2 = |version| {
        let mut handshake = Handshake::new(version);
        handshake.alpn = Some("h2".into());
        Ok(handshake)
    };
    let page = || PageSeen::new(200, Some("max-age=63072000"));
    let address_with = |probes| {
        let seen = AddressSeen::new(address("11.0.0.1"), h2(Version::Tls13), h2(Version::Tls12));
        seen.with_chain(made.ordinary()).with_probes(probes).with_page(page())
    };
    let host = |seen| HostSeen::new(HOST, 443, Ok(vec![seen]));
    let fine = || host(address_with(healthy_probes()));
    let probed = |changes| host(address_with(but(changes)));
    let hello = |version, suite: &str| Answer::Hello(Box::new(HelloSeen::new(version, suite)));
    let takes = |class, suite: &str| {
        let chosen = || hello(Version::Tls12, suite);
        probed(vec![(Probe::Weak, chosen()), (Probe::Class(class), chosen())])
    };
    let tls12 = |change: fn(&mut HelloSeen)| {
        let mut seen = HelloSeen::new(Version::Tls12, GOOD);
        change(&mut seen);
        probed(vec![(Probe::Tls12, Answer::Hello(Box::new(seen)))])
    };
    let silent = |probe| {
        let cause = Answer::Failed(Obstacle::new(Cause::Silent, "no answer"));
        let mut seen = ProbeSeen::new(probe, cause);
        seen.again = 2;
        seen
    };
    let intolerant = |small: bool| {
        let answered = hello(Version::Tls13, "TLS_AES_128_GCM_SHA256");
        let first =
            if small { ProbeSeen::new(Probe::Small, answered) } else { silent(Probe::Small) };
        let probes = [healthy_probes(), vec![first, silent(Probe::Large)]].concat();
        let mut seen = address_with(probes);
        seen.modern = Err(Obstacle::new(Cause::Silent, "no handshake"));
        host(seen)
    };
    let dhe = |bits| {
        let mut seen = HelloSeen::new(Version::Tls12, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
        seen.dh_bits = Some(bits);
        let seen = Answer::Hello(Box::new(seen));
        probed(vec![(Probe::Weak, seen.clone()), (Probe::Class(SuiteClass::Dhe), seen)])
    };
    let chained =
        |chain: Chain| host(AddressSeen::serving(address("11.0.0.1"), chain).with_page(page()));
    let paged = |page| {
        let mut seen = address_with(healthy_probes()).with_page(page);
        seen.client_certificate = true;
        host(seen)
    };
    let cbc = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
    let only_cbc = || {
        let mut one = address_with(but(vec![
            (Probe::Tls12, hello(Version::Tls12, cbc)),
            (Probe::Tls12Reversed, hello(Version::Tls12, cbc)),
            (Probe::Ecdsa, Answer::Alert(40)),
            (Probe::NoName, hello(Version::Tls12, cbc)),
            (Probe::Tls13, Answer::Alert(70)),
            (Probe::Group(0x11ec), Answer::Alert(70)),
        ]));
        one.modern = Err(Obstacle::new(Cause::Alert, "no"));
        one.tls12 = Err(Obstacle::new(Cause::Alert, "no"));
        host(one)
    };
    let foreign = || {
        let mut unnamed = HelloSeen::new(Version::Tls12, GOOD);
        unnamed.chain = Some(1);
        let mut one = address_with(but(vec![(Probe::NoName, Answer::Hello(Box::new(unnamed)))]));
        let other = made.chain(&Certificate::valid().names(["other.test"]));
        one.other_chains = vec![other.into_iter().map(Into::into).collect()];
        host(one)
    };
    let no_quantum = || {
        let mut tls13 = HelloSeen::new(Version::Tls13, "TLS_AES_128_GCM_SHA256");
        tls13.group = Some("x25519".into());
        probed(vec![
            (Probe::Tls13, Answer::Hello(Box::new(tls13))),
            (Probe::PostQuantum, Answer::Alert(40)),
            (Probe::Group(0x11ec), Answer::Alert(40)),
        ])
    };
    let two = |certificate: Certificate| {
        let mut other = address_with(healthy_probes());
        other.address = address("2a0e::1");
        let other = other.with_chain(made.chain(&certificate));
        let first = address_with(healthy_probes()).with_chain(made.chain(&Certificate::valid()));
        HostSeen::new(HOST, 443, Ok(vec![first, other]))
    };
    let facts = |facts| fine().with_facts(facts);
    let caa = |domain: &str| {
        let records = vec![CaaFact::new("issue", domain)];
        let facts_of = HostFacts::default().with_caa(records);
        facts(facts_of.with_authority_domains(["made.test"]))
    };
    // The certificate itself, so that it is the one that is served.
    let tlsa = |good: bool| {
        let chain = made.ordinary();
        let data = if good { chain[0].clone() } else { vec![1; 32] };
        let record = TlsaFact::new(3, 0, 0, data);
        chained(chain).with_facts(HostFacts::default().with_tlsa(vec![record]))
    };
    let renewed = |end: &str| {
        let chain = made.ordinary();
        let serial = made.serial(&chain);
        let window =
            RenewalWindow::new("2026-11-01T00:00:00Z".parse().unwrap(), end.parse().unwrap());
        let said = RenewalSeen::new(&serial, Ok(window));
        chained(chain).with_lookups(Lookups::default().with_renewals(vec![said]))
    };
    let listed = |revoked: bool| {
        let (chain, list) = made.revoked(revoked);
        let crl = CrlSeen::read("http://crl.test/", &list, &chain);
        chained(chain).with_lookups(Lookups::default().with_crls(vec![crl]))
    };
    let stapled = |good: bool| {
        let (chain, response) = made.stapled(good);
        let seen = AddressSeen::serving(address("11.0.0.1"), chain).with_staple(response);
        host(seen)
    };
    // Of two suites, the first by the server's order or by the client's.
    let choosing = |by_server: bool| {
        let other = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        let last = if by_server { GOOD } else { other };
        let one = (Probe::Tls12Reversed, hello(Version::Tls12, last));
        probed(vec![one, (Probe::Others(0xc02b), hello(Version::Tls12, other))])
    };
    let old = |version| probed(vec![(Probe::Tls11, hello(version, cbc))]);
    vec![
        ("tls/chain-lean", fine(), chained([made.ordinary(), vec![made.root.clone()]].concat())),
        ("tls/same-certificate", two(Certificate::valid()), two(Certificate::expired())),
        ("tls/certificate-form", fine(), chained(made.with_serial_zero())),
        ("tls/known-key", fine(), chained(made.known_key())),
        (
            "tls/must-staple",
            {
                let (chain, response) = made.stapled(true);
                host(AddressSeen::serving(address("11.0.0.1"), chain).with_staple(response))
            },
            chained(made.stapled(true).0),
        ),
        ("tls/staple", stapled(true), stapled(false)),
        ("tls/not-revoked", listed(false), listed(true)),
        ("tls/renewal", renewed("2027-01-01T00:00:00Z"), renewed("2026-11-02T00:00:00Z")),
        ("tls/caa-issuer", caa("made.test"), caa("other.test")),
        ("tls/tlsa", tlsa(true), tlsa(false)),
        ("tls/ssl", fine(), probed(vec![(Probe::Ssl2, hello(Version::Ssl2, ""))])),
        ("tls/old-versions", fine(), old(Version::Tls10)),
        ("tls/version-tolerance", fine(), intolerant(false)),
        ("tls/large-hello", fine(), intolerant(true)),
        ("tls/null-suites", fine(), takes(SuiteClass::Null, "TLS_RSA_WITH_NULL_SHA256")),
        (
            "tls/anonymous-suites",
            fine(),
            takes(SuiteClass::Anonymous, "TLS_DH_anon_WITH_AES_128_CBC_SHA"),
        ),
        ("tls/export-suites", fine(), takes(SuiteClass::Export, "TLS_RSA_EXPORT_WITH_RC4_40_MD5")),
        ("tls/rc4-suites", fine(), takes(SuiteClass::Rc4, "TLS_ECDHE_RSA_WITH_RC4_128_SHA")),
        (
            "tls/small-block-suites",
            fine(),
            takes(SuiteClass::SmallBlock, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
        ),
        (
            "tls/forward-secrecy",
            fine(),
            tls12(|seen| seen.suite = "TLS_RSA_WITH_AES_128_GCM_SHA256".into()),
        ),
        ("tls/authenticated-encryption", fine(), only_cbc()),
        ("tls/dh-size", dhe(2048), dhe(1024)),
        ("tls/compression", fine(), tls12(|seen| seen.compressed = true)),
        ("tls/secure-renegotiation", fine(), tls12(|seen| seen.secure_renegotiation = false)),
        ("tls/extended-master-secret", fine(), tls12(|seen| seen.extended_master_secret = false)),
        ("tls/no-client-certificate", paged(page()), paged(PageSeen::new(400, None))),
        ("tls/http2", fine(), {
            let mut seen = address_with(healthy_probes());
            seen.modern = Ok(Handshake::new(Version::Tls13));
            host(seen)
        }),
        ("tls/hsts", fine(), paged(PageSeen::new(200, None))),
        ("tls/default-certificate", fine(), foreign()),
        ("tls/post-quantum", fine(), no_quantum()),
        ("tls/profile-versions", fine(), old(Version::Tls11)),
        ("tls/profile-suites", fine(), takes(SuiteClass::Cbc, cbc)),
        ("tls/profile-groups", fine(), no_quantum()),
        ("tls/profile-order", choosing(false), choosing(true)),
        ("tls/profile-dh", dhe(2048), dhe(1024)),
        (
            "tls/profile-certificate",
            fine(),
            chained(made.chain(&Certificate::valid().key(Key::Rsa1024))),
        ),
        ("tls/profile-lifetime", fine(), chained(made.for_months(-10, 398))),
        ("tls/profile-staple", stapled(true), chained(made.with_responder())),
        ("tls/profile-hsts", fine(), paged(PageSeen::new(200, Some("max-age=300")))),
    ]
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
    let hosts = hosts(&made);
    for (rule, passing, failing) in &hosts {
        let passed = judged(passing, &made.roots, made.now);
        assert_eq!(verdict(&passed, rule), Verdict::Pass, "{rule}");
        let failed = judged(failing, &made.roots, made.now);
        assert_eq!(verdict(&failed, rule), Verdict::Fail, "{rule}: {:?}", failed.findings);
        decided.insert(rule);
    }
    let public = Roots::none().with_public(&made.root).unwrap();
    for (rule, passing, failing) in public_chains(&made) {
        let passed = run(serving(passing), &public, made.now);
        assert_eq!(verdict(&passed, rule), Verdict::Pass, "{rule}");
        let failed = run(serving(failing), &public, made.now);
        assert_eq!(verdict(&failed, rule), Verdict::Fail, "{rule}");
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
    verdict(&judged(&host, &made.roots, made.now), "tls/tlsa")
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
        let run = judged(&host, &made.roots, made.now);
        let finding = run.findings.iter().find(|one| one.rule == "tls/caa-issuer").unwrap();
        assert_eq!(finding.confidence, confidence, "{domain}");
    }
}
