use crate::Profile;

/// Thresholds of the judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// When a certificate should have been renewed.
    pub renew: Margin,
    /// When it is high time.
    pub urgent: Margin,
    /// Bits of an RSA modulus, at least (CA/B Baseline Requirements, section 6.1.5).
    pub rsa_bits: u32,
    /// A profile that servers are held to beside everything else.
    pub profile: Option<Profile>,
}

/// A span before the end of a certificate: so many days, but never more than a share of its
/// lifetime.
///
/// Certificates live anything from 6 to 398 days, so a fixed number of days is either too late for
/// the long ones or a false alarm for the short ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Margin {
    /// Days before the end, at most.
    pub days: u32,
    /// Share of the lifetime in percent, at most.
    pub percent: u32,
}

impl Margin {
    /// The lesser of `days` and `percent` of the lifetime.
    #[must_use]
    pub fn new(days: u32, percent: u32) -> Self {
        Self { days, percent }
    }

    /// The span in milliseconds for a certificate that lives `lifetime_ms`.
    pub(crate) fn of(self, lifetime_ms: i64) -> i64 {
        let share = lifetime_ms / 100 * i64::from(self.percent);
        share.min(i64::from(self.days) * 86_400_000)
    }
}

impl Default for Policy {
    /// ACME clients renew when a third of the lifetime is left. At a quarter (22 days of 90, 12 of
    /// 47, 40 hours of 6⅔ days) they have tried for a while and failed; at a tenth somebody must
    /// act now.
    fn default() -> Self {
        Self {
            renew: Margin::new(30, 25),
            urgent: Margin::new(7, 10),
            rsa_bits: 2048,
            profile: None,
        }
    }
}
