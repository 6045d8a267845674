use lr_core::{Confidence, Location, Recorder, Severity};

use crate::judge::{root, stopped};
use crate::rules::ENV_FILE_IGNORED;
use crate::snapshot::{EnvFile, Snapshot};

/// A walk under ignore rules meets exactly the files that git does not ignore; the others were read
/// apart from it.
pub(crate) fn judge(snapshot: &Snapshot, out: &mut Recorder<'_>) {
    let tree = root(snapshot);
    if !snapshot.ignore_rules || !snapshot.versioned {
        let reason = match snapshot.versioned {
            true => "ignore rules are switched off",
            false => "the tree is not under git's control",
        };
        return out.not_applicable(&ENV_FILE_IGNORED, tree, reason);
    }
    let is_exposed = |file: &&EnvFile| !file.ignored && !file.names.is_empty();
    let exposed: Vec<_> = snapshot.env_files.iter().filter(is_exposed).collect();
    for file in &exposed {
        let place = Location::file(&*file.path, None, None);
        let detail = format!("it gives values to {}", file.names.join(", "));
        let finding = out.fail(&ENV_FILE_IGNORED, place, detail);
        finding.evidence("names", file.names.clone());
        if is_shared_by_habit(&file.path) {
            finding.severity(Severity::Low).confidence(Confidence::Medium);
        }
    }
    match stopped(snapshot) {
        Some((kind, reason)) => out.inconclusive(&ENV_FILE_IGNORED, tree, kind, reason),
        None if exposed.is_empty() => out.pass(&ENV_FILE_IGNORED, tree),
        None => {}
    }
}

/// Teams commit the environment of tests and of development on purpose, with made-up values.
fn is_shared_by_habit(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').any(|part| ["test", "testing", "ci", "dev", "development"].contains(&part))
}
