//! One table: for each rule about a message one where it passes and one where it fails.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod common;
#[path = "common/signer.rs"]
mod signer;

use std::sync::LazyLock;

use lr_core::{CheckRun, Severity, Timestamp, Verdict};
use lr_lab::{Fault, Lab, Zone};
use lr_mailauth::message::{
    DkimResult, Envelope, MESSAGE_RULES, MessageCheck, MessagePolicy, MessageSummary, Seen, judge,
    verify_with,
};
use lr_mailauth::{Answer, Data, Question, RecordType, TxtRecord};

use signer::{Key, Signer};

static RSA: LazyLock<Key> = LazyLock::new(Key::rsa);

const HEADER: &str = "From: Alice <alice@shop.test>\r\nTo: bob@receiver.test\r\nSubject: news\r\n\
    Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@shop.test>\r\n\
    List-Unsubscribe: <https://www.shop.test/u?token=1>\r\n\
    List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
const BODY: &str = "\r\nSee https://www.shop.test/news\r\n";

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn envelope() -> Envelope {
    Envelope::new("192.0.2.25".parse().unwrap(), "bounce@shop.test", "mail.shop.test")
}

fn signer() -> Signer<'static> {
    Signer::new(&RSA)
        .signed("from:to:subject:date:message-id:list-unsubscribe:list-unsubscribe-post")
}

/// A message, its envelope and what is at its selector.
struct Case {
    raw: Vec<u8>,
    envelope: Envelope,
    keys: Vec<String>,
}

impl Case {
    fn of(raw: Vec<u8>) -> Self {
        Self { raw, envelope: envelope(), keys: vec![RSA.record()] }
    }

    fn healthy() -> Self {
        Self::of(signer().sign(format!("{HEADER}{BODY}").as_bytes()))
    }

    /// Changed before it was signed.
    fn written(from: &str, to: &str) -> Self {
        let message = format!("{HEADER}{BODY}");
        assert!(message.contains(from), "{from}");
        Self::of(signer().sign(message.replacen(from, to, 1).as_bytes()))
    }

    /// Changed afterwards.
    fn changed(from: &str, to: &str) -> Self {
        let text = String::from_utf8(Self::healthy().raw).unwrap();
        assert!(text.contains(from), "{from}");
        Self::of(text.replacen(from, to, 1).into_bytes())
    }

    fn signed(signer: &Signer<'_>) -> Self {
        Self::of(signer.sign(format!("{HEADER}{BODY}").as_bytes()))
    }

    fn keys(self, keys: &[String]) -> Self {
        Self { keys: keys.to_vec(), ..self }
    }

    fn envelope(self, envelope: Envelope) -> Self {
        Self { envelope, ..self }
    }

    fn seen(&self) -> Seen {
        verify_with(&self.raw, &self.envelope, now(), |question| self.answer(question))
    }

    fn answer(&self, question: &Question) -> Answer {
        let text = |text: &str| Data::Txt(TxtRecord::new(text.as_bytes().chunks(200)));
        match (question.name.as_str(), question.rtype) {
            ("s1._domainkey.shop.test", _) => {
                Answer::records(self.keys.iter().map(|key| text(key)))
            }
            ("shop.test", RecordType::Txt) => Answer::records([text("v=spf1 ip4:192.0.2.25 -all")]),
            ("_dmarc.shop.test", _) => Answer::records([text("v=DMARC1; p=reject")]),
            ("www.shop.test", RecordType::A) => {
                Answer::records([Data::Address("192.0.2.80".parse().unwrap())])
            }
            ("intern.shop.test", RecordType::A) => {
                Answer::records([Data::Address("10.0.0.5".parse().unwrap())])
            }
            ("www.shop.test" | "intern.shop.test", _) => Answer::NoData,
            _ => Answer::NxDomain { alias: None },
        }
    }

    fn run(&self) -> CheckRun {
        let policy = MessagePolicy::default();
        lr_core::record("message", MESSAGE_RULES, |out| judge(&self.seen(), &policy, out))
    }
}

/// What makes each rule fail.
fn faults() -> Vec<(&'static str, Case)> {
    let plain = |message: &str| Case::of(message.as_bytes().to_vec());
    let stranger = Envelope::new("192.0.2.99".parse().unwrap(), "bounce@shop.test", "x.test");
    vec![
        ("size", plain(&("X: y\r\n".repeat(5000) + HEADER + BODY))),
        ("from", Case::changed("From: Alice", "From: eve@evil.test\r\nFrom: Alice")),
        ("header-fields", Case::written("Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n", "")),
        ("envelope", Case::healthy().envelope(Envelope::default())),
        ("dkim-signed", plain(&format!("{HEADER}{BODY}"))),
        ("dkim-syntax", Case::changed("v=1;", "v=2;")),
        ("dkim-sha256", Case::changed("rsa-sha256", "rsa-sha1")),
        ("dkim-from", Case::signed(&Signer::new(&RSA).signed("to:subject:date"))),
        ("dkim-key", Case::healthy().keys(&["v=DKIM1; p=".to_owned()])),
        ("dkim-key-length", Case::healthy().keys(&[format!("p={}", common::rsa(768, true))])),
        ("dkim-key-strength", Case::healthy().keys(&[format!("p={}", common::rsa(1024, true))])),
        ("dkim-key-single", Case::healthy().keys(&[RSA.record(), Key::ed25519().record()])),
        ("dkim-key-format", Case::healthy().keys(&[RSA.bare_record()])),
        ("dkim-testing", Case::healthy().keys(&[format!("t=y; {}", RSA.record())])),
        ("dkim-body", Case::changed("/news\r\n", "/news\r\nfooter\r\n")),
        ("dkim-header", Case::changed("Subject: news", "Subject: [list] news")),
        ("dkim-expired", Case::signed(&signer().more(" x=1700000000;"))),
        ("dkim-time", Case::signed(&signer().more(" t=1900000000;"))),
        ("dkim-whole-body", Case::signed(&signer().length(10))),
        ("spf", Case::healthy().envelope(stranger.clone())),
        ("aligned", Case::changed("Subject: news", "Subject: olds").envelope(stranger.clone())),
        ("dmarc", Case::changed("Subject: news", "Subject: olds").envelope(stranger)),
        ("unsubscribe", Case::written("<https://www.shop.test/u?token=1>", "by mail")),
        ("one-click", Case::written("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "")),
        ("unsubscribe-signed", Case::signed(&Signer::new(&RSA))),
        ("link-public", Case::written("https://www.shop.test/news", "http://localhost:3000/")),
        ("link-staging", Case::written("www.shop.test/news", "staging.shop.test/news")),
    ]
}

fn verdicts<'r>(run: &'r CheckRun, rule: &str) -> Vec<&'r Verdict> {
    let id = format!("mailauth/message-{rule}");
    run.outcomes.iter().filter(|outcome| outcome.rule == *id).map(|one| &one.verdict).collect()
}

#[test]
fn each_rule_passes_and_fails() {
    let healthy = Case::healthy().run();
    assert!(healthy.findings.is_empty(), "{:#?}", healthy.findings);
    let table = faults();
    for (rule, case) in &table {
        let run = case.run();
        assert_eq!(verdicts(&run, rule), [&Verdict::Fail], "{rule}: {:#?}", run.findings);
    }
    for rule in MESSAGE_RULES {
        let name = rule.id.strip_prefix("mailauth/message-").unwrap();
        assert!(table.iter().any(|(other, _)| *other == name), "{name} has no failing test");
        assert_eq!(verdicts(&healthy, name), [&Verdict::Pass], "{name}");
        for text in [rule.title, rule.failure, rule.impact, rule.fix] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", rule.id);
        }
        assert!(!rule.references.is_empty(), "{}", rule.id);
    }
}

#[test]
fn the_readme_lists_the_rules() {
    let readme = include_str!("../README.md");
    for rule in MESSAGE_RULES {
        let severity = format!("{:?}", rule.severity).to_lowercase();
        let row = format!("| `{}` | {severity} | {} |", rule.id, rule.title);
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn one_fault_is_one_finding() {
    for (rule, others) in [
        ("envelope", &[][..]),
        ("dkim-key-format", &[]),
        ("dkim-testing", &[]),
        ("dkim-time", &[]),
        ("dkim-whole-body", &[]),
        ("spf", &[]),
        ("link-public", &[]),
        ("link-staging", &[]),
        // What fails takes with it what rests on it.
        ("dkim-body", &["unsubscribe-signed"]),
        ("dkim-header", &["unsubscribe-signed"]),
        ("dkim-sha256", &["unsubscribe-signed"]),
    ] {
        let table = faults();
        let (_, case) = table.iter().find(|(name, _)| *name == rule).unwrap();
        let mut expected: Vec<String> =
            [rule].iter().chain(others).map(|name| format!("mailauth/message-{name}")).collect();
        let mut found = common::failed(&case.run());
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn findings_say_why() {
    let table = faults();
    let detail = |rule: &str| {
        let (_, case) = table.iter().find(|(name, _)| *name == rule).unwrap();
        let id = format!("mailauth/message-{rule}");
        let run = case.run();
        run.findings.iter().find(|finding| finding.rule == *id).unwrap().detail.to_string()
    };
    assert_eq!(
        detail("dkim-body"),
        "the body is not the one that was signed; the header fields are as they were signed; it \
         would verify without the trailing footer (1 line), which begins with `footer`"
    );
    assert_eq!(
        detail("dkim-header"),
        "the signed header fields are not the ones that were signed; `[list]` was put before the \
         subject: it would verify without"
    );
    assert_eq!(
        detail("dmarc"),
        "DKIM of shop.test is aligned but does not pass; SPF of shop.test is aligned but does not \
         pass; the policy of shop.test is reject"
    );
    assert_eq!(detail("link-public"), "http://localhost:3000 is the recipient's own machine");
}

#[test]
fn secrets_in_links_are_not_shown() {
    let case = Case::written("https://www.shop.test/news", "http://10.0.0.1/reset?token=s3cr3t");
    let run = case.run();
    let json = serde_json::to_string(&(&run, case.seen())).unwrap();
    assert!(json.contains("http://10.0.0.1") && !json.contains("s3cr3t"));
    assert!(!json.contains("token=1"));
}

#[test]
fn a_name_with_a_private_address_is_not_public() {
    let case = Case::written("www.shop.test/news", "intern.shop.test/news");
    assert_eq!(verdicts(&case.run(), "link-public"), [&Verdict::Fail]);
}

#[test]
fn a_broken_signature_beside_a_good_one_costs_little() {
    let text = String::from_utf8(Case::healthy().raw).unwrap();
    let broken = text[..text.find("\r\nFrom:").unwrap() + 2].replacen("bh=", "bh=AAAA", 1);
    let mut case = Case::of(format!("{broken}{text}").into_bytes());
    case.envelope = Envelope::new("192.0.2.25".parse().unwrap(), "x@other.test", "other.test");
    let run = case.run();
    assert_eq!(case.seen().dkim(), Some(DkimResult::Pass));
    assert_eq!(verdicts(&run, "aligned"), [&Verdict::Pass]);
    assert_eq!(verdicts(&run, "dkim-syntax"), [&Verdict::Fail]);
    let signatures =
        run.findings.iter().filter(|finding| finding.rule.as_str().contains("message-dkim"));
    assert!(signatures.clone().count() > 0);
    assert!(signatures.into_iter().all(|finding| finding.severity == Severity::Low));
}

#[test]
fn what_dns_does_not_answer_is_inconclusive() {
    let case = Case::healthy();
    let seen = verify_with(&case.raw, &case.envelope, now(), |_| common::servfail());
    let run = lr_core::record("message", MESSAGE_RULES, |out| {
        judge(&seen, &MessagePolicy::default(), out);
    });
    assert!(run.findings.is_empty(), "{:#?}", run.findings);
    for rule in
        ["dkim-key", "dkim-header", "spf", "aligned", "dmarc", "unsubscribe-signed", "link-public"]
    {
        assert!(matches!(verdicts(&run, rule)[..], [Verdict::Inconclusive { .. }]), "{rule}");
    }
}

#[test]
fn mail_to_one_person_needs_no_way_out_unless_it_is_said_to_be_bulk() {
    let message = "From: alice@shop.test\r\nDate: x\r\nMessage-ID: <1>\r\n\r\nhi\r\n";
    let seen = Case::of(message.as_bytes().to_vec()).seen();
    let run = |policy: MessagePolicy| {
        lr_core::record("message", MESSAGE_RULES, |out| judge(&seen, &policy, out))
    };
    let plain = run(MessagePolicy::default());
    assert!(matches!(verdicts(&plain, "unsubscribe")[..], [Verdict::NotApplicable { .. }]));
    let bulk = run(MessagePolicy::default().bulk(true));
    assert_eq!(verdicts(&bulk, "unsubscribe"), [&Verdict::Fail]);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_wire_it_is_the_same_and_can_be_replayed() {
    let key = RSA.record();
    let strings: Vec<String> = key
        .as_bytes()
        .chunks(200)
        .map(|chunk| format!("\"{}\"", String::from_utf8_lossy(chunk)))
        .collect();
    let records = format!(
        "@ NS ns.hosting.test.\n@ TXT \"v=spf1 ip4:192.0.2.25 -all\"\n\
         _dmarc TXT \"v=DMARC1; p=reject\"\ns1._domainkey TXT {}\nwww A 192.0.2.80",
        strings.join(" ")
    );
    let hosting = || Zone::new("hosting.test").records("@ NS ns\nns A 11.0.0.53");
    let zone = || Zone::new("shop.test").records(&records);
    let lab = Lab::builder().zone(hosting()).zone(zone()).start().await.unwrap();
    let check = || MessageCheck::new("news.eml", Case::healthy().raw).envelope(envelope());
    let run = lr_core::run(&check(), &lab.context()).await;
    assert!(run.error.is_none() && run.findings.is_empty(), "{run:#?}");
    let summary: MessageSummary = serde_json::from_str(run.data.as_ref().unwrap()).unwrap();
    assert_eq!(summary.dkim[0].2, DkimResult::Pass);
    let mut asked: Vec<_> = lab
        .queries()
        .into_iter()
        .map(|query| (query.name, query.record_type, query.transport))
        .collect();
    let count = asked.len();
    asked.sort_by_key(|query| format!("{query:?}"));
    asked.dedup();
    assert_eq!(asked.len(), count, "something was asked twice");
    let seen: Seen = serde_json::from_str(run.snapshot.as_ref().unwrap()).unwrap();
    let again = lr_core::run(&MessageCheck::replay(seen), &lr_core::Context::new()).await;
    assert_eq!(
        (again.outcomes, again.findings, again.data),
        (run.outcomes, run.findings, run.data)
    );

    // A name server that is silent for the key is no fault of the message.
    let silent = zone().name_fault("s1._domainkey", "TXT", Fault::ServFail);
    let lab = Lab::builder().zone(hosting()).zone(silent).start().await.unwrap();
    let run = lr_core::run(&check(), &lab.context()).await;
    assert!(run.findings.is_empty(), "{:#?}", run.findings);
    assert!(matches!(verdicts(&run, "dkim-key")[..], [Verdict::Inconclusive { .. }]));
}
