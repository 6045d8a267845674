//! What embedders rely on: everything by its public path.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use lr_core::{Check, ErrorKind, Verdict};
use lr_lab::{Lab, Site};
use lr_tls::{
    AddressSeen, Cause, ChainVerdict, Error, HostSeen, HostSummary, Margin, Obstacle, Policy,
    RULES, Roots, Snapshot, Summary, Target, TlsCheck, TlsConfig, inspect, judge,
};

#[tokio::test]
async fn look_and_judge_are_usable_apart() {
    let lab = Lab::builder().site(Site::new("shop.test")).start().await.unwrap();
    let cx = lab.context();
    let snapshot: Snapshot = inspect(&TlsConfig::new(["shop.test"]), &cx).await.unwrap();
    assert_eq!(snapshot.hosts.len(), 1);
    assert_eq!(snapshot.extra_roots.len(), 1);

    let run = lr_core::record("tls", RULES, |out| {
        judge(&snapshot, &Roots::mozilla(), &Policy::default(), cx.now(), out);
    });
    assert!(run.findings.is_empty());

    let summary: Summary = Summary::of(&snapshot, &Roots::mozilla(), cx.now());
    let host: &HostSummary = &summary.hosts[0];
    assert_eq!(host.chain_verdict, ChainVerdict::TrustedOwnRoot);
}

#[tokio::test]
async fn thresholds_can_be_set() {
    let lab = Lab::builder().site(Site::new("shop.test")).start().await.unwrap();
    let mut policy = Policy::default();
    policy.renew = Margin::new(90, 90);
    policy.rsa_bits = 3072;
    let check = TlsCheck::new(["shop.test"]).with_policy(policy);
    let run = lr_core::run(&check, &lab.context()).await;
    assert_eq!(run.findings[0].key, "tls/renewed-in-time @ shop.test:443");
}

#[tokio::test]
async fn only_configuration_makes_an_inspection_impossible() {
    let lab = Lab::builder().start().await.unwrap();
    let error = inspect(&TlsConfig::new(["a b"]), &lab.context()).await.unwrap_err();
    assert_eq!(error, Error::BadTarget("a b".into()));
    assert_eq!(error.kind(), ErrorKind::Config);
    let none = inspect(&TlsConfig::default(), &lab.context()).await.unwrap();
    assert!(none.hosts.is_empty());
}

#[test]
fn the_catalogue_is_complete() {
    let check = TlsCheck::new(["shop.test"]);
    assert_eq!(check.name(), "tls");
    assert_eq!(check.rules().len(), RULES.len());
    let readme = include_str!("../README.md");
    for rule in RULES {
        assert!(rule.id.starts_with("tls/"), "{}", rule.id);
        assert!(readme.contains(&format!("| `{}` |", rule.id)), "{} is not in the README", rule.id);
        for text in [rule.title, rule.failure, rule.impact, rule.fix] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text:?}", rule.id);
        }
        assert!(!rule.references.is_empty(), "{}", rule.id);
    }
}

#[test]
fn a_target_is_a_host_and_a_port() {
    let target: Target = "Shop.test:8443".parse().unwrap();
    assert_eq!((target.host.as_str(), target.port), ("shop.test", 8443));
}

#[test]
fn a_root_must_be_a_certificate() {
    assert!(matches!(Roots::none().with_own(b"?"), Err(Error::BadRoot(_))));
}

#[test]
fn a_filtered_port_is_a_question_only_where_tls_must_be() {
    let open = |host: HostSeen| {
        let snapshot = Snapshot::new(vec![host]);
        let run = lr_core::record("tls", RULES, |out| {
            let now = "2026-11-21T12:00:00Z".parse().unwrap();
            judge(&snapshot, &Roots::mozilla(), &Policy::default(), now, out);
        });
        assert!(run.findings.is_empty());
        run.outcomes.iter().any(|one| matches!(one.verdict, Verdict::Inconclusive { .. }))
    };
    let dropped = || Err(Obstacle::new(Cause::Timeout, "mail.shop.test timed out"));
    let address = "11.0.0.1:443".parse().unwrap();
    let host = HostSeen::new(
        "mail.shop.test",
        443,
        Ok(vec![AddressSeen::new(address, dropped(), dropped())]),
    );
    assert!(open(host.clone()), "whether a host that must serve TLS does so was not seen");
    assert!(!open(host.optional()), "a host that need not is left alone");
}
