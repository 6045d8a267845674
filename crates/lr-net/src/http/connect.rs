//! Times how long reqwest takes to connect.
//!
//! Its connector is opaque, but a connection that a request waits for is made within that request's
//! own future; so a task-local cell carries the time out. A connection that was begun for one
//! request and used by another belongs to neither, and leaves the cell empty.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    static CONNECT: Cell<Option<Duration>>;
}

/// Runs `exchange` and tells how long connecting took, if it connected.
pub(crate) async fn timed<T>(exchange: impl Future<Output = T>) -> (T, Option<Duration>) {
    let with_time = async {
        let output = exchange.await;
        (output, CONNECT.with(Cell::get))
    };
    CONNECT.scope(Cell::new(None), with_time).await
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch;

impl<S> Layer<S> for Stopwatch {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed(inner)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Timed<S>(S);

impl<R, S> Service<R> for Timed<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let started = Instant::now();
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connection = connecting.await;
            let _ = CONNECT.try_with(|time| time.set(Some(started.elapsed())));
            connection
        })
    }
}
