//! Bad input: everything is bounded, comes to its end, and says what it left out.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use lr_core::{CheckRun, Verdict};
use lr_mailauth::{
    Answer, Data, MailConfig, Policy, Question, RULES, Snapshot, TxtRecord, bimi, dkim, dmarc,
    judge, mta_sts, spf, tls_rpt,
};

const DOMAIN: &str = "shop.test";

fn text(record: impl AsRef<[u8]>) -> Answer {
    Answer::records([Data::Txt(TxtRecord::new([record]))])
}

fn judged(mut answer: impl FnMut(&Question) -> Answer) -> (Snapshot, CheckRun) {
    let snapshot = Snapshot::gather(MailConfig::new(DOMAIN), |question| answer(question));
    assert!(snapshot.answers.len() <= 240, "{} questions", snapshot.answers.len());
    let run = lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out));
    assert_eq!(run.error, None);
    (snapshot, run)
}

fn failed(run: &CheckRun, rule: &str) -> bool {
    run.findings.iter().any(|finding| finding.rule == *rule)
}

/// 64 kB of a pattern.
fn filled(start: &str, pattern: &str) -> Vec<u8> {
    let mut text = start.as_bytes().to_vec();
    text.extend(pattern.bytes().cycle().take((64 << 10) - start.len()));
    text
}

#[test]
fn texts_of_64_kb_are_read() {
    for pattern in [
        "a",
        " ",
        ";",
        ";;=",
        "a=",
        " a ",
        "%{",
        "a:",
        " ip4:1.2.3.4",
        ";p=none",
        "\"",
        ",",
        "mailto:",
    ] {
        for start in [
            "v=spf1 ",
            "v=DMARC1;",
            "v=DKIM1; p=",
            "v=STSv1;",
            "v=TLSRPTv1; rua=",
            "v=BIMI1; l=",
            "version: STSv1\nmx: ",
        ] {
            let text = filled(start, pattern);
            let issues = [
                spf::parse(&text).issues.len(),
                dmarc::parse(&text).issues.len(),
                dkim::parse(&text).issues.len(),
                mta_sts::parse(&text).issues.len(),
                mta_sts::parse_policy(&text).issues.len(),
                tls_rpt::parse(&text).issues.len(),
                bimi::parse(&text).issues.len(),
            ];
            assert!(issues.iter().all(|count| *count <= 33), "{start}{pattern}: {issues:?}");
        }
    }
    // At every name at once.
    for record in ["v=spf1 a:%{i}.x.test", "v=DMARC1; rua=mailto:a@b.test", "v=DKIM1; p=AAAA"] {
        let record = filled(record, " a:x.test,mailto:a@c.test ");
        let (_, run) = judged(|_| text(&record));
        assert!(!run.findings.is_empty());
        let longest = run.findings.iter().map(|finding| finding.detail.as_str().len()).max();
        assert!(longest.unwrap() < 16 << 10, "{longest:?}");
    }
}

#[test]
fn a_chain_of_ten_thousand_includes_is_left_after_twenty() {
    let (snapshot, run) = judged(|question| {
        let depth: usize = match question.name.strip_suffix(".shop.test") {
            None if question.name == DOMAIN => 0,
            Some(label) => match label.strip_prefix('d').and_then(|digits| digits.parse().ok()) {
                Some(depth) => depth,
                None => return Answer::NoData,
            },
            None => return Answer::NoData,
        };
        assert!(depth < 10_000, "the chain was followed to its end");
        text(format!("v=spf1 include:d{}.shop.test -all", depth + 1))
    });
    assert!(failed(&run, "mailauth/spf-lookups"), "{:#?}", run.findings);
    let audit = snapshot.spf();
    assert!(!audit.complete && audit.lookups <= 60);
    let said = run.findings.iter().find(|finding| finding.rule == *"mailauth/spf-lookups");
    assert!(said.unwrap().detail.as_str().starts_with("at least "));
}

#[test]
fn loops_of_any_length_are_found() {
    for length in [1, 2, 9] {
        let (_, run) = judged(|question| {
            let at = match question.name.as_str() {
                DOMAIN => return text("v=spf1 include:l0.shop.test -all"),
                name => name.strip_suffix(".shop.test").and_then(|label| label.strip_prefix('l')),
            };
            match at.and_then(|digits| digits.parse::<usize>().ok()) {
                Some(at) if at < length => {
                    text(format!("v=spf1 include:l{}.shop.test -all", (at + 1) % length))
                }
                _ => Answer::NoData,
            }
        });
        assert!(failed(&run, "mailauth/spf-loop"), "{length}: {:#?}", run.findings);
    }
}

#[test]
fn a_tree_that_grows_in_width_is_left_in_time() {
    let includes: String = (0..2000).map(|at| format!("include:i{at}.shop.test ")).collect();
    let (snapshot, run) = judged(|_| text(format!("v=spf1 {includes}-all")));
    assert!(failed(&run, "mailauth/spf-lookups") || failed(&run, "mailauth/spf-loop"));
    assert!(snapshot.spf().lookups <= 60);
}

#[test]
fn of_two_hundred_mail_hosts_sixteen_are_looked_at_and_that_is_said() {
    let (snapshot, run) = judged(|question| {
        match (question.name.as_str(), question.rtype) {
        (DOMAIN, lr_mailauth::RecordType::Mx) => Answer::records((0..200).map(|at| {
            let mx = serde_json::json!({ "mx": { "preference": at, "exchange": format!("m{at}.shop.test") } });
            serde_json::from_value(mx).unwrap()
        })),
        (DOMAIN, _) => text("v=spf1 mx -all"),
        (_, lr_mailauth::RecordType::A) => {
            Answer::records([Data::Address([192, 0, 2, 25].into())])
        }
        _ => Answer::NoData,
    }
    });
    assert_eq!((snapshot.mail_hosts().count, snapshot.mail_hosts().hosts.len()), (200, 16));
    assert!(failed(&run, "mailauth/spf-mx-limit"), "{:#?}", run.findings);
    let is_said = run.outcomes.iter().any(|outcome| match &outcome.verdict {
        Verdict::Inconclusive { reason, .. } => reason.as_str().contains("16 of 200 mail hosts"),
        _ => false,
    });
    assert!(is_said);
}

#[test]
fn many_texts_and_addresses_are_bounded() {
    let record = format!(
        "v=DMARC1; p=reject; rua={}",
        (0..3000).map(|at| format!("mailto:a@r{at}.test")).collect::<Vec<_>>().join(",")
    );
    let (_, run) = judged(|question| match question.name.as_str() {
        "_dmarc.shop.test" => text(&record),
        DOMAIN => {
            Answer::records((0..1000).map(|at| Data::Txt(TxtRecord::new([format!("text {at}")]))))
        }
        _ => Answer::NxDomain { alias: None },
    });
    assert!(failed(&run, "mailauth/dmarc-report-delivery"), "{:#?}", run.findings);
}
