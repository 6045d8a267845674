//! Received messages: verdict and reason, in memory and over the wire, and against another verifier.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use lr_core::Timestamp;
use lr_lab::{Lab, Zone};
use lr_mailauth::message::{DkimResult, Envelope, Fault, Remark, Seen, verify, verify_with};
use lr_net::Net;
use mail_auth::{AuthenticatedMessage, DkimResult as Theirs, MessageAuthenticator};
use serde::Deserialize;

use common::ZoneFiles;

#[derive(Deserialize)]
struct Expected {
    want: String,
    why: String,
}

/// The exam, where it is at hand.
fn exam() -> Option<PathBuf> {
    let near = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/mail");
    let named = || Some(PathBuf::from(option_env!("LR_MAIL_CORPUS")?).join(".."));
    [Some(PathBuf::from(near)), named()]
        .into_iter()
        .flatten()
        .find(|path| path.join("messages/expected.json").is_file())
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// What the exam calls a fault.
fn code(fault: &Fault) -> String {
    match fault {
        Fault::Syntax { .. } => "syntax",
        Fault::DuplicateTag { .. } => "dup",
        Fault::MissingTag { tag } => return format!("missing-{tag}"),
        Fault::BadValue { tag, .. } => tag,
        Fault::Version { .. } => "v",
        Fault::Sha1 => "sha1",
        Fault::Algorithm { .. } => "a",
        Fault::Canonicalization { .. } => "c",
        Fault::Query { .. } => "q",
        Fault::TopLevelDomain { .. } => "tld",
        Fault::Identity { .. } => "i",
        Fault::FromNotSigned => "from-not-signed",
        Fault::NoKey { .. } => "nokey",
        Fault::Revoked => "revoked",
        Fault::NotAKey { .. } | Fault::UnreadableKey { .. } | Fault::KeyType { .. } => "key",
        Fault::KeyHash { .. } => "hash",
        Fault::KeyService { .. } => "service",
        Fault::KeyStrict { .. } => "strict",
        Fault::KeyTooShort { .. } => "short",
        Fault::Expired { .. } => "expired",
        Fault::Body | Fault::BodyTooShort { .. } => "body",
        Fault::Header => "header",
        _ => "other",
    }
    .to_owned()
}

fn warnings(seen: &Seen) -> BTreeSet<&'static str> {
    let mut warnings = BTreeSet::new();
    for signature in &seen.signatures {
        if signature.key_bits.is_some_and(|bits| bits < 2048) {
            warnings.insert("weak");
        }
        warnings.extend(signature.remarks.iter().map(|remark| match remark {
            Remark::PartOfBody { .. } => "l",
            Remark::FromTheFuture { .. } | Remark::EndsBeforeItBegins => "future",
            Remark::TestingKey => "testing",
            Remark::SeveralKeys { .. } => "two",
            Remark::BareKey => "pkcs1",
            _ => "other",
        }));
    }
    if seen.from.fields > 1 {
        warnings.insert("two-from");
    }
    warnings
}

/// Whether verdict and reason are the expected ones.
fn agrees(want: &str, seen: &Seen) -> bool {
    let found = warnings(seen);
    let mut parts = want.split('+').peekable();
    let is_failure = want.starts_with("fail") || want.starts_with("permerror");
    if let Some(verdict) = parts.next_if(|part| !part.starts_with("warn:")) {
        let (verdict, reason) = verdict.split_once(':').unwrap_or((verdict, ""));
        let result = seen.dkim().map_or("none".to_owned(), |result| result.to_string());
        let codes: Vec<String> =
            seen.signatures.iter().filter_map(|one| one.faults.first().map(code)).collect();
        if result != verdict || !reason.is_empty() && !codes.iter().any(|code| code == reason) {
            return false;
        }
    }
    let wanted: BTreeSet<&str> = parts.filter_map(|part| part.strip_prefix("warn:")).collect();
    // What is said beside a failure is free.
    is_failure || wanted == found
}

#[test]
fn the_exam_in_memory() {
    let Some(folder) = exam() else { return };
    let zones = ZoneFiles::load(&folder.join("corpus/zones"), &folder.join("corpus/faults.json"));
    let cases = cases(&folder);
    let mut differ = Vec::new();
    for (name, (raw, expected)) in &cases {
        let seen = verify_with(raw, &Envelope::default(), now(), |question| zones.answer(question));
        for signature in &seen.signatures {
            println!(
                "{name} {}: {:?} {:?} {:?}",
                signature.result, signature.faults, signature.remarks, signature.hints
            );
        }
        if !agrees(&expected.want, &seen) {
            differ.push(format!("{name}: {} ({}), found {:?}", expected.want, expected.why, seen));
        }
    }
    println!("{} of {} as expected", cases.len() - differ.len(), cases.len());
    assert!(differ.is_empty(), "{differ:#?}");
}

fn cases(folder: &std::path::Path) -> BTreeMap<String, (Vec<u8>, Expected)> {
    let folder = folder.join("messages");
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&expected).unwrap();
    let read = |(name, expected): (String, Expected)| {
        let raw = fs::read(folder.join(format!("{name}.eml"))).unwrap();
        (name, (raw, expected))
    };
    expected.into_iter().map(read).collect()
}

/// The zones of the exam on a name server.
async fn lab(folder: &std::path::Path) -> Lab {
    let mut builder =
        Lab::builder().zone(Zone::new("hosting.test").records("@ NS ns\nns A 11.0.0.53"));
    for entry in fs::read_dir(folder.join("corpus/zones")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let origin = text.lines().find_map(|line| line.strip_prefix("$ORIGIN ")).unwrap();
        let origin = origin.trim().trim_end_matches('.');
        if origin != "good.test" && !origin.starts_with("dkim-") {
            continue;
        }
        let is_known = |line: &&str| {
            let rtype = line.split_whitespace().nth(3);
            rtype.is_some_and(|rtype| ["A", "AAAA", "CNAME", "MX", "TXT"].contains(&rtype))
        };
        let records = text.lines().filter(is_known).map(|line| line.replacen(" IN ", " ", 1));
        let records: Vec<String> = records.collect();
        builder = builder
            .zone(Zone::new(origin).records("@ NS ns.hosting.test.").records(&records.join("\n")));
    }
    builder.start().await.unwrap()
}

/// Where mail-auth 0.13.3 says something else, and what the RFC says.
const MAIL_AUTH_DIFFERS: &[(&str, &str)] = &[
    ("e11-nofrom", "RFC 6376, section 5.4: From must be signed"),
    ("e14-ws-tail", "RFC 6376, section 3.4.4: lines of white space alone are empty lines"),
    ("e29-keysha1", "RFC 6376, section 3.6.1: the key is for SHA-1 alone"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_exam_over_the_wire_and_by_another_verifier() {
    let Some(folder) = exam() else { return };
    let lab = lab(&folder).await;
    let cx = lab.context();
    let authenticator = MessageAuthenticator(Net::of(&cx).unwrap().resolver().clone());
    let mut differ = Vec::new();
    for (name, (raw, expected)) in cases(&folder) {
        let seen = verify(&raw, &Envelope::default(), &cx).await.unwrap();
        assert!(agrees(&expected.want, &seen), "{name}: {} {seen:?}", expected.want);
        let theirs = match AuthenticatedMessage::parse(&raw) {
            Some(message) => authenticator
                .verify_dkim(&message)
                .await
                .iter()
                .any(|output| matches!(output.result(), Theirs::Pass)),
            None => false,
        };
        if theirs != (seen.dkim() == Some(DkimResult::Pass)) {
            differ.push(name);
        }
    }
    let known: Vec<&str> = MAIL_AUTH_DIFFERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(differ, known);
}
