//! The tables of a `launch-ready.toml`.

use std::fmt;
use std::net::IpAddr;

use lr_core::{Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Error;

/// A record that must be there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ExpectTable", into = "ExpectTable")]
#[non_exhaustive]
pub struct ExpectSite {
    /// Owner name.
    pub name: String,
    /// Record type.
    pub rtype: String,
    /// What its data should be.
    pub value: Expected,
}

/// The data that a record should have, in presentation form.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// Exactly these values.
    Set(Vec<String>),
    /// These values among others.
    Contains(Vec<String>),
    /// The same as another name has.
    SameAs(String),
    /// Whatever leads to this provider.
    Provider(String),
    /// No such record (`true`), or any (`false`).
    Absent(bool),
}

/// As it is written: one of the last five.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ExpectTable {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contains: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<bool>,
}

impl TryFrom<ExpectTable> for ExpectSite {
    type Error = &'static str;

    fn try_from(table: ExpectTable) -> Result<Self, Self::Error> {
        let ExpectTable { name, rtype, set, contains, same_as, provider, absent } = table;
        if name.is_empty() || rtype.is_empty() {
            return Err("an expected record needs `name` and `type`");
        }
        let value = match (set, contains, same_as, provider, absent) {
            (Some(values), None, None, None, None) => Expected::Set(values),
            (None, Some(values), None, None, None) => Expected::Contains(values),
            (None, None, Some(other), None, None) => Expected::SameAs(other),
            (None, None, None, Some(provider), None) => Expected::Provider(provider),
            (None, None, None, None, Some(absent)) => Expected::Absent(absent),
            _ => {
                return Err(
                    "an expected record needs one of `set`, `contains`, `same-as`, `provider` \
                     and `absent`",
                );
            }
        };
        Ok(Self { name, rtype, value })
    }
}

impl From<ExpectSite> for ExpectTable {
    fn from(expect: ExpectSite) -> Self {
        let ExpectSite { name, rtype, value } = expect;
        let table = Self { name, rtype, ..Self::default() };
        match value {
            Expected::Set(values) => Self { set: Some(values), ..table },
            Expected::Contains(values) => Self { contains: Some(values), ..table },
            Expected::SameAs(other) => Self { same_as: Some(other), ..table },
            Expected::Provider(provider) => Self { provider: Some(provider), ..table },
            Expected::Absent(absent) => Self { absent: Some(absent), ..table },
        }
    }
}

/// An old URL and where it must land.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OldUrl {
    /// The old URL.
    pub from: String,
    /// Where it must land.
    pub to: String,
}

/// Mail of the launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[non_exhaustive]
pub struct MailSite {
    /// DKIM selectors beside the well-known ones.
    pub selectors: Vec<String>,
    /// Who may send: ids of providers, included domains, address ranges. If anybody is named,
    /// nobody else may.
    pub approved: Vec<String>,
    /// Addresses that mail leaves from.
    pub sends_from: Vec<IpAddr>,
    /// Whether the domain neither sends nor receives mail.
    pub parked: bool,
    /// Whether the domain sends 5000 messages a day or more.
    pub bulk_sender: bool,
}

/// Sources of the launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SecretsSite {
    /// Work trees to scan.
    pub paths: Vec<String>,
    /// Whether everything that their repositories hold is scanned too.
    pub history: bool,
}

/// An endpoint and its budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct EndpointSite {
    /// The URL.
    pub url: String,
    /// What kind of work it does, which says how long it may take.
    #[serde(default)]
    pub kind: EndpointKind,
    /// Budget of the 95th percentile in milliseconds, instead of that of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_ms: Option<u64>,
    /// Request method, GET unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Whether requests may change something: other methods than GET and HEAD are not sent without.
    #[serde(default)]
    pub may_change: bool,
    /// Body to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Status codes that count as success, instead of any 2xx or 3xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect_status: Vec<u16>,
    /// Text that the body must contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// Variable that holds a bearer token to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer_env: Option<String>,
    /// Variable that holds a cookie to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie_env: Option<String>,
    #[serde(skip)]
    pub(crate) credentials: Credentials,
}

/// What kind of work an endpoint does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EndpointKind {
    /// Read from a cache: 300 ms.
    CachedRead,
    /// Read from the database: 500 ms.
    #[default]
    Read,
    /// Written to the database: 800 ms.
    Write,
    /// Heavy work: 1500 ms.
    Heavy,
}

impl EndpointSite {
    pub(super) fn fill(&mut self, variable: impl Fn(&str) -> Option<String>) -> Result<(), Error> {
        let value = |name: &String| {
            variable(name).ok_or_else(|| Error::Variable { variable: name.clone() })
        };
        let mut headers = Vec::new();
        if let Some(name) = &self.bearer_env {
            headers.push(("authorization", format!("Bearer {}", value(name)?)));
        }
        if let Some(name) = &self.cookie_env {
            headers.push(("cookie", value(name)?));
        }
        self.credentials = Credentials(headers);
        Ok(())
    }
}

/// Header fields that nobody gets to see.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Credentials(pub(crate) Vec<(&'static str, String)>);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What stands against the launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PolicySite {
    /// Findings of this severity and above mean no-go; high by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_at: Option<Severity>,
}

/// A finding that somebody has accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct WaiverSite {
    /// Key of the finding, or a pattern with `*`.
    pub key: String,
    /// Why it is accepted.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}
