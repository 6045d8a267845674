use std::collections::BTreeSet;

use lr_core::{ErrorKind, Location, Recorder, Timestamp};

use crate::chain::Book;
use crate::config::below;
use crate::judge::{Scene, list, provider_of};
use crate::policy::{Expect, Expected};
use crate::rules::{EXPECTED, SPREAD};
use crate::snapshot::{Answer, Asked};
use crate::status::{is_authoritative, is_definite};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    if scene.policy.expect.is_empty() {
        out.not_applicable(&EXPECTED, scene.domain(), "nothing is expected");
        out.not_applicable(&SPREAD, scene.domain(), "nothing is expected");
    } else if scene.snapshot.resolvers.is_empty() {
        out.not_applicable(&SPREAD, scene.domain(), "no public resolver was to be asked");
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
    let views = views_of(scene, &name, &rtype);
    if views.is_empty() {
        let failure = asked_resolver(scene, &name, &rtype).and_then(|a| a.outcome.as_ref().err());
        let (kind, why) = match failure {
            Some(failure) => (failure.kind, failure.message.clone()),
            None => (ErrorKind::NotDecided, "it was not asked for".into()),
        };
        out.inconclusive(&EXPECTED, place(), kind, why);
        return;
    }
    let other = match &expect.value {
        Expected::SameAs(other) => match below(&scene.snapshot.domain, other) {
            Ok(other) => views_of(scene, &other, &rtype),
            Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    };
    if matches!(expect.value, Expected::SameAs(_)) && other.is_empty() {
        let why = "what it should be the same as is not known";
        out.inconclusive(&EXPECTED, place(), ErrorKind::NotDecided, why);
        return;
    }
    let other: BTreeSet<&str> = other.into_iter().flat_map(|(_, data)| data).collect();
    if let Expected::Provider(wanted) = &expect.value {
        provider(scene, &name, wanted, place(), out);
        return;
    }
    spread(scene, expect, &name, &rtype, &other, out);
    let wrong: Vec<_> = views.iter().filter(|(_, data)| !expect.is_met_by(data, &other)).collect();
    let Some((_, data)) = wrong.first() else {
        out.pass(&EXPECTED, place());
        return;
    };
    let who: Vec<_> = wrong.iter().map(|(who, _)| who.as_str()).collect();
    let actual: Vec<_> = data.iter().copied().collect();
    let wanted = expect.value.shown();
    let how = if matches!(expect.value, Expected::Contains(_)) { " among others" } else { "" };
    let lives = lives(scene, &name, &rtype);
    let detail = format!(
        "{name} {rtype} is {} at {}, expected was {}{how}; caches keep it for {lives} s",
        list(&actual),
        list(&who),
        list(&wanted)
    );
    out.fail(&EXPECTED, place(), detail)
        .evidence("gone_after_s", u64::from(lives))
        .evidence("actual", actual)
        .evidence("expected", wanted)
        .evidence("servers", who);
}

/// How long an answer, that a record is not there included, is kept after it was changed: its time to
/// live, as the zone's servers give it (RFC 2308, section 5 for what is not there).
fn lives(scene: &Scene<'_>, name: &str, rtype: &str) -> u32 {
    let asked = scene.snapshot.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let asked = asked.filter(|asked| asked.name == name && asked.rtype == rtype);
    let answers = asked.filter_map(|asked| asked.outcome.as_ref().ok());
    let lives = answers.filter(|answer| is_authoritative(answer)).map(|answer| {
        let records = answer.answers.iter().map(|record| record.ttl).max();
        records.or_else(|| answer.authorities.iter().map(|record| record.ttl).max())
    });
    lives.flatten().max().unwrap_or(0)
}

/// The name leads to this provider, by its aliases or addresses.
fn provider(scene: &Scene<'_>, name: &str, wanted: &str, place: Location, out: &mut Recorder<'_>) {
    let chain = Book::of(scene.snapshot).follow(name);
    let found = provider_of(&chain).map(|provider| provider.name);
    let plain = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    match found {
        Some(found) if plain(found) == plain(wanted) => out.pass(&EXPECTED, place),
        _ => {
            let shown = chain.links.join(" -> ");
            let found = found.unwrap_or("nobody who is known");
            let detail = format!("{shown} leads to {found}, expected was {wanted}");
            out.fail(&EXPECTED, place, detail).evidence("expected", wanted);
        }
    }
}

/// What given public resolvers say, and until when they may say it.
fn spread(
    scene: &Scene<'_>,
    expect: &Expect,
    name: &str,
    rtype: &str,
    other: &BTreeSet<&str>,
    out: &mut Recorder<'_>,
) {
    for resolver in &scene.snapshot.resolvers {
        let asked = resolver.asked.iter().find(|a| a.name == name && a.rtype == rtype);
        let Some(asked) = asked else { continue };
        let place = Location::server(resolver.address.to_string(), format!("{name} {rtype}"));
        let answer = match &asked.outcome {
            Ok(answer) if is_definite(&answer.rcode) => answer,
            Ok(answer) => {
                let why = format!("it answered {}", answer.rcode);
                out.inconclusive(&SPREAD, place, ErrorKind::NotDecided, why);
                continue;
            }
            Err(failure) => {
                out.inconclusive(&SPREAD, place, failure.kind, failure.message.clone());
                continue;
            }
        };
        let actual = data(answer, rtype);
        if expect.is_met_by(&actual, other) {
            out.pass(&SPREAD, place);
            continue;
        }
        // Of a chain, the link that lives longest keeps the old answer.
        let records = answer.answers.iter().chain(&answer.authorities);
        let left = records.map(|record| record.ttl).max().unwrap_or(0);
        let until = Timestamp::from_unix(scene.snapshot.taken_at_s + i64::from(left));
        let actual: Vec<_> = actual.into_iter().collect();
        let detail = format!(
            "{} says that {name} {rtype} is {}; it may do so for {left} s, until {until}",
            resolver.address,
            list(&actual)
        );
        out.fail(&SPREAD, place, detail)
            .evidence("actual", actual)
            .evidence("gone_at", until.to_string());
    }
}

/// What is true by each server of the zone; by the resolver if none of them can tell, as for
/// aliases that leave the zone.
fn views_of<'a>(scene: &Scene<'a>, name: &str, rtype: &str) -> Vec<(String, BTreeSet<&'a str>)> {
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
