use std::io;

use crate::git::object::Kind;
use crate::git::pack::{Content, Pack};
use crate::stop::Stop;

/// Heads between two looks at whether the scan is over.
const PATIENCE: usize = 1024;
/// No entry.
pub(crate) const NONE: u32 = u32::MAX;

/// Which entry of a pack is made of which. Entries are numbered in order of their offsets.
pub(crate) struct Layout {
    starts: Vec<u64>,
    /// By number, the position among the sorted ids.
    pub(crate) positions: Vec<u32>,
    heads: Vec<u8>,
    sizes: Vec<u64>,
    first_child: Vec<u32>,
    sibling: Vec<u32>,
    /// Entries that are made of no other, and what they are.
    pub(crate) roots: Vec<(u32, Kind)>,
    /// Entries whose head makes no sense or whose base is not in the pack.
    pub(crate) damaged: u64,
}

impl Layout {
    /// Reads the head of every entry, unless the scan is over.
    pub(crate) fn of(pack: &Pack, stop: &Stop<'_>) -> io::Result<Self> {
        pack.load()?;
        let mut by_offset: Vec<(u64, u32)> = (0..pack.count())
            .map(|position| (pack.offset(position).unwrap_or(u64::MAX), position))
            .collect();
        by_offset.sort_unstable();
        let inside = by_offset.partition_point(|(offset, _)| *offset < pack.end);
        let mut damaged = (by_offset.len() - inside) as u64;
        by_offset.truncate(inside);
        let starts: Vec<u64> = by_offset.iter().map(|(offset, _)| *offset).collect();
        let count = starts.len();
        let mut layout = Self {
            positions: by_offset.into_iter().map(|(_, position)| position).collect(),
            heads: vec![0; count],
            sizes: vec![0; count],
            first_child: vec![NONE; count],
            sibling: vec![NONE; count],
            roots: Vec::new(),
            starts: Vec::new(),
            damaged: 0,
        };
        pack.headers(&starts, |number, header| {
            let base = |offset| starts.binary_search(&offset).ok().filter(|base| *base != number);
            let goes_on = !number.is_multiple_of(PATIENCE) || !stop.now();
            let Some(header) = header else {
                damaged += 1;
                return goes_on;
            };
            layout.heads[number] = u8::try_from(header.data - starts[number]).unwrap_or(u8::MAX);
            layout.sizes[number] = header.size;
            match header.content {
                Content::Whole(kind) => layout.roots.push((number as u32, kind)),
                Content::Delta(offset) => match base(offset) {
                    Some(base) => {
                        layout.sibling[number] = layout.first_child[base];
                        layout.first_child[base] = number as u32;
                    }
                    None => damaged += 1,
                },
                Content::Orphan => damaged += 1,
            }
            goes_on
        });
        Ok(Self { starts, damaged, ..layout })
    }

    pub(crate) fn first_child(&self, number: u32) -> u32 {
        self.first_child[number as usize]
    }

    pub(crate) fn sibling(&self, number: u32) -> u32 {
        self.sibling[number as usize]
    }

    pub(crate) fn offset(&self, number: u32) -> u64 {
        self.starts[number as usize]
    }

    /// Where the stream of an entry begins.
    pub(crate) fn data(&self, number: u32) -> u64 {
        self.offset(number) + u64::from(self.heads[number as usize])
    }

    /// Where the next entry begins.
    pub(crate) fn end(&self, number: u32, pack: &Pack) -> u64 {
        self.starts.get(number as usize + 1).copied().unwrap_or(pack.end)
    }

    /// Bytes after inflation: of a delta, those of the delta.
    pub(crate) fn size(&self, number: u32) -> u64 {
        self.sizes[number as usize]
    }

    /// How many entries are made of `number`, directly or not.
    pub(crate) fn descendants(&self, number: u32) -> u64 {
        let (mut count, mut stack) = (0, vec![self.first_child(number)]);
        while let Some(at) = stack.pop() {
            if at != NONE {
                count += 1;
                stack.extend([self.sibling(at), self.first_child(at)]);
            }
        }
        count
    }
}
