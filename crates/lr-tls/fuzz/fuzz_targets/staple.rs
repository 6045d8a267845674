//! A certificate, its issuer's and any bytes as its stapled response: judged, never a panic.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lr_core::Timestamp;
use lr_tls::{AddressSeen, HostSeen, Policy, RULES, Roots, Snapshot, judge};

/// The chains of the tests: the long strings of their file are certificates in base64.
static CHAIN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let strings = include_str!("../../tests/data/chains.json").split('"');
    strings.filter(|text| text.len() > 400).take(2).map(bytes).collect()
});

fn bytes(base64: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = base64.bytes().filter_map(|one| DIGITS.iter().position(|digit| *digit == one));
    let bits: Vec<_> = digits.flat_map(|six| (0..6).rev().map(move |at| six >> at & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | *bit as u8)).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let seen = AddressSeen::serving(([198, 51, 100, 7], 443).into(), CHAIN.clone());
    let seen = seen.with_staple(bytes.to_vec());
    let snapshot = Snapshot::new(vec![HostSeen::new("shop.test", 443, Ok(vec![seen]))]);
    let now = Timestamp::from_unix(1_790_000_000);
    lr_core::record("tls", RULES, |out| {
        judge(&snapshot, &Roots::none(), &Policy::default(), now, out);
    });
});
