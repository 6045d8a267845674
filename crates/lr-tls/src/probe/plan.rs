//! Which hellos are sent, and what each offers.

use std::sync::LazyLock;

use super::hello::{Extensions, Hello, ssl2};
use super::suites::{self, STRONG, STRONG_ECDSA, STRONG_RSA, SuiteClass, TLS13, TLS13_RARE};
use super::{Answer, HelloSeen, Probe, ProbeSeen, X25519MLKEM768};
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

/// Suites of TLS 1.3 that browsers offer.
const BROWSERS: [u16; 3] = [0x1301, 0x1302, 0x1303];

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

/// Curves that no browser offers, some of them too small (RFC 8422, section 5.1.1; RFC 7027).
const RARE_CURVES: [u16; 27] = [
    25, 30, 22, 26, 27, 28, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
    1,
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
            more.push(Probe::RareSuites);
        }
    }
    if let Some(hello) = hello(Probe::Tls12) {
        if every_group {
            more.push(Probe::RareCurves);
        }
        // It chose the same whatever the order: because of its own, or for want of another?
        if is_only(hello, seen)
            && let Some(code) = suites::code(&hello.suite)
        {
            more.push(Probe::Others(code));
        }
    }
    more
}

/// Whether no other suite was seen with this version.
fn is_only(first: &HelloSeen, seen: &[ProbeSeen]) -> bool {
    let hellos = seen.iter().filter_map(|one| one.answer.hello());
    hellos.filter(|hello| hello.version == first.version).all(|hello| hello.suite == first.suite)
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
        Probe::Tls13 => new(every_new_group()),
        Probe::PostQuantum => new(vec![X25519MLKEM768]),
        Probe::Group(group) => new(vec![group]),
        Probe::RareSuites => {
            let common = |code: &u16| !BROWSERS.contains(code);
            let all = TLS13.iter().chain(TLS13_RARE).map(|(code, _)| *code);
            Hello { suites: all.filter(common).collect(), ..new(every_new_group()) }
        }
        Probe::RareCurves => {
            let ephemeral = |code: &u16| suites::name(*code).contains("_ECDHE_");
            let all = every_suite().into_iter().filter(ephemeral).collect();
            old(all, Extensions { groups: RARE_CURVES.to_vec(), ..base })
        }
        Probe::Others(suite) => {
            old(every_suite().into_iter().filter(|code| *code != suite).collect(), base)
        }
        Probe::Class(class) => old(class.suites(), base),
        Probe::Small => both(0),
        Probe::Large => both(LARGE),
    };
    hello.encode()
}

/// The groups of TLS 1.3, post-quantum ones first.
fn every_new_group() -> Vec<u16> {
    let quantum = [X25519MLKEM768, 0x11eb, 0x11ed];
    quantum.into_iter().chain(CURVES).chain([256, 257]).collect()
}

/// Strong ones first, then the rest with the least weak first.
fn every_suite() -> Vec<u16> {
    static ALL: LazyLock<Vec<u16>> = LazyLock::new(by_strength);
    ALL.clone()
}

fn by_strength() -> Vec<u16> {
    let mut all = STRONG.to_vec();
    all.extend(STRONG_ECDSA.iter().filter(|code| !STRONG.contains(code)));
    let weight = |code: &u16| {
        let name = suites::name(*code);
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
        (worst.map_or(0, |place| bad.len() - place), !suites::is_authenticated(&name))
    };
    let mut rest = suites::weak();
    rest.sort_by_cached_key(weight);
    all.extend(rest);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let most = |every_group| 2 + FIRST.len() + follow_ups(&seen, every_group).len();
        assert_eq!((most(false), most(true)), (22, 29));
        // Who speaks TLS 1.2 on top has shown more than one suite by then.
        seen[0].answer = chose(Version::Tls12, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        let most = 2 + FIRST.len() + follow_ups(&seen, true).len();
        assert_eq!(most, 30);
    }

    #[test]
    fn a_server_is_asked_for_a_choice_where_none_was_seen() {
        let suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
        let chose = |suite: &str| Answer::Hello(Box::new(HelloSeen::new(Version::Tls12, suite)));
        let mut seen = vec![
            ProbeSeen::new(Probe::Tls12, chose(suite)),
            ProbeSeen::new(Probe::Tls12Reversed, chose(suite)),
        ];
        assert_eq!(follow_ups(&seen, true), [Probe::RareCurves, Probe::Others(0xc02f)]);
        assert_eq!(follow_ups(&seen, false), [Probe::Others(0xc02f)]);
        seen[1].answer = chose("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assert_eq!(follow_ups(&seen, true), [Probe::RareCurves]);
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
