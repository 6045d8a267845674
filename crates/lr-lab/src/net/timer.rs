//! A timer that is precise to about a tenth of a millisecond, where tokio's ticks in whole ones.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Waits for so long; not at all if it is nothing.
pub(crate) async fn sleep(time: Duration) {
    let Some(due) = Instant::now().checked_add(time).filter(|_| !time.is_zero()) else { return };
    let (sender, receiver) = oneshot::channel();
    timer().add(Alarm { due, wake: sender });
    // The timer ends with the process, so an alarm is never forgotten.
    let _ = receiver.await;
}

/// One thread for all labs of the process, which sleeps until the next alarm is due.
fn timer() -> &'static Timer {
    static TIMER: OnceLock<&'static Timer> = OnceLock::new();
    TIMER.get_or_init(|| {
        let timer: &'static Timer = Box::leak(Box::default());
        let started = std::thread::Builder::new().name("lr-lab-timer".into());
        started.spawn(|| timer.run()).expect("a thread can be started");
        timer
    })
}

#[derive(Default)]
struct Timer {
    alarms: Mutex<BinaryHeap<Reverse<Alarm>>>,
    changed: Condvar,
}

struct Alarm {
    due: Instant,
    wake: oneshot::Sender<()>,
}

impl Timer {
    fn add(&self, alarm: Alarm) {
        self.alarms.lock().unwrap_or_else(PoisonError::into_inner).push(Reverse(alarm));
        self.changed.notify_one();
    }

    fn run(&self) {
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now = Instant::now();
            while alarms.peek().is_some_and(|Reverse(alarm)| alarm.due <= now) {
                if let Some(Reverse(alarm)) = alarms.pop() {
                    // Whoever has stopped waiting needs no alarm.
                    let _ = alarm.wake.send(());
                }
            }
            let next = alarms.peek().map(|Reverse(alarm)| alarm.due - now);
            let waiting =
                self.changed.wait_timeout(alarms, next.unwrap_or(Duration::from_secs(60)));
            alarms = waiting.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.due.cmp(&other.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn alarms_come_in_their_order_and_never_early() {
        let started = Instant::now();
        let times = [30u64, 5, 0, 10].map(Duration::from_millis);
        let mut woken = tokio::task::JoinSet::new();
        for time in times {
            woken.spawn(async move {
                sleep(time).await;
                (time, started.elapsed())
            });
        }
        let mut order = Vec::new();
        while let Some(Ok((time, elapsed))) = woken.join_next().await {
            assert!(elapsed >= time, "{time:?} {elapsed:?}");
            order.push(time);
        }
        assert!(order.is_sorted(), "{order:?}");
    }
}
