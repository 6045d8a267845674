//! Proofs that something does not exist, as far as they are alike with NSEC and NSEC3.

use super::message::{shown, types};
use super::name::Name;
use super::reason::Bogus;
use super::record::Types;

/// What a proof comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proven {
    /// The name does not exist.
    NoName,
    /// The name exists, or a wildcard stands for it, and has no such records.
    NoData,
    /// Whether it exists is left open: unsigned delegations may be there (opt-out, RFC 5155, section
    /// 6), or hashes take too long (RFC 9276, section 3.2).
    Open,
}

/// What the parent says about a name that may be a zone of its own (RFC 4035, section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDs {
    /// It is delegated, and not signed.
    Unsigned,
    /// It is not delegated, or does not exist.
    NoCut,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sought<'a> {
    pub(crate) zone: &'a Name,
    pub(crate) name: &'a Name,
    pub(crate) rtype: u16,
}

impl Sought<'_> {
    pub(crate) fn wrong(&self, why: &str) -> Bogus {
        Bogus::WrongProof { set: shown(self.name, self.rtype), why: why.to_owned() }
    }

    /// Whether the types of the very name say that there are no such records.
    pub(crate) fn lacks(&self, types: &Types) -> Result<(), Bogus> {
        if types.has(self.rtype) || types.has(types::CNAME) {
            return Err(Bogus::Contradiction { set: shown(self.name, self.rtype) });
        }
        // Each side of a zone cut speaks for its own side (RFC 6840, section 4.4).
        match (self.rtype == types::DS, types.has(types::SOA)) {
            (true, true) if !self.name.is_root() => {
                Err(self.wrong("it is the zone's own word about what only its parent knows"))
            }
            (false, false) if types.has(types::NS) => {
                Err(self.wrong("it is the parent's word about a name in another zone"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the types are those of a delegation or of a DNAME: nothing is said about names below
/// (RFC 6840, section 4.1).
pub(crate) fn ends_here(types: &Types) -> bool {
    types.has(types::DNAME) || (types.has(types::NS) && !types.has(types::SOA))
}

/// What the types of a name in the parent say about its delegation.
pub(crate) fn delegation(types: &Types) -> Option<NoDs> {
    if types.has(types::DS) || types.has(types::SOA) {
        return None;
    }
    Some(if types.has(types::NS) { NoDs::Unsigned } else { NoDs::NoCut })
}
