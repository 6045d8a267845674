use lr_core::{Context, Timestamp};
use serde::{Deserialize, Serialize};

use crate::judge::quantile::interval_us;
use crate::judge::regression::{Change, compare};
use crate::{Error, Histogram, LatencyConfig, Measurement, Policy, Snapshot, inspect};

/// Runs that were accepted as how things should be, as they are kept in a file.
///
/// ```
/// use lr_latency::Baselines;
///
/// let mut kept = Baselines::from_json(r#"{"format":1,"runs":[]}"#)?;
/// # let snapshot = lr_latency::Snapshot::new(
/// #     lr_core::Timestamp::from_unix(0), &lr_latency::Sampling::default(), vec![]);
/// kept.accept(&snapshot, &lr_latency::Policy::default());
/// assert_eq!(kept.to_json(), r#"{"format":1,"runs":[]}"#);
/// # Ok::<(), lr_latency::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Baselines {
    /// Version of this form: 1.
    pub format: u32,
    /// The runs, the oldest first.
    pub runs: Vec<AcceptedRun>,
}

/// One accepted run of one endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AcceptedRun {
    /// When it was taken.
    pub taken: Timestamp,
    /// The URL, without credentials.
    pub url: String,
    /// The settings under which it was taken. Runs under other settings are never compared.
    pub settings: String,
    /// Its 95th percentile.
    pub p95: LogP95,
    /// All of its response times.
    pub response_us: Histogram,
}

/// A 95th percentile of response times and how sure it is, as natural logarithms of microseconds:
/// rises are ratios, and the noise of latencies is multiplicative.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogP95 {
    /// The percentile.
    pub ln_us: f64,
    /// Where it surely lies.
    pub ln_interval: [f64; 2],
}

/// What a measurement is held against: the accepted runs of its endpoint, and its own repetition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparable {
    /// Accepted runs under the same settings, the oldest first.
    pub accepted: Vec<LogP95>,
    /// Accepted runs under other settings, which are left out.
    pub other_settings: u64,
    /// The measurement repeated, because the first one suggested a rise.
    pub again: Option<LogP95>,
}

impl Baselines {
    /// Runs of one endpoint under the same settings that are kept at most; the oldest go first.
    pub const KEPT: usize = 20;

    /// No run yet.
    #[must_use]
    pub fn new() -> Self {
        Self { format: 1, runs: Vec::new() }
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// [`Error::Baseline`] if it is not that.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let read: Self =
            serde_json::from_str(text).map_err(|error| Error::Baseline(error.to_string()))?;
        let numbers =
            |run: &AcceptedRun| [run.p95.ln_us, run.p95.ln_interval[0], run.p95.ln_interval[1]];
        match read {
            Self { format: 1, ref runs }
                if runs.iter().all(|run| numbers(run).iter().all(|n| n.is_finite())) =>
            {
                Ok(read)
            }
            Self { format: 1, .. } => Err(Error::Baseline("a time is not a number".into())),
            Self { format, .. } => Err(Error::Baseline(format!("format {format} is not known"))),
        }
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| r#"{"format":1,"runs":[]}"#.into())
    }

    /// Accepts the measurements of a snapshot, as far as they are of any use: none that was stopped
    /// early. Returns how many were accepted.
    pub fn accept(&mut self, snapshot: &Snapshot, policy: &Policy) -> usize {
        let before = self.runs.len();
        for seen in &snapshot.endpoints {
            let usable = seen.stopped.is_none() && seen.failed_in_all() == 0;
            let Some(p95) = LogP95::of(seen, policy).filter(|_| usable) else { continue };
            self.runs.push(AcceptedRun {
                taken: snapshot.taken,
                url: seen.url.clone(),
                settings: settings(snapshot, seen),
                p95,
                response_us: seen.response_us.clone(),
            });
        }
        let accepted = self.runs.len() - before;
        self.forget();
        accepted
    }

    /// What there is to hold a measurement against.
    #[must_use]
    pub fn comparable(&self, snapshot: &Snapshot, seen: &Measurement) -> Comparable {
        let settings = settings(snapshot, seen);
        let of_endpoint = || self.runs.iter().filter(|run| run.url == seen.url);
        let same = |run: &&AcceptedRun| run.settings == settings;
        Comparable {
            accepted: of_endpoint().filter(same).map(|run| run.p95).collect(),
            other_settings: of_endpoint().filter(|run| !same(run)).count() as u64,
            again: None,
        }
    }

    fn forget(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        for (place, run) in runs.iter().enumerate() {
            let same =
                |later: &&AcceptedRun| later.url == run.url && later.settings == run.settings;
            if runs[place + 1..].iter().filter(same).count() < Self::KEPT {
                self.runs.push(run.clone());
            }
        }
    }
}

impl Default for Baselines {
    fn default() -> Self {
        Self::new()
    }
}

impl LogP95 {
    /// Of times in milliseconds: the percentile, and where it surely lies.
    #[must_use]
    pub fn from_ms(p95: f64, interval: [f64; 2]) -> Self {
        let ln = |ms: f64| (ms * 1000.0).max(1.0).ln();
        Self { ln_us: ln(p95), ln_interval: interval.map(ln) }
    }

    /// Of a measurement; `None` if nothing was answered.
    #[must_use]
    pub fn of(seen: &Measurement, policy: &Policy) -> Option<Self> {
        let ln = |us: u64| (us.max(1) as f64).ln();
        let times = &seen.response_us;
        let p95 = times.quantile_us(0.95)?;
        let [low, high] = interval_us(seen, times, 0.95, policy);
        // Where so few requests set no bound, the extremes are as far as one can see.
        let low = low.or_else(|| times.ranked_us(1)).unwrap_or(p95);
        let high = high.or_else(|| times.max_us()).unwrap_or(p95);
        Some(Self { ln_us: ln(p95), ln_interval: [ln(low), ln(high)] })
    }

    /// The percentile in milliseconds.
    #[must_use]
    pub fn ms(self) -> f64 {
        self.ln_us.exp() / 1000.0
    }
}

/// Everything that decides how a measurement is taken, in words.
fn settings(snapshot: &Snapshot, seen: &Measurement) -> String {
    let Snapshot { mode, arrivals, concurrency, duration_ms, requests, reuse, .. } = snapshot;
    let reuse = if *reuse { "reused" } else { "opened each time" };
    let rate = seen.per_second;
    let requests = (*requests).min((*duration_ms).saturating_mul(u64::from(rate)) / 1000);
    format!(
        "{} {mode:?} {arrivals:?}, {rate}/s, {requests} requests, {concurrency} in flight, connections {reuse}",
        seen.method
    )
    .to_lowercase()
}

/// Holds every measurement of a snapshot against the accepted runs, and repeats once what seems to
/// have become slower.
///
/// # Errors
/// As [`inspect`].
pub async fn confirm(
    snapshot: &mut Snapshot,
    baselines: &Baselines,
    config: &LatencyConfig,
    policy: &Policy,
    cx: &Context,
) -> Result<(), Error> {
    let mut again = Vec::new();
    for place in 0..snapshot.endpoints.len() {
        let comparable = baselines.comparable(snapshot, &snapshot.endpoints[place]);
        let seen = &mut snapshot.endpoints[place];
        seen.comparable = Some(comparable);
        let suspected =
            compare(seen, policy).is_some_and(|found| found.change == Change::Suspected);
        again.extend(suspected.then_some(place).filter(|place| *place < config.endpoints.len()));
    }
    if again.is_empty() {
        return Ok(());
    }
    let endpoints = again.iter().map(|place| config.endpoints[*place].clone());
    let repeated = inspect(&LatencyConfig::new(endpoints).sampling(config.sampling), cx).await?;
    for (place, repeated) in again.into_iter().zip(&repeated.endpoints) {
        if let Some(comparable) = &mut snapshot.endpoints[place].comparable {
            comparable.again = LogP95::of(repeated, policy);
        }
    }
    Ok(())
}
