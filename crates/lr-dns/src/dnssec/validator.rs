use super::anchor::Anchors;
use super::evidence::{Evidence, type_number};
use super::judgement::{Judgement, Status};
use super::message::{shown, type_text};
use super::name::Name;
use super::reason::Bogus;
use super::session::{Session, Stop};

/// Judges answers by trust anchors and a time. It asks nobody: it says what it needs.
#[derive(Clone, Debug)]
pub struct Validator {
    anchors: Anchors,
    now_s: i64,
}

/// A judgement, or what is needed for one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The judgement.
    Done(Judgement),
    /// This is to be asked, of servers that know: DS records of the parent's.
    Ask {
        /// The name.
        name: String,
        /// The type.
        rtype: String,
    },
}

impl Validator {
    /// A validator for a moment, in seconds since 1970.
    #[must_use]
    pub fn new(anchors: Anchors, now_s: i64) -> Self {
        Self { anchors, now_s }
    }

    /// Judges the answer to a question by what is known so far.
    ///
    /// Call it again when the evidence holds what was asked for, or that nobody has answered. Each
    /// [`Step::Ask`] is about something that the evidence does not hold, so this ends.
    #[must_use]
    pub fn judge(&self, name: &str, rtype: &str, evidence: &Evidence) -> Step {
        let question = Name::from_text(name).zip(type_number(rtype));
        self.run(evidence, |session| match &question {
            Some((name, rtype)) => session.answer(name, *rtype),
            None => Err(Stop::Lost("the question is not about a name and a type".to_owned())),
        })
    }

    /// Judges the keys of a zone, or that it has none that count, from the trust anchor down.
    #[must_use]
    pub fn judge_zone(&self, zone: &str, evidence: &Evidence) -> Step {
        let zone = Name::from_text(zone);
        self.run(evidence, |session| match &zone {
            Some(zone) => session.zone(zone),
            None => Err(Stop::Lost("the zone has no name".to_owned())),
        })
    }

    fn run(
        &self,
        evidence: &Evidence,
        judge: impl FnOnce(&mut Session<'_>) -> Result<Status, Stop>,
    ) -> Step {
        let mut session = Session::new(evidence, &self.anchors, self.now_s);
        let status = match judge(&mut session) {
            Ok(status) => status,
            Err(Stop::Ask(name, rtype)) => {
                return Step::Ask { name: name.to_string(), rtype: type_text(rtype) };
            }
            Err(Stop::Bogus(reason)) => Status::Bogus { reason },
            Err(Stop::NoAnchor) => Status::NoAnchor,
            Err(Stop::Lost(why)) => Status::Indeterminate { why },
        };
        Step::Done(session.judgement(status))
    }
}

impl From<Bogus> for Stop {
    fn from(reason: Bogus) -> Self {
        Self::Bogus(reason)
    }
}

/// What could not be had.
pub(super) fn lost(name: &Name, rtype: u16) -> Stop {
    Stop::Lost(format!("nobody has answered the question for {}", shown(name, rtype)))
}
