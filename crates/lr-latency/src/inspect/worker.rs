use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::RETRY_AFTER;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use lr_core::{ErrorKind, Text};
use tokio::time::timeout_at;

use super::alarm::Alarm;
use super::dial::{Link, NoAnswer, dial, http_failure};
use super::facts::{Facts, described};
use super::pace::Turn;
use super::pool::Lost;
use super::run::Job;
use super::tally::{Event, Timing};
use crate::{FailKind, Obstacle, Stopped};

/// Makes one request after another, each over a connection that is free. No request is ever sent
/// twice.
pub(crate) async fn work(job: Arc<Job>) {
    let mut alarm = Alarm::new();
    while let Some((turn, now)) = job.begin().await {
        let event = Attempt::new(&job, turn, now).run(&mut alarm).await;
        job.finish(turn, event);
    }
}

/// What a timer may be early or late.
const TIMER_STEP: Duration = Duration::from_millis(5);

/// An answer, read as far as it is read.
struct Answer {
    status: u16,
    retry_after: Option<Text>,
    first_byte: Duration,
    rest: Duration,
    body: Body,
    facts: Facts,
}

enum Body {
    Complete,
    Cut,
    Broken(Obstacle),
    /// Complete, without the text that was expected.
    Wrong,
}

/// One request under way.
struct Attempt<'a> {
    job: &'a Job,
    turn: Turn,
    /// When it was taken up.
    begun: Instant,
    /// When it was sent, or would have been if the server had not closed the connection.
    started: Instant,
    /// When it is given up.
    end: Instant,
    opened: bool,
    /// What opening a connection again took.
    reopening: Duration,
}

impl<'a> Attempt<'a> {
    fn new(job: &'a Job, turn: Turn, begun: Instant) -> Self {
        Self {
            job,
            turn,
            begun,
            started: begun,
            end: job.end_of_request(begun),
            opened: false,
            reopening: Duration::ZERO,
        }
    }

    /// From opening a connection, if need be, to the end of the answer.
    async fn run(mut self, alarm: &mut Alarm) -> Event {
        let pool = &self.job.pool;
        let mut idle = pool.take();
        loop {
            let mut link = match idle.take() {
                Some(link) => link,
                None => match self.open().await {
                    Ok(link) => link,
                    Err(obstacle) => return self.given_up(obstacle, false),
                },
            };
            let obstacle = match alarm.within(self.end, exchange(&mut link, self.job)).await {
                Some(Ok(answer)) => return self.answered(link, answer),
                // It had ended since the last answer, and nothing was sent on it.
                Some(Err(NoAnswer::NotSent)) if !self.opened => {
                    pool.lose(Lost::Closed);
                    idle = pool.take();
                    continue;
                }
                Some(Err(NoAnswer::NotSent)) => {
                    match timeout_at(self.end.into(), link.ended()).await {
                        Ok(obstacle) => obstacle,
                        Err(_) => return self.out_of_time(),
                    }
                }
                Some(Err(NoAnswer::Failed(obstacle))) => obstacle,
                None => return self.out_of_time(),
            };
            pool.lose(Lost::Broken);
            return Event::Failed { age: self.age(), obstacle };
        }
    }

    fn out_of_time(&self) -> Event {
        self.job.pool.lose(Lost::Broken);
        let message = "no complete answer in time";
        self.given_up(Obstacle::new(FailKind::Timeout, ErrorKind::Timeout, message), true)
    }

    /// A first connection is not the endpoint's service time: a visitor pays for it once. One that
    /// the server makes necessary by closing those that could be used again is.
    async fn open(&mut self) -> Result<Link, Obstacle> {
        let job = self.job;
        let replaced = job.pool.replace();
        let opening = Instant::now();
        let dialling = dial(&job.net, &job.to, &job.tls);
        let link = timeout_at(self.end.into(), dialling).await.unwrap_or_else(|_| {
            let message = format!("{}: no connection in time", job.to.host);
            Err(Obstacle::new(FailKind::ConnectTimeout, ErrorKind::Timeout, message))
        });
        match &link {
            Ok(link) => {
                job.opened(&link.opening, replaced.is_some());
                self.opened = true;
                match replaced {
                    Some(Lost::Closed) => self.reopening += opening.elapsed(),
                    Some(Lost::Broken) | None => self.started = Instant::now(),
                }
            }
            Err(_) => replaced.into_iter().for_each(|how| job.pool.lose(how)),
        }
        link
    }

    /// How long its visitor has waited.
    fn age(&self) -> Duration {
        match self.turn.waited {
            true => self.turn.intended.elapsed(),
            false => self.started.elapsed(),
        }
    }

    /// A request that has run out of time has failed only if it had all the time there is for one,
    /// and more than its budget.
    fn given_up(&self, obstacle: Obstacle, connected: bool) -> Event {
        let job = self.job;
        let age = if connected || self.turn.waited { self.age() } else { Duration::ZERO };
        let had_its_time = self.begun.elapsed() + TIMER_STEP >= job.patience();
        match obstacle.cause == ErrorKind::Timeout
            && !(had_its_time && (!connected || job.is_over_budget(age)))
        {
            true => Event::Unfinished { age, stop: None, obstacle },
            false => Event::Failed { age, obstacle },
        }
    }

    fn answered(self, link: Link, answer: Answer) -> Event {
        let service = self.started.elapsed();
        let response = if self.turn.waited { self.turn.intended.elapsed() } else { service };
        let timing = Timing {
            first_byte: answer.first_byte,
            body: answer.rest,
            service,
            response,
            total: self.opened.then(|| self.begun.elapsed()),
            reopening: self.reopening,
        };
        match answer.body {
            Body::Complete | Body::Wrong if self.job.reuse => self.job.pool.put(link),
            Body::Complete | Body::Wrong => {}
            Body::Cut | Body::Broken(_) => self.job.pool.lose(Lost::Broken),
        }
        weigh(self.job, answer, timing)
    }
}

/// What an answer means.
fn weigh(job: &Job, answer: Answer, timing: Timing) -> Event {
    let Answer { status, retry_after, body, facts, .. } = answer;
    let slow_down = status == 429 || (status >= 400 && retry_after.is_some());
    let stop = slow_down.then_some(Stopped::RateLimited { retry_after });
    if !job.to.endpoint.is_expected(status) {
        let (kind, cause) = match status {
            429 => (FailKind::RateLimited, ErrorKind::RateLimited),
            status => (FailKind::Status(status), ErrorKind::Protocol),
        };
        let obstacle = Obstacle::new(kind, cause, format!("the answer had status {status}"));
        return Event::Answered { failed: Some(obstacle), timing, facts, stop };
    }
    match body {
        Body::Complete => Event::Answered { failed: None, timing, facts, stop },
        Body::Broken(obstacle) => Event::Answered { failed: Some(obstacle), timing, facts, stop },
        Body::Wrong => {
            let message = "the answer lacks the text that was expected";
            let obstacle = Obstacle::new(FailKind::Content, ErrorKind::Protocol, message);
            Event::Answered { failed: Some(obstacle), timing, facts, stop }
        }
        Body::Cut => {
            let limit_bytes = job.body_limit();
            let message = format!("the answer was longer than {limit_bytes} bytes");
            Event::Unfinished {
                age: timing.response,
                stop: Some(Stopped::TooLarge { limit_bytes }),
                obstacle: Obstacle::new(FailKind::Protocol, ErrorKind::NotDecided, message),
            }
        }
    }
}

async fn exchange(link: &mut Link, job: &Job) -> Result<Answer, NoAnswer> {
    let sent = Instant::now();
    let response = link.send(&job.to).await?;
    let first_byte = sent.elapsed();
    let new = job.answered();
    let headers = response.headers();
    let retry_after = headers.get(RETRY_AFTER);
    let retry_after =
        retry_after.map(|value| Text::new(&String::from_utf8_lossy(value.as_bytes())));
    let status = response.status().as_u16();
    let mut facts = Facts::of(status, headers);
    let describe = || Box::new(described(status, headers, job.to.offers_compression()));
    facts.answer = new.then(describe);
    let wanted = job.to.endpoint.contains.as_deref().map(|text| Wanted::new(text.as_bytes()));
    let (body, bytes) = read(response.into_body(), job.body_limit(), wanted).await;
    let rest = sent.elapsed() - first_byte;
    if let Some(answer) = &mut facts.answer {
        answer.body_bytes = bytes;
    }
    Ok(Answer { status, retry_after, first_byte, rest, body, facts })
}

/// Reads a body to its end, or to the limit, and counts its bytes; nothing of it is kept.
async fn read(mut body: Incoming, limit: u64, mut wanted: Option<Wanted<'_>>) -> (Body, u64) {
    let mut read = 0u64;
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => return (Body::Broken(http_failure(&error)), read),
        };
        let Some(data) = frame.data_ref() else { continue };
        read += data.len() as u64;
        if let Some(wanted) = &mut wanted {
            wanted.look_at(data);
        }
        if read > limit {
            return (Body::Cut, read);
        }
    }
    match wanted {
        Some(wanted) if !wanted.found => (Body::Wrong, read),
        _ => (Body::Complete, read),
    }
}

/// A text that is looked for in pieces of a body.
struct Wanted<'a> {
    text: &'a [u8],
    /// The end of what was seen, shorter than the text.
    tail: Vec<u8>,
    found: bool,
}

impl<'a> Wanted<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, tail: Vec::new(), found: text.is_empty() }
    }

    fn look_at(&mut self, data: &[u8]) {
        if self.found {
            return;
        }
        let length = self.text.len();
        self.tail.extend_from_slice(data);
        self.found = self.tail.windows(length).any(|window| window == self.text);
        let done = self.tail.len().saturating_sub(length - 1);
        self.tail.drain(..done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_across_pieces_and_only_if_it_is_there() {
        for (pieces, text, found) in [
            (&["hel", "lo wor", "ld"][..], "hello world", true),
            (&["a", "b", "c"][..], "bc", true),
            (&["aab"][..], "ab", true),
            (&["hello"][..], "world", false),
            (&["wor", "", "", "l"][..], "world", false),
            (&[][..], "", true),
        ] {
            let mut wanted = Wanted::new(text.as_bytes());
            pieces.iter().for_each(|piece| wanted.look_at(piece.as_bytes()));
            assert_eq!(wanted.found, found, "{pieces:?} {text}");
        }
    }
}
