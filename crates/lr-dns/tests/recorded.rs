//! What real servers sent to Zonemaster's test suite, from `shared/data/dns/zonemaster` in a folder
//! above, where that is present: whatever it is, it is judged, with little work.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::path::Path;

use data_encoding::BASE64;
use hickory_proto::op::Message;
use lr_dns::dnssec::{Anchors, Evidence, Step, Validator};

/// Messages that are judged beside each other, and questions among them.
const TOGETHER: usize = 100;
const QUESTIONS: usize = 40;

/// The beginning of 2025, about when they were recorded.
const NOW: i64 = 1_735_689_600;

#[test]
fn recorded_responses_are_judged() {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2);
    let mut folders = above.map(|dir| dir.join("shared/data/dns/zonemaster"));
    let Some(folder) = folders.find(|folder| folder.exists()) else { return };
    let (mut read, mut judged) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let responses: Vec<Vec<u8>> = text
            .split("\"response\": \"")
            .skip(1)
            .map(|response| base64(response.split('"').next().unwrap()))
            .filter(|bytes| is_of_dnssec(bytes))
            .collect();
        for some in responses.chunks(TOGETHER) {
            read += some.len();
            let (questions, anchors, evidence) = held(some);
            let validator = Validator::new(anchors, NOW);
            let step = questions.len().div_ceil(QUESTIONS).max(1);
            for (name, rtype) in questions.iter().step_by(step) {
                let mut evidence = evidence.clone();
                let judgement = loop {
                    match validator.judge(name, rtype, &evidence) {
                        Step::Ask { name, rtype } => {
                            // Nothing more can be held: nothing more can be known.
                            if !evidence.add_silence(&name, &rtype) {
                                break None;
                            }
                        }
                        Step::Done(judgement) => break Some(judgement),
                        _ => unreachable!("there is no other step yet"),
                    }
                };
                judged += 1;
                let Some(judgement) = judgement else { continue };
                assert!(judgement.verifications <= 128 && judgement.hashes <= 128);
            }
        }
    }
    assert!(read > 100 && judged > 10, "{read} read, {judged} judged");
}

/// Whether there may be a signature, key or digest in it: by the types' numbers alone.
fn is_of_dnssec(bytes: &[u8]) -> bool {
    let has = |kind: u8| bytes.windows(4).any(|some| some == [0, kind, 0, 1]);
    [43, 46, 47, 48, 50].into_iter().any(has)
}

/// The questions of messages, their keys as trust anchors, and all of them as evidence.
fn held(messages: &[Vec<u8>]) -> (Vec<(String, String)>, Anchors, Evidence) {
    let (mut questions, mut anchors) = (Vec::new(), Anchors::none());
    let mut evidence = Evidence::new();
    for bytes in messages {
        evidence.add_referral(bytes);
        let Ok(message) = Message::from_vec(bytes) else { continue };
        let Some(query) = message.queries.first() else { continue };
        let question = (query.name.to_ascii(), query.query_type.to_string());
        evidence.add(&question.0, &question.1, bytes);
        if !questions.contains(&question) {
            questions.push(question);
        }
        for record in &message.answers {
            if record.record_type().to_string() == "DNSKEY" {
                let _ = anchors.add(&format!("{} DNSKEY {}", record.name, record.data));
            }
        }
    }
    (questions, anchors, evidence)
}

fn base64(text: &str) -> Vec<u8> {
    BASE64.decode(text.as_bytes()).unwrap()
}
