/// What is asked of a domain, where the standards leave room.
///
/// ```
/// let policy = lr_mailauth::Policy::default().expect_dkim(true);
/// assert_eq!(policy.good_rsa_bits, 2048);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// RSA keys below this are reported as too short; RFC 8301 forbids fewer than 1024.
    pub min_rsa_bits: usize,
    /// RSA keys below this are reported as weak; RFC 8301 recommends 2048.
    pub good_rsa_bits: usize,
    /// From so many of the ten SPF lookups on, the headroom is reported as small.
    pub lookups_near_limit: usize,
    /// IPv4 ranges with a prefix of at most so many bits are vast.
    pub broad_ipv4_prefix: u8,
    /// IPv6 ranges with a prefix of at most so many bits are vast.
    pub broad_ipv6_prefix: u8,
    /// MTA-STS policies that hold for fewer seconds are reported as short-lived.
    pub min_sts_max_age: u32,
    /// Whether the domain is known to send signed mail, so that a complete lack of keys weighs
    /// fully even if no selector is given. Without either, it is only a hint: the domain may send
    /// nothing, or be content with SPF.
    pub expects_dkim: bool,
}

impl Policy {
    /// Sets [`Self::expects_dkim`].
    #[must_use]
    pub fn expect_dkim(self, expects_dkim: bool) -> Self {
        Self { expects_dkim, ..self }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_rsa_bits: 1024,
            good_rsa_bits: 2048,
            lookups_near_limit: 9,
            broad_ipv4_prefix: 8,
            broad_ipv6_prefix: 19,
            // A week: RFC 8461, section 10.2, expects weeks or more.
            min_sts_max_age: 604_800,
            expects_dkim: false,
        }
    }
}
