//! For each rule of the catalogue a snapshot in which it passes and one in which it fails.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/made.rs"]
mod made;

#[path = "support/judging.rs"]
mod judging;

use std::collections::BTreeSet;

use judging::{judged, run, stopped, verdict};
use lr_core::Verdict;
use lr_lab::{Certificate, Key};
use lr_tls::{
    AddressSeen, Answer, CaaFact, Cause, CrlSeen, Handshake, HelloSeen, HostFacts, HostSeen,
    Lookups, Obstacle, PageSeen, Policy, Probe, ProbeSeen, Profile, Proof, RULES, RenewalSeen,
    RenewalWindow, Roots, SuiteClass, TlsaFact, Version,
};
use made::{HOST, Made, address};

type Chain = Vec<Vec<u8>>;

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
    let mut policy = Policy::default();
    policy.profile = Some(Profile::MozillaIntermediate);
    for (rule, passing, failing) in &hosts {
        let passed = judged(passing, &made.roots, &policy, made.now);
        assert_eq!(verdict(&passed, rule), Verdict::Pass, "{rule}");
        let failed = judged(failing, &made.roots, &policy, made.now);
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
