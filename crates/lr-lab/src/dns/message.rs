//! Responses: what is in all of them, and how they are encoded.

use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, ResponseCode};

use crate::log::Transport;

/// Largest UDP response that is sent, whatever the client says it takes.
const MAX_UDP: u16 = 1232;

/// What leaves a server, and when.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) after: Duration,
    pub(crate) bytes: Option<Vec<u8>>,
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
        let mut shorter = message.clone();
        shorter.additionals.clear();
        let bytes = shorter.to_vec().ok()?;
        // Glue is not to be missed (RFC 9471, section 3.1), other additional records are.
        if bytes.len() <= usize::from(limit) && message.metadata.authoritative {
            return Some(bytes);
        }
        shorter.metadata.truncation = true;
        shorter.answers.clear();
        shorter.authorities.clear();
        shorter.to_vec().ok()
    });
    Response { after: Duration::ZERO, bytes }
}
