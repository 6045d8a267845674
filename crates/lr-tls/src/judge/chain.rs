//! Whether a chain leads to a trusted root, and if not, why not.
//!
//! rustls-webpki builds the path. It says only one error, so it is asked at a time when the end
//! entity is valid (an expired certificate must not hide an unknown issuer), and the cause is named
//! by a walk of our own along the names.

use std::time::Duration;

use lr_core::Timestamp;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use serde::{Deserialize, Serialize};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage};

use super::cause;
use crate::certificate::Certificate;
use crate::{Der, Roots};

/// Where a chain leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChainVerdict {
    /// To a root of Mozilla's.
    Trusted,
    /// To a root of the user's own, which strangers' clients do not know.
    TrustedOwnRoot,
    /// It is signed by its own key.
    SelfSigned,
    /// To a root that nobody is known to trust.
    UnknownRoot,
    /// Nowhere: the certificate that issued the end entity's was not sent.
    MissingIntermediate,
    /// To a root, by way of an intermediate that has expired or is not valid yet.
    OutdatedIntermediate,
    /// To a root, but the path breaks its rules: constraints, purposes, signatures.
    Invalid,
    /// The end entity's certificate cannot be read.
    Unreadable,
    /// No certificate was sent.
    NoCertificate,
}

/// What was found out about a chain.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    pub(crate) verdict: ChainVerdict,
    /// Places in the chain as sent that the path takes, end entity first.
    pub(crate) path: Vec<usize>,
    /// Of these, intermediates that are out of date.
    pub(crate) outdated: Vec<usize>,
    /// What is wrong, for people; empty if nothing is.
    pub(crate) detail: String,
}

/// Intermediates that are looked at; an honest chain has four at most, and the work to tell that
/// there is no path grows with a power of their number.
const MOST_INTERMEDIATES: usize = 6;

pub(crate) fn examine(
    chain: &[Der],
    read: &[Option<Certificate>],
    roots: &Roots,
    now: Timestamp,
) -> Trust {
    let trust = |verdict, path, detail| Trust { verdict, path, outdated: Vec::new(), detail };
    let (Some(end_entity), Some(leaf)) = (chain.first(), read.first()) else {
        return trust(ChainVerdict::NoCertificate, Vec::new(), "none was sent".to_owned());
    };
    let Some(leaf) = leaf else {
        return trust(ChainVerdict::Unreadable, Vec::new(), "it cannot be read".to_owned());
    };
    let der = CertificateDer::from(end_entity.as_bytes());
    let walked = walk(read, now);
    let end_entity = match EndEntityCert::try_from(&der) {
        Ok(end_entity) => end_entity,
        Err(error) => {
            let (verdict, detail) = cause::name(chain, read, &walked, roots, &error);
            return trust(verdict, walked, detail);
        }
    };
    let related = related(chain, read);
    let sent: Vec<_> = related.iter().map(|place| chain[*place].as_bytes().into()).collect();
    let place = |der: &[u8]| chain.iter().position(|sent| sent.as_bytes() == der);
    let wrong_purpose = leaf.purposes.is_some_and(|purposes| !purposes.server);
    let usage = if wrong_purpose { Usage::Any } else { Usage::Server };
    let build = |at: Timestamp| -> Result<(ChainVerdict, Vec<usize>), webpki::Error> {
        // All roots first: a path that does not exist is the costly one, and sought but once.
        let path = verify(&end_entity, &sent, roots.all(), usage, at)?;
        let (verdict, path) = match roots.has_own() {
            false => (ChainVerdict::Trusted, path),
            true => match verify(&end_entity, &sent, roots.public(), usage, at) {
                Ok(path) => (ChainVerdict::Trusted, path),
                Err(_) => (ChainVerdict::TrustedOwnRoot, path),
            },
        };
        let intermediates = path.iter().filter_map(|der| place(der));
        Ok((verdict, std::iter::once(0).chain(intermediates).collect()))
    };

    let at = now.clamp(leaf.not_before, leaf.not_after.max(leaf.not_before));
    let error = match build(at) {
        Ok((verdict, path)) => return trust(verdict, path, String::new()),
        Err(error) => error,
    };
    let outdated: Vec<_> = walked
        .iter()
        .skip(1)
        .copied()
        .filter(|at_place| {
            read[*at_place].as_ref().is_some_and(|certificate| !certificate.is_valid_at(at))
        })
        .collect();
    let beyond = match is_of_time(&error) {
        false => Some(error.clone()),
        true => beside_time(read, &walked, build),
    };
    let (verdict, detail) = match beyond {
        None => (ChainVerdict::OutdatedIntermediate, cause::say(&error)),
        Some(error) => cause::name(chain, read, &walked, roots, &error),
    };
    Trust { verdict, path: walked, outdated, detail }
}

/// What is wrong with a path beside its dates: nothing, if there was a moment at which it was right
/// or if at every moment some date was wrong.
fn beside_time<T>(
    read: &[Option<Certificate>],
    walked: &[usize],
    build: impl Fn(Timestamp) -> Result<T, webpki::Error>,
) -> Option<webpki::Error> {
    let certificates = walked.iter().take(6).filter_map(|place| read[*place].as_ref());
    let moments =
        certificates.flat_map(|certificate| [certificate.not_before, certificate.not_after]);
    let mut other = None;
    for moment in moments {
        match build(moment) {
            Ok(_) => return None,
            Err(error) if is_of_effort(&error) => return Some(error),
            Err(error) if !is_of_time(&error) => other = Some(error),
            Err(_) => {}
        }
    }
    other
}

/// Places of the intermediates that may be of use: issuers by name of the end entity, of its issuers
/// and so on, each once.
fn related(chain: &[Der], read: &[Option<Certificate>]) -> Vec<usize> {
    let mut found = vec![0];
    let mut next = 0;
    while let Some(place) = found.get(next).copied() {
        next += 1;
        let Some(child) = read[place].as_ref() else { continue };
        for (at, issuer) in read.iter().enumerate() {
            let fits = issuer.as_ref().is_some_and(|issuer| child.names_issuer(issuer));
            let known = || found.iter().any(|known| chain[*known] == chain[at]);
            if found.len() <= MOST_INTERMEDIATES && fits && !known() {
                found.push(at);
            }
        }
    }
    found.split_off(1)
}

/// From the end entity along the names of issuers, through what was sent. Of several certificates
/// for one issuer, one that is valid now.
fn walk(read: &[Option<Certificate>], now: Timestamp) -> Vec<usize> {
    let mut path = vec![0];
    let mut current = read.first().and_then(Option::as_ref);
    while let Some(certificate) = current.filter(|certificate| !certificate.is_self_issued())
        && path.len() <= MOST_INTERMEDIATES
    {
        let issuers = read.iter().enumerate().filter_map(|(at, other)| {
            let other = other.as_ref()?;
            (!path.contains(&at) && certificate.names_issuer(other)).then_some((at, other))
        });
        let Some((at, issuer)) =
            issuers.max_by_key(|(at, issuer)| (issuer.is_valid_at(now), std::cmp::Reverse(*at)))
        else {
            break;
        };
        path.push(at);
        current = Some(issuer);
    }
    path
}

/// The DER of the intermediates of a valid path.
fn verify<'a>(
    end_entity: &EndEntityCert<'_>,
    sent: &'a [CertificateDer<'a>],
    anchors: &[TrustAnchor<'_>],
    usage: Usage,
    at: Timestamp,
) -> Result<Vec<Vec<u8>>, webpki::Error> {
    let time = UnixTime::since_unix_epoch(Duration::from_secs(at.unix().try_into().unwrap_or(0)));
    let path = end_entity.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        anchors,
        sent,
        time,
        usage,
        None,
        None,
    )?;
    Ok(path.intermediate_certificates().map(|certificate| certificate.der().to_vec()).collect())
}

/// Purposes that the certificates of a path must have.
#[derive(Clone, Copy)]
enum Usage {
    Server,
    /// For an end entity whose purpose is wrong: a finding of its own, which must not hide others.
    Any,
}

impl ExtendedKeyUsageValidator for Usage {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        match self {
            Self::Server => KeyUsage::server_auth().validate(purposes),
            Self::Any => Ok(()),
        }
    }
}

fn is_of_time(error: &webpki::Error) -> bool {
    matches!(error, webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. })
}

/// Whether webpki gave up: it would again.
fn is_of_effort(error: &webpki::Error) -> bool {
    matches!(
        error,
        webpki::Error::MaximumPathBuildCallsExceeded
            | webpki::Error::MaximumSignatureChecksExceeded
            | webpki::Error::MaximumNameConstraintComparisonsExceeded
    )
}
