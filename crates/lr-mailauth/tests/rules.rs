//! One table: for each rule a domain where it passes and one where it fails.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use lr_core::{CheckRun, Severity, Verdict};
use lr_mailauth::mta_sts::Fetched;
use lr_mailauth::{MailConfig, Policy, RULES, Snapshot, judge};

use common::{ZoneFiles, failed};

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
    _mta-sts TXT "v=STSv1; id=20261121"
    mta-sts A 11.0.0.80
    _smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@shop.test"
    default._bimi TXT "v=BIMI1; l=https://shop.test/logo.svg; a=https://shop.test/logo.pem"
    _25._tcp.mx1 TLSA 3 1 1 SHA256
"#;

const POLICY: &str = "version: STSv1\nmode: enforce\nmx: *.shop.test\nmax_age: 604800\n";

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
    let sts_line = "_mta-sts TXT \"v=STSv1; id=20261121\"";
    let tls_line = "_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:tls@shop.test\"";
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
        ("spf-modifier-names", spf("v=spf1 include=_spf.mailer.test mx -all")),
        ("spf-record-length", spf(&format!("v=spf1 {}-all", "ip4:11.0.9.1 ".repeat(40)))),
        ("spf-mx-limit", mx(&(0..11).map(|at| format!("@ MX 10 m{at}\n")).collect::<String>())),
        ("spf-sender-id", edited(&[], "\n@ TXT \"spf2.0/pra mx -all\"")),
        ("spf-record-type", edited(&[], "\n@ SPF \"v=spf1 -all\"")),
        ("spf-own-hosts", spf("v=spf1 ip4:11.0.0.25 -all")),
        (
            "dmarc-report-consent",
            edited(&[("mailto:dmarc@shop.test", "mailto:a@b.test")], "\nb.test. MX 10 mx1"),
        ),
        ("dmarc-report-delivery", dmarc("v=DMARC1; p=reject; rua=mailto:d@gone.shop.test")),
        ("sts-announced", edited(&[(sts_line, "")], "")),
        ("sts-single", edited(&[], "\n_mta-sts TXT \"v=STSv1; id=2\"")),
        ("sts-syntax", edited(&[("v=STSv1;", "v=STSv2;")], "")),
        ("sts-id", edited(&[("id=20261121", "id=2026-11-21")], "")),
        ("sts-mx", mx("@ MX 10 mx1\n@ MX 20 mx2.other.test.\nmx2.other.test. A 11.0.2.25")),
        ("tlsrpt-present", edited(&[(tls_line, "")], "")),
        ("tlsrpt-single", edited(&[], "\n_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:a@shop.test\"")),
        ("tlsrpt-version", edited(&[("v=TLSRPTv1", "v=TLSRPT1")], "")),
        ("tlsrpt-syntax", edited(&[("v=TLSRPTv1; rua=mailto:tls@shop.test", "v=TLSRPTv1;")], "")),
        ("tlsrpt-uris", edited(&[("mailto:tls@", "tls@")], "")),
        ("dane-usage", edited(&[("TLSA 3 1 1 SHA256", "TLSA 1 1 1 SHA256")], "")),
        ("bimi-record", edited(&[("v=BIMI1; l=", "v=BIMI1 l=")], "")),
        ("bimi-uris", edited(&[("l=https:", "l=http:")], "")),
        ("bimi-dmarc", dmarc("v=DMARC1; p=none; rua=mailto:d@shop.test")),
        ("bimi-certificate", edited(&[(" a=https://shop.test/logo.pem", "")], "")),
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
        ("dkim-distinct-keys", edited(&[], "\ns2._domainkey TXT \"v=DKIM1; p=RSA2048\"")),
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
        .replace("SHA256", &"5a".repeat(32))
}

fn run(zone: &str, config: MailConfig) -> CheckRun {
    run_with(zone, config, Fetched::policy(POLICY))
}

fn run_with(zone: &str, config: MailConfig, policy: Fetched) -> CheckRun {
    let zones = ZoneFiles::zone(&with_keys(zone)).signed();
    let mut snapshot = Snapshot::gather(config, |question| zones.answer(question));
    snapshot.policy = Some(policy);
    lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out))
}

/// Policies of MTA-STS, and the rule that each breaks.
fn policies() -> Vec<(&'static str, Fetched)> {
    let text = |old: &str, new: &str| Fetched::policy(&POLICY.replace(old, new));
    let answer = |status: u16, media: &str| {
        let json = serde_json::json!({
            "fetched": "answer", "status": status, "content_type": media,
            "location": "https://other.test/", "body": POLICY, "complete": true,
        });
        serde_json::from_value(json).unwrap()
    };
    vec![
        ("sts-policy-reachable", answer(404, "text/plain")),
        ("sts-no-redirect", answer(301, "text/plain")),
        ("sts-content-type", answer(200, "text/html")),
        ("sts-policy", text("enforce", "always")),
        ("sts-policy", text("version: STSv1", "version: STSv2")),
        ("sts-policy", text("mode: enforce\n", "")),
        ("sts-max-age", text("604800", "31557601")),
        ("sts-max-age", text("max_age: 604800\n", "")),
        ("sts-lifetime", text("604800", "3600")),
        ("sts-hosts", text("mx: *.shop.test\n", "")),
        ("sts-mx", text("*.shop.test", "*.mx1.shop.test")),
        ("sts-enforced", text("enforce", "testing")),
        ("sts-in-use", text("enforce", "none")),
    ]
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
    for (rule, policy) in policies() {
        let run = run_with(HEALTHY, config(), policy);
        let faults: Vec<_> = run.findings.iter().map(|finding| finding.rule.to_string()).collect();
        assert_eq!(faults, [id(rule)], "{:#?}", run.findings);
        table.push((rule, String::new()));
    }
    // These need a configuration of their own, and have tests below.
    let others = [
        "parked-spf",
        "parked-null-mx",
        "spf-senders",
        "spf-host",
        "dane-dnssec",
        "sender-approved",
        "sender-known",
        "sender-present",
        "bulk-authentication",
        "bulk-reverse-dns",
    ];
    for rule in others {
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
        let is_below = others.iter().any(|other| id(other) == rule.id);
        let is_below = is_below || rule.id == id("dmarc-report-consent");
        assert!(passes || is_below, "{} has no passing test", rule.id);
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

fn only(verdict: &'static Verdict) -> Vec<&'static Verdict> {
    vec![verdict]
}

#[test]
fn a_third_party_agrees_to_get_reports() {
    let agreed = "\nb.test. MX 10 mx1\nshop.test._report._dmarc.b.test. TXT \"v=DMARC1\"";
    let run = run(&edited(&[("mailto:dmarc@shop.test", "mailto:a@b.test")], agreed), config());
    assert_eq!(verdicts(&run, "mailauth/dmarc-report-consent"), only(&Verdict::Pass));
    assert_eq!(verdicts(&run, "mailauth/dmarc-report-delivery"), only(&Verdict::Pass));
}

#[test]
fn tlsa_records_need_dnssec() {
    for (is_signed, verdict) in [(true, Verdict::Pass), (false, Verdict::Fail)] {
        let zones = ZoneFiles::zone(&with_keys(HEALTHY));
        let zones = if is_signed { zones.signed() } else { zones };
        let mut snapshot = Snapshot::gather(config(), |question| zones.answer(question));
        snapshot.policy = Some(Fetched::policy(POLICY));
        let run =
            lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out));
        assert_eq!(verdicts(&run, "mailauth/dane-dnssec"), [&verdict]);
    }
}

#[test]
fn a_host_says_that_it_sends_nothing() {
    let host = |record: &str| {
        let zone = edited(&[], &format!("\nwww A 11.0.0.80\n{record}"));
        let run = run(&zone, MailConfig::new("www.shop.test"));
        assert!(!failed(&run).contains(&"mailauth/spf-present".to_owned()));
        verdicts(&run, "mailauth/spf-host").into_iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(host(""), [Verdict::Fail]);
    assert_eq!(host("www TXT \"v=spf1 -all\""), [Verdict::Pass]);
}

#[test]
fn only_approved_senders_may_send() {
    let rules = ["sender-approved", "sender-known", "sender-present"];
    let spf_of = |record: &str| {
        let others = "\n_spf.google.com. TXT \"v=spf1 ip4:11.7.0.0/16 ~all\"\n\
            sendgrid.net. TXT \"v=spf1 ip4:11.8.0.0/16 ~all\"\n\
            white.label.test. TXT \"v=spf1 include:sendgrid.net ~all\"\n\
            _own.shop.test. TXT \"v=spf1 include:sendgrid.net ~all\"";
        spf(record) + others
    };
    let judged = |record: &str, approved: &[&str]| {
        let config = approved.iter().fold(config(), |config, entry| config.approve(entry));
        let run = run(&spf_of(record), config);
        rules.map(|rule| verdicts(&run, &format!("mailauth/{rule}"))[0] == &Verdict::Pass)
    };
    let google = "v=spf1 mx include:_spf.google.com -all";
    assert_eq!(judged(google, &["google-workspace"]), [true, true, true]);
    assert_eq!(judged(google, &["_spf.google.com"]), [true, true, true]);
    assert_eq!(judged(google, &["google-workspace", "mailgun"]), [true, true, false]);
    let both = "v=spf1 include:_spf.google.com include:sendgrid.net -all";
    assert_eq!(judged(both, &["google-workspace"]), [false, true, true]);
    // Through a name of the domain's own, and behind somebody else's.
    for hidden in ["_own.shop.test", "white.label.test"] {
        let record = format!("v=spf1 include:{hidden} -all");
        assert_eq!(judged(&record, &["sendgrid"]), [true, true, true], "{hidden}");
        assert_eq!(judged(&record, &["google-workspace"]), [false, true, false], "{hidden}");
    }
    let unknown = "v=spf1 include:_spf.mailer.test ip4:11.0.7.0/24 -all";
    assert_eq!(judged(unknown, &["_spf.mailer.test"]), [true, false, true]);
    assert_eq!(judged(unknown, &["mailer.test", "11.0.0.0/16"]), [true, true, true]);
    assert_eq!(judged(unknown, &["mailer.test", "11.0.7.0/25"]), [true, false, false]);
}

#[test]
fn keys_in_other_hands_are_senders() {
    let alias = "\ns2._domainkey CNAME s2.domainkey.u1.wl.sendgrid.net.\n\
        s2.domainkey.u1.wl.sendgrid.net. TXT \"v=DKIM1; p=RSA2048\"";
    let zone = edited(&[], alias);
    let run = run(&zone, config().approve("mailer.test"));
    let finding = run.findings.iter().find(|f| f.rule == "mailauth/sender-approved").unwrap();
    assert!(finding.detail.as_str().contains("s2.domainkey.u1.wl.sendgrid.net"), "{finding:#?}");
}

#[test]
fn bulk_senders_need_everything() {
    let address = "11.0.0.25".parse().unwrap();
    let bulk = || config().bulk_sender(true).sends_from(address);
    let named = "\n25.0.0.11.in-addr.arpa. PTR mx1.shop.test.";
    let verdict = |zone: &str, rule: &str| {
        verdicts(&run(zone, bulk()), rule).into_iter().cloned().collect::<Vec<_>>()
    };
    for rule in ["mailauth/bulk-authentication", "mailauth/bulk-reverse-dns"] {
        assert_eq!(verdict(&edited(&[], named), rule), [Verdict::Pass]);
    }
    assert_eq!(verdict(HEALTHY, "mailauth/bulk-reverse-dns"), [Verdict::Fail]);
    let astray = "\n25.0.0.11.in-addr.arpa. PTR mx2.shop.test.";
    assert_eq!(verdict(&edited(&[], astray), "mailauth/bulk-reverse-dns"), [Verdict::Fail]);
    let keyless = edited(&[("s1._domainkey TXT \"v=DKIM1; k=rsa; p=RSA2048\"", "")], named);
    assert_eq!(verdict(&keyless, "mailauth/bulk-authentication"), [Verdict::Fail]);
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
        let zones = ZoneFiles::zone(&with_keys(HEALTHY)).signed().failing(name);
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
