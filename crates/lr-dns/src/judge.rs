//! Opinions: pure functions of a snapshot and a policy.

mod agreement;
mod aliases;
mod answering;
mod balance;
mod below;
mod caa;
mod delegation;
mod dnssec;
mod edge;
mod enough;
mod expected;
mod hosts;
mod mail;
mod manners;
mod records;
mod servers;
mod services;
mod takeover;
mod visitors;

use std::collections::BTreeMap;

use lr_core::{Location, Recorder};

pub(crate) use self::answering::refusal;
pub(crate) use self::edge::{edge_of, provider_of};
use crate::chain::{Book, Chain};
use crate::policy::Policy;
use crate::rules::{DELEGATED, RULES};
use crate::snapshot::Snapshot;
use crate::status::Families;

/// Judges what was seen. Touches neither network nor clock.
pub fn judge(snapshot: &Snapshot, policy: &Policy, out: &mut Recorder<'_>) {
    let book = Book::of(snapshot);
    let scene = Scene {
        snapshot,
        policy,
        families: Families::of(snapshot),
        chains: snapshot
            .names
            .iter()
            .map(|probed| (probed.name.as_str(), book.follow(&probed.name)))
            .collect(),
    };
    if delegation::exists(&scene, out) {
        delegation::judge(&scene, out);
        servers::judge(&scene, out);
        below::judge(&scene, out);
        enough::judge(&scene, out);
        answering::judge(&scene, out);
        agreement::judge(&scene, out);
        visitors::judge(&scene, &book, out);
        aliases::judge(&scene, out);
        expected::judge(&scene, out);
        caa::judge(&scene, out);
        manners::judge(&scene, out);
        hosts::judge(&scene, out);
        records::judge(&scene, out);
        mail::judge(&scene, &book, out);
        services::judge(&scene, &book, out);
        takeover::judge(&scene, &book, out);
        edge::judge(&scene, out);
        dnssec::judge(&scene, out);
    } else {
        // One cause, one finding.
        for rule in RULES.iter().filter(|rule| rule.id != DELEGATED.id) {
            out.not_applicable(rule, scene.domain(), "the domain does not exist");
        }
    }
}

/// What all families of rules look at.
struct Scene<'a> {
    snapshot: &'a Snapshot,
    policy: &'a Policy,
    families: Families,
    chains: BTreeMap<&'a str, Chain>,
}

impl Scene<'_> {
    fn domain(&self) -> Location {
        Location::domain(self.snapshot.domain.as_str())
    }
}

/// Names for a sentence: `a, b and c`.
fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
