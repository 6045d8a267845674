//! One pass over every object, whether anything leads to it or not.
//!
//! A pack stores most versions of a file as deltas to another one. Each tree of deltas is walked
//! once, from its root down, and of each version only what its delta changes is looked at; what it
//! copies was looked at in its base, and secrets that stand there are followed into the copy.

mod family;
mod live;
mod worker;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::Policy;
use crate::git::id::{Id, IdMap, IdSet};
use crate::git::layout::Layout;
use crate::git::object::{Commit, Kind};
use crate::git::store::Store;
use crate::snapshot::{Reason, Secret};
use crate::stop::Stop;
use worker::Worker;

/// Families of deltas that a thread takes at once.
const SHARE: usize = 32;
/// Bytes that the threads together hold of bodies that deltas still need.
const HELD: usize = 64 << 20;
/// What the objects hold.
#[derive(Default)]
pub(crate) struct Swept {
    /// Each distinct secret once, as one of its holders has it.
    pub(crate) secrets: Vec<Secret>,
    /// Which object holds which secret.
    pub(crate) holders: Vec<(Id, u32)>,
    pub(crate) commits: IdMap<Commit>,
    /// What annotated tags point to.
    pub(crate) tags: IdMap<Id>,
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    /// Objects of which not all was looked at, by pack or kind of place.
    pub(crate) left: BTreeMap<(String, Left), u64>,
}

/// Why not all of an object was looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Left {
    Damaged,
    TooLarge,
    TooMany,
    Other(Reason),
}

/// Looks at every object of `store` on `threads` threads.
pub(crate) fn sweep(store: &Store, policy: &Policy, stop: &Stop<'_>, threads: usize) -> Swept {
    let mut swept = Swept::default();
    let shared = Shared {
        store,
        policy,
        stop,
        known: Mutex::default(),
        bulky: Mutex::default(),
        held: (HELD / threads).max(8 << 20),
    };
    let loose: Vec<Id> =
        store.all_loose().into_iter().filter(|id| store.packed(id).is_none()).collect();
    let packed: u64 = store.packs.iter().map(|pack| u64::from(pack.count())).sum();
    stop.expect(packed + loose.len() as u64);
    for pack in 0..store.packs.len() {
        match Layout::of(&store.packs[pack], stop) {
            Ok(layout) => {
                let families: Vec<_> =
                    layout.roots.iter().filter(|(_, kind)| *kind != Kind::Tree).collect();
                let work = |worker: &mut Worker<'_>, at: usize| {
                    worker.family(pack, &layout, families[at].0, families[at].1);
                };
                swept.join(on_threads(&shared, threads, families.len(), &work));
                swept.leave(&store.packs[pack].name, Left::Damaged, layout.damaged);
            }
            Err(error) => {
                let message = error.kind().to_string();
                let left = Left::Other(Reason::Unreadable { message });
                swept.leave(&store.packs[pack].name, left, 1);
            }
        }
    }
    let work = |worker: &mut Worker<'_>, at: usize| worker.loose(&loose[at]);
    swept.join(on_threads(&shared, threads, loose.len(), &work));
    swept.secrets = shared.known.into_inner().unwrap_or_else(PoisonError::into_inner).secrets;
    swept.holders.sort_unstable();
    swept.holders.dedup();
    swept
}

/// Runs `work` for 0 to `count` in shares.
fn on_threads<'a>(
    shared: &'a Shared<'a>,
    threads: usize,
    count: usize,
    work: &(dyn Fn(&mut Worker<'a>, usize) + Sync),
) -> Vec<Swept> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut worker = Worker::new(shared);
        loop {
            let from = next.fetch_add(SHARE, Ordering::Relaxed);
            if from >= count {
                return worker.swept;
            }
            for at in from..count.min(from + SHARE) {
                if shared.stop.step() {
                    return worker.swept;
                }
                work(&mut worker, at);
            }
        }
    };
    if threads == 1 || count <= SHARE {
        return vec![run()];
    }
    std::thread::scope(|scope| {
        let started: Vec<_> = (1..threads)
            .map_while(|_| std::thread::Builder::new().spawn_scoped(scope, run).ok())
            .collect();
        let mut all = vec![run()];
        for thread in started {
            match thread.join() {
                Ok(swept) => all.push(swept),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

impl Swept {
    fn join(&mut self, parts: Vec<Self>) {
        for part in parts {
            self.holders.extend(part.holders);
            self.commits.extend(part.commits);
            self.tags.extend(part.tags);
            self.objects += part.objects;
            self.bytes += part.bytes;
            for ((place, left), count) in part.left {
                self.leave(&place, left, count);
            }
        }
    }

    pub(crate) fn leave(&mut self, place: &str, left: Left, count: u64) {
        if count > 0 {
            *self.left.entry((place.into(), left)).or_default() += count;
        }
    }
}

/// What all threads share.
struct Shared<'a> {
    store: &'a Store,
    policy: &'a Policy,
    stop: &'a Stop<'a>,
    known: Mutex<Known>,
    bulky: Mutex<()>,
    held: usize,
}

#[derive(Default)]
struct Known {
    numbers: HashMap<(String, String), u32>,
    secrets: Vec<Secret>,
}

/// Ids of the objects that hold something.
pub(crate) fn holders(swept: &Swept) -> IdSet {
    swept.holders.iter().map(|(id, _)| *id).collect()
}
