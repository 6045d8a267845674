use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;
use lr_core::{Context, ErrorKind};
use lr_net::{Error, Failure, Net, Question, Reply, Server};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::inspect::records;
use crate::snapshot::{Answer, Asked, Signed, Snapshot};
use crate::status::is_definite;

/// The network with this check's share of it.
pub(super) struct Asker {
    pub(super) net: Net,
    slots: Semaphore,
    peers: Mutex<HashMap<IpAddr, Arc<Peer>>>,
    signed: Mutex<Vec<Signed>>,
    chain: Mutex<Vec<Signed>>,
}

/// One server at one address, and what came of asking it.
pub(super) struct Peer {
    server: Server,
    name: String,
    places: Semaphore,
    answered: AtomicBool,
    silent: AtomicBool,
}

/// How a question is asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct How {
    pub(super) tcp: bool,
    pub(super) plain: bool,
    pub(super) dnssec: bool,
    pub(super) recursive: bool,
}

/// Questions that count as one exchange: each is one packet there and one back. So the first questions
/// to four servers are all under way at once.
const PACKETS: usize = 4;

/// Most questions under way to one server. Those behind them are spared a server that is silent.
const PER_SERVER: usize = 32;

/// How long a server is waited for before another one that can tell the same is asked as well.
const HEDGE: Duration = Duration::from_millis(400);

/// Most questions for one domain, whatever its servers do. With what the resolver's client repeats
/// on its own, which is not counted here, 200 packets are never passed.
const MAX_QUESTIONS: usize = 180;

impl Peer {
    /// Asked in vain and never heard of: not asked again.
    fn is_given_up(&self) -> bool {
        self.silent.load(Ordering::Relaxed) && !self.answered.load(Ordering::Relaxed)
    }
}

impl Asker {
    pub(super) fn new(cx: &Context) -> Result<Self, Error> {
        let slots = Semaphore::new(cx.limits().concurrency.max(1) * PACKETS);
        let net = Net::of(cx)?.with_questions(MAX_QUESTIONS);
        let (signed, chain) = (Mutex::default(), Mutex::default());
        Ok(Self { net, slots, peers: Mutex::default(), signed, chain })
    }

    /// The server at this address; several names with one address are one server.
    pub(super) fn peer(&self, name: &str, address: IpAddr) -> Arc<Peer> {
        self.peer_at(address, name, Server::new(name, address))
    }

    /// The same for a server of the caller's, known by its address and port only.
    pub(super) fn peer_at(&self, address: IpAddr, name: &str, server: Server) -> Arc<Peer> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            Arc::new(Peer {
                server,
                name: name.to_owned(),
                places: Semaphore::new(PER_SERVER),
                answered: AtomicBool::new(false),
                silent: AtomicBool::new(false),
            })
        };
        Arc::clone(peers.entry(address).or_insert_with(new))
    }

    /// The signed answers so far, in an order that does not depend on which came first.
    pub(super) fn signed(&self) -> Vec<Signed> {
        sorted(&self.signed)
    }

    /// The same for what leads from the trust anchor to the zone.
    pub(super) fn chain(&self) -> Vec<Signed> {
        sorted(&self.chain)
    }

    /// Whether anything was kept for the chain.
    pub(super) fn has_chain(&self) -> bool {
        !self.chain.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Asks for keys or digests of a zone above, and keeps the answer for the chain.
    pub(super) async fn ask_above(&self, peer: &Peer, zone: &str, rtype: RecordType) {
        let _slot = self.slots.acquire().await;
        let Ok(question) = Question::new(zone, rtype) else { return };
        if let Ok(reply) = self.net.ask(&peer.server, &question.with_dnssec()).await {
            let from = (peer.name.as_str(), peer.server.address.ip());
            keep(&self.chain, from, zone, rtype, &reply);
        }
    }

    /// The same, of the resolver, whose own validation is turned off (CD).
    pub(super) async fn resolve_above(&self, zone: &str, rtype: RecordType) {
        let _slot = self.slots.acquire().await;
        let Ok(question) = Question::new(zone, rtype) else { return };
        let mut question = question.with_dnssec();
        question.checking_disabled = true;
        if let Ok(reply) = self.net.ask_resolver(&question).await {
            keep(&self.chain, ("the resolver", Ipv4Addr::UNSPECIFIED.into()), zone, rtype, &reply);
        }
    }

    /// Asks the resolver what it was not asked yet, all at once.
    pub(super) async fn resolve(&self, seen: &mut Snapshot, questions: Vec<(String, RecordType)>) {
        let found = self.look_up(&seen.resolver, questions).await;
        seen.resolver.extend(found);
    }

    /// The same, for answers to be kept later.
    pub(super) async fn look_up(
        &self,
        known: &[Asked],
        questions: Vec<(String, RecordType)>,
    ) -> Vec<Asked> {
        let mut new: Vec<(String, RecordType)> = Vec::new();
        for (name, rtype) in questions {
            let text = rtype.to_string();
            let known = known.iter().any(|a| a.name == name && a.rtype == text);
            if !known && !new.contains(&(name.clone(), rtype)) {
                new.push((name, rtype));
            }
        }
        join_all(new.iter().map(|(name, rtype)| self.lookup(name, *rtype))).await
    }

    /// One question to the resolver.
    async fn lookup(&self, name: &str, rtype: RecordType) -> Asked {
        let _slot = self.slots.acquire().await;
        let found = self.net.lookup(name, rtype).await;
        let outcome = found.map(|answer| records::of_lookup(&answer, rtype));
        Asked::new(name, rtype.to_string(), outcome.map_err(Failure::from))
    }

    /// One question to one server.
    pub(super) async fn ask(&self, peer: &Peer, name: &str, rtype: RecordType, how: How) -> Asked {
        let _place = peer.places.acquire().await;
        let _slot = self.slots.acquire().await;
        let cx = self.net.context();
        let hurried = cx.exchange_time() < cx.limits().exchange;
        let outcome = match peer.is_given_up() {
            true => Err(Error::Timeout(format!("{}, silent before,", peer.server))),
            false => self.exchange(peer, name, rtype, how).await,
        };
        match &outcome {
            Ok(_) => peer.answered.store(true, Ordering::Relaxed),
            // Silence over TCP says nothing about UDP.
            Err(Error::Timeout(_)) if !how.tcp => peer.silent.store(true, Ordering::Relaxed),
            Err(_) => {}
        }
        let mut outcome = outcome.map_err(Failure::from);
        if let Err(failure) = &mut outcome
            && failure.kind == ErrorKind::Timeout
            && hurried
        {
            // The check's own time was up: that is not the server's silence.
            failure.kind = ErrorKind::NotDecided;
        }
        Asked::new(name, rtype.to_string(), outcome)
    }

    /// One question to one of several servers that can all tell: to the next where the one before has
    /// failed, or is late. What all who were heard have said, by their index; the last has told.
    pub(super) async fn ask_one_of(
        &self,
        peers: &[Arc<Peer>],
        name: &str,
        rtype: RecordType,
    ) -> Vec<(usize, Asked)> {
        let how = How { dnssec: true, ..How::default() };
        let ask =
            |index: usize| async move { (index, self.ask(&peers[index], name, rtype, how).await) };
        let mut heard = Vec::new();
        let mut waiting = FuturesUnordered::new();
        let mut next = 0..peers.len();
        loop {
            waiting.extend(next.next().map(&ask));
            if waiting.is_empty() {
                return heard;
            }
            let answer = match next.is_empty() {
                true => waiting.next().await,
                false => timeout(HEDGE, waiting.next()).await.ok().flatten(),
            };
            let Some((index, asked)) = answer else { continue };
            let told = asked.outcome.as_ref().is_ok_and(|answer| is_definite(&answer.rcode));
            heard.push((index, asked));
            if told {
                return heard;
            }
        }
    }

    async fn exchange(
        &self,
        peer: &Peer,
        name: &str,
        rtype: RecordType,
        how: How,
    ) -> Result<Answer, Error> {
        let mut question = Question::new(name, rtype)?;
        question.tcp = how.tcp;
        question.recursion_desired = how.recursive;
        if how.dnssec {
            question = question.with_dnssec();
        }
        if how.plain {
            question = question.plain();
        }
        let mut reply = self.net.ask(&peer.server, &question).await?;
        // Servers from before EDNS say so (RFC 6891, section 7) and can be asked without.
        if reply.message.metadata.response_code == ResponseCode::FormErr {
            reply = self.net.ask(&peer.server, &question.plain()).await?;
        }
        if how.dnssec {
            self.keep_if_signed(peer, name, rtype, &reply);
        }
        Ok(records::of_reply(&reply, rtype))
    }

    fn keep_if_signed(&self, peer: &Peer, name: &str, rtype: RecordType, reply: &Reply) {
        let message = &reply.message;
        let has = |records: &[hickory_proto::rr::Record], types: &[RecordType]| {
            records.iter().any(|record| types.contains(&record.record_type()))
        };
        let from = (peer.name.as_str(), peer.server.address.ip());
        let of_zone = [RecordType::RRSIG, RecordType::DNSKEY];
        let of_parent = [RecordType::RRSIG, RecordType::DS];
        if message.metadata.authoritative && has(&message.answers, &of_zone) {
            keep(&self.signed, from, name, rtype, reply);
        } else if message.answers.is_empty() && has(&message.authorities, &of_parent) {
            keep(&self.chain, from, name, rtype, reply);
        }
    }
}

fn sorted(kept: &Mutex<Vec<Signed>>) -> Vec<Signed> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
    kept.sort_unstable();
    kept
}

fn keep(
    to: &Mutex<Vec<Signed>>,
    (server, address): (&str, IpAddr),
    name: &str,
    rtype: RecordType,
    reply: &Reply,
) {
    let Ok(bytes) = reply.message.to_vec() else { return };
    to.lock().unwrap_or_else(PoisonError::into_inner).push(Signed {
        server: server.to_owned(),
        address,
        name: name.to_owned(),
        rtype: rtype.to_string(),
        message: HEXLOWER.encode(&bytes),
    });
}
