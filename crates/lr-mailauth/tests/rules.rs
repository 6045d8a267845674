//! One table: for each rule a domain where it passes and one where it fails.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use lr_core::{CheckRun, Severity, Verdict};
use lr_mailauth::{MailConfig, Policy, RULES, Snapshot, judge};

use common::ZoneFiles;

/// Everything is right, and every rule that can pass on one domain does.
const HEALTHY: &str = r#"
    $ORIGIN shop.test.
    @ MX 10 mx1
    @ MX 20 mx2
    mx1 A 11.0.0.25
    mx2 A 11.0.1.25
    @ TXT "v=spf1 mx include:_spf.mailer.test -all"
    _spf.mailer.test. TXT "v=spf1 ip4:11.0.9.0/24 -all"
    _dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@shop.test"
    s1._domainkey TXT "v=DKIM1; k=rsa; p=RSA2048"
"#;

/// A domain that sends and receives nothing, and says so.
const PARKED: &str = r#"
    $ORIGIN shop.test.
    @ MX 0 .
    @ TXT "v=spf1 -all"
    _dmarc TXT "v=DMARC1; p=reject"
"#;

/// Removes the records of a name and type, then adds records.
fn edited(edits: &[(&str, &str)], added: &str) -> String {
    let mut zone = HEALTHY.to_owned();
    for (old, new) in edits {
        assert!(zone.contains(old), "{old} is in the zone");
        zone = zone.replace(old, new);
    }
    zone + added
}

fn spf(record: &str) -> String {
    edited(&[("v=spf1 mx include:_spf.mailer.test -all", record)], "")
}

fn dmarc(record: &str) -> String {
    edited(&[("v=DMARC1; p=reject; rua=mailto:dmarc@shop.test", record)], "")
}

fn dkim(record: &str) -> String {
    edited(&[("v=DKIM1; k=rsa; p=RSA2048", record)], "")
}

fn mx(records: &str) -> String {
    edited(&[("@ MX 10 mx1\n    @ MX 20 mx2", records)], "")
}

/// What makes each rule fail.
fn faults() -> Vec<(&'static str, String)> {
    let spf_line = "@ TXT \"v=spf1 mx include:_spf.mailer.test -all\"";
    let dmarc_line = "_dmarc TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@shop.test\"";
    let dkim_line = "s1._domainkey TXT \"v=DKIM1; k=rsa; p=RSA2048\"";
    let hosts = |count: usize, what: &str| -> String {
        (0..count).map(|at| format!("{what}:h{at}.shop.test ")).collect()
    };
    vec![
        ("spf-present", edited(&[(spf_line, "")], "")),
        ("spf-single", edited(&[], "\n@ TXT \"v=spf1 -all\"")),
        ("spf-version", edited(&[], "\n@ TXT \" v=spf1 -all\"")),
        ("spf-syntax", spf("v=spf1 ipv4:11.0.0.1 -all")),
        ("spf-host-names", spf("v=spf1 a:11.0.0.1 -all")),
        ("spf-lookups", spf(&format!("v=spf1 {}-all", hosts(11, "exists")))),
        ("spf-headroom", spf(&format!("v=spf1 {}-all", hosts(9, "exists")))),
        ("spf-void-lookups", spf(&format!("v=spf1 {}-all", hosts(3, "a")))),
        (
            "spf-void-lookups-ipv6",
            spf("v=spf1 a:mx1.shop.test a:mx2.shop.test a:mx1.shop.test/30 -all"),
        ),
        ("spf-hosts-exist", spf("v=spf1 a:gone.shop.test -all")),
        ("spf-loop", spf("v=spf1 include:shop.test -all")),
        ("spf-include-target", spf("v=spf1 include:mx1.shop.test -all")),
        ("spf-include-valid", edited(&[("ip4:11.0.9.0/24", "ip4:11.0.9.0/33")], "")),
        ("spf-redirect-target", spf("v=spf1 redirect=mx1.shop.test")),
        ("spf-redirect-used", spf("v=spf1 redirect=_spf.mailer.test -all")),
        ("spf-plus-all", edited(&[("ip4:11.0.9.0/24 -all", "all")], "")),
        ("spf-neutral-all", spf("v=spf1 mx ?all")),
        ("spf-ends", spf("v=spf1 mx")),
        ("spf-softfail", spf("v=spf1 mx ~all")),
        ("spf-broad-range", spf("v=spf1 ip4:0.0.0.0/0 -all")),
        ("spf-public-addresses", spf("v=spf1 ip4:10.1.0.0/16 -all")),
        ("spf-host-bits", spf("v=spf1 ip4:11.0.0.1/24 -all")),
        ("spf-ptr", spf("v=spf1 ptr -all")),
        ("spf-after-all", spf("v=spf1 -all mx")),
        ("spf-duplicate", spf("v=spf1 mx MX -all")),
        ("spf-record-length", spf(&format!("v=spf1 {}-all", "ip4:11.0.9.1 ".repeat(40)))),
        ("spf-mx-limit", mx(&(0..11).map(|at| format!("@ MX 10 m{at}\n")).collect::<String>())),
        ("spf-sender-id", edited(&[], "\n@ TXT \"spf2.0/pra mx -all\"")),
        ("dmarc-present", edited(&[(dmarc_line, "")], "")),
        ("dmarc-single", edited(&[], "\n_dmarc TXT \"v=DMARC1; p=none\"")),
        ("dmarc-version", dmarc(" v=DMARC1; p=reject")),
        ("dmarc-syntax", dmarc("v=DMARC1 p=reject; rua=mailto:d@shop.test")),
        ("dmarc-values", dmarc("v=DMARC1; p=monitor; rua=mailto:d@shop.test")),
        ("dmarc-duplicate-tag", dmarc("v=DMARC1; p=none; p=reject; rua=mailto:d@shop.test")),
        ("dmarc-known-tags", dmarc("v=DMARC1; p=reject; polciy=x; rua=mailto:d@shop.test")),
        ("dmarc-current-tags", dmarc("v=DMARC1; p=reject; pct=50; rua=mailto:d@shop.test")),
        ("dmarc-report-size", dmarc("v=DMARC1; p=reject; rua=mailto:d@shop.test!10m")),
        ("dmarc-report-uris", dmarc("v=DMARC1; p=reject; rua=d@shop.test")),
        ("dmarc-policy-tag", dmarc("v=DMARC1; rua=mailto:d@shop.test")),
        ("dmarc-policy-first", dmarc("v=DMARC1; rua=mailto:d@shop.test; p=reject")),
        ("dmarc-policy", dmarc("v=DMARC1; p=none; rua=mailto:d@shop.test")),
        ("dmarc-subdomain-policy", dmarc("v=DMARC1; p=reject; sp=none; rua=mailto:d@shop.test")),
        ("dmarc-nonexistent-policy", dmarc("v=DMARC1; p=reject; np=none; rua=mailto:d@shop.test")),
        ("dmarc-testing", dmarc("v=DMARC1; p=reject; t=y; rua=mailto:d@shop.test")),
        ("dmarc-reports", dmarc("v=DMARC1; p=reject")),
        ("dmarc-failure-options", dmarc("v=DMARC1; p=reject; fo=1; rua=mailto:d@shop.test")),
        ("dmarc-psd", dmarc("v=DMARC1; p=reject; psd=y; rua=mailto:d@shop.test")),
        ("dmarc-location", edited(&[("_dmarc TXT", "_dmarc.shop.test TXT")], "")),
        ("dmarc-alone", dmarc("v=spf1 -all")),
        ("dmarc-alias", edited(&[(dmarc_line, "_dmarc CNAME gone.shop.test.")], "")),
        ("dkim-present", edited(&[(dkim_line, "")], "")),
        ("dkim-given-selector", edited(&[("s1._domainkey", "s2._domainkey")], "")),
        ("dkim-selector-known", edited(&[("s1._domainkey", "unheard-of._domainkey")], "")),
        ("dkim-alias", edited(&[], "\ns2._domainkey CNAME gone.shop.test.")),
        ("dkim-single", edited(&[], "\ns1._domainkey TXT \"v=DKIM1; p=\"")),
        ("dkim-syntax", dkim("v=DKIM1; k=rsa p=RSA2048")),
        ("dkim-version", dkim("v=DKIM2; k=rsa; p=RSA2048")),
        ("dkim-version-first", dkim("k=rsa; v=DKIM1; p=RSA2048")),
        ("dkim-version-given", dkim("k=rsa; p=RSA2048")),
        ("dkim-key", dkim("v=DKIM1; p=****")),
        ("dkim-key-length", dkim("v=DKIM1; p=RSA512")),
        ("dkim-key-strength", dkim("v=DKIM1; p=RSA1024")),
        ("dkim-revoked", dkim("v=DKIM1; p=")),
        ("dkim-algorithm", dkim(&format!("v=DKIM1; k=ed25519; p={}=", "A".repeat(43)))),
        ("dkim-hash", dkim("v=DKIM1; h=sha1; p=RSA2048")),
        ("dkim-service", dkim("v=DKIM1; s=tlsrpt; p=RSA2048")),
        ("dkim-testing", dkim("v=DKIM1; t=y; p=RSA2048")),
        ("dkim-key-format", dkim("v=DKIM1; p=BARE2048")),
        ("dkim-wildcard", edited(&[(dkim_line, "*._domainkey TXT \"site-check\"")], "")),
        ("mx-present", mx("")),
        ("mx-explicit", mx("@ A 11.0.0.80")),
        ("mx-null-alone", mx("@ MX 0 .\n@ MX 10 mx1")),
        ("mx-null-preference", mx("@ MX 10 .")),
        ("mx-null-silent", mx("@ MX 0 .")),
        ("mx-target-resolves", mx("@ MX 10 gone")),
        ("mx-target-alias", mx("@ MX 10 al\nal CNAME mx1")),
        ("mx-target-name", mx("@ MX 10 11.0.0.25.")),
        ("mx-target-local", mx("@ MX 10 localhost.")),
        ("mx-target-public", mx("@ MX 10 in\nin A 10.0.0.25")),
        ("mx-target-ipv4", mx("@ MX 10 six\nsix AAAA 2606:4700::25")),
        ("mx-unique", mx("@ MX 10 mx1\n@ MX 20 mx1")),
    ]
}

/// Key material is made here: as many bits as asked for, with nobody's private key.
fn with_keys(zone: &str) -> String {
    zone.replace("RSA2048", &common::rsa(2048, true))
        .replace("RSA1024", &common::rsa(1024, true))
        .replace("RSA512", &common::rsa(512, true))
        .replace("BARE2048", &common::rsa(2048, false))
}

fn run(zone: &str, config: MailConfig) -> CheckRun {
    let zones = ZoneFiles::zone(&with_keys(zone));
    let snapshot = Snapshot::gather(config, |question| zones.answer(question));
    lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out))
}

fn config() -> MailConfig {
    MailConfig::new("shop.test").selector("s1")
}

fn verdicts<'r>(run: &'r CheckRun, rule: &str) -> Vec<&'r Verdict> {
    let outcomes = run.outcomes.iter().filter(|outcome| outcome.rule == *rule);
    outcomes.map(|outcome| &outcome.verdict).collect()
}

#[test]
fn every_rule_passes_on_one_domain_and_fails_on_another() {
    let healthy = run(HEALTHY, config());
    assert!(healthy.findings.is_empty(), "{:#?}", healthy.findings);
    let parked = run(PARKED, MailConfig::new("shop.test").parked(true));
    assert!(parked.findings.is_empty(), "{:#?}", parked.findings);
    let mut table = faults();
    let id = |rule: &str| format!("mailauth/{rule}");
    for (rule, zone) in &table {
        let run = run(zone, config());
        let verdicts = verdicts(&run, &id(rule));
        assert!(
            verdicts.contains(&&Verdict::Fail),
            "{rule} does not fail: {verdicts:?}\n{:#?}",
            run.findings
        );
    }
    // These need a configuration of their own, and have tests below.
    for rule in ["parked-spf", "parked-null-mx", "spf-senders"] {
        table.push((rule, String::new()));
    }
    for rule in RULES {
        assert!(
            table.iter().any(|(name, _)| id(name) == rule.id),
            "{} has no failing test",
            rule.id
        );
        let passes =
            [&healthy, &parked].iter().any(|run| verdicts(run, rule.id).contains(&&Verdict::Pass));
        assert!(passes || rule.id == "mailauth/spf-senders", "{} has no passing test", rule.id);
    }
}

#[test]
fn every_rule_has_its_texts() {
    for rule in RULES {
        assert!(rule.id.starts_with("mailauth/"));
        for text in [rule.title, rule.failure, rule.impact, rule.fix] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", rule.id);
        }
        assert!(!rule.references.is_empty(), "{}", rule.id);
    }
}

#[test]
fn a_parked_domain_must_say_so() {
    let run = run(HEALTHY, config().parked(true));
    for rule in ["mailauth/parked-spf", "mailauth/parked-null-mx"] {
        assert_eq!(verdicts(&run, rule), [&Verdict::Fail]);
    }
}

#[test]
fn sending_addresses_must_pass() {
    for (address, verdict) in [("11.0.0.25", Verdict::Pass), ("11.9.9.9", Verdict::Fail)] {
        let run = run(HEALTHY, config().sends_from(address.parse().unwrap()));
        assert_eq!(verdicts(&run, "mailauth/spf-senders"), [&verdict], "{address}");
    }
}

#[test]
fn an_included_domain_with_two_records_cannot_be_evaluated() {
    let run = run(&edited(&[], "\n_spf.mailer.test. TXT \"v=spf1 -all\""), config());
    assert_eq!(verdicts(&run, "mailauth/spf-include-valid"), [&Verdict::Fail]);
    assert_eq!(verdicts(&run, "mailauth/spf-include-target"), [&Verdict::Pass]);
}

#[test]
fn a_lack_of_keys_weighs_as_much_as_is_known_of_the_domain() {
    let zone = edited(&[("s1._domainkey TXT \"v=DKIM1; k=rsa; p=RSA2048\"", "")], "");
    let zones = ZoneFiles::zone(&zone);
    let severity = |config: MailConfig, policy: Policy| {
        let snapshot = Snapshot::gather(config, |question| zones.answer(question));
        let run = lr_core::record("mailauth", RULES, |out| judge(&snapshot, &policy, out));
        let finding = run.findings.iter().find(|f| f.rule == "mailauth/dkim-present");
        finding.unwrap().severity
    };
    let unknown = || MailConfig::new("shop.test");
    assert_eq!(severity(unknown(), Policy::default()), Severity::Low);
    assert_eq!(severity(unknown(), Policy::default().expect_dkim(true)), Severity::High);
    assert_eq!(severity(config(), Policy::default()), Severity::High);
}

#[test]
fn a_domain_that_does_not_exist_is_not_judged() {
    let run = run("$ORIGIN other.test.\n@ A 11.0.0.1", config());
    let is_na = |verdict: &Verdict| matches!(verdict, Verdict::NotApplicable { .. });
    assert!(run.outcomes.iter().all(|outcome| is_na(&outcome.verdict)), "{:#?}", run.outcomes);
}

#[test]
fn what_dns_does_not_answer_is_inconclusive() {
    for name in
        ["shop.test", "_dmarc.shop.test", "mailer.test", "mx1.shop.test", "_domainkey.shop.test"]
    {
        let zones = ZoneFiles::zone(&with_keys(HEALTHY)).failing(name);
        let snapshot = Snapshot::gather(config(), |question| zones.answer(question));
        let run =
            lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out));
        assert!(run.findings.is_empty(), "{name}: {:#?}", run.findings);
        let unsure =
            run.outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Inconclusive { .. }));
        assert!(unsure.count() > 0, "{name}");
    }
}

#[test]
fn an_include_that_fails_leaves_the_rest_counted() {
    let zone = spf("v=spf1 mx include:_spf.mailer.test include:_spf.broken.test -all");
    let zones = ZoneFiles::zone(&with_keys(&zone)).failing("broken.test");
    let snapshot = Snapshot::gather(config(), |question| zones.answer(question));
    let run = lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out));
    let [Verdict::Inconclusive { reason, .. }] = verdicts(&run, "mailauth/spf-lookups")[..] else {
        panic!("{:?}", verdicts(&run, "mailauth/spf-lookups"));
    };
    assert!(reason.as_str().starts_with("at least 3 DNS lookups"), "{reason}");
    assert!(reason.as_str().contains("temperror"), "{reason}");
}

#[test]
fn a_snapshot_survives_being_written_and_read() {
    for (_, zone) in faults() {
        let zones = ZoneFiles::zone(&with_keys(&zone));
        let snapshot = Snapshot::gather(config(), |question| zones.answer(question));
        let json = serde_json::to_string(&snapshot).unwrap();
        assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), snapshot);
    }
}
