use lr_core::{Text, Timestamp};
use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::{Cause, Der, Obstacle, crl};

/// What authorities say about the certificates of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lookups {
    /// Issuers' certificates that a server did not send, fetched from where its certificates say
    /// (RFC 5280, section 4.2.2.1).
    pub issuers: Vec<Fetched>,
    /// Revocation lists, as far as they are about the end entities' certificates.
    pub crls: Vec<CrlSeen>,
    /// When authorities want certificates to be renewed (RFC 9773).
    pub renewals: Vec<RenewalSeen>,
}

/// Certificates from a URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fetched {
    /// Where from.
    pub url: Text,
    /// The certificates, or why there are none.
    pub result: Result<Vec<Der>, Obstacle>,
}

/// A revocation list and what it says of one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrlSeen {
    /// Where from.
    pub url: Text,
    /// Serial number of the certificate in question, in hexadecimal.
    pub serial: Text,
    /// What it says, or why that is not known.
    pub result: Result<CrlFacts, Obstacle>,
}

/// What a revocation list says of one certificate (RFC 5280, section 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrlFacts {
    /// When the certificate was revoked; nothing if it is not on the list.
    pub revoked: Option<Timestamp>,
    /// When the list was issued.
    pub this_update: Timestamp,
    /// When the next one was due.
    pub next_update: Option<Timestamp>,
    /// Why the list does not count: it is not the issuer's, its signature is wrong, …
    pub flaw: Option<Text>,
}

/// What an authority's renewal information says of one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RenewalSeen {
    /// Serial number of the certificate in question, in hexadecimal.
    pub serial: Text,
    /// The window, or why it is not known.
    pub result: Result<RenewalWindow, Obstacle>,
}

/// When an authority wants a certificate to be renewed (RFC 9773, section 4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RenewalWindow {
    /// Begin of the suggested window.
    pub start: Timestamp,
    /// End of the suggested window.
    pub end: Timestamp,
}

impl Fetched {
    /// Certificates from a URL.
    #[must_use]
    pub fn new(url: &str, result: Result<Vec<Vec<u8>>, Obstacle>) -> Self {
        let result = result.map(|all| all.into_iter().map(Der::from).collect());
        Self { url: Text::new(url), result }
    }
}

impl CrlSeen {
    /// What a revocation list says of the first certificate of a chain. The chain, or what follows
    /// it, has the issuer's certificate.
    #[must_use]
    pub fn read(url: &str, list: &[u8], chain: &[Vec<u8>]) -> Self {
        let chain: Vec<_> = chain.iter().cloned().map(Der::from).collect();
        let leaf = chain.first().and_then(|der| Certificate::read(der).ok());
        let result = crl::read(list, &chain)
            .map_err(|why| Obstacle::new(Cause::Broken, format!("{url}: {why}")));
        let serial = leaf.map(|leaf| leaf.serial).unwrap_or_default();
        Self { url: Text::new(url), serial, result }
    }
}

impl RenewalSeen {
    /// What an authority says of the certificate with this serial number.
    #[must_use]
    pub fn new(serial: &str, result: Result<RenewalWindow, Obstacle>) -> Self {
        Self { serial: Text::new(serial), result }
    }
}

impl RenewalWindow {
    /// A window.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }
}

impl Lookups {
    /// With these certificates of issuers.
    #[must_use]
    pub fn with_issuers(self, issuers: Vec<Fetched>) -> Self {
        Self { issuers, ..self }
    }

    /// With these revocation lists.
    #[must_use]
    pub fn with_crls(self, crls: Vec<CrlSeen>) -> Self {
        Self { crls, ..self }
    }

    /// With this renewal information.
    #[must_use]
    pub fn with_renewals(self, renewals: Vec<RenewalSeen>) -> Self {
        Self { renewals, ..self }
    }

    /// Issuers' certificates that were fetched.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &Der> {
        self.issuers.iter().filter_map(|one| one.result.as_ref().ok()).flatten()
    }

    /// Adds what is new in `other`.
    pub(crate) fn merge(&mut self, other: Self) {
        fn add<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
            for one in from {
                if !to.contains(&one) {
                    to.push(one);
                }
            }
        }
        add(&mut self.issuers, other.issuers);
        add(&mut self.crls, other.crls);
        add(&mut self.renewals, other.renewals);
    }
}
