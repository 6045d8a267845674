//! Whatever an enemy sends: a judgement, never a panic, and the same again from the JSON.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lr_core::{CheckRun, Timestamp};
use lr_lab::{Authority, Certificate};
use lr_tls::{
    AddressSeen, Answer, Cause, Handshake, HostSeen, Obstacle, Policy, Probe, RULES, Roots,
    Snapshot, Summary, Target, Version, judge,
};
use proptest::collection::vec;
use proptest::prelude::*;

static CHAIN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    Authority::new().unwrap().issue(&Certificate::valid(), "shop.test").unwrap().chain
});

fn judged(snapshot: &Snapshot, now: Timestamp) -> CheckRun {
    lr_core::record("tls", RULES, |out| {
        judge(snapshot, &Roots::mozilla(), &Policy::default(), now, out);
    })
}

fn every_rule_is_decided(run: &CheckRun) -> bool {
    let decided: BTreeSet<_> = run.outcomes.iter().map(|outcome| outcome.rule.as_str()).collect();
    RULES.iter().all(|rule| decided.contains(rule.id))
}

fn serving(host: &str, chain: Vec<Vec<u8>>) -> Snapshot {
    let seen = AddressSeen::serving("11.0.0.1:443".parse().unwrap(), chain);
    Snapshot::new(vec![HostSeen::new(host, 443, Ok(vec![seen]))])
}

/// Bytes, or a certificate with some bytes changed, cut or added.
fn certificate() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    let broken = (0..2usize, changes, any::<prop::sample::Index>(), any::<bool>());
    prop_oneof![
        vec(any::<u8>(), 0..200),
        broken.prop_map(|(which, changes, end, cut)| {
            let mut der = CHAIN[which].clone();
            for (at, byte) in changes {
                let at = at.index(der.len());
                der[at] = byte;
            }
            if cut {
                der.truncate(end.index(der.len()));
            }
            der
        }),
    ]
}

fn outcome() -> impl Strategy<Value = Result<Handshake, Obstacle>> {
    let causes = [
        Cause::Refused,
        Cause::Unreachable,
        Cause::Timeout,
        Cause::Silent,
        Cause::Reset,
        Cause::Closed,
        Cause::PlainHttp,
        Cause::NotTls,
        Cause::Alert,
        Cause::Version,
        Cause::Broken,
        Cause::Forbidden,
        Cause::BadName,
    ];
    let failed = prop::sample::select(causes.to_vec());
    prop_oneof![
        Just(Ok(Handshake::new(Version::Tls12))),
        Just(Ok(Handshake::new(Version::Tls13))),
        failed.prop_map(|cause| Err(Obstacle::new(cause, "why"))),
    ]
}

fn address() -> impl Strategy<Value = AddressSeen> {
    let ip = prop::sample::select(vec!["11.0.0.1:443", "[2a0e::1]:443"]);
    let chain = vec(certificate(), 0..4);
    (ip, outcome(), outcome(), chain).prop_map(|(ip, modern, tls12, chain)| {
        AddressSeen::new(ip.parse().unwrap(), modern, tls12).with_chain(chain)
    })
}

proptest! {
    #[test]
    fn any_bytes_as_certificates_are_judged(
        host in "[a-z.*0-9:]{0,20}",
        chain in vec(certificate(), 0..6),
        now in any::<i64>(),
    ) {
        let snapshot = serving(&host, chain);
        let now = Timestamp::from_unix_ms(now);
        let run = judged(&snapshot, now);
        prop_assert!(every_rule_is_decided(&run));
        let _ = Summary::of(&snapshot, &Roots::mozilla(), now);
    }

    #[test]
    fn a_snapshot_survives_json_and_is_judged_the_same(
        addresses in vec(address(), 0..3),
        required: bool,
        root in certificate(),
    ) {
        let host = HostSeen::new("shop.test", 443, Ok(addresses));
        let host = if required { host } else { host.optional() };
        let snapshot = Snapshot::new(vec![host]).with_extra_roots([root, CHAIN[1].clone()]);
        let json = serde_json::to_string(&snapshot).unwrap();
        let again: Snapshot = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&again, &snapshot);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), json);
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let run = judged(&snapshot, now);
        prop_assert!(every_rule_is_decided(&run));
        prop_assert_eq!(judged(&again, now), run);
    }

    #[test]
    fn any_bytes_are_an_answer(bytes in vec(any::<u8>(), 0..600), ssl2: bool) {
        let probe = if ssl2 { Probe::Ssl2 } else { Probe::Tls12 };
        let (answer, chain) = Answer::read(probe, &bytes);
        prop_assert!(chain.is_empty() || answer.hello().is_some());
    }

    #[test]
    fn any_text_is_a_target_or_not(text: String) {
        if let Ok(target) = text.parse::<Target>() {
            prop_assert!(!target.host.is_empty());
        }
    }
}

#[test]
fn a_long_chain_is_judged_in_time() {
    let mut chain = vec![CHAIN[0].clone()];
    chain.extend(std::iter::repeat_n(CHAIN[1].clone(), 100));
    let started = std::time::Instant::now();
    let run = judged(&serving("shop.test", chain), "2036-01-01T00:00:00Z".parse().unwrap());
    assert!(every_rule_is_decided(&run));
    assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
}
