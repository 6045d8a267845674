use std::sync::Arc;
use std::time::Duration;

use lr_core::Clock;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};

use crate::{Error, Net};

/// The one crypto provider of the house, handed over explicitly: a library must not install a
/// default into its host's process.
#[must_use]
pub fn crypto_provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

impl Net {
    /// A client configuration that verifies against [`Self::roots`] by the context's clock.
    ///
    /// # Panics
    /// Never: the provider supports the protocol versions that are asked for.
    #[must_use]
    pub fn tls_config(&self, alpn: &[&[u8]]) -> ClientConfig {
        client_config(self.cx.clock(), &self.shared.roots, alpn)
    }
}

pub(crate) fn client_config(
    clock: &Clock,
    roots: &Arc<RootCertStore>,
    alpn: &[&[u8]],
) -> ClientConfig {
    let time = Arc::new(ContextTime(clock.clone()));
    let mut config = ClientConfig::builder_with_details(crypto_provider(), time)
        .with_safe_default_protocol_versions()
        .expect("aws-lc-rs supports TLS 1.2 and 1.3")
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
    config
}

/// Mozilla's roots and `extra`, each a PEM text.
pub(crate) fn roots(extra: &[String]) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for (number, pem) in extra.iter().enumerate() {
        let bad = |why: String| Error::Config(format!("extra trust root {}: {why}", number + 1));
        let before = store.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| bad(error.to_string()))?;
            store.add(certificate).map_err(|error| bad(error.to_string()))?;
        }
        if store.len() == before {
            return Err(bad("the PEM text holds no certificate".into()));
        }
    }
    Ok(store)
}

#[derive(Debug)]
struct ContextTime(Clock);

impl TimeProvider for ContextTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().unix()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}
