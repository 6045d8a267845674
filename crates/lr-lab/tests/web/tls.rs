use std::io::ErrorKind;
use std::net::IpAddr;

use lr_lab::{Authority, Certificate, Key, Lab, Reply, Site, TlsFault, TlsVersions, Zone};
use rustls::ProtocolVersion;

use crate::client::{anything, chain, connect, get, hangs, tls};

#[tokio::test]
async fn only_right_certificates_verify() {
    let cases = [
        ("valid", Certificate::valid(), None),
        ("soon", Certificate::expires_in(6), None),
        ("short", Certificate::short_lived(6), None),
        ("p384", Certificate::valid().key(Key::P384), None),
        ("rsa", Certificate::valid().key(Key::Rsa2048), None),
        ("a.w", Certificate::valid().names(["*.w.test"]), None),
        ("expired", Certificate::expired(), Some("Expired")),
        ("early", Certificate::not_yet_valid(), Some("NotValidYet")),
        ("other", Certificate::wrong_host(), Some("NotValidForName")),
        ("self", Certificate::self_signed(), Some("UnknownIssuer")),
        ("stranger", Certificate::unknown_root(), Some("UnknownIssuer")),
        ("alone", Certificate::missing_intermediate(), Some("UnknownIssuer")),
    ];
    let mut builder = Lab::builder();
    for (name, certificate, _) in &cases {
        let site = Site::new(&format!("{name}.test")).get("/", Reply::text("hi"));
        builder = builder.site(site.certificate(certificate.clone()));
    }
    let lab = builder.start().await.unwrap();
    for (name, certificate, error) in cases {
        let host = format!("{name}.test");
        let result = tls(&lab, &host, &[]).await;
        match error {
            None => assert!(result.is_ok(), "{name}: {result:?}"),
            Some(expected) => {
                let error = format!("{:?}", result.unwrap_err());
                assert!(error.contains(expected), "{name}: {error}");
            }
        }
        let lone = [Certificate::self_signed(), Certificate::missing_intermediate()];
        let length = if lone.contains(&certificate) { 1 } else { 2 };
        assert_eq!(chain(&lab, &host).await.unwrap().len(), length, "{name}");
    }
}

#[tokio::test]
async fn a_short_key_is_seen_but_never_signs() {
    let site = Site::new("weak.test").certificate(Certificate::valid().key(Key::Rsa1024));
    let lab = Lab::builder().site(site).start().await.unwrap();
    assert_eq!(chain(&lab, "weak.test").await.unwrap().len(), 2);
    assert!(tls(&lab, "weak.test", &[]).await.is_err());
}

#[tokio::test]
async fn versions_and_certificates_can_depend_on_site_and_address() {
    let two: [IpAddr; 2] = ["11.0.0.1".parse().unwrap(), "11.0.0.2".parse().unwrap()];
    let site = Site::new("two.test")
        .tls(TlsVersions::Only12)
        .certificate_at(two[1], Certificate::expired());
    let lab = Lab::builder()
        .zone(Zone::new("two.test").records("@ A 11.0.0.1\n@ A 11.0.0.2"))
        .site(site)
        .site(Site::new("new.test").tls(TlsVersions::Only13))
        .start()
        .await
        .unwrap();
    let mut leaves = Vec::new();
    for ip in two {
        let stream = connect(&lab, &ip.to_string(), 443).await.unwrap();
        let stream = anything(stream, "two.test", &lab).await.unwrap();
        let (_, session) = stream.get_ref();
        assert_eq!(session.protocol_version(), Some(ProtocolVersion::TLSv1_2));
        leaves.push(session.peer_certificates().unwrap()[0].clone());
    }
    assert_ne!(leaves[0], leaves[1]);
    let stream = tls(&lab, "new.test", &[]).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));
}

#[tokio::test]
async fn handshakes_can_fail_in_any_way() {
    let faults = [
        ("silence", TlsFault::Silence),
        ("garbage", TlsFault::Garbage),
        ("reset", TlsFault::Reset),
        ("close", TlsFault::Close),
        ("plain", TlsFault::PlainHttp),
        ("alert", TlsFault::Alert),
    ];
    let mut builder = Lab::builder();
    for (name, fault) in faults {
        builder = builder.site(Site::new(&format!("{name}.test")).tls_fault(fault));
    }
    let lab = builder.start().await.unwrap();
    assert!(hangs(tls(&lab, "silence.test", &[])).await);
    for (host, kind) in [
        ("garbage.test", ErrorKind::InvalidData),
        ("reset.test", ErrorKind::ConnectionReset),
        ("close.test", ErrorKind::UnexpectedEof),
        ("plain.test", ErrorKind::InvalidData),
        ("alert.test", ErrorKind::InvalidData),
    ] {
        let error = tls(&lab, host, &[]).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{host}: {error}");
    }
    assert_eq!(lab.handshakes().len(), 6);
    // Port 80 of such a site works.
    assert!(get(&lab, "http://reset.test/").await.is_ok());
}

#[test]
fn an_authority_issues_without_a_lab() {
    let authority = Authority::new().unwrap();
    let issued = authority.issue(&Certificate::valid(), "a.test").unwrap();
    assert_eq!(issued.chain.len(), 2);
    assert!(issued.key.is_some());
    let weak = authority.issue(&Certificate::valid().key(Key::Rsa1024), "a.test").unwrap();
    assert!(weak.key.is_none());
    assert!(authority.root_pem().starts_with("-----BEGIN CERTIFICATE-----"));
}
