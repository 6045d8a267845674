//! Archives of every kind, inside one another, honest and not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "samples/lib.rs"]
mod samples;

use std::fs;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use lr_core::Context;
use lr_secrets::{Policy, Reason, Snapshot, scan_tree};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use samples::{Draw, TEMPLATES, sample};
use zip::write::{SimpleFileOptions, ZipWriter};

fn token(seed: u64) -> String {
    let index = TEMPLATES.iter().position(|(id, _)| *id == "npm-token").unwrap();
    sample(index, seed, Draw::Right).text
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn scan_with(name: &str, bytes: &[u8], policy: &Policy) -> Snapshot {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join(name), bytes).unwrap();
    scan_tree(tree.path(), policy, &Context::new()).unwrap()
}

fn scan(name: &str, bytes: &[u8]) -> Snapshot {
    scan_with(name, bytes, &Policy::new())
}

fn paths(seen: &Snapshot) -> Vec<&str> {
    seen.found.iter().map(|file| &*file.path).collect()
}

#[test]
fn a_token_in_every_kind_of_archive() {
    let text = format!("# first\nkey={}\n", token(1));
    let text = text.as_bytes();
    let long = "deep/".repeat(40) + "a";
    for (name, bytes, path) in [
        ("a.gz", gz(text), "a.gz"),
        ("a.zst", zst(text), "a.zst"),
        ("a.zip", zip(&[("x", b"no"), ("b/c", text)]), "a.zip!/b/c"),
        ("a.tar", tar(&[("x", b"no"), ("b/c", text)]), "a.tar!/b/c"),
        ("a.tgz", gz(&tar(&[("b", text)])), "a.tgz!/b"),
        ("a.tar.zst", zst(&tar(&[(&long, text)])), &format!("a.tar.zst!/{long}")),
        // As `docker save` writes it.
        (
            "image.tar",
            tar(&[("manifest.json", b"[]"), ("1/layer.tar", &tar(&[("app/.env", text)]))]),
            "image.tar!/1/layer.tar!/app/.env",
        ),
        // As an OCI image: compressed layers by digest; what a later layer takes away is still there.
        (
            "oci.tar",
            tar(&[
                ("index.json", b"{}"),
                ("blobs/sha256/aa", &gz(&tar(&[("app/.env", text)]))),
                ("blobs/sha256/bb", &zst(&tar(&[("app/.wh..env", b"")]))),
            ]),
            "oci.tar!/blobs/sha256/aa!/app/.env",
        ),
        ("a.jar", zip(&[("lib/b.jar", &zip(&[("c", text)]))]), "a.jar!/lib/b.jar!/c"),
    ] {
        let seen = scan(name, &bytes);
        assert_eq!(paths(&seen), [path]);
        let place = seen.found[0].secrets[0].places[0];
        assert_eq!((place.line, place.column), (2, 5), "{name}");
        assert_eq!(seen.skipped, [], "{name}");
    }
}

#[test]
fn archives_inside_one_another_are_opened_to_a_limit_and_said() {
    let mut bytes = token(1).into_bytes();
    for layer in 1..12 {
        bytes = gz(&bytes);
        let seen = scan("a.gz", &bytes);
        if layer <= 6 {
            assert_eq!((seen.found.len(), seen.skipped.len()), (1, 0), "{layer}");
        } else {
            assert_eq!((seen.found.len(), seen.skipped.len()), (0, 1), "{layer}");
            assert_eq!(seen.skipped[0].reason, Reason::Archive);
        }
    }
}

#[test]
fn a_bomb_is_unpacked_to_the_limit_and_said() {
    let policy = Policy::new().with_file_bytes(1 << 20);
    let zeros = vec![0u8; 4 << 20];
    let first = format!("{}\n", token(1));
    for (name, bytes) in [
        ("a.gz", gz(&[first.as_bytes(), &zeros].concat())),
        ("a.zip", zip(&[("0", first.as_bytes()), ("1", &zeros), ("2", &zeros)])),
        ("a.tgz", gz(&tar(&[("0", first.as_bytes()), ("1", &zeros)]))),
        ("b.gz", gz(&gz(&[first.as_bytes(), &zeros].concat()))),
    ] {
        let seen = scan_with(name, &bytes, &policy);
        assert_eq!(seen.found.len(), 1, "{name}");
        assert!(seen.bytes <= 3 << 20, "{name}: {}", seen.bytes);
        assert!(
            seen.skipped.iter().any(|it| matches!(it.reason, Reason::TooLarge { .. })),
            "{name}: {:?}",
            seen.skipped
        );
    }
}

#[test]
fn a_damaged_archive_is_said_and_never_a_panic() {
    let text = token(1).repeat(50) + "\n";
    let first = format!("{}\n", token(2));
    for (name, whole) in [
        ("a.gz", gz(text.as_bytes())),
        ("a.zst", zst(text.as_bytes())),
        ("a.zip", zip(&[("0", first.as_bytes()), ("1", text.as_bytes())])),
        ("a.tar", tar(&[("0", first.as_bytes()), ("1", text.as_bytes())])),
    ] {
        let cut = scan(name, &whole[..whole.len() / 2]);
        assert!(cut.skipped.iter().any(|it| it.reason.leaves_doubt()), "{name}: {:?}", cut.skipped);
        for at in (0..whole.len()).step_by(1 + whole.len() / 25) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x15;
            scan(name, &bytes);
        }
    }
}

#[test]
fn an_archive_that_cannot_be_opened_is_listed() {
    let seen = scan("a.7z", b"7z\xbc\xaf\x27\x1c----------");
    assert_eq!(seen.skipped[0].reason, Reason::Archive);
    assert!(!seen.skipped[0].reason.leaves_doubt());
}

#[test]
fn members_are_read_as_their_names_say() {
    // A type in TypeScript, a password in a file of settings.
    let text = b"AdminPassword: StringMaxLen256;\n";
    let members: [(&str, &[u8]); 2] = [("clients/emr.d.ts", text), ("clients/emr.conf", text)];
    for archive in [tar(&members), gz(&tar(&members)), zip(&members)] {
        assert_eq!(paths(&scan("package", &archive)), ["package!/clients/emr.conf"]);
    }
    assert_eq!(paths(&scan("emr.d.ts.gz", &gz(text))), [""; 0]);
    assert_eq!(paths(&scan("emr.conf.gz", &gz(text))), ["emr.conf.gz"]);
    let packed = gz(text);
    let members: [(&str, &[u8]); 2] = [("emr.d.ts.gz", &packed), ("emr.conf.gz", &packed)];
    assert_eq!(paths(&scan("package.tar", &tar(&members))).len(), 1);
}
