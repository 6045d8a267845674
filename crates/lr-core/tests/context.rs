//! The environment: one of each, bounded, cancellable.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lr_core::{
    Check, CheckError, Clock, Context, ErrorKind, Event, Limits, Network, Observer, Recorder, Rule,
    async_trait,
};

#[test]
fn clones_share_one_value_until_the_settings_change() {
    let cx = Context::new();
    let first = cx.shared(|| 7u32);
    assert!(Arc::ptr_eq(&first, &cx.clone().with_time_left(Duration::ZERO).shared(|| 8)));
    assert_eq!(*cx.with_network(Network::default()).shared(|| 9u32), 9);
}

#[test]
fn no_exchange_outlasts_its_check() {
    let cx = Context::new().with_limits(Limits::within(Duration::from_secs(8)));
    assert_eq!(cx.limits().check, Duration::from_secs(8));
    assert_eq!(cx.exchange_time(), Duration::from_secs(2));
    assert_eq!(cx.with_time_left(Duration::ZERO).exchange_time(), Duration::ZERO);
}

#[test]
fn cancelling_reaches_every_clone() {
    let cx = Context::new();
    let other = cx.clone();
    assert!(other.checkpoint().is_ok());
    cx.cancel();
    assert_eq!(other.checkpoint().unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_fixed_clock_stands_still() {
    let noon = "2026-11-21T12:00:00Z".parse().unwrap();
    let cx = Context::new().with_clock(Clock::fixed(noon));
    assert_eq!(cx.now(), noon);
    assert_ne!(Context::new().now(), noon);
}

#[tokio::test]
async fn an_observer_hears_of_start_and_end() {
    #[derive(Default)]
    struct Count(AtomicUsize);
    impl Observer for Count {
        fn event(&self, event: &Event<'_>) {
            let weight = match event {
                Event::Started { check: "idle" } => 1,
                Event::Finished { run } if run.check == "idle" => 10,
                _ => 100,
            };
            self.0.fetch_add(weight, Ordering::Relaxed);
        }
    }
    struct Idle;
    #[async_trait]
    impl Check for Idle {
        fn name(&self) -> &str {
            "idle"
        }
        fn rules(&self) -> &[&'static Rule] {
            &[]
        }
        async fn run(&self, _: &Context, _: &mut Recorder<'_>) -> Result<(), CheckError> {
            Ok(())
        }
    }
    let count = Arc::new(Count::default());
    let check: Box<dyn Check> = Box::new(Idle);
    lr_core::run(&*check, &Context::new().with_observer(count.clone())).await;
    assert_eq!(count.0.load(Ordering::Relaxed), 11);
}
