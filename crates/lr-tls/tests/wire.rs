//! What is fetched, negotiated and compared beyond one handshake, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/bed.rs"]
mod bed;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use bed::Bed;
use bed::http;
use bed::made::{self, HOST, ORGANIZATION};
use bed::server::{HSTS, Identity, Server};
use lr_core::{CheckRun, Context, Severity, Verdict};
use lr_lab::Lab;
use lr_tls::{Profile, Renewal, Summary, TlsCheck, TlsConfig, Version};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

async fn checked(bed: &Bed, server: Server) -> CheckRun {
    let cx = bed.context(&[(HOST, 443, server.serve().await)]);
    run(bed, TlsConfig::new([HOST]), &cx).await
}

async fn run(bed: &Bed, config: TlsConfig, cx: &Context) -> CheckRun {
    lr_core::run(&TlsCheck::with_config(config).with_roots(bed.roots.clone()), cx).await
}

fn verdict(run: &CheckRun, rule: &str) -> Verdict {
    run.outcomes.iter().find(|outcome| outcome.rule == rule).unwrap().verdict.clone()
}

/// Rules of medium severity or above that do not hold.
fn bad(run: &CheckRun) -> Vec<&str> {
    let bad = run.findings.iter().filter(|finding| finding.severity >= Severity::Medium);
    bad.map(|finding| finding.rule.as_str()).collect()
}

fn summary(run: &CheckRun) -> Summary {
    serde_json::from_str(run.data.as_deref().unwrap()).unwrap()
}

#[tokio::test]
async fn a_missing_intermediate_comes_with_the_text_to_append() {
    let bed = Bed::new().await;
    let chain = bed.made.pointing("http://aia.test/issuer.cer");
    let run = checked(&bed, bed.server(chain[..1].to_vec())).await;
    assert_eq!(bad(&run), ["tls/chain-complete"]);
    let finding = run.findings.iter().find(|one| one.rule == "tls/chain-complete").unwrap();
    let lines = serde_json::to_value(finding.evidence.get("append").unwrap()).unwrap();
    let lines: Vec<String> = serde_json::from_value(lines).unwrap();
    let pem = CertificateDer::from_pem_slice(lines.join("\n").as_bytes()).unwrap();
    assert_eq!(pem.to_vec(), bed.made.intermediate());
    let append = summary(&run).hosts[0].append.clone().unwrap();
    assert_eq!(CertificateDer::from_pem_slice(append.as_bytes()).unwrap(), pem);
    // With that line appended, nothing is wrong.
    assert!(bad(&checked(&bed, bed.server(vec![chain[0].clone(), pem.to_vec()])).await).is_empty());
}

#[tokio::test]
async fn an_issuer_that_cannot_be_fetched_is_still_missing() {
    let bed = Bed::new().await;
    for url in
        ["http://aia.test/gone", "http://nowhere.test/", "http://aia.test/one.crl", "ldap://x"]
    {
        let chain = bed.made.pointing(url);
        let run = checked(&bed, bed.server(chain[..1].to_vec())).await;
        assert_eq!(bad(&run), ["tls/chain-complete"], "{url}");
        assert_eq!(summary(&run).hosts[0].append, None);
    }
}

/// A bed whose web server has this revocation list.
async fn with_list(list: impl FnOnce(&made::Made) -> Vec<u8>) -> Bed {
    let mut bed = Bed::new().await;
    bed.web = http::serve([("/one.crl", list(&bed.made))]).await;
    bed
}

#[tokio::test]
async fn revocation_lists_are_read_within_limits() {
    let serial = [0x12, 0x34];
    let bed = with_list(|made| made.list_of(&[serial.to_vec()])).await;
    let numbered = |bed: &Bed| bed.server(bed.made.numbered(&serial));
    let found = checked(&bed, numbered(&bed)).await;
    assert_eq!(bad(&found), ["tls/not-revoked"]);
    assert_eq!(verdict(&checked(&bed, bed.healthy()).await, "tls/not-revoked"), Verdict::Pass);

    // A body of 2 MB is the limit; what is larger was not looked at.
    let bed = with_list(|_| vec![0; 3 << 20]).await;
    let run = checked(&bed, numbered(&bed)).await;
    assert_eq!(bad(&run), [""; 0]);
    assert!(matches!(verdict(&run, "tls/not-revoked"), Verdict::NotApplicable { .. }));

    let bed = with_list(|_| b"<html>".to_vec()).await;
    let run = checked(&bed, numbered(&bed)).await;
    assert_eq!(bad(&run), [""; 0]);
    assert!(matches!(verdict(&run, "tls/not-revoked"), Verdict::Inconclusive { .. }));
}

#[tokio::test]
async fn what_is_pointed_to_twice_is_fetched_once() {
    let bed = Bed::new().await;
    let (one, two) = (bed.healthy().serve().await, bed.healthy().serve().await);
    let cx = bed.context(&[(HOST, 443, one), (HOST, 8443, two)]);
    let run = run(&bed, TlsConfig::new([HOST, "shop.test:8443"]), &cx).await;
    assert_eq!(bad(&run), [""; 0]);
    assert_eq!(bed.web.1.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn the_authority_is_asked_when_to_renew() {
    for (end, expected) in
        [("2026-11-20T00:00:00Z", Renewal::Overdue), ("2026-12-20T00:00:00Z", Renewal::Automated)]
    {
        let mut bed = Bed::new().await;
        let chain = bed.made.with(|_| ());
        let id = bed.made.renewal_id(&chain);
        let directory = br#"{"renewalInfo": "http://acme.test/info/"}"#.to_vec();
        let window = format!(
            r#"{{"suggestedWindow": {{"start": "2026-11-01T00:00:00Z", "end": "{end}"}}}}"#
        );
        let list = bed.made.empty_list();
        let info = format!("/info/{id}");
        bed.web = http::serve([
            ("/directory", directory),
            (info.as_str(), window.into_bytes()),
            ("/one.crl", list),
        ])
        .await;
        let mut config = TlsConfig::new([HOST]);
        config.acme_directories = vec![(ORGANIZATION.into(), "http://acme.test/directory".into())];
        let cx = bed.context(&[(HOST, 443, bed.server(chain).serve().await)]);
        let run = run(&bed, config, &cx).await;
        assert_eq!(summary(&run).hosts[0].renewal, Some(expected), "{:?}", run.findings);
        let overdue = expected == Renewal::Overdue;
        assert_eq!(bad(&run), if overdue { vec!["tls/renewal"] } else { vec![] });
    }
}

#[tokio::test]
async fn mail_servers_are_asked_for_starttls() {
    let bed = Bed::new().await;
    let smtp = bed.but(|server| server.smtp = true).serve().await;
    let expired = {
        let mut server = bed.ends_in(-7);
        server.smtp = true;
        server.serve().await
    };
    let implicit = bed.healthy().serve().await;
    let cx = bed.context(&[
        ("mx.test", 25, smtp),
        (HOST, 25, smtp),
        (HOST, 587, smtp),
        (HOST, 465, implicit),
        ("old.test", 25, expired),
        ("old.test", 587, expired),
        ("plain.test", 587, silent_about_tls().await),
    ]);
    let fine = ["shop.test:25", "shop.test:587", "shop.test:465"];
    let run = run(&bed, TlsConfig::new(fine), &cx).await;
    assert_eq!(bad(&run), [""; 0], "{:?}", run.findings);
    for host in summary(&run).hosts {
        assert_eq!(host.versions, [Version::Tls12, Version::Tls13], "{}", host.port);
    }
    // Other servers deliver to port 25 whatever the certificate; people do not hand in at 587.
    let wrong = TlsConfig::new(["old.test:25", "old.test:587", "plain.test:587"]);
    let run = self::run(&bed, wrong, &cx).await;
    let of = |host: &str, rule: &str| {
        let key = format!("{rule} @ {host}");
        run.findings.iter().find(|one| one.key == key).map(|one| one.severity)
    };
    assert_eq!(of("old.test:25", "tls/not-expired"), Some(Severity::Medium));
    assert_eq!(of("old.test:587", "tls/not-expired"), Some(Severity::Critical));
    assert_eq!(of("plain.test:587", "tls/handshake"), Some(Severity::Critical));
}

#[tokio::test]
async fn a_server_of_http2_alone_is_asked_for_its_policy() {
    let bed = Bed::new().await;
    let versions: [&[_]; 3] = [
        &[&rustls::version::TLS13, &rustls::version::TLS12],
        &[&rustls::version::TLS13],
        &[&rustls::version::TLS12],
    ];
    for versions in versions {
        let speaking = |page: &str| {
            bed.but(|server| {
                server.alpn = vec!["h2"];
                server.versions = versions.to_vec();
                server.page = page.to_owned();
            })
        };
        let with = checked(&bed, speaking(HSTS)).await;
        assert_eq!(verdict(&with, "tls/hsts"), Verdict::Pass, "{:?}", with.outcomes);
        let without = checked(&bed, speaking("HTTP/1.1 200 OK\r\n")).await;
        assert_eq!(verdict(&without, "tls/hsts"), Verdict::Fail);
        let broken = checked(&bed, speaking("HTTP/1.1 500 Oh\r\n")).await;
        assert!(matches!(verdict(&broken, "tls/hsts"), Verdict::NotApplicable { .. }));
    }
}

/// Whatever is wrong with a certificate: mail is delivered all the same.
#[tokio::test]
async fn nothing_about_a_certificate_stops_mail() {
    let bed = Bed::new().await;
    let (chain, _) = bed.made.stapled(true);
    let mut revoked = bed.server(chain);
    revoked.staple = Some(bed.made.stapled(false).1);
    let weak = bed.healthy().with_mock(|mock| {
        mock.suites.push(0x009e);
        mock.dh_bits = 512;
    });
    for (mut server, rule) in [
        (revoked, "tls/staple"),
        (bed.ends_in(3), "tls/renewed-in-time"),
        (weak, "tls/dh-size"),
        (bed.server(bed.made.appliance()), "tls/chain-trusted"),
    ] {
        server.smtp = true;
        let cx = bed.context(&[(HOST, 25, server.serve().await)]);
        let run = run(&bed, TlsConfig::new(["shop.test:25"]), &cx).await;
        assert!(run.findings.iter().any(|one| one.rule == rule), "{rule}: {:?}", run.findings);
        let worse = run.findings.iter().find(|one| one.severity > Severity::Medium);
        assert!(worse.is_none(), "{worse:?}");
    }
}

/// A mail server that does not offer STARTTLS.
async fn silent_about_tls() -> SocketAddr {
    use tokio::io::AsyncWriteExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                stream.write_all(b"220 plain.test\r\n").await.ok()?;
                bed::server::line(&mut stream).await?;
                stream.write_all(b"250-plain.test\r\n250 SIZE\r\n").await.ok()?;
                bed::server::line(&mut stream).await
            });
        }
    });
    address
}

#[tokio::test]
async fn the_second_certificate_is_judged_as_the_first() {
    let bed = Bed::new().await;
    let (chain, key) = bed.made.keyed_but(&rcgen::PKCS_RSA_SHA256, |params| {
        made::lasts(params, bed.made.now.unix() - 97 * 86_400, 90);
    });
    let second = Identity { chain, key: Some(key) };
    let run = checked(&bed, bed.but(|server| server.second = Some(second))).await;
    assert_eq!(bad(&run), ["tls/not-expired"]);
    assert!(run.findings[0].key.ends_with("RSA"), "{}", run.findings[0].key);
}

#[tokio::test]
async fn the_order_of_suites_is_seen() {
    let bed = Bed::new().await;
    for prefers in [true, false] {
        let server = bed.healthy().with_mock(|mock| {
            mock.prefers = prefers;
            mock.suites = vec![0xc02b, 0xc02c];
        });
        let seen = summary(&checked(&bed, server).await).hosts[0].addresses[0].prefers;
        assert_eq!(seen, Some(prefers));
    }
    // Where there is no choice, nobody prefers anything.
    let server = bed.healthy().with_mock(|mock| mock.suites = vec![0xc02b]);
    let seen = summary(&checked(&bed, server).await).hosts[0].addresses[0].prefers;
    assert_eq!(seen, None);
}

#[tokio::test]
async fn with_hsts_nobody_can_click_through() {
    let bed = Bed::new().await;
    let severity = |run: &CheckRun| {
        let finding = run.findings.iter().find(|one| one.rule == "tls/must-staple").unwrap();
        (finding.severity, finding.evidence.get("hsts").is_some())
    };
    let server = |page: &str| {
        let mut server = bed.server(bed.made.stapled(true).0);
        server.page = page.to_owned();
        server
    };
    let with = checked(&bed, server(HSTS)).await;
    assert_eq!(severity(&with), (Severity::Critical, true));
    let without = checked(&bed, server("HTTP/1.1 200 OK\r\n")).await;
    assert_eq!(severity(&without), (Severity::High, false));
}

#[tokio::test]
async fn addresses_with_different_certificates_are_told_apart() {
    let bed = Bed::new().await;
    let lab = Lab::builder()
        .zone(lr_lab::Zone::new("shop.test").records("@ A 11.0.0.1\n@ A 11.0.0.2\n@ A 11.0.0.3"))
        .start()
        .await
        .unwrap();
    let other = bed.made.with(|params| {
        params.subject_alt_names = made::dns(&["old.test".to_owned()]);
    });
    let cx = bed.context(&[
        ("11.0.0.1", 443, bed.healthy().serve().await),
        ("11.0.0.2", 443, bed.ends_in(-7).serve().await),
        ("11.0.0.3", 443, bed.server(other).serve().await),
    ]);
    let mut network = cx.network().clone();
    network.nameservers = lab.network().nameservers;
    let run = run(&bed, TlsConfig::new([HOST]), &cx.with_network(network)).await;
    let keys: Vec<_> = run.findings.iter().map(|one| one.key.as_str()).collect();
    for key in [
        "tls/not-expired @ shop.test:443 #11.0.0.2",
        "tls/name @ shop.test:443 #11.0.0.3",
        "tls/same-certificate @ shop.test:443",
    ] {
        assert!(keys.contains(&key), "{key} is not in {keys:?}");
    }
    let summary = summary(&run);
    let rows = &summary.hosts[0].addresses;
    let valid: Vec<_> = rows.iter().map(|row| row.valid).collect();
    assert_eq!(valid, [Some(true), Some(false), Some(false)]);
    assert_eq!(rows[2].broken, ["tls/name".into()]);
    assert_eq!(summary.hosts[0].valid, Some(false));
    let issuer = summary.hosts[0].certificates[0].issuer_organization.as_ref();
    assert_eq!(issuer.map(|name| name.as_str()), Some(ORGANIZATION));
    let table = summary.to_string();
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[1].starts_with("shop.test:443  11.0.0.1  1.2 1.3  "), "{table}");
    assert!(lines[1].ends_with("  all"), "{table}");
    assert!(
        lines[3]
            .ends_with("  not everyone: browsers, curl, Java, webhooks and mobile apps (tls/name)")
    );
}

#[tokio::test]
async fn an_address_can_be_a_host() {
    let bed = Bed::new().await;
    let chain = bed.made.with(|params| {
        let ip = "198.51.100.7".parse().unwrap();
        params.subject_alt_names = vec![rcgen::SanType::IpAddress(ip)];
    });
    let cx = bed.context(&[("198.51.100.7", 443, bed.server(chain).serve().await)]);
    let run = run(&bed, TlsConfig::new(["198.51.100.7"]), &cx).await;
    assert_eq!(bad(&run), [""; 0], "{:?}", run.findings);
}

#[tokio::test]
async fn a_profile_is_kept_with_what_was_seen() {
    let bed = Bed::new().await;
    let long = bed.server(bed.made.for_months(-10, 199)).serve().await;
    let cx = bed.context(&[(HOST, 443, long)]);
    let check = TlsCheck::new([HOST]).with_roots(bed.roots.clone());
    let check = check.with_profile(Profile::MozillaModern);
    let run = lr_core::run(&check, &cx).await;
    let of_profile = |run: &CheckRun| {
        let all = run.findings.iter().map(|finding| finding.rule.as_str().to_owned());
        all.filter(|rule| rule.starts_with("tls/profile")).collect::<BTreeSet<_>>()
    };
    let expected = ["tls/profile-lifetime", "tls/profile-suites", "tls/profile-versions"];
    assert_eq!(of_profile(&run), expected.map(str::to_owned).into());
    let snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
    let replay = TlsCheck::replay(snapshot).with_roots(bed.roots.clone());
    assert_eq!(of_profile(&lr_core::run(&replay, &cx).await), of_profile(&run));
}
