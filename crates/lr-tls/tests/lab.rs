//! Whole inspections over real sockets, against the lab.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, Instant};

use lr_core::{Check, CheckRun, Context, ErrorKind, Limits, Network, Route, Severity, Verdict};
use lr_lab::{Certificate, Key, Lab, Port, Site, TlsFault, TlsVersions};
use lr_tls::{Summary, TlsCheck, TlsConfig, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

async fn lab(site: Site) -> Lab {
    Lab::builder().site(site).start().await.expect("the lab starts")
}

async fn checked(site: Site) -> CheckRun {
    let lab = lab(site).await;
    lr_core::run(&TlsCheck::new(["shop.test"]), &lab.context()).await
}

fn shop() -> Site {
    Site::new("shop.test")
}

/// Findings that are more than a hint, as rules.
fn rules(run: &CheckRun) -> Vec<&str> {
    let hints = ["tls/hsts", "tls/renewal", "tls/lifetime", "tls/chain-lean"];
    let rules = run.findings.iter().map(|finding| finding.rule.as_str());
    rules.filter(|rule| !hints.contains(rule)).collect()
}

fn verdict<'a>(run: &'a CheckRun, rule: &str) -> &'a Verdict {
    let found = run.outcomes.iter().find(|outcome| outcome.rule == rule);
    &found.unwrap_or_else(|| panic!("{rule} has an outcome")).verdict
}

fn evidence(run: &CheckRun, key: &str) -> Option<String> {
    let value = run.findings.iter().find_map(|finding| finding.evidence.get(key))?;
    Some(serde_json::to_string(value).unwrap().trim_matches('"').to_owned())
}

fn summary(run: &CheckRun) -> Summary {
    serde_json::from_str(run.data.as_deref().expect("there is data")).unwrap()
}

#[tokio::test]
async fn a_healthy_host_passes_every_rule() {
    let run = checked(shop()).await;
    assert_eq!(rules(&run), [""; 0]);
    assert_eq!(run.error, None);
    let unusual = run.outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Pass);
    let unusual: Vec<_> = unusual.map(|outcome| outcome.rule.as_str()).collect();
    // The lab's root is not a public one, nobody handed in what DNS says, and its pages send no HSTS.
    let expected = [
        "tls/lifetime",
        "tls/timestamps",
        "tls/must-staple",
        "tls/staple",
        "tls/not-revoked",
        "tls/revocable",
        "tls/caa-issuer",
        "tls/tlsa",
        "tls/profile-certificate",
        "tls/profile-lifetime",
        "tls/profile-staple",
        "tls/dh-size",
        "tls/hsts",
        "tls/profile-versions",
        "tls/profile-suites",
        "tls/profile-order",
        "tls/profile-groups",
        "tls/profile-dh",
        "tls/profile-hsts",
    ];
    assert_eq!(unusual, expected);

    let summary = summary(&run);
    let host = &summary.hosts[0];
    assert_eq!((host.host.as_str(), host.port, host.days_left), ("shop.test", 443, Some(60)));
    assert_eq!(host.versions, [Version::Tls12, Version::Tls13]);
    assert_eq!(host.alpn.as_ref().map(|alpn| alpn.as_str()), Some("h2"));
    assert_eq!(host.certificates.len(), 2);
    assert_eq!(host.certificates[0].key.as_str(), "ECDSA P-256");
    assert_eq!(host.error, None);
    assert_eq!(serde_json::to_value(host.chain_verdict).unwrap(), "trusted-own-root");
}

#[tokio::test]
async fn twelve_connections_are_enough_for_a_clean_address() {
    let lab = lab(shop()).await;
    lr_core::run(&TlsCheck::new(["shop.test"]), &lab.context()).await;
    assert_eq!(lab.connections().len(), 2 * 12);
    let modest = TlsConfig::new(["shop.test"]).without_probes();
    let lab = self::lab(shop()).await;
    lr_core::run(&TlsCheck::with_config(modest), &lab.context()).await;
    assert_eq!(lab.connections().len(), 4);
    assert!(lab.handshakes().iter().all(|hello| hello.sni.as_deref() == Some("shop.test")));
}

#[tokio::test]
async fn each_fault_has_its_finding_and_no_other() {
    for (certificate, expected) in [
        (Certificate::expired(), vec!["tls/not-expired"]),
        (Certificate::not_yet_valid(), vec!["tls/already-valid"]),
        (Certificate::wrong_host(), vec!["tls/name"]),
        (Certificate::expired().names(["other.test"]), vec!["tls/name", "tls/not-expired"]),
        (Certificate::valid().names(["*.shop.test"]), vec!["tls/name"]),
        (Certificate::valid().names(["*.shop.test", "shop.test"]), vec![]),
        (Certificate::self_signed(), vec!["tls/chain-trusted"]),
        (Certificate::unknown_root(), vec!["tls/chain-trusted"]),
        (Certificate::missing_intermediate(), vec!["tls/chain-complete"]),
        (Certificate::expires_in(6), vec!["tls/renewed-in-time"]),
        (Certificate::expires_in(20), vec!["tls/renewed-in-time"]),
        (Certificate::expires_in(29), vec![]),
        (Certificate::short_lived(6), vec![]),
        (Certificate::short_lived(47), vec![]),
        (Certificate::valid().key(Key::P384), vec![]),
        (Certificate::valid().key(Key::Rsa2048), vec![]),
        (Certificate::valid().key(Key::Rsa1024), vec!["tls/key-strength"]),
    ] {
        let what = format!("{certificate:?}");
        let run = checked(shop().certificate(certificate)).await;
        assert_eq!(rules(&run), expected, "{what}: {:?}", run.findings);
        assert_eq!(verdict(&run, "tls/handshake"), &Verdict::Pass, "{what}");
    }
}

#[tokio::test]
async fn causes_are_told_apart() {
    let run = checked(shop().certificate(Certificate::self_signed())).await;
    assert_eq!(evidence(&run, "cause").as_deref(), Some("self-signed"));
    let run = checked(shop().certificate(Certificate::unknown_root())).await;
    assert_eq!(evidence(&run, "cause").as_deref(), Some("unknown-root"));
    let run = checked(shop().certificate(Certificate::missing_intermediate())).await;
    assert!(run.findings[0].detail.as_str().contains("Issuing CA 1"), "{:?}", run.findings);
}

#[tokio::test]
async fn what_is_due_at_once_is_worse() {
    let run = checked(shop().certificate(Certificate::expires_in(6))).await;
    assert_eq!(run.findings[0].severity, Severity::High);
    let run = checked(shop().certificate(Certificate::expires_in(20))).await;
    assert_eq!(run.findings[0].severity, Severity::Medium);
}

#[tokio::test]
async fn versions_are_told_apart() {
    let run = checked(shop().tls(TlsVersions::Only12)).await;
    assert_eq!(rules(&run), ["tls/version-13"]);
    assert_eq!(run.findings[0].severity, Severity::Low);
    assert_eq!(summary(&run).hosts[0].versions, [Version::Tls12]);
    let run = checked(shop().tls(TlsVersions::Only13)).await;
    assert_eq!(rules(&run), [""; 0]);
    assert_eq!(summary(&run).hosts[0].versions, [Version::Tls13]);
}

#[tokio::test]
async fn what_is_no_tls_is_named() {
    for (fault, cause) in [
        (TlsFault::PlainHttp, "plain-http"),
        (TlsFault::Garbage, "not-tls"),
        (TlsFault::Alert, "alert"),
        (TlsFault::Close, "closed"),
    ] {
        let run = checked(shop().tls_fault(fault)).await;
        assert_eq!(rules(&run), ["tls/handshake"], "{fault:?}");
        assert_eq!(evidence(&run, "cause").as_deref(), Some(cause), "{fault:?}");
        assert_eq!(verdict(&run, "tls/reachable"), &Verdict::Pass, "{fault:?}");
        let applies = verdict(&run, "tls/name");
        assert!(matches!(applies, Verdict::NotApplicable { .. }), "{fault:?}: {applies:?}");
        assert!(summary(&run).hosts[0].error.is_some());
    }
}

#[tokio::test]
async fn trouble_on_the_way_is_no_finding() {
    let run = checked(shop().tls_fault(TlsFault::Reset)).await;
    assert_eq!(rules(&run), [""; 0]);
    let handshake = verdict(&run, "tls/handshake");
    let cause = ErrorKind::Unreachable;
    assert!(matches!(handshake, Verdict::Inconclusive { cause: c, .. } if *c == cause));
}

#[tokio::test]
async fn a_silent_server_costs_one_timeout_and_decides_nothing() {
    for site in [shop().tls_fault(TlsFault::Silence), shop().https_port(Port::Silent)] {
        let lab = lab(site).await;
        let cx = lab.context().with_limits(Limits::within(Duration::from_secs(2)));
        let started = Instant::now();
        let check = TlsCheck::new(["shop.test"]);
        let run = lr_core::run(&check, &cx.with_time_left(Duration::from_secs(2))).await;
        assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
        assert_eq!(rules(&run), [""; 0]);
        assert_eq!(run.error, None);
        let unasked = |id: &str| {
            id == "tls/reachable" || id == "tls/same-certificate" || id.starts_with("tls/profile")
        };
        for rule in check.rules().iter().filter(|rule| !unasked(rule.id)) {
            let seen = verdict(&run, rule.id);
            let fine = match rule.id {
                "tls/every-address" => matches!(seen, Verdict::NotApplicable { .. }),
                _ => matches!(seen, Verdict::Inconclusive { cause: ErrorKind::Timeout, .. }),
            };
            assert!(fine, "{}: {seen:?}", rule.id);
        }
    }
}

#[tokio::test]
async fn a_silent_host_takes_nothing_from_the_others() {
    let lab = Lab::builder().site(shop()).site(Site::new("slow.test").https_port(Port::Silent));
    let lab = lab.start().await.unwrap();
    let cx = lab.context().with_limits(Limits::within(Duration::from_secs(2)));
    let run = lr_core::run(&TlsCheck::new(["slow.test", "shop.test"]), &cx).await;
    let of_shop = run.outcomes.iter().filter(|o| o.subject.to_string() == "shop.test:443");
    assert!(of_shop.filter(|outcome| outcome.verdict == Verdict::Pass).count() > 35);
    assert!(summary(&run).hosts[0].error.is_some());
    assert!(summary(&run).hosts[1].error.is_none());
}

#[tokio::test]
async fn a_resolver_that_does_not_answer_decides_nothing() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut network = Network::default();
    network.nameservers = vec![silent.local_addr().unwrap()];
    let limits = Limits::within(Duration::from_secs(2));
    let cx = Context::new().with_network(network).with_limits(limits);
    let run = lr_core::run(&TlsCheck::new(["shop.test"]), &cx).await;
    let undecided = |verdict: &Verdict| !matches!(verdict, Verdict::Pass | Verdict::Fail);
    assert!(run.outcomes.iter().all(|outcome| undecided(&outcome.verdict)), "{:?}", run.outcomes);
    assert!(matches!(verdict(&run, "tls/name"), Verdict::Inconclusive { .. }));
    assert_eq!(run.error, None);
}

/// A host that answers every ClientHello by what `answer` does with the connection.
async fn raw<F: Future<Output = ()> + Send + 'static>(answer: fn(TcpStream) -> F) -> CheckRun {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut network = Network::default();
    network.routes = vec![Route::new("raw.test", 443, listener.local_addr().unwrap())];
    network.only_routed = true;
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    let limits = Limits::within(Duration::from_secs(2));
    let cx = Context::new().with_network(network).with_limits(limits);
    let started = Instant::now();
    let run = lr_core::run(&TlsCheck::new(["raw.test"]), &cx).await;
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
    server.abort();
    run
}

#[tokio::test]
async fn a_server_that_drips_is_cut_off() {
    let run = raw(|mut stream| async move {
        for byte in [0x16, 3, 3, 0x40, 0, 2].into_iter().chain(std::iter::repeat(0)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    });
    let run = run.await;
    assert_eq!(rules(&run), [""; 0]);
    let seen = verdict(&run, "tls/handshake");
    assert!(matches!(seen, Verdict::Inconclusive { cause: ErrorKind::Timeout, .. }), "{seen:?}");
}

#[tokio::test]
async fn a_flood_is_not_swallowed() {
    let run = raw(|mut stream| async move {
        // Records of a ServerHello of 16 MB.
        let mut record = vec![0x16, 3, 3, 0x40, 0, 2, 0xff, 0xff, 0xff];
        record.resize(5 + 0x4000, 0);
        while stream.write_all(&record).await.is_ok() {}
    });
    let run = run.await;
    assert_eq!(rules(&run), ["tls/handshake"]);
    assert_eq!(evidence(&run, "cause").as_deref(), Some("broken"));
}

#[tokio::test]
async fn another_protocol_is_named() {
    let run = raw(|mut stream| async move {
        let _ = stream.write_all(b"220 mail.test ESMTP\r\n").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    });
    let run = run.await;
    assert_eq!(rules(&run), ["tls/handshake"]);
    assert_eq!(evidence(&run, "cause").as_deref(), Some("not-tls"));
}

#[tokio::test]
async fn old_versions_alone_are_named() {
    let run = raw(|mut stream| async move {
        // The alert protocol_version, as of a server that knows TLS 1.0 and 1.1.
        let mut hello = [0; 5];
        let _ = stream.read_exact(&mut hello).await;
        let _ = stream.write_all(&[0x15, 3, 1, 0, 2, 2, 70]).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let run = run.await;
    assert_eq!(rules(&run), ["tls/version"]);
}

#[tokio::test]
async fn a_closed_port_is_a_fault_where_tls_must_be() {
    let lab = lab(shop().https_port(Port::Closed)).await;
    let run = lr_core::run(&TlsCheck::new(["shop.test"]), &lab.context()).await;
    assert_eq!(rules(&run), ["tls/reachable"]);
    let optional = TlsConfig::new([""; 0]).optional(["shop.test"]);
    let run = lr_core::run(&TlsCheck::with_config(optional), &lab.context()).await;
    assert_eq!(rules(&run), [""; 0]);
    assert!(matches!(verdict(&run, "tls/reachable"), Verdict::NotApplicable { .. }));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_not_a_matter_of_tls() {
    let lab = lab(shop()).await;
    let run = lr_core::run(&TlsCheck::new(["nowhere.shop.test"]), &lab.context()).await;
    assert_eq!(rules(&run), [""; 0]);
    assert!(run.outcomes.iter().all(|o| matches!(o.verdict, Verdict::NotApplicable { .. })));
}

#[tokio::test]
async fn one_address_with_another_certificate_is_named() {
    let healthy = lab(shop()).await;
    let addresses = healthy.addresses("shop.test");
    let site = shop().certificate_at(addresses[0], Certificate::expired());
    let run = checked(site).await;
    let expected = format!("tls/not-expired @ shop.test:443 #{}", addresses[0]);
    assert_eq!(rules(&run), ["tls/not-expired", "tls/same-certificate"]);
    assert_eq!(run.findings[0].key, expected);
}

#[tokio::test]
async fn a_forbidden_address_is_inconclusive() {
    let lab = lab(shop()).await;
    let mut network = lab.network();
    network.only_routed = false;
    let cx = lab.context().with_network(network);
    let run = lr_core::run(&TlsCheck::new(["127.0.0.1:1"]), &cx).await;
    assert_eq!(rules(&run), [""; 0]);
    let cause = ErrorKind::Forbidden;
    let seen = verdict(&run, "tls/handshake");
    assert!(matches!(seen, Verdict::Inconclusive { cause: c, .. } if *c == cause), "{seen:?}");
}

#[tokio::test]
async fn a_snapshot_is_judged_again_without_a_network() {
    let lab = lab(shop().certificate(Certificate::expired())).await;
    let cx = lab.context();
    let run = lr_core::run(&TlsCheck::new(["shop.test"]), &cx).await;
    drop(lab);
    let snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
    let nowhere = Context::new().with_clock(cx.clock().clone());
    let again = lr_core::run(&TlsCheck::replay(snapshot), &nowhere).await;
    assert_eq!(again, run);
}

#[tokio::test]
async fn hosts_are_looked_at_together() {
    let names: Vec<_> = (0..8).map(|n| format!("h{n}.test")).collect();
    let sites = names.iter().map(|name| Site::new(name));
    let lab = sites.fold(Lab::builder().rtt(Duration::from_millis(50)), |lab, s| lab.site(s));
    let lab = lab.start().await.unwrap();
    let started = Instant::now();
    let run = lr_core::run(&TlsCheck::new(names), &lab.context()).await;
    assert_eq!(rules(&run), [""; 0]);
    // Names, connection, TLS 1.2 and a page: five round trips, whatever the number of hosts. One
    // connection after the other they would take 40 s.
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_bad_target_is_a_configuration_error() {
    let lab = lab(shop()).await;
    let run = lr_core::run(&TlsCheck::new(["https://shop.test/"]), &lab.context()).await;
    assert!(run.error.expect("an error").as_str().contains("HOST:PORT"));
}
