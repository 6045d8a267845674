mod matrix;
mod verdict;

use std::collections::BTreeSet;

use lr_core::{Text, Timestamp};
use serde::{Deserialize, Serialize};

use crate::judge::{Answers, complete, examine, pem, read, renewal};
use crate::{
    AddressSeen, CertificateSummary, ChainVerdict, HostSeen, Policy, Renewal, Roots, Snapshot,
    SuiteClass, Version,
};

/// What was seen, for people and scripts: the check's `data` in a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// One entry per host and port, in the order given.
    pub hosts: Vec<HostSummary>,
}

/// One host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostSummary {
    /// Host name in ASCII, or an address literal.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The address that the rest is about: the first that sent a certificate, or the first tried.
    pub address: Option<String>,
    /// TLS versions that a handshake succeeded with, at any address: `1.2`, `1.3`.
    pub versions: Vec<Version>,
    /// Protocol agreed on by ALPN, when `h2` and `http/1.1` were offered.
    pub alpn: Option<Text>,
    /// Where the chain leads, at a time when the certificate is valid.
    pub chain_verdict: ChainVerdict,
    /// The certificates as sent that can be read, end entity first.
    pub certificates: Vec<CertificateSummary>,
    /// What to append to the chain that is sent, as PEM, where issuers are missing and were found.
    #[serde(default)]
    pub append: Option<String>,
    /// Whole days until the certificate ends; negative once it has.
    pub days_left: Option<i64>,
    /// How the certificate seems to be renewed; nothing if it is not valid.
    #[serde(default)]
    pub renewal: Option<Renewal>,
    /// Whether strangers' clients accept what is served here, at every address that could be looked
    /// at: a handshake succeeds, and the certificate is for this host, in time, and of a trusted
    /// root. Nothing if that was not seen.
    #[serde(default)]
    pub valid: Option<bool>,
    /// What stood in the way, if no handshake succeeded.
    pub error: Option<Text>,
    /// One row per address.
    #[serde(default)]
    pub addresses: Vec<AddressSummary>,
}

/// One address of a host: with the others of all hosts, the rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddressSummary {
    /// IP address.
    pub address: String,
    /// TCP port.
    pub port: u16,
    /// Versions that it is known to speak.
    pub versions: Vec<Version>,
    /// Kinds of weak suites that it is known to take.
    pub weak: Vec<SuiteClass>,
    /// Key exchange group that it chose in a handshake as browsers make it.
    pub group: Option<String>,
    /// Whether it follows its own order of suites, if that can be told.
    pub prefers: Option<bool>,
    /// Subject of its certificate.
    pub subject: Option<Text>,
    /// Where its chain leads.
    pub chain_verdict: ChainVerdict,
    /// Whole days until its certificate ends.
    pub days_left: Option<i64>,
    /// Whether strangers' clients accept what is served here; nothing if that was not seen.
    #[serde(default)]
    pub valid: Option<bool>,
    /// The rules whose failure shuts clients out, by their ids.
    #[serde(default)]
    pub broken: Vec<Text>,
    /// Whom the worst of them shuts out.
    #[serde(default)]
    pub broken_for: Option<Text>,
    /// What stood in the way of a handshake as browsers make it.
    pub error: Option<Text>,
}

impl Summary {
    /// Sums up a snapshot.
    #[must_use]
    pub fn of(snapshot: &Snapshot, roots: &Roots, now: Timestamp) -> Self {
        let roots = roots.and(&snapshot.extra_roots);
        Self { hosts: snapshot.hosts.iter().map(|seen| host(seen, &roots, now)).collect() }
    }
}

fn host(seen: &HostSeen, roots: &Roots, now: Timestamp) -> HostSummary {
    let (addresses, failed) = match &seen.addresses {
        Ok(addresses) => (addresses.as_slice(), None),
        Err(obstacle) => (&[][..], Some(&obstacle.message)),
    };
    let first =
        addresses.iter().find(|address| !address.chain.is_empty()).or_else(|| addresses.first());
    let handshakes = || {
        let all = addresses.iter().flat_map(|address| [&address.modern, &address.tls12]);
        all.filter_map(|outcome| outcome.as_ref().ok())
    };
    let versions = addresses.iter().flat_map(|address| Answers::of(address).versions());
    let versions: BTreeSet<_> = versions.collect();
    let chain = first.map_or(&[][..], |address| &address.chain);
    let certificates = read(chain);
    let leaf = certificates.first().and_then(Option::as_ref);
    let left = leaf.map(|leaf| leaf.not_after.unix_ms() - now.unix_ms());
    let valid = leaf.filter(|leaf| leaf.is_valid_at(now) && !leaf.is_self_issued());
    let renewed = valid.map(|leaf| renewal(leaf, &seen.lookups, &Policy::default(), now).0);
    let error = match versions.is_empty() {
        true => failed.or_else(|| first?.modern.as_ref().err().map(|obstacle| &obstacle.message)),
        false => None,
    };
    let (trust, missing) = complete(chain, &certificates, &seen.lookups, roots, now);
    let rows: Vec<_> = addresses.iter().map(|one| address(seen, one, roots, now)).collect();
    HostSummary {
        host: seen.host.clone(),
        port: seen.port,
        address: first.map(|address| address.address.ip().to_string()),
        versions: versions.into_iter().collect(),
        alpn: handshakes().find_map(|handshake| handshake.alpn.clone()),
        chain_verdict: trust.verdict,
        append: (!missing.is_empty()).then(|| missing.iter().map(pem).collect()),
        certificates: certificates.iter().flatten().map(|one| one.summary()).collect(),
        days_left: left.map(|left| left.div_euclid(86_400_000)),
        renewal: renewed,
        error: error.cloned(),
        valid: verdict::all(&rows),
        addresses: rows,
    }
}

fn address(host: &HostSeen, seen: &AddressSeen, roots: &Roots, now: Timestamp) -> AddressSummary {
    let verdict = verdict::of(host, seen, roots, now);
    let certificates = read(&seen.chain);
    let leaf = certificates.first().and_then(Option::as_ref);
    let left = leaf.map(|leaf| leaf.not_after.unix_ms() - now.unix_ms());
    let answers = Answers::of(seen);
    AddressSummary {
        address: seen.address.ip().to_string(),
        port: seen.address.port(),
        versions: answers.versions(),
        weak: answers.classes(),
        group: seen.modern.as_ref().ok().and_then(|one| one.group.clone()),
        prefers: answers.prefers(),
        subject: leaf.map(|leaf| leaf.title()),
        chain_verdict: examine(&seen.chain, &certificates, roots, now).verdict,
        days_left: left.map(|left| left.div_euclid(86_400_000)),
        valid: verdict.valid,
        broken: verdict.broken.iter().map(|rule| Text::new(rule.id)).collect(),
        broken_for: verdict.broken_for().map(Text::new),
        error: seen.modern.as_ref().err().map(|obstacle| obstacle.message.clone()),
    }
}
