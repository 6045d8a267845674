//! A whole message: signatures, envelope, DMARC, unsubscribing and links.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_core::Timestamp;
use lr_mailauth::message::{Envelope, verify_with};
use lr_mailauth::{Answer, Data, TxtRecord};

fuzz_target!(|raw: &[u8]| {
    let now = Timestamp::from_unix(1_795_262_400);
    // The answers are an enemy's as well: the message itself.
    let record = TxtRecord::new([&raw[..raw.len().min(255)]]);
    let seen = verify_with(raw, &Envelope::default(), now, |question| {
        match question.name.len() % 3 {
            0 => Answer::NoData,
            1 => Answer::records([Data::Txt(TxtRecord::new(["v=DKIM1; k=ed25519; p=AAAA"]))]),
            _ => Answer::records([Data::Txt(record.clone())]),
        }
    });
    assert_eq!(seen.bytes, raw.len());
});
