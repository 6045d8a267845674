//! What one thread does with an object: look at what is new about it, and keep what is found.

use std::ops::Range;
use std::sync::{MutexGuard, PoisonError};

use crate::contents;
use crate::git::content;
use crate::git::delta::Edits;
use crate::git::id::Id;
use crate::git::object::{Commit, Kind, message, tagged};
use crate::git::seams::windows;
use crate::git::store::{Access, open_loose};
use crate::git::sweep::family::Frame;
use crate::git::sweep::live::{Live, PLACES, follow};
use crate::git::sweep::{Left, Shared, Swept};
use crate::scan::Finds;
use crate::snapshot::{Reason, Secret};
use crate::tree::file::Reader;

/// Distinct secrets that are kept, and occurrences of them in objects.
const SECRETS: usize = 200_000;
const HOLDERS: usize = 4_000_000;

pub(super) struct Worker<'a> {
    pub(super) shared: &'a Shared<'a>,
    pub(super) access: Access<'a>,
    reader: Reader,
    pub(super) swept: Swept,
    pub(super) delta: Vec<u8>,
    pub(super) edits: Edits,
    windows: Vec<Range<usize>>,
    pub(super) spare: Vec<Vec<u8>>,
    /// Held while objects are bulky.
    pub(super) bulky: Option<MutexGuard<'a, ()>>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(shared: &'a Shared<'a>) -> Self {
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

    /// Looks at a body, or at what is new about it, and tells where its secrets stand.
    pub(super) fn look(
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
                let (secrets, overflow) = content::look(
                    text,
                    std::iter::once(0..text.len()),
                    Finds::new(self.shared.policy),
                );
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
            content::look(text, found.iter().cloned(), Finds::nameless(self.shared.policy));
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
    pub(super) fn stream(&mut self, id: &Id, body: &mut dyn std::io::Read, place: &str) {
        let stop = || self.shared.stop.now();
        let policy = self.shared.policy;
        let finds = |_: &str| Finds::nameless(policy);
        let Ok(seen) = contents::read(body, &finds, &mut self.reader, policy, &stop) else {
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

    pub(super) fn loose(&mut self, id: &Id) {
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
}
