//! The chains that a host shows, and to whom.

use lr_core::{Rule, Text};

use super::{Bench, web};
use crate::certificate::Certificate;
use crate::rules::{
    ALREADY_VALID, CHAIN_COMPLETE, CHAIN_CURRENT, CHAIN_TRUSTED, CLIENT_CERTIFICATE, EVERY_ADDRESS,
    HANDSHAKE, KEY_PROOF, KEY_STRENGTH, LARGE_HELLO, MUST_STAPLE, NAME, NOT_EXPIRED, NOT_REVOKED,
    PURPOSE, REACHABLE, READABLE, SAME_CERTIFICATE, SIGNATURE_STRENGTH, STAPLE, TIMESTAMPS,
    TOLERANCE, VERSION,
};
use crate::{AddressSeen, Answer, Der, HelloSeen, HostSeen, Probe};

/// Addresses that serve the same chain, to the same clients.
pub(super) struct Face<'a> {
    pub(super) addresses: Vec<&'a AddressSeen>,
    chain: &'a [Der],
    /// The kind of key, for a chain that is sent beside the first one.
    kind: Option<&'static str>,
}

impl<'a> Face<'a> {
    /// The addresses that sent certificates, by chain.
    pub(super) fn of(addresses: &'a [AddressSeen]) -> Vec<Self> {
        let mut faces: Vec<Self> = Vec::new();
        for address in addresses.iter().filter(|address| !address.chain.is_empty()) {
            let chains = std::iter::once((address.chain.as_slice(), None)).chain(seconds(address));
            for (chain, kind) in chains {
                match faces.iter_mut().find(|face| face.chain == chain && face.kind == kind) {
                    Some(face) => face.addresses.push(address),
                    None => faces.push(Self { addresses: vec![address], chain, kind }),
                }
            }
        }
        faces
    }

    pub(super) fn chain(&self) -> &'a [Der] {
        self.chain
    }

    /// Whether this is the chain that handshakes ended with.
    pub(super) fn is_first(&self) -> bool {
        self.kind.is_none()
    }

    /// The stapled response that came with this chain.
    pub(super) fn staple(&self) -> Option<&'a Der> {
        let by_hello = self.hellos().filter_map(|hello| hello.staple.as_ref());
        let first = self.addresses.iter().filter(|_| self.is_first());
        first.filter_map(|address| address.ocsp.as_ref()).chain(by_hello).next()
    }

    /// Certificate timestamps that came with this chain in a handshake, and not in it.
    pub(super) fn timestamps(&self) -> u8 {
        self.hellos().map(|hello| hello.timestamps).max().unwrap_or(0)
    }

    /// The hellos that were answered with this chain.
    fn hellos(&self) -> impl Iterator<Item = &'a HelloSeen> {
        self.addresses.iter().flat_map(|address| {
            let hellos = address.probes.iter().filter_map(|one| one.answer.hello());
            hellos.filter(|hello| {
                hello.chain.and_then(|place| address.chain_at(place)) == Some(self.chain)
            })
        })
    }

    /// Whether a staple would have been seen.
    pub(super) fn was_staple_wanted(&self) -> bool {
        !self.is_first() || self.addresses.iter().any(|one| one.modern.is_ok() || one.tls12.is_ok())
    }

    /// Tells its findings apart from those of other addresses of the host.
    pub(super) fn instance(&self) -> Text {
        let ips = self.addresses.iter().map(|one| one.address.ip().to_string());
        ips.chain(self.kind.map(str::to_owned)).collect::<Vec<_>>().join(" ").into()
    }
}

/// Chains for clients with another kind of key.
fn seconds(address: &AddressSeen) -> impl Iterator<Item = (&[Der], Option<&'static str>)> {
    let kinds = [(Probe::Rsa, "RSA"), (Probe::Ecdsa, "ECDSA")];
    kinds.into_iter().filter_map(|(probe, kind)| {
        let seen = address.probes.iter().find(|one| one.probe == probe)?;
        let Answer::Hello(hello) = &seen.answer else { return None };
        let chain = address.chain_at(hello.chain.filter(|place| *place > 0)?)?;
        Some((chain, Some(kind)))
    })
}

/// Whether all addresses serve the same certificate.
pub(super) fn same(host: &HostSeen, bench: &mut Bench<'_, '_>) {
    let Ok(addresses) = &host.addresses else {
        return bench.not_applicable(&SAME_CERTIFICATE, "there is no address to compare");
    };
    let leaf = |one: &AddressSeen| one.chain.first().and_then(|der| Certificate::read(der).ok());
    let seen: Vec<_> = addresses.iter().filter_map(|one| Some((one, leaf(one)?))).collect();
    let [(first, one), others @ ..] = seen.as_slice() else {
        return bench.not_applicable(&SAME_CERTIFICATE, "there is nothing to compare");
    };
    if others.is_empty() {
        return bench.not_applicable(&SAME_CERTIFICATE, "there is one address");
    }
    // Networks with many servers have many certificates; they differ in key and number alone.
    let alike = |other: &Certificate| {
        let names = |one: &Certificate| {
            let mut names = one.names.dns.clone();
            names.sort_unstable();
            names
        };
        one.issuer_organization == other.issuer_organization && names(one) == names(other)
    };
    let within = |other: &Certificate| {
        let apart = (one.not_after.unix() - other.not_after.unix()).abs();
        apart * 1000 <= one.lifetime_ms() / 3
    };
    let odd = others.iter().find(|(_, other)| !alike(other) || !within(other));
    match odd {
        None => bench.pass(&SAME_CERTIFICATE),
        Some((address, other)) => {
            let detail = format!(
                "{} serves {} until {}, {} serves {} until {}",
                first.address.ip(),
                one.title(),
                one.not_after,
                address.address.ip(),
                other.title(),
                other.not_after
            );
            bench.fail(&SAME_CERTIFICATE, detail);
        }
    }
}

/// Why visitors cannot click through a warning of the browser, if so (RFC 6797, section 12.1).
pub(super) fn hsts(host: &HostSeen) -> Option<String> {
    if let Some(fact) = host.facts.hsts.as_ref().filter(|fact| fact.max_age_s > 0) {
        return Some(format!("{} has told browsers to accept no exception", fact.set_by));
    }
    let pages = host.addresses.iter().flatten().filter_map(|one| one.page.as_ref()?.as_ref().ok());
    let mut ages = pages.filter_map(|page| web::max_age(page.hsts.as_ref()?.as_str()));
    ages.any(|age| age > 0)
        .then(|| "the host itself tells browsers to accept no exception".to_owned())
}

/// Whether browsers show a warning when a rule does not hold, which people could click through.
pub(super) fn warns(rule: &'static Rule) -> bool {
    let warnings = [
        &CHAIN_TRUSTED,
        &CHAIN_COMPLETE,
        &CHAIN_CURRENT,
        &NAME,
        &PURPOSE,
        &NOT_EXPIRED,
        &ALREADY_VALID,
        &NOT_REVOKED,
        &MUST_STAPLE,
        &TIMESTAMPS,
    ];
    warnings.iter().any(|one| one.id == rule.id)
}

/// Who cannot use a host for which a rule does not hold.
pub(crate) fn broken_for(rule: &'static Rule) -> Option<&'static str> {
    let all = [
        &REACHABLE,
        &HANDSHAKE,
        &VERSION,
        &READABLE,
        &CHAIN_TRUSTED,
        &CHAIN_CURRENT,
        &NAME,
        &PURPOSE,
        &NOT_EXPIRED,
        &ALREADY_VALID,
        &KEY_PROOF,
        &NOT_REVOKED,
    ];
    if all.iter().any(|one| one.id == rule.id) {
        return Some("everyone: browsers, curl, Java, webhooks and mobile apps");
    }
    if rule.id == CLIENT_CERTIFICATE.id {
        return Some("everyone without a certificate of their own");
    }
    if rule.id == EVERY_ADDRESS.id {
        return Some("whoever is led to this address; browsers try the others after a while");
    }
    if [&KEY_STRENGTH, &SIGNATURE_STRENGTH].iter().any(|one| one.id == rule.id) {
        return Some("browsers, and programs with current TLS libraries");
    }
    if rule.id == STAPLE.id {
        return Some("Firefox and other clients that read staples");
    }
    if rule.id == CHAIN_COMPLETE.id {
        return Some("curl, Java, Python, webhooks and mobile apps; some browsers find a way");
    }
    if rule.id == MUST_STAPLE.id {
        return Some("Firefox and other clients that read the extension");
    }
    if rule.id == TIMESTAMPS.id {
        return Some("Chrome, Edge and Safari");
    }
    if [&LARGE_HELLO, &TOLERANCE].iter().any(|one| one.id == rule.id) {
        return Some("current browsers, and programs with current TLS libraries");
    }
    None
}
