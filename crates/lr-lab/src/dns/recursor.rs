//! A recursive name server that walks the same zones in memory, from the root.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{LowerName, Name, RData, Record, RecordType};

use crate::dns::answer::Lookup;
use crate::dns::authority::Served;
use crate::dns::disturb::disturb;
use crate::dns::fault::{Armed, Fault};
use crate::dns::internet::Internet;
use crate::dns::message::{Response, answer_to};
use crate::dns::name::text;
use crate::log::Transport;

/// A name has at most 127 labels, and so many zone cuts.
const MAX_DELEGATIONS: usize = 128;

/// Longest chain of aliases over all zones.
const MAX_ALIASES: usize = 16;

/// The recursive name server of the lab.
#[derive(Debug)]
pub(crate) struct Recursor {
    pub(crate) net: Arc<Internet>,
    pub(crate) faults: Vec<Armed>,
}

impl Recursor {
    /// Answers as a recursive server does: the whole chain of aliases in the answer, SERVFAIL when
    /// no server of a zone on the way is of use. Of servers that disagree it believes the first.
    pub(crate) fn respond(&self, request: &Message, transport: Transport) -> Response {
        disturb(self.faults.iter(), request, transport, || resolve(&self.net, request))
    }
}

fn resolve(net: &Internet, request: &Message) -> Option<(Message, Duration)> {
    let mut message = answer_to(request, ResponseCode::NoError);
    message.metadata.recursion_available = true;
    let mut after = Duration::ZERO;
    let Some(query) = request.queries.first() else {
        message.metadata.response_code = ResponseCode::FormErr;
        return Some((message, after));
    };
    let mut seen = BTreeSet::new();
    let mut name = query.name.clone();
    let code = loop {
        let known = !seen.insert(LowerName::from(&name));
        if known || seen.len() > MAX_ALIASES {
            break ResponseCode::ServFail;
        }
        match find(net, &name, query.query_type) {
            Walk::Silence => return None,
            Walk::Failure => break ResponseCode::ServFail,
            Walk::Found(found, late) => {
                after += late;
                message.answers.extend(found.answers);
                match found.leaves_for {
                    Some(next) => name = next,
                    None => {
                        message.authorities = found.authorities;
                        break found.code;
                    }
                }
            }
        }
    };
    if code == ResponseCode::ServFail {
        message.answers.clear();
    }
    message.metadata.response_code = code;
    Some((message, after))
}

enum Walk {
    Found(Box<Lookup>, Duration),
    Failure,
    /// The test wants this name to time out.
    Silence,
}

/// Follows referrals from the root to the zone that answers for a name.
fn find(net: &Internet, name: &Name, wanted: RecordType) -> Walk {
    let mut servers: Vec<_> = net.roots.clone();
    let mut zone = LowerName::from(Name::root());
    for _ in 0..MAX_DELEGATIONS {
        let lower = LowerName::from(name);
        let candidates = servers
            .iter()
            .filter_map(|address| net.servers.get(address))
            .filter_map(|server| server.served(&zone));
        let mut usable = None;
        for served in candidates {
            let mut faults = served.faults(&lower, wanted);
            if faults.any(|f| f.only.is_some() && f.armed.fault == Fault::Silent) {
                return Walk::Silence;
            }
            if usable.is_none() && served.faults(&lower, wanted).all(|f| is_usable(&f.armed.fault))
            {
                usable = Some(served);
            }
        }
        let Some(served) = usable else { return Walk::Failure };
        let found = served.lookup(name, wanted);
        let Some(cut) = found.referral.clone() else {
            return Walk::Found(Box::new(found), delay(served, &lower, wanted));
        };
        servers = next_servers(net, &found);
        zone = LowerName::from(cut);
    }
    Walk::Failure
}

/// Addresses of the servers that a referral names: its glue, else what their own zones say.
fn next_servers(net: &Internet, referral: &Lookup) -> Vec<IpAddr> {
    let host = |record: &Record| match &record.data {
        RData::NS(host) => Some(host.0.clone()),
        _ => None,
    };
    let mut addresses = Vec::new();
    for server in referral.authorities.iter().filter_map(host) {
        let lower = LowerName::from(&server);
        let glue: Vec<_> = referral
            .additionals
            .iter()
            .filter(|record| LowerName::from(&record.name) == lower)
            .filter_map(|record| record.data.ip_addr())
            .collect();
        match glue.is_empty() {
            true => addresses.extend(net.server_addresses(&text(&server))),
            false => addresses.extend(glue),
        }
    }
    addresses
}

/// Whether a resolver can get an answer out of a server with this fault.
fn is_usable(fault: &Fault) -> bool {
    !matches!(
        fault,
        Fault::Silent
            | Fault::Refused
            | Fault::ServFail
            | Fault::Garbage
            | Fault::TruncateNoTcp
            | Fault::NotAuthoritative
            | Fault::UpwardReferral
            | Fault::WrongId
    )
}

/// Only names can be slow for the recursor: it does not wait for servers.
fn delay(served: &Served, name: &LowerName, wanted: RecordType) -> Duration {
    served
        .faults(name, wanted)
        .filter(|fault| fault.only.is_some())
        .filter_map(|fault| match fault.armed.fault {
            Fault::Delay(time) => Some(time),
            _ => None,
        })
        .sum()
}
