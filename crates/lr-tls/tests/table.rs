//! Misconfigurations as they are found in the world, each beside a healthy twin: named by its cause
//! and by nothing else, with nothing to say of the twin. Over real sockets, by rustls and by a mock
//! for what rustls does not speak.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/bed.rs"]
mod bed;

use bed::Bed;
use bed::made::{self, HOST};
use bed::mock::Mock;
use bed::row::{Row, Rows, row, twin};
use bed::server::{Client, Fear, Identity, Reaction, Unnamed};
use rcgen::{DnType, ExtendedKeyUsagePurpose};
use rustls::{NamedGroup, version};

/// Certificates and chains: lines 1 to 21.
#[allow(clippy::too_many_lines, reason = "a table")]
fn chains(bed: &Bed) -> Vec<Row> {
    let made = &bed.made;
    let names = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        bed.server(made.with(|params| params.subject_alt_names = made::dns(&names)))
    };
    let chain = || made.with(|_| ());
    let part = |places: &[usize]| {
        let all = [chain(), vec![made.root.clone()]].concat();
        bed.server(places.iter().map(|place| all[*place].clone()).collect())
    };
    let usage = |usages: &[ExtendedKeyUsagePurpose]| {
        bed.server(made.with(|params| params.extended_key_usages = usages.to_vec()))
    };
    let stapled = |good: bool, until: &str| {
        let mut server = bed.server(made.stapled(good).0);
        server.staple = Some(made.staple(&[0x21, 0x43], good, until));
        server
    };
    let pointing = || bed.server(made.pointing("http://aia.test/issuer.cer")[..1].to_vec());
    let rsa1024 = || {
        let mut server = bed.healthy();
        server.identity = Identity { chain: made.rsa1024(), key: None };
        server
    };
    let rsa2048 = || {
        let (chain, key) = made.rsa2048();
        bed.but(|server| server.identity = Identity { chain, key: Some(key) })
    };
    vec![
        row("1 expired", &["tls/not-expired"], bed.ends_in(-7)),
        twin("1 an hour before its last day", bed.ends_in(60)),
        row("2 not yet valid", &["tls/already-valid"], bed.lasting(2, 90)),
        twin("2 begun today", bed.lasting(0, 90)),
        row("3 self-signed", &["tls/chain-trusted"], bed.server(made.self_signed())),
        twin("3 by an authority", bed.healthy()),
        row("4 wrong host", &["tls/name"], names(&["other.test"])),
        twin("4 other names too", names(&["other.test", "SHOP.test"])),
        row("5 missing intermediate, with AIA", &["tls/chain-complete"], pointing()),
        twin("5 sent, with AIA", bed.server(made.pointing("http://aia.test/issuer.cer"))),
        row("6 missing intermediate, without AIA", &["tls/chain-complete"], part(&[0])),
        twin("6 complete", part(&[0, 1])),
        row("7 wrong order", &["tls/chain-order"], bed.server(made.two_deep(true))),
        twin("7 right order", bed.server(made.two_deep(false))),
        row("8 root sent", &["tls/chain-lean"], part(&[0, 1, 2])),
        twin("8 not sent", part(&[0, 1])),
        row("9 duplicate leaf", &["tls/chain-order"], part(&[0, 0, 1])),
        twin("9 once", part(&[0, 1])),
        row(
            "10 expired cross-sign beside a path",
            &["tls/chain-lean"],
            bed.server(made.crossed(true)),
        ),
        twin("10 valid cross-sign", bed.server(made.crossed(false))),
        row(
            "11 expired intermediate",
            &["tls/chain-current"],
            bed.server(made.expired_intermediate()),
        ),
        twin("11 renewed", bed.server(made.two_deep(false))),
        row("12 10 days left of 90", &["tls/renewed-in-time"], bed.ends_in(10)),
        twin("12 39 days left of 45", bed.lasting(-6, 45)),
        row("13 825 days", &["tls/lifetime", "tls/timestamps"], bed.lasting(-100, 825)),
        twin("13 199 days", bed.server(made.for_months(-100, 199))),
        row(
            "14 300 days, issued after 2026-03-15",
            &["tls/lifetime", "tls/timestamps"],
            bed.lasting(-100, 300),
        ),
        twin("14 200 days", bed.server(made.for_months(-100, 200))),
        row("15 wildcard depth", &["tls/name"], names(&["*.shop.test"])),
        twin("15 wildcard and name", names(&["*.shop.test", "shop.test"])),
        row(
            "16 common name alone",
            &["tls/name"],
            bed.server(made.with(|params| {
                params.subject_alt_names = Vec::new();
                params.distinguished_name.push(DnType::CommonName, HOST);
            })),
        ),
        twin(
            "16 alternative name alone",
            bed.server(made.with(|params| {
                params.distinguished_name = rcgen::DistinguishedName::new();
            })),
        ),
        row(
            "17 for clients",
            &["tls/server-purpose"],
            usage(&[ExtendedKeyUsagePurpose::ClientAuth]),
        ),
        twin(
            "17 for both",
            usage(&[ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth]),
        ),
        row("18 must-staple, no staple", &["tls/must-staple"], bed.server(made.stapled(true).0)),
        twin("18 stapled", stapled(true, "20261127000000Z")),
        row("19 RSA 1024", &["tls/key-strength"], rsa1024()),
        twin("19 RSA 2048", rsa2048()),
        row(
            "20 intermediate of RSA 1024",
            &["tls/key-strength", "tls/chain-trusted"],
            bed.server(made.weak_intermediate()),
        ),
        twin("20 of ECDSA", bed.healthy()),
        row(
            "21 SHA-1",
            &["tls/signature-strength", "tls/chain-trusted"],
            bed.server(made.signed_with_sha1()),
        ),
        twin("21 SHA-256", bed.healthy()),
        row("32 stapled: revoked", &["tls/staple"], stapled(false, "20261127000000Z")),
        twin("32 stapled: good", stapled(true, "20261127000000Z")),
    ]
}

/// Versions, suites and features: lines 22 to 31, and 33 to 39.
#[allow(clippy::too_many_lines, reason = "a table")]
fn protocols(bed: &Bed) -> Vec<Row> {
    let mocked = |change: fn(&mut Mock)| bed.healthy().with_mock(change);
    let (rsa_chain, rsa_key) = bed.made.rsa2048();
    let rsa = |change: fn(&mut Mock)| {
        let mut server = bed.healthy();
        server.identity = Identity { chain: rsa_chain.clone(), key: Some(rsa_key.clone()) };
        server.with_mock(|mock| {
            mock.suites = vec![0xc02f, 0xc030];
            change(mock);
        })
    };
    let asked = |client| bed.but(|server| server.client = client);
    let afraid = |fear, how| bed.but(|server| server.fear = Some((fear, how)));
    let other = Identity {
        chain: bed
            .made
            .with(|params| params.subject_alt_names = made::dns(&["other.test".to_owned()])),
        key: Some(bed.made.key()),
    };
    let unnamed = |unnamed| bed.but(|server| server.unnamed = unnamed);
    let alone = |version: u16, suites: &[u16]| {
        bed.mock(|mock| {
            mock.versions = vec![version];
            mock.suites = suites.to_vec();
        })
    };
    vec![
        row("22 TLS 1.0 alone", &["tls/version", "tls/old-versions"], alone(0x0301, &[0xc009])),
        twin("22 TLS 1.2 and 1.3", bed.healthy()),
        row(
            "23 TLS 1.0 to 1.2",
            &["tls/old-versions"],
            mocked(|mock| mock.versions = vec![0x0301, 0x0302, 0x0303]),
        ),
        twin("23 TLS 1.2", bed.but(|server| server.versions = vec![&version::TLS12])),
        row("24 NULL", &["tls/null-suites"], rsa(|mock| mock.suites.push(0x003b))),
        twin("24 strong suites", rsa(|_| ())),
        row("25 no forward secrecy", &["tls/forward-secrecy"], alone(0x0303, &[0x009c, 0x009d])),
        twin("25 forward secrecy first", rsa(|mock| mock.suites.push(0x009c))),
        row("26 CBC alone", &["tls/authenticated-encryption"], alone(0x0303, &[0xc009, 0xc00a])),
        twin("26 CBC last", mocked(|mock| mock.suites.push(0xc009))),
        row(
            "27 SSL 2.0, SSL 3.0, RC4, 3DES",
            &["tls/ssl", "tls/rc4-suites", "tls/small-block-suites"],
            rsa(|mock| {
                mock.versions = vec![2, 0x0300, 0x0303];
                mock.suites.extend([0x0005, 0x000a]);
            }),
        ),
        twin("27 none of them", rsa(|_| ())),
        row(
            "28 EXPORT and DES",
            &["tls/export-suites", "tls/small-block-suites"],
            rsa(|mock| mock.suites.extend([0x0008, 0x0009])),
        ),
        twin("28 none of them", rsa(|_| ())),
        row(
            "29 DH 1024",
            &["tls/dh-size"],
            rsa(|mock| {
                mock.suites.push(0x009e);
                mock.dh_bits = 1024;
            }),
        ),
        twin("29 DH 2048", rsa(|mock| mock.suites.push(0x009e))),
        row("30 anonymous DH", &["tls/anonymous-suites"], rsa(|mock| mock.suites.push(0x0034))),
        twin("30 none", rsa(|_| ())),
        row("31 compression", &["tls/compression"], mocked(|mock| mock.compresses = true)),
        twin("31 none", mocked(|_| ())),
        row(
            "33 client certificate required",
            &["tls/no-client-certificate"],
            asked(Client::Required),
        ),
        twin("33 asked for", asked(Client::Asked)),
        row("34 no h2", &["tls/http2"], bed.but(|server| server.alpn = vec!["http/1.1"])),
        twin("34 h2", bed.healthy()),
        row(
            "35 no HSTS",
            &["tls/hsts"],
            bed.but(|server| server.page = "HTTP/1.1 200 OK\r\n".into()),
        ),
        twin("35 HSTS", bed.healthy()),
        row(
            "36 foreign certificate without a name",
            &["tls/default-certificate"],
            unnamed(Unnamed::Other(other)),
        ),
        twin("36 a name is demanded", unnamed(Unnamed::Refused)),
        row(
            "37 drops large hellos",
            &["tls/large-hello"],
            afraid(Fear::Size(1400), Reaction::Silence),
        ),
        twin("37 does not", bed.healthy()),
        row("38 fears TLS 1.3", &["tls/version-tolerance"], afraid(Fear::Tls13, Reaction::Reset)),
        twin("38 TLS 1.2, and does not", bed.but(|server| server.versions = vec![&version::TLS12])),
        row(
            "39 no post-quantum group",
            &["tls/post-quantum"],
            bed.but(|server| {
                server.groups = Some(vec![NamedGroup::X25519, NamedGroup::secp256r1]);
            }),
        ),
        twin("39 X25519MLKEM768", bed.healthy()),
    ]
}

#[tokio::test]
async fn chains_are_named_by_their_cause() {
    let bed = Bed::new().await;
    bed.all(chains(&bed)).await;
}

#[tokio::test]
async fn protocols_are_named_by_their_cause() {
    let bed = Bed::new().await;
    bed.all(protocols(&bed)).await;
}
