//! Bodies as streams of chunks, made while they are sent.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::crc;
use crate::web::reply::Body;

const CHUNK: usize = 64 * 1024;

/// Chunks of a bomb are smaller: they take longer to make, and the lab's one thread is for all.
const BOMB_CHUNK: usize = 8 * 1024;

/// The chunks of one body.
#[derive(Debug)]
pub(crate) struct Chunks {
    source: Source,
}

#[derive(Debug)]
enum Source {
    Bytes(Option<Bytes>),
    Run { left: u64 },
    Endless,
    Bomb(Bomb),
    Drip { left: Bytes, every: Duration },
}

impl Chunks {
    pub(crate) fn new(body: Body) -> Self {
        let source = match body {
            Body::Bytes(bytes) | Body::CutShort(bytes) => Source::Bytes(Some(bytes)),
            Body::Long(left) => Source::Run { left },
            Body::Endless => Source::Endless,
            Body::Bomb(inflated) => Source::Bomb(Bomb::new(inflated)),
            Body::Drip(left, every) => Source::Drip { left, every },
        };
        Self { source }
    }

    /// The next chunk, if it is to be sent without a wait.
    pub(crate) fn next_at_once(&mut self) -> Option<Bytes> {
        match self.source {
            Source::Drip { .. } => None,
            _ => self.next().map(|(_, chunk)| chunk),
        }
    }

    /// The next chunk, and how long to wait before it is sent.
    pub(crate) fn next(&mut self) -> Option<(Duration, Bytes)> {
        let at_once = |bytes: Bytes| (Duration::ZERO, bytes);
        match &mut self.source {
            Source::Bytes(bytes) => bytes.take().filter(|bytes| !bytes.is_empty()).map(at_once),
            Source::Run { left } => {
                let size = (*left).min(CHUNK as u64);
                *left -= size;
                (size > 0).then(|| at_once(run(size as usize)))
            }
            Source::Endless => Some(at_once(run(CHUNK))),
            Source::Bomb(bomb) => bomb.next().map(at_once),
            Source::Drip { left, every } => (!left.is_empty()).then(|| (*every, left.split_to(1))),
        }
    }
}

/// The length of a body, where it is announced.
pub(crate) fn announced(body: &Body) -> Option<u64> {
    match body {
        Body::Bytes(bytes) | Body::Drip(bytes, _) => Some(bytes.len() as u64),
        Body::CutShort(bytes) => Some(bytes.len() as u64 + 1000),
        Body::Long(length) => Some(*length),
        Body::Endless | Body::Bomb(_) => None,
    }
}

fn run(size: usize) -> Bytes {
    static FILL: [u8; CHUNK] = [b'a'; CHUNK];
    Bytes::from_static(&FILL).slice(..size.min(CHUNK))
}

/// A gzip stream (RFC 1952) of one letter, repeated: a single deflate block with fixed codes
/// (RFC 1951, section 3.2.6) in which 13 bits stand for 258 bytes.
#[derive(Debug)]
struct Bomb {
    size: u64,
    left: u64,
    crc: u32,
    bits: u64,
    held: u32,
    begun: bool,
    done: bool,
}

impl Bomb {
    fn new(size: u64) -> Self {
        // The block begins with a letter to repeat, so the smallest bomb is that letter.
        let size = size.max(1);
        Self { size, left: size, crc: !0, bits: 0, held: 0, begun: false, done: false }
    }

    fn next(&mut self) -> Option<Bytes> {
        if self.done {
            return None;
        }
        let mut out = BytesMut::with_capacity(BOMB_CHUNK + 1024);
        if !self.begun {
            self.begun = true;
            out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
            self.put(&mut out, 0b011, 3);
            self.literal(&mut out);
        }
        while self.left >= crc::RUN && out.len() < BOMB_CHUNK {
            // Length 258 is code 285, 8 bits 11000101; distance 1 is code 0, 5 bits. Huffman
            // codes go in most significant bit first, so they are written reversed.
            self.put(&mut out, 0b1010_0011, 13);
            self.left -= crc::RUN;
            self.crc = crc::run_of_a(self.crc);
        }
        if self.left < crc::RUN {
            while self.left > 0 {
                self.literal(&mut out);
            }
            self.put(&mut out, 0, 7);
            self.put(&mut out, 0, (8 - self.held) % 8);
            out.extend_from_slice(&(!self.crc).to_le_bytes());
            out.extend_from_slice(&(self.size as u32).to_le_bytes());
            self.done = true;
        }
        Some(out.freeze())
    }

    /// The letter `a`: code 0x30 + 0x61, 8 bits.
    fn literal(&mut self, out: &mut BytesMut) {
        self.put(out, u64::from((0x30 + b'a').reverse_bits()), 8);
        self.left -= 1;
        self.crc = crc::step(self.crc, b'a');
    }

    fn put(&mut self, out: &mut BytesMut, bits: u64, count: u32) {
        self.bits |= bits << self.held;
        self.held += count;
        while self.held >= 8 {
            out.extend_from_slice(&[self.bits as u8]);
            self.bits >>= 8;
            self.held -= 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_small_and_its_end_is_right() {
        let mut chunks = Chunks::new(Body::Bomb(1_000_000));
        let mut wire = Vec::new();
        while let Some((_, chunk)) = chunks.next() {
            wire.extend_from_slice(&chunk);
        }
        assert!(wire.len() < 7_000, "{}", wire.len());
        let trailer = wire.last_chunk::<8>().unwrap();
        assert_eq!(trailer[..4], crc::crc32(&vec![b'a'; 1_000_000]).to_le_bytes());
        assert_eq!(trailer[4..], 1_000_000u32.to_le_bytes());
    }

    #[test]
    fn an_endless_body_does_not_grow() {
        let mut chunks = Chunks::new(Body::Endless);
        assert!((0..1000).all(|_| chunks.next().is_some_and(|(_, chunk)| chunk.len() == CHUNK)));
    }
}
