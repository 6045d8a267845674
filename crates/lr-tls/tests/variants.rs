//! The faults of `table.rs` in other clothes, and several at once; and servers that are odd, with
//! nothing wrong with them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/bed.rs"]
mod bed;

use bed::Bed;
use bed::made::{self, HOST};
use bed::mock::Mock;
use bed::row::{Row, Rows, row, twin};
use bed::server::{Client, Fear, Identity, Reaction, Server, Unnamed};
use rustls::{NamedGroup, version};

/// The same faults in other clothes, and several at once.
#[allow(clippy::too_many_lines, reason = "a table")]
fn variants(bed: &Bed) -> Vec<Row> {
    let made = &bed.made;
    let named = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        bed.server(made.with(|params| params.subject_alt_names = made::dns(&names)))
    };
    let stapled = |staple: Vec<u8>| {
        let (chain, _) = made.stapled(true);
        let mut server = bed.server(chain);
        server.staple = Some(staple);
        server
    };
    let serial = &[0x21, 0x43];
    let afraid = |fear, how| bed.but(|server| server.fear = Some((fear, how)));
    let alone = |versions: &[u16], suites: &[u16]| {
        bed.mock(|mock| {
            mock.versions = versions.to_vec();
            mock.suites = suites.to_vec();
        })
    };
    let now = made.now.unix();
    let issued = |day: i64, days| bed.server(made.for_months(day, days));
    // 2026-03-15 is 251.5 days before the clock's noon.
    let mut half_day = bed.server(made.with(|params| made::lasts(params, now, 6)));
    half_day.identity.chain = made.short(-130, 6);
    let required = |versions| {
        bed.but(|server| {
            server.client = Client::Required;
            server.versions = versions;
        })
    };
    let paged = |page: &str| bed.but(|server| server.page = format!("HTTP/1.1 {page}\r\n"));
    let mut other_key = bed.healthy();
    other_key.identity.key = Some(rcgen::KeyPair::generate().unwrap().serialize_der());
    vec![
        row(
            "expired, for another host",
            &["tls/not-expired", "tls/name"],
            bed.server(made.with(|params| {
                params.subject_alt_names = made::dns(&["other.test".to_owned()]);
                made::lasts(params, now - 91 * 86_400, 90);
            })),
        ),
        row(
            "its own, expired, for another host",
            &["tls/chain-trusted", "tls/not-expired", "tls/name"],
            bed.server(made.appliance()),
        ),
        row(
            "all expired",
            &["tls/not-expired", "tls/chain-current"],
            bed.server(made.all_expired()),
        ),
        row("private root sent", &["tls/chain-trusted"], bed.server(made.private())),
        row(
            "private root not sent",
            &["tls/chain-trusted"],
            bed.server(made.private_without_root()),
        ),
        row(
            "root without the intermediate",
            &["tls/chain-complete"],
            bed.server(vec![made.with(|_| ())[0].clone(), made.root.clone()]),
        ),
        row("partial wildcard", &["tls/name"], named(&["s*.shop.test", "sho*.test"])),
        row("wildcard of a top-level domain", &["tls/name"], named(&["*.test"])),
        row("201 days", &["tls/lifetime"], issued(-1, 201)),
        row("201 days, on the first day", &["tls/lifetime"], issued(-251, 300)),
        twin("398 days, before it", issued(-253, 398)),
        row("3 days left", &["tls/renewed-in-time"], bed.ends_in(3)),
        twin("6 days, half over, no revocation", bed.server(made.short(-72, 6))),
        row("6 days, 14 hours left", &["tls/renewed-in-time"], half_day),
        row("staple over", &["tls/staple"], stapled(made.staple(serial, true, "20261121000000Z"))),
        row(
            "staple of another",
            &["tls/staple"],
            stapled(made.staple(&[0x55], true, "20261127000000Z")),
        ),
        row("staple of nonsense", &["tls/staple"], stapled(vec![0x30, 3, 2, 1, 5])),
        row("staple: try later", &["tls/staple"], stapled(vec![0x30, 3, 0x0a, 1, 3])),
        row("key of another certificate", &["tls/key-proof"], other_key),
        row("TLS 1.1 alone", &["tls/version", "tls/old-versions"], alone(&[0x0302], &[0xc009])),
        row(
            "SSL 3.0 alone",
            &["tls/version", "tls/ssl", "tls/rc4-suites", "tls/forward-secrecy"],
            alone(&[0x0300], &[0x0005]),
        ),
        row("SSL 2.0 alone", &["tls/version", "tls/ssl"], alone(&[2], &[0x0005])),
        row(
            "TLS 1.0, RC4 and compression",
            &["tls/version", "tls/old-versions", "tls/rc4-suites", "tls/compression"],
            bed.mock(|mock| {
                mock.versions = vec![0x0301];
                mock.suites = vec![0xc007];
                mock.compresses = true;
            }),
        ),
        row(
            "DH 512",
            &["tls/dh-size"],
            bed.healthy().with_mock(|mock| {
                mock.suites.push(0x009e);
                mock.dh_bits = 512;
            }),
        ),
        row(
            "renegotiation",
            &["tls/secure-renegotiation"],
            bed.healthy().with_mock(|mock| mock.renegotiates_securely = false),
        ),
        row("TLS 1.3 unheard", &["tls/version-tolerance"], afraid(Fear::Tls13, Reaction::Silence)),
        row("TLS 1.3 closed", &["tls/version-tolerance"], afraid(Fear::Tls13, Reaction::Close)),
        row(
            "TLS 1.3 alert 40",
            &["tls/version-tolerance"],
            afraid(Fear::Tls13, Reaction::Alert(40)),
        ),
        row(
            "TLS 1.3 alert 70",
            &["tls/version-tolerance"],
            afraid(Fear::Tls13, Reaction::Alert(70)),
        ),
        row("large hellos reset", &["tls/large-hello"], afraid(Fear::Size(1400), Reaction::Reset)),
        row("large hellos closed", &["tls/large-hello"], afraid(Fear::Size(1400), Reaction::Close)),
        row(
            "large hellos alert 50",
            &["tls/large-hello"],
            afraid(Fear::Size(1400), Reaction::Alert(50)),
        ),
        row(
            "client certificate, TLS 1.2",
            &["tls/no-client-certificate"],
            required(vec![&version::TLS12]),
        ),
        row(
            "client certificate, TLS 1.3",
            &["tls/no-client-certificate"],
            required(vec![&version::TLS13]),
        ),
        row(
            "HSTS that forgets",
            &["tls/hsts"],
            paged("200 OK\r\nStrict-Transport-Security: max-age=0"),
        ),
        row(
            "HSTS without an age",
            &["tls/hsts"],
            paged("200 OK\r\nStrict-Transport-Security: includeSubDomains"),
        ),
        row("no ALPN", &["tls/http2"], bed.but(|server| server.alpn.clear())),
        row(
            "a stranger in the chain",
            &["tls/chain-order"],
            bed.server([made.with(|_| ()), made.private()[1..].to_vec()].concat()),
        ),
    ]
}

/// Odd, and nothing wrong with it.
fn healthy(bed: &Bed) -> Vec<Row> {
    let made = &bed.made;
    let (rsa, rsa_key) = made.rsa2048();
    let paged = |page: &str| bed.but(|server| server.page = format!("HTTP/1.1 {page}\r\n"));
    let many: Vec<_> =
        (0..100).map(|n| format!("h{n}.shop.test")).chain([HOST.to_owned()]).collect();
    let afraid = |what: fn(&mut Mock)| bed.healthy().with_mock(what);
    let (p384, p384_key) = made.keyed(&rcgen::PKCS_ECDSA_P384_SHA384);
    vec![
        twin(
            "RSA and ECDSA",
            bed.but(|server| {
                server.second = Some(Identity { chain: rsa.clone(), key: Some(rsa_key.clone()) });
            }),
        ),
        twin("RSA alone", Server::new(rsa, rsa_key)),
        twin("P-384", Server::new(p384, p384_key)),
        twin("TLS 1.3 alone", bed.but(|server| server.versions = vec![&version::TLS13])),
        twin(
            "TLS 1.3 alone, strict",
            bed.but(|server| {
                server.versions = vec![&version::TLS13];
                server.unnamed = Unnamed::Refused;
            }),
        ),
        twin("h2 alone", bed.but(|server| server.alpn = vec!["h2"])),
        twin("slow", bed.but(|server| server.delay = std::time::Duration::from_millis(300))),
        twin(
            "101 names",
            bed.server(made.with(|params| params.subject_alt_names = made::dns(&many))),
        ),
        twin(
            "P-384 in the exchange",
            bed.but(|server| server.groups = Some(vec![NamedGroup::secp384r1])),
        ),
        twin("page 301", paged("301 Moved Permanently\r\nLocation: https://www.shop.test/")),
        twin("page 401", paged("401 Unauthorized")),
        twin("page 403", paged("403 Forbidden")),
        twin("page 404", paged("404 Not Found")),
        twin("page 500", paged("500 Internal Server Error")),
        twin("page 503", paged("503 Service Unavailable")),
        twin(
            "certificate asked for, page 404",
            bed.but(|server| {
                server.client = Client::Asked;
                server.page = "HTTP/1.1 404 Not Found\r\n".into();
            }),
        ),
        twin(
            "no renegotiation, TLS 1.3 alone",
            bed.but(|server| server.versions = vec![&version::TLS13]),
        ),
        twin("the client's order", afraid(|mock| mock.prefers = false)),
        twin("suites of yesterday last", afraid(|mock| mock.suites.extend([0xc009, 0xc00a]))),
    ]
}

#[tokio::test]
async fn variants_are_named_by_their_cause() {
    let bed = Bed::new().await;
    bed.all(variants(&bed)).await;
}

#[tokio::test]
async fn healthy_servers_are_left_in_peace() {
    let bed = Bed::new().await;
    bed.all(healthy(&bed)).await;
}
