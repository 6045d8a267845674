//! More of what is found in the world: faults at one address or one port of several, of authorities
//! and of their certificates; and what only looks like a fault.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/bed.rs"]
mod bed;

use std::net::SocketAddr;

use bed::Bed;
use bed::made::{self, HOST};
use bed::row::{Row, Rows, row, twin};
use bed::server::{Fear, Reaction, Server};
use lr_core::{CheckRun, Severity};
use lr_lab::Lab;
use lr_tls::{TlsCheck, TlsConfig};
use rcgen::{
    BasicConstraints, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, NameConstraints,
    SanType,
};
use rustls::version;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

/// Certificates and their issuers.
fn certificates(bed: &Bed) -> Vec<Row> {
    let made = &bed.made;
    let with = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        bed.server(made.with(|params| change(params)))
    };
    let purposes =
        |all: &[ExtendedKeyUsagePurpose]| with(&|params| params.extended_key_usages = all.to_vec());
    let permitting = |name: &str| {
        bed.server(made.under(
            |issuer| {
                issuer.name_constraints = Some(NameConstraints {
                    permitted_subtrees: vec![GeneralSubtree::DnsName(name.into())],
                    excluded_subtrees: Vec::new(),
                });
            },
            |_| (),
        ))
    };
    let deep = made.two_deep(false);
    let part = |chain: &[Vec<u8>], places: &[usize]| {
        bed.server(places.iter().map(|place| chain[*place].clone()).collect())
    };
    let not_an_authority =
        bed.server(made.under(|issuer| issuer.is_ca = IsCa::ExplicitNoCa, |_| ()));
    let for_mail = |issuer: &mut rcgen::CertificateParams| {
        issuer.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    };
    let common = |params: &mut rcgen::CertificateParams| {
        params.distinguished_name.push(DnType::CommonName, "old.shop.test");
    };
    vec![
        row(
            "for code and mail",
            &["tls/server-purpose"],
            purposes(&[
                ExtendedKeyUsagePurpose::CodeSigning,
                ExtendedKeyUsagePurpose::EmailProtection,
            ]),
        ),
        twin(
            "for servers, clients and mail",
            purposes(&[
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
                ExtendedKeyUsagePurpose::EmailProtection,
            ]),
        ),
        row(
            "an issuer for mail alone",
            &["tls/chain-trusted"],
            bed.server(made.under(for_mail, |_| ())),
        ),
        row("an issuer for other names", &["tls/chain-trusted"], permitting("other.test")),
        twin("an issuer for this name", permitting("shop.test")),
        row(
            "issued by a server's certificate",
            &["tls/chain-trusted", "tls/certificate-form"],
            not_an_authority,
        ),
        row("a common name that is no alternative name", &["tls/certificate-form"], with(&common)),
        row("wrong order and one missing", &["tls/chain-complete"], part(&deep, &[0, 2])),
        row(
            "nothing but the end entity, two are missing",
            &["tls/chain-complete"],
            part(&deep, &[0]),
        ),
        twin(
            "the root of a longer chain sent",
            bed.server([deep.clone(), vec![made.root.clone()]].concat()),
        ),
        row(
            "398 days, issued after 2026-03-15",
            &["tls/lifetime"],
            bed.server(made.for_months(-30, 398)),
        ),
        twin("47 days, 17 left", bed.lasting(-30, 47)),
        row("47 days, 10 left", &["tls/renewed-in-time"], bed.lasting(-37, 47)),
        twin("100 days, 40 left", bed.lasting(-60, 100)),
        row(
            "6 days, over for an hour",
            &["tls/not-expired"],
            bed.server(made.short(-6 * 24 - 1, 6)),
        ),
        row("no timestamp", &["tls/timestamps"], with(&|params| params.custom_extensions.clear())),
        row("199 days, two timestamps", &["tls/timestamps"], bed.lasting(-1, 199)),
        row(
            "an exponent of one",
            &["tls/known-key", "tls/certificate-form", "tls/timestamps", "tls/key-proof"],
            {
                let mut server = bed.healthy();
                let modulus = [&[0xc3][..], &[0xa7; 254], &[0x4d]].concat();
                server.identity.chain = made.with_rsa(&modulus, &[1]);
                server.identity.key = None;
                server
            },
        ),
        row("an internationalised name as it is written", &["tls/name"], {
            with(&|params| params.subject_alt_names = made::dns(&["xn--shp-1na.test".to_owned()]))
        }),
        twin("200 names, some international", {
            let names = (0..198).map(|n| format!("xn--bcher-kva{n}.test"));
            let names: Vec<_> = names.chain([HOST.to_owned(), "*.shop.test".to_owned()]).collect();
            bed.server(made.with(|params| params.subject_alt_names = made::dns(&names)))
        }),
        twin(
            "an address beside the name",
            with(&|params| {
                params.subject_alt_names.push(SanType::IpAddress("198.51.100.7".parse().unwrap()));
            }),
        ),
        row("a path that is too long", &["tls/chain-trusted"], bed.server(made.too_long())),
        twin(
            "a path of the length that is allowed",
            bed.server(
                made.under(
                    |issuer| issuer.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)),
                    |_| (),
                ),
            ),
        ),
    ]
}

/// Servers and what stands before them.
fn servers(bed: &Bed) -> Vec<Row> {
    let afraid = |fear, how| bed.but(|server| server.fear = Some((fear, how)));
    let logged =
        |chain: Vec<Vec<u8>>, count| bed.server(chain).with_mock(|mock| mock.timestamps = count);
    let unlogged = || bed.made.with(|params| params.custom_extensions.clear());
    vec![
        twin(
            "closes on an extension that browsers do not send",
            afraid(Fear::Extension(22), Reaction::Close),
        ),
        twin(
            "resets on an extension that browsers do not send",
            afraid(Fear::Extension(18), Reaction::Reset),
        ),
        twin("warns about the name, and serves", {
            let mut server = bed.healthy().with_mock(|_| ());
            server.warns = true;
            server
        }),
        twin("timestamps in the handshake", logged(unlogged(), 2)),
        row("one timestamp in the handshake", &["tls/timestamps"], logged(unlogged(), 1)),
        row(
            "two of them: SSL 3.0 and compression",
            &["tls/ssl", "tls/compression"],
            bed.healthy().with_mock(|mock| {
                mock.versions.push(0x0300);
                mock.compresses = true;
                mock.suites.push(0xc009);
            }),
        ),
        row(
            "anonymous suites with elliptic curves",
            &["tls/anonymous-suites"],
            bed.healthy().with_mock(|mock| mock.suites.push(0xc018)),
        ),
        row(
            "CBC, RC4 and NULL with elliptic curves",
            &["tls/rc4-suites", "tls/null-suites"],
            bed.healthy().with_mock(|mock| mock.suites.extend([0xc009, 0xc007, 0xc006])),
        ),
    ]
}

#[tokio::test]
async fn certificates_are_named_by_their_cause() {
    let bed = Bed::new().await;
    bed.all(certificates(&bed)).await;
}

#[tokio::test]
async fn servers_are_named_by_their_cause() {
    let bed = Bed::new().await;
    bed.all(servers(&bed)).await;
}

/// Rules of medium severity or above that do not hold, with the address that they are about.
fn bad(run: &CheckRun) -> Vec<String> {
    let bad = run.findings.iter().filter(|finding| finding.severity >= Severity::Medium);
    let instance = |one: &lr_core::Finding| one.instance.as_ref().map(|of| format!(" {of}"));
    let mut all: Vec<_> =
        bad.map(|one| format!("{}{}", one.rule, instance(one).unwrap_or_default())).collect();
    all.sort_unstable();
    all
}

/// Answers every connection with these bytes, whatever is said.
async fn saying(bytes: &'static [u8]) -> SocketAddr {
    talking(move |mut stream| async move {
        let _ = stream.write_all(bytes).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
}

async fn talking<F>(talk: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream));
        }
    });
    address
}

/// One of two addresses is as it should be; the other has something wrong with it.
#[tokio::test]
async fn a_fault_at_one_address_is_that_addresss() {
    let bed = Bed::new().await;
    let zone = lr_lab::Zone::new("shop.test").records("@ A 11.0.0.1\n@ A 11.0.0.2");
    let lab = Lab::builder().zone(zone).start().await.unwrap();
    let other_name = bed.made.with(|params| {
        params.subject_alt_names = made::dns(&["default.test".to_owned()]);
    });
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let faulty: Vec<(&str, SocketAddr, &[&str])> = vec![
        ("yesterday's certificate", bed.ends_in(-1).serve().await, &["tls/not-expired 11.0.0.2"]),
        (
            "a server that heeds no name",
            bed.server(other_name).serve().await,
            &["tls/name 11.0.0.2"],
        ),
        (
            "TLS 1.0 alone",
            bed.mock(|mock| mock.versions = vec![0x0301]).serve().await.0,
            &["tls/every-address 11.0.0.2", "tls/old-versions 11.0.0.2"],
        ),
        (
            "a chain without its issuer",
            bed.server(bed.made.with(|_| ())[..1].to_vec()).serve().await,
            &["tls/chain-complete 11.0.0.2"],
        ),
        (
            "self-signed",
            bed.server(bed.made.self_signed()).serve().await,
            &["tls/chain-trusted 11.0.0.2"],
        ),
        ("closed", closed, &["tls/every-address 11.0.0.2"]),
        (
            "plain HTTP",
            saying(b"HTTP/1.1 400 Bad Request\r\n\r\n").await,
            &["tls/every-address 11.0.0.2"],
        ),
        (
            "compression",
            bed.healthy().with_mock(|mock| mock.compresses = true).serve().await,
            &["tls/compression 11.0.0.2"],
        ),
        ("the same", bed.healthy().serve().await, &[]),
        (
            "the same certificate, TLS 1.2",
            { bed.but(|server| server.versions = vec![&version::TLS12]).serve().await },
            &[],
        ),
    ];
    for (what, second, expected) in faulty {
        let cx = bed
            .context(&[("11.0.0.1", 443, bed.healthy().serve().await), ("11.0.0.2", 443, second)]);
        let mut network = cx.network().clone();
        network.nameservers = lab.network().nameservers;
        let check = TlsCheck::new([HOST]).with_roots(bed.roots.clone());
        let run = lr_core::run(&check, &cx.with_network(network)).await;
        assert_eq!(bad(&run), expected, "{what}: {:#?}", run.findings);
    }
}

/// STARTTLS that is not offered, or offered and not kept.
#[tokio::test]
async fn mail_servers_that_do_not_come_to_tls_are_named() {
    async fn answering(replies: &'static [&'static str]) -> SocketAddr {
        talking(move |mut stream| async move {
            for reply in replies {
                let _ = stream.write_all(reply.as_bytes()).await;
                if bed::server::line(&mut stream).await.is_none() {
                    return;
                }
            }
        })
        .await
    }
    const GREETING: &str = "220 mail.test ESMTP\r\n";
    const OFFER: &str = "250-mail.test\r\n250 STARTTLS\r\n";
    let bed = Bed::new().await;
    for (what, address, expected) in [
        ("none", answering(&[GREETING, "250 mail.test\r\n"]).await, Some("no-starttls")),
        ("refused", answering(&[GREETING, OFFER, "502 no\r\n"]).await, Some("no-starttls")),
        (
            "kept in plain",
            answering(&[GREETING, OFFER, "220 go\r\n250 hello\r\n"]).await,
            Some("not-tls"),
        ),
        ("not now", answering(&[GREETING, OFFER, "454 later\r\n"]).await, Some("closed")),
        ("no mail", saying(b"SSH-2.0-none\r\n").await, Some("not-tls")),
        ("too busy", answering(&["421 busy\r\n"]).await, Some("closed")),
    ] {
        for (port, severity) in [(25, Severity::Medium), (587, Severity::Critical)] {
            let cx = bed.context(&[(HOST, port, address)]);
            let config = TlsConfig::new([format!("{HOST}:{port}")]);
            let check = TlsCheck::with_config(config).with_roots(bed.roots.clone());
            let run = lr_core::run(&check, &cx).await;
            let found = run.findings.iter().find(|one| one.rule == "tls/handshake");
            let cause = found.and_then(|one| one.evidence.get("cause"));
            let cause = cause.map(|value| serde_json::to_value(value).unwrap());
            assert_eq!(
                cause.as_ref().and_then(|one| one.as_str()),
                expected,
                "{what}: {:?}",
                run.findings
            );
            assert_eq!(found.map(|one| one.severity), expected.map(|_| severity), "{what}");
        }
    }
}

/// Names as people write them.
#[tokio::test]
async fn a_name_may_be_written_in_many_ways() {
    let bed = Bed::new().await;
    let served = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        bed.server(bed.made.with(|params| params.subject_alt_names = made::dns(&names)))
    };
    for (target, host, server, expected) in [
        ("Bücher.Test.", "xn--bcher-kva.test", served(&["xn--bcher-kva.test"]), &[][..]),
        ("www.bücher.test", "www.xn--bcher-kva.test", served(&["*.xn--bcher-kva.test"]), &[]),
        ("bücher.test", "xn--bcher-kva.test", served(&["bucher.test"]), &["tls/name"]),
        ("SHOP.test", HOST, served(&["shop.TEST"]), &[]),
        ("a.b.shop.test", "a.b.shop.test", served(&["*.shop.test"]), &["tls/name"]),
        ("a.b.shop.test", "a.b.shop.test", served(&["*.b.shop.test"]), &[]),
        ("198.51.100.7", "198.51.100.7", served(&["198.51.100.7"]), &["tls/name"]),
    ] {
        let cx = bed.context(&[(host, 443, Server::serve(server).await)]);
        let check = TlsCheck::new([target]).with_roots(bed.roots.clone());
        let run = lr_core::run(&check, &cx).await;
        assert_eq!(bad(&run), expected, "{target}: {:?}", run.findings);
    }
}
