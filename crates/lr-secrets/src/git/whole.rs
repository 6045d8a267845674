//! Everything that a repository holds, and where it came from.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use lr_core::Timestamp;

use crate::Policy;
use crate::contents::{self, Places};
use crate::git::id::{Id, IdMap};
use crate::git::inflate::stream;
use crate::git::object::{Kind, message};
use crate::git::pack::Content;
use crate::git::repository::read_small;
use crate::git::staging;
use crate::git::store::{Access, open_loose};
use crate::git::sweep::{Left, Swept, holders, sweep};
use crate::git::trace::{Trace, trace};
use crate::scan::Finds;
use crate::snapshot::{Found, Origin, Reach, Reason, Secret, Skipped, Snapshot};
use crate::stop::Stop;
use crate::tree::file::Reader;
use crate::tree::path;

/// Bytes of an index that are read.
const INDEX: u64 = 256 << 20;

/// Where a secret came from: better places first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// By its place in the order of commits.
    Commit(u32),
    Index,
    Object,
}

pub(crate) fn scan(access: &mut Access<'_>, policy: &Policy, stop: &Stop<'_>) -> Snapshot {
    let threads = policy.threads.or_else(|| std::thread::available_parallelism().ok());
    let swept = sweep(access.store, policy, stop, threads.map_or(1, Into::into));
    let wanted = holders(&swept);
    let trace = trace(access, &swept, &wanted, stop);
    let mut seen = Snapshot { files: swept.objects, bytes: swept.bytes, ..Snapshot::default() };
    let holders = swept.holders.iter().filter(|(id, _)| trace.present.contains(id));
    let present: HashSet<u32> = holders.map(|(_, secret)| *secret).collect();
    let mut reader = Reader::new();
    for ((source, path, id), secrets) in brought(access, &swept, &trace) {
        let named = |inner: &str| Finds::inside(&path, inner, policy);
        let found = places(access, &id, &named, policy, &mut reader, stop);
        let origin = origin(&source, &id, &swept, &trace);
        let mut groups = Groups::new(&path, &secrets, &swept);
        groups.join(found);
        if !groups.rest.is_empty() {
            // What the name of the file rules out is none.
            let nameless = |_: &str| Finds::nameless(policy);
            groups.leave(&places(access, &id, &nameless, policy, &mut reader, stop));
        }
        seen.found.extend(groups.finish(&present, &origin));
    }
    said(&swept, &trace, access, &mut seen.skipped);
    seen
}

type Brought = BTreeMap<(Source, String, Id), Vec<u32>>;

/// For each secret and path the first source that brought it there.
fn brought(access: &Access<'_>, swept: &Swept, trace: &Trace) -> Brought {
    let numbers: IdMap<u32> =
        trace.order.iter().enumerate().map(|(number, (id, _))| (*id, number as u32)).collect();
    let staged = staged(access);
    let mut first: HashMap<(u32, String), (Source, Id)> = HashMap::new();
    for (id, secret) in &swept.holders {
        let (source, path) = if let Some((commit, path)) = trace.first.get(id) {
            (Source::Commit(*commit), path::show_bytes(path))
        } else if let Some(number) = numbers.get(id) {
            (Source::Commit(*number), "commit message".into())
        } else if swept.tags.contains_key(id) {
            (Source::Object, "tag message".into())
        } else if let Some(path) = staged.get(id) {
            (Source::Index, path::show_bytes(path))
        } else {
            (Source::Object, "unreachable blob".into())
        };
        let now = (source, *id);
        let entry = first.entry((*secret, path)).or_insert_with(|| now.clone());
        if now < *entry {
            *entry = now;
        }
    }
    let has_path: HashSet<u32> = first
        .iter()
        .filter(|(_, (source, _))| *source != Source::Object)
        .map(|((secret, _), _)| *secret)
        .collect();
    let mut groups = Brought::new();
    for ((secret, path), (source, id)) in first {
        // An earlier state of a file that was never committed tells nothing new.
        if path == "unreachable blob" && has_path.contains(&secret) {
            continue;
        }
        groups.entry((source, path, id)).or_default().push(secret);
    }
    groups
}

/// Paths of the blobs that an index holds.
fn staged(access: &Access<'_>) -> IdMap<Vec<u8>> {
    let repository = &access.store.repository;
    let mut paths = IdMap::default();
    for folder in repository.work_trees() {
        let bytes = read_small(&folder.join("index"), INDEX).ok().flatten();
        let index = bytes.and_then(|bytes| staging::parse(&bytes, repository.width).ok());
        for entry in index.map(|index| index.entries).unwrap_or_default() {
            paths.entry(entry.id).or_insert(entry.path);
        }
    }
    paths
}

fn origin(source: &Source, id: &Id, swept: &Swept, trace: &Trace) -> Origin {
    match source {
        Source::Index => Origin::Index,
        Source::Object => Origin::Object { id: id.to_string() },
        Source::Commit(number) => {
            let (commit, reach) = trace.order[*number as usize];
            let at = swept.commits.get(&commit).map_or(0, |commit| commit.at);
            commit_origin(&commit, at, reach, false)
        }
    }
}

pub(crate) fn commit_origin(id: &Id, at: i64, reach: Reach, present: bool) -> Origin {
    Origin::Commit { id: id.to_string(), at: Timestamp::from_unix(at), reach, present }
}

/// The secrets of an object with their places, read once more and as a whole.
pub(crate) fn places<'a>(
    access: &mut Access<'_>,
    id: &Id,
    finds: &dyn Fn(&str) -> Finds<'a>,
    policy: &'a Policy,
    reader: &mut Reader,
    stop: &Stop<'_>,
) -> Places {
    let read = |body: &mut dyn Read, reader: &mut Reader| {
        contents::read(body, finds, reader, policy, &|| stop.now()).map(|seen| seen.secrets)
    };
    let found = match access.read(id) {
        Ok((Kind::Commit | Kind::Tag, body)) => read(&mut message(&body), reader),
        Ok((_, body)) => read(&mut &*body, reader),
        // Too large to be held.
        Err(_) => match access.store.packed(id) {
            Some((pack, offset)) => {
                let pack = &access.store.packs[pack];
                match pack.header(offset) {
                    Some(header) if matches!(header.content, Content::Whole(_)) => {
                        read(&mut stream(&pack.file, header.data, pack.end), reader)
                    }
                    _ => Ok(Vec::new()),
                }
            }
            None => match access.store.loose(id).and_then(|path| open_loose(&path)) {
                Some((_, _, mut body)) => read(&mut body, reader),
                None => Ok(Vec::new()),
            },
        },
    };
    found.unwrap_or_default()
}

/// Secrets of one object, which is called `path`, by where inside of it they are.
struct Groups<'a> {
    path: &'a str,
    swept: &'a Swept,
    /// Those that were not found again yet, by format and digest.
    rest: HashMap<(String, String), u32>,
    found: BTreeMap<String, Vec<(u32, Secret)>>,
}

impl<'a> Groups<'a> {
    fn new(path: &'a str, secrets: &[u32], swept: &'a Swept) -> Self {
        let rest = secrets
            .iter()
            .filter_map(|number| Some((key(swept.secrets.get(*number as usize)?), *number)))
            .collect();
        Self { path, swept, rest, found: BTreeMap::new() }
    }

    /// Those that were `found` again, with their places.
    fn join(&mut self, found: Places) {
        for (inner, list) in found {
            let path = contents::join(self.path, &inner);
            for secret in list {
                if let Some(number) = self.rest.remove(&key(&secret)) {
                    self.found.entry(path.clone()).or_default().push((number, secret));
                }
            }
        }
    }

    /// Forgets those of the rest that were `found`.
    fn leave(&mut self, found: &Places) {
        for secret in found.iter().flat_map(|(_, secrets)| secrets) {
            self.rest.remove(&key(secret));
        }
    }

    /// All, and those of the rest as they were swept.
    fn finish(mut self, present: &HashSet<u32>, origin: &Origin) -> Vec<Found> {
        let mut rest: Vec<u32> = self.rest.into_values().collect();
        rest.sort_unstable();
        let swept =
            rest.into_iter().map(|number| (number, self.swept.secrets[number as usize].clone()));
        let own = self.found.entry(self.path.to_owned()).or_default();
        own.extend(swept);
        let mut all = Vec::new();
        for (path, secrets) in self.found {
            let (still, gone): (Vec<_>, Vec<_>) =
                secrets.into_iter().partition(|(number, _)| present.contains(number));
            for (is_present, secrets) in [(false, gone), (true, still)] {
                if secrets.is_empty() {
                    continue;
                }
                let mut origin = origin.clone();
                if let Origin::Commit { present, .. } = &mut origin {
                    *present = is_present;
                }
                let secrets = secrets.into_iter().map(|(_, secret)| secret).collect();
                all.push(Found { path: path.clone(), origin, secrets });
            }
        }
        all
    }
}

fn key(secret: &Secret) -> (String, String) {
    (secret.format.clone(), secret.digest.clone())
}

/// What was not looked at, in words.
fn said(swept: &Swept, trace: &Trace, access: &Access<'_>, skipped: &mut Vec<Skipped>) {
    for ((place, left), &objects) in &swept.left {
        let reason = match left {
            Left::Damaged => Reason::Damaged { objects },
            Left::TooLarge => Reason::TooLarge { read: 0 },
            Left::TooMany => Reason::TooMany { kept: swept.secrets.len() as u64 },
            Left::Other(reason) => reason.clone(),
        };
        let is_pack = access.store.packs.iter().any(|pack| pack.name == *place);
        let folder = if is_pack { ".git/objects/pack/" } else { ".git: " };
        skipped.push(Skipped { path: format!("{folder}{place}"), reason });
    }
    let objects = |path: &str, reason| Skipped { path: path.into(), reason };
    if trace.missing > 0 {
        skipped.push(objects(".git/objects", Reason::Missing { objects: trace.missing }));
    }
    if trace.damaged > 0 {
        skipped.push(objects(".git/objects", Reason::Damaged { objects: trace.damaged }));
    }
    for path in &trace.submodules {
        skipped.push(Skipped { path: path::show_bytes(path), reason: Reason::Submodule });
    }
}
