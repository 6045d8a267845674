//! Connecting to hosts of several addresses, over real sockets against the lab.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::net::IpAddr;
use std::time::{Duration, Instant};

use lr_lab::{Lab, Port, Site, Zone};
use lr_net::{Error, Net};

const DEAD: [u8; 4] = [11, 1, 1, 1];
const ALIVE: [u8; 4] = [11, 1, 1, 2];

/// A host with one address at which something listens, beside one at which nothing does or which
/// resets connections.
async fn lab(records: &str) -> Lab {
    Lab::builder()
        .zone(Zone::new("shop.test").records(records))
        .site(Site::new("alive.invalid").at(IpAddr::from(ALIVE)))
        .site(Site::new("dead.invalid").at(IpAddr::from(DEAD)).https_port(Port::Closed))
        .start()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_passes_the_turn_at_once() {
    let lab = lab("@ A 11.1.1.1\n@ A 11.1.1.2\n@ AAAA 2a00:1::1").await;
    let net = Net::of(&lab.context()).unwrap();
    net.addresses("shop.test").await.unwrap();
    let started = Instant::now();
    let connection = net.connect("shop.test", 443).await.unwrap();
    assert_eq!(connection.address.ip(), IpAddr::from(ALIVE));
    assert!(started.elapsed() < Duration::from_millis(200), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_refusal_is_the_error() {
    let lab = lab("@ A 11.1.1.1\n@ AAAA 2a00:1::1").await;
    let net = Net::of(&lab.context()).unwrap();
    let error = net.connect("shop.test", 443).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { reason, .. } if reason.contains("refused")));
}
