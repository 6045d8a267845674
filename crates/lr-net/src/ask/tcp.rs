use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::ask::manner::Known;
use crate::ask::{Heard, Question, Server, answers, case_lost, encode, read};
use crate::{Error, Net};

impl Net {
    /// The question over TCP; `patience` is the time for all of it.
    ///
    /// A connection may be lost among many: when the first is slow, a second one is tried beside it.
    /// By then it is known whether the server answers questions without EDNS only.
    pub(super) async fn over_tcp(
        &self,
        server: &Server,
        to: SocketAddr,
        question: &Question,
        patience: Duration,
    ) -> Result<Heard, Error> {
        let first = async {
            self.spend(server)?;
            converse(server, to, question).await
        };
        let second = async {
            // A little later than the question without EDNS goes out over UDP.
            sleep(patience * 5 / 8).await;
            self.spend(server)?;
            let needs = self.shared.manners.of(to).known() == Known::PlainOnly;
            match needs && question.edns.is_some() {
                true => {
                    let heard = converse(server, to, &question.clone().plain()).await?;
                    Ok(Heard { edns_dropped: true, ..heard })
                }
                false => converse(server, to, question).await,
            }
        };
        let either = async {
            tokio::pin!(first);
            tokio::select! {
                heard = &mut first => heard,
                heard = second => match heard {
                    Ok(heard) => Ok(heard),
                    Err(_) => first.await,
                },
            }
        };
        let late = |_| {
            let what = format!("{server}, asked for {} {},", question.name, question.rtype);
            Err(Error::Timeout(what))
        };
        timeout(patience, either).await.unwrap_or_else(late)
    }
}

/// One question and its answer on a connection of its own.
async fn converse(server: &Server, to: SocketAddr, question: &Question) -> Result<Heard, Error> {
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
    let (message, unreadable) =
        read(&answer).ok_or_else(|| protocol("the answer is no DNS message".into()))?;
    match answers(&message, &asked) {
        true => {
            let case_lost = case_lost(&message, &asked);
            Ok(Heard { message, case_lost, edns_dropped: false, unreadable })
        }
        false => Err(protocol("the answer is to another question".into())),
    }
}
