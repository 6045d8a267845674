//! How much one judgement may cost, whatever it is fed: KeyTrap (CVE-2023-50387) and hashing without
//! end (CVE-2023-50868).

use super::reason::Bogus;

/// Most signatures that are tried for one set of records (Unbound 1.19.1, `MAX_VALIDATE_RRSIGS`).
pub(crate) const MAX_SIGNATURES_PER_SET: usize = 8;

/// Most keys with one tag and algorithm that are tried for one signature. Two meet by chance once in
/// 65,536; Unbound 1.19.1 bears as many with `MAX_DS_MATCH_FAILURES`.
pub(crate) const MAX_KEYS_PER_TAG: usize = 4;

/// Most signatures that are verified in vain for one judgement. BIND 9.20 allows one for a fetch
/// (`max-validation-failures-per-fetch`), of which a judgement has several.
pub(crate) const MAX_FAILURES: usize = 16;

/// Most signatures that are verified for one judgement: BIND 9.20 allows 16 for a fetch
/// (`max-validations-per-fetch`), and a chain of aliases over several zones takes some.
pub(crate) const MAX_VERIFICATIONS: usize = 128;

/// Most keys of which digests are made for one zone.
pub(crate) const MAX_DIGESTS: usize = 16;

/// Most proofs that something is missing that are verified in one message: three say all there is
/// to say (RFC 5155, section 7.2), and a few more come along with aliases.
pub(crate) const MAX_PROOFS: usize = 12;

/// Most names that are hashed for one judgement (Unbound 1.19.1, `MAX_NSEC3_CALCULATIONS` 8 with
/// `MAX_VALIDATION_SUSPENDS` 16).
pub(crate) const MAX_HASHES: usize = 128;

/// Most iterations of a hash; what has more is taken for insecure (RFC 9276, section 3.2, lets
/// validators choose; 50 is the limit of BIND since 9.19.21 and of Knot Resolver since 5.7.1).
pub(crate) const MAX_ITERATIONS: u16 = 50;

/// Most aliases that are followed for one judgement (Unbound, `MAX_RESTART_COUNT` 11).
pub(crate) const MAX_ALIASES: usize = 12;

/// Most names of zones and of what may be zones that one judgement looks at: each label of a name
/// may be one.
pub(crate) const MAX_CUTS: usize = 160;

/// What was spent so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    pub(crate) verifications: usize,
    pub(crate) failures: usize,
    pub(crate) hashes: usize,
}

impl Work {
    /// One more signature is to be verified.
    pub(crate) fn verify(&mut self) -> Result<(), Bogus> {
        if self.verifications >= MAX_VERIFICATIONS || self.failures >= MAX_FAILURES {
            return Err(Bogus::TooMuchWork);
        }
        self.verifications += 1;
        Ok(())
    }

    /// One more name is to be hashed.
    pub(crate) fn hash(&mut self) -> Result<(), Bogus> {
        if self.hashes >= MAX_HASHES {
            return Err(Bogus::TooMuchWork);
        }
        self.hashes += 1;
        Ok(())
    }
}
