//! From blobs to the commits and paths that brought them.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::rc::Rc;

use crate::git::id::{Id, IdMap, IdSet};
use crate::git::object::{Commit, EntryKind, Kind, entries};
use crate::git::refs;
use crate::git::store::{Access, Fault};
use crate::git::sweep::Swept;
use crate::snapshot::Reach;
use crate::stop::Stop;

/// Submodules that are listed.
const SUBMODULES: usize = 1000;
/// Directories inside one another.
const DEPTH: usize = 512;

/// The commits in order, and what they brought.
#[derive(Default)]
pub(crate) struct Trace {
    /// Those that something leads to first; among them, parents before children.
    pub(crate) order: Vec<(Id, Reach)>,
    /// The first commit that holds a blob, by its place in the order, and the blob's path there.
    pub(crate) first: IdMap<(u32, Vec<u8>)>,
    /// Blobs of interest that are part of the current commit.
    pub(crate) present: IdSet,
    pub(crate) submodules: BTreeSet<Vec<u8>>,
    /// Objects that trees and commits name and that are not there.
    pub(crate) missing: u64,
    pub(crate) damaged: u64,
}

/// Traces every blob of `wanted`.
pub(crate) fn trace(
    access: &mut Access<'_>,
    swept: &Swept,
    wanted: &IdSet,
    stop: &Stop<'_>,
) -> Trace {
    let order = order(access, swept);
    let mut walk = Walk {
        wanted,
        stop,
        seen: IdSet::default(),
        near: Near::default(),
        trace: Trace::default(),
    };
    for (number, (id, reach)) in order.iter().enumerate() {
        let commit = &swept.commits[id];
        if *reach != Reach::Nothing && !access.store.repository.is_shallow {
            let gone = commit.parents.iter().filter(|it| !swept.commits.contains_key(it));
            walk.trace.missing += gone.count() as u64;
        }
        if stop.step() {
            break;
        }
        walk.tree(access, &commit.tree, number as u32, *reach != Reach::Nothing);
    }
    let mut trace = walk.trace;
    trace.order = order;
    if let Some(commit) = refs::head(&access.store.repository).and_then(|id| swept.commits.get(&id))
    {
        let mut seen = IdSet::default();
        present(access, &commit.tree, wanted, &mut seen, &mut trace.present, stop);
    }
    trace
}

/// All commits, with what leads to them.
fn order(access: &Access<'_>, swept: &Swept) -> Vec<(Id, Reach)> {
    let repository = &access.store.repository;
    let mut tips: Vec<(Reach, Id)> = refs::all(repository)
        .into_iter()
        .map(|(name, id)| match &*name {
            "refs/stash" => (Reach::Stash, id),
            name if name.starts_with("refs/notes/") => (Reach::Note, id),
            _ => (Reach::Reference, id),
        })
        .collect();
    tips.extend(refs::head(repository).map(|id| (Reach::Reference, id)));
    tips.extend(refs::stashed(repository).into_iter().map(|id| (Reach::Stash, id)));
    tips.sort_unstable();
    let mut reach = IdMap::default();
    for (how, tip) in tips {
        let mut stack = vec![tip];
        while let Some(id) = stack.pop() {
            if let Some(target) = swept.tags.get(&id) {
                if reach.insert(id, how).is_none() {
                    stack.push(*target);
                }
            } else if let Some(commit) = swept.commits.get(&id)
                && !reach.contains_key(&id)
            {
                reach.insert(id, how);
                stack.extend(&commit.parents);
            }
        }
    }
    // Where the references cannot be read, what leads to a commit is not known.
    let rest = if refs::are_known(repository) { Reach::Nothing } else { Reach::Reference };
    let mut order: Vec<(Id, Reach)> = by_descent(&swept.commits)
        .into_iter()
        .map(|id| (id, reach.get(&id).copied().unwrap_or(rest)))
        .collect();
    order.sort_by_key(|(_, reach)| *reach);
    order
}

/// Parents before children, older before younger.
pub(crate) fn by_descent(commits: &IdMap<Commit>) -> Vec<Id> {
    let mut children: IdMap<Vec<Id>> = IdMap::default();
    let mut waiting: IdMap<usize> = IdMap::default();
    let mut ready = BinaryHeap::new();
    for (id, commit) in commits {
        let parents: BTreeSet<_> =
            commit.parents.iter().filter(|it| commits.contains_key(it)).collect();
        if parents.is_empty() {
            ready.push(Reverse((commit.at, *id)));
        }
        waiting.insert(*id, parents.len());
        for parent in parents {
            children.entry(*parent).or_default().push(*id);
        }
    }
    let mut order = Vec::with_capacity(commits.len());
    while let Some(Reverse((_, id))) = ready.pop() {
        order.push(id);
        for child in children.get(&id).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(child) {
                *count -= 1;
                if *count == 0 {
                    ready.push(Reverse((commits[child].at, *child)));
                }
            }
        }
    }
    order
}

struct Walk<'a> {
    wanted: &'a IdSet,
    stop: &'a Stop<'a>,
    seen: IdSet,
    near: Near,
    trace: Trace,
}

impl Walk<'_> {
    /// Enters each tree once, at the first commit and path that has it.
    fn tree(&mut self, access: &mut Access<'_>, root: &Id, commit: u32, is_needed: bool) {
        if !self.seen.insert(*root) {
            return;
        }
        let mut stack: Vec<(Id, Rc<[u8]>)> = vec![(*root, Rc::default())];
        while let Some((id, path)) = stack.pop() {
            if self.stop.step() {
                return;
            }
            let body = match access.body(&id, Kind::Tree) {
                Ok(body) => body,
                Err(fault) => {
                    self.trace.missing += u64::from(fault == Fault::Missing && is_needed);
                    self.trace.damaged += u64::from(fault != Fault::Missing);
                    continue;
                }
            };
            let depth = memchr::memchr_iter(b'/', &path).count();
            let mut list = entries(&body, access.store.repository.width);
            let mut below = Vec::new();
            for entry in &mut list {
                let path_of = || [&path, entry.name].concat();
                match entry.kind {
                    EntryKind::Tree if depth < DEPTH => {
                        if self.seen.insert(entry.id) {
                            below.push((entry.id, [&path_of()[..], b"/"].concat().into()));
                        }
                    }
                    EntryKind::Tree => self.trace.damaged += 1,
                    EntryKind::Submodule if self.trace.submodules.len() < SUBMODULES => {
                        self.trace.submodules.insert(path_of());
                    }
                    EntryKind::Submodule => {}
                    EntryKind::Blob => {
                        if self.near.has(&entry.id) {
                            continue;
                        }
                        if self.wanted.contains(&entry.id) {
                            let first = || (commit, path_of());
                            self.trace.first.entry(entry.id).or_insert_with(first);
                        } else if is_needed {
                            let store = access.store;
                            let is_there = store.packed(&entry.id).is_some()
                                || store.loose(&entry.id).is_some();
                            self.trace.missing += u64::from(!is_there);
                        }
                    }
                }
            }
            self.trace.damaged += u64::from(list.is_damaged);
            // In order of names.
            stack.extend(below.into_iter().rev());
        }
    }
}

/// Which blobs of interest lie under a tree.
fn present(
    access: &mut Access<'_>,
    tree: &Id,
    wanted: &IdSet,
    seen: &mut IdSet,
    found: &mut IdSet,
    stop: &Stop<'_>,
) {
    let mut stack = vec![*tree];
    while let Some(id) = stack.pop() {
        if stop.step() || !seen.insert(id) {
            continue;
        }
        let Ok(body) = access.body(&id, Kind::Tree) else { continue };
        for entry in entries(&body, access.store.repository.width) {
            match entry.kind {
                EntryKind::Tree => stack.push(entry.id),
                EntryKind::Blob => found.extend(wanted.get(&entry.id)),
                EntryKind::Submodule => {}
            }
        }
    }
}

/// Blobs that were just met: versions of a tree share most entries.
struct Near(Vec<Option<Id>>);

impl Default for Near {
    fn default() -> Self {
        Self(vec![None; 1 << 14])
    }
}

impl Near {
    /// Whether it was met; it is from now on.
    fn has(&mut self, id: &Id) -> bool {
        let bytes = id.as_bytes();
        let slot = usize::from(bytes[0]) << 6 | usize::from(bytes[1]) >> 2;
        self.0[slot].replace(*id) == Some(*id)
    }
}
