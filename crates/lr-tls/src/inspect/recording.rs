use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use crate::{Der, Proof};

/// A verifier that accepts everything and remembers it: a handshake must not end at the first thing
/// that is wrong, and the judgement is made elsewhere. Nothing secret is ever sent over such a
/// connection.
#[derive(Debug)]
pub(super) struct Recording {
    algorithms: WebPkiSupportedAlgorithms,
    seen: Mutex<Recorded>,
}

/// What a server sent to prove itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    pub(super) chain: Vec<Der>,
    pub(super) ocsp: Option<Der>,
    pub(super) proof: Option<Proof>,
    pub(super) client_certificate: bool,
}

impl Recording {
    pub(super) fn new(algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { algorithms, seen: Mutex::default() }
    }

    pub(super) fn seen(&self) -> Recorded {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn record(&self, change: impl FnOnce(&mut Recorded)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn proof(&self, result: Result<HandshakeSignatureValid, Error>) -> HandshakeSignatureValid {
        let proof = match result {
            Ok(_) => Proof::Valid,
            Err(Error::InvalidCertificate(CertificateError::BadSignature)) => Proof::Invalid,
            Err(error) => Proof::Unchecked(error.to_string().into()),
        };
        self.record(|seen| seen.proof = Some(proof));
        HandshakeSignatureValid::assertion()
    }
}

impl ServerCertVerifier for Recording {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain.map(|certificate| Der::from(certificate.to_vec())).collect();
        let ocsp = (!ocsp_response.is_empty()).then(|| Der::from(ocsp_response.to_vec()));
        self.record(|seen| (seen.chain, seen.ocsp) = (chain, ocsp));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(self.proof(verify_tls12_signature(message, certificate, signature, &self.algorithms)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(self.proof(verify_tls13_signature(message, certificate, signature, &self.algorithms)))
    }

    /// What browsers offer, and SHA-1 last, so that servers that know nothing else show themselves.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        schemes.extend([SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1_Legacy]);
        schemes
    }
}

impl ResolvesClientCert for Recording {
    /// Remembers that a certificate was asked for, and has none.
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.record(|seen| seen.client_certificate = true);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}
