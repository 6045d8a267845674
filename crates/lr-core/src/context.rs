use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::{CheckError, CheckRun, ErrorKind, Network, Text, Timestamp};

/// The environment a check runs in: clock, network settings, limits, cancellation, observer.
///
/// Cheap to clone. It never holds a target: a check carries its own.
#[derive(Clone)]
pub struct Context {
    clock: Clock,
    network: Arc<Network>,
    limits: Limits,
    deadline: Option<Instant>,
    cancelled: Arc<AtomicBool>,
    observer: Arc<dyn Observer>,
    shared: Arc<Shared>,
}

/// One value of each type: a resolver and its cache, a connection pool.
type Shared = Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>;

impl Context {
    /// The system's clock and network, default limits, nobody watching.
    #[must_use]
    pub fn new() -> Self {
        Self {
            clock: Clock::system(),
            network: Arc::default(),
            limits: Limits::default(),
            deadline: None,
            cancelled: Arc::default(),
            observer: Arc::new(()),
            shared: Arc::default(),
        }
    }

    /// Another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, shared: Arc::default(), ..self }
    }

    /// Other network settings; what was shared under the old ones is left behind.
    #[must_use]
    pub fn with_network(self, network: Network) -> Self {
        Self { network: Arc::new(network), shared: Arc::default(), ..self }
    }

    /// Other limits; what was shared under the old ones is left behind.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, shared: Arc::default(), ..self }
    }

    /// Somebody to tell about progress.
    #[must_use]
    pub fn with_observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    /// The same environment for one check that has `time` left: no exchange outlasts it.
    #[must_use]
    pub fn with_time_left(self, time: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(time), ..self }
    }

    /// The current time. The only clock a verdict may use.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock itself, for those who hand it on.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where questions and connections go.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// How much of everything.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How long an exchange that starts now may take: its limit, or what is left of the check's
    /// time. Zero once that is used up.
    #[must_use]
    pub fn exchange_time(&self) -> Duration {
        self.time_left().map_or(self.limits.exchange, |left| left.min(self.limits.exchange))
    }

    /// What is left of the check's time, for work that is planned ahead; `None` if it has no end.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// Asks every check that shares this context to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// For loops that do not await: an error once the caller has asked to stop.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] after [`Self::cancel`].
    pub fn checkpoint(&self) -> Result<(), CheckError> {
        match self.cancelled.load(Ordering::Relaxed) {
            true => Err(CheckError::new(ErrorKind::Cancelled, "cancelled")),
            false => Ok(()),
        }
    }

    /// Tells the observer.
    pub fn emit(&self, event: &Event<'_>) {
        self.observer.event(event);
    }

    /// The one `T` of this context and its clones, made on first use.
    #[allow(clippy::missing_panics_doc, reason = "entries are keyed by their own type")]
    pub fn shared<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let one = shared.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(make()));
        Arc::clone(one).downcast().expect("entries are keyed by their own type")
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("clock", &self.clock)
            .field("network", &self.network)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The system's clock, or one that stands still.
#[derive(Clone, Debug)]
pub struct Clock(Option<Timestamp>);

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still, so that a verdict can be reproduced.
    #[must_use]
    pub fn fixed(now: Timestamp) -> Self {
        Self(Some(now))
    }

    /// The time it shows.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now(&self) -> Timestamp {
        self.0.unwrap_or_else(|| SystemTime::now().into())
    }
}

/// How much time, memory and traffic a check may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Time for a whole check.
    pub check: Duration,
    /// Time for one question and its answer.
    pub exchange: Duration,
    /// Exchanges in flight at once, per check. Of small ones, such as single datagrams or first hellos,
    /// four count as one.
    pub concurrency: usize,
    /// Connections to one host and port at once.
    pub per_host: usize,
    /// Bytes of a body, after decompression.
    pub body_bytes: usize,
    /// Redirects to follow in one chain.
    pub redirects: usize,
}

impl Limits {
    /// The defaults, fitted into `check` per check: at least three exchanges in a row find time.
    #[must_use]
    pub fn within(check: Duration) -> Self {
        let exchange = Duration::from_secs(5).min(check / 4);
        Self { check, exchange, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            check: Duration::from_secs(30),
            exchange: Duration::from_secs(5),
            concurrency: 32,
            per_host: 6,
            body_bytes: 2 << 20,
            redirects: 10,
        }
    }
}

/// Somebody who watches an audit. Called from the checks' own tasks: be quick.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event<'_>);
}

impl Observer for () {
    fn event(&self, _: &Event<'_>) {}
}

/// What an [`Observer`] is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A check begins.
    Started {
        /// Its name.
        check: &'a str,
    },
    /// A check goes on.
    Progress {
        /// Its name.
        check: &'a str,
        /// What it does now.
        doing: Text,
        /// Steps done.
        done: u64,
        /// Steps in all, if known.
        total: Option<u64>,
    },
    /// A check has ended.
    Finished {
        /// What it brought.
        run: &'a CheckRun,
    },
}
