//! Chains made for tests: the lab's, and those that the lab has no name for.

use std::net::SocketAddr;
use std::time::Duration;

use lr_core::Timestamp;
use lr_lab::{Authority, Certificate};
use lr_tls::Roots;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
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
    /// Both roots, as the user's own.
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
        let roots = Roots::none().with_own(&root).unwrap().with_own(&lab_root).unwrap();
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        Self { now, root, roots, lab, authority, intermediate }
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
