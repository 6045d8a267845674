/// What is tolerated, and how sure a verdict must be.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// Share of requests that may be slower than the budget or fail. 0.05 makes the budget one for
    /// the 95th percentile.
    pub slow_share: f64,
    /// Share of requests that may fail.
    pub error_share: f64,
    /// How sure a pass and a failure must be, each.
    pub confidence: f64,
}

impl Policy {
    /// Another share of requests that may be slower than the budget or fail.
    #[must_use]
    pub fn slow_share(self, slow_share: f64) -> Self {
        Self { slow_share, ..self }
    }

    /// Another share of requests that may fail.
    #[must_use]
    pub fn error_share(self, error_share: f64) -> Self {
        Self { error_share, ..self }
    }

    /// Another confidence.
    #[must_use]
    pub fn confidence(self, confidence: f64) -> Self {
        Self { confidence, ..self }
    }

    /// The share of wrong verdicts that the confidence leaves; held to where one can compute.
    pub(crate) fn alpha(&self) -> f64 {
        match self.confidence.is_finite() {
            true => 1.0 - self.confidence.clamp(0.5, 0.9999),
            false => 0.05,
        }
    }
}

impl Default for Policy {
    /// 5 % slow, 1 % failed, 95 % sure.
    fn default() -> Self {
        Self { slow_share: 0.05, error_share: 0.01, confidence: 0.95 }
    }
}
