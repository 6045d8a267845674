use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::Message;
use tokio::net::UdpSocket;
use tokio::time::sleep_until;

use crate::ask::manner::Known;
use crate::ask::{Heard, Question, Server, answers, case_lost, encode, read};
use crate::{Error, Net};

/// Most packets for one question.
const ATTEMPTS: u32 = 3;

impl Net {
    /// The question over UDP; `patience` is the time for all attempts.
    pub(super) async fn over_udp(
        &self,
        server: &Server,
        to: SocketAddr,
        question: &Question,
        patience: Duration,
    ) -> Result<Heard, Error> {
        let io = |error: std::io::Error| Error::of_io(server.to_string(), &error);
        let socket = connected(server, to).await?;
        let manner = self.shared.manners.of(to);
        let mut news = manner.watch();
        let scout = manner.becomes_scout();
        let started = Instant::now();
        let mut sent: Vec<(Message, bool)> = Vec::new();
        let mut buffer = vec![0; 65_535];
        let mut attempt = 0;
        loop {
            let known = manner.known();
            let plain = question.edns.is_some()
                && match known {
                    Known::PlainOnly => true,
                    Known::Answers => false,
                    Known::Nothing => attempt == ATTEMPTS - 1,
                };
            // Of those who wait for a server that may be dead, one knocks again.
            if attempt == 0 || scout || known != Known::Nothing {
                self.spend(server)?;
                let packet = encode(server, asked(question, plain, &mut sent))?;
                socket.send(&packet).await.map_err(io)?;
            }
            attempt += 1;
            // The last attempt waits as long as both before it together.
            let until = if attempt < ATTEMPTS { patience * attempt / 4 } else { patience };
            let until = tokio::time::Instant::from_std(started + until);
            loop {
                tokio::select! {
                    received = socket.recv(&mut buffer) => {
                        let length = received.map_err(io)?;
                        match hear(&buffer[..length], &sent) {
                            Hearing::Answer(heard) => {
                                if question.edns.is_some() {
                                    manner.heard(heard.edns_dropped);
                                }
                                return Ok(*heard);
                            }
                            Hearing::Nonsense => return Err(Error::Protocol {
                                peer: server.to_string(),
                                reason: "the answer is no DNS message".into(),
                            }),
                            Hearing::Nothing => {}
                        }
                    }
                    () = sleep_until(until) => break,
                    // Somebody else found out how it wants to be asked.
                    Ok(()) = news.changed() => {
                        let needs = *news.borrow() == Known::PlainOnly;
                        if needs && question.edns.is_some() && !sent.iter().any(|(_, p)| *p) {
                            break;
                        }
                    }
                }
            }
            if attempt >= ATTEMPTS && Instant::now() >= started + patience {
                let what = format!("{server}, asked for {} {},", question.name, question.rtype);
                return Err(Error::Timeout(what));
            }
        }
    }
}

/// The question in one of its two manners, which is made the first time and sent again unchanged: a
/// forger has no more ids to guess than one for each manner.
fn asked<'a>(question: &Question, plain: bool, sent: &'a mut Vec<(Message, bool)>) -> &'a Message {
    let known = sent.iter().position(|(_, sent_plain)| *sent_plain == plain);
    let at = known.unwrap_or_else(|| {
        let mut message = match plain {
            true => Question { mixed_case: false, ..question.clone().plain() }.message(),
            false => question.message(),
        };
        if let Some((first, _)) = sent.first() {
            message.metadata.id = first.metadata.id ^ 1;
        }
        sent.push((message, plain));
        sent.len() - 1
    });
    &sent[at].0
}

enum Hearing {
    Answer(Box<Heard>),
    Nonsense,
    Nothing,
}

/// What a datagram is to those who asked.
fn hear(bytes: &[u8], sent: &[(Message, bool)]) -> Hearing {
    let Some((message, unreadable)) = read(bytes) else {
        let ours =
            |(asked, _): &(Message, bool)| bytes.starts_with(&asked.metadata.id.to_be_bytes());
        return if sent.iter().any(ours) { Hearing::Nonsense } else { Hearing::Nothing };
    };
    match sent.iter().find(|(asked, _)| answers(&message, asked)) {
        Some((asked, plain)) => Hearing::Answer(Box::new(Heard {
            case_lost: case_lost(&message, asked),
            edns_dropped: *plain,
            unreadable,
            message,
        })),
        None => Hearing::Nothing,
    }
}

/// A socket that is connected, so that a closed port is heard of at once instead of by a timeout.
pub(super) async fn connected(server: &Server, to: SocketAddr) -> Result<UdpSocket, Error> {
    let any: IpAddr = match to {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    // Neither of these sends a packet: what fails here is this host's own network.
    let local = |error: std::io::Error| Error::NoRoute {
        peer: server.to_string(),
        reason: error.to_string(),
    };
    let socket = UdpSocket::bind((any, 0)).await.map_err(local)?;
    socket.connect(to).await.map_err(local)?;
    Ok(socket)
}
