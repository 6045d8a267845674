//! Why a path cannot be built, in the terms of who has to mend it.

use webpki::Error;
use x509_parser::error::X509Error;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::chain::ChainVerdict;
use crate::certificate::{Certificate, Key};
use crate::{Der, Roots};

/// Names the cause of `error`, with a sentence for people. `walked` are the places of the path along
/// the names, end entity first.
pub(super) fn name(
    chain: &[Der],
    read: &[Option<Certificate>],
    walked: &[usize],
    roots: &Roots,
    error: &Error,
) -> (ChainVerdict, String) {
    let path: Vec<_> = walked
        .iter()
        .filter_map(|place| Some((chain.get(*place)?, read.get(*place)?.as_ref()?)))
        .collect();
    let Some((_, top)) = path.last() else {
        return (ChainVerdict::Unreadable, "it cannot be read".to_owned());
    };
    let title = top.title();
    if top.is_self_issued() && path.len() == 1 {
        return (ChainVerdict::SelfSigned, format!("{title} is signed by its own key"));
    }
    if let Some(flaw) = flaw(&path).filter(|_| *error == Error::InvalidSignatureForPublicKey) {
        return (ChainVerdict::Invalid, flaw);
    }
    let untrusted = matches!(error, Error::UnknownIssuer | Error::InvalidSignatureForPublicKey);
    let known = roots.has_subject(&top.issuer_der);
    match (untrusted || *error == Error::CaUsedAsEndEntity, top.is_self_issued(), known) {
        (true, true, _) => (
            ChainVerdict::UnknownRoot,
            format!("it ends at {title}, which is not among the trusted roots"),
        ),
        _ if !untrusted => (ChainVerdict::Invalid, say(error)),
        (_, _, true) => (
            ChainVerdict::UnknownRoot,
            format!(
                "{title} was issued by another {} than the trusted root of that name",
                top.issuer
            ),
        ),
        _ if path.len() == 1 => (
            ChainVerdict::MissingIntermediate,
            format!("the certificate of its issuer, {}, is not sent", top.issuer),
        ),
        _ => (
            ChainVerdict::UnknownRoot,
            format!(
                "{title} was issued by {}, which is neither sent nor a trusted root",
                top.issuer
            ),
        ),
    }
}

/// What is wrong with the signatures among the certificates that were sent.
fn flaw(path: &[(&Der, &Certificate)]) -> Option<String> {
    // Libraries report signatures by keys that are too short as wrong ones.
    let short =
        path.iter().skip(1).find(|(_, one)| matches!(one.key, Key::Rsa(bits) if bits < 2048));
    if let Some((_, issuer)) = short {
        return Some(format!("clients accept no signature by {}, {}", issuer.key, issuer.title()));
    }
    path.windows(2).find_map(|link| match link {
        [(child, below), (issuer, above)] if is_signed_by(child, issuer) == Some(false) => Some(
            format!("the signature of {} is not by the key of {}", below.title(), above.title()),
        ),
        _ => None,
    })
}

/// `None` if it cannot be told.
fn is_signed_by(child: &Der, issuer: &Der) -> Option<bool> {
    let (_, child) = X509Certificate::from_der(child.as_bytes()).ok()?;
    let (_, issuer) = X509Certificate::from_der(issuer.as_bytes()).ok()?;
    match child.verify_signature(Some(issuer.public_key())) {
        Ok(()) => Some(true),
        Err(X509Error::SignatureVerificationError) => Some(false),
        Err(_) => None,
    }
}

/// webpki's errors in words; its own text is the name of the variant and its contents.
pub(super) fn say(error: &Error) -> String {
    let known = match error {
        Error::BadDer | Error::BadDerTime | Error::TrailingData(_) => "a certificate is malformed",
        Error::CaUsedAsEndEntity => "an authority's certificate is used as a server's",
        Error::EndEntityUsedAsCa => "a certificate that is not an authority's has issued another",
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } => {
            "at every time one of the certificates is out of date"
        }
        Error::ExtensionValueInvalid | Error::MalformedExtensions => "an extension is malformed",
        Error::InvalidCertValidity => "a certificate ends before it begins",
        Error::NameConstraintViolation => "an issuer may not issue for this name",
        Error::PathLenConstraintViolated => "an issuer may not have authorities below it",
        Error::EmptyEkuExtension | Error::RequiredEkuNotFoundContext(_) => {
            "an issuer may not issue for servers"
        }
        Error::SignatureAlgorithmMismatch => "a certificate names two signature algorithms",
        Error::UnsupportedCertVersion => "a certificate is not of version 3",
        Error::UnsupportedCriticalExtension => "an extension that clients do not know is critical",
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            "a signature uses an algorithm that clients do not accept"
        }
        Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => "the chain is too complex",
        other => {
            let text = other.to_string();
            return text.chars().take(200).collect();
        }
    };
    known.to_owned()
}
