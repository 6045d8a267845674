mod cause;
mod certificate;
mod chain;
mod dates;
mod names;
mod reach;
mod strength;

use lr_core::{ErrorKind, Finding, Location, Recorder, Rule, Text, Timestamp};

pub use self::chain::ChainVerdict;
pub(crate) use self::chain::examine;
use crate::certificate::Certificate;
use crate::rules::{
    ALREADY_VALID, CHAIN_COMPLETE, CHAIN_CURRENT, CHAIN_ORDER, CHAIN_TRUSTED, KEY_PROOF,
    KEY_STRENGTH, LIFETIME, NAME, NOT_EXPIRED, PURPOSE, READABLE, RENEWED, SIGNATURE_STRENGTH,
};
use crate::{AddressSeen, Der, Policy, Roots, Snapshot};

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
    for host in &snapshot.hosts {
        let subject = Location::endpoint(host.host.as_str(), host.port);
        let faces = reach::judge(host, &subject, out);
        let several = faces.len() > 1;
        for face in &faces {
            let instance = several.then(|| face.instance());
            let mut bench = Bench { subject: &subject, instance, out: &mut *out };
            let seen = Seen { host: &host.host, face, policy, now };
            certificate::judge(&seen, &roots, &mut bench);
        }
    }
}

/// The rules that need a certificate.
static CERTIFICATE_RULES: &[&Rule] = &[
    &KEY_PROOF,
    &READABLE,
    &CHAIN_TRUSTED,
    &CHAIN_COMPLETE,
    &CHAIN_CURRENT,
    &CHAIN_ORDER,
    &NAME,
    &PURPOSE,
    &NOT_EXPIRED,
    &ALREADY_VALID,
    &RENEWED,
    &LIFETIME,
    &KEY_STRENGTH,
    &SIGNATURE_STRENGTH,
];

/// Addresses that serve the same chain.
struct Face<'a> {
    addresses: Vec<&'a AddressSeen>,
}

impl<'a> Face<'a> {
    /// The addresses that sent certificates, by chain.
    fn of(addresses: &'a [AddressSeen]) -> Vec<Self> {
        let mut faces: Vec<Self> = Vec::new();
        for address in addresses.iter().filter(|address| !address.chain.is_empty()) {
            match faces.iter_mut().find(|face| face.chain() == address.chain) {
                Some(face) => face.addresses.push(address),
                None => faces.push(Self { addresses: vec![address] }),
            }
        }
        faces
    }

    fn chain(&self) -> &'a [Der] {
        self.addresses.first().map_or(&[], |address| &address.chain)
    }

    /// Tells its findings apart from those of other addresses of the host.
    fn instance(&self) -> Text {
        let ips: Vec<_> = self.addresses.iter().map(|a| a.address.ip().to_string()).collect();
        ips.join(" ").into()
    }
}

/// What a judgement of one chain goes by.
struct Seen<'a> {
    host: &'a str,
    face: &'a Face<'a>,
    policy: &'a Policy,
    now: Timestamp,
}

/// The recorder, opened at one place.
struct Bench<'a, 'r> {
    subject: &'a Location,
    instance: Option<Text>,
    out: &'a mut Recorder<'r>,
}

impl Bench<'_, '_> {
    fn pass(&mut self, rule: &'static Rule) {
        self.out.pass(rule, self.subject.clone());
    }

    fn fail(&mut self, rule: &'static Rule, detail: impl Into<Text>) -> &mut Finding {
        let finding = self.out.fail(rule, self.subject.clone(), detail);
        match &self.instance {
            Some(instance) => finding.instance(instance.clone()),
            None => finding,
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
