//! The crate as those who embed it see it.

use lr_core::{Check, Context, ErrorKind, Severity};
use lr_dns::{DnsCheck, DnsConfig, Error, Expect, Expected, Policy, RULES, Snapshot};

#[test]
fn a_check_is_an_object_that_can_be_sent() {
    let checks: Vec<Box<dyn Check + Send + Sync>> = vec![Box::new(DnsCheck::new("example.com"))];
    assert_eq!(checks[0].name(), "dns");
    assert_eq!(checks[0].rules().len(), RULES.len());
}

#[test]
fn rule_ids_are_unique() {
    let mut ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
    assert!(RULES.iter().any(|rule| rule.severity == Severity::Critical));
}

#[test]
fn a_policy_is_read_from_configuration() {
    let json = r#"{"name-servers":3,"expect":[{"name":"@","type":"A","contains":["11.0.0.1"]}]}"#;
    let policy: Policy = serde_json::from_str(json).unwrap();
    assert_eq!((policy.name_servers, policy.www), (3, true));
    assert_eq!(policy.expect[0].value, Expected::Contains(vec!["11.0.0.1".into()]));
    let unknown = serde_json::from_str::<Policy>(r#"{"name-server":3}"#).unwrap_err();
    assert!(unknown.to_string().contains("unknown field `name-server`"), "{unknown}");
}

#[tokio::test]
async fn a_policy_does_not_drop_what_is_expected() {
    let mut snapshot = Snapshot::default();
    snapshot.domain = "shop.test".into();
    let check = DnsCheck::replay(snapshot)
        .expect(Expect::set("@", "A", ["11.0.0.1"]))
        .with_policy(Policy::default());
    let run = lr_core::run(&check, &Context::new()).await;
    let expected = run.outcomes.iter().find(|outcome| outcome.rule == "dns/expected-records");
    assert_eq!(expected.unwrap().subject.to_string(), "shop.test A");
}

#[tokio::test]
async fn errors_say_what_is_wrong_and_where() {
    let mut config = DnsConfig::new("shop.test");
    config.questions = vec![("www".into(), "ANY".into())];
    let error = lr_dns::inspect(&config, &Context::new()).await.unwrap_err();
    assert!(matches!(error, Error::BadType { .. }));
    assert_eq!(error.to_string(), "`ANY` (for www) is not a record type that can be asked for");
    let error = lr_dns::inspect(&DnsConfig::new("https://a.test"), &Context::new()).await;
    let error = lr_core::CheckError::from(error.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "`https://a.test` is not a domain name: give the host name only, without scheme and path"
    );
}
