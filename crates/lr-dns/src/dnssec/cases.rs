//! What the scenarios of others do not cover, and what enemies send.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::message::types::{CNAME, DNAME, DNSKEY, DS, NS, NSEC, NSEC3, RRSIG, SOA};
use super::testing::{NOW, PLAIN, Record, Style, Zone, a, bits, message, name, nsec};
use super::work::{MAX_FAILURES, MAX_HASHES, MAX_VERIFICATIONS};
use super::{Anchors, Bogus, Evidence, Judgement, Status, Step, Validator, crypto};

const ZONE_KEY: u16 = 0x0101;
const REVOKED: u16 = 0x0181;

/// The judgement of a question by a zone that is trusted, and these answers; nobody says more.
fn judge(zone: &Zone, question: (&str, &str), answers: &[(&str, &str, Vec<u8>)]) -> Judgement {
    let mut evidence = Evidence::new();
    let keys = message(0, &zone.signed(&zone.keys(), PLAIN), &[]);
    evidence.add(&zone.name.to_string(), "DNSKEY", &keys);
    for (name, rtype, bytes) in answers {
        assert!(evidence.add(name, rtype, bytes));
    }
    finish(&zone.anchor(), question, evidence)
}

fn finish(anchor: &str, (name, rtype): (&str, &str), mut evidence: Evidence) -> Judgement {
    let mut anchors = Anchors::none();
    anchors.add(anchor).unwrap();
    let validator = Validator::new(anchors, NOW);
    loop {
        match validator.judge(name, rtype, &evidence) {
            Step::Ask { name, rtype } => assert!(evidence.add_silence(&name, &rtype)),
            Step::Done(judgement) => return judgement,
        }
    }
}

/// The judgement of one answer to a question for `www.shop.test A`.
fn of_www(zone: &Zone, bytes: Vec<u8>) -> Status {
    judge(zone, ("www.shop.test", "A"), &[("www.shop.test", "A", bytes)]).status
}

fn reason(status: &Status) -> &'static str {
    match status {
        Status::Secure => "secure",
        Status::Insecure { .. } => "insecure",
        Status::Bogus { reason } => reason.code(),
        Status::NoAnchor => "no-anchor",
        Status::Indeterminate { .. } => "indeterminate",
    }
}

fn shop() -> Zone {
    Zone::new("shop.test", ZONE_KEY)
}

#[test]
fn signatures_have_a_beginning_an_end_and_labels() {
    let zone = shop();
    let of = |style| {
        let set = [a("www.shop.test", 2), a("www.shop.test", 1), a("www.shop.test", 2)];
        of_www(&zone, message(0, &zone.signed(&set, style), &[]))
    };
    for (style, expected) in [
        (PLAIN, "secure"),
        (Style { to: NOW, ..PLAIN }, "secure"),
        (Style { to: NOW - 1, ..PLAIN }, "expired"),
        (Style { from: NOW, ..PLAIN }, "secure"),
        (Style { from: NOW + 1, ..PLAIN }, "not-yet-valid"),
        (Style { labels: 1, ..PLAIN }, "wrong-signature"),
        // From a wildcard, without a proof that the name itself does not exist; and from above.
        (Style { labels: -1, ..PLAIN }, "missing-proof"),
        (Style { labels: -2, ..PLAIN }, "wrong-signature"),
    ] {
        assert_eq!(reason(&of(style)), expected);
    }
}

#[test]
fn keys_that_may_not_sign_do_not() {
    for (flags, expected) in [(ZONE_KEY, "secure"), (REVOKED, "unfit-key"), (1, "unfit-key")] {
        let zone = Zone::new("shop.test", flags);
        let bytes = message(0, &zone.signed(&[a("www.shop.test", 1)], PLAIN), &[]);
        assert_eq!(reason(&of_www(&zone, bytes)), expected);
    }
}

#[test]
fn letters_of_any_case_and_other_data_make_no_difference_and_a_difference() {
    let zone = shop();
    let good = zone.signed(&[a("www.shop.test", 1)], PLAIN);
    let mut bytes = message(0, &good, &[]);
    let at = bytes.windows(4).position(|some| some == b"\x03www").unwrap();
    bytes[at + 1] = b'W';
    assert_eq!(reason(&of_www(&zone, bytes)), "secure");
    let more = [good.clone(), vec![a("www.shop.test", 2)]].concat();
    assert_eq!(reason(&of_www(&zone, message(0, &more, &[]))), "wrong-signature");
    assert_eq!(reason(&of_www(&zone, message(0, &good[..1], &[]))), "indeterminate");
    let other = shop();
    let signed = other.signed(&[a("www.shop.test", 1)], PLAIN);
    assert_eq!(reason(&of_www(&zone, message(0, &signed, &[]))), "unknown-key");
}

#[test]
fn gaps_prove_what_they_may() {
    let zone = shop();
    let of = |rcode, proofs: &[Record]| {
        let status = of_www(&zone, message(rcode, &[], &zone.signed(proofs, PLAIN)));
        reason(&status)
    };
    let apex = nsec("shop.test", "api.shop.test", &[NS, SOA, NSEC, RRSIG, DNSKEY]);
    let last = nsec("api.shop.test", "shop.test", &[1, NSEC, RRSIG]);
    assert_eq!(of(3, &[apex.clone(), last.clone()]), "secure");
    // Without the wildcard; with a code that does not fit; for a name that is there.
    assert_eq!(of(3, std::slice::from_ref(&last)), "wrong-proof");
    assert_eq!(of(0, &[apex, last]), "wrong-proof");
    let own = |kinds| nsec("www.shop.test", "shop.test", kinds);
    assert_eq!(of(0, &[own(&[28, NSEC, RRSIG])]), "secure");
    assert_eq!(of(0, &[own(&[1, NSEC, RRSIG])]), "contradiction");
    assert_eq!(of(0, &[own(&[CNAME, NSEC, RRSIG])]), "contradiction");
    assert_eq!(of(0, &[own(&[NS, NSEC, RRSIG])]), "wrong-proof");
    // An empty name; and names below a delegation and a DNAME.
    let empty = nsec("api.shop.test", "a.www.shop.test", &[1, NSEC, RRSIG]);
    assert_eq!(of(0, &[empty]), "secure");
    assert_eq!(of(3, &[nsec("shop.test", "zz.shop.test", &[NS, NSEC, RRSIG])]), "wrong-proof");
    assert_eq!(of(3, &[nsec("shop.test", "zz.shop.test", &[SOA, DNAME, NSEC])]), "wrong-proof");
}

#[test]
fn what_is_not_signed_needs_a_proof() {
    let (zone, child) = (Zone::new("test", ZONE_KEY), shop());
    let plain = message(0, &[a("www.shop.test", 1)], &[]);
    let of = |delegation: Vec<u8>| {
        let answers = [("www.shop.test", "A", plain.clone()), ("shop.test", "DS", delegation)];
        reason(&judge(&zone, ("www.shop.test", "A"), &answers).status)
    };
    let proof =
        |kinds: &[u16]| message(0, &[], &zone.signed(&[nsec("shop.test", "z.test", kinds)], PLAIN));
    assert_eq!(of(proof(&[NS, NSEC, RRSIG])), "insecure");
    assert_eq!(of(proof(&[NS, SOA, NSEC, RRSIG])), "wrong-proof");
    assert_eq!(of(message(0, &[], &[])), "missing-proof");
    let digest =
        |data: Vec<u8>| message(0, &zone.signed(&[(name("shop.test"), DS, data)], PLAIN), &[]);
    // Signed in no way that can be verified: as if it were not.
    assert_eq!(of(digest(vec![0, 1, 253, 2, 0])), "insecure");
    assert_eq!(of(digest(vec![0, 1, 13, 3, 0])), "insecure");
    // Signed, and nobody gives the keys.
    assert_eq!(of(digest(child.digest())), "indeterminate");
}

#[test]
fn keys_with_equal_tags_cost_little() {
    let zone = shop();
    let mut keys = zone.keys();
    let (first, second) = (0x1234u16, 0x5678u16);
    // Words in another order have the same sum, which is the tag.
    for number in 0..300u16 {
        let mut data = vec![1, 0, 3, 13];
        for at in 0..32u16 {
            let word = if at == number % 32 { first } else { second };
            data.extend((word ^ (number / 32)).to_be_bytes());
        }
        keys.push((zone.name.clone(), DNSKEY, data));
    }
    let tag = super::record::Dnskey::read(&keys[1].2).unwrap().tag;
    let mut answers = vec![a("www.shop.test", 1)];
    for number in 0..200u8 {
        let (owner, kind, mut data) = zone.sign(&answers[..1], PLAIN);
        data[16..18].copy_from_slice(&tag.to_be_bytes());
        *data.last_mut().unwrap() = number;
        answers.push((owner, kind, data));
    }
    let mut evidence = Evidence::new();
    evidence.add("shop.test", "DNSKEY", &message(0, &zone.signed(&keys, PLAIN), &[]));
    for _ in 0..20 {
        evidence.add("www.shop.test", "A", &message(0, &answers, &[]));
    }
    let judgement = finish(&zone.anchor(), ("www.shop.test", "A"), evidence);
    assert!(
        matches!(judgement.status, Status::Bogus { reason: Bogus::TooMuchWork }),
        "{judgement:?}"
    );
    assert!(judgement.verifications <= MAX_FAILURES + 1, "{}", judgement.verifications);
}

/// An NSEC3 record that covers everything save one hash.
fn around(zone: &Zone, of: &str, iterations: u16) -> Record {
    let hash = crypto::hash(&name(of), &[], iterations).unwrap();
    let digits = b"0123456789abcdefghijklmnopqrstuv";
    let mut bits_left = hash.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let mut label = String::new();
    while let Some(first) = bits_left.next() {
        let rest = bits_left.by_ref().take(4);
        let digit = rest.fold(first, |digit, bit| digit << 1 | bit);
        label.push(char::from(digits[usize::from(digit)]));
    }
    let mut data = vec![1, 0];
    data.extend(iterations.to_be_bytes());
    data.extend([0, 20]);
    data.extend(&hash);
    data.extend(bits(&[NS, SOA, RRSIG, DNSKEY]));
    (name(&format!("{label}.{}", zone.name)), NSEC3, data)
}

#[test]
fn hashes_are_bounded() {
    let zone = shop();
    let deep = format!("{}shop.test", "a.".repeat(115));
    let of = |question: &str, iterations, times| {
        let proof = zone.signed(&[around(&zone, "shop.test", iterations)], PLAIN);
        let mut bytes = message(3, &[], &proof);
        let answers: Vec<_> = (0..times)
            .map(|number| {
                bytes[1] = number;
                (question, "A", bytes.clone())
            })
            .collect();
        judge(&zone, (question, "A"), &answers)
    };
    let judgement = of(&deep, 50, 1);
    assert_eq!(reason(&judgement.status), "secure", "{judgement:?}");
    assert!(judgement.hashes > 100 && judgement.hashes <= MAX_HASHES, "{}", judgement.hashes);
    // More iterations than are reasonable: not one is made.
    let judgement = of(&deep, 51, 1);
    assert_eq!((reason(&judgement.status), judgement.hashes), ("insecure", 0));
}

type Messages = Vec<(&'static str, &'static str, Vec<u8>)>;

/// Messages as a zone might send them, to be changed, and the anchor that leads to it.
static MESSAGES: LazyLock<(String, Messages)> = LazyLock::new(|| {
    let zone = shop();
    let alias = (name("www.shop.test"), CNAME, name("a.shop.test").wire().to_vec());
    let soa = [name("ns").wire(), name("h").wire(), &[0; 20]].concat();
    let proofs =
        [nsec("shop.test", "www.shop.test", &[NS, SOA, NSEC]), (name("shop.test"), SOA, soa)];
    let messages = vec![
        ("shop.test", "DNSKEY", message(0, &zone.signed(&zone.keys(), PLAIN), &[])),
        ("www.shop.test", "A", message(0, &zone.signed(&[alias], PLAIN), &[])),
        ("a.shop.test", "A", message(3, &[], &zone.signed(&proofs, PLAIN))),
        ("a.shop.test", "A", message(3, &[], &zone.signed(&[around(&zone, "a", 5)], PLAIN))),
    ];
    (zone.anchor(), messages)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
        noise in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut evidence = Evidence::new();
        evidence.add("shop.test", "DS", &noise);
        evidence.add_referral(&noise);
        for (name, rtype, mut bytes) in MESSAGES.1.clone() {
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            evidence.add(name, rtype, &bytes);
        }
        for anchor in [MESSAGES.0.as_str(), ". DS 1 8 2 00"] {
            let judgement = finish(anchor, ("www.shop.test", "A"), evidence.clone());
            prop_assert!(judgement.verifications <= MAX_VERIFICATIONS);
            prop_assert!(judgement.hashes <= MAX_HASHES);
        }
    }
}
