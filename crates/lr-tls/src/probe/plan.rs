//! Which hellos are sent, and what each offers.

use super::hello::{Extensions, Hello, ssl2};
use super::suites::{self, STRONG, STRONG_ECDSA, STRONG_RSA, SuiteClass, TLS13};
use super::{Answer, Probe, ProbeSeen, X25519MLKEM768};
use crate::Version;

/// The hellos for every server, all at once.
pub(crate) const FIRST: [Probe; 10] = [
    Probe::Tls12,
    Probe::Tls12Reversed,
    Probe::Weak,
    Probe::Ecdsa,
    Probe::Rsa,
    Probe::NoName,
    Probe::Tls11,
    Probe::Ssl3,
    Probe::Ssl2,
    Probe::Tls13,
];

/// The groups that are asked for one by one if somebody wants to know them all.
const EVERY_GROUP: [u16; 6] = [29, 23, 24, 25, 30, 256];

/// Bytes of a hello that does not fit into one packet of 1500: those of browsers with a key share of
/// X25519MLKEM768 have about 1800.
const LARGE: usize = 1900;

/// Groups of TLS 1.2, and of 1.3 beside the post-quantum ones. Those of finite fields are left out of
/// TLS 1.2, where they would change what old servers choose (RFC 7919, section 4).
const CURVES: [u16; 6] = [29, 23, 24, 25, 30, 22];

/// Every scheme of RFC 8446, section 4.2.3, and those with SHA-1, SHA-224 and DSA of RFC 5246.
const SIGNATURES: [u16; 19] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401,
    0x0501, 0x0601, 0x0301, 0x0203, 0x0201, 0x0402, 0x0202,
];

/// What to ask after the first answers.
pub(crate) fn follow_ups(seen: &[ProbeSeen], every_group: bool) -> Vec<Probe> {
    let hello = |probe| {
        let found = seen.iter().find(|one| one.probe == probe);
        found.and_then(|one| one.answer.hello())
    };
    let mut more = Vec::new();
    if hello(Probe::Weak).is_some() {
        more.extend(SuiteClass::ALL.map(Probe::Class));
    }
    if hello(Probe::Tls11).is_some_and(|hello| hello.version == Version::Tls11) {
        more.push(Probe::Tls10);
    }
    if let Some(hello) = hello(Probe::Tls13).filter(|hello| hello.version == Version::Tls13) {
        if hello.group.as_deref() != Some("X25519MLKEM768") {
            more.push(Probe::PostQuantum);
        }
        if every_group {
            more.extend(EVERY_GROUP.map(Probe::Group));
        }
    }
    more
}

/// Whether a closed connection is an answer: SSL is often refused that way.
pub(crate) fn may_be_closed(probe: Probe) -> bool {
    matches!(probe, Probe::Ssl2 | Probe::Ssl3)
}

/// Whether an answer leaves open what the server would say another time.
pub(crate) fn is_shaky(seen: &ProbeSeen) -> bool {
    use crate::Cause::{Closed, Refused, Reset, Silent, Timeout};
    match &seen.answer {
        Answer::Failed(obstacle) if obstacle.cause == Closed => !may_be_closed(seen.probe),
        Answer::Failed(obstacle) => matches!(obstacle.cause, Refused | Reset | Silent | Timeout),
        _ => false,
    }
}

/// The bytes to send. `name` is sent as server name unless it is an address.
pub(crate) fn bytes(probe: Probe, name: &str, random: [u8; 32]) -> Vec<u8> {
    let is_name = name.parse::<std::net::IpAddr>().is_err();
    let base = Extensions {
        server_name: is_name.then(|| name.to_owned()),
        groups: CURVES.to_vec(),
        signatures: SIGNATURES.to_vec(),
        alpn: vec!["h2", "http/1.1"],
        features: true,
        ..Extensions::default()
    };
    let old = |suites: Vec<u16>, extensions| Hello {
        version: 0x0303,
        random,
        suites,
        deflate: false,
        extensions: Some(extensions),
    };
    let new = |groups: Vec<u16>| {
        let suites = TLS13.iter().map(|(code, _)| *code).collect();
        old(suites, Extensions { groups, versions: vec![0x0304], ..base.clone() })
    };
    let both = |size| {
        let tls13 = TLS13.iter().map(|(code, _)| *code);
        let suites = tls13.chain(every_suite()).collect();
        let versions = vec![0x0304, 0x0303];
        old(suites, Extensions { versions, size, ..base.clone() })
    };
    let hello = match probe {
        Probe::Tls12 => Hello { deflate: true, ..old(every_suite(), base) },
        Probe::Tls12Reversed => {
            let mut suites = every_suite();
            suites.reverse();
            old(suites, base)
        }
        Probe::Weak => old(suites::weak(), base),
        Probe::Ecdsa => old(STRONG_ECDSA.to_vec(), base),
        Probe::Rsa => old(STRONG_RSA.to_vec(), base),
        Probe::NoName => old(every_suite(), Extensions { server_name: None, ..base }),
        Probe::Tls11 => Hello { version: 0x0302, ..old(every_suite(), base) },
        Probe::Tls10 => Hello { version: 0x0301, ..old(every_suite(), base) },
        Probe::Ssl3 => {
            Hello { version: 0x0300, extensions: None, ..old(every_suite(), Extensions::default()) }
        }
        Probe::Ssl2 => return ssl2(&random),
        Probe::Tls13 => {
            let quantum = [X25519MLKEM768, 0x11eb, 0x11ed];
            new(quantum.into_iter().chain(CURVES).chain([256, 257]).collect())
        }
        Probe::PostQuantum => new(vec![X25519MLKEM768]),
        Probe::Group(group) => new(vec![group]),
        Probe::Class(class) => old(class.suites(), base),
        Probe::Small => both(0),
        Probe::Large => both(LARGE),
    };
    hello.encode()
}

/// Strong ones first, then the rest with the least weak first.
fn every_suite() -> Vec<u16> {
    let mut all = STRONG.to_vec();
    all.extend(STRONG_ECDSA.iter().filter(|code| !STRONG.contains(code)));
    let weight = |code: u16| {
        let name = suites::name(code);
        let bad = [
            SuiteClass::Null,
            SuiteClass::Anonymous,
            SuiteClass::Export,
            SuiteClass::Rc4,
            SuiteClass::SmallBlock,
            SuiteClass::Static,
            SuiteClass::Cbc,
        ];
        let worst = bad.iter().position(|class| class.has(&name));
        worst.map_or(0, |place| bad.len() - place)
    };
    let mut rest = suites::weak();
    rest.sort_by_key(|code| weight(*code));
    all.extend(rest);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HelloSeen;

    #[test]
    fn a_server_without_a_weakness_is_asked_twelve_times_at_most() {
        let refused = |probe| ProbeSeen::new(probe, Answer::Alert(40));
        let mut seen: Vec<_> = FIRST.into_iter().map(refused).collect();
        assert!(follow_ups(&seen, false).is_empty());
        let chose = |version, suite: &str| Answer::Hello(Box::new(HelloSeen::new(version, suite)));
        seen[2].answer = chose(Version::Tls12, "TLS_RSA_WITH_AES_128_GCM_SHA256");
        seen[6].answer = chose(Version::Tls11, "TLS_RSA_WITH_AES_128_CBC_SHA");
        seen[9].answer = chose(Version::Tls13, "TLS_AES_128_GCM_SHA256");
        // Two handshakes of rustls' beside them.
        let most = 2 + FIRST.len() + follow_ups(&seen, true).len();
        assert_eq!(most, 28);
    }

    #[test]
    fn hellos_are_small_but_for_the_large_one() {
        for probe in FIRST.into_iter().chain([Probe::Small, Probe::PostQuantum]) {
            let length = bytes(probe, "shop.test", [0; 32]).len();
            assert!(length < 900, "{probe:?}: {length}");
        }
        assert!(bytes(Probe::Large, "shop.test", [0; 32]).len() > 1500);
    }
}
