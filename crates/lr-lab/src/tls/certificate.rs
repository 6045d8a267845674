/// A certificate to be made: right by default, wrong in one way by choice.
///
/// Without [`Self::names`] it is for the host of the site that presents it.
///
/// ```
/// use lr_lab::{Certificate, Key};
///
/// let soon = Certificate::expires_in(6);
/// let strong = Certificate::valid().names(["shop.test", "*.shop.test"]).key(Key::P384);
/// # let _ = (soon, strong);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub(crate) names: Vec<String>,
    pub(crate) key: Key,
    /// Hours from the lab's clock.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    pub(crate) issuer: Issuer,
    pub(crate) with_intermediate: bool,
}

/// Kind of key in a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// ECDSA P-256.
    #[default]
    P256,
    /// ECDSA P-384.
    P384,
    /// RSA with 2048 bits; takes some tenths of a second to make.
    Rsa2048,
    /// RSA with 1024 bits. Nobody has the private key, so the server's signature is never right:
    /// the certificate can be seen, but no handshake succeeds.
    Rsa1024,
}

/// Who signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issuer {
    Intermediate,
    UnknownRoot,
    Own,
}

impl Certificate {
    /// Issued 30 days ago for 90 days: 60 days are left.
    #[must_use]
    pub fn valid() -> Self {
        Self {
            names: Vec::new(),
            key: Key::P256,
            not_before: -30 * 24,
            not_after: 60 * 24,
            issuer: Issuer::Intermediate,
            with_intermediate: true,
        }
    }

    /// A 90-day certificate that ended a week ago.
    #[must_use]
    pub fn expired() -> Self {
        Self::expires_in(-7)
    }

    /// A 90-day certificate that begins in two days.
    #[must_use]
    pub fn not_yet_valid() -> Self {
        Self { not_before: 48, not_after: 92 * 24, ..Self::valid() }
    }

    /// A 90-day certificate with so many days left; negative: ended so many days ago.
    #[must_use]
    pub fn expires_in(days: i64) -> Self {
        Self { not_before: (days - 90) * 24, not_after: days * 24, ..Self::valid() }
    }

    /// A certificate for so many days in all, half of which have passed.
    #[must_use]
    pub fn short_lived(days: i64) -> Self {
        Self { not_before: -days * 12, not_after: days * 12, ..Self::valid() }
    }

    /// For the names of somebody else.
    #[must_use]
    pub fn wrong_host() -> Self {
        Self::valid().names(["somebody-else.test"])
    }

    /// Signed by its own key.
    #[must_use]
    pub fn self_signed() -> Self {
        Self { issuer: Issuer::Own, with_intermediate: false, ..Self::valid() }
    }

    /// Signed under a root that nobody trusts.
    #[must_use]
    pub fn unknown_root() -> Self {
        Self { issuer: Issuer::UnknownRoot, ..Self::valid() }
    }

    /// Valid, but sent without the intermediate that signed it.
    #[must_use]
    pub fn missing_intermediate() -> Self {
        Self { with_intermediate: false, ..Self::valid() }
    }

    /// Is for these names (or IP addresses), wildcards included.
    #[must_use]
    pub fn names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Has this kind of key.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::valid()
    }
}
