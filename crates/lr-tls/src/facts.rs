use lr_core::Text;
use serde::{Deserialize, Serialize};

use crate::Der;

/// What is known of a host from elsewhere, handed in by who asked DNS or fetched pages. Absent means
/// not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostFacts {
    /// The CAA records that apply to the host (RFC 8659, section 3): those of the closest name that
    /// has any. Empty if there are none.
    pub caa: Option<Vec<CaaFact>>,
    /// Domains by which the authority in use goes in CAA records, if it is none of the well-known
    /// public ones.
    #[serde(default)]
    pub authority_domains: Vec<Text>,
    /// The TLSA records for the port (RFC 6698), if they are secured by DNSSEC.
    pub tlsa: Option<Vec<TlsaFact>>,
    /// The HSTS policy that browsers know for the host: its own, or that of a parent which includes
    /// its subdomains (RFC 6797).
    pub hsts: Option<HstsFact>,
}

/// A CAA record (RFC 8659, section 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CaaFact {
    /// Whether it is marked critical.
    pub critical: bool,
    /// Property tag: `issue`, `issuewild`, …
    pub tag: Text,
    /// Property value.
    pub value: Text,
}

/// A TLSA record (RFC 6698, section 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TlsaFact {
    /// Certificate usage: 0 to 3.
    pub usage: u8,
    /// Selector: 0 for the certificate, 1 for its key.
    pub selector: u8,
    /// Matching type: 0 for the data itself, 1 for SHA-256, 2 for SHA-512.
    pub matching: u8,
    /// Certificate association data.
    pub data: Der,
}

/// An HSTS policy (RFC 6797, section 6.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HstsFact {
    /// The host that set it.
    pub set_by: Text,
    /// Its max-age in seconds.
    pub max_age_s: u64,
}

impl HostFacts {
    /// With these CAA records.
    #[must_use]
    pub fn with_caa(self, records: Vec<CaaFact>) -> Self {
        Self { caa: Some(records), ..self }
    }

    /// With these domains of the authority in use.
    #[must_use]
    pub fn with_authority_domains<'a>(self, domains: impl IntoIterator<Item = &'a str>) -> Self {
        Self { authority_domains: domains.into_iter().map(Text::new).collect(), ..self }
    }

    /// With these TLSA records.
    #[must_use]
    pub fn with_tlsa(self, records: Vec<TlsaFact>) -> Self {
        Self { tlsa: Some(records), ..self }
    }

    /// With this HSTS policy.
    #[must_use]
    pub fn with_hsts(self, hsts: HstsFact) -> Self {
        Self { hsts: Some(hsts), ..self }
    }
}

impl CaaFact {
    /// A record that is not critical.
    #[must_use]
    pub fn new(tag: &str, value: &str) -> Self {
        Self { critical: false, tag: Text::new(tag), value: Text::new(value) }
    }
}

impl TlsaFact {
    /// A record.
    #[must_use]
    pub fn new(usage: u8, selector: u8, matching: u8, data: Vec<u8>) -> Self {
        Self { usage, selector, matching, data: Der::from(data) }
    }
}

impl HstsFact {
    /// A policy that lasts so many seconds.
    #[must_use]
    pub fn new(set_by: &str, max_age_s: u64) -> Self {
        Self { set_by: Text::new(set_by), max_age_s }
    }
}
