use std::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor};

use crate::asn1::sequence;
use crate::{Der, Error};

/// The trust roots that chains are judged by: Mozilla's, and those of the user's own.
///
/// Mozilla's stand for what strangers' browsers trust. A chain to one of the user's own roots is
/// accepted as well, but the rules of public authorities do not apply to it.
#[derive(Clone)]
pub struct Roots {
    /// The public ones, then the user's own.
    all: Vec<TrustAnchor<'static>>,
    public: usize,
    /// The certificates of those that were given as such.
    ders: Vec<Vec<u8>>,
}

impl Roots {
    /// Mozilla's roots.
    #[must_use]
    pub fn mozilla() -> Self {
        let all = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Self { public: all.len(), all, ders: Vec::new() }
    }

    /// No roots.
    #[must_use]
    pub fn none() -> Self {
        Self { all: Vec::new(), public: 0, ders: Vec::new() }
    }

    /// One more root of the user's own, as a DER certificate.
    ///
    /// # Errors
    /// [`Error::BadRoot`] if it is not a certificate.
    pub fn with_own(mut self, der: &[u8]) -> Result<Self, Error> {
        self.all.push(anchor(der)?);
        self.ders.push(der.to_vec());
        Ok(self)
    }

    /// One more root that counts as public, as a DER certificate: of another root program.
    ///
    /// # Errors
    /// [`Error::BadRoot`] if it is not a certificate.
    pub fn with_public(mut self, der: &[u8]) -> Result<Self, Error> {
        self.all.insert(self.public, anchor(der)?);
        self.public += 1;
        self.ders.push(der.to_vec());
        Ok(self)
    }

    /// The same roots and those that a snapshot was taken with. What cannot be read trusts nobody.
    pub(crate) fn and(&self, extra: &[Der]) -> Self {
        let add = |roots: Self, der: &Der| roots.clone().with_own(der.as_bytes()).unwrap_or(roots);
        extra.iter().fold(self.clone(), add)
    }

    pub(crate) fn all(&self) -> &[TrustAnchor<'static>] {
        &self.all
    }

    pub(crate) fn public(&self) -> &[TrustAnchor<'static>] {
        &self.all[..self.public]
    }

    /// Whether this certificate is one of those that were given as such.
    pub(crate) fn own(&self, der: &[u8]) -> bool {
        self.ders.iter().any(|known| known == der)
    }

    /// The certificates that were given as such.
    pub(crate) fn own_ders(&self) -> impl Iterator<Item = &[u8]> {
        self.ders.iter().map(Vec::as_slice)
    }

    /// The SubjectPublicKeyInfo of every root with this subject: the contents of a DER name.
    pub(crate) fn keys_of(&self, name: &[u8]) -> Vec<Vec<u8>> {
        let named = self.all.iter().filter(|anchor| anchor.subject.as_ref() == name);
        // An anchor has the contents of the sequence, without its header.
        named.map(|anchor| sequence(anchor.subject_public_key_info.as_ref())).collect()
    }

    pub(crate) fn has_own(&self) -> bool {
        self.all.len() > self.public
    }

    /// Whether one of the roots has this subject: the contents of a DER name, without its header.
    pub(crate) fn has_subject(&self, name: &[u8]) -> bool {
        self.all.iter().any(|anchor| anchor.subject.as_ref() == name)
    }
}

impl Default for Roots {
    fn default() -> Self {
        Self::mozilla()
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roots")
            .field("public", &self.public)
            .field("own", &(self.all.len() - self.public))
            .finish()
    }
}

fn anchor(der: &[u8]) -> Result<TrustAnchor<'static>, Error> {
    webpki::anchor_from_trusted_cert(&CertificateDer::from(der))
        .map(|anchor| anchor.to_owned())
        .map_err(|error| Error::BadRoot(error.to_string()))
}
