//! One authoritative name server: which zones it has, and how it answers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{LowerName, Name, RData, Record, RecordType};

use crate::dns::answer::{Lookup, lookup};
use crate::dns::fault::{Armed, Fault};
use crate::dns::zone::ZoneData;
use crate::log::Transport;

/// Largest UDP response that is sent, whatever the client says it takes.
const MAX_UDP: u16 = 1232;

/// A server at one nominal address.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) name: String,
    pub(crate) address: IpAddr,
    pub(crate) zones: Vec<Served>,
}

/// A zone as one server has it.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) data: Arc<ZoneData>,
    pub(crate) faults: Vec<Scoped>,
}

/// A fault and the questions it concerns.
#[derive(Clone, Debug)]
pub(crate) struct Scoped {
    /// Name and type; `None` is the whole zone, a type of `None` all types.
    pub(crate) only: Option<(LowerName, Option<RecordType>)>,
    pub(crate) armed: Arc<Armed>,
    /// The records of a [`Fault::Lie`].
    pub(crate) lies: Vec<Record>,
}

/// What leaves a server, and when.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) after: Duration,
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Authority {
    pub(crate) fn served(&self, origin: &LowerName) -> Option<&Served> {
        self.zones.iter().find(|zone| zone.data.origin == *origin)
    }

    pub(crate) fn respond(&self, request: &Message, transport: Transport) -> Response {
        let Some(query) = request.queries.first() else {
            return reply(&answer_to(request, ResponseCode::FormErr), request, transport);
        };
        let name = LowerName::from(&query.name);
        let zone = self
            .zones
            .iter()
            .filter(|zone| zone.data.origin.zone_of(&name))
            .max_by_key(|zone| zone.data.origin.num_labels());
        let transfer = matches!(query.query_type, RecordType::AXFR | RecordType::IXFR);
        let Some(zone) = zone.filter(|_| request.op_code == OpCode::Query && !transfer) else {
            return reply(&answer_to(request, ResponseCode::Refused), request, transport);
        };
        zone.respond(query, request, transport)
    }
}

impl Served {
    /// The faults that concern a question.
    pub(crate) fn faults<'a>(
        &'a self,
        name: &'a LowerName,
        wanted: RecordType,
    ) -> impl Iterator<Item = &'a Scoped> {
        self.faults.iter().filter(move |fault| match &fault.only {
            None => true,
            Some((only, kind)) => only == name && kind.is_none_or(|kind| kind == wanted),
        })
    }

    /// What the zone says, lies included.
    pub(crate) fn lookup(&self, name: &Name, wanted: RecordType) -> Lookup {
        let lower = LowerName::from(name);
        let lies: Vec<_> = self
            .faults(&lower, wanted)
            .flat_map(|fault| &fault.lies)
            .filter(|lie| LowerName::from(&lie.name) == lower && lie.record_type() == wanted)
            .cloned()
            .collect();
        match lies.is_empty() {
            true => lookup(&self.data, name, wanted),
            false => Lookup {
                code: ResponseCode::NoError,
                answers: lies,
                authorities: Vec::new(),
                additionals: Vec::new(),
                referral: None,
                leaves_for: None,
            },
        }
    }

    fn respond(&self, query: &Query, request: &Message, transport: Transport) -> Response {
        let name = LowerName::from(&query.name);
        let mut after = Duration::ZERO;
        let mut code = None;
        let mut not_authoritative = false;
        let mut wrong_id = false;
        let mut lower_case = false;
        for fault in self.faults(&name, query.query_type) {
            match &fault.armed.fault {
                Fault::Silent => return Response::default(),
                Fault::DropFirst(count) if fault.armed.is_among_first(*count) => {
                    return Response::default();
                }
                Fault::DropEdns if request.edns.is_some() => return Response::default(),
                Fault::FormErrOnEdns if request.edns.is_some() => {
                    code = Some(ResponseCode::FormErr);
                }
                Fault::Refused => code = Some(ResponseCode::Refused),
                Fault::ServFail => code = Some(ResponseCode::ServFail),
                Fault::Garbage => return Response { after, bytes: Some(garbage(request)) },
                Fault::Truncate | Fault::TruncateNoTcp if transport == Transport::Udp => {
                    let mut message = answer_to(request, ResponseCode::NoError);
                    message.metadata.authoritative = true;
                    message.metadata.truncation = true;
                    return Response { after, bytes: message.to_vec().ok() };
                }
                Fault::TruncateNoTcp => return Response::default(),
                Fault::NotAuthoritative => not_authoritative = true,
                Fault::UpwardReferral => {
                    let mut message = answer_to(request, ResponseCode::NoError);
                    message.authorities = root_servers();
                    return reply(&message, request, transport);
                }
                Fault::WrongId => wrong_id = true,
                Fault::LowerCase => lower_case = true,
                Fault::Delay(time) => after += *time,
                Fault::Lie(_) | Fault::DropFirst(_) | Fault::DropEdns | Fault::FormErrOnEdns => {}
                Fault::Truncate => {}
            }
        }
        let mut message = answer_to(request, code.unwrap_or(ResponseCode::NoError));
        if code.is_none() {
            let found = self.lookup(&query.name, query.query_type);
            message.metadata.response_code = found.code;
            message.metadata.authoritative = found.referral.is_none() && !not_authoritative;
            message.answers = found.answers;
            message.authorities = found.authorities;
            message.additionals = found.additionals;
        }
        if code == Some(ResponseCode::FormErr) {
            message.edns = None;
        }
        if wrong_id {
            message.metadata.id = !message.metadata.id;
        }
        if lower_case {
            for query in &mut message.queries {
                query.name = query.name.to_lowercase();
            }
            for answer in &mut message.answers {
                answer.name = answer.name.to_lowercase();
            }
        }
        Response { after, ..reply(&message, request, transport) }
    }
}

/// An empty response to a request: same ID, question as spelled, EDNS when the request had it.
pub(crate) fn answer_to(request: &Message, code: ResponseCode) -> Message {
    let mut message = Message::new(request.id, MessageType::Response, request.op_code);
    message.metadata.recursion_desired = request.recursion_desired;
    message.metadata.checking_disabled = request.checking_disabled;
    message.metadata.response_code = code;
    message.queries.clone_from(&request.queries);
    message.edns = request.edns.as_ref().map(|edns| {
        let mut own = Edns::new();
        own.set_max_payload(MAX_UDP).set_dnssec_ok(edns.flags().dnssec_ok);
        own
    });
    message
}

/// Encodes a response, truncated to what the client takes over UDP (RFC 6891, section 6.2.5).
pub(crate) fn reply(message: &Message, request: &Message, transport: Transport) -> Response {
    let limit = request.edns.as_ref().map_or(512, |edns| edns.max_payload().clamp(512, MAX_UDP));
    let bytes = message.to_vec().ok().and_then(|bytes| {
        if transport == Transport::Tcp || bytes.len() <= usize::from(limit) {
            return Some(bytes);
        }
        // What does not fit and is only additional is left out without a TC bit.
        let mut shorter = message.clone();
        shorter.additionals.clear();
        let bytes = shorter.to_vec().ok()?;
        if bytes.len() <= usize::from(limit) {
            return Some(bytes);
        }
        shorter.metadata.truncation = true;
        shorter.answers.clear();
        shorter.authorities.clear();
        shorter.to_vec().ok()
    });
    Response { after: Duration::ZERO, bytes }
}

/// Bytes that begin with the right ID, so that they are not just ignored, and then make no sense.
fn garbage(request: &Message) -> Vec<u8> {
    let mut bytes = request.id.to_be_bytes().to_vec();
    bytes.extend([0x81, 0x80, 0xff, 0xff, 0xff, 0xff, 0xc0, 0xff, 0x03, 0xc0, 0x0c, 0xee]);
    bytes
}

fn root_servers() -> Vec<Record> {
    ["a.root-servers.net.", "b.root-servers.net."]
        .iter()
        .filter_map(|host| Name::from_ascii(host).ok())
        .map(|host| Record::from_rdata(Name::root(), 3_600_000, RData::NS(NS(host))))
        .collect()
}
