use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    CheckError, Context, ErrorKind, Event, Finding, Location, Outcome, Recorder, Rule, Text,
};

/// One kind of question about a launch. A check carries its own target; the context is only the
/// environment it runs in.
///
/// ```
/// use lr_core::{Check, CheckError, Context, Location, Recorder, Rule, Severity, async_trait};
///
/// static AWAKE: Rule = Rule::new("office/awake", Severity::High)
///     .says("somebody is awake at launch", "nobody is awake at launch")
///     .because("nobody would notice a failure")
///     .fix("name who stays up")
///     .see(&[("On-call basics", "https://sre.google/sre-book/being-on-call/")]);
/// static RULES: &[&Rule] = &[&AWAKE];
///
/// struct OnCall {
///     people: usize,
/// }
///
/// #[async_trait]
/// impl Check for OnCall {
///     fn name(&self) -> &str {
///         "office"
///     }
///
///     fn rules(&self) -> &[&'static Rule] {
///         RULES
///     }
///
///     async fn run(&self, _cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
///         let office = Location::check("office");
///         if self.people > 0 {
///             out.pass(&AWAKE, office);
///         } else {
///             out.fail(&AWAKE, office, "the rota is empty");
///         }
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let run = lr_core::run(&OnCall { people: 0 }, &Context::new()).await;
/// assert_eq!(run.findings[0].key, "office/awake @ office");
/// # }
/// ```
#[async_trait]
pub trait Check: Send + Sync {
    /// A short name, unique within an audit.
    fn name(&self) -> &str;

    /// Every rule that the check may decide; each gets an outcome on every run.
    fn rules(&self) -> &[&'static Rule];

    /// Looks, judges, and records.
    ///
    /// # Errors
    /// When the check could not look; never because the site is at fault.
    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError>;
}

/// What one run of a check brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckRun {
    /// Name of the check.
    pub check: String,
    /// What the check was about.
    pub subject: Location,
    /// At least one outcome for each rule of the check.
    pub outcomes: Vec<Outcome>,
    /// A finding for each failure.
    pub findings: Vec<Finding>,
    /// The check's own summary of what it saw, as JSON.
    pub data: Option<String>,
    /// Everything that was seen, as JSON, for judging it again.
    pub snapshot: Option<String>,
    /// Duration in milliseconds by the context's clock; 0 when that stands still.
    pub elapsed_ms: u64,
    /// Why the check ended early, if it did.
    pub error: Option<Text>,
}

/// Runs a check to its end.
pub async fn run(check: &dyn Check, cx: &Context) -> CheckRun {
    run_until(check, cx, pending()).await
}

/// Runs a check until its end or until `stop` is ready, whichever is first.
///
/// `stop` is a timer or a signal of whatever runtime the caller has; this crate knows none. A panic
/// of the check is caught and becomes the run's error.
pub async fn run_until(
    check: &dyn Check,
    cx: &Context,
    stop: impl Future<Output = CheckError> + Send,
) -> CheckRun {
    let started = cx.now();
    cx.emit(&Event::Started { check: check.name() });
    let mut out = Recorder::new(check.rules());
    let ended = guarded(check, cx, &mut out, stop).await;
    let mut run = out.finish(check.name(), ended);
    run.elapsed_ms = u64::try_from(cx.now().since(started).as_millis()).unwrap_or(u64::MAX);
    cx.emit(&Event::Finished { run: &run });
    run
}

/// Records outside a runner: for judging a snapshot that is already there.
///
/// ```no_run
/// # static RULES: &[&lr_core::Rule] = &[];
/// # fn judge(_: &(), _: &mut lr_core::Recorder<'_>) {}
/// # let snapshot = ();
/// let run = lr_core::record("dns", RULES, |out| judge(&snapshot, out));
/// ```
pub fn record(
    name: &str,
    rules: &[&'static Rule],
    judge: impl FnOnce(&mut Recorder<'_>),
) -> CheckRun {
    let mut out = Recorder::new(rules);
    judge(&mut out);
    out.finish(name, Ok(()))
}

async fn guarded(
    check: &dyn Check,
    cx: &Context,
    out: &mut Recorder<'_>,
    stop: impl Future<Output = CheckError> + Send,
) -> Result<(), CheckError> {
    let mut stop = pin!(stop);
    let mut work = Some(check.run(cx, out));
    let ended = poll_fn(|task| {
        if let Poll::Ready(error) = stop.as_mut().poll(task) {
            return Poll::Ready(Err(error));
        }
        let Some(future) = work.as_mut() else { return Poll::Pending };
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task)))
            .unwrap_or_else(|panic| Poll::Ready(Err(panicked(&*panic))))
    })
    .await;
    // Dropping a half-done future runs the check's destructors, and those may panic too.
    match catch_unwind(AssertUnwindSafe(|| drop(work.take()))) {
        Ok(()) => ended,
        Err(panic) => ended.and(Err(panicked(&*panic))),
    }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> CheckError {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    CheckError::new(ErrorKind::Internal, format!("the check panicked: {message}"))
}
