use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

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

    fn message(&self) -> Message {
        let mut message = Message::query();
        message.metadata.op_code = OpCode::Query;
        message.metadata.recursion_desired = self.recursion_desired;
        message.metadata.checking_disabled = self.checking_disabled;
        message.add_query(Query::query(self.name.clone(), self.rtype));
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
}

impl Net {
    /// Asks one server one question and returns the whole message, whatever its response code.
    ///
    /// UDP first, sent again once after half of the time; TCP when the answer is truncated. Answers
    /// with another id or question are ignored.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Timeout`], [`Error::Unreachable`] (nobody listens there), or
    /// [`Error::Protocol`] if what came back is no DNS message.
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
        // Named by whoever runs the audit, not by what is audited: the address policy is not asked.
        let Some(address) = self.shared.dns.server else {
            return Err(Error::NotRouted("the system's resolver".to_owned()));
        };
        let question = Question { recursion_desired: true, ..question.clone() };
        self.exchange(&Server::at(address), address, &question).await
    }

    async fn exchange(
        &self,
        server: &Server,
        to: SocketAddr,
        question: &Question,
    ) -> Result<Reply, Error> {
        let started = Instant::now();
        let what = || format!("{server}, asked for {} {},", question.name, question.rtype);
        let exchange = async {
            if !question.tcp {
                let message = self.over_udp(server, to, question).await?;
                if !message.metadata.truncation {
                    return Ok((message, false));
                }
            }
            over_tcp(server, to, question).await.map(|message| (message, true))
        };
        let (message, tcp) = self.timed(what, exchange).await?;
        Ok(Reply { message, tcp, elapsed: started.elapsed() })
    }

    async fn over_udp(
        &self,
        server: &Server,
        to: SocketAddr,
        question: &Question,
    ) -> Result<Message, Error> {
        let io = |error: std::io::Error| Error::of_io(server.to_string(), &error);
        let any: IpAddr = match to {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        // Neither of these sends a packet: what fails here is this host's own network.
        let local = |error: std::io::Error| no_route(server, &error);
        let socket = UdpSocket::bind((any, 0)).await.map_err(local)?;
        // Connected, so that a closed port is heard of at once instead of by a timeout.
        socket.connect(to).await.map_err(local)?;
        let asked = question.message();
        let packet = encode(server, &asked)?;
        let patience = self.cx.exchange_time() / 2;
        let mut buffer = vec![0; 65_535];
        for last in [false, true] {
            socket.send(&packet).await.map_err(io)?;
            let answer = async {
                loop {
                    let length = socket.recv(&mut buffer).await.map_err(io)?;
                    match Message::from_vec(&buffer[..length]) {
                        Ok(message) if answers(&message, &asked) => return Ok(message),
                        Ok(_) => {}
                        Err(error) if buffer[..length].starts_with(&packet[..2]) => {
                            return Err(Error::Protocol {
                                peer: server.to_string(),
                                reason: format!("the answer is no DNS message: {error}"),
                            });
                        }
                        Err(_) => {}
                    }
                }
            };
            match timeout(patience, answer).await {
                Ok(result) => return result,
                Err(_) if last => break,
                Err(_) => {}
            }
        }
        Err(Error::Timeout(format!("{server}, asked for {} {},", question.name, question.rtype)))
    }
}

async fn over_tcp(server: &Server, to: SocketAddr, question: &Question) -> Result<Message, Error> {
    let io = |error: std::io::Error| Error::of_io(server.to_string(), &error);
    let protocol = |reason: String| Error::Protocol { peer: server.to_string(), reason };
    #[allow(clippy::disallowed_methods, reason = "`to` has passed the address policy")]
    let mut stream = TcpStream::connect(to).await.map_err(io)?;
    let asked = question.message();
    let packet = encode(server, &asked)?;
    let length = u16::try_from(packet.len()).map_err(|error| protocol(error.to_string()))?;
    stream.write_all(&[&length.to_be_bytes(), packet.as_slice()].concat()).await.map_err(io)?;
    let length = stream.read_u16().await.map_err(io)?;
    let mut answer = vec![0; length.into()];
    stream.read_exact(&mut answer).await.map_err(io)?;
    let message = Message::from_vec(&answer)
        .map_err(|error| protocol(format!("the answer is no DNS message: {error}")))?;
    match answers(&message, &asked) {
        true => Ok(message),
        false => Err(protocol("the answer is to another question".into())),
    }
}

/// Same id, and the same question as far as one is echoed (an error may come without).
fn answers(message: &Message, asked: &Message) -> bool {
    message.metadata.id == asked.metadata.id
        && message.metadata.message_type == MessageType::Response
        && (message.queries.is_empty() || message.queries == asked.queries)
}

fn encode(server: &Server, message: &Message) -> Result<Vec<u8>, Error> {
    message.to_vec().map_err(|error| Error::Protocol {
        peer: server.to_string(),
        reason: format!("the question cannot be written: {error}"),
    })
}

fn no_route(server: &Server, error: &std::io::Error) -> Error {
    Error::NoRoute { peer: server.to_string(), reason: error.to_string() }
}
