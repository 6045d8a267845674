/// Thresholds of the judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Redirects that a chain may have: one to HTTPS and one to the canonical host.
    pub max_hops: usize,
    /// Least `max-age` of HSTS, in seconds: 180 days.
    pub hsts_min_age: u64,
    /// `max-age` below which a longer one is suggested, in seconds: one year, as the preload list
    /// demands it.
    pub hsts_good_age: u64,
}

impl Default for Policy {
    fn default() -> Self {
        const DAY: u64 = 86_400;
        Self { max_hops: 2, hsts_min_age: 180 * DAY, hsts_good_age: 365 * DAY }
    }
}
