//! One judgement: what is not there, and the proofs of it.

use super::denial::{Proven, Sought};
use super::judgement::Status;
use super::message::{Message, NXDOMAIN, Set, shown, types};
use super::name::Name;
use super::nsec;
use super::nsec3::Hashed;
use super::reason::Bogus;
use super::record::{Dnskey, Nsec, Nsec3};
use super::session::{Session, Stop, signers};
use super::verify::verify;
use super::work::MAX_PROOFS;

/// The proofs in a message that a zone has signed.
pub(super) struct Proofs {
    pub(super) nsec: Vec<Nsec>,
    pub(super) nsec3: Vec<Nsec3>,
    /// Why one of those that came along is no proof.
    pub(super) failed: Option<Bogus>,
}

impl Session<'_> {
    /// A set that was made from a wildcard needs a proof that the name itself does not exist.
    pub(super) fn expanded(
        &mut self,
        set: &Set,
        message: &Message,
        zone: &Name,
        keys: &[Dnskey],
        from: &Name,
    ) -> Result<Status, Stop> {
        let proofs = self.proofs(message, zone, keys);
        let sought = Sought { zone, name: &set.owner, rtype: set.rtype };
        if !proofs.nsec3.is_empty() {
            let mut hashed = Hashed::new(&proofs.nsec3, &mut self.work);
            let proven = hashed.proves_expansion(sought, from)?;
            return Ok(self.status_of(proven, zone));
        }
        if proofs.nsec.is_empty() {
            let missing = Bogus::MissingProof { set: set.shown() };
            return Err(Stop::Bogus(proofs.failed.unwrap_or(missing)));
        }
        nsec::proves_expansion(&proofs.nsec, sought, from)?;
        Ok(Status::Secure)
    }

    /// The status of an answer without records.
    pub(super) fn negative(
        &mut self,
        message: &Message,
        name: &Name,
        rtype: u16,
    ) -> Result<Status, Stop> {
        let denied = message.rcode == NXDOMAIN;
        self.no_such_name = denied;
        let missing = || Bogus::MissingProof { set: shown(name, rtype) };
        let signers = signers(&message.authorities, name, rtype == types::DS);
        let judged = self.by_any(&signers, |session, signer, keys| {
            Ok(session.denied(message, Sought { zone: signer, name, rtype }, keys, denied)?)
        });
        match judged? {
            Some(status) => Ok(status),
            None => self.unsigned(name, rtype == types::DS, missing()),
        }
    }

    fn denied(
        &mut self,
        message: &Message,
        sought: Sought<'_>,
        keys: &[Dnskey],
        denied: bool,
    ) -> Result<Status, Bogus> {
        let zone = sought.zone;
        if let Some(soa) = message.authority(zone, types::SOA) {
            let verified = verify(soa, zone, keys, self.now_s, &mut self.work)?;
            self.used(&verified);
        }
        let proofs = self.proofs(message, zone, keys);
        let proven = if !proofs.nsec.is_empty() {
            nsec::proves(&proofs.nsec, sought)
        } else if !proofs.nsec3.is_empty() {
            Hashed::new(&proofs.nsec3, &mut self.work).proves(sought, denied)
        } else {
            Err(Bogus::MissingProof { set: shown(sought.name, sought.rtype) })
        };
        match (proven, proofs.failed) {
            (Ok(Proven::NoName), _) if !denied => {
                Err(sought
                    .wrong("it shows that there is no such name, which the answer does not say"))
            }
            (Ok(proven), _) => Ok(self.status_of(proven, zone)),
            // One that should have helped was no good: that is the cause.
            (Err(_), Some(failed)) => Err(failed),
            (Err(reason), None) => Err(reason),
        }
    }

    fn status_of(&self, proven: Proven, zone: &Name) -> Status {
        match proven {
            Proven::NoName | Proven::NoData => Status::Secure,
            Proven::Open => Status::Insecure {
                proof: format!("the NSEC3 records of {zone} leave room for unsigned names"),
            },
        }
    }

    /// The proofs of a message that a zone has signed, be they about what they may.
    pub(super) fn proofs(&mut self, message: &Message, zone: &Name, keys: &[Dnskey]) -> Proofs {
        let mut proofs = Proofs { nsec: Vec::new(), nsec3: Vec::new(), failed: None };
        let all = message.authorities.iter();
        let all = all.filter(|set| matches!(set.rtype, types::NSEC | types::NSEC3));
        for set in all.filter(|set| set.owner.is_within(zone)).take(MAX_PROOFS) {
            match verify(set, zone, keys, self.now_s, &mut self.work) {
                // None is made from a wildcard (RFC 4035, section 2.3).
                Ok(verified) if verified.expanded_from.is_none() => {
                    self.used(&verified);
                    let data = set.data.iter();
                    match set.rtype {
                        types::NSEC => {
                            proofs.nsec.extend(data.filter_map(|d| Nsec::read(&set.owner, d)));
                        }
                        _ if set.owner.parent().as_ref() == Some(zone) => {
                            proofs.nsec3.extend(data.filter_map(|d| Nsec3::read(&set.owner, d)));
                        }
                        _ => {}
                    }
                }
                Ok(_) => {}
                Err(reason) => proofs.failed = Some(reason),
            }
        }
        proofs
    }
}
