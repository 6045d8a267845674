//! One pass over every object, whether anything leads to it or not.
//!
//! A pack stores most versions of a file as deltas to another one. Each tree of deltas is walked
//! once, from its root down, and of each version only what its delta changes is looked at; what it
//! copies was looked at in its base, and secrets that stand there are followed into the copy.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::git::content;
use crate::git::delta::{self, Edits};
use crate::git::id::{Id, IdMap, IdSet};
use crate::git::inflate::stream;
use crate::git::layout::{Layout, NONE};
use crate::git::object::{Commit, Kind, message, tagged};
use crate::git::seams::windows;
use crate::stop::Stop;
use crate::git::store::{Access, LARGEST, Store, open_loose};
use crate::snapshot::{Reason, Secret};
use crate::tree::file::Reader;
use crate::{Policy, contents};

/// Families of deltas that a thread takes at once.
const SHARE: usize = 32;
/// Bytes from which on a blob is read in pieces if no delta needs it whole.
const PIECES: u64 = 4 << 20;
/// Bytes from which on objects are held by one thread at a time.
const BULKY: u64 = 6 << 20;
/// Bytes that the threads together hold of bodies that deltas still need.
const HELD: usize = 64 << 20;
/// Distinct secrets, occurrences of them in objects, and places of them in one object.
const SECRETS: usize = 200_000;
const HOLDERS: usize = 4_000_000;
const PLACES: usize = 100_000;

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
        match Layout::of(&store.packs[pack]) {
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

/// A place of a secret in a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Live {
    start: usize,
    end: usize,
    secret: u32,
}

/// A body from which others are made, and how far that has gone.
struct Frame {
    number: u32,
    /// Made again when needed, if memory was short.
    body: Option<Vec<u8>>,
    live: Vec<Live>,
    is_plain: bool,
    next: u32,
}

struct Worker<'a> {
    shared: &'a Shared<'a>,
    access: Access<'a>,
    reader: Reader,
    swept: Swept,
    delta: Vec<u8>,
    edits: Edits,
    windows: Vec<Range<usize>>,
    spare: Vec<Vec<u8>>,
    /// Held while objects are bulky.
    bulky: Option<MutexGuard<'a, ()>>,
}

impl<'a> Worker<'a> {
    fn new(shared: &'a Shared<'a>) -> Self {
        Self {
            shared,
            access: Access::new(shared.store),
            reader: Reader::new(),
            swept: Swept::default(),
            delta: Vec::new(),
            edits: Edits::default(),
            windows: Vec::new(),
            spare: Vec::new(),
            bulky: None,
        }
    }

    /// Walks what is made of `root`, depth first, with one body for each fork on the way.
    fn family(&mut self, pack: usize, layout: &Layout, root: u32, kind: Kind) {
        let source = &self.shared.store.packs[pack];
        let size = layout.size(root);
        let is_lone = layout.first_child(root) == NONE;
        if is_lone && size > PIECES && kind == Kind::Blob {
            if let Some(id) = self.wanted(pack, layout, root) {
                let mut body = stream(&source.file, layout.data(root), layout.end(root, source));
                self.stream(&id, &mut body, &source.name);
            }
            return;
        }
        if size > LARGEST as u64 {
            return self.swept.leave(&source.name, Left::TooLarge, 1 + layout.descendants(root));
        }
        self.hold(size);
        let mut body = self.spare.pop().unwrap_or_default();
        let (data, end) = (layout.data(root), layout.end(root, source));
        if self.access.inflater.exactly(&source.file, data, end, size as usize, &mut body).is_none()
        {
            self.spare.push(body);
            self.swept.leave(&source.name, Left::Damaged, 1 + layout.descendants(root));
            return self.release();
        }
        let id = self.wanted(pack, layout, root);
        let (live, is_plain) = self.look(kind, id.as_ref(), &body, None, &source.name);
        let next = layout.first_child(root);
        let mut stack = vec![Frame { number: root, body: Some(body), live, is_plain, next }];
        while let Some(top) = stack.last_mut() {
            let child = top.next;
            if child == NONE {
                self.spare.extend(stack.pop().and_then(|frame| frame.body));
                continue;
            }
            top.next = layout.sibling(child);
            if self.shared.stop.step() {
                break;
            }
            if top.body.is_none() {
                let again = self.access.read_packed(pack, layout.offset(top.number));
                top.body = again.ok().map(|(_, body)| body.to_vec());
            }
            let Some(frame) = self.derive(pack, layout, child, kind, top) else {
                let lost = 1 + layout.descendants(child);
                let left = match layout.size(child) > LARGEST as u64 || self.is_too_large() {
                    true => Left::TooLarge,
                    false => Left::Damaged,
                };
                self.swept.leave(&source.name, left, lost);
                continue;
            };
            if top.next == NONE {
                // Nothing else is made of the parent.
                self.spare.extend(stack.pop().and_then(|frame| frame.body));
            }
            stack.push(frame);
            self.forget(&mut stack);
        }
        self.release();
    }

    /// Makes `child` of its parent and looks at what is new about it.
    fn derive(
        &mut self,
        pack: usize,
        layout: &Layout,
        child: u32,
        kind: Kind,
        parent: &Frame,
    ) -> Option<Frame> {
        let source = &self.shared.store.packs[pack];
        self.delta.clear();
        let base = parent.body.as_deref()?;
        let size = usize::try_from(layout.size(child)).ok().filter(|size| *size <= LARGEST)?;
        let (data, end) = (layout.data(child), layout.end(child, source));
        self.access.inflater.exactly(&source.file, data, end, size, &mut self.delta)?;
        let (_, result, _) = delta::sizes(&self.delta)?;
        self.hold(result as u64);
        let mut body = self.spare.pop().unwrap_or_default();
        let mut edits = std::mem::take(&mut self.edits);
        let made = delta::apply(base, &self.delta, LARGEST, &mut body, &mut edits);
        let looked = made.map(|()| {
            let id = self.wanted(pack, layout, child);
            self.look(kind, id.as_ref(), &body, Some((parent, &edits)), &source.name)
        });
        self.edits = edits;
        let Some((live, is_plain)) = looked else {
            self.spare.push(body);
            return None;
        };
        let next = layout.first_child(child);
        Some(Frame { number: child, body: Some(body), live, is_plain, next })
    }

    /// Whether the last delta makes more than can be held.
    fn is_too_large(&self) -> bool {
        delta::sizes(&self.delta).is_some_and(|(_, result, _)| result > LARGEST)
    }

    /// The id of an entry, if no pack before this one has it too.
    fn wanted(&self, pack: usize, layout: &Layout, number: u32) -> Option<Id> {
        let packs = &self.shared.store.packs;
        let id = packs[pack].id(layout.positions[number as usize])?;
        let is_known = packs[..pack].iter().any(|earlier| earlier.find(&id).is_some());
        (!is_known).then_some(id)
    }

    /// Looks at a body, or at what is new about it, and tells where its secrets stand.
    fn look(
        &mut self,
        kind: Kind,
        id: Option<&Id>,
        body: &[u8],
        parent: Option<(&Frame, &Edits)>,
        place: &str,
    ) -> (Vec<Live>, bool) {
        let is_plain = kind != Kind::Blob || content::is_plain(body);
        // What was looked at in another pack is still the base of others here.
        if id.is_some() && is_plain {
            self.swept.objects += 1;
            self.swept.bytes += body.len() as u64;
        }
        match kind {
            Kind::Tree => return (Vec::new(), true),
            Kind::Blob => {}
            Kind::Commit | Kind::Tag => {
                let Some(id) = id else { return (Vec::new(), true) };
                self.note(kind, id, body, place);
                let text = message(body);
                let (secrets, overflow) =
                    content::look(text, std::iter::once(0..text.len()), self.shared.policy);
                let live = self.number(&secrets);
                self.swept.leave(place, Left::TooMany, u64::from(overflow));
                self.hold_secrets(id, &live, place);
                return (live, true);
            }
        }
        if !is_plain {
            if let Some(id) = id {
                self.stream(id, &mut &*body, place);
            }
            return (Vec::new(), false);
        }
        let limit = usize::try_from(self.shared.policy.file_bytes).unwrap_or(usize::MAX);
        let text = &body[..body.len().min(limit)];
        if text.len() < body.len() {
            self.swept.leave(place, Left::Other(Reason::TooLarge { read: limit as u64 }), 1);
        }
        let mut found = std::mem::take(&mut self.windows);
        let mut live = Vec::new();
        match parent {
            Some((parent, edits)) if parent.is_plain => {
                windows(body, &edits.fresh, &mut found);
                let base = parent.body.as_ref().map_or(0, Vec::len);
                follow(&parent.live, edits, base, &mut live);
            }
            _ => {
                found.clear();
                found.push(0..text.len());
            }
        }
        found.retain_mut(|window| {
            window.end = window.end.min(text.len());
            window.start < window.end
        });
        let (secrets, mut overflow) =
            content::look(text, found.iter().cloned(), self.shared.policy);
        self.windows = found;
        if !secrets.is_empty() {
            live.extend(self.number(&secrets));
            live.sort_unstable();
            live.dedup();
        }
        if live.len() > PLACES {
            live.truncate(PLACES);
            overflow = true;
        }
        self.swept.leave(place, Left::TooMany, u64::from(overflow));
        if let Some(id) = id {
            self.hold_secrets(id, &live, place);
        }
        (live, true)
    }

    /// Keeps what leads from a commit or tag to others.
    fn note(&mut self, kind: Kind, id: &Id, body: &[u8], place: &str) {
        let noted = match kind {
            Kind::Commit => {
                Commit::parse(body).map(|commit| drop(self.swept.commits.insert(*id, commit)))
            }
            _ => tagged(body).map(|target| {
                self.swept.tags.insert(*id, target);
            }),
        };
        if noted.is_none() {
            self.swept.leave(place, Left::Damaged, 1);
        }
    }

    /// Looks at a body in pieces.
    fn stream(&mut self, id: &Id, body: &mut dyn std::io::Read, place: &str) {
        let stop = || self.shared.stop.now();
        let Ok(seen) = contents::read(body, &mut self.reader, self.shared.policy, &stop) else {
            return self.swept.leave(place, Left::Damaged, 1);
        };
        self.swept.objects += 1;
        self.swept.bytes += seen.bytes;
        for reason in seen.left {
            self.swept.leave(place, Left::Other(reason), 1);
        }
        for (_, secrets) in &seen.secrets {
            let live = self.number(secrets);
            self.hold_secrets(id, &live, place);
        }
    }

    fn loose(&mut self, id: &Id) {
        let Some(path) = self.shared.store.loose(id) else { return };
        let place = "loose objects";
        let Some((kind, _, mut body)) = open_loose(&path) else {
            return self.swept.leave(place, Left::Damaged, 1);
        };
        match kind {
            Kind::Tree => {}
            Kind::Blob => self.stream(id, &mut body, place),
            Kind::Commit | Kind::Tag => match self.access.read(id) {
                Ok((_, body)) => drop(self.look(kind, Some(id), &body, None, place)),
                Err(_) => self.swept.leave(place, Left::Damaged, 1),
            },
        }
    }

    /// Gives each secret its number.
    fn number(&mut self, secrets: &[Secret]) -> Vec<Live> {
        if secrets.is_empty() {
            return Vec::new();
        }
        let mut live = Vec::new();
        let mut known = self.shared.known.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            let key = (secret.format.clone(), secret.digest.clone());
            let next = known.secrets.len();
            let number = match known.numbers.get(&key) {
                Some(number) => *number,
                None if next >= SECRETS => {
                    self.swept.leave("objects", Left::TooMany, 1);
                    continue;
                }
                None => {
                    known.secrets.push(Secret { places: Vec::new(), ..secret.clone() });
                    known.numbers.insert(key, next as u32);
                    next as u32
                }
            };
            live.extend(secret.places.iter().map(|place| {
                let start = usize::try_from(place.offset).unwrap_or(usize::MAX);
                let end = start.saturating_add(usize::try_from(place.length).unwrap_or(0));
                Live { start, end, secret: number }
            }));
        }
        live
    }

    fn hold_secrets(&mut self, id: &Id, live: &[Live], place: &str) {
        let mut numbers: Vec<u32> = live.iter().map(|live| live.secret).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if self.swept.holders.len() + numbers.len() > HOLDERS {
            return self.swept.leave(place, Left::TooMany, 1);
        }
        self.swept.holders.extend(numbers.into_iter().map(|secret| (*id, secret)));
    }

    /// One thread at a time may hold bulky objects.
    fn hold(&mut self, size: u64) {
        if size > BULKY && self.bulky.is_none() {
            self.bulky = Some(self.shared.bulky.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Gives back what a family needed.
    fn release(&mut self) {
        self.spare.truncate(2);
        if self.bulky.take().is_some() {
            self.spare.clear();
            self.delta = Vec::new();
        }
    }

    /// Drops bodies that will be needed last, if too much is held.
    fn forget(&mut self, stack: &mut [Frame]) {
        self.spare.truncate(2);
        let mut held: usize =
            stack.iter().filter_map(|frame| frame.body.as_ref()).map(Vec::capacity).sum();
        let below = stack.len().saturating_sub(1);
        for frame in &mut stack[..below] {
            if held <= self.shared.held {
                break;
            }
            held -= frame.body.take().map_or(0, |body| body.capacity());
        }
    }
}

/// Places of the base's secrets in the body that is made of it, where they and their neighbours
/// were copied whole.
fn follow(live: &[Live], edits: &Edits, base: usize, into: &mut Vec<Live>) {
    if live.is_empty() {
        return;
    }
    for copy in &edits.copies {
        let end = copy.from + copy.length;
        let first = live.partition_point(|live| live.start < copy.from);
        for live in live[first..].iter().take_while(|live| live.start < end) {
            let place = live.start..live.end;
            if let Some(at) = delta::follow(std::slice::from_ref(copy), &place, base) {
                into.push(Live { start: at.start, end: at.end, secret: live.secret });
            }
        }
        if into.len() > PLACES {
            break;
        }
    }
    into.sort_unstable();
}

/// Ids of the objects that hold something.
pub(crate) fn holders(swept: &Swept) -> IdSet {
    swept.holders.iter().map(|(id, _)| *id).collect()
}
