use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;

#[cfg(feature = "gitleaks")]
use crate::OwnRules;
use crate::snapshot::Snapshot;
use crate::{Baseline, Exposure};

/// What to look at and how closely.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// How many bytes of one file are read; what lies beyond is listed as not looked at.
    pub file_bytes: u64,
    /// Whether files that git ignores are left out.
    pub ignore_rules: bool,
    /// Threads that read and match; `None` for as many as the machine runs at once.
    pub threads: Option<NonZeroUsize>,
    /// How many distinct secrets of one file are kept; a file with more is listed as such.
    pub secrets_per_file: usize,
    /// Who gets to see what is scanned.
    pub exposure: Exposure,
    /// Rules of one's own, beside the formats.
    #[cfg(feature = "gitleaks")]
    pub own_rules: OwnRules,
    /// What is known and accepted.
    pub baseline: Baseline,
    digest_key: [u8; 32],
}

/// Public, and therefore the same for everyone who sets none.
const DEFAULT_KEY: [u8; 32] = *b"launch-ready secrets, digest v1.";

impl Policy {
    /// The defaults: 256 MiB of each file, ignore rules applied, all threads, a public digest key.
    #[must_use]
    pub fn new() -> Self {
        Self {
            file_bytes: 256 << 20,
            ignore_rules: true,
            threads: None,
            secrets_per_file: 1000,
            exposure: Exposure::Repository,
            #[cfg(feature = "gitleaks")]
            own_rules: OwnRules::default(),
            baseline: Baseline::default(),
            digest_key: DEFAULT_KEY,
        }
    }

    /// Another limit on how much of a file is read, in bytes.
    #[must_use]
    pub fn with_file_bytes(self, file_bytes: u64) -> Self {
        Self { file_bytes, ..self }
    }

    /// Whether to leave out what git ignores.
    #[must_use]
    pub fn with_ignore_rules(self, ignore_rules: bool) -> Self {
        Self { ignore_rules, ..self }
    }

    /// Another number of threads. The result does not depend on it.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads: Some(threads), ..self }
    }

    /// Another limit on how many distinct secrets of one file are kept.
    #[must_use]
    pub fn with_secrets_per_file(self, secrets_per_file: usize) -> Self {
        Self { secrets_per_file, ..self }
    }

    /// Another audience of what is scanned.
    #[must_use]
    pub fn with_exposure(self, exposure: Exposure) -> Self {
        Self { exposure, ..self }
    }

    /// Rules of one's own, beside the formats.
    #[cfg(feature = "gitleaks")]
    #[must_use]
    pub fn with_own_rules(self, own_rules: OwnRules) -> Self {
        Self { own_rules, ..self }
    }

    /// What is known and accepted, and no finding any more.
    #[must_use]
    pub fn with_baseline(self, baseline: Baseline) -> Self {
        Self { baseline, ..self }
    }

    /// The key of the digests by which secrets are told apart.
    ///
    /// A digest is a BLAKE3 keyed hash of the secret, cut to 48 bits. The default key is public and
    /// never changes, so that keys of findings stay the same from run to run and machine to machine;
    /// whoever guesses a weak password can confirm it against such a digest. Set a key of your own,
    /// and keep it, where reports reach people who must not be able to.
    #[must_use]
    pub fn with_digest_key(self, digest_key: [u8; 32]) -> Self {
        Self { digest_key, ..self }
    }

    /// Why a secret is allowed by what it is, if it is.
    #[cfg_attr(
        not(feature = "gitleaks"),
        allow(
            clippy::unused_self,
            unused_variables,
            reason = "only imported lists allow anything"
        )
    )]
    pub(crate) fn allowed(&self, bytes: &[u8], at: &Range<usize>, id: &str) -> Option<String> {
        #[cfg(feature = "gitleaks")]
        {
            self.own_rules.allowed(bytes, at, id)
        }
        #[cfg(not(feature = "gitleaks"))]
        {
            None
        }
    }

    /// What depends on where a secret lies, once that is known.
    pub(crate) fn settle(&self, snapshot: &mut Snapshot) {
        #[cfg(feature = "gitleaks")]
        {
            snapshot.own_rules = self.own_rules.described();
            self.own_rules.settle(snapshot);
        }
        self.baseline.apply(snapshot);
    }

    /// The digest of a secret: twelve hexadecimal digits.
    pub(crate) fn digest(&self, secret: &[u8]) -> [u8; 6] {
        let hash = blake3::keyed_hash(&self.digest_key, secret);
        hash.as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}

/// Without the digest key.
impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("file_bytes", &self.file_bytes)
            .field("ignore_rules", &self.ignore_rules)
            .field("threads", &self.threads)
            .field("secrets_per_file", &self.secrets_per_file)
            .field("exposure", &self.exposure)
            .field("baseline", &self.baseline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_depends_on_secret_and_key_and_the_key_is_not_shown() {
        let (a, b) = (Policy::new(), Policy::new().with_digest_key([7; 32]));
        assert_eq!(a.digest(b"s3cret"), Policy::new().digest(b"s3cret"));
        assert_ne!(a.digest(b"s3cret"), a.digest(b"s3cret "));
        assert_ne!(a.digest(b"s3cret"), b.digest(b"s3cret"));
        assert!(!format!("{b:?}").contains("7, 7"));
    }
}
