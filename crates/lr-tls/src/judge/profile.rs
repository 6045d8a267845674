//! A server beside a profile, rule by rule.

use lr_core::Rule;

use super::answers::{Answers, Fact};
use super::{Bench, Seen, web};
use crate::certificate::{Certificate, Key};
use crate::profile::{Demands, Profile};
use crate::rules::{
    PROFILE_CERTIFICATE, PROFILE_GROUPS, PROFILE_HSTS, PROFILE_SUITES, PROFILE_VERSIONS,
};
use crate::{AddressSeen, Obstacle, Policy, Probe, SuiteClass, Version};

static RULES: &[&Rule] = &[&PROFILE_VERSIONS, &PROFILE_SUITES, &PROFILE_GROUPS, &PROFILE_HSTS];

/// What an address speaks.
pub(super) fn judge(seen: &AddressSeen, policy: &Policy, bench: &mut Bench<'_, '_>) {
    let Some(profile) = policy.profile else {
        return RULES.iter().for_each(|rule| bench.not_applicable(rule, "no profile is asked for"));
    };
    let answers = Answers::of(seen);
    if let Some(obstacle) = answers.nothing() {
        return RULES.iter().for_each(|rule| bench.excuse(rule, obstacle));
    }
    let demands = profile.demands();
    match seen.probes.is_empty() {
        true => [&PROFILE_VERSIONS, &PROFILE_SUITES, &PROFILE_GROUPS]
            .into_iter()
            .for_each(|rule| bench.not_applicable(rule, "no hellos of our own were sent")),
        false => {
            versions(profile, demands, &answers, bench);
            suites(profile, demands, &answers, bench);
            groups(profile, demands, &answers, bench);
        }
    }
    hsts(profile, demands, seen, bench);
}

pub(super) fn excuse(obstacle: &Obstacle, policy: &Policy, bench: &mut Bench<'_, '_>) {
    for rule in RULES {
        match policy.profile {
            Some(_) => bench.excuse(rule, obstacle),
            None => bench.not_applicable(rule, "no profile is asked for"),
        }
    }
}

fn say(rule: &'static Rule, profile: Profile, wrong: &[String], bench: &mut Bench<'_, '_>) {
    match wrong.is_empty() {
        true => bench.pass(rule),
        false => {
            bench.fail(rule, format!("{}: {}", profile.name(), wrong.join("; ")));
        }
    }
}

fn versions(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let on = answers.versions();
    for probe in [Probe::Tls12, Probe::Tls11, Probe::Ssl3, Probe::Ssl2, Probe::Tls13] {
        if let Fact::Unknown(obstacle) = answers.fact(probe) {
            return bench.unsure(&PROFILE_VERSIONS, obstacle);
        }
    }
    let too_many = on.iter().filter(|version| !demands.versions.contains(version));
    let missing = demands.versions.iter().filter(|version| !on.contains(version));
    let wrong: Vec<_> = too_many
        .map(|version| format!("{version} is on"))
        .chain(missing.map(|version| format!("{version} is off")))
        .collect();
    say(&PROFILE_VERSIONS, profile, &wrong, bench);
}

fn suites(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    for probe in [Probe::Tls12, Probe::Weak, Probe::Ecdsa, Probe::Rsa] {
        if let Fact::Unknown(obstacle) = answers.fact(probe) {
            return bench.unsure(&PROFILE_SUITES, obstacle);
        }
    }
    let old = |suite: &&str| suite.contains("_WITH_");
    let mut wrong: Vec<_> = answers
        .suites()
        .filter(old)
        .filter(|suite| !demands.suites.iter().any(|wanted| wanted == suite))
        .map(|suite| format!("{suite} is taken"))
        .collect();
    wrong.sort_unstable();
    wrong.dedup();
    say(&PROFILE_SUITES, profile, &wrong, bench);
}

fn groups(profile: Profile, demands: &Demands, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let asked = answers.seen.probes.iter().any(|one| matches!(one.probe, Probe::Group(_)));
    if !asked {
        let reason = "the groups were not asked for one by one, or TLS 1.3 is off";
        return bench.not_applicable(&PROFILE_GROUPS, reason);
    }
    let on = answers.groups();
    let too_many = on.iter().filter(|group| !demands.groups.contains(group));
    let quantum = "X25519MLKEM768".to_owned();
    let missing = !on.contains(&quantum);
    let mut wrong: Vec<_> = too_many.map(|group| format!("{group} is taken")).collect();
    wrong.extend(missing.then(|| format!("{quantum} is not taken")));
    say(&PROFILE_GROUPS, profile, &wrong, bench);
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

/// The end entity's certificate.
pub(super) fn certificate(seen: &Seen<'_>, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    let Some(profile) = seen.policy.profile else {
        return bench.not_applicable(&PROFILE_CERTIFICATE, "no profile is asked for");
    };
    let demands = profile.demands();
    let mut wrong = Vec::new();
    let (key, signature) = (leaf.key.to_string(), leaf.signature.to_string());
    let fits = match (&leaf.key, demands.rsa_bits) {
        (Key::Rsa(bits), Some(least)) => *bits >= least,
        _ => demands.keys.contains(&key),
    };
    if !fits {
        wrong.push(format!("the key is {key}"));
    }
    if !demands.signatures.contains(&signature) {
        wrong.push(format!("the signature is {signature}"));
    }
    let days = leaf.lifetime_ms() / 86_400_000;
    if days > demands.lifetime_days {
        wrong.push(format!("it lives {days} days, more than {}", demands.lifetime_days));
    }
    say(&PROFILE_CERTIFICATE, profile, &wrong, bench);
}

impl Answers<'_> {
    /// The versions that the server is known to speak.
    pub(crate) fn versions(&self) -> Vec<Version> {
        let shaken = [&self.seen.modern, &self.seen.tls12].into_iter().flatten();
        let mut all: Vec<_> = self.hellos().map(|hello| hello.version).collect();
        all.extend(shaken.map(|one| one.version));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The groups of TLS 1.3 that the server is known to take.
    fn groups(&self) -> Vec<String> {
        let new = self.hellos().filter(|hello| hello.version == Version::Tls13);
        let mut all: Vec<_> = new.filter_map(|hello| hello.group.clone()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the server follows its own order of suites, if that can be told.
    pub(crate) fn prefers(&self) -> Option<bool> {
        let (first, last) = (self.hello(Probe::Tls12)?, self.hello(Probe::Tls12Reversed)?);
        Some(first.suite == last.suite)
    }

    /// The classes of suites that the server is known to take.
    pub(crate) fn classes(&self) -> Vec<SuiteClass> {
        let taken = |class: &SuiteClass| {
            self.suites().any(|suite| suite.contains("_WITH_") && class.has(suite))
        };
        SuiteClass::ALL.into_iter().filter(taken).collect()
    }
}
