//! Versions, cipher suites and features of the protocol, by what hellos brought.

use lr_core::{ErrorKind, Rule, Severity};

use super::Bench;
use super::answers::{Answers, Fact};
use crate::probe::suites::{STRONG, is_authenticated, name};
use crate::rules::{
    AEAD, ANONYMOUS, COMPRESSION, DH_SIZE, EMS, EXPORT, FORWARD_SECRECY, LARGE_HELLO, NULL,
    OLD_VERSIONS, POST_QUANTUM, RC4, RENEGOTIATION, SMALL_BLOCK, SSL, TOLERANCE,
};
use crate::{AddressSeen, Obstacle, Probe, SuiteClass, Version};

/// The rules that need hellos of our own.
static RULES: &[&Rule] = &[
    &SSL,
    &OLD_VERSIONS,
    &TOLERANCE,
    &LARGE_HELLO,
    &NULL,
    &ANONYMOUS,
    &EXPORT,
    &RC4,
    &SMALL_BLOCK,
    &FORWARD_SECRECY,
    &AEAD,
    &DH_SIZE,
    &COMPRESSION,
    &RENEGOTIATION,
    &EMS,
    &POST_QUANTUM,
];

pub(super) fn judge(seen: &AddressSeen, bench: &mut Bench<'_, '_>) {
    let answers = Answers::of(seen);
    if let Some(obstacle) = answers.nothing() {
        return excuse(obstacle, bench);
    }
    if seen.probes.is_empty() {
        RULES.iter().for_each(|rule| bench.not_applicable(rule, "no hellos of our own were sent"));
        return;
    }
    ssl(&answers, bench);
    old_versions(&answers, bench);
    tolerance(&answers, bench);
    for (rule, class) in [
        (&NULL, SuiteClass::Null),
        (&ANONYMOUS, SuiteClass::Anonymous),
        (&EXPORT, SuiteClass::Export),
        (&RC4, SuiteClass::Rc4),
        (&SMALL_BLOCK, SuiteClass::SmallBlock),
    ] {
        class_of(rule, class, &answers, bench);
    }
    forward_secrecy(&answers, bench);
    authenticated(&answers, bench);
    dh_size(&answers, bench);
    features(&answers, bench);
    post_quantum(&answers, bench);
}

/// All rules, where no hello was answered.
pub(super) fn excuse(obstacle: &Obstacle, bench: &mut Bench<'_, '_>) {
    for rule in RULES {
        bench.excuse(rule, obstacle);
    }
}

fn ssl(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let facts = [(Probe::Ssl2, Version::Ssl2), (Probe::Ssl3, Version::Ssl3)];
    let on = facts.iter().filter(|(probe, version)| answers.chose(*probe, *version));
    let on: Vec<_> = on.map(|(_, version)| version.to_string()).collect();
    let unknown = facts.iter().find_map(|(probe, _)| answers.unknown(*probe));
    match (on.is_empty(), unknown) {
        (false, _) => {
            bench.fail(&SSL, format!("the server speaks {}", on.join(" and ")));
        }
        (true, Some(obstacle)) => bench.unsure(&SSL, obstacle),
        (true, None) => bench.pass(&SSL),
    }
}

fn old_versions(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let old = [Version::Tls11, Version::Tls10];
    let on: Vec<_> = old
        .into_iter()
        .filter(|version| {
            answers.chose(Probe::Tls11, *version) || answers.chose(Probe::Tls10, *version)
        })
        .map(|version| format!("TLS {version}"))
        .collect();
    match (on.is_empty(), answers.unknown(Probe::Tls11)) {
        (false, _) => {
            bench.fail(&OLD_VERSIONS, format!("the server speaks {}", on.join(" and ")));
        }
        (true, Some(obstacle)) => bench.unsure(&OLD_VERSIONS, obstacle),
        (true, None) => bench.pass(&OLD_VERSIONS),
    }
}

fn tolerance(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let modern = answers.seen.modern.is_ok();
    let old = answers.chose(Probe::Tls12, Version::Tls12);
    match answers.fact(Probe::Small) {
        _ if modern => bench.pass(&TOLERANCE),
        Fact::Yes(_) => bench.pass(&TOLERANCE),
        Fact::No if old => {
            let what = "a hello with TLS 1.2 is answered, the same with TLS 1.3 and 1.2 is not";
            bench.fail(&TOLERANCE, what);
        }
        Fact::Unknown(obstacle) => bench.unsure(&TOLERANCE, obstacle),
        _ => bench.not_applicable(&TOLERANCE, "TLS 1.2 and 1.3 are not answered at all"),
    }
    match (answers.fact(Probe::Small), answers.fact(Probe::Large)) {
        _ if modern => bench.pass(&LARGE_HELLO),
        (Fact::Yes(_), Fact::Yes(_)) => bench.pass(&LARGE_HELLO),
        (Fact::Yes(_), Fact::No) => {
            let what = "a hello of 800 bytes is answered, the same with 1900 bytes is not";
            bench.fail(&LARGE_HELLO, what);
        }
        (Fact::Yes(_), Fact::Unknown(obstacle)) => bench.unsure(&LARGE_HELLO, obstacle),
        (Fact::Unknown(obstacle), _) => bench.unsure(&LARGE_HELLO, obstacle),
        _ => bench.not_applicable(&LARGE_HELLO, "hellos with TLS 1.3 are not answered at all"),
    }
}

fn class_of(
    rule: &'static Rule,
    class: SuiteClass,
    answers: &Answers<'_>,
    bench: &mut Bench<'_, '_>,
) {
    let of_class = |suite: &&str| class.has(suite);
    let mut suites: Vec<_> = answers.suites().filter(of_class).collect();
    suites.sort_unstable();
    suites.dedup();
    if !suites.is_empty() {
        bench
            .fail(rule, format!("the server takes {}", suites.join(", ")))
            .evidence("suites", suites);
        return;
    }
    let weak = answers.fact(Probe::Weak);
    match (weak, answers.fact(Probe::Class(class))) {
        (Fact::Unknown(obstacle), _) | (_, Fact::Unknown(obstacle)) => bench.unsure(rule, obstacle),
        _ => bench.pass(rule),
    }
}

/// The hello that tells most about what is chosen before TLS 1.3.
fn classic<'a>(answers: &Answers<'a>) -> Fact<'a> {
    match answers.fact(Probe::Tls12) {
        Fact::Yes(hello) => Fact::Yes(hello),
        Fact::Unknown(obstacle) => Fact::Unknown(obstacle),
        _ => answers.fact(Probe::Tls11),
    }
}

fn forward_secrecy(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let hello = match classic(answers) {
        Fact::Yes(hello) => hello,
        Fact::Unknown(obstacle) => return bench.unsure(&FORWARD_SECRECY, obstacle),
        // TLS 1.3 has nothing else.
        _ => return bench.pass(&FORWARD_SECRECY),
    };
    if !SuiteClass::Static.has(&hello.suite) {
        return bench.pass(&FORWARD_SECRECY);
    }
    let others = answers.suites().any(|suite| {
        !SuiteClass::Static.has(suite)
            && !SuiteClass::Anonymous.has(suite)
            && !suite.is_empty()
            && !suite.starts_with("TLS_AES_")
            && !suite.starts_with("TLS_CHACHA")
    });
    let detail = match others {
        true => format!("of all suites the server prefers {}", hello.suite),
        false => format!("the server takes {} and nothing with ECDHE or DHE", hello.suite),
    };
    bench.fail(&FORWARD_SECRECY, detail).evidence("suite", hello.suite.as_str());
}

fn authenticated(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    if answers.hello(Probe::Tls13).is_some_and(|hello| hello.version == Version::Tls13)
        || answers.suites().any(is_authenticated)
    {
        return bench.pass(&AEAD);
    }
    match answers.fact(Probe::Tls12) {
        Fact::Yes(hello) if hello.version == Version::Tls12 => {
            let strong = STRONG.iter().map(|code| name(*code)).collect::<Vec<_>>().join(", ");
            let detail = format!("the server takes {} and none of {strong}", hello.suite);
            bench.fail(&AEAD, detail);
        }
        Fact::Unknown(obstacle) => bench.unsure(&AEAD, obstacle),
        _ => bench.not_applicable(&AEAD, "it came with TLS 1.2, which the server does not speak"),
    }
}

fn dh_size(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let sizes = answers.hellos().filter_map(|hello| Some((hello.dh_bits?, hello)));
    match sizes.min_by_key(|(bits, _)| *bits) {
        None => match answers.unknown(Probe::Class(SuiteClass::Dhe)) {
            Some(obstacle) => bench.unsure(&DH_SIZE, obstacle),
            None => bench.not_applicable(&DH_SIZE, "there is no Diffie-Hellman over finite fields"),
        },
        Some((2048.., _)) => bench.pass(&DH_SIZE),
        Some((bits, hello)) => {
            let detail = format!("the group has {bits} bits, with {}", hello.suite);
            let severity = if bits < 1024 { Severity::High } else { DH_SIZE.severity };
            bench.fail_as(&DH_SIZE, severity, detail).evidence("bits", i64::from(bits));
        }
    }
}

fn features(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let rules = [&COMPRESSION, &RENEGOTIATION, &EMS];
    let hello = match classic(answers) {
        Fact::Yes(hello) => hello,
        Fact::Unknown(obstacle) => {
            return rules.into_iter().for_each(|rule| bench.unsure(rule, obstacle));
        }
        _ => {
            let reason = "TLS 1.3, which is all the server speaks, knows no such thing";
            return rules.into_iter().for_each(|rule| bench.not_applicable(rule, reason));
        }
    };
    match hello.compressed {
        true => {
            bench.fail(&COMPRESSION, "of DEFLATE and none, the server chooses DEFLATE");
        }
        false => bench.pass(&COMPRESSION),
    }
    match hello.secure_renegotiation {
        false => {
            bench.fail(&RENEGOTIATION, "the server does not answer renegotiation_info");
        }
        true => bench.pass(&RENEGOTIATION),
    }
    match hello.extended_master_secret {
        false => {
            bench.fail(&EMS, "the server does not answer extended_master_secret");
        }
        true => bench.pass(&EMS),
    }
}

fn post_quantum(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    const GROUP: &str = "X25519MLKEM768";
    let by_handshake = answers.seen.modern.iter().any(|one| one.group.as_deref() == Some(GROUP));
    let by_hello = answers.hellos().any(|hello| hello.group.as_deref() == Some(GROUP));
    match (answers.fact(Probe::Tls13), answers.fact(Probe::PostQuantum)) {
        _ if by_handshake || by_hello => bench.pass(&POST_QUANTUM),
        (_, Fact::No) => {
            bench.fail(&POST_QUANTUM, format!("the server does not take {GROUP}"));
        }
        (Fact::Unknown(obstacle), _) | (_, Fact::Unknown(obstacle)) => {
            bench.unsure(&POST_QUANTUM, obstacle);
        }
        (Fact::No, _) => {
            bench
                .not_applicable(&POST_QUANTUM, "it needs TLS 1.3, which the server does not speak");
        }
        _ => bench.inconclusive(&POST_QUANTUM, ErrorKind::Protocol, "the server was not asked"),
    }
}
