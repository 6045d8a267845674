use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256,
};
use rustls::crypto::aws_lc_rs;
use rustls::sign::{CertifiedKey, SigningKey};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::Error;
use crate::tls::certificate::{Certificate, Issuer, Key};
use crate::tls::key::{NobodysRsaKey, NobodysSignature};

/// Organisation in the subject of the lab's root and intermediate certificates.
pub const CA_ORGANIZATION: &str = "Lab Trust Services";

/// Domain by which CAA records allow the lab's authority to issue.
pub const CA_DOMAIN: &str = "lab-trust.test";

/// Whom nobody trusts.
const STRANGER: &str = "Unheard Of";

/// A certification authority: a root, and an intermediate that issues.
#[derive(Debug)]
pub struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
    stranger: OnceLock<Box<Self>>,
}

/// A certificate chain and its private key, as the lab's servers present them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// DER certificates in the order sent, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// PKCS #8 private key; `None` where nobody has it.
    pub key: Option<Vec<u8>>,
}

impl Authority {
    /// An authority with fresh keys.
    ///
    /// # Errors
    /// [`Error::Certificate`] if a key cannot be made.
    pub fn new() -> Result<Self, Error> {
        Self::of(CA_ORGANIZATION)
    }

    fn of(organization: &str) -> Result<Self, Error> {
        let root = issuer(organization, "Root X1", None)?;
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;
        let intermediate = issuer(organization, "Issuing CA 1", Some(0))?;
        let intermediate = CertifiedIssuer::signed_by(intermediate, KeyPair::generate()?, &root)?;
        Ok(Self { root, intermediate, stranger: OnceLock::new() })
    }

    /// The root certificate.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The intermediate certificate.
    #[must_use]
    pub fn intermediate_pem(&self) -> String {
        self.intermediate.pem()
    }

    /// Makes a certificate, for `host` unless it has names of its own.
    ///
    /// # Errors
    /// [`Error::Certificate`] if a key cannot be made or a name is none.
    pub fn issue(&self, wanted: &Certificate, host: &str) -> Result<Issued, Error> {
        match wanted.issuer {
            Issuer::UnknownRoot => match self.stranger.get() {
                Some(stranger) => stranger.issue_own(wanted, host),
                None => {
                    let stranger = Box::new(Self::of(STRANGER)?);
                    self.stranger.get_or_init(|| stranger).issue_own(wanted, host)
                }
            },
            _ => self.issue_own(wanted, host),
        }
    }

    fn issue_own(&self, wanted: &Certificate, host: &str) -> Result<Issued, Error> {
        let params = leaf(wanted, host)?;
        let (leaf, key) = match wanted.key {
            Key::Rsa1024 => {
                let key = NobodysRsaKey::new(1024, 0x1024);
                (params.signed_by(&key, &self.intermediate)?, None)
            }
            kind => {
                let key = KeyPair::generate_for(match kind {
                    Key::P384 => &PKCS_ECDSA_P384_SHA384,
                    Key::Rsa2048 => &PKCS_RSA_SHA256,
                    _ => &PKCS_ECDSA_P256_SHA256,
                })?;
                let leaf = match wanted.issuer {
                    Issuer::Own => params.self_signed(&key)?,
                    _ => params.signed_by(&key, &self.intermediate)?,
                };
                (leaf, Some(key.serialize_der()))
            }
        };
        let mut chain = vec![leaf.der().to_vec()];
        if wanted.with_intermediate && wanted.issuer != Issuer::Own {
            chain.push(self.intermediate.der().to_vec());
        }
        Ok(Issued { chain, key })
    }
}

impl Issued {
    pub(crate) fn certified_key(&self) -> Result<Arc<CertifiedKey>, Error> {
        let key: Arc<dyn SigningKey> = match &self.key {
            Some(key) => {
                let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.clone()));
                aws_lc_rs::sign::any_supported_type(&key)?
            }
            None => Arc::new(NobodysSignature),
        };
        let chain = self.chain.iter().cloned().map(CertificateDer::from).collect();
        Ok(Arc::new(CertifiedKey::new(chain, key)))
    }
}

fn issuer(
    organization: &str,
    name: &str,
    path_length: Option<u8>,
) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = subject(organization, name);
    params.is_ca = IsCa::Ca(
        path_length.map_or(BasicConstraints::Unconstrained, BasicConstraints::Constrained),
    );
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    set_validity(&mut params, -2 * 365 * 24, 8 * 365 * 24);
    Ok(params)
}

fn leaf(wanted: &Certificate, host: &str) -> Result<CertificateParams, Error> {
    let names = match wanted.names.is_empty() {
        true => vec![host.to_owned()],
        false => wanted.names.clone(),
    };
    let common_name = names.first().cloned().unwrap_or_default();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = wanted.issuer != Issuer::Own;
    set_validity(&mut params, wanted.not_before, wanted.not_after);
    Ok(params)
}

fn subject(organization: &str, name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, "NL");
    subject.push(DnType::OrganizationName, organization);
    subject.push(DnType::CommonName, format!("{organization} {name}"));
    subject
}

/// Sets the validity in hours from the lab's clock, 2026-11-21T12:00:00Z.
fn set_validity(params: &mut CertificateParams, from: i64, to: i64) {
    let noon = rcgen::date_time_ymd(2026, 11, 21) + Duration::from_hours(12);
    let at = |hours: i64| {
        let distance = Duration::from_hours(hours.unsigned_abs());
        if hours < 0 { noon - distance } else { noon + distance }
    };
    params.not_before = at(from);
    params.not_after = at(to);
}
