//! zlib streams (RFC 1950), into memory that is used again.

use std::fs::File;
use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// Compressed bytes that are read at once.
const PIECE: usize = 64 << 10;

/// Bytes at a position of a file; several threads share the file.
pub(crate) fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    let read = std::os::unix::fs::FileExt::read_at(file, into, at);
    #[cfg(windows)]
    let read = std::os::windows::fs::FileExt::seek_read(file, into, at);
    read
}

/// Fills `into` or fails.
pub(crate) fn read_all_at(file: &File, mut into: &mut [u8], mut at: u64) -> io::Result<()> {
    while !into.is_empty() {
        match read_at(file, into, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                into = &mut into[read..];
                at += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Inflates one stream after the other.
pub(crate) struct Inflater {
    state: Decompress,
    input: Vec<u8>,
}

impl Inflater {
    pub(crate) fn new() -> Self {
        Self { state: Decompress::new(true), input: Vec::new() }
    }

    /// Inflates the stream between `from` and `to` of `file`, which is known to yield `size` bytes.
    /// `None` if it is damaged, cut, or of another size; its checksum (Adler-32) is verified.
    pub(crate) fn exactly(
        &mut self,
        file: &File,
        from: u64,
        to: u64,
        size: usize,
        into: &mut Vec<u8>,
    ) -> Option<()> {
        self.state.reset(true);
        into.clear();
        // One byte more than needed, so that the end of the stream is met and not just its last byte.
        into.reserve_exact(size + 1);
        let mut at = from;
        loop {
            // What does not compress grows by a few bytes.
            let length = usize::try_from(to.checked_sub(at)?).ok()?.min(PIECE).min(size + 512);
            self.input.resize(length, 0);
            read_all_at(file, &mut self.input, at).ok()?;
            at += length as u64;
            let mut rest = &self.input[..];
            loop {
                let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
                let status = self.state.decompress_vec(rest, into, FlushDecompress::None).ok()?;
                let used = (self.state.total_in() - before_in) as usize;
                rest = &rest[used..];
                match status {
                    Status::StreamEnd => return (into.len() == size).then_some(()),
                    _ if into.len() > size => return None,
                    _ if rest.is_empty() => break,
                    _ if used == 0 && self.state.total_out() == before_out => return None,
                    _ => {}
                }
            }
            if at == to {
                return None;
            }
        }
    }
}

/// A stream of a file as a reader, for what is too large to be held.
pub(crate) struct Section<'a> {
    file: &'a File,
    at: u64,
    to: u64,
}

/// Reads what is compressed between `from` and `to`.
pub(crate) fn stream(file: &File, from: u64, to: u64) -> flate2::read::ZlibDecoder<Section<'_>> {
    flate2::read::ZlibDecoder::new(Section { file, at: from, to })
}

impl Read for Section<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.to - self.at).unwrap_or(usize::MAX).min(into.len());
        let read = read_at(self.file, &mut into[..room], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
