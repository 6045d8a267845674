use std::net::IpAddr;

use lr_core::ErrorKind;
use lr_net::{Failure, FailureReason};
use serde::{Deserialize, Serialize};

use crate::snapshot::{Answer, Endpoint, Snapshot};

/// What one server at one address makes of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// It answers with authority.
    Authoritative,
    /// It answers, but not as a server of this zone does: `how` says what it does instead.
    Lame {
        /// Such as "REFUSED".
        how: String,
    },
    /// It does not answer, or nothing that makes sense.
    Dead {
        /// Such as "no answer in time".
        how: String,
    },
    /// It could not be asked from here, which tells nothing about it.
    Unknown {
        /// The kind of obstacle.
        cause: ErrorKind,
        /// What stood in the way.
        why: String,
    },
}

impl Status {
    /// The status of a server by its answers about `zone`.
    ///
    /// The SOA question decides; when it was lost, any other answer shows that the server lives.
    #[must_use]
    pub fn of(endpoint: &Endpoint, zone: &str) -> Self {
        let about = |rtype| endpoint.asked.iter().find(|a| a.name == zone && a.rtype == rtype);
        let soa = about("SOA");
        if let Some(Ok(answer)) = soa.map(|asked| &asked.outcome) {
            let status = by_answer(answer, zone);
            // Every zone has one (RFC 1035, section 5.2).
            let bare = answer.data_of(zone, "SOA").next().is_none();
            return match status {
                Self::Authoritative if bare && answer.data("CNAME").next().is_none() => {
                    Self::Lame { how: "an answer without an SOA record".into() }
                }
                status => status,
            };
        }
        let answered = endpoint.asked.iter().filter_map(|asked| asked.outcome.as_ref().ok());
        if answered.clone().any(is_authoritative) {
            return Self::Authoritative;
        }
        if let Some(answer) = answered.into_iter().next() {
            return by_answer(answer, zone);
        }
        let failure = soa.or_else(|| endpoint.asked.first()).map(|asked| &asked.outcome);
        match failure {
            Some(Err(failure)) => by_failure(failure),
            _ => Self::Unknown { cause: ErrorKind::NotDecided, why: "it was not asked".into() },
        }
    }
}

/// Response codes that say something about a name.
pub(crate) fn is_definite(rcode: &str) -> bool {
    matches!(rcode, "NOERROR" | "NXDOMAIN")
}

/// Whether an answer was given by a server of the zone and says something about the name.
pub(crate) fn is_authoritative(answer: &Answer) -> bool {
    answer.authoritative && is_definite(&answer.rcode)
}

fn by_answer(answer: &Answer, zone: &str) -> Status {
    let lame = |how: &str| Status::Lame { how: how.into() };
    match answer.rcode.as_str() {
        "NOERROR" if answer.authoritative => Status::Authoritative,
        "NOERROR" => {
            let refers = answer.authorities.iter().find(|record| record.rtype == "NS");
            match refers.filter(|_| answer.answers.is_empty()) {
                Some(up) if !is_at_or_below(&up.name, zone) => {
                    let to = if up.name.is_empty() { "the root" } else { &up.name };
                    lame(&format!("a referral up to {to}"))
                }
                Some(down) => lame(&format!("a referral to {}", down.name)),
                None => lame("an answer without authority (no AA bit)"),
            }
        }
        "NXDOMAIN" => lame("NXDOMAIN: it does not know the zone"),
        "SERVFAIL" => Status::Dead { how: "SERVFAIL".into() },
        rcode => lame(rcode),
    }
}

fn by_failure(failure: &Failure) -> Status {
    let unknown =
        || Status::Unknown { cause: failure.kind, why: failure.message.as_str().to_owned() };
    let dead = |how: &str| Status::Dead { how: how.into() };
    match (failure.kind, failure.reason) {
        (_, FailureReason::NoRoute) => unknown(),
        (ErrorKind::Timeout, _) => dead("no answer in time"),
        (ErrorKind::Protocol, _) => dead("an answer that is no DNS message"),
        (ErrorKind::Unreachable, _) => dead("nothing listens there (connection refused or reset)"),
        _ => unknown(),
    }
}

/// Whether `name` is `zone` or below it; the root is the empty name.
pub(crate) fn is_at_or_below(name: &str, zone: &str) -> bool {
    zone.is_empty()
        || name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Which address families work from here: somebody, be it a server of the parent, has answered
/// over them. Where nobody did, silence tells nothing about the zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Families {
    v4: bool,
    v6: bool,
}

impl Families {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let answered = |v6: bool| {
            let servers = snapshot.servers.iter().chain(&snapshot.parent_servers);
            let mut endpoints = servers.flat_map(|server| &server.endpoints);
            endpoints
                .any(|at| at.address.is_ipv6() == v6 && at.asked.iter().any(|a| a.outcome.is_ok()))
        };
        Self { v4: answered(false), v6: answered(true) }
    }

    pub(crate) fn work_for(self, address: IpAddr) -> bool {
        if address.is_ipv6() { self.v6 } else { self.v4 }
    }
}

/// The status as far as it can be known from here.
pub(crate) fn status_from_here(endpoint: &Endpoint, zone: &str, families: Families) -> Status {
    match Status::of(endpoint, zone) {
        Status::Dead { how } if !families.work_for(endpoint.address) => {
            let family = if endpoint.address.is_ipv6() { "IPv6" } else { "IPv4" };
            Status::Unknown {
                cause: ErrorKind::Unreachable,
                why: format!("{how}; no name server at all answered over {family} from here"),
            }
        }
        status => status,
    }
}
