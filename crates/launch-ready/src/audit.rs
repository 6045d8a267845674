use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use lr_core::{Check, CheckError, CheckRun, Context, ErrorKind, Timestamp};
use lr_report::{Policy, Report, Snapshots};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Checks to be run together, and by which policy to decide.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use launch_ready::Audit;
/// use launch_ready::report::Decision;
///
/// let report = Audit::new("example.com").run().await;
/// assert_eq!(report.decision, Decision::Go); // nobody was asked
/// # }
/// ```
#[derive(Clone)]
pub struct Audit {
    target: String,
    cx: Context,
    policy: Policy,
    together: Vec<Arc<dyn Check>>,
    last: Vec<Arc<dyn Check>>,
    reconsidered: Option<Reconsider>,
}

/// Judges runs again, each in the light of the others.
pub(crate) type Reconsider = fn(&mut [CheckRun], Timestamp);

/// A report, and everything that was seen for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Audited {
    /// The report.
    pub report: Report,
    /// What was seen, for judging it again.
    pub snapshots: Snapshots,
}

impl Audit {
    /// An audit of `target` without checks, in the default environment, by the default policy.
    #[must_use]
    pub fn new(target: &str) -> Self {
        Self {
            target: target.into(),
            cx: Context::new(),
            policy: Policy::default(),
            together: Vec::new(),
            last: Vec::new(),
            reconsidered: None,
        }
    }

    /// Adds a check; all of them run at the same time.
    #[must_use]
    pub fn with(mut self, check: impl Check + 'static) -> Self {
        self.together.push(Arc::new(check));
        self
    }

    /// Adds a check that runs when the others are done, because it measures.
    #[must_use]
    pub fn finally(mut self, check: impl Check + 'static) -> Self {
        self.last.push(Arc::new(check));
        self
    }

    /// What is done with the runs when all have ended, before anything is reported.
    #[cfg(feature = "full")]
    pub(crate) fn reconsidered(self, how: Reconsider) -> Self {
        Self { reconsidered: Some(how), ..self }
    }

    /// The environment.
    #[must_use]
    pub fn context(self, cx: Context) -> Self {
        Self { cx, ..self }
    }

    /// What stands against the launch.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Runs everything. Must be called inside a tokio runtime with time and I/O.
    pub async fn run(&self) -> Report {
        self.run_until(pending()).await.report
    }

    /// Runs until all is done or `stop` is ready; what was found by then is reported, and the
    /// report says that it is incomplete.
    pub async fn run_until(&self, stop: impl Future<Output = ()>) -> Audited {
        let (stopper, stopped) = watch::channel(false);
        let work = async {
            let mut runs = self.phase(&self.together, &stopped).await;
            runs.extend(self.phase(&self.last, &stopped).await);
            runs
        };
        tokio::pin!(work);
        let runs = tokio::select! {
            runs = &mut work => runs,
            () = stop => {
                self.cx.cancel();
                stopper.send_replace(true);
                work.await
            }
        };
        self.conclude(runs, *stopped.borrow())
    }

    fn conclude(&self, mut runs: Vec<CheckRun>, stopped: bool) -> Audited {
        let at = self.cx.now();
        if let Some(reconsider) = self.reconsidered {
            reconsider(&mut runs, at);
        }
        let snapshots = Snapshots::new(&self.target, at, &runs);
        let map = crate::map::draw(&runs);
        let mut report = Report::new(&self.target, at, runs, &self.policy);
        if let Some(map) = map {
            report = report.with_map(map);
        }
        if stopped {
            report = report.incomplete("the audit was stopped before it was done");
        }
        Audited { report, snapshots }
    }

    async fn phase(
        &self,
        checks: &[Arc<dyn Check>],
        stopped: &watch::Receiver<bool>,
    ) -> Vec<CheckRun> {
        let mut running = JoinSet::new();
        for (place, check) in checks.iter().enumerate() {
            let (check, stopped) = (Arc::clone(check), stopped.clone());
            let time = self.cx.limits().check;
            // Exchanges end a little earlier than the check, so that what they brought is judged.
            let cx = self.cx.clone().with_time_left(time.mul_f64(0.9));
            running.spawn(async move {
                let stop = ended(check.name().to_owned(), time, stopped);
                (place, lr_core::run_until(&*check, &cx, stop).await)
            });
        }
        let mut runs: Vec<Option<CheckRun>> = checks.iter().map(|_| None).collect();
        while let Some(joined) = running.join_next().await {
            if let Ok((place, run)) = joined {
                runs[place] = Some(run);
            }
        }
        let lost = |check: &Arc<dyn Check>| lr_core::record(check.name(), check.rules(), |_| {});
        checks.iter().zip(runs).map(|(check, run)| run.unwrap_or_else(|| lost(check))).collect()
    }
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = |checks: &[Arc<dyn Check>]| -> Vec<String> {
            checks.iter().map(|check| check.name().to_owned()).collect()
        };
        f.debug_struct("Audit")
            .field("target", &self.target)
            .field("together", &names(&self.together))
            .field("last", &names(&self.last))
            .finish_non_exhaustive()
    }
}

/// Ready when the check's time is over or somebody stops the audit.
async fn ended(check: String, time: Duration, mut stopped: watch::Receiver<bool>) -> CheckError {
    tokio::select! {
        biased;
        Ok(_) = stopped.wait_for(|stopped| *stopped) => {
            CheckError::new(ErrorKind::Cancelled, format!("{check} was stopped"))
        }
        () = tokio::time::sleep(time) => {
            let seconds = time.as_secs_f64();
            CheckError::new(ErrorKind::Timeout, format!("{check} was not done after {seconds} s"))
        }
    }
}
