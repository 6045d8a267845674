//! How an endpoint fares with ever more users at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lr_net::Net;

use super::plan::Plan;
use super::request::Prepared;
use super::run::run;
use crate::{Mode, Sampling, Step};

/// Users at once, one step after the other.
pub(crate) const USERS: [usize; 3] = [1, 5, 20];

/// Requests of each user, and the least of a step.
const EACH: u64 = 6;
const LEAST: u64 = 20;

/// No step takes longer.
const LONGEST: Duration = Duration::from_secs(3);

/// Requests of all steps together.
pub(crate) fn requests() -> u64 {
    USERS.iter().map(|users| of_step(*users)).sum()
}

fn of_step(users: usize) -> u64 {
    (users as u64 * EACH).max(LEAST)
}

/// Goes up step by step, up to the concurrency that is allowed, and no further once the server
/// fails or asks to slow down.
pub(crate) async fn climb(to: &Arc<Prepared>, end: Instant, net: &Net, plan: &Plan) -> Vec<Step> {
    let mut steps = Vec::new();
    for users in USERS.into_iter().filter(|users| *users <= plan.sampling.concurrency) {
        let sampling = Sampling {
            mode: Mode::Closed,
            requests: of_step(users),
            duration: LONGEST,
            per_second: Some(u32::MAX),
            concurrency: users,
            ..plan.sampling
        };
        let begun = Instant::now();
        let seen = run(Arc::clone(to), end, net, &plan.with(sampling)).await;
        let at = |q| seen.service_us.quantile_us(q);
        let (Some(p50), Some(p95)) = (at(0.5), at(0.95)) else { break };
        let per_second = seen.ok as f64 / begun.elapsed().as_secs_f64().max(1e-6);
        let mut step = Step::new(users as u64, seen.ok, [p50, p95], per_second);
        step.failed = seen.failed_in_all();
        steps.push(step);
        if seen.stopped.is_some() {
            break;
        }
    }
    steps
}
