use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;
use tokio::time::sleep_until;

use crate::ask::udp::connected;
use crate::ask::window::{PER_SOCKET, WINDOW, Window};
use crate::ask::{Question, Reply, Server, read};
use crate::{Error, Net};

/// Packets for one question.
const ATTEMPTS: u8 = 3;

/// How long answers are let gather when few have come: waking up for each costs more than reading it.
const GATHER: Duration = Duration::from_millis(1);

impl Net {
    /// Asks one server many questions over UDP, some hundred at a time, and tells each answer as it
    /// comes. What is truncated is asked again over TCP by [`Net::ask`]; EDNS stays as it is asked.
    ///
    /// A loop over one connected socket, renewed now and then, instead of a task and a socket for each
    /// question; packets are written into buffers that are used again. That is what thousands of
    /// questions cost least with.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::NoRoute`], before anything is asked. That single questions
    /// fail is told to `each`.
    pub async fn sweep(
        &self,
        server: &Server,
        questions: impl IntoIterator<Item = Question>,
        each: impl FnMut(&Question, Result<Reply, Error>),
    ) -> Result<(), Error> {
        let to = self.admit(server.name.as_deref().unwrap_or_default(), server.address)?;
        self.sweep_at(server, to, questions, each).await
    }

    /// The same with the resolver, which is named by whoever runs the audit: the address policy is not
    /// asked.
    ///
    /// # Errors
    /// [`Error::NotRouted`] if the system's resolver must not be asked, or [`Error::NoRoute`].
    pub async fn sweep_resolver(
        &self,
        questions: impl IntoIterator<Item = Question>,
        each: impl FnMut(&Question, Result<Reply, Error>),
    ) -> Result<(), Error> {
        let to = self.resolver_address()?;
        self.sweep_at(&Server::at(to), to, questions, each).await
    }

    async fn sweep_at(
        &self,
        server: &Server,
        to: SocketAddr,
        questions: impl IntoIterator<Item = Question>,
        mut each: impl FnMut(&Question, Result<Reply, Error>),
    ) -> Result<(), Error> {
        let mut questions = questions.into_iter().peekable();
        let mut window = Window::new();
        while questions.peek().is_some() {
            let socket = connected(server, to).await?;
            // Until the runtime has looked once, nothing can be sent without waiting.
            let ready = socket.writable().await;
            ready.map_err(|error| Error::of_io(server.to_string(), &error))?;
            let some = questions.by_ref().take(PER_SOCKET);
            let long = self.through(&socket, server, &mut window, some, &mut each).await;
            for question in long {
                let reply = self.exchange(server, to, &question.clone().over_tcp()).await;
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
        window: &mut Window,
        mut questions: impl Iterator<Item = Question>,
        each: &mut impl FnMut(&Question, Result<Reply, Error>),
    ) -> Vec<Question> {
        let patience = self.cx.exchange_time() * 4 / 5 / u32::from(ATTEMPTS);
        // In the order in which they were sent, so that the oldest is known at once.
        let mut sent: VecDeque<(Instant, u32)> = VecDeque::with_capacity(2 * WINDOW);
        let mut long = Vec::new();
        let mut buffer = vec![0; 65_535];
        loop {
            let now = Instant::now();
            while window.has_room() {
                let Some(question) = questions.next() else { break };
                if let Err(error) = self.spend(server) {
                    each(&question, Err(error));
                    continue;
                }
                let (number, packet) = window.open(question, now);
                // A packet that cannot leave now is one that was lost: it is sent again.
                let _ = socket.try_send(packet);
                sent.push_back((now, number));
            }
            if window.is_empty() {
                return long;
            }
            while sent.front().is_some_and(|(_, number)| !window.waits(*number)) {
                sent.pop_front();
            }
            let oldest = sent.front().map_or(now, |(at, _)| *at) + patience;
            tokio::select! {
                ready = socket.readable() => {
                    if let Err(error) = ready {
                        fail(window, each, &Error::of_io(server.to_string(), &error));
                        continue;
                    }
                }
                () = sleep_until(tokio::time::Instant::from_std(oldest)) => {
                    self.repeat(socket, server, window, &mut sent, patience, each);
                    continue;
                }
            }
            let mut heard = 0;
            loop {
                let length = match socket.try_recv(&mut buffer) {
                    Ok(length) => length,
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
                    Err(error) => {
                        fail(window, each, &Error::of_io(server.to_string(), &error));
                        break;
                    }
                };
                let bytes = &buffer[..length];
                let Some((number, case_lost)) = window.asked(bytes) else { continue };
                let Some((message, unreadable)) = read(bytes) else { continue };
                let (question, first) = window.close(number);
                heard += 1;
                if message.metadata.truncation {
                    long.push(question);
                    continue;
                }
                let (tcp, edns_dropped, elapsed) = (false, false, first.elapsed());
                let reply = Reply { message, tcp, elapsed, case_lost, edns_dropped, unreadable };
                each(&question, Ok(reply));
            }
            if heard < WINDOW / 4 {
                tokio::time::sleep(GATHER).await;
            } else {
                // Others on this thread get their turn, even if the server is always ready.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Sends again what has waited long enough, and gives up what was sent often enough.
    fn repeat(
        &self,
        socket: &UdpSocket,
        server: &Server,
        window: &mut Window,
        sent: &mut VecDeque<(Instant, u32)>,
        patience: Duration,
        each: &mut impl FnMut(&Question, Result<Reply, Error>),
    ) {
        let now = Instant::now();
        while let Some((at, number)) = sent.front().copied() {
            if at + patience > now {
                break;
            }
            sent.pop_front();
            match window.again(number) {
                Some((attempts, packet)) if *attempts < ATTEMPTS && self.spend(server).is_ok() => {
                    *attempts += 1;
                    let _ = socket.try_send(packet);
                    sent.push_back((now, number));
                }
                Some(_) => {
                    let (question, _) = window.close(number);
                    let what = format!("{server}, asked for {} {},", question.name, question.rtype);
                    each(&question, Err(Error::Timeout(what)));
                }
                None => {}
            }
        }
    }
}

/// Nobody listens there: that goes for all that wait.
fn fail(
    window: &mut Window,
    each: &mut impl FnMut(&Question, Result<Reply, Error>),
    error: &Error,
) {
    for question in window.drain() {
        each(&question, Err(error.clone()));
    }
}
