use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use lr_core::Context;

use crate::snapshot::{Error, Snapshot};
use crate::tree::scan_until;
use crate::{NAME, Policy};

/// [`scan_tree`](crate::scan_tree) for async callers, on any runtime: threads of its own do the
/// work, and the future is woken when they are done. Dropping it stops them.
///
/// # Errors
/// Those of [`scan_tree`](crate::scan_tree), and when no thread can be started.
pub async fn inspect(root: &Path, policy: &Policy, cx: &Context) -> Result<Snapshot, Error> {
    let (root, policy, cx) = (root.to_owned(), policy.clone(), cx.clone());
    on_thread(move |is_abandoned| scan_until(&root, &policy, &cx, is_abandoned)).await
}

/// Runs `work` on a thread of its own, and tells it when nobody waits any more.
pub(crate) async fn on_thread(
    work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Result<Snapshot, Error> + Send + 'static,
) -> Result<Snapshot, Error> {
    let scan = Scan(Arc::default());
    let shared = Arc::clone(&scan.0);
    let work = move || {
        let scan = || work(&|| shared.is_abandoned.load(Ordering::Relaxed));
        let result = catch_unwind(AssertUnwindSafe(scan)).unwrap_or(Err(Error::Panicked));
        let mut done = shared.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.result = Some(result);
        if let Some(waker) = done.waker.take() {
            waker.wake();
        }
    };
    std::thread::Builder::new()
        .name(NAME.into())
        .spawn(work)
        .map_err(|source| Error::Thread { source })?;
    poll_fn(|task| {
        let mut done = scan.0.done.lock().unwrap_or_else(PoisonError::into_inner);
        match done.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                done.waker = Some(task.waker().clone());
                Poll::Pending
            }
        }
    })
    .await
}

/// The caller's half: dropped with the future.
struct Scan(Arc<Shared>);

#[derive(Default)]
struct Shared {
    is_abandoned: AtomicBool,
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    result: Option<Result<Snapshot, Error>>,
    waker: Option<Waker>,
}

impl Drop for Scan {
    fn drop(&mut self) {
        self.0.is_abandoned.store(true, Ordering::Relaxed);
    }
}
