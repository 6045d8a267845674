use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lr_net::Net;
use tokio::task::JoinSet;
use tokio_rustls::rustls::ClientConfig;

use super::dial::{Opening, tls_config};
use super::plan::{Plan, Progress};
use super::request::Prepared;
use super::tally::{Event, Tally};
use super::worker::work;
use crate::snapshot::shown_url;
use crate::{Measurement, Stopped};

/// What the workers of one endpoint share.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) net: Net,
    pub(crate) to: Arc<Prepared>,
    pub(crate) tls: Arc<ClientConfig>,
    requests: u64,
    /// No request starts later than this.
    last_start: Instant,
    /// No request is awaited longer than this.
    end: Instant,
    progress: Progress,
    doing: String,
    tally: Mutex<Tally>,
}

/// Measures one endpoint; it is done by `end`.
pub(crate) async fn run(to: Arc<Prepared>, end: Instant, net: &Net, plan: &Plan) -> Measurement {
    let now = Instant::now();
    let budget = Duration::from_millis(to.endpoint.budget_ms);
    let left = end.saturating_duration_since(now);
    // A request that starts last still gets the time of its budget, so that it can be judged.
    let sampling = plan.sampling.duration.min(left.saturating_sub(budget.min(left / 2)));
    let patience = net.context().limits().exchange;
    let job = Arc::new(Job {
        net: net.clone(),
        tls: tls_config(net),
        requests: plan.sampling.requests,
        last_start: now + sampling,
        end: end.min(now + sampling + patience),
        progress: plan.progress(),
        doing: format!("{} {}", to.endpoint.method, shown_url(&to.endpoint.url)),
        tally: Mutex::new(Tally::new(&to.endpoint)),
        to,
    });
    let mut workers = JoinSet::new();
    for _ in 0..plan.sampling.concurrency {
        workers.spawn(work(Arc::clone(&job)));
    }
    while workers.join_next().await.is_some() {}
    job.close()
}

impl Job {
    /// Begins a request, if there is to be another one.
    pub(crate) fn begin(&self) -> bool {
        let mut tally = self.tally();
        if self.net.context().checkpoint().is_err() {
            tally.stop(Stopped::Cancelled);
        }
        let now = Instant::now();
        let more = !tally.is_stopped()
            && tally.attempted() < self.requests
            && now < self.last_start
            && now < self.end;
        if more {
            tally.begin();
        }
        more
    }

    pub(crate) fn finish(&self, event: Event) {
        self.tally().finish(event);
        self.progress.advance(1, &self.doing);
    }

    pub(crate) fn opened(&self, opening: &Opening, again: bool) {
        self.tally().opened(opening, again);
    }

    /// When a request that starts now is given up.
    pub(crate) fn end_of_request(&self, now: Instant) -> Instant {
        (now + self.patience()).min(self.end)
    }

    /// The time that a request may take at all.
    pub(crate) fn patience(&self) -> Duration {
        self.net.context().limits().exchange
    }

    pub(crate) fn is_over_budget(&self, age: Duration) -> bool {
        age > Duration::from_millis(self.to.endpoint.budget_ms)
    }

    /// Bytes of an answer that are read at most.
    pub(crate) fn body_limit(&self) -> u64 {
        self.net.context().limits().body_bytes as u64
    }

    fn close(&self) -> Measurement {
        let measurement = self.tally().measurement();
        let rest = self.requests.saturating_sub(measurement.attempted);
        self.progress.advance(rest, &self.doing);
        measurement
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
