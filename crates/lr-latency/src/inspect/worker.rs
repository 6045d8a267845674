use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::RETRY_AFTER;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use lr_core::{ErrorKind, Text};
use tokio::time::timeout_at;

use super::dial::{Link, NoAnswer, dial, http_failure};
use super::run::Job;
use super::tally::{Event, Timing};
use crate::{FailKind, Obstacle, Stopped};

/// One simulated visitor: one request after another over one connection, which is opened again when
/// it has ended. No request is ever sent twice.
pub(crate) async fn work(job: Arc<Job>) {
    let mut slot = Slot::default();
    while job.begin().await {
        let end = job.end_of_request(Instant::now());
        let event = slot.one(&job, end).await;
        job.finish(event);
    }
}

/// What a timer may be early or late.
const TIMER_STEP: Duration = Duration::from_millis(5);

/// A worker's one connection.
#[derive(Debug, Default)]
struct Slot {
    link: Option<Link>,
    had_one: bool,
}

/// An answer, read as far as it is read.
struct Answer {
    status: u16,
    retry_after: Option<Text>,
    first_byte: Duration,
    body: Body,
}

enum Body {
    Complete,
    Cut,
    Broken(Obstacle),
}

impl Slot {
    /// One request, from opening a connection if need be to the end of the answer.
    async fn one(&mut self, job: &Job, end: Instant) -> Event {
        let begun = Instant::now();
        let mut opened = false;
        // A first connection is not the endpoint's service time: a visitor pays for it once. One
        // that the server made necessary is.
        if !self.had_one {
            match self.open(job, end).await {
                Ok(()) => opened = true,
                Err(obstacle) => return self.given_up(job, begun, Duration::ZERO, obstacle),
            }
        }
        let started = Instant::now();
        let answer = loop {
            if self.link.is_none() {
                if let Err(obstacle) = self.open(job, end).await {
                    return self.given_up(job, begun, started.elapsed(), obstacle);
                }
                opened = true;
            }
            let Some(link) = self.link.as_mut() else { continue };
            match timeout_at(end.into(), exchange(link, job)).await {
                Ok(Ok(answer)) => break answer,
                // It had ended since the last answer, and nothing was sent on it.
                Ok(Err(NoAnswer::NotSent)) if !opened => self.link = None,
                Ok(Err(NoAnswer::NotSent)) => {
                    let message = "the connection ended before a request could be sent";
                    let (kind, cause) = (FailKind::BrokenOff, ErrorKind::Unreachable);
                    self.link = None;
                    return Event::Failed(Obstacle::new(kind, cause, message));
                }
                Ok(Err(NoAnswer::Failed(obstacle))) => {
                    self.link = None;
                    return Event::Failed(obstacle);
                }
                Err(_) => {
                    let message = "no complete answer in time";
                    let obstacle = Obstacle::new(FailKind::Timeout, ErrorKind::Timeout, message);
                    return self.given_up(job, begun, started.elapsed(), obstacle);
                }
            }
        };
        let service = started.elapsed();
        let timing = Timing {
            first_byte: answer.first_byte,
            service,
            total: opened.then(|| begun.elapsed()),
        };
        self.weigh(job, answer, timing)
    }

    async fn open(&mut self, job: &Job, end: Instant) -> Result<(), Obstacle> {
        let dialling = dial(&job.net, &job.to, &job.tls);
        let link = timeout_at(end.into(), dialling).await.unwrap_or_else(|_| {
            let message = format!("{}: no connection in time", job.to.host);
            Err(Obstacle::new(FailKind::ConnectTimeout, ErrorKind::Timeout, message))
        })?;
        job.opened(&link.opening, self.had_one);
        self.link = Some(link);
        self.had_one = true;
        Ok(())
    }

    /// A request that has run out of time has failed only if it had all the time there is for one,
    /// and more than its budget.
    fn given_up(&mut self, job: &Job, begun: Instant, age: Duration, obstacle: Obstacle) -> Event {
        self.link = None;
        let had_its_time = begun.elapsed() + TIMER_STEP >= job.patience();
        let connected = obstacle.kind == FailKind::Timeout;
        match obstacle.cause == ErrorKind::Timeout
            && !(had_its_time && (!connected || job.is_over_budget(age)))
        {
            true => Event::Unfinished { age, stop: None, obstacle },
            false => Event::Failed(obstacle),
        }
    }

    /// What an answer means.
    fn weigh(&mut self, job: &Job, answer: Answer, timing: Timing) -> Event {
        if !matches!(answer.body, Body::Complete) {
            self.link = None;
        }
        let Answer { status, retry_after, body, .. } = answer;
        let slow_down = status == 429 || (status >= 400 && retry_after.is_some());
        let stop = slow_down.then_some(Stopped::RateLimited { retry_after });
        if !job.to.endpoint.is_expected(status) {
            let (kind, cause) = match status {
                429 => (FailKind::RateLimited, ErrorKind::RateLimited),
                status => (FailKind::Status(status), ErrorKind::Protocol),
            };
            let obstacle = Obstacle::new(kind, cause, format!("the answer had status {status}"));
            return Event::Answered { failed: Some(obstacle), timing, stop };
        }
        match body {
            Body::Complete => Event::Answered { failed: None, timing, stop },
            Body::Broken(obstacle) => Event::Answered { failed: Some(obstacle), timing, stop },
            Body::Cut => {
                let limit_bytes = job.body_limit();
                let message = format!("the answer was longer than {limit_bytes} bytes");
                Event::Unfinished {
                    age: timing.service,
                    stop: Some(Stopped::TooLarge { limit_bytes }),
                    obstacle: Obstacle::new(FailKind::Protocol, ErrorKind::NotDecided, message),
                }
            }
        }
    }
}

async fn exchange(link: &mut Link, job: &Job) -> Result<Answer, NoAnswer> {
    let sent = Instant::now();
    let response = link.send(&job.to).await?;
    let first_byte = sent.elapsed();
    job.answered();
    let headers = response.headers();
    let retry_after = headers.get(RETRY_AFTER);
    let retry_after =
        retry_after.map(|value| Text::new(&String::from_utf8_lossy(value.as_bytes())));
    let status = response.status().as_u16();
    let body = read(response.into_body(), job.body_limit()).await;
    Ok(Answer { status, retry_after, first_byte, body })
}

/// Reads a body to its end, or to the limit; nothing of it is kept.
async fn read(mut body: Incoming, limit: u64) -> Body {
    let mut read = 0u64;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
            Err(error) => return Body::Broken(http_failure(&error)),
        }
        if read > limit {
            return Body::Cut;
        }
    }
    Body::Complete
}
