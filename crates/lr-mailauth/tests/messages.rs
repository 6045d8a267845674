//! Received messages: verdict and reason, in memory and over the wire, and against another verifier.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "these are tests")]

mod common;
#[path = "common/signer.rs"]
mod signer;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use lr_core::Timestamp;
use lr_lab::{Lab, Zone};
use lr_mailauth::message::{
    Canonicalization, DkimResult, Envelope, Fault, Remark, Seen, verify, verify_with,
};
use lr_net::Net;
use mail_auth::{AuthenticatedMessage, DkimResult as Theirs, MessageAuthenticator};
use serde::Deserialize;

use common::ZoneFiles;
use signer::{Key, Signer};

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
        let result = seen.dkim().map_or_else(|| "none".to_owned(), |result| result.to_string());
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
        let theirs = passes(&authenticator, &raw).await;
        if theirs != (seen.dkim() == Some(DkimResult::Pass)) {
            differ.push(name);
        }
    }
    let known: Vec<&str> = MAIL_AUTH_DIFFERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(differ, known);
}

/// What mail-auth says of a message: whether any signature passes.
async fn passes(authenticator: &MessageAuthenticator, raw: &[u8]) -> bool {
    let Some(message) = AuthenticatedMessage::parse(raw) else { return false };
    let outputs = authenticator.verify_dkim(&message).await;
    outputs.iter().any(|output| matches!(output.result(), Theirs::Pass))
}

/// Bodies of odd white space and line ends, and some that were changed after they were signed.
fn bodies() -> Vec<String> {
    let pieces = ["a", "b  c", " ", "\t", "\r\n", "\r\n\r\n", "x \r\n", "\r\n ", ".\r\n", "\u{fc}"];
    // A small generator of numbers, the same on every run.
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize
    };
    (0..60).map(|_| (0..next() % 16).map(|_| pieces[next() % pieces.len()]).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_verifier_agrees_on_messages_signed_here() {
    let keys = [Key::rsa(), Key::ed25519()];
    let strings = |key: &Key| {
        let record = key.record();
        let chunks = record.as_bytes().chunks(200).map(String::from_utf8_lossy);
        chunks.map(|chunk| format!("\"{chunk}\"")).collect::<Vec<_>>().join(" ")
    };
    let zone = |domain: &str, key: &Key| {
        let records = format!("@ NS ns.hosting.test.\ns1._domainkey TXT {}", strings(key));
        Zone::new(domain).records(&records)
    };
    let lab = Lab::builder()
        .zone(Zone::new("hosting.test").records("@ NS ns\nns A 11.0.0.53"))
        .zone(zone("rsa.test", &keys[0]))
        .zone(zone("ed.test", &keys[1]))
        .start()
        .await
        .unwrap();
    let cx = lab.context();
    let authenticator = MessageAuthenticator(Net::of(&cx).unwrap().resolver().clone());
    let head = "From: a@rsa.test\r\nTo: b@x.test\r\nSubject: one  two\r\n three\r\n\
                Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@x.test>\r\n\r\n";
    let forms = [Canonicalization::Simple, Canonicalization::Relaxed];
    let (mut compared, mut passed) = (0, 0);
    for (number, body) in bodies().iter().enumerate() {
        let (key, domain) = match number % 2 {
            0 => (&keys[0], "rsa.test"),
            _ => (&keys[1], "ed.test"),
        };
        let (header, form) = (forms[number / 2 % 2], forms[number / 4 % 2]);
        // RFC 6376, section 3.4.4: such lines are empty, which mail-auth 0.13.3 overlooks.
        let last = body.trim_end_matches("\r\n").rsplit("\r\n").next().unwrap();
        let is_disputed = form == Canonicalization::Relaxed && last.trim().is_empty();
        let signed = Signer::new(key).domain(domain).forms(header, form);
        let raw = signed.sign(format!("{head}{body}").as_bytes());
        let mut changed = raw.clone();
        changed.extend(b"changed");
        for raw in [raw, changed] {
            let seen = verify(&raw, &Envelope::default(), &cx).await.unwrap();
            let ours = seen.dkim() == Some(DkimResult::Pass);
            let theirs = passes(&authenticator, &raw).await;
            if is_disputed && ours != theirs {
                assert!(ours, "{body:?}");
                continue;
            }
            compared += 1;
            passed += usize::from(ours);
            assert_eq!(ours, theirs, "{header:?} {form:?} {body:?}");
        }
    }
    println!("{compared} messages compared, of which {passed} pass");
    assert!(compared > 60 && passed > 40);
}
