use lr_core::Text;
use serde::{Deserialize, Serialize};

/// What is deployed where: from each host to its addresses, certificate and final page; and mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DeploymentMap {
    /// One row for each host that was looked at.
    pub hosts: Vec<HostRow>,
    /// Where mail goes to and comes from.
    pub mail: Vec<MailRow>,
}

/// A host: DNS, who serves it, certificate, where it leads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HostRow {
    /// The host name.
    pub host: Text,
    /// CNAME chain, without the host itself.
    pub chain: Vec<Text>,
    /// Addresses.
    pub addresses: Vec<Text>,
    /// Edge or provider, where known.
    pub provider: Option<Text>,
    /// Its certificate.
    pub certificate: Option<CertificateRow>,
    /// Where a visitor who types the name ends.
    pub leads_to: Option<Text>,
}

impl HostRow {
    /// A row about which only the name is known yet.
    #[must_use]
    pub fn new(host: &str) -> Self {
        Self { host: host.into(), ..Self::default() }
    }
}

/// A certificate, in a few words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CertificateRow {
    /// Who issued it.
    pub issuer: Text,
    /// Days until it expires; negative when it has.
    pub days_left: Option<i64>,
}

impl CertificateRow {
    /// A certificate of `issuer`.
    #[must_use]
    pub fn new(issuer: &str, days_left: Option<i64>) -> Self {
        Self { issuer: issuer.into(), days_left }
    }
}

/// A mail domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MailRow {
    /// The domain.
    pub domain: Text,
    /// Hosts that take mail, best first.
    pub exchangers: Vec<Text>,
    /// Who else may send: the domains that SPF includes.
    pub senders: Vec<Text>,
    /// DKIM selectors with a key.
    pub selectors: Vec<Text>,
    /// Effective DMARC policy.
    pub dmarc: Option<Text>,
}

impl MailRow {
    /// A row about which only the domain is known yet.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        Self { domain: domain.into(), ..Self::default() }
    }
}
