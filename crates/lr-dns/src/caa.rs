mod authority;
mod grammar;

use lr_core::ErrorKind;

pub(crate) use self::authority::domains_of;
pub use self::grammar::CaaRecord;
use crate::chain::{Book, Chain};

use crate::snapshot::Snapshot;
use crate::status::is_authoritative;

impl Snapshot {
    /// The CAA records that count for `name` (RFC 8659, section 3), those that cannot be read left
    /// out: none if nobody is forbidden to issue, `None` if that is not known.
    #[must_use]
    pub fn caa(&self, name: &str) -> Option<Vec<CaaRecord>> {
        match climb(self, name) {
            Climb::Found { records, .. } => {
                Some(records.iter().filter_map(|text| CaaRecord::read(text).ok()).collect())
            }
            Climb::Nowhere => Some(Vec::new()),
            Climb::Unknown(..) => None,
        }
    }
}

/// Where the relevant CAA records of a name are (RFC 8659, section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Climb {
    /// At this name.
    Found {
        at: String,
        /// The records in presentation form, sorted.
        records: Vec<String>,
    },
    /// Nowhere: everybody may issue.
    Nowhere,
    /// Something on the way could not be asked.
    Unknown(ErrorKind, String),
}

/// Climbs from `name` to the top-level domain, to the first name with CAA records.
pub(crate) fn climb(snapshot: &Snapshot, name: &str) -> Climb {
    // An alias brings the records of its target; the climb goes on above the alias itself.
    let chain = Book::of(snapshot).follow(name);
    if chain.is_alias() {
        match at_end(snapshot, &chain) {
            Ok(records) if records.is_empty() => {}
            Ok(records) => return Climb::Found { at: chain.last().to_owned(), records },
            Err((cause, why)) => return Climb::Unknown(cause, why),
        }
    }
    let own =
        if chain.is_alias() { name.split_once('.').map(|(_, rest)| rest) } else { Some(name) };
    let mut at = own;
    while let Some(name) = at {
        match at_name(snapshot, name) {
            Ok(records) if records.is_empty() => {}
            Ok(records) => return Climb::Found { at: name.to_owned(), records },
            Err((cause, why)) => return Climb::Unknown(cause, why),
        }
        at = name.split_once('.').map(|(_, rest)| rest);
    }
    Climb::Nowhere
}

/// The CAA records at the end of a chain of aliases: of the last name, or as the resolver gave them
/// when it was asked about a name before it.
fn at_end(snapshot: &Snapshot, chain: &Chain) -> Result<Vec<String>, (ErrorKind, String)> {
    let failure = match at_name(snapshot, chain.last()) {
        Err(failure) if failure.0 == ErrorKind::NotDecided => failure,
        told => return told,
    };
    let asked = snapshot.resolver.iter().filter(|asked| asked.rtype == "CAA");
    let mut along = asked.filter(|asked| chain.links.contains(&asked.name));
    let answer = along.find_map(|asked| asked.outcome.as_ref().ok()).ok_or(failure)?;
    let mut records: Vec<_> = answer.data("CAA").map(str::to_owned).collect();
    records.sort_unstable();
    Ok(records)
}

/// The CAA records of one name: by the servers of the zone if they told, else by the resolver.
fn at_name(snapshot: &Snapshot, name: &str) -> Result<Vec<String>, (ErrorKind, String)> {
    let asked = |list: &'_ [crate::snapshot::Asked]| {
        list.iter().find(|a| a.name == name && a.rtype == "CAA").map(|asked| asked.outcome.clone())
    };
    let by_server = snapshot.endpoints().filter_map(|(_, endpoint)| asked(&endpoint.asked));
    let by_server = by_server.filter_map(Result::ok).filter(is_authoritative);
    let by_resolver = asked(&snapshot.resolver);
    let failure = match &by_resolver {
        Some(Err(failure)) => (failure.kind, failure.message.as_str().to_owned()),
        _ => (ErrorKind::NotDecided, format!("the CAA records of {name} were not asked for")),
    };
    let answers: Vec<_> = by_server.chain(by_resolver.into_iter().filter_map(Result::ok)).collect();
    if answers.is_empty() {
        return Err(failure);
    }
    let mut records: Vec<_> =
        answers.iter().flat_map(|answer| answer.data("CAA")).map(str::to_owned).collect();
    records.sort_unstable();
    records.dedup();
    Ok(records)
}
