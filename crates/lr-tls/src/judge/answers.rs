//! What hellos brought, as facts.

use crate::probe::plan;
use crate::{
    AddressSeen, Answer, Cause, HelloSeen, Obstacle, Probe, ProbeSeen, SuiteClass, Version,
};

/// What is known of one question.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fact<'a> {
    Yes(&'a HelloSeen),
    /// The server refuses, in words or by its silence.
    No,
    /// Something stood in the way.
    Unknown(&'a Obstacle),
    /// It was not asked: nothing suggested it.
    Unasked,
}

/// The answers of one address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answers<'a> {
    pub(super) seen: &'a AddressSeen,
}

/// So often must a hello fail again, with an ordinary one answered beside it, to count as refused.
const STEADY: u8 = 2;

impl<'a> Answers<'a> {
    pub(crate) fn of(seen: &'a AddressSeen) -> Self {
        Self { seen }
    }

    pub(super) fn fact(&self, probe: Probe) -> Fact<'a> {
        match self.probe(probe) {
            None => Fact::Unasked,
            Some(ProbeSeen { answer: Answer::Hello(hello), .. }) => Fact::Yes(hello),
            Some(ProbeSeen { answer: Answer::Alert(_), .. }) => Fact::No,
            Some(ProbeSeen { answer: Answer::Failed(obstacle), again, .. }) => {
                let silent = matches!(obstacle.cause, Cause::Reset | Cause::Closed | Cause::Silent);
                let closed = obstacle.cause == Cause::Closed && plan::may_be_closed(probe);
                match closed || silent && *again >= STEADY {
                    true => Fact::No,
                    false => Fact::Unknown(obstacle),
                }
            }
        }
    }

    fn probe(&self, probe: Probe) -> Option<&'a ProbeSeen> {
        self.seen.probes.iter().find(|one| one.probe == probe)
    }

    pub(super) fn hello(&self, probe: Probe) -> Option<&'a HelloSeen> {
        self.probe(probe)?.answer.hello()
    }

    pub(super) fn unknown(&self, probe: Probe) -> Option<&'a Obstacle> {
        match self.fact(probe) {
            Fact::Unknown(obstacle) => Some(obstacle),
            _ => None,
        }
    }

    pub(super) fn chose(&self, probe: Probe, version: Version) -> bool {
        self.hello(probe).is_some_and(|hello| hello.version == version)
    }

    pub(super) fn hellos(&self) -> impl Iterator<Item = &'a HelloSeen> + use<'a> {
        self.seen.probes.iter().filter_map(|one| one.answer.hello())
    }

    /// Every suite that the server is known to take.
    pub(super) fn suites(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let shaken = [&self.seen.modern, &self.seen.tls12].into_iter().flatten();
        self.hellos().map(|hello| hello.suite.as_str()).chain(shaken.map(|one| one.suite.as_str()))
    }

    /// The versions that the server is known to speak.
    pub(crate) fn versions(&self) -> Vec<Version> {
        let shaken = [&self.seen.modern, &self.seen.tls12].into_iter().flatten();
        let mut all: Vec<_> = self.hellos().map(|hello| hello.version).collect();
        all.extend(shaken.map(|one| one.version));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The groups that the server is known to take, and with which versions.
    pub(super) fn groups(&self) -> Vec<(String, Version)> {
        let groups = self.hellos().filter_map(|hello| Some((hello.group.clone()?, hello.version)));
        let mut all: Vec<_> = groups.collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the server follows its own order of suites, if that can be told: it chose the same
    /// whatever the client's order, and would have had a choice.
    pub(crate) fn prefers(&self) -> Option<bool> {
        let (first, last) = (self.hello(Probe::Tls12)?, self.hello(Probe::Tls12Reversed)?);
        if first.suite != last.suite {
            return Some(false);
        }
        let mut hellos = self.hellos().filter(|hello| hello.version == first.version);
        hellos.any(|hello| hello.suite != first.suite).then_some(true)
    }

    /// The classes of suites that the server is known to take.
    pub(crate) fn classes(&self) -> Vec<SuiteClass> {
        let taken = |class: &SuiteClass| {
            self.suites().any(|suite| suite.contains("_WITH_") && class.has(suite))
        };
        SuiteClass::ALL.into_iter().filter(taken).collect()
    }

    /// Whether the server asked for a client's certificate, in a handshake or after a hello.
    pub(super) fn asks_client(&self) -> bool {
        self.seen.client_certificate || self.hellos().any(|hello| hello.client_certificate)
    }

    /// Why there is nothing to judge by: no hello and no handshake was accepted.
    pub(super) fn nothing(&self) -> Option<&'a Obstacle> {
        let shaken = self.seen.modern.is_ok() || self.seen.tls12.is_ok();
        if shaken || self.hellos().next().is_some() {
            return None;
        }
        self.seen.modern.as_ref().err()
    }
}
