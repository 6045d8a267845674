//! The object database: packs, loose objects, and those of repositories that lend theirs.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::rc::Rc;

use crate::git::delta::{self, Edits};
use crate::git::id::{Id, IdSet};
use crate::git::inflate::Inflater;
use crate::git::object::Kind;
use crate::git::pack::{Content, Pack};
use crate::git::repository::Repository;
use crate::snapshot::{Reason, Skipped};

/// The largest object that is held in memory to make others of it.
pub(crate) const LARGEST: usize = 64 << 20;
/// Deltas on deltas; git makes at most 4095.
const DEPTH: usize = 5000;
/// Bytes of objects that are kept because others are probably made of them.
const KEPT: usize = 16 << 20;

/// All objects of a repository.
pub(crate) struct Store {
    pub(crate) repository: Repository,
    pub(crate) packs: Vec<Pack>,
    /// What could not be opened.
    pub(crate) skipped: Vec<Skipped>,
}

/// Why an object is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Missing,
    Damaged,
    TooLarge,
}

impl Store {
    pub(crate) fn open(repository: Repository) -> Self {
        let (mut packs, mut skipped) = (Vec::new(), Vec::new());
        for objects in &repository.objects {
            let mut indexes: Vec<PathBuf> = match fs::read_dir(objects.join("pack")) {
                Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
                // Without packs there is no such directory, or it is empty.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
                Err(error) => {
                    let message = error.kind().to_string();
                    let path = ".git/objects/pack".into();
                    skipped.push(Skipped { path, reason: Reason::Unreadable { message } });
                    Vec::new()
                }
            };
            let has =
                |path: &PathBuf, ending: &str| path.extension().is_some_and(|it| it == ending);
            indexes.sort();
            let lone = |path: &&PathBuf| {
                has(path, "pack") && indexes.binary_search(&path.with_extension("idx")).is_err()
            };
            for path in indexes.iter().filter(lone) {
                let reason = Reason::Unreadable { message: "it has no index".into() };
                skipped.push(Skipped { path: shown(path), reason });
            }
            for path in indexes.iter().filter(|path| has(path, "idx")) {
                match Pack::open(path, repository.width) {
                    Ok(pack) => packs.push(pack),
                    Err(message) => skipped.push(Skipped {
                        path: shown(&path.with_extension("pack")),
                        reason: Reason::Unreadable { message },
                    }),
                }
            }
        }
        Self { repository, packs, skipped }
    }

    /// The pack and offset of an object.
    pub(crate) fn packed(&self, id: &Id) -> Option<(usize, u64)> {
        self.packs.iter().enumerate().find_map(|(number, pack)| {
            pack.find(id).and_then(|position| Some((number, pack.offset(position)?)))
        })
    }

    /// The file of a loose object.
    pub(crate) fn loose(&self, id: &Id) -> Option<PathBuf> {
        let hex = id.to_string();
        let paths = self.repository.objects.iter().map(|at| at.join(&hex[..2]).join(&hex[2..]));
        paths.into_iter().find(|path| path.metadata().is_ok_and(|it| it.is_file()))
    }

    /// The ids of all loose objects, in order.
    pub(crate) fn all_loose(&self) -> Vec<Id> {
        let mut ids = IdSet::default();
        for objects in &self.repository.objects {
            for first in 0..=255u8 {
                let first = format!("{first:02x}");
                for entry in fs::read_dir(objects.join(&first)).into_iter().flatten().flatten() {
                    let hex = [first.as_bytes(), entry.file_name().as_encoded_bytes()].concat();
                    ids.extend(
                        Id::parse(&hex).filter(|id| id.as_bytes().len() == self.repository.width),
                    );
                }
            }
        }
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort_unstable();
        ids
    }

    /// Ids that begin with these hexadecimal digits, two at most.
    pub(crate) fn with_prefix(&self, hex: &str) -> Vec<Id> {
        let even = format!("{hex}{}", if hex.len() % 2 == 1 { "0" } else { "" });
        let Some(low) =
            Id::parse(format!("{even:0<width$}", width = 2 * self.repository.width).as_bytes())
        else {
            return Vec::new();
        };
        let mut ids = IdSet::default();
        for pack in &self.packs {
            let first = pack.lower_bound(low.as_bytes()).unwrap_or_else(|| pack.count());
            let ids_from = (first..pack.count()).map_while(|position| pack.id(position));
            ids.extend(ids_from.take_while(|id| id.to_string().starts_with(hex)).take(2));
        }
        for objects in &self.repository.objects {
            for entry in fs::read_dir(objects.join(&hex[..2])).into_iter().flatten().flatten() {
                let name = [&hex.as_bytes()[..2], entry.file_name().as_encoded_bytes()].concat();
                ids.extend(Id::parse(&name).filter(|id| id.to_string().starts_with(hex)));
            }
        }
        ids.into_iter().take(2).collect()
    }
}

/// Objects by pack and offset.
type Kept = HashMap<(usize, u64), (Kind, Rc<[u8]>)>;

/// Reads objects one by one; every thread has its own.
pub(crate) struct Access<'a> {
    pub(crate) store: &'a Store,
    pub(crate) inflater: Inflater,
    young: Kept,
    old: Kept,
    kept: usize,
}

impl<'a> Access<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        let (young, old) = (HashMap::new(), HashMap::new());
        Self { store, inflater: Inflater::new(), young, old, kept: 0 }
    }

    /// An object by its id.
    pub(crate) fn read(&mut self, id: &Id) -> Result<(Kind, Rc<[u8]>), Fault> {
        if let Some((pack, offset)) = self.store.packed(id) {
            let read = self.read_packed(pack, offset);
            // Another copy may be whole.
            if read != Err(Fault::Damaged) {
                return read;
            }
            return self.read_loose(id).map_err(|_| Fault::Damaged);
        }
        self.read_loose(id)
    }

    /// The body of an object of a known kind.
    pub(crate) fn body(&mut self, id: &Id, kind: Kind) -> Result<Rc<[u8]>, Fault> {
        let (there, body) = self.read(id)?;
        if there == kind { Ok(body) } else { Err(Fault::Damaged) }
    }

    /// The object at an offset of a pack.
    pub(crate) fn read_packed(
        &mut self,
        pack: usize,
        offset: u64,
    ) -> Result<(Kind, Rc<[u8]>), Fault> {
        let source = &self.store.packs[pack];
        let (mut chain, mut at) = (Vec::new(), offset);
        let (kind, mut body) = loop {
            if let Some(known) = self.recall((pack, at)) {
                break known;
            }
            let header = source.header(at).ok_or(Fault::Damaged)?;
            let size = usize::try_from(header.size).unwrap_or(usize::MAX);
            if size > LARGEST {
                return Err(Fault::TooLarge);
            }
            match header.content {
                Content::Orphan => return Err(Fault::Damaged),
                Content::Delta(base) if chain.len() < DEPTH => {
                    chain.push((at, header.data, size));
                    at = base;
                }
                Content::Delta(_) => return Err(Fault::Damaged),
                Content::Whole(kind) => {
                    let mut body = Vec::new();
                    self.inflater
                        .exactly(&source.file, header.data, source.end, size, &mut body)
                        .ok_or(Fault::Damaged)?;
                    let body: Rc<[u8]> = body.into();
                    self.keep((pack, at), kind, &body);
                    break (kind, body);
                }
            }
        };
        let (mut delta, mut edits) = (Vec::new(), Edits::default());
        for (at, data, size) in chain.into_iter().rev() {
            self.inflater
                .exactly(&source.file, data, source.end, size, &mut delta)
                .ok_or(Fault::Damaged)?;
            let (_, result, _) = delta::sizes(&delta).ok_or(Fault::Damaged)?;
            if result > LARGEST {
                return Err(Fault::TooLarge);
            }
            let mut next = Vec::new();
            delta::apply(&body, &delta, LARGEST, &mut next, &mut edits).ok_or(Fault::Damaged)?;
            body = next.into();
            self.keep((pack, at), kind, &body);
        }
        Ok((kind, body))
    }

    fn read_loose(&self, id: &Id) -> Result<(Kind, Rc<[u8]>), Fault> {
        let path = self.store.loose(id).ok_or(Fault::Missing)?;
        let (kind, size, mut rest) = open_loose(&path).ok_or(Fault::Damaged)?;
        if size > LARGEST as u64 {
            return Err(Fault::TooLarge);
        }
        let mut body = Vec::new();
        rest.by_ref().take(size + 1).read_to_end(&mut body).map_err(|_| Fault::Damaged)?;
        if body.len() as u64 == size { Ok((kind, body.into())) } else { Err(Fault::Damaged) }
    }

    fn recall(&mut self, key: (usize, u64)) -> Option<(Kind, Rc<[u8]>)> {
        if let Some((kind, body)) = self.young.get(&key) {
            return Some((*kind, Rc::clone(body)));
        }
        let (kind, body) = self.old.remove(&key)?;
        self.keep(key, kind, &body);
        Some((kind, body))
    }

    fn keep(&mut self, key: (usize, u64), kind: Kind, body: &Rc<[u8]>) {
        if body.len() > KEPT / 8 {
            return;
        }
        if self.kept > KEPT / 2 {
            self.old = std::mem::take(&mut self.young);
            self.kept = 0;
        }
        self.kept += body.len() + 64;
        self.young.insert(key, (kind, Rc::clone(body)));
    }
}

/// The kind and size of a loose object, and a reader of its body.
pub(crate) fn open_loose(path: &std::path::Path) -> Option<(Kind, u64, impl Read + use<>)> {
    let mut stream = flate2::read::ZlibDecoder::new(File::open(path).ok()?);
    let mut head = Vec::new();
    let mut byte = [0];
    while head.len() < 32 {
        stream.read_exact(&mut byte).ok()?;
        if byte == [0] {
            let mut words = head.split(|byte| *byte == b' ');
            let kind = Kind::of(words.next()?)?;
            let size = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
            return Some((kind, size, stream));
        }
        head.push(byte[0]);
    }
    None
}

/// The path of a file of the object database, as people know it.
pub(crate) fn shown(path: &std::path::Path) -> String {
    format!(".git/objects/pack/{}", path.file_name().unwrap_or_default().to_string_lossy())
}
