//! Whether a value says of itself that it is of production.

use crate::snapshot::Secret;
use crate::{Format, Kind, format};

/// Words for production in keys that exist for it and for a sandbox.
const MODES: [&str; 3] = ["live", "prod", "production"];
/// Words for production in host and database names. `live` is none: it means too much.
const LABELS: [&str; 3] = ["prod", "production", "prd"];
/// Schemes of stores of data, in whose URLs an environment shows.
const STORES: [&str; 14] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "sqlserver",
    "clickhouse",
    "nats",
    "cockroachdb",
];

/// What says so, without the value.
pub(super) fn says(value: &str, secret: Option<&Secret>) -> Option<String> {
    let live = || {
        let format = format(&secret?.format).filter(|it| it.kind == Kind::Credential)?;
        is_of_live_mode(format, value).then(|| format!("it is a live key of {}", format.provider))
    };
    let host = || address(value).map(|part| format!("its address says `{part}`"));
    live().or_else(host)
}

/// Whether a word of the key's fixed beginning is one for production.
fn is_of_live_mode(format: &Format, value: &str) -> bool {
    let words = |keyword: &&&str| {
        let mut words = keyword.split(|char: char| !char.is_ascii_alphanumeric());
        words.any(|word| MODES.contains(&word)) && value.contains(**keyword)
    };
    format.keywords.iter().find(words).is_some()
}

/// The label of host or database name in the URL of a store that says production.
fn address(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once("://")?;
    if !STORES.contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let rest = rest.split(['?', '#']).next()?;
    let address = rest.rsplit_once('@').map_or(rest, |(_, address)| address);
    let mut labels = address.split(|char: char| !char.is_ascii_alphanumeric());
    labels.find(|label| LABELS.contains(&label.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policy, scan_bytes};

    fn of(value: &str) -> Option<String> {
        let found = scan_bytes(format!("X={value}").as_bytes(), &Policy::new());
        says(value, found.first())
    }

    #[test]
    fn live_keys_and_addresses_of_production_say_so() {
        let key = ["sk_live", "_", "9yXr2Kd0Wm4Zt7Qa1Bv6Np3J"].concat();
        assert_eq!(of(&key).as_deref(), Some("it is a live key of Stripe"));
        assert_eq!(of(&key.replace("live", "test")), None);
        for (value, label) in [
            ("postgres://app:WORD@db.prod.shop.io/app", Some("prod")),
            ("mongodb+srv://app:WORD@c0.shop.io/shop_production", Some("production")),
            ("redis://cache-prd-1:6379", Some("prd")),
            ("postgres://prod:WORD@db.dev.shop.io/app", None),
            ("postgres://app:WORD@db.products.io/app?x=prod", None),
            ("https://prod.shop.io/", None),
            ("production", None),
        ] {
            // Put together here, so that nothing in this file looks like a password.
            let value = value.replace("WORD", &["k8Fw", "2pQz"].concat());
            let said = label.map(|label| format!("its address says `{label}`"));
            assert_eq!(of(&value), said, "{value}");
        }
    }
}
