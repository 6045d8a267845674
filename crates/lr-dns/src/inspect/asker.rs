use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;
use lr_core::{Context, ErrorKind};
use lr_net::{Error, Failure, Net, Question, Server};
use tokio::sync::Semaphore;

use crate::inspect::records;
use crate::snapshot::{Answer, Asked, Snapshot};

/// The network with this check's share of it.
pub(super) struct Asker {
    pub(super) net: Net,
    slots: Semaphore,
}

/// One server at one address, while it is being asked.
pub(super) struct Peer {
    server: Server,
    places: Semaphore,
    answered: AtomicBool,
    silent: AtomicBool,
}

/// Most questions under way to one server. Those behind them are spared a server that is silent.
const PER_SERVER: usize = 16;

impl Peer {
    pub(super) fn new(name: &str, address: IpAddr) -> Self {
        Self {
            server: Server::new(name, address),
            places: Semaphore::new(PER_SERVER),
            answered: AtomicBool::new(false),
            silent: AtomicBool::new(false),
        }
    }

    /// Asked in vain and never heard of: not asked again.
    fn is_given_up(&self) -> bool {
        self.silent.load(Ordering::Relaxed) && !self.answered.load(Ordering::Relaxed)
    }
}

impl Asker {
    pub(super) fn new(cx: &Context) -> Result<Self, Error> {
        let slots = Semaphore::new(cx.limits().concurrency.max(1));
        Ok(Self { net: Net::of(cx)?, slots })
    }

    /// Asks the resolver what it was not asked yet, all at once.
    pub(super) async fn resolve(&self, seen: &mut Snapshot, questions: Vec<(String, RecordType)>) {
        let mut new: Vec<(String, RecordType)> = Vec::new();
        for (name, rtype) in questions {
            let text = rtype.to_string();
            let known = seen.resolver.iter().any(|a| a.name == name && a.rtype == text);
            if !known && !new.contains(&(name.clone(), rtype)) {
                new.push((name, rtype));
            }
        }
        let asked = join_all(new.iter().map(|(name, rtype)| self.lookup(name, *rtype))).await;
        seen.resolver.extend(asked);
    }

    /// One question to the resolver.
    pub(super) async fn lookup(&self, name: &str, rtype: RecordType) -> Asked {
        let _slot = self.slots.acquire().await;
        let found = self.net.lookup(name, rtype).await;
        let outcome = found.map(|answer| records::of_lookup(&answer, rtype));
        Asked::new(name, rtype.to_string(), outcome.map_err(Failure::from))
    }

    /// One question to one server.
    pub(super) async fn ask(&self, peer: &Peer, name: &str, rtype: RecordType) -> Asked {
        let _place = peer.places.acquire().await;
        let _slot = self.slots.acquire().await;
        let cx = self.net.context();
        let hurried = cx.exchange_time() < cx.limits().exchange;
        let outcome = match peer.is_given_up() {
            true => Err(Error::Timeout(format!("{}, silent before,", peer.server))),
            false => self.exchange(peer, name, rtype).await,
        };
        match &outcome {
            Ok(_) => peer.answered.store(true, Ordering::Relaxed),
            Err(error) if error.kind() == ErrorKind::Timeout => {
                peer.silent.store(true, Ordering::Relaxed);
            }
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

    async fn exchange(&self, peer: &Peer, name: &str, rtype: RecordType) -> Result<Answer, Error> {
        let question = Question::new(name, rtype)?;
        let mut reply = self.net.ask(&peer.server, &question).await?;
        // Servers from before EDNS say so (RFC 6891, section 7) and can be asked without.
        if reply.message.metadata.response_code == ResponseCode::FormErr {
            reply = self.net.ask(&peer.server, &question.plain()).await?;
        }
        Ok(records::of_reply(&reply, rtype))
    }
}
