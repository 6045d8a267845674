//! Where secrets stand in a body, and in those that are made of it.

use crate::git::delta::{self, Edits};

/// Places of secrets in one object that are kept.
pub(super) const PLACES: usize = 100_000;

/// A place of a secret in a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Live {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) secret: u32,
}

/// Places of the base's secrets in the body that is made of it, where they and their neighbours
/// were copied whole.
pub(super) fn follow(live: &[Live], edits: &Edits, base: usize, into: &mut Vec<Live>) {
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
