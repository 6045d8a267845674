use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// What counts as a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// Fewest name servers a zone should have (RFC 1034, section 4.1: two).
    pub name_servers: usize,
    /// Most aliases (CNAME records) in one chain. RFC 1034 knows no limit; resolvers have theirs, and
    /// each alias may cost visitors another lookup.
    pub aliases: usize,
    /// Whether the apex of a zone should have a `www` beside it.
    pub www: bool,
    /// Shortest time to live of addresses and aliases, in seconds. Large providers go down to 20.
    pub shortest_ttl_s: u32,
    /// Longest time to live of addresses and aliases, in seconds: so long a mistake stays.
    pub longest_ttl_s: u32,
    /// Longest time for which resolvers may remember that a name does not exist, in seconds (RFC
    /// 2308, section 5: more than a day has been found to be problematic).
    pub longest_negative_ttl_s: u32,
    /// How long DNSSEC signatures must be valid yet, in seconds.
    pub signatures_last_s: u32,
    /// Labels of names that are not for the public, if they are not among the hosts of the launch.
    pub private_labels: Vec<String>,
    /// Domains of the certification authorities that must be allowed to issue, such as
    /// `letsencrypt.org`: from whom certificates are, or are going to be.
    pub issuers: Vec<String>,
    /// The same for wildcard certificates, for which `issuewild` goes before `issue` (RFC 8659, section
    /// 4.3).
    pub wildcard_issuers: Vec<String>,
    /// From whom the certificate in use is: the organisation (`O`) of its issuer, such as
    /// `Let's Encrypt`. One of the CAA domains of that authority must be allowed.
    pub certificate_issuers: Vec<String>,
    /// The account with which certificates are asked for (RFC 8657, section 3), if issuers are to be
    /// judged by it.
    pub account_uri: Option<String>,
    /// How control over the domain is shown, such as `dns-01` (RFC 8657, section 4).
    pub validation_method: Option<String>,
    /// Names at which the provider was seen to answer, over HTTP, that it has no such site.
    pub unclaimed: Vec<String>,
    /// Records that must be there.
    pub expect: Vec<Expect>,
}

impl Policy {
    /// Whether somebody must be allowed to issue certificates.
    pub(crate) fn names_issuers(&self) -> bool {
        let named = [&self.issuers, &self.wildcard_issuers, &self.certificate_issuers];
        named.iter().any(|issuers| !issuers.is_empty())
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name_servers: 2,
            aliases: 8,
            www: true,
            shortest_ttl_s: 20,
            longest_ttl_s: 86_400,
            longest_negative_ttl_s: 86_400,
            signatures_last_s: 3 * 86_400,
            private_labels: ["admin", "staging", "dev", "test"].map(str::to_owned).to_vec(),
            issuers: Vec::new(),
            wildcard_issuers: Vec::new(),
            certificate_issuers: Vec::new(),
            account_uri: None,
            validation_method: None,
            unclaimed: Vec::new(),
            expect: Vec::new(),
        }
    }
}

/// Records that a name is expected to have.
///
/// ```
/// use lr_dns::Expect;
///
/// let apex = Expect::set("@", "A", ["11.0.0.1", "11.0.0.2"]);
/// let www = Expect::contains("www", "CNAME", ["edge.example.net"]);
/// # let _ = (apex, www);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Expect {
    /// The name: `@` is the domain, and a name without a dot is below it.
    pub name: String,
    /// The record type, such as `A`.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What its data should be.
    #[serde(flatten)]
    pub value: Expected,
}

/// The data that is expected, in presentation form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Expected {
    /// Exactly these, in any order.
    Set(Vec<String>),
    /// At least these.
    Contains(Vec<String>),
    /// The same as another name has, written as in [`Expect::name`].
    #[serde(rename = "same_as")]
    SameAs(String),
    /// Whatever leads to this provider, such as `Vercel`.
    Provider(String),
    /// No such record (`true`), or any (`false`).
    Absent(bool),
}

impl Expect {
    /// Exactly these records.
    pub fn set<T: Into<String>>(
        name: &str,
        rtype: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let value = Expected::Set(values.into_iter().map(Into::into).collect());
        Self { name: name.into(), rtype: rtype.into(), value }
    }

    /// At least these records.
    pub fn contains<T: Into<String>>(
        name: &str,
        rtype: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let value = Expected::Contains(values.into_iter().map(Into::into).collect());
        Self { name: name.into(), rtype: rtype.into(), value }
    }

    /// The same records as another name has.
    #[must_use]
    pub fn same_as(name: &str, rtype: &str, other: &str) -> Self {
        Self { name: name.into(), rtype: rtype.into(), value: Expected::SameAs(other.into()) }
    }

    /// Records that lead to a provider, such as `Vercel`.
    #[must_use]
    pub fn provider(name: &str, rtype: &str, provider: &str) -> Self {
        Self { name: name.into(), rtype: rtype.into(), value: Expected::Provider(provider.into()) }
    }

    /// No such record.
    #[must_use]
    pub fn absent(name: &str, rtype: &str) -> Self {
        Self { name: name.into(), rtype: rtype.into(), value: Expected::Absent(true) }
    }
}

impl Expected {
    /// What was expected, for a sentence.
    pub(crate) fn shown(&self) -> Vec<String> {
        match self {
            Self::Set(values) | Self::Contains(values) => values.clone(),
            Self::SameAs(other) => vec![format!("what {other} has")],
            Self::Provider(provider) => vec![provider.clone()],
            Self::Absent(true) => Vec::new(),
            Self::Absent(false) => vec!["anything".into()],
        }
    }
}

impl Expect {
    /// Whether `actual` is what is expected; `other` is what the name has with which it is compared.
    pub(crate) fn is_met_by(&self, actual: &BTreeSet<&str>, other: &BTreeSet<&str>) -> bool {
        let comparable = |data: &str| comparable(&self.rtype, data);
        let set = |data: &BTreeSet<&str>| -> BTreeSet<String> {
            data.iter().map(|data| comparable(data)).collect()
        };
        let wanted = |values: &[String]| -> BTreeSet<String> {
            values.iter().map(|data| comparable(data)).collect()
        };
        match &self.value {
            Expected::Set(values) => set(actual) == wanted(values),
            Expected::Contains(values) => set(actual).is_superset(&wanted(values)),
            Expected::SameAs(_) => !actual.is_empty() && set(actual) == set(other),
            Expected::Absent(absent) => actual.is_empty() == *absent,
            // Not a matter of the data; see the judgement.
            Expected::Provider(_) => true,
        }
    }
}

/// Record data as it is compared: addresses in their shortest form, names without regard to case
/// and trailing dots, texts without the quotes around them.
fn comparable(rtype: &str, data: &str) -> String {
    let data = data.trim();
    if rtype.eq_ignore_ascii_case("TXT") {
        let inner = data.strip_prefix('"').and_then(|data| data.strip_suffix('"'));
        return inner.unwrap_or(data).to_owned();
    }
    match data.parse::<IpAddr>() {
        Ok(ip) => ip.to_string(),
        Err(_) => {
            let words = data.split_whitespace();
            let words = words.map(|word| word.strip_suffix('.').unwrap_or(word));
            words.collect::<Vec<_>>().join(" ").to_ascii_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        for (rtype, one, other) in [
            ("CNAME", "Edge.Example.NET.", "edge.example.net"),
            ("AAAA", "2001:DB8:0:0::1", "2001:db8::1"),
            ("TXT", "\"token=AbC\"", "token=AbC"),
            ("MX", "10  mx.example.com.", "10 MX.example.com"),
        ] {
            assert_eq!(comparable(rtype, one), comparable(rtype, other));
        }
        assert_ne!(comparable("TXT", "token=AbC"), comparable("TXT", "token=abc"));
    }

    #[test]
    fn expectations_read_from_configuration() {
        let json = r#"{"name":"@","type":"A","set":["11.0.0.1"]}"#;
        let expect: Expect = serde_json::from_str(json).unwrap();
        assert_eq!(expect, Expect::set("@", "A", ["11.0.0.1"]));
        assert_eq!(serde_json::to_string(&expect).unwrap(), json);
        for (value, json) in [
            (Expected::SameAs("@".into()), r#"{"name":"www","type":"A","same_as":"@"}"#),
            (
                Expected::Provider("Vercel".into()),
                r#"{"name":"www","type":"A","provider":"Vercel"}"#,
            ),
            (Expected::Absent(true), r#"{"name":"www","type":"A","absent":true}"#),
        ] {
            let expect: Expect = serde_json::from_str(json).unwrap();
            assert_eq!(expect.value, value);
            assert_eq!(serde_json::to_string(&expect).unwrap(), json);
        }
    }
}
