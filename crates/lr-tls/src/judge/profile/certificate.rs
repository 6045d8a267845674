//! The end entity's certificate beside a profile.

use lr_core::{Rule, Severity};

use super::{NOT_ASKED, say};
use crate::certificate::{Certificate, Key};
use crate::judge::{Bench, Seen};
use crate::profile::{Demands, Profile};
use crate::rules::{PROFILE_CERTIFICATE, PROFILE_LIFETIME, PROFILE_STAPLE};

static RULES: [&Rule; 3] = [&PROFILE_CERTIFICATE, &PROFILE_LIFETIME, &PROFILE_STAPLE];

pub(in crate::judge) fn certificate(
    seen: &Seen<'_>,
    leaf: &Certificate,
    bench: &mut Bench<'_, '_>,
) {
    let Some(profile) = seen.policy.profile else {
        return RULES.iter().for_each(|rule| bench.not_applicable(rule, NOT_ASKED));
    };
    let demands = profile.demands();
    key_and_signature(profile, demands, leaf, bench);
    lifetime(profile, demands, leaf, bench);
    staple(profile, demands, seen, leaf, bench);
}

fn key_and_signature(
    profile: Profile,
    demands: &Demands,
    leaf: &Certificate,
    bench: &mut Bench<'_, '_>,
) {
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
    say(&PROFILE_CERTIFICATE, profile, &wrong, bench);
}

/// Longer than recommended is a hint, longer than allowed is more.
fn lifetime(profile: Profile, demands: &Demands, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    let days = leaf.lifetime_ms() / 86_400_000;
    let name = profile.name();
    if days > demands.lifetime_days {
        let most = demands.lifetime_days;
        bench.fail(&PROFILE_LIFETIME, format!("{name}: it lives {days} days, more than {most}"));
    } else if days > demands.recommended_days {
        let most = demands.recommended_days;
        let detail = format!("{name}: it lives {days} days, and {most} are recommended");
        bench.fail_as(&PROFILE_LIFETIME, Severity::Info, detail);
    } else {
        bench.pass(&PROFILE_LIFETIME);
    }
}

/// Authorities have been free to offer no OCSP since 2024 (CA/B ballot SC-063): then there is nothing
/// that could be stapled, whatever a profile asks for.
fn staple(
    profile: Profile,
    demands: &Demands,
    seen: &Seen<'_>,
    leaf: &Certificate,
    bench: &mut Bench<'_, '_>,
) {
    let is_there = seen.face.staple().is_some();
    if is_there || !demands.staple {
        return say(&PROFILE_STAPLE, profile, &[], bench);
    }
    if leaf.ocsp_urls.is_empty() {
        let reason = "the certificate names no responder to get a staple from";
        return bench.not_applicable(&PROFILE_STAPLE, reason);
    }
    match seen.face.was_staple_wanted() {
        true => say(&PROFILE_STAPLE, profile, &["there is no staple".to_owned()], bench),
        false => {
            let reason = "no handshake in which a staple could come was answered";
            bench.inconclusive(&PROFILE_STAPLE, lr_core::ErrorKind::Protocol, reason);
        }
    }
}
