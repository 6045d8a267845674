//! Any text is a CAA record or a sentence that says what is wrong with it.
#![no_main]

use lr_dns::CaaRecord;

libfuzzer_sys::fuzz_target!(|record: (u8, &str, &str)| {
    let (flags, tag, value) = record;
    if let Err(why) = CaaRecord::parse(flags, tag, value) {
        assert!(!why.is_empty());
    }
    let _ = CaaRecord::read(value);
});
