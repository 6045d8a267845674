//! References in git's newer format ("reftable" in git's technical documentation): sorted tables, of
//! which later ones override earlier ones. Logs in them are not read.

use std::collections::BTreeMap;
use std::path::Path;

use crate::git::id::Id;
use crate::git::repository::read_small;

/// Bytes of one table that are read, and tables.
const TABLE: u64 = 256 << 20;
const TABLES: usize = 1000;

/// What a reference holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Object(Id),
    /// The name of another reference.
    Link(String),
}

/// References by name; `None` marks one that was deleted.
type Table = BTreeMap<Vec<u8>, Option<Target>>;

/// All references of the tables in `folder`; `None` if they cannot be read.
pub(super) fn read(folder: &Path, width: usize) -> Option<BTreeMap<String, Target>> {
    let list = read_small(&folder.join("tables.list"), 1 << 20).ok()??;
    let list = String::from_utf8(list).ok()?;
    let mut all = Table::new();
    for name in list.lines().take(TABLES).filter(|name| !name.is_empty()) {
        if name.contains(['/', '\\']) {
            return None;
        }
        all.extend(parse(&read_small(&folder.join(name), TABLE).ok()??, width)?);
    }
    let text = |name: Vec<u8>| String::from_utf8_lossy(&name).into_owned();
    Some(all.into_iter().filter_map(|(name, target)| Some((text(name), target?))).collect())
}

/// The references of one table.
fn parse(bytes: &[u8], width: usize) -> Option<Table> {
    let header = match bytes.get(..5)? {
        b"REFT\x01" => 24,
        b"REFT\x02" => 28,
        _ => return None,
    };
    let block_size = uint24(bytes.get(5..8)?)?;
    // The footer repeats the header, and has five positions and a checksum.
    let end = bytes.len().checked_sub(header + 5 * 8 + 4)?;
    let mut table = Table::new();
    // The first block counts from the beginning of the file, the header included.
    let (mut start, mut at) = (0usize, header);
    while at < end && bytes[at] == b'r' {
        let length = uint24(bytes.get(at + 1..at + 4)?)?;
        let block = bytes.get(start..start.checked_add(length)?.min(end))?;
        records(block, at + 4 - start, width, &mut table)?;
        // Blocks are aligned, unless there is no block size.
        start += match block_size {
            0 => length.max(1),
            size => size.max(length),
        };
        at = start;
    }
    Some(table)
}

/// The records of a block from `at`, up to its restart offsets.
fn records(block: &[u8], mut at: usize, width: usize, table: &mut Table) -> Option<()> {
    let count = block.last_chunk::<2>().map(|it| usize::from(u16::from_be_bytes(*it)))?;
    let end = block.len().checked_sub(2 + 3 * count)?;
    let mut name: Vec<u8> = Vec::new();
    while at < end {
        let shared = varint(block, &mut at)?;
        let word = varint(block, &mut at)?;
        name.truncate(shared);
        name.extend(take(block, &mut at, word >> 3)?);
        // The update index.
        varint(block, &mut at)?;
        let target = match word & 7 {
            0 => None,
            kind @ (1 | 2) => {
                let id = Id::new(take(block, &mut at, width)?)?;
                // What a tag leads to in the end.
                take(block, &mut at, if kind == 2 { width } else { 0 })?;
                Some(Target::Object(id))
            }
            3 => {
                let length = varint(block, &mut at)?;
                let link = take(block, &mut at, length)?;
                Some(Target::Link(String::from_utf8_lossy(link).into_owned()))
            }
            _ => return None,
        };
        table.insert(name.clone(), target);
    }
    Some(())
}

fn take<'a>(bytes: &'a [u8], at: &mut usize, length: usize) -> Option<&'a [u8]> {
    let taken = bytes.get(*at..at.checked_add(length)?)?;
    *at += length;
    Some(taken)
}

/// As offsets of deltas in packs.
fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut byte = take(bytes, at, 1)?[0];
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = take(bytes, at, 1)?[0];
        value = value.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some(value)
}

fn uint24(bytes: &[u8]) -> Option<usize> {
    let [a, b, c] = bytes else { return None };
    Some(usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A table of one block as the documentation has it.
    fn table(block_size: u8) -> Vec<u8> {
        let mut block = Vec::new();
        block.extend([0, 4 << 3 | 3, b'H', b'E', b'A', b'D', 0, 15]);
        block.extend(b"refs/heads/main");
        block.extend([0, 15 << 3 | 1]);
        block.extend(b"refs/heads/main");
        block.push(0);
        block.extend([7; 20]);
        // Shares `refs/` and is deleted.
        block.extend([5, 4 << 3, b't', b'a', b'g', b's', 0]);
        block.extend([0, 0, 28, 0, 1]);
        let length = 24 + 4 + block.len();
        let mut bytes = vec![b'R', b'E', b'F', b'T', 1, 0, 0, block_size];
        bytes.resize(24, 0);
        bytes.extend([b'r', 0, 0, length as u8]);
        bytes.extend(&block);
        bytes.resize(length.max(block_size.into()), 0);
        bytes.extend([0; 68]);
        bytes
    }

    #[test]
    fn records_are_read() {
        for block_size in [0, 200] {
            let table = parse(&table(block_size), 20).unwrap();
            let of = |name: &str| table[name.as_bytes()].clone();
            assert_eq!(of("HEAD"), Some(Target::Link("refs/heads/main".into())));
            assert_eq!(of("refs/heads/main"), Id::new(&[7; 20]).map(Target::Object));
            assert_eq!(of("refs/tags"), None);
        }
    }

    proptest! {
        #[test]
        fn no_table_panics_or_goes_on_for_ever(change: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
            let mut bytes = table(0);
            let at = change.index(bytes.len());
            bytes[at] = byte;
            let _ = parse(&bytes, 20);
            let _ = parse(&bytes[..cut.index(bytes.len())], 20);
        }
    }
}
