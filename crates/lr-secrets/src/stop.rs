//! When a scan has to end, and what it says on the way.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lr_core::{Context, ErrorKind, Event};

use crate::NAME;

/// The scan ends so long before its deadline, for judging and writing.
const RESERVE: Duration = Duration::from_millis(250);
/// Where pieces of work are small, the context is asked after so many of them.
#[cfg(feature = "git")]
const PATIENCE: u64 = 8;

/// Whether to go on, shared by all threads of a scan.
pub(crate) struct Stop<'a> {
    cx: &'a Context,
    is_abandoned: &'a (dyn Fn() -> bool + Sync),
    doing: &'static str,
    /// A progress event is sent after so many pieces of work.
    stride: u64,
    is_over: AtomicBool,
    reason: Mutex<Option<ErrorKind>>,
    done: AtomicU64,
    total: AtomicU64,
}

impl<'a> Stop<'a> {
    pub(crate) fn new(
        cx: &'a Context,
        is_abandoned: &'a (dyn Fn() -> bool + Sync),
        doing: &'static str,
        stride: u64,
    ) -> Self {
        Self {
            cx,
            is_abandoned,
            doing,
            stride,
            is_over: AtomicBool::new(false),
            reason: Mutex::new(None),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
        }
    }

    /// How many pieces of work there will be, as far as is known.
    #[cfg(feature = "git")]
    pub(crate) fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Counts one piece of work, and tells how many were done.
    pub(crate) fn count(&self) -> u64 {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(self.stride) {
            let total = Some(self.total.load(Ordering::Relaxed)).filter(|total| *total >= done);
            self.cx.emit(&Event::Progress { check: NAME, doing: self.doing.into(), done, total });
        }
        done
    }

    /// Counts one small piece of work, and tells whether to end now.
    #[cfg(feature = "git")]
    pub(crate) fn step(&self) -> bool {
        if self.count().is_multiple_of(PATIENCE) {
            self.now()
        } else {
            self.is_over.load(Ordering::Relaxed)
        }
    }

    /// Whether to end now.
    pub(crate) fn now(&self) -> bool {
        if self.is_over.load(Ordering::Relaxed) {
            return true;
        }
        let limit = self.cx.limits().exchange.min(RESERVE);
        let reason = match self.cx.checkpoint() {
            Err(error) => error.kind(),
            Ok(()) if (self.is_abandoned)() => ErrorKind::Cancelled,
            Ok(()) if self.cx.exchange_time() < limit => ErrorKind::Timeout,
            Ok(()) => return false,
        };
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
        self.is_over.store(true, Ordering::Relaxed);
        true
    }

    /// Why the scan ended early, if it did.
    pub(crate) fn reason(&self) -> Option<ErrorKind> {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
