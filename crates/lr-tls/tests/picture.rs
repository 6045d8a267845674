//! The picture that hellos give of a server is the picture that was configured, whatever that is:
//! a server without cryptography plays anything from SSL 2.0 to TLS 1.3. By default some hundreds of
//! servers; thousands by `PROPTEST_CASES=6000 cargo test -p lr-tls --test picture`.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/mock.rs"]
mod mock;

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use lr_core::{CheckRun, Context, Limits, Network, Route, Verdict};
use lr_lab::{Authority, Certificate};
use lr_tls::{
    AddressSeen, HelloSeen, Probe, Profile, Snapshot, SuiteClass, Summary, TlsCheck, Version,
};
use mock::Mock;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

static CHAIN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let certificate = Certificate::valid().names(["*.mock.test"]);
    Authority::new().unwrap().issue(&certificate, "mock.test").unwrap().chain
});

/// Servers that are looked at together.
const TOGETHER: usize = 16;

/// A tenth of what is usual, which `PROPTEST_CASES` changes: each case is many servers.
fn cases() -> u32 {
    ProptestConfig::default().cases.div_ceil(10)
}

/// All of them in one inspection, held to a profile so that every group is asked for.
fn look(mocks: &[Mock]) -> CheckRun {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut network = Network::default();
        for (place, mock) in mocks.iter().enumerate() {
            // Not generated, so that a failure can be read.
            let chain = CHAIN.clone();
            let default_chain = mock.default_chain.as_ref().map(|_| chain.clone());
            let (address, _) = Mock { chain, default_chain, ..mock.clone() }.serve().await;
            network.routes.push(Route::new(&host(place), 443, address));
        }
        network.only_routed = true;
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let cx = Context::new().with_network(network).with_clock(lr_core::Clock::fixed(now));
        let cx = cx.with_limits(Limits::within(Duration::from_secs(60)));
        let check = TlsCheck::new((0..mocks.len()).map(host));
        lr_core::run(&check.with_profile(Profile::MozillaIntermediate), &cx).await
    })
}

fn host(place: usize) -> String {
    format!("n{place}.mock.test")
}

/// What a server is by its configuration.
struct Truth<'a> {
    mock: &'a Mock,
    /// It speaks something before TLS 1.3 and after SSL 2.0.
    classic: bool,
    new: bool,
}

const ECDHE: [u16; 7] = [0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc007, 0xc008, 0xc006];
const STRONG: [u16; 3] = [0xc02b, 0xc02c, 0xcca9];
const OTHERS: [u16; 9] = [0x009c, 0x002f, 0x000a, 0x0005, 0x003b, 0x0034, 0x0033, 0x0014, 0x0008];
const STATIC: [u16; 6] = [0x009c, 0x002f, 0x000a, 0x0005, 0x003b, 0x0008];
const DHE: [u16; 3] = [0x0033, 0x0014, 0x0034];
const COMMON_GROUPS: [u16; 4] = [0x11ec, 29, 23, 24];

impl<'a> Truth<'a> {
    fn of(mock: &'a Mock) -> Self {
        let classic = mock.versions.iter().any(|version| (0x0300..=0x0303).contains(version));
        Self { mock, classic, new: mock.versions.contains(&0x0304) }
    }

    fn on(&self, version: u16) -> bool {
        self.mock.versions.contains(&version)
    }

    fn takes(&self, codes: &[u16]) -> bool {
        self.classic && codes.iter().any(|code| self.mock.suites.contains(code))
    }

    fn versions(&self) -> BTreeSet<Version> {
        let all = [
            (2, Version::Ssl2),
            (0x0300, Version::Ssl3),
            (0x0301, Version::Tls10),
            (0x0302, Version::Tls11),
            (0x0303, Version::Tls12),
            (0x0304, Version::Tls13),
        ];
        all.into_iter().filter(|(code, _)| self.on(*code)).map(|(_, version)| version).collect()
    }

    /// The classes that are asked for by themselves and taken.
    fn classes(&self) -> Vec<(SuiteClass, bool)> {
        vec![
            (SuiteClass::Null, self.takes(&[0xc006, 0x003b])),
            (SuiteClass::Anonymous, self.takes(&[0x0034])),
            (SuiteClass::Export, self.takes(&[0x0014, 0x0008])),
            (SuiteClass::Rc4, self.takes(&[0xc007, 0x0005])),
            (SuiteClass::SmallBlock, self.takes(&[0xc008, 0x000a, 0x0014, 0x0008])),
            (SuiteClass::Dhe, self.takes(&[0x0033, 0x0014])),
        ]
    }

    fn prefers(&self) -> Option<bool> {
        (self.classic && self.mock.suites.len() > 1).then_some(self.mock.prefers)
    }

    fn rare_suite(&self) -> bool {
        self.new
            && self.mock.new_suites.iter().any(|suite| ![0x1301, 0x1302, 0x1303].contains(suite))
    }

    fn rare_curve(&self) -> bool {
        self.takes(&ECDHE) && self.mock.curves.iter().any(|curve| !COMMON_GROUPS.contains(curve))
    }

    /// Rules and whether they hold; nothing where they do not apply.
    fn rules(&self) -> Vec<(&'static str, Option<bool>)> {
        let mock = self.mock;
        let classic = |holds: bool| self.classic.then_some(holds);
        let dhe = self.takes(&DHE);
        let quantum = mock.groups.contains(&0x11ec);
        let rare_group = mock.groups.iter().any(|group| !COMMON_GROUPS.contains(group));
        let aead = self.new || self.takes(&STRONG) || self.takes(&[0x009c]);
        let classes = self.classes();
        let class = |wanted| !classes.iter().any(|(class, taken)| *class == wanted && *taken);
        let groups = !(self.new && (rare_group || !quantum) || self.rare_curve());
        let mut rules = vec![
            ("tls/ssl", Some(!self.on(2) && !self.on(0x0300))),
            ("tls/old-versions", Some(!self.on(0x0301) && !self.on(0x0302))),
            ("tls/null-suites", Some(class(SuiteClass::Null))),
            ("tls/anonymous-suites", Some(class(SuiteClass::Anonymous))),
            ("tls/export-suites", Some(class(SuiteClass::Export))),
            ("tls/rc4-suites", Some(class(SuiteClass::Rc4))),
            ("tls/small-block-suites", Some(class(SuiteClass::SmallBlock))),
            ("tls/dh-size", dhe.then_some(mock.dh_bits >= 2048)),
            ("tls/compression", classic(!mock.compresses)),
            ("tls/secure-renegotiation", classic(mock.renegotiates_securely)),
            ("tls/extended-master-secret", classic(mock.extended_master_secret)),
            ("tls/http2", classic(mock.alpn == Some("h2"))),
            ("tls/post-quantum", self.new.then_some(quantum)),
            (
                "tls/profile-versions",
                Some(self.versions() == [Version::Tls12, Version::Tls13].into()),
            ),
            (
                "tls/profile-suites",
                Some(!self.takes(&[&ECDHE[3..], &OTHERS].concat()) && !self.rare_suite()),
            ),
            ("tls/profile-order", self.prefers().map(|prefers| !prefers)),
            ("tls/profile-groups", (self.classic || self.new).then_some(groups)),
            ("tls/profile-dh", dhe.then_some(mock.dh_bits >= 2048)),
        ];
        // What a server likes less than all others, and nobody asks for alone, stays hidden.
        if self.new || self.takes(&STRONG) || !self.takes(&[0x009c]) || !mock.prefers {
            rules.push(("tls/authenticated-encryption", (aead || self.on(0x0303)).then_some(aead)));
        }
        if self.classic && mock.prefers {
            rules.push(("tls/forward-secrecy", Some(!STATIC.contains(&mock.suites[0]))));
        }
        rules
    }
}

fn hellos(seen: &AddressSeen) -> impl Iterator<Item = (Probe, &HelloSeen)> {
    seen.probes.iter().filter_map(|one| Some((one.probe, one.answer.hello()?)))
}

/// Everything that a look shows beside what was configured.
fn compare(
    truth: &Truth<'_>,
    seen: &AddressSeen,
    run: &CheckRun,
    host: &str,
) -> Result<(), TestCaseError> {
    let mock = truth.mock;
    let classic = || {
        hellos(seen).filter(|(_, hello)| (Version::Ssl3..=Version::Tls12).contains(&hello.version))
    };
    for (rule, holds) in truth.rules() {
        let subject = format!("{host}:443");
        let mut about = run.outcomes.iter().filter(|one| one.subject.to_string() == subject);
        let outcome = about.find(|one| one.rule == rule).unwrap();
        let found = match &outcome.verdict {
            Verdict::Pass => Some(true),
            Verdict::Fail => Some(false),
            Verdict::NotApplicable { .. } => None,
            other => return Err(TestCaseError::fail(format!("{rule}: {other:?} {mock:?}"))),
        };
        prop_assert_eq!(found, holds, "{}: {:?}", rule, mock);
    }
    let groups: BTreeSet<_> = hellos(seen)
        .filter(|(_, hello)| hello.version == Version::Tls13)
        .filter_map(|(_, hello)| hello.group.clone())
        .collect();
    let names = [
        (0x11ec, "X25519MLKEM768"),
        (29, "x25519"),
        (23, "secp256r1"),
        (24, "secp384r1"),
        (25, "secp521r1"),
        (30, "x448"),
        (256, "ffdhe2048"),
    ];
    let named = names.iter().filter(|(code, _)| truth.new && mock.groups.contains(code));
    prop_assert_eq!(groups, named.map(|(_, name)| (*name).to_owned()).collect());
    let rare = |probe| hellos(seen).any(|(asked, _)| asked == probe);
    prop_assert_eq!(rare(Probe::RareSuites), truth.rare_suite());
    prop_assert_eq!(rare(Probe::RareCurves), truth.rare_curve());
    prop_assert_eq!(
        seen.ocsp.as_ref().map(|der| der.as_bytes().to_vec()),
        mock.staple.clone().filter(|_| truth.classic)
    );
    let certified = truth.classic && mock.suites.iter().any(|suite| *suite != 0x0034);
    prop_assert_eq!(!seen.chain.is_empty(), certified);
    prop_assert!(certified || seen.other_chains.is_empty());
    let asks = classic().map(|(_, hello)| hello.client_certificate).collect::<BTreeSet<_>>();
    prop_assert!(asks.iter().all(|asks| *asks == mock.asks_client));
    // An SSL 3.0 client offers nothing of the kind.
    let mut offered = classic().filter(|(probe, _)| *probe != Probe::Ssl3);
    prop_assert!(
        offered.all(|(_, hello)| hello.alpn.as_ref().map(|name| name.as_str()) == mock.alpn)
    );
    let bits: BTreeSet<_> = hellos(seen).filter_map(|(_, hello)| hello.dh_bits).collect();
    prop_assert_eq!(
        bits.into_iter().collect::<Vec<_>>(),
        truth.takes(&DHE).then_some(u32::from(mock.dh_bits)).into_iter().collect::<Vec<_>>()
    );
    let unnamed = hellos(seen).any(|(probe, _)| probe == Probe::NoName);
    prop_assert_eq!(unnamed, truth.classic && mock.default_chain.is_some());
    Ok(())
}

fn compare_all(mocks: &[Mock]) -> Result<(), TestCaseError> {
    let run = look(mocks);
    let snapshot: Snapshot = serde_json::from_str(run.snapshot.as_deref().unwrap()).unwrap();
    let summary: Summary = serde_json::from_str(run.data.as_deref().unwrap()).unwrap();
    for (place, mock) in mocks.iter().enumerate() {
        let truth = Truth::of(mock);
        let seen = &snapshot.hosts[place].addresses.as_ref().unwrap()[0];
        let row = &summary.hosts[place].addresses[0];
        prop_assert_eq!(row.versions.iter().copied().collect::<BTreeSet<_>>(), truth.versions());
        prop_assert_eq!(row.prefers, truth.prefers(), "{:?} {:?}", mock, seen.probes);
        for (class, taken) in truth.classes() {
            prop_assert_eq!(row.weak.contains(&class), taken, "{:?}: {:?}", class, mock);
        }
        compare(&truth, seen, &run, &host(place))?;
        prop_assert!(seen.probes.len() <= 32, "{} hellos: {:?}", seen.probes.len(), mock);
    }
    Ok(())
}

fn mock() -> impl Strategy<Value = Mock> {
    let versions = subsequence(vec![2u16, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304], 1..=6);
    let suites = [&ECDHE[..], &OTHERS].concat();
    let suites = subsequence(suites, 1..=16).prop_shuffle();
    let some_of = |common: &[u16], rare: &[u16]| {
        let common = subsequence(common.to_vec(), 1..=common.len());
        let rare = prop_oneof![Just(Vec::new()), subsequence(rare.to_vec(), 0..=rare.len())];
        (common, rare).prop_map(|(common, rare)| [common, rare].concat()).prop_shuffle()
    };
    let new_suites = some_of(&[0x1301, 0x1302, 0x1303], &[0x1304, 0x1305, 0x00c6, 0xc0b4]);
    let groups = some_of(&COMMON_GROUPS, &[25, 30, 256]);
    let curves = some_of(&[29, 23, 24], &[25, 22, 26, 19]);
    let alpn = select(vec![None, Some("h2"), Some("http/1.1")]);
    let staple = prop::option::of(vec(any::<u8>(), 1..300));
    let dh_bits = select(vec![512u16, 768, 1024, 1536, 2048, 3072, 4096]);
    let lists = (versions, suites, new_suites, groups, curves);
    (lists, any::<[bool; 6]>(), alpn, staple, dh_bits).prop_map(
        |((versions, suites, new_suites, groups, curves), flags, alpn, staple, dh_bits)| {
            let [prefers, compresses, renegotiates_securely, extended_master_secret, asks, default] =
                flags;
            let mock = Mock::healthy(Vec::new());
            Mock {
                versions,
                suites,
                prefers,
                new_suites,
                groups,
                curves,
                compresses,
                alpn,
                staple,
                renegotiates_securely,
                extended_master_secret,
                asks_client: asks,
                dh_bits,
                default_chain: mock.default_chain.clone().filter(|_| default),
                ..mock
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_configured_is_found(mocks in vec(mock(), 1..=TOGETHER)) {
        compare_all(&mocks)?;
    }

}

proptest! {
    #![proptest_config(ProptestConfig {
        // Each waits until servers have calmed down.
        cases: cases().div_ceil(8),
        failure_persistence: None,
        max_shrink_iters: 50,
        ..ProptestConfig::default()
    })]

    /// Whatever connections a server refuses, and however regularly: nothing is said of it that is
    /// not so.
    #[test]
    fn a_server_that_limits_the_rate_is_never_judged_wrongly(
        patterns in vec(vec(any::<bool>(), 1..8), TOGETHER * 2),
    ) {
        let mocks = patterns.into_iter().map(|answers| {
            Mock { answers, prefers: false, ..Mock::healthy(Vec::new()) }
        });
        let mocks: Vec<_> = mocks.collect();
        let run = look(&mocks);
        // The server cannot end a handshake, and the lab's root is unknown here.
        let true_ones = ["tls/chain-trusted", "tls/handshake", "tls/version-13", "tls/profile-hsts"];
        for finding in &run.findings {
            prop_assert!(true_ones.contains(&finding.rule.as_str()), "{finding:?}");
        }
    }
}
