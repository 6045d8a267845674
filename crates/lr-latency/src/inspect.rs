//! Measuring: the only code that does I/O.

mod alarm;
mod dial;
mod facts;
mod pace;
mod plan;
mod pool;
mod request;
mod run;
mod steps;
mod tally;
mod worker;

use std::sync::Arc;
use std::time::Instant;

use futures_util::{StreamExt, stream};
use lr_core::Context;
use lr_net::Net;

use self::plan::{Origin, Plan};
use self::request::Prepared;
use crate::{Error, LatencyConfig, Measurement, Snapshot};

/// Measures every endpoint of `config`.
///
/// Endpoints of one origin are measured one after another, up to eight origins beside each other.
/// Requests that are in flight when the last one has started are awaited. It ends before the
/// deadline of `cx`: what is still in flight then is counted as unfinished.
///
/// Must be called inside a tokio runtime.
///
/// # Errors
/// [`Error::Endpoint`] if an endpoint of the configuration cannot be asked for, and
/// [`Error::Network`] if the network settings make no sense. Whatever happens on the network is
/// kept in the snapshot.
pub async fn inspect(config: &LatencyConfig, cx: &Context) -> Result<Snapshot, Error> {
    let net = Net::of(cx)?;
    let prepared: Vec<_> = config.endpoints.iter().map(Prepared::new).collect::<Result<_, _>>()?;
    let taken = cx.now();
    let plan = Plan::new(&config.sampling, cx, &prepared);
    let origins = Origin::group(prepared);
    let beside = plan::ORIGINS_AT_ONCE;
    let turns = origins.len().div_ceil(beside);

    let measured = origins.into_iter().enumerate().map(|(place, origin)| {
        let (net, plan) = (&net, &plan);
        async move { measure(origin, turns - place / beside, net, plan).await }
    });
    let mut measured: Vec<_> =
        stream::iter(measured).buffer_unordered(beside).collect::<Vec<_>>().await.concat();
    measured.sort_by_key(|(place, _)| *place);
    let endpoints = measured.into_iter().map(|(_, measurement)| measurement).collect();
    Ok(Snapshot::new(taken, &plan.sampling, endpoints))
}

/// Measures the endpoints of one origin in turn, each in its share of the time that is left.
async fn measure(
    origin: Origin,
    turns_left: usize,
    net: &Net,
    plan: &Plan,
) -> Vec<(usize, Measurement)> {
    let until = plan.share(Instant::now(), turns_left);
    let mut measured = Vec::new();
    let mut left = origin.endpoints.len();
    for (place, prepared) in origin.endpoints {
        let now = Instant::now();
        let end = now + until.saturating_duration_since(now) / u32::try_from(left).unwrap_or(1);
        left -= 1;
        let prepared = Arc::new(prepared);
        let main_end = if plan.sampling.steps { now + (end - now) / 3 * 2 } else { end };
        let mut seen = run::run(Arc::clone(&prepared), main_end, net, plan).await;
        if plan.sampling.steps && seen.stopped.is_none() && seen.ok > 0 {
            seen.steps = steps::climb(&prepared, end, net, plan).await;
        }
        measured.push((place, seen));
    }
    measured
}
