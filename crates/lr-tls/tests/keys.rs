//! Keys that anybody has or can compute, made here beside keys that nobody can.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/made.rs"]
mod made;

use lr_core::{CheckRun, Severity, Verdict};
use lr_tls::{AddressSeen, HostSeen, Policy, RULES, Snapshot, judge};
use made::{HOST, Made, address};

const F4: [u8; 3] = [1, 0, 1];

/// Little-endian limbs of 32 bits.
type Number = Vec<u32>;

fn judged(made: &Made, chains: Vec<Vec<Vec<u8>>>) -> CheckRun {
    let hosts = chains.into_iter().enumerate().map(|(place, chain)| {
        let seen = AddressSeen::serving(address("11.0.0.1"), chain);
        let host = if place == 0 { HOST.to_owned() } else { format!("h{place}.{HOST}") };
        HostSeen::new(&host, 443, Ok(vec![seen]))
    });
    let snapshot = Snapshot::new(hosts.collect());
    let policy = Policy::default();
    lr_core::record("tls", RULES, |out| judge(&snapshot, &made.roots, &policy, made.now, out))
}

/// What is said of the first key.
fn said(run: &CheckRun) -> Option<String> {
    let outcome = run.outcomes.iter().find(|one| one.rule == "tls/known-key").unwrap();
    let finding =
        run.findings.iter().find(|one| one.key.as_str() == "tls/known-key @ shop.test:443");
    assert_eq!(outcome.verdict, if finding.is_some() { Verdict::Fail } else { Verdict::Pass });
    finding.map(|one| one.detail.to_string())
}

fn product(a: &Number, b: &Number) -> Number {
    let mut all = vec![0u32; a.len() + b.len()];
    for (at, x) in a.iter().enumerate() {
        let mut carry = 0u64;
        for (place, y) in b.iter().enumerate() {
            let sum = u64::from(all[at + place]) + u64::from(*x) * u64::from(*y) + carry;
            all[at + place] = sum as u32;
            carry = sum >> 32;
        }
        all[at + b.len()] = carry as u32;
    }
    all
}

fn rest(number: &Number, divisor: u64) -> u64 {
    number.iter().rev().fold(0, |rest, limb| (rest << 32 | u64::from(*limb)) % divisor)
}

fn bytes(number: &Number) -> Vec<u8> {
    let all = number.iter().rev().flat_map(|limb| limb.to_be_bytes());
    all.skip_while(|byte| *byte == 0).collect()
}

/// Odd, of 1024 bits, and without a small factor; that it is prime plays no part.
fn factor() -> Number {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let noise: Vec<_> = key
        .serialize_der()
        .chunks_exact(4)
        .skip(60)
        .take(32)
        .map(|four| u32::from_be_bytes(four.try_into().unwrap()))
        .collect();
    let mut number = noise;
    number[0] |= 1;
    number[31] |= 0xc000_0000;
    next(number)
}

/// The next such number.
fn next(mut number: Number) -> Number {
    loop {
        number[0] = number[0].wrapping_add(2);
        if (3..2000).all(|divisor| rest(&number, divisor) != 0) {
            return number;
        }
    }
}

#[test]
fn keys_that_nobody_can_compute_pass() {
    let made = Made::new();
    let real = made.rsa2048().0;
    assert_eq!(said(&judged(&made, vec![real, made.rsa2048().0, made.ordinary()])), None);
    let apart = bytes(&product(&factor(), &factor()));
    assert_eq!(said(&judged(&made, vec![made.with_rsa(&apart, &F4)])), None);
}

#[test]
fn keys_that_anybody_can_compute_are_named() {
    let made = Made::new();
    let (one, other) = (factor(), factor());
    let power = (1..128).fold(vec![65_537], |power, _| product(&power, &vec![65_537]));
    let mut even = bytes(&product(&one, &other));
    *even.last_mut().unwrap() ^= 1;
    for (what, modulus, exponent, expected) in [
        ("close", product(&one, &next(one.clone())), &F4[..], "next to each other"),
        ("small factor", product(&product(&one, &other), &vec![1999]), &F4, "multiple of 1999"),
        ("ROCA", power, &F4, "CVE-2017-15361"),
        ("exponent", product(&one, &other), &[1], "exponent is one"),
        ("square", product(&one, &one), &F4, "next to each other"),
    ] {
        let run = judged(&made, vec![made.with_rsa(&bytes(&modulus), exponent)]);
        let said = said(&run).unwrap_or_else(|| panic!("{what}: {:?}", run.findings));
        assert!(said.contains(expected), "{what}: {said}");
    }
    let said = said(&judged(&made, vec![made.with_rsa(&even, &F4)]));
    assert!(said.unwrap().contains("multiple of 2"));
}

#[test]
fn a_prime_in_two_keys_is_found_across_hosts() {
    let made = Made::new();
    let shared = factor();
    let key = || made.with_rsa(&bytes(&product(&shared, &factor())), &F4);
    let run = judged(&made, vec![key(), made.rsa2048().0, key()]);
    assert!(said(&run).unwrap().contains("in common"));
    let found = run.findings.iter().filter(|one| one.rule == "tls/known-key");
    assert_eq!(found.count(), 2);
    // The same key at two hosts is no such thing.
    let same = key();
    assert_eq!(said(&judged(&made, vec![same.clone(), same])), None);
}

/// Exponents of three are allowed, and not recommended (Baseline Requirements, section 6.1.6).
#[test]
fn small_exponents_are_a_hint() {
    let made = Made::new();
    let modulus = bytes(&product(&factor(), &factor()));
    let form = |exponent: &[u8]| {
        let run = judged(&made, vec![made.with_rsa(&modulus, exponent)]);
        let finding = run.findings.iter().find(|one| one.rule == "tls/certificate-form");
        finding.map(|one| one.severity)
    };
    assert_eq!(form(&[3]), Some(Severity::Info));
    assert_eq!(form(&F4), None);
}
