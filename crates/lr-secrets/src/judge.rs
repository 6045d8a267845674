//! Opinions on what was seen: which rule a secret breaks, how badly, how surely.

pub(crate) mod env;
pub(crate) mod secret;

use lr_core::{ErrorKind, Location, Recorder, Rule, Timestamp};

use crate::rules::{CONTENT, NO_MATCH_OF_OWN_RULES};
use crate::snapshot::{Reason, Snapshot};

/// Files that could not be looked at and get outcomes of their own.
const DOUBTS: usize = 1000;

/// Judges what was seen as of `now`.
pub fn judge(snapshot: &Snapshot, now: Timestamp, out: &mut Recorder<'_>) {
    let is_inlined = env::public::judge(snapshot, out);
    secret::judge(snapshot, now, is_inlined, out);
    let mut doubts = snapshot.skipped.iter().filter(|skipped| skipped.reason.leaves_doubt());
    for skipped in doubts.by_ref().take(DOUBTS) {
        for rule in content(snapshot) {
            let file = Location::file(&*skipped.path, None, None);
            out.inconclusive(rule, file, cause(&skipped.reason), skipped.reason.to_string());
        }
    }
    let more = doubts.count();
    if more > 0 {
        for rule in content(snapshot) {
            let reason = format!("{more} more files could not be looked at");
            out.inconclusive(rule, root(snapshot), ErrorKind::Unreachable, reason);
        }
    }
    env::ignored::judge(snapshot, out);
    env::apart::judge(snapshot, out);
    env::documented::judge(snapshot, out);
}

/// The rules that every file is read for.
fn content(snapshot: &Snapshot) -> impl Iterator<Item = &'static Rule> {
    let own = (!snapshot.own_rules.is_empty()).then_some(&NO_MATCH_OF_OWN_RULES);
    CONTENT.iter().copied().chain(own)
}

/// The tree as a whole.
pub(crate) fn root(snapshot: &Snapshot) -> Location {
    Location::file(&*snapshot.root, None, None)
}

/// The reason why nothing can be said of the rest of the tree, if the scan ended early.
pub(crate) fn stopped(snapshot: &Snapshot) -> Option<(ErrorKind, String)> {
    let kind = snapshot.stopped?;
    Some((kind, format!("the scan ended after {} files: {kind}", snapshot.files)))
}

fn cause(reason: &Reason) -> ErrorKind {
    match reason {
        Reason::TooLarge { .. } | Reason::TooMany { .. } => ErrorKind::NotDecided,
        _ => ErrorKind::Unreachable,
    }
}
