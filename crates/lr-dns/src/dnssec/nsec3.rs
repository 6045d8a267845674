//! RFC 5155, section 8: what gaps between hashes of names prove.

use std::collections::BTreeMap;

use super::crypto;
use super::denial::{NoDs, Proven, Sought, delegation, ends_here};
use super::name::Name;
use super::reason::Bogus;
use super::record::Nsec3;
use super::work::{MAX_ITERATIONS, Work};

/// Records of one zone, all verified, with the same parameters (RFC 5155, section 8.2).
pub(crate) struct Hashed<'a> {
    records: Vec<&'a Nsec3>,
    known: BTreeMap<Name, Vec<u8>>,
    work: &'a mut Work,
}

/// The deepest name above that exists, and the gap in which the next one would be (RFC 5155, section
/// 8.3).
struct Enclosed<'a> {
    encloser: Name,
    gap: &'a Nsec3,
}

impl<'a> Hashed<'a> {
    pub(crate) fn new(records: &'a [Nsec3], work: &'a mut Work) -> Self {
        let first = records.first();
        let alike = |one: &&Nsec3| {
            first.is_some_and(|first| one.iterations == first.iterations && one.salt == first.salt)
        };
        Self { records: records.iter().filter(alike).collect(), known: BTreeMap::new(), work }
    }

    /// Whether hashing would take too long.
    pub(crate) fn is_slow(&self) -> bool {
        self.records.iter().any(|one| one.iterations > MAX_ITERATIONS)
    }

    /// What they prove of a name and type; `denied`: the answer says that there is no such name.
    pub(crate) fn proves(&mut self, sought: Sought<'_>, denied: bool) -> Result<Proven, Bogus> {
        if self.is_slow() {
            return Ok(Proven::Open);
        }
        if let Some(own) = self.matching(sought.name)? {
            sought.lacks(&own.types)?;
            return Ok(Proven::NoData);
        }
        let Enclosed { encloser, gap } = self.enclosed(sought)?;
        let Some(wildcard) = encloser.wildcard() else { return Ok(Proven::NoName) };
        if let Some(own) = self.matching(&wildcard)? {
            sought.lacks(&own.types)?;
            return Ok(if gap.opt_out { Proven::Open } else { Proven::NoData });
        }
        // Unsigned delegations may be in the gap, of this name too (RFC 5155, sections 8.6 and 9.2).
        if gap.opt_out && !denied {
            return Ok(Proven::Open);
        }
        match self.covering(&wildcard)? {
            Some(_) if gap.opt_out => Ok(Proven::Open),
            Some(_) => Ok(Proven::NoName),
            None => Err(sought.wrong("no record covers the wildcard that may stand for the name")),
        }
    }

    /// Whether nothing is nearer to the name than `*` below `from` (RFC 5155, section 8.8).
    pub(crate) fn proves_expansion(
        &mut self,
        sought: Sought<'_>,
        from: &Name,
    ) -> Result<Proven, Bogus> {
        if self.is_slow() {
            return Ok(Proven::Open);
        }
        let next = sought.name.last_labels(from.count() + 1);
        match self.covering(&next)? {
            Some(gap) if gap.opt_out => Ok(Proven::Open),
            Some(_) => Ok(Proven::NoName),
            None => {
                Err(sought.wrong("the name may exist beside the wildcard that was used for it"))
            }
        }
    }

    /// What they say about a delegation of the name (RFC 5155, sections 8.6 and 8.9).
    pub(crate) fn proves_no_ds(&mut self, sought: Sought<'_>) -> Result<NoDs, Bogus> {
        if self.is_slow() {
            return Ok(NoDs::Unsigned);
        }
        if let Some(own) = self.matching(sought.name)? {
            return delegation(&own.types)
                .ok_or_else(|| sought.wrong("it shows a DS record, or is the zone's own word"));
        }
        let enclosed = self.enclosed(sought)?;
        Ok(if enclosed.gap.opt_out { NoDs::Unsigned } else { NoDs::NoCut })
    }

    fn enclosed(&mut self, sought: Sought<'_>) -> Result<Enclosed<'a>, Bogus> {
        let mut next = sought.name.clone();
        while let Some(encloser) = next.parent().filter(|above| above.is_within(sought.zone)) {
            if let Some(own) = self.matching(&encloser)? {
                if ends_here(&own.types) {
                    return Err(sought.wrong("the name above it is in another zone or redirected"));
                }
                return match self.covering(&next)? {
                    Some(gap) => Ok(Enclosed { encloser, gap }),
                    None => Err(sought.wrong("no record covers the name")),
                };
            }
            next = encloser;
        }
        Err(sought.wrong("no record shows which name above it exists"))
    }

    fn matching(&mut self, name: &Name) -> Result<Option<&'a Nsec3>, Bogus> {
        let hash = self.hash(name)?;
        Ok(self.records.iter().find(|one| one.hash == hash).copied())
    }

    fn covering(&mut self, name: &Name) -> Result<Option<&'a Nsec3>, Bogus> {
        let hash = self.hash(name)?;
        let covers = |one: &&&Nsec3| match one.hash < one.next {
            true => one.hash < hash && hash < one.next,
            // The last one goes round to the first.
            false => one.hash < hash || hash < one.next,
        };
        Ok(self.records.iter().find(covers).copied())
    }

    fn hash(&mut self, name: &Name) -> Result<Vec<u8>, Bogus> {
        if let Some(known) = self.known.get(name) {
            return Ok(known.clone());
        }
        let Some(first) = self.records.first() else { return Ok(Vec::new()) };
        self.work.hash()?;
        let hash = crypto::hash(name, &first.salt, first.iterations).unwrap_or_default();
        self.known.insert(name.clone(), hash.clone());
        Ok(hash)
    }
}
