//! Any bytes behind the first bytes of every kind of archive: no panic, and an end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lr_secrets::{Policy, scan_reader};

const OPENINGS: [&[u8]; 6] = [
    b"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08\x00",
    b"\x28\xb5\x2f\xfd",
    b"PK\x05\x06",
    // The name of a file in a tar archive; its magic stands at 257.
    b"a.txt\0",
];

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (kind, rest) = input;
    let mut bytes = OPENINGS[usize::from(kind) % OPENINGS.len()].to_vec();
    bytes.extend(rest);
    if kind >= 128 && bytes.len() > 263 {
        bytes[257..263].copy_from_slice(b"ustar\0");
    }
    let policy = Policy::new().with_file_bytes(1 << 20);
    scan_reader(&mut &*bytes, &policy).expect("memory can be read");
});
