mod allowance;
mod manner;
mod salvage;
mod sweep;
mod tcp;
mod udp;
mod window;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};

pub(crate) use self::allowance::Allowance;
pub(crate) use self::manner::Manners;
use self::salvage::read;

use crate::{Error, Net};

/// A question to one given server, with every flag in the auditor's hand.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Question {
    /// Name to ask for.
    pub name: Name,
    /// Type to ask for.
    pub rtype: RecordType,
    /// RD: wanted from resolvers, not from authoritative servers.
    pub recursion_desired: bool,
    /// CD: no validation by the resolver.
    pub checking_disabled: bool,
    /// EDNS payload size; `None` sends a plain RFC 1035 query.
    pub edns: Option<u16>,
    /// DO: DNSSEC records wanted; needs EDNS.
    pub dnssec_ok: bool,
    /// Over TCP from the start, instead of UDP with TCP after truncation.
    pub tcp: bool,
    /// 0x20: the name is sent with random upper and lower case letters, which a server is to repeat
    /// (draft-vixie-dnsext-dns0x20-00); a forger would have to guess them.
    pub mixed_case: bool,
}

impl Question {
    /// What an auditor asks an authoritative server: no recursion, EDNS with 1232 bytes.
    ///
    /// # Errors
    /// [`Error::BadName`] if `name` is no domain name.
    pub fn new(name: &str, rtype: RecordType) -> Result<Self, Error> {
        Ok(Self {
            name: crate::dns::absolute(name)?,
            rtype,
            recursion_desired: false,
            checking_disabled: false,
            edns: Some(1232),
            dnssec_ok: false,
            tcp: false,
            mixed_case: true,
        })
    }

    /// The same question for a resolver.
    #[must_use]
    pub fn recursive(self) -> Self {
        Self { recursion_desired: true, ..self }
    }

    /// The same question over TCP.
    #[must_use]
    pub fn over_tcp(self) -> Self {
        Self { tcp: true, ..self }
    }

    /// The same question without EDNS.
    #[must_use]
    pub fn plain(self) -> Self {
        Self { edns: None, dnssec_ok: false, ..self }
    }

    /// The same question with DNSSEC records wanted (DO).
    #[must_use]
    pub fn with_dnssec(self) -> Self {
        Self { edns: Some(self.edns.unwrap_or(1232)), dnssec_ok: true, ..self }
    }

    /// A new message, with an id of its own.
    fn message(&self) -> Message {
        let mut message = Message::query();
        message.metadata.op_code = OpCode::Query;
        message.metadata.recursion_desired = self.recursion_desired;
        message.metadata.checking_disabled = self.checking_disabled;
        let mut name = self.name.clone();
        if self.mixed_case {
            name.randomize_label_case();
        }
        message.add_query(Query::query(name, self.rtype));
        if let Some(size) = self.edns {
            let mut edns = Edns::new();
            edns.set_max_payload(size).set_version(0).set_dnssec_ok(self.dnssec_ok);
            message.set_edns(edns);
        }
        message
    }
}

/// One server at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Server {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its address, as DNS tells it; routes are applied later.
    pub address: SocketAddr,
}

impl Server {
    /// The server `name` at `ip`, port 53.
    #[must_use]
    pub fn new(name: &str, ip: IpAddr) -> Self {
        Self { name: Some(name.into()), address: SocketAddr::new(ip, 53) }
    }

    /// A server known by its address only.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self { name: None, address }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} ({})", self.address.ip()),
            None => self.address.fmt(f),
        }
    }
}

/// The whole answer of one server, uninterpreted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply {
    /// The message with all its flags and sections.
    pub message: Message,
    /// Whether it came over TCP.
    pub tcp: bool,
    /// From the first packet sent to the answer.
    pub elapsed: Duration,
    /// The name of the question came back in other letters than it was sent (see
    /// [`Question::mixed_case`]).
    pub case_lost: bool,
    /// The question was asked with EDNS and heard only without.
    pub edns_dropped: bool,
    /// Records that could not be read and are missing from the message.
    pub unreadable: usize,
}

impl Reply {
    /// Reads a message that was kept, as far as it can be read. `None` if there is not even a header
    /// and a question.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (message, unreadable) = read(bytes)?;
        Some(Self {
            message,
            tcp: false,
            elapsed: Duration::ZERO,
            case_lost: false,
            edns_dropped: false,
            unreadable,
        })
    }
}

/// A message as it came, before it is known how long it took.
struct Heard {
    message: Message,
    case_lost: bool,
    edns_dropped: bool,
    unreadable: usize,
}

impl Net {
    /// Asks one server one question and returns the whole message, whatever its response code.
    ///
    /// UDP first, sent again after a quarter of the time, and after half of it without EDNS, which
    /// some servers and firewalls drop; TCP when the answer is truncated, on a second connection too
    /// where the first is slow. All of it takes half of the time of an exchange, so that what follows
    /// from silence finds time as well; a resolver, which has to ask others, has four fifths. Of the
    /// questions that wait for a server of which nothing was heard yet, only the first is sent again.
    /// Answers with another id or question are ignored; records that cannot be read are counted and
    /// left out.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Timeout`], [`Error::Unreachable`] (nobody listens there),
    /// [`Error::Protocol`] if what came back is no DNS message, [`Error::NoTcp`], or
    /// [`Error::Spent`].
    pub async fn ask(&self, server: &Server, question: &Question) -> Result<Reply, Error> {
        let host = server.name.as_deref().unwrap_or_default();
        let to = self.admit(host, server.address)?;
        self.exchange(server, to, question).await
    }

    /// Asks the resolver and returns the whole message. With [`Question::dnssec_ok`] set, its AD
    /// bit says whether the resolver has validated the answer. Nothing is remembered.
    ///
    /// # Errors
    /// As [`Self::ask`], and [`Error::NotRouted`] if the system's resolver must not be asked.
    pub async fn ask_resolver(&self, question: &Question) -> Result<Reply, Error> {
        let address = self.resolver_address()?;
        let question = Question { recursion_desired: true, ..question.clone() };
        self.exchange(&Server::at(address), address, &question).await
    }

    /// The resolver's address. It is named by whoever runs the audit, not by what is audited: the
    /// address policy is not asked.
    fn resolver_address(&self) -> Result<SocketAddr, Error> {
        let address = self.shared.dns.server;
        address.ok_or_else(|| Error::NotRouted("the system's resolver".to_owned()))
    }

    async fn exchange(
        &self,
        server: &Server,
        to: SocketAddr,
        question: &Question,
    ) -> Result<Reply, Error> {
        let started = Instant::now();
        let what = || format!("{server}, asked for {} {},", question.name, question.rtype);
        let patience = match question.recursion_desired {
            true => self.cx.exchange_time() * 4 / 5,
            false => self.cx.exchange_time() / 2,
        };
        let exchange = async {
            if !question.tcp {
                let heard = self.over_udp(server, to, question, patience).await?;
                if !heard.message.metadata.truncation {
                    return Ok((heard, false));
                }
            }
            let left = patience.saturating_sub(started.elapsed());
            match self.over_tcp(server, to, question, left).await {
                Ok(heard) => Ok((heard, true)),
                Err(error) if question.tcp => Err(error),
                Err(error) => {
                    let (peer, reason) = (server.to_string(), error.to_string());
                    Err(Error::NoTcp { peer, reason })
                }
            }
        };
        let (heard, tcp) = self.timed(what, exchange).await?;
        let Heard { message, case_lost, edns_dropped, unreadable } = heard;
        let elapsed = started.elapsed();
        Ok(Reply { message, tcp, elapsed, case_lost, edns_dropped, unreadable })
    }
}

/// Same id, and the same question as far as one is echoed (an error may come without).
fn answers(message: &Message, asked: &Message) -> bool {
    message.metadata.id == asked.metadata.id
        && message.metadata.message_type == MessageType::Response
        && (message.queries.is_empty() || message.queries == asked.queries)
}

fn case_lost(message: &Message, asked: &Message) -> bool {
    let mut pairs = message.queries.iter().zip(&asked.queries);
    pairs.any(|(heard, sent)| !heard.name.eq_case(&sent.name))
}

fn encode(server: &Server, message: &Message) -> Result<Vec<u8>, Error> {
    message.to_vec().map_err(|error| Error::Protocol {
        peer: server.to_string(),
        reason: format!("the question cannot be written: {error}"),
    })
}
