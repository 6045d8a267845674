use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

use tokio::time::{Sleep, sleep_until};

/// A timer for one request after another. To set one takes longer than much of a request, so it is
/// left as it was for an earlier one, and set again only when it goes off too early.
#[derive(Debug)]
pub(crate) struct Alarm(Pin<Box<Sleep>>);

impl Alarm {
    pub(crate) fn new() -> Self {
        Self(Box::pin(sleep_until(Instant::now().into())))
    }

    /// What comes of `task` by `end`, which must not be earlier than the last one was.
    pub(crate) async fn within<T>(
        &mut self,
        end: Instant,
        task: impl Future<Output = T>,
    ) -> Option<T> {
        let end = tokio::time::Instant::from_std(end);
        let mut task = pin!(task);
        poll_fn(|cx| {
            if let Poll::Ready(done) = task.as_mut().poll(cx) {
                return Poll::Ready(Some(done));
            }
            while self.0.as_mut().poll(cx).is_ready() {
                if self.0.deadline() >= end {
                    return Poll::Ready(None);
                }
                self.0.as_mut().reset(end);
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn it_goes_off_at_each_end_and_not_before() {
        let mut alarm = Alarm::new();
        let begun = Instant::now();
        for number in 1..4u32 {
            let end = begun + Duration::from_millis(20) * number;
            assert_eq!(alarm.within(end, async { number }).await, Some(number));
            let never = std::future::pending::<()>();
            assert_eq!(alarm.within(end, never).await, None);
            assert!(Instant::now() >= end);
        }
    }
}
