//! Opinions on what was seen: which rule a secret breaks, how badly, how surely.

mod env;
pub(crate) mod secret;

use lr_core::{ErrorKind, Location, Recorder, Timestamp};

use crate::rules::CONTENT;
use crate::snapshot::{Reason, Snapshot};

/// Files that could not be looked at and get outcomes of their own.
const DOUBTS: usize = 1000;

/// Judges what was seen as of `now`.
pub fn judge(snapshot: &Snapshot, now: Timestamp, out: &mut Recorder<'_>) {
    secret::judge(snapshot, now, out);
    let mut doubts = snapshot.skipped.iter().filter(|skipped| skipped.reason.leaves_doubt());
    for skipped in doubts.by_ref().take(DOUBTS) {
        for rule in CONTENT {
            let file = Location::file(&*skipped.path, None, None);
            out.inconclusive(rule, file, cause(&skipped.reason), why(&skipped.reason));
        }
    }
    let more = doubts.count();
    if more > 0 {
        for rule in CONTENT {
            let reason = format!("{more} more files could not be looked at");
            out.inconclusive(rule, root(snapshot), ErrorKind::Unreachable, reason);
        }
    }
    env::judge(snapshot, out);
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

fn why(reason: &Reason) -> String {
    match reason {
        Reason::Unreadable { message } => format!("it could not be read: {message}"),
        Reason::NotAFile => "it is a FIFO, a socket or a device, which is never opened".into(),
        Reason::TooLarge { read } => format!("only its first {read} bytes were read"),
        Reason::TooMany { kept } => format!("only its first {kept} secrets are listed"),
        Reason::OutsideRoot => "it is a symbolic link to something outside the tree".into(),
        Reason::Archive => "its contents are compressed".into(),
        Reason::Damaged { objects } => format!("{objects} of its objects are damaged"),
        Reason::Missing { objects } => format!("{objects} of its objects are missing"),
        Reason::Shallow => "the clone is shallow, so that older history is not there".into(),
        Reason::Submodule => "it is a repository of its own".into(),
    }
}
