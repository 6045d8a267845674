//! From faults to what they do to an answer.

use std::time::Duration;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use crate::dns::fault::{Armed, Fault};
use crate::dns::message::{Response, answer_to, reply};
use crate::log::Transport;

/// The response to a request under some faults. `answer` says what it would be without them, and
/// how late; it says nothing where there is no response anyway.
pub(crate) fn disturb<'a>(
    faults: impl Iterator<Item = &'a Armed>,
    request: &Message,
    transport: Transport,
    answer: impl FnOnce() -> Option<(Message, Duration)>,
) -> Response {
    let udp = transport == Transport::Udp;
    let mut after = Duration::ZERO;
    let mut instead = None;
    let mut touches = Vec::new();
    for armed in faults {
        match &armed.fault {
            Fault::Silent => return Response::default(),
            Fault::DropFirst(count) if armed.is_among_first(*count) => return Response::default(),
            Fault::DropEdns if request.edns.is_some() => return Response::default(),
            Fault::TruncateNoTcp | Fault::NoTcp if !udp => return Response::default(),
            Fault::Garbage => return Response { after, bytes: Some(garbage(request)) },
            Fault::FormErrOnEdns if request.edns.is_some() => {
                let mut message = answer_to(request, ResponseCode::FormErr);
                message.edns = None;
                instead = Some(message);
            }
            Fault::Refused => instead = Some(answer_to(request, ResponseCode::Refused)),
            Fault::ServFail => instead = Some(answer_to(request, ResponseCode::ServFail)),
            Fault::UpwardReferral => {
                let mut message = answer_to(request, ResponseCode::NoError);
                message.authorities = root_servers();
                instead = Some(message);
            }
            Fault::Truncate | Fault::TruncateNoTcp if udp => {
                let mut message = answer_to(request, ResponseCode::NoError);
                message.metadata.authoritative = true;
                message.metadata.truncation = true;
                instead = Some(message);
            }
            Fault::Delay(time) => after += *time,
            _ => touches.push(armed),
        }
    }
    let answer = match instead {
        Some(message) => Some((message, Duration::ZERO)),
        None => answer(),
    };
    let Some((mut message, late)) = answer else { return Response::default() };
    touches.into_iter().for_each(|armed| touch(&mut message, armed));
    Response { after: after + late, ..reply(&message, request, transport) }
}

/// The faults that leave an answer an answer.
fn touch(message: &mut Message, armed: &Armed) {
    match &armed.fault {
        Fault::Rotate if !message.answers.is_empty() => {
            let count = message.answers.len();
            message.answers.rotate_left(armed.turn() % count);
        }
        Fault::OneByOne if message.answers.iter().all(|r| r.record_type().is_ip_addr()) => {
            if let Some(last) = message.answers.len().checked_sub(1) {
                message.answers.swap(0, armed.turn() % (last + 1));
                message.answers.truncate(1);
            }
        }
        Fault::NotAuthoritative => message.metadata.authoritative = false,
        Fault::OpenRecursion => message.metadata.recursion_available = true,
        Fault::NxDomainForNoData => {
            let referral = message.authorities.iter().any(|r| r.record_type() == RecordType::NS);
            if message.answers.is_empty() && !referral {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
        }
        Fault::WrongId => message.metadata.id = !message.metadata.id,
        Fault::LowerCase => {
            for query in &mut message.queries {
                query.name = query.name.to_lowercase();
            }
            for answer in &mut message.answers {
                answer.name = answer.name.to_lowercase();
            }
        }
        _ => {}
    }
}

fn root_servers() -> Vec<Record> {
    ["a.root-servers.net.", "b.root-servers.net."]
        .iter()
        .filter_map(|host| Name::from_ascii(host).ok())
        .map(|host| Record::from_rdata(Name::root(), 3_600_000, RData::NS(NS(host))))
        .collect()
}

/// Bytes that begin with the right ID, so that they are not just ignored, and then make no sense.
fn garbage(request: &Message) -> Vec<u8> {
    let mut bytes = request.id.to_be_bytes().to_vec();
    bytes.extend([0x81, 0x80, 0xff, 0xff, 0xff, 0xff, 0xc0, 0xff, 0x03, 0xc0, 0x0c, 0xee]);
    bytes
}
