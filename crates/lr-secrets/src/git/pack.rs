//! Packs (gitformat-pack(5)): a file of compressed objects and an index by id.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use crate::git::id::Id;
use crate::git::inflate::{read_all_at, read_at};
use crate::git::object::Kind;

/// Bytes of an index before its tables: magic, version, and the number of ids up to each first byte.
const TABLES: u64 = 8 + 4 * 256;
/// No entry of a pack is shorter: a byte of header and an empty zlib stream.
const SHORTEST: u64 = 9;
/// The longest header of an entry: ten bytes of size, and the id of a base.
const HEADER: usize = 10 + 32;

/// A pack. Its index is read where it is asked, or once and whole.
pub(crate) struct Pack {
    /// Name of the file, for people.
    pub(crate) name: String,
    pub(crate) file: File,
    /// Where its entries end.
    pub(crate) end: u64,
    width: usize,
    index: File,
    index_length: u64,
    fan: Vec<u32>,
    whole: OnceLock<Vec<u8>>,
}

/// The head of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) content: Content,
    /// Bytes after inflation.
    pub(crate) size: u64,
    /// Where its stream begins.
    pub(crate) data: u64,
}

/// What an entry holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    Whole(Kind),
    /// A delta to the entry at this offset.
    Delta(u64),
    /// A delta to something that this pack does not hold.
    Orphan,
}

impl Pack {
    /// Opens the pack whose index is at `index`, for ids of `width` bytes. Says what is wrong.
    pub(crate) fn open(index: &Path, width: usize) -> Result<Self, String> {
        let failed = |error: io::Error| error.kind().to_string();
        let path = index.with_extension("pack");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for path in [index, &path] {
            if !path.metadata().map_err(failed)?.is_file() {
                return Err("it is no file".into());
            }
        }
        let (index, file) =
            (File::open(index).map_err(failed)?, File::open(&path).map_err(failed)?);
        let (index_length, length) =
            (index.metadata().map_err(failed)?.len(), file.metadata().map_err(failed)?.len());
        let mut head = vec![0; TABLES as usize];
        read_all_at(&index, &mut head, 0).map_err(|_| "its index is cut off")?;
        if !head.starts_with(b"\xfftOc\0\0\0\x02") {
            return Err("its index is not of version 2".into());
        }
        let fan: Vec<u32> =
            head[8..].as_chunks().0.iter().map(|it| u32::from_be_bytes(*it)).collect();
        let count = u64::from(fan[255]);
        let tables = TABLES + count * (width as u64 + 8) + 2 * width as u64;
        if !fan.is_sorted() || count > length / SHORTEST || index_length < tables {
            return Err("its index does not fit".into());
        }
        let mut magic = [0; 12];
        read_all_at(&file, &mut magic, 0).map_err(|_| "it is cut off")?;
        if !magic.starts_with(b"PACK\0\0\0\x02") && !magic.starts_with(b"PACK\0\0\0\x03") {
            return Err("it is not of version 2 or 3".into());
        }
        let end = length.checked_sub(width as u64).ok_or("it is cut off")?;
        let index_length = index_length.min(tables + count * 8);
        let whole = OnceLock::new();
        Ok(Self { name, file, end, width, index, index_length, fan, whole })
    }

    pub(crate) fn count(&self) -> u32 {
        self.fan[255]
    }

    /// Reads the index whole, for whoever will ask it much.
    pub(crate) fn load(&self) -> io::Result<()> {
        let mut bytes = vec![0; usize::try_from(self.index_length).unwrap_or(usize::MAX)];
        read_all_at(&self.index, &mut bytes, 0)?;
        // Another thread may have been faster.
        let _ = self.whole.set(bytes);
        Ok(())
    }

    fn read<'a>(&'a self, at: u64, length: usize, into: &'a mut [u8; 32]) -> Option<&'a [u8]> {
        if let Some(whole) = self.whole.get() {
            let at = usize::try_from(at).ok()?;
            return whole.get(at..at.checked_add(length)?);
        }
        let into = &mut into[..length];
        read_all_at(&self.index, into, at).ok()?;
        Some(into)
    }

    /// The id at `position` of the sorted ids.
    pub(crate) fn id(&self, position: u32) -> Option<Id> {
        let at = TABLES + u64::from(position) * self.width as u64;
        Id::new(self.read(at, self.width, &mut [0; 32])?)
    }

    /// The offset of the entry at `position` of the sorted ids.
    pub(crate) fn offset(&self, position: u32) -> Option<u64> {
        let count = u64::from(self.count());
        let small = TABLES + count * (self.width as u64 + 4);
        let mut memory = [0; 32];
        let word = self.read(small + 4 * u64::from(position), 4, &mut memory)?;
        let word = u32::from_be_bytes(*word.first_chunk()?);
        if word & 0x8000_0000 == 0 {
            return Some(word.into());
        }
        let large = small + 4 * count + 8 * u64::from(word & 0x7fff_ffff);
        let word = self.read(large, 8, &mut memory)?;
        Some(u64::from_be_bytes(*word.first_chunk()?))
    }

    /// The position of the first id that is not below `prefix`.
    pub(crate) fn lower_bound(&self, prefix: &[u8]) -> Option<u32> {
        let first = usize::from(*prefix.first()?);
        let (mut low, mut high) =
            (first.checked_sub(1).map_or(0, |it| self.fan[it]), self.fan[first]);
        while low < high {
            let middle = low + (high - low) / 2;
            let at = TABLES + u64::from(middle) * self.width as u64;
            if self.read(at, self.width, &mut [0; 32])? < prefix {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Some(low)
    }

    /// The position of `id`.
    pub(crate) fn find(&self, id: &Id) -> Option<u32> {
        let position = self.lower_bound(id.as_bytes())?;
        (position < self.count() && self.id(position)? == *id).then_some(position)
    }

    /// The head of the entry at `offset`.
    pub(crate) fn header(&self, offset: u64) -> Option<Header> {
        let mut bytes = [0; HEADER];
        let read = read_at(&self.file, &mut bytes, offset).ok()?;
        self.parse(offset, &bytes[..read])
    }

    fn parse(&self, offset: u64, bytes: &[u8]) -> Option<Header> {
        let mut used = 1;
        let first = *bytes.first()?;
        let (mut size, mut more) = (u64::from(first & 0x0f), first & 0x80 != 0);
        while more {
            let byte = *bytes.get(used)?;
            let shift = 4 + 7 * (used - 1);
            size |= u64::from(byte & 0x7f).checked_shl(u32::try_from(shift).ok()?)?;
            more = byte & 0x80 != 0;
            used += 1;
        }
        let content = match first >> 4 & 7 {
            1 => Content::Whole(Kind::Commit),
            2 => Content::Whole(Kind::Tree),
            3 => Content::Whole(Kind::Blob),
            4 => Content::Whole(Kind::Tag),
            6 => {
                let mut byte = *bytes.get(used)?;
                let mut back = u64::from(byte & 0x7f);
                used += 1;
                while byte & 0x80 != 0 {
                    byte = *bytes.get(used)?;
                    back = (back + 1).checked_mul(128)? | u64::from(byte & 0x7f);
                    used += 1;
                }
                match offset.checked_sub(back).filter(|base| *base < offset) {
                    Some(base) => Content::Delta(base),
                    None => return None,
                }
            }
            7 => {
                let base = Id::new(bytes.get(used..used + self.width)?)?;
                used += self.width;
                match self.find(&base).and_then(|position| self.offset(position)) {
                    Some(base) => Content::Delta(base),
                    None => Content::Orphan,
                }
            }
            _ => return None,
        };
        Some(Header { content, size, data: offset + used as u64 })
    }

    /// All heads in order of `offsets`, which ascend, for as long as `each` wants more. Reads in steps,
    /// since heads lie close.
    pub(crate) fn headers(
        &self,
        offsets: &[u64],
        mut each: impl FnMut(usize, Option<Header>) -> bool,
    ) {
        let (mut window, mut at, mut filled) = (vec![0; 256 << 10], 0u64, 0usize);
        for (number, &offset) in offsets.iter().enumerate() {
            let end = at + filled as u64;
            if offset < at || offset + HEADER as u64 > end && end < self.end + self.width as u64 {
                // What follows a large object is far away: no need to read much there either.
                let far = filled > 0 && offset > end;
                let room = if far { 4 << 10 } else { window.len() };
                at = offset;
                filled = read_at(&self.file, &mut window[..room], at).unwrap_or(0);
            }
            let from = usize::try_from(offset - at).unwrap_or(usize::MAX);
            let bytes = window[..filled].get(from..).unwrap_or_default();
            if !each(number, self.parse(offset, &bytes[..bytes.len().min(HEADER)])) {
                return;
            }
        }
    }
}
