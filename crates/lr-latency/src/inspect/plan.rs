use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lr_core::{Context, Event, Text};

use super::request::Prepared;
use super::steps;
use crate::{NAME, Sampling};

/// Origins that are measured beside each other.
pub(crate) const ORIGINS_AT_ONCE: usize = 8;

/// A check that has no end in sight is planned for a day, which instants can express.
pub(crate) const LONGEST: Duration = Duration::from_secs(86_400);

/// How the whole inspection goes on: its sampling, its end and its progress.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) sampling: Sampling,
    end: Instant,
    progress: Progress,
}

/// The endpoints of one host and port, each with its place in the configuration.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) endpoints: Vec<(usize, Prepared)>,
}

/// Counts the requests of all endpoints.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    cx: Context,
    done: Arc<AtomicU64>,
    total: u64,
    step: u64,
}

impl Plan {
    pub(crate) fn new(sampling: &Sampling, cx: &Context, endpoints: &[Prepared]) -> Self {
        let concurrency = sampling.concurrency.clamp(1, Sampling::MAX_IN_FLIGHT);
        let sampling = Sampling { concurrency, ..*sampling };
        let left = cx.time_left().unwrap_or(LONGEST).min(cx.limits().check).min(LONGEST);
        // What is in flight at the end must still be counted and handed over.
        let usable = left.saturating_sub((left / 20).min(Duration::from_millis(250)));
        let extra = if sampling.steps { steps::requests() } else { 0 };
        let planned = endpoints
            .iter()
            .map(|one| planned(&sampling, one.endpoint.budget_ms).saturating_add(extra));
        let total = planned.fold(0, u64::saturating_add);
        let step = (total / 100).max(1);
        let progress = Progress { cx: cx.clone(), done: Arc::default(), total, step };
        Self { sampling, end: Instant::now() + usable, progress }
    }

    /// The same with another sampling.
    pub(crate) fn with(&self, sampling: Sampling) -> Self {
        Self { sampling, ..self.clone() }
    }

    /// Requests to an endpoint with this budget.
    pub(crate) fn requests(&self, budget_ms: u64) -> u64 {
        planned(&self.sampling, budget_ms)
    }

    /// When an origin that begins now must be done, so that those after it find time too.
    pub(crate) fn share(&self, now: Instant, turns_left: usize) -> Instant {
        let left = self.end.saturating_duration_since(now);
        now + left / u32::try_from(turns_left.max(1)).unwrap_or(u32::MAX)
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }
}

/// As many as fit into the time, if no other number was given.
fn planned(sampling: &Sampling, budget_ms: u64) -> u64 {
    let fit = sampling.duration.as_secs_f64() * f64::from(sampling.rate(budget_ms));
    sampling.requests.min(fit.ceil() as u64)
}

impl Origin {
    /// Groups endpoints by host and port, in order of first appearance.
    pub(crate) fn group(endpoints: Vec<Prepared>) -> Vec<Self> {
        let mut origins: Vec<Self> = Vec::new();
        for (place, prepared) in endpoints.into_iter().enumerate() {
            let known = origins.iter_mut().find(|origin| {
                let (_, first) = &origin.endpoints[0];
                first.host == prepared.host && first.port == prepared.port
            });
            match known {
                Some(origin) => origin.endpoints.push((place, prepared)),
                None => origins.push(Self { endpoints: vec![(place, prepared)] }),
            }
        }
        origins
    }
}

impl Progress {
    /// So many requests are done or will not be made. The observer hears of about every hundredth.
    pub(crate) fn advance(&self, requests: u64, doing: &str) {
        let before = self.done.fetch_add(requests, Ordering::Relaxed);
        let done = before.saturating_add(requests).min(self.total);
        if before / self.step != done / self.step {
            let (doing, total) = (Text::new(doing), Some(self.total));
            self.cx.emit(&Event::Progress { check: NAME, doing, done, total });
        }
    }
}
