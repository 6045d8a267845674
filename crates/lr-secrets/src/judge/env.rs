//! Opinions on environment files, and on the variables that the sources read.

pub(super) mod apart;
pub(crate) mod documented;
pub(super) mod ignored;
pub(super) mod public;

use lr_core::{ErrorKind, Location, Recorder, Rule};

use crate::exposure::is_fixture;
use crate::judge::{root, stopped};
use crate::snapshot::{EnvFile, Snapshot};

/// Environment files that give values, those of tests and examples aside.
fn live(snapshot: &Snapshot) -> impl Iterator<Item = &EnvFile> {
    let is_live = |file: &&EnvFile| {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        !file.template && !is_fixture(&format!("{folder}/"))
    };
    snapshot.env_files.iter().filter(is_live)
}

/// A verdict on the tree, for a rule that nothing in it broke.
fn settle(rule: &'static Rule, snapshot: &Snapshot, is_broken: bool, out: &mut Recorder<'_>) {
    let tree = root(snapshot);
    for file in live(snapshot) {
        if let Some(message) = &file.unread {
            let place = Location::file(&*file.path, None, None);
            let reason = format!("it could not be read: {message}");
            out.inconclusive(rule, place, ErrorKind::Unreachable, reason);
        }
    }
    match stopped(snapshot) {
        Some((kind, reason)) => out.inconclusive(rule, tree, kind, reason),
        None if is_broken || live(snapshot).any(|file| file.unread.is_some()) => {}
        None if snapshot.env_files.is_empty() => {
            out.not_applicable(rule, tree, "there is no environment file");
        }
        None => out.pass(rule, tree),
    }
}
