use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use hickory_proto::op::Message;
use tokio::net::UdpSocket;
use tokio::time::sleep_until;

use crate::ask::udp::connected;
use crate::ask::{Question, Reply, Server, answers, case_lost, encode, read};
use crate::{Error, Net};

/// Questions under way at once: memory does not grow with the number of questions.
const WINDOW: usize = 256;

/// Packets for one question.
const ATTEMPTS: u8 = 3;

/// Questions that go through one socket, and so from one port.
const PER_SOCKET: usize = 4096;

/// A question that waits for its answer.
struct Pending {
    question: Question,
    asked: Message,
    packet: Vec<u8>,
    first: Instant,
    attempts: u8,
}

impl Net {
    /// Asks one server many questions over UDP, some hundred at a time, and tells each answer as it
    /// comes. What is truncated is asked again over TCP by [`Net::ask`]; EDNS stays as it is asked.
    ///
    /// A loop over one socket, renewed now and then, instead of a task and a socket for each
    /// question: that is what thousands of them cost least with.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NoRoute`], before anything is asked. That single questions
    /// fail is told to `each`.
    pub async fn sweep(
        &self,
        server: &Server,
        questions: impl IntoIterator<Item = Question>,
        mut each: impl FnMut(&Question, Result<Reply, Error>),
    ) -> Result<(), Error> {
        let to = self.admit(server.name.as_deref().unwrap_or_default(), server.address)?;
        let mut questions = questions.into_iter().peekable();
        while questions.peek().is_some() {
            let socket = connected(server, to).await?;
            let some = questions.by_ref().take(PER_SOCKET);
            let long = self.through(&socket, server, some, &mut each).await;
            for question in long {
                let reply = self.ask(server, &question.clone().over_tcp()).await;
                each(&question, reply);
            }
        }
        Ok(())
    }

    /// Asks through one socket; gives back the questions whose answers are too long for it.
    async fn through(
        &self,
        socket: &UdpSocket,
        server: &Server,
        mut questions: impl Iterator<Item = Question>,
        each: &mut impl FnMut(&Question, Result<Reply, Error>),
    ) -> Vec<Question> {
        let patience = self.cx.exchange_time() * 4 / 5 / u32::from(ATTEMPTS);
        let mut waiting: HashMap<u16, Pending> = HashMap::with_capacity(WINDOW);
        // In the order in which they were sent, so that the oldest is known at once.
        let mut sent: VecDeque<(Instant, u16)> = VecDeque::new();
        let mut long = Vec::new();
        let mut buffer = vec![0; 65_535];
        loop {
            while waiting.len() < WINDOW {
                let Some(question) = questions.next() else { break };
                if let Err(error) = self.spend(server) {
                    each(&question, Err(error));
                    continue;
                }
                let mut asked = question.message();
                while waiting.contains_key(&asked.metadata.id) {
                    asked.metadata.id = asked.metadata.id.wrapping_add(1);
                }
                let packet = match encode(server, &asked) {
                    Ok(packet) => packet,
                    Err(error) => {
                        each(&question, Err(error));
                        continue;
                    }
                };
                let now = Instant::now();
                // A packet that cannot leave now is one that was lost: it is sent again.
                let _ = socket.try_send(&packet);
                sent.push_back((now, asked.metadata.id));
                let id = asked.metadata.id;
                waiting.insert(id, Pending { question, asked, packet, first: now, attempts: 1 });
            }
            if waiting.is_empty() {
                return long;
            }
            while sent.front().is_some_and(|(_, id)| !waiting.contains_key(id)) {
                sent.pop_front();
            }
            let oldest = sent.front().map_or_else(Instant::now, |(at, _)| *at) + patience;
            tokio::select! {
                ready = socket.readable() => {
                    if let Err(error) = ready {
                        fail(&mut waiting, each, &Error::of_io(server.to_string(), &error));
                        continue;
                    }
                }
                () = sleep_until(tokio::time::Instant::from_std(oldest)) => {
                    self.repeat(socket, server, &mut waiting, &mut sent, patience, each);
                    continue;
                }
            }
            loop {
                let length = match socket.try_recv(&mut buffer) {
                    Ok(length) => length,
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
                    Err(error) => {
                        fail(&mut waiting, each, &Error::of_io(server.to_string(), &error));
                        break;
                    }
                };
                let Some(id) = buffer[..length].first_chunk::<2>() else { continue };
                let id = u16::from_be_bytes(*id);
                let Some(pending) = waiting.get(&id) else { continue };
                let Some((message, unreadable)) = read(&buffer[..length]) else { continue };
                if !answers(&message, &pending.asked) {
                    continue;
                }
                let Some(pending) = waiting.remove(&id) else { continue };
                if message.metadata.truncation {
                    long.push(pending.question);
                    continue;
                }
                let case_lost = case_lost(&message, &pending.asked);
                let elapsed = pending.first.elapsed();
                let reply = Reply {
                    message,
                    tcp: false,
                    elapsed,
                    case_lost,
                    edns_dropped: false,
                    unreadable,
                };
                each(&pending.question, Ok(reply));
            }
            // Others on this thread get their turn, even if the server is always ready.
            tokio::task::yield_now().await;
        }
    }

    /// Sends again what has waited long enough, and gives up what was sent often enough.
    fn repeat(
        &self,
        socket: &UdpSocket,
        server: &Server,
        waiting: &mut HashMap<u16, Pending>,
        sent: &mut VecDeque<(Instant, u16)>,
        patience: Duration,
        each: &mut impl FnMut(&Question, Result<Reply, Error>),
    ) {
        let now = Instant::now();
        while let Some((at, id)) = sent.front().copied() {
            if at + patience > now {
                break;
            }
            sent.pop_front();
            let Some(pending) = waiting.get_mut(&id) else { continue };
            if pending.attempts < ATTEMPTS && self.spend(server).is_ok() {
                pending.attempts += 1;
                let _ = socket.try_send(&pending.packet);
                sent.push_back((now, id));
            } else if let Some(Pending { question, .. }) = waiting.remove(&id) {
                let what = format!("{server}, asked for {} {},", question.name, question.rtype);
                each(&question, Err(Error::Timeout(what)));
            }
        }
    }
}

/// Nobody listens there: that goes for all that wait.
fn fail(
    waiting: &mut HashMap<u16, Pending>,
    each: &mut impl FnMut(&Question, Result<Reply, Error>),
    error: &Error,
) {
    for (_, pending) in waiting.drain() {
        each(&pending.question, Err(error.clone()));
    }
}
