//! Every item of Mozilla's guidelines: a server that follows them passes, and one that departs from
//! one item fails the rule for it and no other.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/made.rs"]
mod made;

use lr_core::{CheckRun, Severity, Verdict};
use lr_tls::{
    AddressSeen, Answer, Cause, Handshake, HelloSeen, HostSeen, Obstacle, PageSeen, Policy, Probe,
    ProbeSeen, Profile, RULES, Snapshot, SuiteClass, Version, judge,
};
use made::{HOST, Made, address};

const FIRST: &str = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
const SECOND: &str = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
const CBC: &str = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
const DHE: &str = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256";

type Change<'a> = Box<dyn Fn(&mut AddressSeen) + 'a>;

fn hello(version: Version, suite: &str, group: Option<&str>) -> Answer {
    let mut seen = HelloSeen::new(version, suite);
    seen.group = group.map(str::to_owned);
    Answer::Hello(Box::new(seen))
}

/// As Mozilla's generator configures a server.
fn as_configured(made: &Made, profile: Profile) -> AddressSeen {
    let old = |suite| hello(Version::Tls12, suite, Some("x25519"));
    let new = |group| hello(Version::Tls13, "TLS_AES_128_GCM_SHA256", Some(group));
    let mut probes = vec![
        (Probe::Weak, Answer::Alert(40)),
        (Probe::Rsa, Answer::Alert(40)),
        (Probe::Tls11, Answer::Alert(70)),
        (Probe::Ssl3, Answer::Alert(70)),
        (Probe::Ssl2, Answer::Alert(70)),
        (Probe::Tls13, new("X25519MLKEM768")),
        (Probe::Group(29), new("x25519")),
        (Probe::Group(23), new("secp256r1")),
        (Probe::Group(24), new("secp384r1")),
        (Probe::Group(25), Answer::Alert(40)),
        (Probe::RareSuites, Answer::Alert(40)),
        (Probe::RareCurves, Answer::Alert(40)),
    ];
    let modern = profile == Profile::MozillaModern;
    let refused = || Err(Obstacle::new(Cause::Version, "shop.test: the version is off"));
    probes.extend([
        (Probe::Tls12, if modern { Answer::Alert(70) } else { old(FIRST) }),
        (Probe::Tls12Reversed, if modern { Answer::Alert(70) } else { old(SECOND) }),
        (Probe::Ecdsa, if modern { Answer::Alert(70) } else { old(FIRST) }),
    ]);
    let tls12 = if modern { refused() } else { Ok(Handshake::new(Version::Tls12)) };
    AddressSeen::new(address("11.0.0.1"), Ok(Handshake::new(Version::Tls13)), tls12)
        .with_chain(made.ordinary())
        .with_probes(probes.into_iter().map(|(probe, seen)| ProbeSeen::new(probe, seen)).collect())
        .with_page(PageSeen::new(200, Some("max-age=63072000")))
}

fn judged(made: &Made, seen: AddressSeen, profile: Profile) -> CheckRun {
    let snapshot = Snapshot::new(vec![HostSeen::new(HOST, 443, Ok(vec![seen]))]);
    let mut policy = Policy::default();
    policy.profile = Some(profile);
    lr_core::record("tls", RULES, |out| judge(&snapshot, &made.roots, &policy, made.now, out))
}

/// Rules of the profile that do not hold, and how bad that is.
fn departures(run: &CheckRun) -> Vec<(&str, Severity)> {
    let all = run.findings.iter().map(|one| (one.rule.as_str(), one.severity));
    all.filter(|(rule, _)| rule.starts_with("tls/profile")).collect()
}

fn answers(probe: Probe, answer: Answer) -> Change<'static> {
    Box::new(move |seen| {
        seen.probes.retain(|one| one.probe != probe);
        seen.probes.push(ProbeSeen::new(probe, answer.clone()));
    })
}

fn serves<'a>(chain: Vec<Vec<u8>>) -> Change<'a> {
    Box::new(move |seen| *seen = seen.clone().with_chain(chain.clone()))
}

/// What an item is, how to depart from it, and what is then said.
type Row<'a> = (&'a str, Change<'a>, &'a [(&'a str, Severity)]);

const LOW: Severity = Severity::Low;
const INFO: Severity = Severity::Info;

/// Departures from what both profiles ask for.
fn of_both(made: &Made) -> Vec<Row<'_>> {
    let new = |suite, group| hello(Version::Tls13, suite, Some(group));
    let keyed = |kind| serves(made.keyed(kind).0);
    vec![
        (
            "tls_versions: SSL 2.0",
            answers(Probe::Ssl2, hello(Version::Ssl2, "", None)),
            &[("tls/profile-versions", LOW)],
        ),
        (
            "ciphersuites",
            answers(Probe::RareSuites, new("TLS_AES_128_CCM_8_SHA256", "x25519")),
            &[("tls/profile-suites", LOW)],
        ),
        (
            "tls_curves: one too many",
            answers(Probe::Group(25), new("TLS_AES_128_GCM_SHA256", "secp521r1")),
            &[("tls/profile-groups", LOW)],
        ),
        (
            "tls_curves: none against quantum computers",
            Box::new(move |seen| {
                answers(Probe::Tls13, new("TLS_AES_128_GCM_SHA256", "x25519"))(seen);
                answers(Probe::PostQuantum, Answer::Alert(40))(seen);
            }),
            &[("tls/profile-groups", LOW)],
        ),
        (
            "certificate_curves",
            keyed(&rcgen::PKCS_ECDSA_P521_SHA512),
            &[("tls/profile-certificate", LOW)],
        ),
        (
            "certificate_signatures",
            serves(made.signed_with_sha1()),
            &[("tls/profile-certificate", LOW)],
        ),
        (
            "maximum_certificate_lifespan",
            serves(made.for_months(-1, 398)),
            &[("tls/profile-lifetime", LOW)],
        ),
        ("ocsp_staple", serves(made.with_responder()), &[("tls/profile-staple", INFO)]),
        (
            "hsts_min_age",
            Box::new(|seen| {
                let page = PageSeen::new(200, Some("max-age=31536000"));
                *seen = seen.clone().with_page(page);
            }),
            &[("tls/profile-hsts", LOW)],
        ),
    ]
}

/// Departures from one profile, which the other may allow.
fn of_one(made: &Made) -> Vec<(Profile, Row<'_>)> {
    let old = |suite, group| hello(Version::Tls12, suite, Some(group));
    let finite = || {
        let mut seen = HelloSeen::new(Version::Tls12, DHE);
        seen.dh_bits = Some(1024);
        Answer::Hello(Box::new(seen))
    };
    let rsa = || serves(made.rsa2048().0);
    let (modern, intermediate) = (Profile::MozillaModern, Profile::MozillaIntermediate);
    let of_modern: Vec<Row<'_>> = vec![
        (
            "tls_versions: an old one",
            answers(Probe::Tls11, hello(Version::Tls11, CBC, None)),
            &[("tls/profile-versions", LOW), ("tls/profile-suites", LOW)],
        ),
        (
            "tls_versions: TLS 1.2",
            answers(Probe::Tls12, old(FIRST, "x25519")),
            &[("tls/profile-versions", LOW), ("tls/profile-suites", LOW)],
        ),
        ("certificate_types: RSA", rsa(), &[("tls/profile-certificate", LOW)]),
        (
            "maximum_certificate_lifespan: 100 days",
            serves(made.for_months(-1, 100)),
            &[("tls/profile-lifetime", LOW)],
        ),
    ];
    let of_intermediate: Vec<Row<'_>> = vec![
        (
            "tls_versions: an old one",
            answers(Probe::Tls11, hello(Version::Tls11, CBC, None)),
            &[("tls/profile-versions", LOW), ("tls/profile-suites", LOW)],
        ),
        (
            "tls_versions: no TLS 1.3",
            Box::new(|seen| {
                seen.probes.retain(|one| {
                    one.answer.hello().is_none_or(|hello| hello.version != Version::Tls13)
                });
                answers(Probe::Tls13, Answer::Alert(70))(seen);
                seen.modern = Ok(Handshake::new(Version::Tls12));
            }),
            &[("tls/profile-versions", LOW)],
        ),
        ("ciphers", answers(Probe::Weak, old(CBC, "x25519")), &[("tls/profile-suites", LOW)]),
        (
            "server_preferred_order",
            Box::new(move |seen| {
                answers(Probe::Tls12Reversed, old(FIRST, "x25519"))(seen);
                answers(Probe::Others(0xc02b), old(SECOND, "x25519"))(seen);
            }),
            &[("tls/profile-order", INFO)],
        ),
        (
            "ecdh_param_size",
            answers(Probe::RareCurves, old(FIRST, "secp192r1")),
            &[("tls/profile-groups", LOW)],
        ),
        (
            "dh_param_size",
            answers(Probe::Class(SuiteClass::Dhe), finite()),
            &[("tls/profile-suites", LOW), ("tls/profile-dh", LOW)],
        ),
        ("certificate_types: RSA", rsa(), &[]),
        ("rsa_key_size", serves(made.rsa1024()), &[("tls/profile-certificate", LOW)]),
        (
            "recommended_certificate_lifespan",
            serves(made.for_months(-1, 100)),
            &[("tls/profile-lifetime", INFO)],
        ),
        ("ocsp_staple: there is no responder", serves(made.ordinary()), &[]),
    ];
    let modern = of_modern.into_iter().map(|row| (modern, row));
    modern.chain(of_intermediate.into_iter().map(|row| (intermediate, row))).collect()
}

#[test]
fn each_item_is_judged_by_itself() {
    let made = Made::new();
    let both = [Profile::MozillaModern, Profile::MozillaIntermediate];
    for profile in both {
        let run = judged(&made, as_configured(&made, profile), profile);
        assert_eq!(departures(&run), [], "{profile:?}: {:?}", run.findings);
        let undecided =
            run.outcomes.iter().filter(|one| one.rule.as_str().starts_with("tls/profile"));
        let undecided = undecided
            .filter(|one| matches!(one.verdict, Verdict::Inconclusive { .. } | Verdict::Fail));
        assert_eq!(undecided.count(), 0);
    }
    let rows = both
        .into_iter()
        .flat_map(|profile| of_both(&made).into_iter().map(move |row| (profile, row)));
    for (profile, (item, change, expected)) in rows.chain(of_one(&made)) {
        let mut seen = as_configured(&made, profile);
        change(&mut seen);
        let run = judged(&made, seen, profile);
        assert_eq!(departures(&run), expected, "{profile:?}, {item}: {:?}", run.findings);
    }
}

/// What was not answered is neither as the profile asks nor otherwise.
#[test]
fn silence_decides_nothing() {
    let made = Made::new();
    let profile = Profile::MozillaIntermediate;
    for (probe, rule) in [
        (Probe::Tls11, "tls/profile-versions"),
        (Probe::Weak, "tls/profile-suites"),
        (Probe::RareSuites, "tls/profile-suites"),
        (Probe::Tls12Reversed, "tls/profile-order"),
        (Probe::RareCurves, "tls/profile-groups"),
        (Probe::Group(25), "tls/profile-groups"),
    ] {
        let mut seen = as_configured(&made, profile);
        let silent = Obstacle::new(Cause::Silent, "no answer");
        answers(probe, Answer::Failed(silent))(&mut seen);
        let run = judged(&made, seen, profile);
        assert_eq!(departures(&run), [], "{probe:?}");
        let outcome = run.outcomes.iter().find(|one| one.rule == rule).unwrap();
        assert!(matches!(outcome.verdict, Verdict::Inconclusive { .. }), "{probe:?}: {outcome:?}");
    }
}
