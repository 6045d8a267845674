//! Reading `launch-ready.toml`: what people get wrong is named with its line.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use launch_ready::core::{Location, Severity};
use launch_ready::{Error, Site};
use proptest::prelude::*;

const FULL: &str = r#"
domain = "Shop.test"
canonical = "https://shop.test/"
names = ["status.shop.test"]
issuers = ["letsencrypt.org"]

[hosts]
app = "app.shop.test"
api = "API.shop.test"

[[expect]]
name = "www.shop.test"
type = "A"
contains = ["192.0.2.10"]

[[expect]]
name = "old.shop.test"
type = "A"
absent = true

[[old-urls]]
from = "https://shop.test/old"
to = "https://shop.test/new"

[mail]
selectors = ["s1"]
approved = ["google-workspace"]
sends-from = ["192.0.2.25", "2001:db8::25"]
bulk-sender = true

[secrets]
paths = ["src"]

[[endpoints]]
url = "https://shop.test/api/search"
budget-ms = 300
kind = "heavy"
bearer-env = "SHOP_TOKEN"

[policy]
block-at = "medium"

[[waivers]]
key = "dns/caa-present @ shop.test*"
reason = "the CA's contract is pending"
until = "2027-01-31T00:00:00Z"
"#;

#[test]
fn everything_that_can_be_said() {
    let site = Site::from_toml(FULL).unwrap();
    assert_eq!(site.domain, "shop.test");
    assert_eq!(site.hosts["api"], "api.shop.test");
    assert_eq!(site.endpoints[0].budget_ms, Some(300));
    let policy = site.policy();
    assert_eq!(policy.block_at, Severity::Medium);
    assert_eq!(policy.waivers.len(), 1);
    // What is kept with snapshots reads back the same.
    let json = serde_json::to_string(&site).unwrap();
    assert_eq!(serde_json::from_str::<Site>(&json).unwrap(), site);
}

#[test]
fn credentials_come_from_the_environment_and_are_never_shown() {
    let site = Site::from_toml(FULL).unwrap();
    let error = site.clone().with_variables(|_| None).unwrap_err();
    assert_eq!(error.to_string(), "the environment variable SHOP_TOKEN is not set");
    let site = site.with_variables(|name| Some(format!("value of {name}"))).unwrap();
    assert!(!format!("{site:?}").contains("value of"), "{site:?}");
    assert!(!serde_json::to_string(&site).unwrap().contains("value of"));
    #[cfg(feature = "latency")]
    {
        let check = site.latency();
        let header = &check.config().unwrap().endpoints[0].headers[0];
        assert_eq!(header, &("authorization".into(), "Bearer value of SHOP_TOKEN".into()));
    }
}

#[test]
fn slips_are_named_with_line_and_suggestion() {
    for (toml, expected) in [
        ("domian = \"shop.test\"", "line 1: unknown key `domian`; did you mean `domain`?"),
        (
            "domain = \"shop.test\"\n\n[[endpoints]]\nurl = \"https://shop.test/\"\nbudget = 3",
            "line 5: unknown key `budget`; did you mean `budget-ms`?",
        ),
        (
            "domain = \"shop.test\"\n[polcy]\nblock-at = \"high\"",
            "line 2: unknown key `polcy`; did you mean `policy`?",
        ),
        (
            "domain = \"shop.test\"\nxyzzy = 1",
            "line 2: unknown key `xyzzy`; known here: domain, canonical",
        ),
        ("domain = \"shop.test", "line 1: "),
        ("domain = 3", "line 1: invalid type"),
        ("canonical = \"https://shop.test/\"", "line 1: missing field `domain`"),
        (
            "domain = \"shop.test\"\n\n[[expect]]\nname = \"a\"\ntype = \"A\"",
            "line 3: an expected record needs one of `set`",
        ),
        (
            "domain = \"shop.test\"\n[policy]\nblock-at = \"severe\"",
            "line 3: unknown variant `severe`",
        ),
        (
            "domain = \"shop.test\"\n[[waivers]]\nkey = \"x\"\nuntil = \"2027-01-31T00:00:00Z\"",
            "missing field `reason`",
        ),
        (
            "domain = \"shop.test\"\n[[waivers]]\nkey = \"x\"\nreason = \"y\"\nuntil = \"soon\"",
            "line 5: `soon` is not an RFC 3339 time",
        ),
        ("domain = \"shop test\"", "`shop test` is not a host name"),
        ("domain = \"shop.test\"\ncanonical = \"shop.test\"", "`shop.test` is not a URL"),
        (
            "domain = \"shop.test\"\n[[endpoints]]\nurl = \"ftp://shop.test/\"",
            "only http and https can be audited",
        ),
    ] {
        let error = Site::from_toml(toml).unwrap_err().to_string();
        assert!(error.contains(expected), "{toml}\n{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn a_bare_domain_is_enough() {
    let site = Site::new("https://Shop.Test/").unwrap();
    assert_eq!(site.domain, "shop.test");
    assert!(matches!(Site::new("10.0.0.1"), Err(Error::HostName { .. })));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), name in any::<String>()) {
        let _ = Site::from_toml(&text);
        if let Ok(host) = launch_ready::host_name(&name) {
            prop_assert_eq!(launch_ready::host_name(&host).unwrap(), host.as_str());
            prop_assert_eq!(Location::host(host.as_str()).to_string(), host);
        }
    }
}
