//! One judgement: the answer, alias by alias.

use super::anchor::Anchors;
use super::evidence::Evidence;
use super::judgement::{Judgement, Link, Status};
use super::message::{Message, Set, types};
use super::name::Name;
use super::reason::Bogus;
use super::record::Dnskey;
use super::trust::{Known, Trust};
use super::validator::lost;
use super::verify::{Verified, verify};
use super::work::{MAX_ALIASES, Work};

/// Why a judgement goes no further.
pub(super) enum Stop {
    /// This must be known first.
    Ask(Name, u16),
    Bogus(Bogus),
    NoAnchor,
    /// This could not be had.
    Lost(String),
}

pub(super) struct Session<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) anchors: &'a Anchors,
    pub(super) now_s: i64,
    pub(super) work: Work,
    pub(super) known: Known,
    pub(super) chain: Vec<Link>,
    pub(super) ends_s: Option<i64>,
    pub(super) no_such_name: bool,
}

/// What a message says about a name.
enum Said {
    /// This is the end.
    End(Status),
    /// The name stands for another.
    Alias(Name, Status),
}

impl<'a> Session<'a> {
    pub(super) fn new(evidence: &'a Evidence, anchors: &'a Anchors, now_s: i64) -> Self {
        Self {
            evidence,
            anchors,
            now_s,
            work: Work::default(),
            known: Known::default(),
            chain: Vec::new(),
            ends_s: None,
            no_such_name: false,
        }
    }

    pub(super) fn judgement(self, status: Status) -> Judgement {
        Judgement {
            status,
            no_such_name: self.no_such_name,
            chain: self.chain,
            ends_s: self.ends_s,
            verifications: self.work.verifications,
            hashes: self.work.hashes,
        }
    }

    /// The status of the whole answer: that of its worst part.
    pub(super) fn answer(&mut self, name: &Name, rtype: u16) -> Result<Status, Stop> {
        let mut name = name.clone();
        let mut seen = vec![name.clone()];
        let mut all = Status::Secure;
        let mut before = None;
        for _ in 0..=MAX_ALIASES {
            let (said, message) = self.said(&name, rtype, before)?;
            let (next, status) = match said {
                Said::End(status) => return Ok(worse(all, status)),
                Said::Alias(target, status) => (target, status),
            };
            before = Some(message);
            all = worse(all, status);
            if seen.contains(&next) {
                return Err(Stop::Lost(format!("the aliases of {name} go in circles")));
            }
            seen.push(next.clone());
            name = next;
        }
        Err(Stop::Lost(format!("there are more than {MAX_ALIASES} aliases")))
    }

    /// What is said about a name, and by which message: the first that is not bogus. The message
    /// with the alias that led here does if it has more that is signed.
    fn said(
        &mut self,
        name: &Name,
        rtype: u16,
        before: Option<&'a Message>,
    ) -> Result<(Said, &'a Message), Stop> {
        let evidence = self.evidence;
        let goes_on = |message: &&Message| {
            let of_name = message.answers.iter().filter(|set| set.owner == *name);
            of_name.into_iter().any(|set| !set.signatures.is_empty())
        };
        if let Some(message) = before.filter(goes_on) {
            match self.read(message, name, rtype) {
                Ok(said @ (Said::End(Status::Secure) | Said::Alias(_, Status::Secure))) => {
                    return Ok((said, message));
                }
                Err(Stop::Ask(name, rtype)) => return Err(Stop::Ask(name, rtype)),
                // What is not signed is for its own servers to say.
                _ => {}
            }
        }
        let mut first = None;
        let mut any = false;
        for message in evidence.answers(name, rtype) {
            any = true;
            match self.read(message, name, rtype) {
                Err(Stop::Bogus(reason)) => first = first.or(Some(reason)),
                Err(stop) => return Err(stop),
                Ok(said) => return Ok((said, message)),
            }
        }
        match first {
            Some(reason) => Err(Stop::Bogus(reason)),
            None if any || evidence.was_asked(name, rtype) => Err(lost(name, rtype)),
            None => Err(Stop::Ask(name.clone(), rtype)),
        }
    }

    fn read(&mut self, message: &Message, name: &Name, rtype: u16) -> Result<Said, Stop> {
        if rtype == types::RRSIG {
            let proof = "signatures are never signed themselves".to_owned();
            return Ok(Said::End(Status::Insecure { proof }));
        }
        let own = message.answer(name, rtype);
        let above = |set: &&Set| set.rtype == types::DNAME && name.is_below(&set.owner);
        let above = message.answers.iter().filter(above).max_by_key(|set| set.owner.count());
        if let Some(dname) = above.filter(|_| own.is_none_or(|set| set.signatures.is_empty())) {
            let (target, status) = self.redirected(dname, message, name)?;
            // The alias that was made is what was asked for.
            return Ok(match rtype {
                types::CNAME | types::ANY => Said::End(status),
                _ => Said::Alias(target, status),
            });
        }
        if rtype == types::ANY {
            let sets = message.answers.iter().filter(|set| set.owner == *name);
            let all: Result<Vec<_>, _> = sets.map(|set| self.positive(set, message)).collect();
            if let Some(status) = all?.into_iter().reduce(worse) {
                return Ok(Said::End(status));
            }
        }
        if let Some(set) = own {
            return Ok(Said::End(self.positive(set, message)?));
        }
        if let Some(set) = message.answer(name, types::CNAME) {
            let status = self.positive(set, message)?;
            let target = match set.data.as_slice() {
                [target] => Name::read(target, 0).map(|(name, _)| name),
                _ => None,
            };
            // Two aliases, or none: no server may say so (RFC 1034, section 3.6.2).
            let target = target.ok_or_else(|| Bogus::WrongAlias { name: name.to_string() })?;
            return Ok(Said::Alias(target, status));
        }
        match self.negative(message, name, rtype) {
            Err(Stop::NoAnchor) => Ok(Said::End(Status::NoAnchor)),
            other => other.map(Said::End),
        }
    }

    /// RFC 6672, section 5.3.1: the DNAME is signed, and the alias it makes is checked.
    fn redirected(
        &mut self,
        set: &Set,
        message: &Message,
        name: &Name,
    ) -> Result<(Name, Status), Stop> {
        let status = self.positive(set, message)?;
        let wrong = || Stop::Bogus(Bogus::WrongAlias { name: name.to_string() });
        let [data] = set.data.as_slice() else { return Err(wrong()) };
        let to = Name::read(data, 0).map(|(name, _)| name);
        let target = to.and_then(|to| name.moved(&set.owner, &to)).ok_or_else(wrong)?;
        let made = message.answer(name, types::CNAME);
        let same = |set: &Set| set.data.iter().all(|data| data == target.wire());
        match made.is_none_or(same) {
            true => Ok((target, status)),
            false => Err(wrong()),
        }
    }

    /// The status of a set of records.
    fn positive(&mut self, set: &Set, message: &Message) -> Result<Status, Stop> {
        match self.positive_of(set, message, set.rtype == types::DS) {
            Err(Stop::NoAnchor) => Ok(Status::NoAnchor),
            other => other,
        }
    }

    /// The same, for what must be in a zone above its name if `of_parent`.
    pub(super) fn positive_of(
        &mut self,
        set: &Set,
        message: &Message,
        of_parent: bool,
    ) -> Result<Status, Stop> {
        let signers = signers(std::slice::from_ref(set), &set.owner, of_parent);
        let judged = self.by_any(&signers, |session, signer, keys| {
            let verified = verify(set, signer, keys, session.now_s, &mut session.work)?;
            session.used(&verified);
            match verified.expanded_from {
                None => Ok(Status::Secure),
                Some(from) => session.expanded(set, message, signer, keys, &from),
            }
        });
        if let Some(status) = judged? {
            return Ok(status);
        }
        let stranger = set.signatures.first().map(|signature| signature.signer.to_string());
        let reason = match stranger {
            Some(signer) => Bogus::WrongSigner { set: set.shown(), signer },
            None => Bogus::MissingSignature { set: set.shown() },
        };
        self.unsigned(&set.owner, of_parent, reason)
    }

    /// What comes of the word of those who have signed, the first whose word is not bogus; nothing if
    /// nobody has.
    pub(super) fn by_any(
        &mut self,
        signers: &[Name],
        judge: impl Fn(&mut Self, &Name, &[Dnskey]) -> Result<Status, Stop>,
    ) -> Result<Option<Status>, Stop> {
        let mut first = None;
        for signer in signers {
            let judged = match self.trust(signer)? {
                Trust::Secure(keys) => judge(self, signer, &keys),
                Trust::Insecure(proof) => Ok(Status::Insecure { proof }),
                Trust::Bogus(reason) => Err(Stop::Bogus(reason)),
            };
            match judged {
                Err(Stop::Bogus(reason)) => first = first.or(Some(reason)),
                other => return other.map(Some),
            }
        }
        first.map_or(Ok(None), |reason| Err(Stop::Bogus(reason)))
    }

    /// Something that is not signed: well, if it is proved that it need not be.
    pub(super) fn unsigned(
        &mut self,
        name: &Name,
        of_parent: bool,
        reason: Bogus,
    ) -> Result<Status, Stop> {
        let at = name.parent().filter(|_| of_parent).unwrap_or_else(|| name.clone());
        match self.around(&at)? {
            Trust::Secure(_) => Err(Stop::Bogus(reason)),
            Trust::Insecure(proof) => Ok(Status::Insecure { proof }),
            Trust::Bogus(reason) => Err(Stop::Bogus(reason)),
        }
    }

    pub(super) fn used(&mut self, verified: &Verified) {
        let ends = verified.ends_s;
        self.ends_s = Some(self.ends_s.map_or(ends, |known| known.min(ends)));
    }
}

/// Who is said to have signed these sets and may have: zones at or above a name, for what is the
/// parent's above it, the deepest first. More than a few are nobody's honest work.
pub(super) fn signers(sets: &[Set], name: &Name, of_parent: bool) -> Vec<Name> {
    let mut signers: Vec<Name> = sets
        .iter()
        .flat_map(|set| set.signatures.iter())
        .map(|signature| &signature.signer)
        .filter(|signer| {
            name.is_within(signer) && (!of_parent || name.is_root() || name != *signer)
        })
        .cloned()
        .collect();
    signers.sort_by_key(|signer| std::cmp::Reverse(signer.count()));
    signers.dedup();
    signers.truncate(MAX_SIGNERS);
    signers
}

const MAX_SIGNERS: usize = 3;

fn worse(one: Status, other: Status) -> Status {
    if one == Status::Secure { other } else { one }
}
