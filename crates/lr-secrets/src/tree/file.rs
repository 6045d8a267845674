//! Reading one file in pieces of bounded size, whatever its size and encoding.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::Policy;
use crate::engine::{AFTER, BEFORE};
use crate::scan::{Finds, is_code};
use crate::snapshot::{EnvFile, Reason, Secret};
use crate::tree::env;
use crate::tree::reads::Reads;

/// Bytes that are read at once, beyond those kept from the piece before.
const PIECE: usize = 256 << 10;
/// Bytes at the start of a file in which a NUL tells that it is no text.
const HEAD: usize = 8 << 10;
/// What the first bytes of compressed archives are.
const ARCHIVES: [&[u8]; 7] = [
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"BZh",
    b"Rar!",
];

/// What was in a file.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) bytes: u64,
    pub(crate) secrets: Vec<Secret>,
    /// What it sets, if it is an environment file.
    pub(crate) env: Option<EnvFile>,
    /// Environment variables that it reads, with their lines.
    pub(crate) reads: Vec<(String, u64)>,
    /// Why not all of it was looked at.
    pub(crate) left: Vec<Reason>,
}

/// What is asked of a file besides its secrets.
#[derive(Default)]
struct Asked {
    env: Option<EnvFile>,
    reads: Option<Reads>,
}

/// Reads files, one after the other, into the same memory.
pub(crate) struct Reader {
    /// What is kept of the piece before, and the piece.
    raw: Vec<u8>,
    /// What that is in UTF-8, where it is something else.
    decoded: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Encoding {
    Bytes,
    Utf16(fn([u8; 2]) -> u16),
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self { raw: vec![0; BEFORE + AFTER + PIECE], decoded: Vec::new() }
    }

    /// Reads up to the policy's limit, or until `stop` says so between two pieces.
    pub(crate) fn read(
        &mut self,
        path: &Path,
        policy: &Policy,
        stop: &dyn Fn() -> bool,
    ) -> io::Result<Contents> {
        let name = path.to_string_lossy();
        let finds = Finds::named(&name, policy);
        let asked = Asked { env: env::named(path), reads: is_code(&name).then(Reads::default) };
        self.look(&mut File::open(path)?, finds, asked, policy, stop)
    }

    /// The same for a stream, of which nothing but its secrets is asked.
    pub(crate) fn scan(
        &mut self,
        file: &mut dyn Read,
        finds: Finds<'_>,
        policy: &Policy,
        stop: &dyn Fn() -> bool,
    ) -> io::Result<Contents> {
        self.look(file, finds, Asked::default(), policy, stop)
    }

    fn look(
        &mut self,
        file: &mut dyn Read,
        mut finds: Finds<'_>,
        mut asked: Asked,
        policy: &Policy,
        stop: &dyn Fn() -> bool,
    ) -> io::Result<Contents> {
        let Self { raw, decoded } = self;
        let whole = raw.len() - BEFORE - AFTER;
        let mut contents = Contents::default();
        let (mut encoding, mut is_binary) = (Encoding::Bytes, false);
        // `text` begins `before` bytes into the file's text; its keywords up to `done` are done.
        let (mut before, mut done) = (0u64, 0);
        // So many bytes at the start of `raw` are kept.
        let mut kept = 0;
        decoded.clear();
        loop {
            let room = policy.file_bytes.saturating_sub(contents.bytes);
            let room = usize::try_from(room).map_or(whole, |room| room.min(whole));
            let read = fill(file, &mut raw[kept..kept + room])?;
            let piece = &raw[kept..kept + read];
            if contents.bytes == 0 {
                encoding = Encoding::of(piece);
                is_binary = matches!(encoding, Encoding::Bytes)
                    && memchr::memchr(0, &piece[..piece.len().min(HEAD)]).is_some();
                if is_archive(piece) {
                    contents.left.push(Reason::Archive);
                }
            }
            contents.bytes += read as u64;
            let text = match encoding {
                Encoding::Bytes => &raw[..kept + read],
                Encoding::Utf16(unit) => {
                    decode(unit, piece, decoded);
                    &decoded[..]
                }
            };
            if let Some(mut env) = asked.env.take() {
                env::read_text(text, policy, &mut env);
                contents.env = Some(env);
            }
            let at_limit = contents.bytes == policy.file_bytes;
            let is_last = read < whole || at_limit;
            let until = if is_last { text.len() } else { text.len().saturating_sub(AFTER) };
            let within = done.min(until)..until;
            if let Some(reads) = asked.reads.as_mut().filter(|_| !is_binary) {
                let known = reads.len();
                reads.look(text, within.clone());
                let (mut cursor, mut passed) = (finds.cursor(), 0);
                for (name, at) in reads.since(known) {
                    cursor.pass(&text[passed..at]);
                    passed = at;
                    contents.reads.push((name.to_owned(), cursor.line));
                }
            }
            finds.look(text, before, within, is_binary);
            if at_limit && file.read(&mut [0])? > 0 {
                contents.left.push(Reason::TooLarge { read: contents.bytes });
            }
            if is_last || stop() {
                break;
            }
            let passed = until.saturating_sub(BEFORE);
            finds.pass(&text[..passed]);
            match encoding {
                Encoding::Bytes => {
                    let end = kept + read;
                    raw.copy_within(passed..end, 0);
                    kept = end - passed;
                }
                Encoding::Utf16(_) => {
                    decoded.drain(..passed);
                }
            }
            before += passed as u64;
            done = until - passed;
        }
        let (secrets, overflow) = finds.into_secrets();
        if overflow {
            contents.left.push(Reason::TooMany { kept: secrets.len() as u64 });
        }
        contents.secrets = secrets;
        Ok(contents)
    }
}

impl Encoding {
    /// By the byte order mark.
    fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => Self::Utf16(u16::from_le_bytes),
            [0xfe, 0xff, ..] => Self::Utf16(u16::from_be_bytes),
            _ => Self::Bytes,
        }
    }
}

/// Appends `piece`, which is UTF-16, as UTF-8 to `text`. Pieces have an even length except the last.
fn decode(unit: fn([u8; 2]) -> u16, piece: &[u8], text: &mut Vec<u8>) {
    let units = piece.as_chunks().0.iter().map(|pair| unit(*pair));
    for char in char::decode_utf16(units) {
        let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Whether what begins so is compressed.
pub(crate) fn is_archive(head: &[u8]) -> bool {
    #[cfg(feature = "archives")]
    if crate::archive::is_tar(head) {
        return true;
    }
    ARCHIVES.iter().any(|magic| head.starts_with(magic))
}

/// Reads until `buffer` is full or the file ends.
fn fill(file: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod pieces;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan_bytes;

    fn token(seed: usize) -> String {
        let body: String =
            (0..24u8).map(|at| char::from(b'a' + (at * 7 + seed as u8 % 19) % 26)).collect();
        ["sk_", "live_", &body.replacen('c', "4", 1)].concat()
    }

    fn read(bytes: &[u8], policy: &Policy) -> Contents {
        Reader::new().scan(&mut &*bytes, Finds::new(policy), policy, &|| false).unwrap()
    }

    #[test]
    fn nothing_falls_between_two_pieces() {
        let policy = Policy::new();
        let edges = [PIECE, PIECE - AFTER, PIECE - AFTER - BEFORE];
        for at in edges.iter().flat_map(|edge| (edge - 44..edge + 44).step_by(4)) {
            let mut text = vec![b' '; at];
            text.extend(token(1).bytes());
            text.resize(PIECE + 1000, b'\n');
            let secrets = read(&text, &policy).secrets;
            assert_eq!(secrets, scan_bytes(&text, &policy));
            assert_eq!(secrets.len(), 1, "{at}");
            assert_eq!(secrets[0].places.len(), 1, "{at}");
        }
    }

    #[test]
    fn what_lies_beyond_the_limit_is_said() {
        let mut text = vec![b' '; 1000];
        text.extend(token(1).bytes());
        let contents = read(&text, &Policy::new().with_file_bytes(1000));
        assert_eq!(contents.left, [Reason::TooLarge { read: 1000 }]);
        assert!(contents.secrets.is_empty());
        assert!(read(&text, &Policy::new().with_file_bytes(text.len() as u64)).left.is_empty());
    }

    #[test]
    fn utf_16_is_text() {
        let text = format!("\u{feff}ä key = {}", token(3));
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let raw: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            assert_eq!(read(&raw, &Policy::new()).secrets.len(), 1);
        }
    }

    #[test]
    fn more_secrets_than_are_kept_is_said() {
        let text: String = (0..5).map(|seed| token(seed) + "\n").collect();
        let contents = read(text.as_bytes(), &Policy::new().with_secrets_per_file(3));
        assert_eq!(contents.secrets.len(), 3);
        assert_eq!(contents.left, [Reason::TooMany { kept: 3 }]);
    }
}
