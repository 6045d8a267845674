//! The index (gitformat-index(5)): what the next commit will hold.

use crate::git::id::Id;

/// An entry of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Staged {
    pub(crate) path: Vec<u8>,
    pub(crate) id: Id,
    pub(crate) is_blob: bool,
}

/// What the index says.
#[derive(Default)]
pub(crate) struct Staging {
    pub(crate) entries: Vec<Staged>,
    /// Directories, with `/` at the end, whose tree the index knows because nothing in them is
    /// staged.
    pub(crate) trees: Vec<(Vec<u8>, Id)>,
}

/// Reads an index of version 2, 3 or 4. Says what is wrong.
pub(crate) fn parse(bytes: &[u8], width: usize) -> Result<Staging, &'static str> {
    let head = bytes.first_chunk::<12>().ok_or("it is cut off")?;
    let version = head[7];
    if !head.starts_with(b"DIRC\0\0\0") || !(2..=4).contains(&version) {
        return Err("it is not of version 2, 3 or 4");
    }
    let count = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    let mut staging = Staging::default();
    let mut rest = &bytes[12..];
    let mut last: Vec<u8> = Vec::new();
    for _ in 0..count {
        let (entry, used) = entry(rest, version, width, &last).ok_or("it is cut off")?;
        last.clone_from(&entry.path);
        staging.entries.push(entry);
        rest = &rest[used..];
    }
    // Extensions: four letters, a length, data. The checksum of the whole ends them.
    while rest.len() >= 8 + width {
        let length = u32::from_be_bytes([rest[4], rest[5], rest[6], rest[7]]) as usize;
        let (name, data) = (&rest[..4], &rest[8..]);
        let Some((data, after)) = data.split_at_checked(length) else { break };
        match name {
            b"TREE" => staging.trees = trees(data, width),
            b"link" => return Err("it is split"),
            b"sdir" => return Err("it is sparse"),
            _ => {}
        }
        rest = after;
    }
    Ok(staging)
}

fn entry(bytes: &[u8], version: u8, width: usize, last: &[u8]) -> Option<(Staged, usize)> {
    let mode = u32::from_be_bytes(*bytes.get(24..28)?.first_chunk()?);
    let id = Id::new(bytes.get(40..40 + width)?)?;
    let flags = u16::from_be_bytes(*bytes.get(40 + width..42 + width)?.first_chunk()?);
    let mut at = 42 + width + if flags & 0x4000 != 0 { 2 } else { 0 };
    let mut path = Vec::new();
    if version == 4 {
        let (mut cut, mut more) = (0usize, true);
        let mut first = true;
        while more {
            let byte = *bytes.get(at)?;
            at += 1;
            cut = if first { 0 } else { cut.checked_add(1)?.checked_mul(128)? }
                | usize::from(byte & 0x7f);
            more = byte & 0x80 != 0;
            first = false;
        }
        path.extend(&last[..last.len().checked_sub(cut)?]);
    }
    let name = bytes.get(at..)?;
    let end = memchr::memchr(0, name)?;
    path.extend(&name[..end]);
    at += end;
    // Entries are padded with one to eight zeros to a multiple of eight, except in version 4.
    at = if version == 4 { at + 1 } else { (at + 8) & !7 };
    let is_blob = matches!(mode >> 12, 0o10 | 0o12);
    (at <= bytes.len()).then_some((Staged { path, id, is_blob }, at))
}

/// The valid part of the cached trees: a name, the number of entries or -1, that of subtrees, an id.
fn trees(mut data: &[u8], width: usize) -> Vec<(Vec<u8>, Id)> {
    let mut found = Vec::new();
    // Prefix, and how many subtrees are still to come.
    let mut open: Vec<(Vec<u8>, usize)> = Vec::new();
    while let Some(name_end) = memchr::memchr(0, data) {
        let (name, rest) = (&data[..name_end], &data[name_end + 1..]);
        let Some(line_end) = memchr::memchr(b'\n', rest) else { break };
        let mut numbers = rest[..line_end].split(|byte| *byte == b' ');
        let mut number = || std::str::from_utf8(numbers.next()?).ok()?.parse::<i64>().ok();
        let (Some(count), Some(below)) = (number(), number()) else { break };
        data = &rest[line_end + 1..];
        let mut path = open.last().map_or_else(Vec::new, |(path, _)| path.clone());
        path.extend(name);
        if !path.is_empty() {
            path.push(b'/');
        }
        if count >= 0 {
            let Some((id, rest)) = data.split_at_checked(width) else { break };
            found.extend(Id::new(id).map(|id| (path.clone(), id)));
            data = rest;
        }
        if let Some(last) = open.last_mut() {
            last.1 = last.1.saturating_sub(1);
        }
        open.push((path, usize::try_from(below).unwrap_or(0)));
        while open.last().is_some_and(|(_, below)| *below == 0) {
            open.pop();
        }
        if open.is_empty() || open.len() > 512 {
            break;
        }
    }
    found
}
