use std::time::{Duration, Instant};

use hdrhistogram::Histogram as Recorded;

use super::dial::Opening;
use super::facts::Facts;
use super::pace::Turn;
use crate::{End, Endpoint, FailKind, Histogram, Measurement, Obstacle, Sample, Stopped};

/// What became of one request.
#[derive(Debug)]
pub(crate) enum Event {
    /// An answer came to its end; `failed` says why it does not count as success.
    Answered { failed: Option<Obstacle>, timing: Timing, facts: Facts, stop: Option<Stopped> },
    /// No whole answer came.
    Failed { age: Duration, obstacle: Obstacle },
    /// Its end was not awaited.
    Unfinished { age: Duration, stop: Option<Stopped>, obstacle: Obstacle },
}

/// How long one request took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) first_byte: Duration,
    pub(crate) body: Duration,
    pub(crate) service: Duration,
    /// With the wait for a connection, if all were busy when it was to start.
    pub(crate) response: Duration,
    /// Where a connection was opened for it.
    pub(crate) total: Option<Duration>,
    /// How much of the service time went into opening a connection again.
    pub(crate) reopening: Duration,
}

/// Longest time that is told apart: ten minutes.
const LONGEST_US: u64 = 600_000_000;

/// Requests that are kept one by one.
const MAX_SAMPLES: usize = 100_000;

/// Parts of the server's own time that are told apart.
const MOST_PARTS: usize = 16;

/// How many requests must be over before the share of failures among them says anything.
const FEW: u64 = 20;

/// Counts as it goes.
#[derive(Debug)]
pub(crate) struct Tally {
    so_far: Measurement,
    budget: Duration,
    begin: Instant,
    service: Times,
    response: Times,
    late: Times,
    first_byte: Times,
    body: Times,
    total: Times,
    dns: Times,
    connect: Times,
    tls: Times,
}

impl Tally {
    pub(crate) fn new(endpoint: &Endpoint, per_second: u32, begin: Instant) -> Self {
        let mut so_far = Measurement::new(&endpoint.url, &endpoint.method, endpoint.budget_ms);
        so_far.per_second = per_second;
        Self {
            so_far,
            budget: Duration::from_millis(endpoint.budget_ms),
            begin,
            service: Times::default(),
            response: Times::default(),
            late: Times::default(),
            first_byte: Times::default(),
            body: Times::default(),
            total: Times::default(),
            dns: Times::default(),
            connect: Times::default(),
            tls: Times::default(),
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.so_far.stopped.is_some()
    }

    pub(crate) fn stop(&mut self, why: Stopped) {
        self.so_far.stopped.get_or_insert(why);
    }

    /// A request begins, so late although a connection was free.
    pub(crate) fn begin(&mut self, late: Option<Duration>) {
        self.so_far.attempted += 1;
        if let Some(late) = late {
            self.late.record(late);
        }
    }

    pub(crate) fn opened(&mut self, opening: &Opening, again: bool) {
        self.dns.record(opening.dns);
        self.connect.record(opening.connect);
        if let Some(tls) = opening.tls {
            self.tls.record(tls);
        }
        let connections = &mut self.so_far.connections;
        connections.opened += 1;
        connections.reopened += u64::from(again);
        connections.http.get_or_insert_with(|| if opening.http2 { "2" } else { "1.1" }.into());
        connections.remote.get_or_insert_with(|| opening.remote.to_string());
        if let Some(version) = opening.tls_version {
            connections.tls.get_or_insert_with(|| version.into());
        }
    }

    /// The head of an answer has come, whatever becomes of the rest. Says whether it is to be
    /// described: the first that was expected is, the others are like it.
    pub(crate) fn answered(&mut self) -> bool {
        self.so_far.answered += 1;
        self.so_far.answer.is_none()
    }

    pub(crate) fn finish(&mut self, turn: Turn, event: Event) {
        match event {
            Event::Answered { failed, timing, facts, stop } => {
                let end = if failed.is_none() { End::Ok } else { End::Failed };
                let [at, service, response, first_byte, reopening] = [
                    self.at(turn),
                    timing.service,
                    timing.response,
                    timing.first_byte,
                    timing.reopening,
                ]
                .map(micros);
                let sample = Sample::new(at, service, response, end)
                    .first_byte_us(first_byte)
                    .reopening_us(reopening)
                    .cache(facts.cache);
                self.attribute(facts.parts);
                self.keep(sample);
                match failed {
                    None => {
                        self.succeeded(timing);
                        self.so_far.redirects += u64::from(facts.redirect);
                        if let Some(answer) = facts.answer {
                            self.so_far.answer.get_or_insert(*answer);
                        }
                    }
                    Some(obstacle) => self.failed(obstacle),
                }
                self.stop_for(stop);
            }
            Event::Failed { age, obstacle } => {
                self.keep_bare(turn, age, End::Failed);
                self.failed(obstacle);
            }
            Event::Unfinished { age, stop, obstacle } => {
                self.unfinished(turn, age);
                self.so_far.first_failure.get_or_insert(obstacle);
                self.stop_for(stop);
            }
        }
    }

    /// A request that was scheduled, but for which nobody was free until `end`.
    pub(crate) fn unsent(&mut self, turn: Turn, end: Instant) {
        self.so_far.attempted += 1;
        self.so_far.unsent += 1;
        self.unfinished(turn, end.saturating_duration_since(turn.intended));
    }

    pub(crate) fn measurement(&self) -> Measurement {
        let mut all = self.so_far.clone();
        all.service_us = self.service.sparse();
        all.response_us = self.response.sparse();
        all.late_us = self.late.sparse();
        all.first_byte_us = self.first_byte.sparse();
        all.body_us = self.body.sparse();
        all.total_us = self.total.sparse();
        all.connections.dns_us = self.dns.sparse();
        all.connections.connect_us = self.connect.sparse();
        all.connections.tls_us = self.tls.sparse();
        all
    }

    fn succeeded(&mut self, timing: Timing) {
        self.so_far.ok += 1;
        self.so_far.slow += u64::from(timing.response > self.budget);
        self.service.record(timing.service);
        self.response.record(timing.response);
        self.first_byte.record(timing.first_byte);
        self.body.record(timing.body);
        if let Some(total) = timing.total {
            self.total.record(total);
        }
    }

    fn unfinished(&mut self, turn: Turn, age: Duration) {
        self.keep_bare(turn, age, End::Unfinished);
        self.so_far.unfinished += 1;
        self.so_far.unfinished_slow += u64::from(age > self.budget);
    }

    fn at(&self, turn: Turn) -> Duration {
        turn.intended.saturating_duration_since(self.begin)
    }

    /// A request of which no more is known than how long it lasted.
    fn keep_bare(&mut self, turn: Turn, age: Duration, end: End) {
        let [at, age] = [self.at(turn), age].map(micros);
        self.keep(Sample::new(at, age, age, end));
    }

    fn keep(&mut self, sample: Sample) {
        if self.so_far.samples.len() < MAX_SAMPLES {
            self.so_far.samples.push(sample);
        }
    }

    /// What the server said about the request that is kept next.
    fn attribute(&mut self, parts: Vec<(String, u64)>) {
        let place = self.so_far.samples.len();
        let named = &mut self.so_far.server_timing;
        for (name, us) in parts {
            if place < MAX_SAMPLES && (named.len() < MOST_PARTS || named.contains_key(&name)) {
                named.entry(name).or_default().push((place as u64, us));
            }
        }
    }

    fn failed(&mut self, obstacle: Obstacle) {
        *self.so_far.failed.entry(obstacle.kind).or_default() += 1;
        if is_final(obstacle.kind) && self.so_far.connections.opened == 0 {
            self.stop(Stopped::NoConnection);
        }
        self.so_far.first_failure.get_or_insert(obstacle);
        let failed = self.so_far.failed_in_all();
        let over = self.so_far.ok + failed;
        if self.is_hopeless(failed) || (over >= FEW && failed * 5 > over) {
            self.stop(Stopped::Errors);
        }
    }

    /// Nothing but failures so far; of those that take long, fewer will do.
    fn is_hopeless(&self, failed: u64) -> bool {
        let count = |kind| self.so_far.failed.get(&kind).copied().unwrap_or(0);
        let in_vain = count(FailKind::Timeout) + count(FailKind::ConnectTimeout);
        self.so_far.ok == 0 && (failed >= 8 || in_vain >= 4)
    }

    fn stop_for(&mut self, why: Option<Stopped>) {
        if let Some(why) = why {
            self.stop(why);
        }
    }
}

/// Whether the next attempt would end like this one.
fn is_final(kind: FailKind) -> bool {
    matches!(
        kind,
        FailKind::NoAddress | FailKind::Dns | FailKind::Forbidden | FailKind::Certificate
    )
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(LONGEST_US).min(LONGEST_US)
}

/// An HDR histogram of microseconds.
#[derive(Debug)]
struct Times(Recorded<u64>);

impl Times {
    fn record(&mut self, time: Duration) {
        self.0.saturating_record(micros(time));
    }

    fn sparse(&self) -> Histogram {
        let steps = self.0.iter_recorded();
        steps
            .map(|step| (step.value_iterated_to(), step.count_at_value()))
            .collect::<Vec<_>>()
            .into()
    }
}

impl Default for Times {
    fn default() -> Self {
        Self(
            Recorded::new_with_bounds(1, LONGEST_US, 3)
                .expect("the bounds are in order and three digits are allowed"),
        )
    }
}
