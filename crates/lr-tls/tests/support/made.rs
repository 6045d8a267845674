//! Chains made for tests: the lab's, and those that the lab has no name for.

use std::net::SocketAddr;
use std::time::Duration;

use lr_core::Timestamp;
use lr_lab::{Authority, Certificate};
use lr_tls::Roots;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

pub(crate) const HOST: &str = "shop.test";
const DAY: u64 = 86_400;

type Issuer = CertifiedIssuer<'static, KeyPair>;

pub(crate) struct Made {
    pub(crate) now: Timestamp,
    /// Root of the chains made here; the lab has another.
    pub(crate) root: Vec<u8>,
    /// A self-signed certificate that is among the roots.
    pub(crate) trusted_itself: Vec<u8>,
    /// All of these, as the user's own.
    pub(crate) roots: Roots,
    lab: Authority,
    authority: Issuer,
    intermediate: Issuer,
}

impl Made {
    pub(crate) fn new() -> Self {
        let lab = Authority::new().unwrap();
        let lab_root = CertificateDer::from_pem_slice(lab.root_pem().as_bytes()).unwrap();
        let authority = KeyPair::generate().unwrap();
        let authority =
            CertifiedIssuer::self_signed(issuer("Made Root", (2000, 2050)), authority).unwrap();
        let key = KeyPair::generate().unwrap();
        let intermediate = issuer("Made Issuing CA", (2010, 2050));
        let intermediate = CertifiedIssuer::signed_by(intermediate, key, &authority).unwrap();
        let root = authority.der().to_vec();
        let own = leaf().self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec();
        let trusted = [&root, &own, &lab_root.to_vec()];
        let roots = trusted.iter().fold(Roots::none(), |roots, der| roots.with_own(der).unwrap());
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        Self { now, root, trusted_itself: own, roots, lab, authority, intermediate }
    }

    /// A chain of the lab's.
    pub(crate) fn chain(&self, certificate: &Certificate) -> Vec<Vec<u8>> {
        self.lab.issue(certificate, HOST).unwrap().chain
    }

    /// A certificate for so many days to the second.
    pub(crate) fn lasting(&self, from: Timestamp, days: i64) -> Vec<Vec<u8>> {
        let begin = u64::try_from(from.unix()).unwrap();
        let end = begin + u64::try_from(days).unwrap() * DAY - 1;
        let mut params = leaf();
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        params.not_before = epoch + Duration::from_secs(begin);
        params.not_after = epoch + Duration::from_secs(end);
        self.signed(&params, &self.intermediate)
    }

    /// Nothing wrong with it.
    pub(crate) fn ordinary(&self) -> Vec<Vec<u8>> {
        self.signed(&leaf(), &self.intermediate)
    }

    pub(crate) fn for_clients(&self) -> Vec<Vec<u8>> {
        let mut params = leaf();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.signed(&params, &self.intermediate)
    }

    /// The intermediate ended in 2020.
    pub(crate) fn expired_intermediate(&self) -> Vec<Vec<u8>> {
        let params = issuer("Old Issuing CA", (2010, 2020));
        let key = KeyPair::generate().unwrap();
        let old = CertifiedIssuer::signed_by(params, key, &self.authority).unwrap();
        self.signed(&leaf(), &old)
    }

    /// The intermediate's key is of RSA with 1024 bits: made up, as nobody makes such keys any more.
    pub(crate) fn weak_intermediate(&self) -> Vec<Vec<u8>> {
        let params = issuer("Weak Issuing CA", (2010, 2050));
        let weak = CertifiedIssuer::signed_by(params, ShortKey::new(), &self.authority).unwrap();
        let leaf = leaf().signed_by(&KeyPair::generate().unwrap(), &weak).unwrap();
        vec![leaf.der().to_vec(), weak.der().to_vec()]
    }

    /// The same intermediate twice, once expired: a renewed or a cross-signed one.
    pub(crate) fn expired_intermediate_beside_a_valid_one(&self) -> Vec<Vec<u8>> {
        let key = KeyPair::generate().unwrap();
        let again = KeyPair::from_pem(&key.serialize_pem()).unwrap();
        let (old, new) = ((2010, 2020), (2010, 2050));
        let old = issuer("Renewed Issuing CA", old).signed_by(&again, &self.authority).unwrap();
        let new = issuer("Renewed Issuing CA", new);
        let new = CertifiedIssuer::signed_by(new, key, &self.authority).unwrap();
        let mut chain = self.signed(&leaf(), &new);
        chain.insert(1, old.der().to_vec());
        chain
    }

    /// Says that it is signed with SHA-1. Nobody signs so any more, so the signature itself is
    /// not right.
    pub(crate) fn signed_with_sha1(&self) -> Vec<Vec<u8>> {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let rsa = CertifiedIssuer::signed_by(issuer("RSA CA", (2010, 2050)), key, &self.authority);
        let mut chain = self.signed(&leaf(), &rsa.unwrap());
        let sha256_with_rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b];
        let mut places = 0;
        while let Some(at) = chain[0].windows(9).position(|bytes| bytes == sha256_with_rsa) {
            chain[0][at + 8] = 0x05;
            places += 1;
        }
        assert_eq!(places, 2, "in the certificate and beside its signature");
        chain
    }

    fn signed(&self, params: &CertificateParams, issuer: &Issuer) -> Vec<Vec<u8>> {
        let leaf = params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap();
        vec![leaf.der().to_vec(), issuer.der().to_vec()]
    }
}

/// An RSA key of 1024 bits that nobody has; what it signs is not right.
struct ShortKey(Vec<u8>);

impl ShortKey {
    fn new() -> Self {
        // SEQUENCE { INTEGER modulus, INTEGER 65537 } (RFC 8017, appendix A.1.1).
        let mut der = vec![0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0];
        der.extend([0xa5; 128]);
        der.extend([0x02, 3, 1, 0, 1]);
        Self(der)
    }
}

impl PublicKeyData for ShortKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for ShortKey {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(vec![0x5a; 128])
    }
}

pub(crate) fn address(ip: &str) -> SocketAddr {
    SocketAddr::new(ip.parse().unwrap(), 443)
}

fn issuer(name: &str, (from, to): (i32, i32)) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(to, 1, 1);
    params
}

fn leaf() -> CertificateParams {
    let mut params = CertificateParams::new([HOST.to_owned()]).unwrap();
    params.is_ca = IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = rcgen::date_time_ymd(2026, 10, 22);
    params.not_after = rcgen::date_time_ymd(2027, 1, 20);
    params
}
