//! Zones: from the trust anchor down, by what each parent says (RFC 4035, section 5.2).

use std::collections::BTreeMap;
use std::rc::Rc;

use super::denial::{NoDs, Sought};
use super::judgement::{Link, Status, Tag};
use super::message::{Message, shown, types};
use super::name::Name;
use super::nsec;
use super::nsec3::Hashed;
use super::reason::Bogus;
use super::record::{Dnskey, Ds};
use super::session::{Session, Stop, signers};
use super::validator::lost;
use super::verify::{enter, usable};
use super::work::MAX_CUTS;

/// What is known of a zone.
#[derive(Clone)]
pub(super) enum Trust {
    /// These are its keys.
    Secure(Rc<Vec<Dnskey>>),
    /// It is proved to be unsigned, or to be signed in no way that can be verified.
    Insecure(String),
    Bogus(Bogus),
}

/// What a parent says of a name.
#[derive(Clone)]
enum Said {
    Digests(Vec<Ds>),
    Unsigned(String),
    NoCut,
}

/// What was found out already.
#[derive(Default)]
pub(super) struct Known {
    zones: BTreeMap<Name, Trust>,
    said: BTreeMap<Name, Said>,
}

impl Session<'_> {
    /// What is known of a name as a zone.
    pub(super) fn trust(&mut self, zone: &Name) -> Result<Trust, Stop> {
        if let Some(known) = self.known.zones.get(zone) {
            return Ok(known.clone());
        }
        if self.known.zones.len() >= MAX_CUTS {
            return Err(Stop::Bogus(Bogus::TooMuchWork));
        }
        let mut link = Link {
            zone: zone.to_string(),
            digests: Vec::new(),
            keys: Vec::new(),
            signed_by: None,
            status: Status::Secure,
        };
        let trust = match self.find(zone, &mut link) {
            Ok(trust) => trust,
            Err(Stop::Bogus(reason)) => Trust::Bogus(reason),
            Err(stop) => return Err(stop),
        };
        link.status = match &trust {
            Trust::Secure(_) => Status::Secure,
            Trust::Insecure(proof) => Status::Insecure { proof: proof.clone() },
            Trust::Bogus(reason) => Status::Bogus { reason: reason.clone() },
        };
        self.chain.push(link);
        self.known.zones.insert(zone.clone(), trust.clone());
        Ok(trust)
    }

    /// The status of a zone as such.
    pub(super) fn zone(&mut self, zone: &Name) -> Result<Status, Stop> {
        match self.trust(zone)? {
            Trust::Secure(_) => Ok(Status::Secure),
            Trust::Insecure(proof) => Ok(Status::Insecure { proof }),
            Trust::Bogus(reason) => Err(Stop::Bogus(reason)),
        }
    }

    fn find(&mut self, zone: &Name, link: &mut Link) -> Result<Trust, Stop> {
        if self.anchors.is_exempt(zone) {
            return Ok(Trust::Insecure(format!("{zone} is exempt by a negative trust anchor")));
        }
        let anchored = self.anchors.at(zone);
        let digests = match anchored.is_empty() {
            false => {
                link.digests = tags(&anchored);
                if usable(&anchored).is_empty() {
                    return Ok(Trust::Bogus(Bogus::UnusableAnchor));
                }
                anchored
            }
            true => match self.delegation(zone)? {
                Said::Digests(digests) => digests,
                Said::Unsigned(proof) => return Ok(Trust::Insecure(proof)),
                Said::NoCut => {
                    let set = format!("{zone} DNSKEY");
                    let signer = zone.to_string();
                    return Ok(Trust::Bogus(Bogus::WrongSigner { set, signer }));
                }
            },
        };
        link.digests = tags(&digests);
        let usable = usable(&digests);
        if usable.is_empty() {
            let proof = format!("no DS record of {zone} has an algorithm that can be verified");
            return Ok(Trust::Insecure(proof));
        }
        let mut first = None;
        let evidence = self.evidence;
        for message in evidence.answers(zone, types::DNSKEY) {
            let Some(set) = message.answer(zone, types::DNSKEY) else {
                first = first.or(Some(Bogus::OrphanDigest));
                continue;
            };
            let keys = set.data.iter().filter_map(|data| Dnskey::read(data));
            link.keys = keys.map(|key| Tag::new(key.tag, key.algorithm)).collect();
            match enter(set, &usable, self.now_s, &mut self.work) {
                Ok((keys, verified)) => {
                    self.used(&verified);
                    link.signed_by = Some(Tag::new(verified.tag, verified.algorithm));
                    return Ok(Trust::Secure(Rc::new(keys)));
                }
                Err(reason) => first = first.or(Some(reason)),
            }
        }
        match first {
            Some(reason) => Ok(Trust::Bogus(reason)),
            None if evidence.was_asked(zone, types::DNSKEY) => Err(lost(zone, types::DNSKEY)),
            None => Err(Stop::Ask(zone.clone(), types::DNSKEY)),
        }
    }

    /// What the parent says of a name below a trust anchor.
    fn delegation(&mut self, name: &Name) -> Result<Said, Stop> {
        if let Some(known) = self.known.said.get(name) {
            return Ok(known.clone());
        }
        let Some(parent) = name.parent().filter(|at| self.anchors.above(at).is_some()) else {
            return Err(Stop::NoAnchor);
        };
        let evidence = self.evidence;
        let mut first = None;
        let mut any = false;
        for message in evidence.delegations(name) {
            any = true;
            match self.read_delegation(message, name) {
                Ok(Some(said)) => {
                    self.known.said.insert(name.clone(), said.clone());
                    return Ok(said);
                }
                Ok(None) => {}
                Err(Stop::Bogus(reason)) => first = first.or(Some(reason)),
                Err(stop) => return Err(stop),
            }
        }
        if !any && !evidence.was_asked(name, types::DS) {
            return Err(Stop::Ask(name.clone(), types::DS));
        }
        if let Some(reason) = first {
            return Err(Stop::Bogus(reason));
        }
        // Nothing that a parent has signed: well, if the parent is not signed either.
        let said = match self.around(&parent)? {
            Trust::Insecure(proof) => Said::Unsigned(proof),
            Trust::Bogus(reason) => return Err(Stop::Bogus(reason)),
            // A referral alone does not tell all.
            Trust::Secure(_) if !evidence.was_asked(name, types::DS) => {
                return Err(Stop::Ask(name.clone(), types::DS));
            }
            Trust::Secure(_) if evidence.answers(name, types::DS).next().is_none() => {
                return Err(lost(name, types::DS));
            }
            Trust::Secure(_) => {
                let set = shown(name, types::DS);
                let digests = |message: &Message| {
                    message.answer(name, types::DS).is_some()
                        || message.authority(name, types::DS).is_some()
                };
                return Err(Stop::Bogus(match evidence.delegations(name).any(digests) {
                    true => Bogus::MissingSignature { set },
                    false => Bogus::MissingProof { set },
                }));
            }
        };
        self.known.said.insert(name.clone(), said.clone());
        Ok(said)
    }

    /// What a message says of a delegation; `None` if nobody who may has signed anything of it.
    fn read_delegation(&mut self, message: &Message, name: &Name) -> Result<Option<Said>, Stop> {
        let digests =
            message.answer(name, types::DS).or_else(|| message.authority(name, types::DS));
        if let Some(set) = digests {
            if signers(std::slice::from_ref(set), name, true).is_empty() {
                return Ok(None);
            }
            let digests = set.data.iter().filter_map(|data| Ds::read(data)).collect();
            return match self.positive_of(set, message, true)? {
                Status::Secure => Ok(Some(Said::Digests(digests))),
                Status::Insecure { proof } => Ok(Some(Said::Unsigned(proof))),
                _ => Ok(None),
            };
        }
        // An alias stands alone: it is no zone cut.
        if let Some(set) = message.answer(name, types::CNAME) {
            let signed = !signers(std::slice::from_ref(set), name, true).is_empty();
            return match signed && self.positive_of(set, message, true)? == Status::Secure {
                true => Ok(Some(Said::NoCut)),
                false => Ok(None),
            };
        }
        let mut first = None;
        for signer in &signers(&message.authorities, name, true) {
            let keys = match self.trust(signer)? {
                Trust::Secure(keys) => keys,
                Trust::Insecure(proof) => return Ok(Some(Said::Unsigned(proof))),
                Trust::Bogus(reason) => {
                    first = first.or(Some(reason));
                    continue;
                }
            };
            let proofs = self.proofs(message, signer, &keys);
            let sought = Sought { zone: signer, name, rtype: types::DS };
            let proven = if !proofs.nsec.is_empty() {
                nsec::proves_no_ds(&proofs.nsec, sought)
            } else if !proofs.nsec3.is_empty() {
                Hashed::new(&proofs.nsec3, &mut self.work).proves_no_ds(sought)
            } else {
                Err(Bogus::MissingProof { set: shown(name, types::DS) })
            };
            match (proven, proofs.failed) {
                (Ok(NoDs::NoCut), _) => return Ok(Some(Said::NoCut)),
                (Ok(NoDs::Unsigned), _) => {
                    let proof = format!("{signer} proves that {name} has no DS record");
                    return Ok(Some(Said::Unsigned(proof)));
                }
                (Err(_), Some(failed)) => first = first.or(Some(failed)),
                (Err(reason), None) => first = first.or(Some(reason)),
            }
        }
        match first {
            Some(reason) => Err(Stop::Bogus(reason)),
            None => Ok(None),
        }
    }

    /// What is known of the zone that a name is in, from the trust anchor down.
    pub(super) fn around(&mut self, name: &Name) -> Result<Trust, Stop> {
        if self.anchors.is_exempt(name) {
            return Ok(Trust::Insecure(format!("{name} is exempt by a negative trust anchor")));
        }
        let anchor = self.anchors.above(name).cloned().ok_or(Stop::NoAnchor)?;
        let mut trust = self.trust(&anchor)?;
        for labels in anchor.count() + 1..=name.count() {
            if !matches!(trust, Trust::Secure(_)) {
                break;
            }
            let below = name.last_labels(labels);
            match self.delegation(&below)? {
                Said::NoCut => {}
                Said::Digests(_) => trust = self.trust(&below)?,
                Said::Unsigned(proof) => trust = Trust::Insecure(proof),
            }
        }
        Ok(trust)
    }
}

fn tags(digests: &[Ds]) -> Vec<Tag> {
    digests.iter().map(|ds| Tag::new(ds.tag, ds.algorithm)).collect()
}
