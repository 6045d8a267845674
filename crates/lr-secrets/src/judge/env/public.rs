use lr_core::{Confidence, Location, Recorder, Severity};

use crate::judge::env::live;
use crate::rules::NO_SECRET_IN_PUBLIC_VARIABLE;
use crate::snapshot::{EnvFile, Snapshot, Variable};

/// Parts of names that no value for browsers has. `TOKEN` and `API_KEY` are none: some of them are
/// meant for browsers.
const SECRET: [&str; 8] = [
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PRIVATE",
    "DATABASE_URL",
    "ENCRYPTION_KEY",
    "SERVICE_ROLE",
];

/// Secrets that build tools will copy into what browsers get; tells whether there are any. Those
/// that were found as contents of the tree are spoken of there.
pub(crate) fn judge(snapshot: &Snapshot, out: &mut Recorder<'_>) -> bool {
    let mut is_broken = false;
    for file in live(snapshot) {
        for variable in file.variables.iter().filter(|it| it.public && it.digest.is_some()) {
            let is_named = SECRET.iter().any(|part| variable.name.contains(part));
            if !(is_named || variable.format.is_some()) || is_found(snapshot, file, variable) {
                continue;
            }
            is_broken = true;
            let place = Location::file(&*file.path, Some(variable.line), None);
            let detail = format!("`{}` is copied into the bundle", variable.name);
            let finding = out.fail(&NO_SECRET_IN_PUBLIC_VARIABLE, place, detail);
            finding.instance(&*variable.name).evidence("variable", &*variable.name);
            match &variable.format {
                Some(format) => {
                    finding.evidence("format", &**format);
                }
                // Nothing but its name says that it is secret.
                None => {
                    finding.severity(Severity::High).confidence(Confidence::Medium);
                }
            }
        }
    }
    is_broken
}

fn is_found(snapshot: &Snapshot, file: &EnvFile, variable: &Variable) -> bool {
    let mut secrets = snapshot
        .found
        .iter()
        .filter(|found| found.path == file.path)
        .flat_map(|found| &found.secrets);
    secrets.any(|secret| {
        let here = secret.places.iter().any(|place| place.line == variable.line);
        here && (secret.inlined || secret.ignored.is_some())
    })
}
