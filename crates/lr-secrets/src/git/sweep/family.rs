//! The walk over a family: an object, and all that are made of it by deltas.

use std::sync::PoisonError;

use crate::git::delta;
use crate::git::id::Id;
use crate::git::inflate::stream;
use crate::git::layout::{Layout, NONE};
use crate::git::object::Kind;
use crate::git::store::LARGEST;
use crate::git::sweep::Left;
use crate::git::sweep::live::Live;
use crate::git::sweep::worker::Worker;

/// Bytes from which on a blob is read in pieces if no delta needs it whole.
const PIECES: u64 = 4 << 20;
/// Bytes from which on objects are held by one thread at a time.
const BULKY: u64 = 6 << 20;

/// A body from which others are made, and how far that has gone.
pub(super) struct Frame {
    number: u32,
    /// Made again when needed, if memory was short.
    pub(super) body: Option<Vec<u8>>,
    pub(super) live: Vec<Live>,
    pub(super) is_plain: bool,
    next: u32,
}

impl Worker<'_> {
    /// Walks what is made of `root`, depth first, with one body for each fork on the way.
    pub(super) fn family(&mut self, pack: usize, layout: &Layout, root: u32, kind: Kind) {
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
