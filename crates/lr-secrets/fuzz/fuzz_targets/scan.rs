//! Any bytes: no panic, places inside of them, and the same from a stream as from memory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_secrets::{Policy, scan_bytes, scan_reader};

fuzz_target!(|bytes: &[u8]| {
    let policy = Policy::new();
    let secrets = scan_bytes(bytes, &policy);
    for place in secrets.iter().flat_map(|secret| &secret.places) {
        assert!(place.offset + place.length <= bytes.len() as u64);
        assert!(place.line >= 1 && place.column >= 1);
    }
    let is_text =
        !bytes.contains(&0) && !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff");
    // A stream that begins as an archive is opened; bytes are taken as they are.
    let is_packed = [&b"PK\x03\x04"[..], b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
        || bytes.get(257..262) == Some(b"ustar");
    if is_text && !is_packed {
        let mut stream = bytes;
        let (streamed, _) = scan_reader(&mut stream, &policy).expect("memory can be read");
        assert_eq!(streamed, secrets);
    }
});
