use std::collections::{BTreeMap, BTreeSet};

use lr_core::{Confidence, Location, Recorder, Severity};

use crate::judge::env::{live, settle};
use crate::rules::{ENVIRONMENTS_APART, NO_PRODUCTION_VALUE_ELSEWHERE};
use crate::snapshot::{EnvFile, Environment, Snapshot, Variable};

/// Whether each environment has values of its own.
pub(crate) fn judge(snapshot: &Snapshot, out: &mut Recorder<'_>) {
    let is_broken = elsewhere(snapshot, out);
    settle(&NO_PRODUCTION_VALUE_ELSEWHERE, snapshot, is_broken, out);
    let is_broken = shared(snapshot, out);
    settle(&ENVIRONMENTS_APART, snapshot, is_broken, out);
}

/// Values of production in files whose name says that they are of another environment.
fn elsewhere(snapshot: &Snapshot, out: &mut Recorder<'_>) -> bool {
    let mut is_broken = false;
    let is_other =
        |file: &&EnvFile| !matches!(file.environment, Environment::Any | Environment::Production);
    for file in live(snapshot).filter(is_other) {
        for variable in &file.variables {
            let Some(why) = &variable.production else { continue };
            is_broken = true;
            let of = file.environment.name();
            let detail = format!("`{}` of {of}: {why}", variable.name);
            let finding = out.fail(&NO_PRODUCTION_VALUE_ELSEWHERE, at(file, variable), detail);
            finding
                .instance(&*variable.name)
                .evidence("variable", &*variable.name)
                .evidence("environment", of)
                .evidence("why", &**why);
        }
    }
    is_broken
}

/// Secrets that several environments are given.
fn shared(snapshot: &Snapshot, out: &mut Recorder<'_>) -> bool {
    let mut holders: BTreeMap<&str, Vec<(&EnvFile, &Variable)>> = BTreeMap::new();
    for file in live(snapshot) {
        for variable in &file.variables {
            if let Some(digest) = &variable.digest {
                holders.entry(digest).or_default().push((file, variable));
            }
        }
    }
    let mut is_broken = false;
    for mut places in holders.into_values() {
        let environments: BTreeSet<_> = places.iter().map(|(file, _)| file.environment).collect();
        let Some((severity, confidence)) = weigh(&environments, &places) else { continue };
        is_broken = true;
        // Production first: there it hurts.
        places.sort_by_key(|(file, variable)| {
            (std::cmp::Reverse(file.environment), &file.path, variable.line)
        });
        let (file, variable) = places[0];
        let names: Vec<_> = environments.iter().rev().map(|it| it.name()).collect();
        let detail = format!("`{}` has the same value in {}", variable.name, names.join(" and "));
        let finding = out.fail(&ENVIRONMENTS_APART, at(file, variable), detail);
        finding
            .instance(&*variable.name)
            .severity(severity)
            .confidence(confidence)
            .evidence("variable", &*variable.name)
            .evidence("environments", names);
        finding.related.extend(places[1..].iter().map(|(file, variable)| at(file, variable)));
    }
    is_broken
}

/// How bad it is, if it is: what development and tests share is rarely worth stealing, unless it has
/// the form of a real key. `.env` is read in all environments, so it counts beside production only.
fn weigh(
    environments: &BTreeSet<Environment>,
    places: &[(&EnvFile, &Variable)],
) -> Option<(Severity, Confidence)> {
    let of_any = usize::from(environments.contains(&Environment::Any));
    let named = environments.len() - of_any;
    if environments.contains(&Environment::Production) {
        let confidence = if named > 1 { Confidence::High } else { Confidence::Medium };
        return (environments.len() > 1).then_some((Severity::High, confidence));
    }
    let is_key = places.iter().any(|(_, variable)| variable.format.is_some());
    (named > 1 && is_key).then_some((Severity::Low, Confidence::High))
}

fn at(file: &EnvFile, variable: &Variable) -> Location {
    Location::file(&*file.path, Some(variable.line), None)
}
