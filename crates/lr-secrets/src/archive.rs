//! What is inside archives, container images and compressed files, inside one another too.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;
use std::rc::Rc;

use zip::ZipArchive;

use crate::Policy;
use crate::contents::{self, Contents};
use crate::scan::Finds;
use crate::snapshot::Reason;
use crate::tree::file::Reader;
use crate::tree::path;

/// Bytes by whose look a packing is told: the header of a tar.
const HEAD: usize = 512;
/// Archives inside one another that are opened.
const DEPTH: usize = 6;
/// Members of one archive, with those of archives inside it, that are looked at.
const MEMBERS: u64 = 200_000;
/// A zip is read from its end: one inside another archive has to be held in memory, up to here.
const HELD: u64 = 32 << 20;
/// The most that a zstd frame may ask for to look back.
const WINDOW: u64 = 32 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    Zip,
    Gzip,
    Zstd,
    Tar,
}

impl Packing {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ if is_tar(head) => Some(Self::Tar),
            _ => None,
        }
    }
}

/// Whether a tar (POSIX.1-1988 or later) begins so.
pub(crate) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// Looks at all of a stream: as it is, or inside if it is an archive.
pub(crate) fn read<'a>(
    stream: &mut dyn Read,
    finds: &dyn Fn(&str) -> Finds<'a>,
    reader: &mut Reader,
    policy: &'a Policy,
    stop: &dyn Fn() -> bool,
) -> io::Result<Contents> {
    let mut work = Work::new(finds, reader, policy, stop);
    work.look(String::new(), stream, DEPTH)?;
    Ok(work.finish())
}

/// The same for a file, of which a zip may be larger than memory.
pub(crate) fn read_file(
    path: &Path,
    reader: &mut Reader,
    policy: &Policy,
    stop: &dyn Fn() -> bool,
) -> io::Result<Contents> {
    let outer = path.to_string_lossy();
    let finds = |inner: &str| Finds::inside(&outer, inner, policy);
    let mut work = Work::new(&finds, reader, policy, stop);
    let mut file = File::open(path)?;
    let head = head(&mut file)?;
    file.rewind()?;
    if Packing::of(&head) == Some(Packing::Zip) && file.metadata()?.len() <= policy.file_bytes {
        work.zip("", BufReader::new(file), DEPTH - 1);
    } else {
        work.look(String::new(), &mut file, DEPTH)?;
    }
    Ok(work.finish())
}

struct Work<'a, 'p> {
    finds: &'a dyn Fn(&str) -> Finds<'p>,
    reader: &'a mut Reader,
    policy: &'a Policy,
    stop: &'a dyn Fn() -> bool,
    /// Bytes that may still be unpacked, by all layers together.
    budget: Rc<Cell<u64>>,
    members: u64,
    unpacked: Contents,
}

impl<'a, 'p> Work<'a, 'p> {
    fn new(
        finds: &'a dyn Fn(&str) -> Finds<'p>,
        reader: &'a mut Reader,
        policy: &'a Policy,
        stop: &'a dyn Fn() -> bool,
    ) -> Self {
        let budget = Rc::new(Cell::new(policy.file_bytes));
        Self { finds, reader, policy, stop, budget, members: 0, unpacked: Contents::default() }
    }

    fn finish(mut self) -> Contents {
        if self.budget.get() == 0 || self.members > MEMBERS {
            self.left(Reason::TooLarge { read: self.policy.file_bytes - self.budget.get() });
        }
        self.unpacked.left.sort_unstable();
        self.unpacked.left.dedup();
        self.unpacked
    }

    fn left(&mut self, reason: Reason) {
        self.unpacked.left.push(reason);
    }

    fn damaged(&mut self) {
        // What was cut off here is not damaged.
        if self.budget.get() == 0 {
            return;
        }
        self.left(Reason::Unreadable { message: "a part of the archive is damaged".into() });
    }

    fn look(&mut self, path: String, stream: &mut dyn Read, depth: usize) -> io::Result<()> {
        let head = head(stream)?;
        let mut whole = head.as_slice().chain(stream);
        let packing = Packing::of(&head);
        if packing.is_some() && depth == 0 {
            self.left(Reason::Archive);
        }
        match packing.filter(|_| depth > 0) {
            None => self.scan(path, &mut whole)?,
            Some(Packing::Gzip) => {
                let inner = flate2::read::MultiGzDecoder::new(whole);
                self.layer(path, inner, depth - 1);
            }
            Some(Packing::Zstd) => {
                match ruzstd::decoding::StreamingDecoder::new_with_max_window_size(whole, WINDOW) {
                    Ok(inner) => self.layer(path, inner, depth - 1),
                    Err(_) => self.damaged(),
                }
            }
            Some(Packing::Tar) => self.tar(&path, &mut whole, depth - 1),
            Some(Packing::Zip) => {
                let mut bytes = Vec::new();
                whole.by_ref().take(HELD + 1).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > HELD {
                    self.left(Reason::Archive);
                    self.scan(path, &mut bytes.as_slice().chain(whole))?;
                } else {
                    self.zip(&path, Cursor::new(bytes), depth - 1);
                }
            }
        }
        Ok(())
    }

    fn scan(&mut self, path: String, stream: &mut dyn Read) -> io::Result<()> {
        let finds = (self.finds)(&path);
        let member = self.reader.scan(stream, finds, self.policy, self.stop)?;
        self.unpacked.bytes += member.bytes;
        self.unpacked.left.extend(member.left);
        if !member.secrets.is_empty() {
            self.unpacked.secrets.push((path, member.secrets));
        }
        Ok(())
    }

    /// What is only compressed has no path of its own.
    fn layer(&mut self, path: String, inner: impl Read, depth: usize) {
        let mut inner = Metered { inner, left: Rc::clone(&self.budget) };
        if self.look(path, &mut inner, depth).is_err() {
            self.damaged();
        }
    }

    fn tar(&mut self, path: &str, stream: &mut dyn Read, depth: usize) {
        let mut archive = tar::Archive::new(stream);
        let Ok(entries) = archive.entries() else { return self.damaged() };
        for entry in entries {
            let Ok(entry) = entry else { return self.damaged() };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = path::show_bytes(&entry.path_bytes());
            if !self.enter(path, &name, entry, depth) {
                return;
            }
        }
    }

    fn zip<R: Read + Seek>(&mut self, path: &str, source: R, depth: usize) {
        let Ok(mut archive) = ZipArchive::new(source) else { return self.damaged() };
        for number in 0..archive.len() {
            let is_over = match archive.by_index(number) {
                Ok(entry) if !entry.is_file() => false,
                Ok(entry) => {
                    let name = path::show_bytes(entry.name_raw());
                    !self.enter(path, &name, entry, depth)
                }
                // Encrypted, or packed in a way that is not known.
                Err(_) => {
                    self.left(Reason::Archive);
                    false
                }
            };
            if is_over {
                return;
            }
        }
    }

    /// Looks at a member; tells whether to go on.
    fn enter(&mut self, path: &str, name: &str, member: impl Read, depth: usize) -> bool {
        self.members += 1;
        if self.members > MEMBERS || self.budget.get() == 0 || (self.stop)() {
            return false;
        }
        let path = if path.is_empty() { name.to_owned() } else { contents::join(path, name) };
        self.layer(path, member, depth);
        true
    }
}

/// Ends when as much was read as may be.
struct Metered<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(into.len());
        let read = self.inner.read(&mut into[..room])?;
        // Layers around this one were paid while it read.
        self.left.set(self.left.get().saturating_sub(read as u64));
        Ok(read)
    }
}

fn head(stream: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    stream.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}
