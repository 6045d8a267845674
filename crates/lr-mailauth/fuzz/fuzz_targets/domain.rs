//! A whole domain whose every answer is an enemy's: gathered, judged and summed up.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_mailauth::{
    Answer, Data, MailConfig, Policy, RULES, Snapshot, Summary, TxtRecord, judge,
};

fuzz_target!(|bytes: &[u8]| {
    let texts: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let mut asked = 0usize;
    let snapshot = Snapshot::gather(MailConfig::new("shop.test").selector("s1"), |question| {
        asked += 1;
        match texts[(asked + question.name.len()) % texts.len()] {
            [] => Answer::NoData,
            [0, ..] => Answer::NxDomain { alias: None },
            [1, rest @ ..] => {
                Answer::records([Data::Address([192, 0, 2, rest.len() as u8].into())])
            }
            text => Answer::records([Data::Txt(TxtRecord::new(text.chunks(255)))]),
        }
    });
    assert!(asked <= 240);
    let run = lr_core::record("mailauth", RULES, |out| judge(&snapshot, &Policy::default(), out));
    assert!(run.error.is_none());
    let _ = Summary::from(&snapshot);
});
