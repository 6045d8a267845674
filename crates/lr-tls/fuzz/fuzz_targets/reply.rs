//! Whatever a server sends in answer to a hello: an answer, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_tls::{Answer, Probe};

fuzz_target!(|bytes: &[u8]| {
    let _ = Answer::read(Probe::Tls12, bytes);
    let _ = Answer::read(Probe::Ssl2, bytes);
});
