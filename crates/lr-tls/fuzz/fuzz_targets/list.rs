//! Any bytes as a revocation list of a real certificate's: read, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_tls::CrlSeen;

fuzz_target!(|input: (&[u8], &[u8])| {
    let (list, certificate) = input;
    let chain = [certificate.to_vec(), certificate.to_vec()];
    let _ = CrlSeen::read("http://crl.test/", list, &chain);
});
