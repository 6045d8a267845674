//! A server beside a profile, rule by rule.

mod certificate;

use lr_core::Rule;

pub(super) use self::certificate::certificate;
use super::answers::{Answers, Fact};
use super::{Bench, web};
use crate::profile::{Demands, Profile};
use crate::rules::{
    PROFILE_DH, PROFILE_GROUPS, PROFILE_HSTS, PROFILE_ORDER, PROFILE_SUITES, PROFILE_VERSIONS,
};
use crate::{AddressSeen, Obstacle, Policy, Probe, SuiteClass, Version};

/// The rules that need hellos of our own.
static BY_HELLO: &[&Rule] =
    &[&PROFILE_VERSIONS, &PROFILE_SUITES, &PROFILE_ORDER, &PROFILE_GROUPS, &PROFILE_DH];

const NOT_ASKED: &str = "no profile is asked for";

/// What an address speaks.
pub(super) fn judge(seen: &AddressSeen, policy: &Policy, bench: &mut Bench<'_, '_>) {
    let Some(profile) = policy.profile else {
        return rules().for_each(|rule| bench.not_applicable(rule, NOT_ASKED));
    };
    let answers = Answers::of(seen);
    if let Some(obstacle) = answers.nothing() {
        return rules().for_each(|rule| bench.excuse(rule, obstacle));
    }
    let demands = profile.demands();
    if seen.probes.is_empty() {
        let reason = "no hellos of our own were sent";
        BY_HELLO.iter().for_each(|rule| bench.not_applicable(rule, reason));
    } else {
        versions(profile, demands, &answers, bench);
        suites(profile, demands, &answers, bench);
        order(profile, demands, &answers, bench);
        groups(profile, demands, &answers, bench);
        dh(profile, demands, &answers, bench);
    }
    hsts(profile, demands, seen, bench);
}

/// All rules, where nothing was answered.
pub(super) fn excuse(obstacle: &Obstacle, policy: &Policy, bench: &mut Bench<'_, '_>) {
    for rule in rules() {
        match policy.profile {
            Some(_) => bench.excuse(rule, obstacle),
            None => bench.not_applicable(rule, NOT_ASKED),
        }
    }
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    BY_HELLO.iter().copied().chain([&PROFILE_HSTS])
}

fn say(rule: &'static Rule, profile: Profile, wrong: &[String], bench: &mut Bench<'_, '_>) {
    match wrong.is_empty() {
        true => bench.pass(rule),
        false => {
            bench.fail(rule, format!("{}: {}", profile.name(), wrong.join("; ")));
        }
    }
}

/// What is wrong; and if nothing is, whether all that was asked was answered.
fn say_of(
    rule: &'static Rule,
    profile: Profile,
    wrong: &[String],
    unknown: Option<&Obstacle>,
    bench: &mut Bench<'_, '_>,
) {
    match unknown.filter(|_| wrong.is_empty()) {
        Some(obstacle) => bench.unsure(rule, obstacle),
        None => say(rule, profile, wrong, bench),
    }
}

fn versions(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let on = answers.versions();
    let asked = [
        (Probe::Tls13, Version::Tls13),
        (Probe::Tls12, Version::Tls12),
        (Probe::Tls11, Version::Tls11),
        (Probe::Tls10, Version::Tls10),
        (Probe::Ssl3, Version::Ssl3),
        (Probe::Ssl2, Version::Ssl2),
    ];
    let unknown = asked.map(|(probe, version)| (answers.unknown(probe), version));
    let off = |version: &&Version| {
        let open = unknown.iter().any(|(obstacle, of)| of == *version && obstacle.is_some());
        !on.contains(version) && !open
    };
    let too_many = on.iter().filter(|version| !demands.versions.contains(version));
    let missing = demands.versions.iter().filter(off);
    let wrong: Vec<_> = too_many
        .map(|version| format!("{version} is on"))
        .chain(missing.map(|version| format!("{version} is off")))
        .collect();
    let unknown = unknown.into_iter().find_map(|(obstacle, _)| obstacle);
    say_of(&PROFILE_VERSIONS, profile, &wrong, unknown, bench);
}

fn suites(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let wanted = |suite: &&str| {
        let mut all = demands.suites.iter().chain(&demands.new_suites);
        // SSL 2.0 has no suites that have names here, and is a matter of versions.
        suite.is_empty() || all.any(|wanted| wanted == suite)
    };
    let mut wrong: Vec<_> = answers
        .suites()
        .filter(|suite| !wanted(suite))
        .map(|suite| format!("{suite} is taken"))
        .collect();
    wrong.sort_unstable();
    wrong.dedup();
    let asked = [Probe::Tls12, Probe::Weak, Probe::Ecdsa, Probe::Rsa, Probe::RareSuites];
    let classes = SuiteClass::ALL.map(Probe::Class);
    let unknown = asked.into_iter().chain(classes).find_map(|probe| answers.unknown(probe));
    say_of(&PROFILE_SUITES, profile, &wrong, unknown, bench);
}

fn order(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let asked = [Probe::Tls12, Probe::Tls12Reversed];
    let unknown = asked.into_iter().find_map(|probe| answers.unknown(probe));
    match (answers.prefers(), unknown) {
        (Some(by_server), _) => {
            let whose = if by_server { "the server's order" } else { "the client's order" };
            let wrong = (by_server != demands.server_order).then(|| format!("{whose} counts"));
            say(&PROFILE_ORDER, profile, wrong.as_slice(), bench);
        }
        (None, Some(obstacle)) => bench.unsure(&PROFILE_ORDER, obstacle),
        (None, None) => {
            let reason = "there are not two suites of TLS 1.2 to choose from";
            bench.not_applicable(&PROFILE_ORDER, reason);
        }
    }
}

fn groups(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    const QUANTUM: &str = "X25519MLKEM768";
    let one_by_one = |probe| matches!(probe, Probe::Group(_) | Probe::RareCurves);
    let probes = || answers.seen.probes.iter().map(|one| one.probe);
    if !probes().any(one_by_one) {
        return bench.not_applicable(&PROFILE_GROUPS, "the groups were not asked for one by one");
    }
    let on = answers.groups();
    let finite = |group: &String| group.starts_with("ffdhe");
    // Those of finite fields are chosen by suites before TLS 1.3.
    let too_many = on.iter().filter(|(group, version)| {
        !demands.groups.contains(group) && (*version == Version::Tls13 || !finite(group))
    });
    let mut wrong: Vec<_> = too_many.map(|(group, _)| format!("{group} is taken")).collect();
    wrong.dedup();
    let new = on.iter().any(|(_, version)| *version == Version::Tls13);
    if new && !on.iter().any(|(group, _)| group == QUANTUM) {
        let mut asked = [Probe::Tls13, Probe::PostQuantum].into_iter();
        if asked.all(|probe| answers.unknown(probe).is_none()) {
            wrong.push(format!("{QUANTUM} is not taken"));
        }
    }
    let unknown = probes().filter(|probe| one_by_one(*probe) || *probe == Probe::PostQuantum);
    let unknown = unknown.collect::<Vec<_>>().into_iter().find_map(|one| answers.unknown(one));
    say_of(&PROFILE_GROUPS, profile, &wrong, unknown, bench);
}

fn dh(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let Some(wanted) = demands.dh_bits else {
        return bench.not_applicable(&PROFILE_DH, "the profile does without such groups");
    };
    let least = answers.hellos().filter_map(|hello| hello.dh_bits).min();
    match (least, answers.fact(Probe::Class(SuiteClass::Dhe)), answers.fact(Probe::Weak)) {
        (Some(bits), ..) => {
            let wrong = (bits < wanted).then(|| format!("{bits} bits, and less than {wanted}"));
            say(&PROFILE_DH, profile, wrong.as_slice(), bench);
        }
        (None, Fact::Unknown(obstacle), _) | (None, _, Fact::Unknown(obstacle)) => {
            bench.unsure(&PROFILE_DH, obstacle);
        }
        _ => {
            let reason = "there is no Diffie-Hellman over finite fields";
            bench.not_applicable(&PROFILE_DH, reason);
        }
    }
}

fn hsts(profile: Profile, demands: &Demands, seen: &AddressSeen, bench: &mut Bench<'_, '_>) {
    match &seen.page {
        None => bench.not_applicable(&PROFILE_HSTS, "no page was asked for"),
        Some(Err(obstacle)) => bench.unsure(&PROFILE_HSTS, obstacle),
        Some(Ok(page)) => {
            let age = page.hsts.as_ref().and_then(|header| web::max_age(header.as_str()));
            let age = age.unwrap_or(0);
            let wanted = demands.hsts_s;
            let wrong = (age < wanted).then(|| format!("max-age is {age}, and less than {wanted}"));
            say(&PROFILE_HSTS, profile, wrong.as_slice(), bench);
        }
    }
}
