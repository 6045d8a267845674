//! The records of checkdmarc's own tests: what it accepts we accept, and what it rejects we reject,
//! or `checkdmarc-differences.json` says why not.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use lr_mailauth::{Answer, Data, MailConfig, RecordType, Snapshot, TxtRecord};
use lr_mailauth::{Issue, IssueKind, bimi, dmarc, mta_sts, spf, tls_rpt};
use serde::Deserialize;

use common::exam;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    file: String,
    test: String,
    records: Vec<String>,
    raises: Vec<String>,
}

/// Some tests write the strings of a record as a zone file does.
fn joined(record: &str) -> String {
    match record.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.split('"').step_by(2).collect(),
        None => record.to_owned(),
    }
}

/// What keeps receivers and senders from using a record; the rest is advice.
fn is_fatal(issue: &Issue) -> bool {
    use IssueKind::{Order, Removed, Size, Unknown};
    !matches!(issue.kind, Order | Removed | Size | Unknown)
}

fn is_rejected(file: &str, record: &str) -> bool {
    let text = joined(record);
    let text = text.as_bytes();
    let issues = match file {
        "test_bimi.py" => bimi::parse(text).issues,
        "test_dmarc.py" => {
            let issues = dmarc::parse(text).issues;
            // Without `p`, a record is as good as one with `p=none` (RFC 9989, section 4.7).
            issues.into_iter().filter(|issue| issue.kind != IssueKind::Missing).collect()
        }
        "test_mta_sts.py" if text.starts_with(b"version:") => mta_sts::parse_policy(text).issues,
        "test_mta_sts.py" => mta_sts::parse(text).issues,
        "test_smtp_tls_reporting.py" => tls_rpt::parse(text).issues,
        _ if text.starts_with(b"v=DMARC1") => dmarc::parse(text).issues,
        _ => {
            if costs_too_much(text) {
                return true;
            }
            spf::parse(text).issues
        }
    };
    issues.iter().any(is_fatal)
}

/// Whether receivers give up on an SPF record at `example.com`, in a world without other records.
fn costs_too_much(text: &[u8]) -> bool {
    let snapshot = Snapshot::gather(MailConfig::new("example.com"), |question| {
        match (question.name.as_str(), question.rtype) {
            ("example.com", RecordType::Txt) => {
                Answer::records([Data::Txt(TxtRecord::new([text]))])
            }
            _ => Answer::NoData,
        }
    });
    let audit = snapshot.spf();
    let is_loop = |step: &spf::Step| {
        step.child.as_ref().is_some_and(|child| child.outcome == spf::Outcome::Loop)
    };
    audit.lookups > 10 || audit.void_ipv4 > 2 || audit.root.steps.iter().any(is_loop)
}

#[test]
fn accepts_and_rejects_as_checkdmarc_does() {
    let text = fs::read_to_string(exam("suites/checkdmarc-vectors.json")).unwrap();
    // Half a character that Python can write and nobody can read.
    let text = text.replace("\\ud800", "\\ufffd");
    let vectors: Vectors = serde_json::from_str(&text).unwrap();
    let reasons: BTreeMap<String, String> =
        serde_json::from_str(include_str!("checkdmarc-differences.json")).unwrap();
    assert!(reasons.values().all(|reason| reason.len() > 20));
    let mut differ = BTreeSet::new();
    for case in &vectors.cases {
        let rejects = case.records.iter().any(|record| is_rejected(&case.file, record));
        if rejects == case.raises.is_empty() {
            println!("{} {}: {rejects} {:?} {:?}", case.file, case.test, case.records, case.raises);
            differ.insert(case.test.clone());
        }
    }
    println!("{} of {} alike", vectors.cases.len() - differ.len(), vectors.cases.len());
    let explained: BTreeSet<String> = reasons.into_keys().collect();
    assert_eq!(differ, explained);
}
