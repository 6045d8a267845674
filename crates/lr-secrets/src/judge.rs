//! Opinions on what was seen: which rule a secret breaks, how badly, how surely.

mod env;
pub(crate) mod secret;

use lr_core::{ErrorKind, Location, Recorder, Timestamp};

use crate::rules::CONTENT;
use crate::snapshot::{Reason, Snapshot};

/// Judges what was seen as of `now`.
pub fn judge(snapshot: &Snapshot, now: Timestamp, out: &mut Recorder<'_>) {
    secret::judge(snapshot, now, out);
    for skipped in &snapshot.skipped {
        let file = || Location::file(&*skipped.path, None, None);
        for rule in CONTENT {
            match skipped.reason.leaves_doubt() {
                true => {
                    out.inconclusive(rule, file(), cause(&skipped.reason), why(&skipped.reason))
                }
                false => out.not_applicable(rule, file(), why(&skipped.reason)),
            }
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
        Reason::Archive => "it is an archive, whose contents are not unpacked".into(),
    }
}
