//! Any bytes as objects of a git repository, loose and packed: no panic, and an end.
#![no_main]

use std::fs;
use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use libfuzzer_sys::fuzz_target;
use lr_core::Context;
use lr_secrets::{Policy, Span, scan_history};

fuzz_target!(|input: (u8, Vec<u8>, Vec<u8>)| {
    let (kind, one, other) = input;
    let root = std::env::temp_dir().join(format!("lr-secrets-fuzz-{}", std::process::id()));
    let git = root.join(".git");
    let _ = fs::remove_dir_all(&root);
    for folder in ["refs/heads", "objects/11", "objects/22", "objects/pack"] {
        fs::create_dir_all(git.join(folder)).expect("there is room");
    }
    let write = |path: &str, bytes: &[u8]| fs::write(git.join(path), bytes).expect("there is room");
    write("HEAD", b"ref: refs/heads/main\n");
    write("refs/heads/main", format!("{}\n", "1".repeat(40)).as_bytes());
    // A loose object with a header that fits, or whatever it is.
    let names = ["commit", "tree", "blob", "tag"];
    let name = names[usize::from(kind) % 4];
    let mut whole = format!("{name} {}\0", one.len()).into_bytes();
    whole.extend(&one);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&whole).expect("memory can be written");
    write(&format!("objects/11/{}", "1".repeat(38)), &packed.finish().expect("it ends"));
    write(&format!("objects/22/{}", "2".repeat(38)), &other);
    // A pack without an index that fits, and an index.
    if kind & 4 != 0 {
        let pack = [b"PACK\0\0\0\x02\0\0\0\x02", &other[..]].concat();
        write(&format!("objects/pack/pack-{}.pack", "3".repeat(40)), &pack);
        let magic: &[u8] = if kind & 8 != 0 { b"\xfftOc\0\0\0\x02" } else { b"" };
        write(&format!("objects/pack/pack-{}.idx", "3".repeat(40)), &[magic, &one].concat());
    }
    let _ = scan_history(&root, &Span::Everything, &Policy::new(), &Context::new());
});
