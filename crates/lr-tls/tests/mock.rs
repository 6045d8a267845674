//! Whole inspections of a server without cryptography, which plays whatever is configured.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/mock.rs"]
mod mock;

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use lr_core::{CheckRun, Context, Limits, Network, Route, Verdict};
use lr_lab::{Authority, Certificate};
use lr_tls::{Snapshot, TlsCheck};
use mock::Mock;

static CHAIN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    Authority::new().unwrap().issue(&Certificate::valid(), "mock.test").unwrap().chain
});

async fn checked(mock: Mock) -> (CheckRun, usize) {
    let (address, count) = mock.serve().await;
    let mut network = Network::default();
    network.routes = vec![Route::new("mock.test", 443, address)];
    network.only_routed = true;
    let limits = Limits::within(Duration::from_secs(3));
    let now = "2026-11-21T12:00:00Z".parse().unwrap();
    let cx = Context::new().with_network(network).with_limits(limits);
    let cx = cx.with_clock(lr_core::Clock::fixed(now));
    let run = lr_core::run(&TlsCheck::new(["mock.test"]), &cx).await;
    (run, count.load(std::sync::atomic::Ordering::Relaxed))
}

fn failed(run: &CheckRun, rule: &str) -> bool {
    verdict(run, rule) == Verdict::Fail
}

fn verdict(run: &CheckRun, rule: &str) -> Verdict {
    run.outcomes.iter().find(|outcome| outcome.rule == rule).unwrap().verdict.clone()
}

fn healthy() -> Mock {
    Mock::healthy(CHAIN.clone())
}

/// Rules on what hellos show that do not hold.
fn found(run: &CheckRun) -> BTreeSet<&str> {
    // The server cannot end a handshake, and the lab's root is unknown here.
    let other = ["tls/handshake", "tls/chain-trusted", "tls/version-13"];
    let rules = run.findings.iter().map(|finding| finding.rule.as_str());
    rules.filter(|rule| !other.contains(rule)).collect()
}

#[tokio::test]
async fn each_misconfiguration_is_named_and_nothing_else() {
    let with = |change: fn(&mut Mock)| {
        let mut mock = healthy();
        change(&mut mock);
        mock
    };
    let table = [
        ("healthy", healthy(), &[][..]),
        ("SSL 2.0", with(|mock| mock.versions.push(2)), &["tls/ssl"]),
        (
            "SSL 3.0",
            with(|mock| {
                mock.versions.push(0x0300);
                mock.suites.push(0x002f);
            }),
            &["tls/ssl"],
        ),
        ("TLS 1.0", with(|mock| mock.versions.push(0x0301)), &["tls/old-versions"]),
        ("null", with(|mock| mock.suites.push(0x003b)), &["tls/null-suites"]),
        ("anonymous", with(|mock| mock.suites.push(0x0034)), &["tls/anonymous-suites"]),
        (
            "export",
            with(|mock| mock.suites.push(0x0008)),
            &["tls/export-suites", "tls/small-block-suites"],
        ),
        ("RC4", with(|mock| mock.suites.push(0xc011)), &["tls/rc4-suites"]),
        ("3DES", with(|mock| mock.suites.push(0xc012)), &["tls/small-block-suites"]),
        ("no FS", with(|mock| mock.suites = vec![0x009c]), &["tls/forward-secrecy"]),
        ("FS last", with(|mock| mock.suites.insert(0, 0x009c)), &["tls/forward-secrecy"]),
        (
            "DH",
            with(|mock| {
                mock.suites.push(0x009e);
                mock.dh_bits = 1024;
            }),
            &["tls/dh-size"],
        ),
        ("DEFLATE", with(|mock| mock.compresses = true), &["tls/compression"]),
        (
            "renegotiation",
            with(|mock| mock.renegotiates_securely = false),
            &["tls/secure-renegotiation"],
        ),
        ("EMS", with(|mock| mock.extended_master_secret = false), &["tls/extended-master-secret"]),
        ("no PQ", with(|mock| mock.groups = vec![29]), &["tls/post-quantum"]),
        (
            "CBC",
            with(|mock| {
                mock.suites = vec![0xc009];
                mock.versions = vec![0x0303];
            }),
            &["tls/authenticated-encryption"],
        ),
        ("no h2", with(|mock| mock.alpn = None), &["tls/http2"]),
        ("large", with(|mock| mock.fears_size = 1400), &["tls/large-hello"]),
    ];
    let looks = table.map(|(what, mock, expected)| async move {
        let (run, connections) = checked(mock).await;
        assert_eq!(found(&run), expected.iter().copied().collect(), "{what}: {:?}", run.findings);
        assert!(connections <= 40, "{what}: {connections}");
    });
    stream::iter(looks).buffer_unordered(8).collect::<Vec<_>>().await;
    let (run, _) = checked(with(|mock| mock.fears_tls13 = true)).await;
    assert!(failed(&run, "tls/version-tolerance"), "{:?}", run.findings);
    let snapshot: Snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
    assert!(!snapshot.hosts[0].addresses.as_ref().unwrap()[0].probes.is_empty());
}
