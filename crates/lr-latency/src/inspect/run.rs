use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lr_net::Net;
use tokio::task::JoinSet;
use tokio_rustls::rustls::ClientConfig;

use super::dial::{Opening, tls_config};
use super::pace::{Pace, Turn};
use super::plan::{LONGEST, Plan, Progress};
use super::pool::Pool;
use super::request::Prepared;
use super::tally::{Event, Tally};
use super::worker::work;
use crate::snapshot::shown_url;
use crate::{Measurement, Mode, Stopped};

/// What the workers of one endpoint share.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) net: Net,
    pub(crate) to: Arc<Prepared>,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) pool: Pool,
    pub(crate) reuse: bool,
    mode: Mode,
    requests: u64,
    pace: Mutex<Pace>,
    /// The time that a request may take at all.
    patience: Duration,
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
    let patience = net.context().limits().exchange.min(LONGEST);
    let job = Arc::new(Job {
        net: net.clone(),
        tls: tls_config(net),
        pool: Pool::default(),
        reuse: plan.sampling.reuse,
        mode: plan.sampling.mode,
        requests: plan.requests(to.endpoint.budget_ms),
        pace: Mutex::new(Pace::new(&plan.sampling, to.endpoint.budget_ms, now)),
        last_start: now + sampling,
        patience,
        end: end.min(now + sampling + patience),
        progress: plan.progress(),
        doing: format!("{} {}", to.endpoint.method, shown_url(&to.endpoint.url)),
        tally: Mutex::new(Tally::new(&to.endpoint, plan.sampling.rate(to.endpoint.budget_ms), now)),
        to,
    });
    let mut workers = JoinSet::new();
    for _ in 0..plan.sampling.concurrency {
        workers.spawn(work(Arc::clone(&job)));
    }
    while let Some(ended) = workers.join_next().await {
        // Its request would be missing from the books; whoever runs the check handles panics.
        if let Err(error) = ended
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    }
    job.close()
}

impl Job {
    /// Waits for its turn and begins a request, if there is to be another one; says when that was.
    pub(crate) async fn begin(&self) -> Option<(Turn, Instant)> {
        let mut now = Instant::now();
        if self.is_over(now) {
            return None;
        }
        let turn = {
            // Two who are free at once must see the clock in the order in which they get turns.
            let mut pace = self.pace();
            now = Instant::now();
            pace.next(now).filter(|turn| turn.intended < self.last_start)?
        };
        if turn.intended > now {
            tokio::time::sleep_until(turn.intended.into()).await;
            now = Instant::now();
            // Much may have happened meanwhile.
            if self.is_over(now) {
                return None;
            }
        }
        let late = now.saturating_duration_since(turn.intended);
        self.tally().begin((!turn.waited).then_some(late));
        Some((turn, now))
    }

    /// Requests that were scheduled in time are made late rather than never.
    fn is_over(&self, now: Instant) -> bool {
        let mut tally = self.tally();
        if self.net.context().checkpoint().is_err() {
            tally.stop(Stopped::Cancelled);
        }
        tally.is_stopped() || now >= self.end
    }

    pub(crate) fn finish(&self, turn: Turn, event: Event) {
        self.tally().finish(turn, event);
        self.progress.advance(1, &self.doing);
    }

    /// The head of an answer has come; says whether it is to be described.
    pub(crate) fn answered(&self) -> bool {
        self.tally().answered()
    }

    pub(crate) fn opened(&self, opening: &Opening, again: bool) {
        self.tally().opened(opening, again);
    }

    /// When a request that starts now is given up.
    pub(crate) fn end_of_request(&self, now: Instant) -> Instant {
        (now + self.patience).min(self.end)
    }

    /// The time that a request may take at all.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    pub(crate) fn is_over_budget(&self, age: Duration) -> bool {
        age > Duration::from_millis(self.to.endpoint.budget_ms)
    }

    /// Bytes of an answer that are read at most.
    pub(crate) fn body_limit(&self) -> u64 {
        self.net.context().limits().body_bytes as u64
    }

    fn close(&self) -> Measurement {
        self.count_unsent();
        let measurement = self.tally().measurement();
        let rest = self.requests.saturating_sub(measurement.attempted);
        self.progress.advance(rest, &self.doing);
        measurement
    }

    /// What was scheduled and found nobody free until the end came belongs to the books too.
    fn count_unsent(&self) {
        if self.mode == Mode::Closed || self.tally().is_stopped() {
            return;
        }
        let (mut pace, mut tally) = (self.pace(), self.tally());
        while let Some(turn) = pace.next(self.end) {
            if turn.intended >= self.last_start || !turn.waited {
                break;
            }
            tally.unsent(turn, self.end);
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
