//! One authoritative name server: which zones it has, and how it answers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{LowerName, Name, RData, Record, RecordType};

use crate::dns::answer::{Lookup, lookup};
use crate::dns::data::ZoneData;
use crate::dns::disturb::disturb;
use crate::dns::fault::{Armed, Fault};
use crate::dns::message::{Response, answer_to, reply};
use crate::dns::signing::Signer;
use crate::log::Transport;

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
    pub(crate) signer: Option<Arc<Signer>>,
}

/// A fault and the questions it concerns.
#[derive(Clone, Debug)]
pub(crate) struct Scoped {
    /// Name and type; `None` is the whole zone, a type of `None` all types.
    pub(crate) only: Option<(LowerName, Option<RecordType>)>,
    pub(crate) armed: Arc<Armed>,
    /// The records of a [`Fault::Lie`](crate::Fault::Lie).
    pub(crate) lies: Vec<Record>,
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
        if zone.is_none() && request.recursion_desired && self.has(&Fault::OpenRecursion) {
            let mut message = answer_to(request, ResponseCode::NoError);
            message.metadata.recursion_available = true;
            message.answers =
                vec![Record::from_rdata(query.name.clone(), 60, RData::A(A::new(11, 0, 99, 99)))];
            return reply(&message, request, transport);
        }
        if let Some(zone) = zone.filter(|_| transfer && self.has(&Fault::OpenTransfer)) {
            let mut message = answer_to(request, ResponseCode::NoError);
            message.metadata.authoritative = true;
            let soa = zone.data.get(&zone.data.origin, RecordType::SOA);
            let rest = zone.data.iter().filter(|r| r.record_type() != RecordType::SOA);
            message.answers = soa.iter().chain(rest).chain(soa).cloned().collect();
            return reply(&message, request, transport);
        }
        let Some(zone) = zone.filter(|_| request.op_code == OpCode::Query && !transfer) else {
            return reply(&answer_to(request, ResponseCode::Refused), request, transport);
        };
        zone.respond(query, request, transport)
    }
}

impl Authority {
    /// Whether the server has a fault in any of its zones.
    fn has(&self, fault: &Fault) -> bool {
        let mut faults = self.zones.iter().flat_map(|zone| &zone.faults);
        faults.any(|scoped| scoped.only.is_none() && scoped.armed.fault == *fault)
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
        let faults = self.faults(&name, query.query_type).map(|fault| &*fault.armed);
        disturb(faults, request, transport, || {
            let found = self.lookup(&query.name, query.query_type);
            let mut message = answer_to(request, found.code);
            message.metadata.authoritative = found.referral.is_none();
            message.answers = found.answers;
            message.authorities = found.authorities;
            message.additionals = found.additionals;
            if request.edns.as_ref().is_some_and(|edns| edns.flags().dnssec_ok) {
                self.sign(&mut message, found.referral);
            }
            Some((message, Duration::ZERO))
        })
    }

    /// Adds what those who want DNSSEC get: signatures, and with a referral the keys' digests.
    fn sign(&self, message: &mut Message, referral: Option<Name>) {
        if let Some(cut) = referral {
            let digests = self.data.get(&cut.into(), RecordType::DS);
            message.authorities.extend(digests.iter().cloned());
            let signatures = self.signer.as_ref().map(|signer| signer.signatures(digests));
            message.authorities.extend(signatures.into_iter().flatten());
            return;
        }
        let Some(signer) = &self.signer else { return };
        for section in [&mut message.answers, &mut message.authorities] {
            let signatures = signer.signatures(section);
            section.extend(signatures);
        }
    }
}
