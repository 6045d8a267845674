use std::collections::{BTreeMap, BTreeSet};

use lr_core::{Location, Recorder};

use crate::exposure::is_fixture;
use crate::judge::env::{live, settle};
use crate::judge::root;
use crate::rules::VARIABLES_DOCUMENTED;
use crate::snapshot::Snapshot;

/// Names and places that a finding lists.
const LISTED: usize = 20;
/// Variables that the system, the runtime or the platform sets, so that nobody has to know them.
/// A convention; each has its own documentation.
const SET_BY_OTHERS: [&str; 39] = [
    "BASE_URL",
    "CI",
    "COLUMNS",
    "DEBUG",
    "DEV",
    "EDITOR",
    "FORCE_COLOR",
    "HOME",
    "HOST",
    "HOSTNAME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "INIT_CWD",
    "JAVA_HOME",
    "LANG",
    "LC_ALL",
    "LOGNAME",
    "MODE",
    "NODE_ENV",
    "NODE_OPTIONS",
    "NODE_PATH",
    "NO_COLOR",
    "NO_PROXY",
    "OUT_DIR",
    "PATH",
    "PORT",
    "PROD",
    "PWD",
    "RACK_ENV",
    "RAILS_ENV",
    "SHELL",
    "SSR",
    "TEMP",
    "TERM",
    "TMP",
    "TMPDIR",
    "TZ",
    "USER",
    "VIRTUAL_ENV",
];
/// The same by their beginnings.
const PREFIXES: [&str; 22] = [
    "AWS_EXECUTION_",
    "AWS_LAMBDA_",
    "CARGO_",
    "CF_PAGES",
    "CI_",
    "DYNO",
    "FLY_",
    "GITHUB_",
    "GITLAB_",
    "GIT_",
    "HEROKU_",
    "JEST_",
    "KUBERNETES_",
    "K_",
    "NETLIFY",
    "NEXT_RUNTIME",
    "RAILWAY_",
    "RENDER_",
    "RUNNER_",
    "VERCEL",
    "VITEST",
    "XDG_",
];

/// Whether a new server can be set up by what is written down. Of files that git ignores, nothing is
/// asked: they differ from machine to machine.
pub(crate) fn judge(snapshot: &Snapshot, out: &mut Recorder<'_>) {
    let documented = documented(snapshot);
    let mut unknown: BTreeMap<&str, Location> = BTreeMap::new();
    if !snapshot.env_files.is_empty() {
        for (name, place) in used(snapshot) {
            if !documented.contains(name) {
                unknown.entry(name).or_insert(place);
            }
        }
    }
    let is_broken = !unknown.is_empty();
    if is_broken {
        let names: Vec<&str> = unknown.keys().copied().collect();
        let listed = names[..names.len().min(LISTED)].join(", ");
        let more = match names.len().checked_sub(LISTED + 1) {
            Some(more) => format!(" and {} more", more + 1),
            None => String::new(),
        };
        let detail = match documented.is_empty() {
            true => format!("{listed}{more}; there is no .env.example"),
            false => format!("{listed}{more}"),
        };
        let finding = out.fail(&VARIABLES_DOCUMENTED, root(snapshot), detail);
        finding.evidence("variables", names.len()).evidence("names", names);
        finding.related.extend(unknown.into_values().take(LISTED));
    }
    settle(&VARIABLES_DOCUMENTED, snapshot, is_broken, out);
}

/// What templates say.
pub(crate) fn documented(snapshot: &Snapshot) -> BTreeSet<&str> {
    let templates = snapshot.env_files.iter().filter(|file| file.template);
    templates.flat_map(|file| &file.variables).map(|variable| &*variable.name).collect()
}

/// Variables that the sources read or the tree's environment files set, with places.
fn used(snapshot: &Snapshot) -> impl Iterator<Item = (&str, Location)> {
    let set = live(snapshot).filter(|file| !file.ignored).flat_map(|file| {
        let place = move |line| Location::file(&*file.path, Some(line), None);
        file.variables.iter().map(move |variable| (&*variable.name, place(variable.line)))
    });
    let read = snapshot
        .env_reads
        .iter()
        .filter(|read| !is_fixture(&read.path))
        .map(|read| (&*read.name, Location::file(&*read.path, Some(read.line), None)));
    set.chain(read).filter(|(name, _)| !is_set_by_others(name))
}

fn is_set_by_others(name: &str) -> bool {
    SET_BY_OTHERS.binary_search(&name).is_ok()
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(SET_BY_OTHERS.is_sorted() && PREFIXES.is_sorted());
        assert!(is_set_by_others("NODE_ENV") && is_set_by_others("GITHUB_SHA"));
        assert!(!is_set_by_others("API_URL") && !is_set_by_others("PORTAL"));
    }
}
