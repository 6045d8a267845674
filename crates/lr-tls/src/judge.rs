mod answers;
mod authorities;
mod caa;
mod cause;
mod certificate;
mod chain;
mod dates;
mod face;
mod factor;
mod form;
mod keys;
mod logs;
mod names;
mod profile;
mod protocol;
mod reach;
mod renewal;
mod revocation;
mod strength;
mod tlsa;
mod web;

use lr_core::{ErrorKind, Finding, Location, Recorder, Rule, Severity, Text, Timestamp};

pub(crate) use self::answers::Answers;
pub(crate) use self::certificate::{complete, pem};
pub use self::chain::ChainVerdict;
pub(crate) use self::chain::examine;
use self::face::Face;
pub(crate) use self::face::broken_for;
pub use self::renewal::Renewal;
pub(crate) use self::renewal::verdict as renewal;
use crate::certificate::Certificate;
use crate::rules::{
    ALREADY_VALID, CAA_ISSUER, CHAIN_COMPLETE, CHAIN_CURRENT, CHAIN_LEAN, CHAIN_ORDER,
    CHAIN_TRUSTED, FORM, KEY_PROOF, KEY_STRENGTH, KNOWN_KEY, LIFETIME, MUST_STAPLE, NAME,
    NOT_EXPIRED, NOT_REVOKED, PROFILE_CERTIFICATE, PROFILE_LIFETIME, PROFILE_STAPLE, PURPOSE,
    READABLE, RENEWAL, RENEWED, REVOCABLE, SIGNATURE_STRENGTH, STAPLE, TIMESTAMPS, TLSA,
};
use crate::{Cause, Der, HostFacts, HostSeen, Lookups, Obstacle, Policy, RULES, Roots, Snapshot};

/// Judges what was seen. Pure: the same snapshot, roots, policy and time give the same outcomes.
///
/// Each property is judged by itself, so that an expired certificate for another host gives both
/// findings. Trust is judged at a time when the certificate is valid.
pub fn judge(
    snapshot: &Snapshot,
    roots: &Roots,
    policy: &Policy,
    now: Timestamp,
    out: &mut Recorder<'_>,
) {
    let roots = roots.and(&snapshot.extra_roots);
    let policy = &Policy { profile: policy.profile.or(snapshot.profile), ..*policy };
    let moduli = keys::moduli(snapshot);
    for host in &snapshot.hosts {
        let subject = Location::endpoint(host.host.as_str(), host.port);
        if reach::is_left_alone(host) {
            for rule in RULES {
                out.not_applicable(rule, subject.clone(), "nothing answers, and nothing must");
            }
            continue;
        }
        let faces = reach::judge(host, &mut Bench::of(host, &subject, None, &mut *out));
        let several = faces.len() > 1;
        for face in &faces {
            let instance = several.then(|| face.instance());
            let mut bench = Bench::of(host, &subject, instance, &mut *out);
            let (lookups, facts) = (&host.lookups, &host.facts);
            let seen =
                Seen { host: &host.host, face, policy, now, lookups, facts, moduli: &moduli };
            certificate::judge(&seen, &roots, &mut bench);
        }
        face::same(host, &mut Bench::of(host, &subject, None, &mut *out));
        protocols(host, policy, &subject, out);
    }
}

/// What is spoken, at each address by itself.
fn protocols(host: &HostSeen, policy: &Policy, subject: &Location, out: &mut Recorder<'_>) {
    let addresses = match &host.addresses {
        Ok(addresses) if !addresses.is_empty() => addresses,
        Ok(_) => {
            let nothing = Obstacle::new(Cause::NoAddress, "there is no address to try");
            return excuse(host, policy, &nothing, subject, out);
        }
        Err(obstacle) => return excuse(host, policy, obstacle, subject, out),
    };
    for seen in addresses {
        let several = addresses.len() > 1;
        let instance = several.then(|| Text::new(&seen.address.ip().to_string()));
        let mut bench = Bench::of(host, subject, instance, &mut *out);
        protocol::judge(seen, &mut bench);
        web::judge(host, seen, &mut bench);
        profile::judge(seen, policy, &mut bench);
    }
}

fn excuse(
    host: &HostSeen,
    policy: &Policy,
    obstacle: &Obstacle,
    subject: &Location,
    out: &mut Recorder<'_>,
) {
    let mut bench = Bench::of(host, subject, None, out);
    protocol::excuse(obstacle, &mut bench);
    web::excuse(obstacle, &mut bench);
    profile::excuse(obstacle, policy, &mut bench);
}

/// The rules that need a certificate.
static CERTIFICATE_RULES: &[&Rule] = &[
    &KEY_PROOF,
    &READABLE,
    &CHAIN_TRUSTED,
    &CHAIN_COMPLETE,
    &CHAIN_CURRENT,
    &CHAIN_ORDER,
    &CHAIN_LEAN,
    &NAME,
    &PURPOSE,
    &NOT_EXPIRED,
    &ALREADY_VALID,
    &RENEWED,
    &LIFETIME,
    &KEY_STRENGTH,
    &SIGNATURE_STRENGTH,
    &FORM,
    &KNOWN_KEY,
    &TIMESTAMPS,
    &MUST_STAPLE,
    &STAPLE,
    &NOT_REVOKED,
    &REVOCABLE,
    &RENEWAL,
    &CAA_ISSUER,
    &TLSA,
    &PROFILE_CERTIFICATE,
    &PROFILE_LIFETIME,
    &PROFILE_STAPLE,
];

/// What a judgement of one chain goes by.
struct Seen<'a> {
    host: &'a str,
    face: &'a Face<'a>,
    policy: &'a Policy,
    now: Timestamp,
    lookups: &'a Lookups,
    facts: &'a HostFacts,
    /// RSA moduli of all certificates of all hosts.
    moduli: &'a [Vec<u8>],
}

/// The recorder, opened at one place.
struct Bench<'a, 'r> {
    subject: &'a Location,
    instance: Option<Text>,
    /// Whether visitors cannot click through a warning, and why.
    hsts: Option<String>,
    /// Whether senders take whatever certificate there is (RFC 7435; RFC 3207, section 4.1).
    opportunistic: bool,
    out: &'a mut Recorder<'r>,
}

impl<'a, 'r> Bench<'a, 'r> {
    fn of(
        host: &HostSeen,
        subject: &'a Location,
        instance: Option<Text>,
        out: &'a mut Recorder<'r>,
    ) -> Self {
        let opportunistic = host.port == 25;
        Self { subject, instance, hsts: face::hsts(host), opportunistic, out }
    }
}

impl Bench<'_, '_> {
    fn pass(&mut self, rule: &'static Rule) {
        self.out.pass(rule, self.subject.clone());
    }

    fn fail(&mut self, rule: &'static Rule, detail: impl Into<Text>) -> &mut Finding {
        self.fail_as(rule, rule.severity, detail)
    }

    /// With another severity than the rule's. Whoever sets it afterwards overrides what the host is:
    /// one whose visitors cannot click through, or one whose visitors do not look.
    fn fail_as(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        detail: impl Into<Text>,
    ) -> &mut Finding {
        let finding = self.out.fail(rule, self.subject.clone(), detail);
        let mut severity = severity;
        if let Some(whom) = broken_for(rule) {
            finding.evidence("broken-for", whom);
        }
        if let (true, Some(why)) = (face::warns(rule) && severity >= rule.severity, &self.hsts) {
            finding.evidence("hsts", why.as_str());
            severity = severity.max(Severity::Critical);
        }
        if self.opportunistic {
            severity = severity.min(Severity::Medium);
        }
        finding.severity(severity);
        match &self.instance {
            Some(instance) => finding.instance(instance.clone()),
            None => finding,
        }
    }

    /// The rule cannot be judged for want of an answer.
    fn unsure(&mut self, rule: &'static Rule, obstacle: &Obstacle) {
        self.inconclusive(rule, obstacle.cause.kind(), obstacle.message.clone());
    }

    /// The same, or there is nothing to judge.
    fn excuse(&mut self, rule: &'static Rule, obstacle: &Obstacle) {
        match reach::is_fact(obstacle.cause) {
            true => self.not_applicable(rule, obstacle.message.clone()),
            false => self.unsure(rule, obstacle),
        }
    }

    fn not_applicable(&mut self, rule: &'static Rule, reason: impl Into<Text>) {
        self.out.not_applicable(rule, self.subject.clone(), reason);
    }

    fn inconclusive(&mut self, rule: &'static Rule, cause: ErrorKind, reason: impl Into<Text>) {
        self.out.inconclusive(rule, self.subject.clone(), cause, reason);
    }
}

/// Reads a chain; `None` for what cannot be read.
pub(crate) fn read(chain: &[Der]) -> Vec<Option<Certificate>> {
    chain.iter().map(|der| Certificate::read(der).ok()).collect()
}
