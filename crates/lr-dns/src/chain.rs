use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use lr_core::ErrorKind;

use crate::snapshot::{Answer, Asked, Record, Snapshot};
use crate::status::{is_at_or_below, is_authoritative};

/// Where the aliases of a name lead, by everything that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The name, then the target of each alias.
    pub(crate) links: Vec<String>,
    pub(crate) end: End,
}

/// How a chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// At addresses, sorted.
    Addresses(Vec<IpAddr>),
    /// At a name that exists and has no address.
    NoAddress,
    /// At a name that does not exist.
    Missing,
    /// At a name that was there before.
    Loop,
    /// At a name of which nothing is known, and why.
    Unknown(ErrorKind, String),
}

impl Chain {
    /// The last name of the chain.
    pub(crate) fn last(&self) -> &str {
        self.links.last().map_or("", String::as_str)
    }

    pub(crate) fn is_alias(&self) -> bool {
        self.links.len() > 1
    }

    pub(crate) fn addresses(&self) -> &[IpAddr] {
        match &self.end {
            End::Addresses(addresses) => addresses,
            _ => &[],
        }
    }
}

/// Whether anything exists at the name where the chain starts; `None` if that is not known.
pub(crate) fn exists(chain: &Chain) -> Option<bool> {
    match chain.end {
        _ if chain.is_alias() => Some(true),
        End::Missing => Some(false),
        End::Unknown(..) => None,
        _ => Some(true),
    }
}

/// Most links that are followed at all.
const MAX_LINKS: usize = 24;

/// All that was said about names, indexed.
pub(crate) struct Book<'a> {
    aliases: BTreeMap<&'a str, &'a str>,
    addresses: BTreeMap<&'a str, Vec<IpAddr>>,
    denied: BTreeMap<&'a str, Denial>,
    failed: BTreeMap<&'a str, (ErrorKind, &'a str)>,
}

/// What was said of a name beside its records; a later one of these refutes an earlier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Denial {
    Missing,
    /// It exists; whether it has an address was not said.
    Exists,
    NoAddress,
}

impl<'a> Book<'a> {
    /// Authoritative answers about names inside the zone, and the resolver's about everything else:
    /// it may give answers of its own to those who sit behind it, or old ones to everybody.
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        let mut book = Self {
            aliases: BTreeMap::new(),
            addresses: BTreeMap::new(),
            denied: BTreeMap::new(),
            failed: BTreeMap::new(),
        };
        // Names and types about which the zone's own servers have spoken.
        let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
        let zone = snapshot.zone.as_deref();
        let inside = |name: &str| zone.is_some_and(|zone| is_at_or_below(name, zone));
        for (_, endpoint) in snapshot.endpoints() {
            for asked in &endpoint.asked {
                if let Ok(answer) = &asked.outcome
                    && is_authoritative(answer)
                {
                    book.learn(asked, answer, |name, _| inside(name));
                    told.insert((&asked.name, &asked.rtype));
                    let owners = answer.answers.iter().filter(|record| inside(&record.name));
                    told.extend(owners.map(|r| (r.name.as_str(), asked.rtype.as_str())));
                }
            }
        }
        for asked in &snapshot.resolver {
            match &asked.outcome {
                Ok(answer) => book.learn(asked, answer, |name, rtype| {
                    let rtype = if rtype == "CNAME" { asked.rtype.as_str() } else { rtype };
                    !told.contains(&(name, rtype))
                }),
                Err(failure) => {
                    let why = (failure.kind, failure.message.as_str());
                    book.failed.entry(&asked.name).or_insert(why);
                }
            }
        }
        book
    }

    /// Learns what `answer` says, as far as it is `believed` about a name and type.
    fn learn(
        &mut self,
        asked: &'a Asked,
        answer: &'a Answer,
        believed: impl Fn(&str, &str) -> bool,
    ) {
        let believable = |record: &&Record| believed(&record.name, &record.rtype);
        for record in answer.answers.iter().filter(believable) {
            match record.rtype.as_str() {
                // The first who was asked is believed; that others differ is another matter.
                "CNAME" => {
                    self.aliases.entry(&record.name).or_insert(&record.data);
                }
                "A" | "AAAA" => {
                    let known = self.addresses.entry(&record.name).or_default();
                    known.extend(record.data.parse::<IpAddr>());
                }
                _ => {}
            }
        }
        let (name, denial) = match answer.rcode.as_str() {
            // About the last name of the chain (RFC 6604, section 3). The resolver's answers come
            // without their chain; an alias that is known otherwise then goes before the denial.
            "NXDOMAIN" => (last_of(answer, &asked.name), Denial::Missing),
            "NOERROR" if asked.rtype == "A" && answer.answers.is_empty() => {
                (asked.name.as_str(), Denial::NoAddress)
            }
            "NOERROR" => (asked.name.as_str(), Denial::Exists),
            _ => return,
        };
        if believed(name, &asked.rtype) {
            let known = self.denied.entry(name).or_insert(denial);
            *known = denial.max(*known);
        }
    }

    /// Follows the aliases of `name`.
    pub(crate) fn follow(&self, name: &str) -> Chain {
        let mut links = vec![name.to_owned()];
        // Where servers disagree, a name can have addresses at one and an alias at another.
        let mut addresses = Vec::new();
        let end = loop {
            let at = links.last().map_or(name, String::as_str);
            addresses.extend(self.addresses.get(at).into_iter().flatten());
            let Some(next) = self.aliases.get(at) else { break self.end_at(at) };
            let again = links.iter().any(|link| link == next);
            links.push((*next).to_owned());
            if again || links.len() > MAX_LINKS {
                break End::Loop;
            }
        };
        if addresses.is_empty() || end == End::Loop {
            return Chain { links, end };
        }
        addresses.sort_unstable();
        addresses.dedup();
        Chain { links, end: End::Addresses(addresses) }
    }

    fn end_at(&self, name: &str) -> End {
        match (self.denied.get(name), self.failed.get(name)) {
            (Some(Denial::Missing), _) => End::Missing,
            (Some(Denial::NoAddress), _) => End::NoAddress,
            (_, Some((kind, why))) => End::Unknown(*kind, (*why).to_owned()),
            (_, None) => {
                End::Unknown(ErrorKind::NotDecided, format!("nothing is known about {name}"))
            }
        }
    }
}

/// The name at the end of the aliases in an answer.
fn last_of<'a>(answer: &'a Answer, name: &'a str) -> &'a str {
    let mut last = name;
    for _ in 0..MAX_LINKS {
        match answer.data_of(last, "CNAME").next() {
            Some(next) => last = next,
            None => break,
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolver(name: &str, rtype: &str, rcode: &str, records: &[(&str, &str, &str)]) -> Asked {
        let answers = records.iter().map(|(n, t, d)| Record::new(n, t, 300, d)).collect();
        Asked::new(name, rtype, Ok(Answer { rcode: rcode.into(), answers, ..Answer::default() }))
    }

    fn follow(seen: Vec<Asked>) -> Chain {
        let snapshot = Snapshot { resolver: seen, ..Snapshot::default() };
        Book::of(&snapshot).follow("a")
    }

    #[test]
    fn chains_end_as_they_should() {
        let alias = |from: &'static str, to: &'static str| {
            resolver(from, "CNAME", "NOERROR", &[(from, "CNAME", to)])
        };
        let address = follow(vec![resolver(
            "a",
            "A",
            "NOERROR",
            &[("a", "CNAME", "b"), ("b", "A", "11.0.0.1")],
        )]);
        assert_eq!(address.links, ["a", "b"]);
        assert_eq!(address.end, End::Addresses(vec!["11.0.0.1".parse().unwrap()]));
        let dangling = [
            resolver("a", "A", "NXDOMAIN", &[]),
            alias("a", "b"),
            resolver("b", "CNAME", "NXDOMAIN", &[]),
        ];
        let dangling = follow(dangling.to_vec());
        assert_eq!((dangling.links.len(), dangling.end), (2, End::Missing));
        assert_eq!(follow(vec![alias("a", "b"), alias("b", "a")]).end, End::Loop);
        assert_eq!(follow(vec![alias("a", "a")]).end, End::Loop);
        assert_eq!(follow(vec![resolver("a", "A", "NXDOMAIN", &[])]).end, End::Missing);
        assert_eq!(follow(vec![resolver("a", "A", "NOERROR", &[])]).end, End::NoAddress);
    }

    #[test]
    fn an_unanswered_question_is_not_a_denial() {
        let failed = Err(lr_net::Failure::from(lr_net::Error::Timeout("a A".into())));
        let seen = vec![Asked::new("a", "A", failed), resolver("a", "AAAA", "NOERROR", &[])];
        assert!(matches!(follow(seen).end, End::Unknown(ErrorKind::Timeout, _)));
    }
}
