use std::collections::BTreeSet;

use lr_core::{ErrorKind, Location, Recorder};

use crate::config::below;
use crate::judge::{Scene, list};
use crate::policy::{Expect, Expected};
use crate::rules::EXPECTED;
use crate::snapshot::{Answer, Asked};
use crate::status::is_authoritative;

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    if scene.policy.expect.is_empty() {
        out.not_applicable(&EXPECTED, scene.domain(), "nothing is expected");
    }
    for expect in &scene.policy.expect {
        one(scene, expect, out);
    }
}

fn one(scene: &Scene<'_>, expect: &Expect, out: &mut Recorder<'_>) {
    let Ok(name) = below(&scene.snapshot.domain, &expect.name) else {
        let why = format!("`{}` is not a name", expect.name);
        out.inconclusive(&EXPECTED, scene.domain(), ErrorKind::Config, why);
        return;
    };
    let rtype = expect.rtype.trim().to_ascii_uppercase();
    let place = || Location::record(name.as_str(), rtype.as_str());
    let views = views(scene, &name, &rtype);
    if views.is_empty() {
        let failure = asked_resolver(scene, &name, &rtype).and_then(|a| a.outcome.as_ref().err());
        let (kind, why) = match failure {
            Some(failure) => (failure.kind, failure.message.clone()),
            None => (ErrorKind::NotDecided, "it was not asked for".into()),
        };
        out.inconclusive(&EXPECTED, place(), kind, why);
        return;
    }
    let wrong: Vec<_> = views.iter().filter(|(_, data)| !expect.is_met_by(data)).collect();
    let Some((_, data)) = wrong.first() else {
        out.pass(&EXPECTED, place());
        return;
    };
    let who: Vec<_> = wrong.iter().map(|(who, _)| who.as_str()).collect();
    let actual: Vec<_> = data.iter().copied().collect();
    let wanted = expect.value.values();
    let how = if matches!(expect.value, Expected::Contains(_)) { " among others" } else { "" };
    let detail = format!(
        "{name} {rtype} is {} at {}, expected was {}{how}",
        list(&actual),
        list(&who),
        list(wanted)
    );
    out.fail(&EXPECTED, place(), detail)
        .evidence("actual", actual)
        .evidence("expected", wanted.to_vec())
        .evidence("servers", who);
}

/// What is true by each server of the zone; by the resolver if none of them can tell, as for
/// aliases that leave the zone.
fn views<'a>(scene: &Scene<'a>, name: &str, rtype: &str) -> Vec<(String, BTreeSet<&'a str>)> {
    let mut views = Vec::new();
    for (server, endpoint) in scene.snapshot.endpoints() {
        let asked = endpoint.asked.iter().find(|a| a.name == name && a.rtype == rtype);
        let answer = asked.and_then(|asked| asked.outcome.as_ref().ok());
        if let Some(answer) =
            answer.filter(|answer| is_authoritative(answer) && is_whole(answer, rtype))
        {
            let who = format!("{} ({})", server.name, endpoint.address);
            views.push((who, data(answer, rtype)));
        }
    }
    if views.is_empty()
        && let Some(asked) = asked_resolver(scene, name, rtype)
        && let Ok(answer) = &asked.outcome
    {
        views.push(("the resolver".into(), data(answer, rtype)));
    }
    views
}

fn asked_resolver<'a>(scene: &Scene<'a>, name: &str, rtype: &str) -> Option<&'a Asked> {
    scene.snapshot.resolver.iter().find(|a| a.name == name && a.rtype == rtype)
}

/// Whether the answer does not end with an alias that somebody else must follow.
fn is_whole(answer: &Answer, rtype: &str) -> bool {
    rtype == "CNAME" || answer.data(rtype).next().is_some() || answer.data("CNAME").next().is_none()
}

fn data<'a>(answer: &'a Answer, rtype: &str) -> BTreeSet<&'a str> {
    let records = answer.answers.iter().filter(|record| record.rtype == rtype);
    records.map(|record| record.data.as_str()).collect()
}
