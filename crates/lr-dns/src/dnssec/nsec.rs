//! RFC 4035, section 5.4, and RFC 6840, section 4: what gaps between names prove.

use super::denial::{NoDs, Proven, Sought, delegation, ends_here};
use super::name::Name;
use super::reason::Bogus;
use super::record::Nsec;

/// What these records, all verified as the zone's, prove of a name and type.
pub(crate) fn proves(nsecs: &[Nsec], sought: Sought<'_>) -> Result<Proven, Bogus> {
    if let Some(own) = nsecs.iter().find(|nsec| nsec.owner == *sought.name) {
        sought.lacks(&own.types)?;
        return Ok(Proven::NoData);
    }
    let Some(gap) = gap(nsecs, sought.name, sought.zone) else {
        return Err(sought.wrong("no record covers the name"));
    };
    // The next name is below: the name exists, empty (RFC 4592, section 2.2.2).
    if gap.next.is_below(sought.name) {
        return Ok(Proven::NoData);
    }
    let encloser = encloser(gap, sought.name);
    let Some(wildcard) = encloser.wildcard() else { return Ok(Proven::NoName) };
    if let Some(own) = nsecs.iter().find(|nsec| nsec.owner == wildcard) {
        sought.lacks(&own.types)?;
        return Ok(Proven::NoData);
    }
    match self::gap(nsecs, &wildcard, sought.zone) {
        Some(_) => Ok(Proven::NoName),
        None => Err(sought.wrong("no record covers the wildcard that may stand for the name")),
    }
}

/// Whether nothing is nearer to `name` than `*` below `encloser` (RFC 4035, section 5.3.4).
pub(crate) fn proves_expansion(
    nsecs: &[Nsec],
    sought: Sought<'_>,
    from: &Name,
) -> Result<(), Bogus> {
    let gap = gap(nsecs, sought.name, sought.zone);
    match gap.map(|gap| (encloser(gap, sought.name), gap.next.is_below(sought.name))) {
        Some((encloser, false)) if encloser == *from => Ok(()),
        Some(_) => Err(sought.wrong("there is something nearer to the name than the wildcard")),
        None => Err(sought.wrong("the name may exist beside the wildcard that was used for it")),
    }
}

/// What they say about a delegation of the name.
pub(crate) fn proves_no_ds(nsecs: &[Nsec], sought: Sought<'_>) -> Result<NoDs, Bogus> {
    if let Some(own) = nsecs.iter().find(|nsec| nsec.owner == *sought.name) {
        return delegation(&own.types)
            .ok_or_else(|| sought.wrong("it shows a DS record, or is the zone's own word"));
    }
    match gap(nsecs, sought.name, sought.zone) {
        Some(_) => Ok(NoDs::NoCut),
        None => Err(sought.wrong("no record covers the name")),
    }
}

/// The record in whose gap the name would be.
fn gap<'a>(nsecs: &'a [Nsec], name: &Name, zone: &Name) -> Option<&'a Nsec> {
    nsecs.iter().find(|nsec| {
        let last = nsec.next <= nsec.owner;
        let inside = nsec.owner < *name && (last || *name < nsec.next);
        let foreign = !nsec.next.is_within(zone) || (last && nsec.next != *zone);
        inside && !foreign && !(name.is_below(&nsec.owner) && ends_here(&nsec.types))
    })
}

/// The deepest name above that exists, by the names on both sides.
fn encloser(gap: &Nsec, name: &Name) -> Name {
    let (before, after) = (name.common(&gap.owner), name.common(&gap.next));
    if before.count() >= after.count() { before } else { after }
}
