//! What a change brings: the staged one, or the commits since a revision.

use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::path::Path;

use crate::Policy;
use crate::contents::{self, Places};
use crate::git::content;
use crate::git::id::{Id, IdMap, IdSet};
use crate::git::object::{Commit, EntryKind, Kind, entries, message};
use crate::git::refs;
use crate::git::repository::read_small;
use crate::git::staging::{self, Staging};
use crate::git::store::{Access, Fault};
use crate::git::trace::by_descent;
use crate::git::whole::{commit_origin, places};
use crate::scan::Finds;
use crate::snapshot::{Error, Found, Origin, Reach, Reason, Secret, Skipped, Snapshot};
use crate::stop::Stop;
use crate::tree::file::Reader;
use crate::tree::path;

/// Bytes of an index that are read.
const INDEX: u64 = 256 << 20;
/// Commits beyond the range that are looked at, since clocks of committers differ.
const SLOP: usize = 64;

/// A file with its new contents and those that it had.
struct Change {
    path: Vec<u8>,
    new: Id,
    old: Vec<Id>,
}

/// What the next commit would bring, by the repository's index or another.
pub(crate) fn staged(
    access: &mut Access<'_>,
    index: Option<&Path>,
    policy: &Policy,
    stop: &Stop<'_>,
) -> Snapshot {
    let mut work = Work::new(policy, stop);
    let repository = &access.store.repository;
    let own = repository.own.join("index");
    let staging = match read_small(index.unwrap_or(&own), INDEX) {
        // Before the first `git add` there is no index.
        Ok(None) if index.is_none() => Ok(Staging::default()),
        Ok(None) => Err("it is not there".into()),
        Ok(Some(bytes)) => {
            staging::parse(&bytes, repository.width).map_err(|message| message.to_owned())
        }
        Err(error) => Err(error.kind().to_string()),
    };
    let staging = match staging {
        Ok(staging) => staging,
        Err(message) => {
            work.skip(".git/index", Reason::Unreadable { message });
            Staging::default()
        }
    };
    let head = refs::head(repository);
    let tree = head.and_then(|id| work.commit(access, &id)).map(|commit| commit.tree);
    let mut committed = Committed::default();
    let cached: HashMap<_, _> = staging.trees.iter().map(|(path, id)| (&path[..], *id)).collect();
    if let Some(tree) = tree {
        work.read_committed(access, tree, &cached, &mut committed);
    }
    committed.same.sort_unstable();
    let there: HashSet<&[u8]> = staging.entries.iter().map(|entry| &entry.path[..]).collect();
    let gone = committed.files.iter().filter(|(path, _)| !there.contains(&path[..]));
    let moved: IdSet = gone.map(|(_, id)| *id).collect();
    for entry in &staging.entries {
        let old = committed.files.get(&entry.path);
        let is_new = entry.is_blob && old != Some(&entry.id) && !moved.contains(&entry.id);
        if is_new && !committed.is_same(&entry.path) && !stop.step() {
            let old = old.into_iter().copied().collect();
            let change = Change { path: entry.path.clone(), new: entry.id, old };
            work.look(access, &change, &Origin::Index);
        }
    }
    work.seen
}

/// What the commits bring that `HEAD` has and `revision` has not.
pub(crate) fn since(
    access: &mut Access<'_>,
    revision: &str,
    policy: &Policy,
    stop: &Stop<'_>,
) -> Result<Snapshot, Error> {
    let unknown = |revision: &str| Error::Revision { revision: revision.into() };
    let base = refs::resolve(revision, access).ok_or_else(|| unknown(revision))?;
    let head = refs::resolve("HEAD", access).ok_or_else(|| unknown("HEAD"))?;
    let mut work = Work::new(policy, stop);
    let commits = work.range(access, head, base);
    let now = work.commit(access, &head).map(|commit| commit.tree);
    for id in by_descent(&commits) {
        if stop.step() {
            break;
        }
        let commit = &commits[&id];
        let mut old = Vec::new();
        for parent in &commit.parents {
            // Beyond the end of a shallow clone there is nothing to compare with.
            let is_absent =
                access.store.packed(parent).is_none() && access.store.loose(parent).is_none();
            if !(is_absent && access.store.repository.is_shallow) {
                old.extend(work.commit(access, parent).map(|commit| commit.tree));
            }
        }
        let origin = commit_origin(&id, commit.at, Reach::Reference, false);
        work.message(access, &id, &origin);
        let (mut changes, mut gone) = (Vec::new(), IdSet::default());
        work.compare(access, commit.tree, old, &mut changes, &mut gone);
        for change in changes.into_iter().filter(|change| !gone.contains(&change.new)) {
            if stop.step() {
                break;
            }
            work.look(access, &change, &origin);
        }
    }
    if let Some(tree) = now {
        work.tell_present(access, tree);
    }
    Ok(work.seen)
}

/// The files of a commit, without directories of which the index knows that they are the same.
#[derive(Default)]
struct Committed {
    files: HashMap<Vec<u8>, Id>,
    same: Vec<Vec<u8>>,
}

impl Committed {
    fn is_same(&self, path: &[u8]) -> bool {
        let after = self.same.partition_point(|folder| folder[..] <= *path);
        after > 0 && path.starts_with(&self.same[after - 1])
    }
}

struct Work<'a> {
    policy: &'a Policy,
    stop: &'a Stop<'a>,
    reader: Reader,
    known: IdMap<(String, Places)>,
    told: HashSet<(String, String, String)>,
    seen: Snapshot,
}

impl<'a> Work<'a> {
    fn new(policy: &'a Policy, stop: &'a Stop<'a>) -> Self {
        let (known, told, seen) = (IdMap::default(), HashSet::new(), Snapshot::default());
        Self { policy, stop, reader: Reader::new(), known, told, seen }
    }

    fn skip(&mut self, path: &str, reason: Reason) {
        self.seen.skipped.push(Skipped { path: path.into(), reason });
    }

    fn fault(&mut self, path: &str, fault: Fault) {
        let reason = match fault {
            Fault::Missing => Reason::Missing { objects: 1 },
            Fault::Damaged => Reason::Damaged { objects: 1 },
            Fault::TooLarge => Reason::TooLarge { read: 0 },
        };
        self.skip(path, reason);
    }

    fn commit(&mut self, access: &mut Access<'_>, id: &Id) -> Option<Commit> {
        let read = access.body(id, Kind::Commit);
        let commit = read.and_then(|body| Commit::parse(&body).ok_or(Fault::Damaged));
        commit.map_err(|fault| self.fault(&format!(".git: commit {id}"), fault)).ok()
    }

    /// The commits that `head` has and `base` has not.
    fn range(&mut self, access: &mut Access<'_>, head: Id, base: Id) -> IdMap<Commit> {
        // By time, and whether they belong to the base.
        let mut queue = BinaryHeap::new();
        let (mut wanted, mut known): (IdMap<Commit>, IdMap<(Commit, bool)>) = Default::default();
        let mut stack = vec![(head, false), (base, true)];
        let mut slop = SLOP;
        loop {
            while let Some((id, is_base)) = stack.pop() {
                match known.get_mut(&id) {
                    Some((_, known_base)) if *known_base || !is_base => {}
                    Some((commit, known_base)) => {
                        *known_base = true;
                        // Late news: its ancestors that were met belong to the base too.
                        stack.extend(
                            commit
                                .parents
                                .iter()
                                .filter(|it| wanted.contains_key(it))
                                .map(|it| (*it, true)),
                        );
                        wanted.remove(&id);
                        queue.push((commit.at, id));
                    }
                    None if self.stop.step() => return wanted,
                    None => {
                        let shallow = access.store.repository.is_shallow;
                        let is_there = !shallow
                            || access.store.packed(&id).is_some()
                            || access.store.loose(&id).is_some();
                        if let Some(commit) = is_there.then(|| self.commit(access, &id)).flatten() {
                            queue.push((commit.at, id));
                            if !is_base {
                                wanted.insert(id, commit.clone());
                            }
                            known.insert(id, (commit, is_base));
                        }
                    }
                }
            }
            let Some((_, id)) = queue.pop() else { return wanted };
            let (commit, is_base) = &known[&id];
            stack.extend(commit.parents.iter().map(|parent| (*parent, *is_base)));
            if queue.iter().all(|(_, id)| known[id].1) && *is_base {
                slop -= 1;
                if slop == 0 {
                    return wanted;
                }
            }
        }
    }

    /// Files of `tree`, without those of directories that are the same in `cached`.
    fn read_committed(
        &mut self,
        access: &mut Access<'_>,
        tree: Id,
        cached: &HashMap<&[u8], Id>,
        into: &mut Committed,
    ) {
        let mut stack = vec![(tree, Vec::new())];
        while let Some((id, path)) = stack.pop() {
            if cached.get(&path[..]) == Some(&id) {
                into.same.push(path);
                continue;
            }
            let body = match access.body(&id, Kind::Tree) {
                Ok(body) => body,
                Err(fault) => {
                    self.fault(&path::show_bytes(&path), fault);
                    continue;
                }
            };
            for entry in entries(&body, access.store.repository.width) {
                let mut path = [&path, entry.name].concat();
                match entry.kind {
                    EntryKind::Tree => {
                        path.push(b'/');
                        stack.push((entry.id, path));
                    }
                    EntryKind::Blob => drop(into.files.insert(path, entry.id)),
                    EntryKind::Submodule => {}
                }
            }
        }
    }

    /// What `new` has that none of `old` has, and blobs that are in `old` and not there any more.
    fn compare(
        &mut self,
        access: &mut Access<'_>,
        new: Id,
        old: Vec<Id>,
        changes: &mut Vec<Change>,
        gone: &mut IdSet,
    ) {
        if old.contains(&new) {
            return;
        }
        let width = access.store.repository.width;
        let mut stack = vec![(Some(new), old, Vec::new())];
        while let Some((new, old, path)) = stack.pop() {
            if self.stop.step() {
                return;
            }
            let mut read = |id: &Id, work: &mut Self| {
                access
                    .body(id, Kind::Tree)
                    .map_err(|fault| work.fault(&path::show_bytes(&path), fault))
                    .ok()
            };
            let new = new.and_then(|id| read(&id, self));
            let old: Vec<_> = old.iter().filter_map(|id| read(id, self)).collect();
            let old: Vec<HashMap<&[u8], (EntryKind, Id)>> = old
                .iter()
                .map(|body| entries(body, width).map(|it| (it.name, (it.kind, it.id))).collect())
                .collect();
            let mut there = HashSet::new();
            for entry in new.iter().flat_map(|body| entries(body, width)) {
                there.insert(entry.name);
                let before: Vec<_> = old.iter().filter_map(|it| it.get(entry.name)).collect();
                if before.iter().any(|(_, id)| *id == entry.id) {
                    continue;
                }
                let of =
                    |kind| before.iter().filter(move |it| it.0 == kind).map(|it| it.1).collect();
                let full = [&path[..], entry.name].concat();
                match entry.kind {
                    EntryKind::Tree => {
                        stack.push((
                            Some(entry.id),
                            of(EntryKind::Tree),
                            [&full[..], b"/"].concat(),
                        ));
                    }
                    EntryKind::Blob => {
                        changes.push(Change {
                            path: full,
                            new: entry.id,
                            old: of(EntryKind::Blob),
                        });
                    }
                    EntryKind::Submodule => self.skip(&path::show_bytes(&full), Reason::Submodule),
                }
            }
            for (name, (kind, id)) in old.iter().flatten().filter(|it| !there.contains(it.0)) {
                match kind {
                    EntryKind::Blob => drop(gone.insert(*id)),
                    EntryKind::Tree => {
                        stack.push((None, vec![*id], [&path[..], name, b"/"].concat()))
                    }
                    EntryKind::Submodule => {}
                }
            }
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Looks at a changed file and lists what was not in it before.
    fn look(&mut self, access: &mut Access<'_>, change: &Change, origin: &Origin) {
        let path = path::show_bytes(&change.path);
        if let Err(fault @ (Fault::Missing | Fault::Damaged)) = access.read(&change.new) {
            return self.fault(&path, fault);
        }
        self.seen.files += 1;
        let found = self.secrets(access, &change.new, &path);
        if found.is_empty() {
            return;
        }
        let mut before = HashSet::new();
        for id in &change.old {
            let secrets =
                self.secrets(access, id, &path).into_iter().flat_map(|(_, secrets)| secrets);
            before.extend(secrets.map(|secret| (secret.format, secret.digest)));
        }
        for (inner, mut secrets) in found {
            let path = contents::join(&path, &inner);
            secrets.retain(|it| {
                !before.contains(&(it.format.clone(), it.digest.clone()))
                    && self.told.insert((path.clone(), it.format.clone(), it.digest.clone()))
            });
            if !secrets.is_empty() {
                self.seen.found.push(Found { path, origin: origin.clone(), secrets });
            }
        }
    }

    fn message(&mut self, access: &mut Access<'_>, id: &Id, origin: &Origin) {
        let Ok(body) = access.body(id, Kind::Commit) else { return };
        let text = message(&body);
        let (secrets, _) =
            content::look(text, std::iter::once(0..text.len()), Finds::new(self.policy));
        if !secrets.is_empty() {
            let path = "commit message".into();
            self.seen.found.push(Found { path, origin: origin.clone(), secrets });
        }
    }

    /// The secrets of a blob of this path; of those that have some it is kept, since the next commit
    /// may change it.
    fn secrets(&mut self, access: &mut Access<'_>, id: &Id, path: &str) -> Places {
        if let Some((_, known)) = self.known.get(id).filter(|(there, _)| there == path) {
            return known.clone();
        }
        let finds = |inner: &str| Finds::inside(path, inner, self.policy);
        let found = places(access, id, &finds, self.policy, &mut self.reader, self.stop);
        if !found.is_empty() && self.known.len() < 10_000 {
            self.known.insert(*id, (path.to_owned(), found.clone()));
        }
        found
    }

    /// Marks what the current commit still holds at the same path.
    fn tell_present(&mut self, access: &mut Access<'_>, tree: Id) {
        let mut committed = Committed::default();
        if self.seen.found.is_empty() {
            return;
        }
        self.read_committed(access, tree, &HashMap::new(), &mut committed);
        let files: BTreeMap<String, Id> =
            committed.files.iter().map(|(path, id)| (path::show_bytes(path), *id)).collect();
        let mut found = Vec::new();
        for mut file in std::mem::take(&mut self.seen.found) {
            let outer = file.path.split("!/").next().unwrap_or(&file.path);
            let now: HashSet<_> = match files.get(outer) {
                Some(id) => self
                    .secrets(access, id, outer)
                    .into_iter()
                    .flat_map(|(_, secrets)| secrets)
                    .map(|it| (it.format, it.digest))
                    .collect(),
                None => HashSet::new(),
            };
            let is_there = |it: &Secret| now.contains(&(it.format.clone(), it.digest.clone()));
            let there: Vec<Secret> = file.secrets.extract_if(.., |it| is_there(it)).collect();
            let mut origin = file.origin.clone();
            if let Origin::Commit { present, .. } = &mut origin {
                *present = true;
            }
            found.push(Found { path: file.path.clone(), origin, secrets: there });
            found.push(file);
        }
        found.retain(|file| !file.secrets.is_empty());
        self.seen.found = found;
    }
}
