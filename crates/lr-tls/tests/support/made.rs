//! Chains made for tests: the lab's, and those that the lab has no name for.

#[path = "keys.rs"]
pub(crate) mod keys;

use std::net::SocketAddr;
use std::time::Duration;

use self::keys::{RsaKey, tlv};
use lr_core::Timestamp;
use lr_lab::{Authority, Certificate};
use lr_tls::Roots;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    CrlDistributionPoint, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod,
    KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RevokedCertParams, SanType, SerialNumber,
    SignatureAlgorithm, SigningKey,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::extensions::ParsedExtension;

pub(crate) const HOST: &str = "shop.test";

/// Organisation in the names of all issuers made here.
pub(crate) const ORGANIZATION: &str = "Made Trust";

/// Where the revocation list of the chains made here is.
pub(crate) const CRL_URL: &str = "http://crl.test/one.crl";

const DAY: i64 = 86_400;

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
    /// Key of every end entity made here, so that a server can present any of them.
    key: KeyPair,
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
        let key = KeyPair::generate().unwrap();
        Self { now, root, trusted_itself: own, roots, lab, key, authority, intermediate }
    }

    /// Key of every end entity made here: PKCS #8.
    pub(crate) fn key(&self) -> Vec<u8> {
        self.key.serialize_der()
    }

    /// The certificate that issues.
    pub(crate) fn intermediate(&self) -> Vec<u8> {
        self.intermediate.der().to_vec()
    }

    /// A chain as a public authority would issue it today (two timestamps, an address for its
    /// revocation list), with a change.
    pub(crate) fn with(&self, change: impl FnOnce(&mut CertificateParams)) -> Vec<Vec<u8>> {
        let mut params = public_leaf();
        change(&mut params);
        self.signed(&params, &self.intermediate)
    }

    /// The same, by its own key.
    pub(crate) fn self_signed(&self) -> Vec<Vec<u8>> {
        vec![leaf().self_signed(&self.key).unwrap().der().to_vec()]
    }

    /// Under a root of somebody's own that nobody trusts.
    pub(crate) fn private(&self) -> Vec<Vec<u8>> {
        let root = issuer("Our Own Root", (2020, 2040));
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        self.signed(&leaf(), &root)
    }

    /// With an address of the issuer's certificate.
    pub(crate) fn pointing(&self, url: &str) -> Vec<Vec<u8>> {
        self.with_access(2, url)
    }

    /// With an address of an OCSP responder.
    pub(crate) fn with_responder(&self) -> Vec<Vec<u8>> {
        self.with_access(1, "http://ocsp.test/")
    }

    /// AuthorityInfoAccessSyntax with id-ad-ocsp, 1, or id-ad-caIssuers, 2 (RFC 5280, section
    /// 4.2.2.1).
    fn with_access(&self, method: u8, url: &str) -> Vec<Vec<u8>> {
        let method = tlv(0x06, &[0x2b, 6, 1, 5, 5, 7, 48, method]);
        let description = tlv(0x30, &[method, tlv(0x86, url.as_bytes())].concat());
        let oid = &[1, 3, 6, 1, 5, 5, 7, 1, 1];
        let extension = CustomExtension::from_oid_content(oid, tlv(0x30, &description));
        self.with(|params| params.custom_extensions.push(extension))
    }

    /// Begins in so many days and lasts so many, with the three timestamps that a long life needs.
    pub(crate) fn for_months(&self, from: i64, days: i64) -> Vec<Vec<u8>> {
        self.with(|params| {
            params.custom_extensions = vec![timestamps(3)];
            lasts(params, self.now.unix() + from * 86_400, days);
        })
    }

    /// A chain with two intermediates, in order or not.
    pub(crate) fn two_deep(&self, swapped: bool) -> Vec<Vec<u8>> {
        let key = KeyPair::generate().unwrap();
        let params = issuer("Made Issuing CA 2", (2012, 2045));
        let lower = CertifiedIssuer::signed_by(params, key, &self.intermediate).unwrap();
        let mut chain = self.signed(&public_leaf(), &lower);
        chain.insert(if swapped { 1 } else { 2 }, self.intermediate());
        chain
    }

    /// A path and beside it the root of today as signed by one of yesterday, expired or not: as with
    /// ISRG Root X1 and DST Root CA X3.
    pub(crate) fn crossed(&self, expired: bool) -> Vec<Vec<u8>> {
        let old = issuer("Yesterday's Root", (2000, 2021));
        let old = CertifiedIssuer::self_signed(old, KeyPair::generate().unwrap()).unwrap();
        let cross = issuer("Made Root", (2015, if expired { 2024 } else { 2035 }));
        let cross = cross.signed_by(self.authority.key(), &old).unwrap();
        let mut chain = self.with(|_| ());
        chain.push(cross.der().to_vec());
        chain
    }

    /// With a key of RSA with 1024 bits that nobody has.
    pub(crate) fn rsa1024(&self) -> Vec<Vec<u8>> {
        let leaf = public_leaf().signed_by(&RsaKey::short(), &self.intermediate).unwrap();
        vec![leaf.der().to_vec(), self.intermediate()]
    }

    /// Begins so many hours ago and lasts so many days, which are few: nothing is said of revocation.
    pub(crate) fn short(&self, from_hours: i64, days: i64) -> Vec<Vec<u8>> {
        self.with(|params| {
            params.crl_distribution_points.clear();
            lasts(params, self.now.unix() + from_hours * 3600, days);
        })
    }

    /// As devices make one for themselves: an authority's, for another name, expired.
    pub(crate) fn appliance(&self) -> Vec<Vec<u8>> {
        let mut params = issuer("appliance.local", (2015, 2025));
        params.subject_alt_names = dns(&["appliance.local".to_owned()]);
        params.key_usages.push(KeyUsagePurpose::DigitalSignature);
        params.use_authority_key_identifier_extension = false;
        vec![params.self_signed(&self.key).unwrap().der().to_vec()]
    }

    /// End entity and intermediate have ended, the one after the other.
    pub(crate) fn all_expired(&self) -> Vec<Vec<u8>> {
        let params = issuer("Old Issuing CA", (2010, 2020));
        let old = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &self.authority);
        let mut params = public_leaf();
        lasts(&mut params, 1_700_000_000, 90);
        self.signed(&params, &old.unwrap())
    }

    pub(crate) fn private_without_root(&self) -> Vec<Vec<u8>> {
        let root = issuer("Our Own Root", (2020, 2040));
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let params = issuer("Our Own Issuing CA", (2020, 2040));
        let below =
            CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
        self.signed(&leaf(), &below)
    }

    /// With a key of RSA with 2048 bits, PKCS #8.
    pub(crate) fn rsa2048(&self) -> (Vec<Vec<u8>>, Vec<u8>) {
        self.keyed(&PKCS_RSA_SHA256)
    }

    /// With a key of its own of some kind, PKCS #8.
    pub(crate) fn keyed(&self, kind: &'static SignatureAlgorithm) -> (Vec<Vec<u8>>, Vec<u8>) {
        self.keyed_but(kind, |_| ())
    }

    /// The same with a change.
    pub(crate) fn keyed_but(
        &self,
        kind: &'static SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> (Vec<Vec<u8>>, Vec<u8>) {
        let key = KeyPair::generate_for(kind).unwrap();
        let mut params = public_leaf();
        change(&mut params);
        let leaf = params.signed_by(&key, &self.intermediate).unwrap();
        (vec![leaf.der().to_vec(), self.intermediate()], key.serialize_der())
    }

    /// Certificates of authorities that have nothing to do with the others.
    pub(crate) fn strangers(&self, count: usize) -> Vec<Vec<u8>> {
        let stranger = |number| {
            let params = issuer(&format!("Stranger {number}"), (2020, 2040));
            params.signed_by(&self.key, &self.authority).unwrap().der().to_vec()
        };
        (0..count).map(stranger).collect()
    }

    /// Signed by the intermediate: no list has anything on it.
    pub(crate) fn empty_list(&self) -> Vec<u8> {
        self.list(&[], &self.intermediate)
    }

    /// The same with these on it.
    pub(crate) fn list_of(&self, serials: &[Vec<u8>]) -> Vec<u8> {
        let serials: Vec<_> = serials.iter().map(|one| SerialNumber::from(one.clone())).collect();
        self.list(&serials, &self.intermediate)
    }

    /// With this serial number.
    pub(crate) fn numbered(&self, serial: &[u8]) -> Vec<Vec<u8>> {
        self.with(|params| params.serial_number = Some(SerialNumber::from(serial.to_vec())))
    }

    /// The certificate identifier of RFC 9773, section 4.1.
    pub(crate) fn renewal_id(&self, chain: &[Vec<u8>]) -> String {
        let (_, leaf) = x509_parser::parse_x509_certificate(&chain[0]).unwrap();
        let key = leaf.extensions().iter().find_map(|one| match one.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(found) => {
                Some(found.key_identifier.as_ref()?.0)
            }
            _ => None,
        });
        format!("{}.{}", base64url(key.unwrap()), base64url(leaf.raw_serial()))
    }

    fn list(&self, serials: &[SerialNumber], issuer: &Issuer) -> Vec<u8> {
        let entry = |serial: &SerialNumber| RevokedCertParams {
            serial_number: serial.clone(),
            revocation_time: rcgen::date_time_ymd(2026, 11, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2026, 11, 20),
            next_update: rcgen::date_time_ymd(2026, 11, 27),
            crl_number: SerialNumber::from(vec![7]),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(issuer).unwrap().der().to_vec()
    }

    /// A chain of the lab's.
    pub(crate) fn chain(&self, certificate: &Certificate) -> Vec<Vec<u8>> {
        self.lab.issue(certificate, HOST).unwrap().chain
    }

    /// A certificate for so many days to the second.
    pub(crate) fn lasting(&self, from: Timestamp, days: i64) -> Vec<Vec<u8>> {
        let mut params = leaf();
        lasts(&mut params, from.unix(), days);
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
        let weak = CertifiedIssuer::signed_by(params, RsaKey::short(), &self.authority).unwrap();
        let leaf = leaf().signed_by(&self.key, &weak).unwrap();
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

    /// With so many timestamps of logs that nobody runs: their number is what counts here.
    pub(crate) fn with_timestamps(&self, count: usize) -> Vec<Vec<u8>> {
        let mut params = leaf();
        params.custom_extensions.push(timestamps(count));
        self.signed(&params, &self.intermediate)
    }

    pub(crate) fn with_crl_url(&self) -> Vec<Vec<u8>> {
        let mut params = leaf();
        let uris = vec![CRL_URL.to_owned()];
        params.crl_distribution_points.push(CrlDistributionPoint { uris });
        self.signed(&params, &self.intermediate)
    }

    pub(crate) fn with_serial_zero(&self) -> Vec<Vec<u8>> {
        let mut params = leaf();
        params.serial_number = Some(SerialNumber::from(vec![0]));
        self.signed(&params, &self.intermediate)
    }

    /// With a key that came with a tool for developers (webpack-dev-server): anybody has it.
    pub(crate) fn known_key(&self) -> Vec<Vec<u8>> {
        let leaf = leaf().signed_by(&RsaKey::known(), &self.intermediate).unwrap();
        vec![leaf.der().to_vec(), self.intermediate.der().to_vec()]
    }

    /// With this RSA key, by its numbers.
    pub(crate) fn with_rsa(&self, modulus: &[u8], exponent: &[u8]) -> Vec<Vec<u8>> {
        let leaf = leaf().signed_by(&RsaKey::new(modulus, exponent), &self.intermediate).unwrap();
        vec![leaf.der().to_vec(), self.intermediate()]
    }

    /// Under an intermediate of its own, with a change of either.
    pub(crate) fn under(
        &self,
        change_issuer: impl FnOnce(&mut CertificateParams),
        change: impl FnOnce(&mut CertificateParams),
    ) -> Vec<Vec<u8>> {
        let mut issuing = issuer("Made Constrained CA", (2012, 2045));
        change_issuer(&mut issuing);
        let key = KeyPair::generate().unwrap();
        let issuing = CertifiedIssuer::signed_by(issuing, key, &self.intermediate).unwrap();
        let mut params = public_leaf();
        change(&mut params);
        let mut chain = self.signed(&params, &issuing);
        chain.push(self.intermediate());
        chain
    }

    /// Under an intermediate that may have none below it, one that is below it.
    pub(crate) fn too_long(&self) -> Vec<Vec<u8>> {
        let mut last = issuer("Made Last CA", (2011, 2046));
        last.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let key = || KeyPair::generate().unwrap();
        let last = CertifiedIssuer::signed_by(last, key(), &self.authority).unwrap();
        let below = issuer("Made Forbidden CA", (2012, 2045));
        let below = CertifiedIssuer::signed_by(below, key(), &last).unwrap();
        let mut chain = self.signed(&public_leaf(), &below);
        chain.push(last.der().to_vec());
        chain
    }

    /// The serial number of the end entity as lr-tls writes it.
    pub(crate) fn serial(&self, chain: &[Vec<u8>]) -> String {
        let (_, leaf) = x509_parser::parse_x509_certificate(&chain[0]).unwrap();
        leaf.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A chain and its issuer's list, with the end entity on it or not.
    pub(crate) fn revoked(&self, revoked: bool) -> (Vec<Vec<u8>>, Vec<u8>) {
        let serial = SerialNumber::from(vec![0x12, 0x34]);
        let mut params = leaf();
        params.serial_number = Some(serial.clone());
        let chain = self.signed(&params, &self.intermediate);
        let other = SerialNumber::from(vec![0x56]);
        let list = self.list(&[if revoked { serial } else { other }], &self.intermediate);
        (chain, list)
    }

    /// A chain whose end entity demands a staple, and a response signed by its issuer: good, or
    /// revoked.
    pub(crate) fn stapled(&self, good: bool) -> (Vec<Vec<u8>>, Vec<u8>) {
        let chain = self.with(|params| {
            params.serial_number = Some(SerialNumber::from(vec![0x21, 0x43]));
            params.custom_extensions.push(must_staple());
        });
        (chain, self.staple(&[0x21, 0x43], good, "20261127000000Z"))
    }

    /// A response of this issuer's (RFC 6960, section 4.2.1) about a serial number, until some time.
    pub(crate) fn staple(&self, serial: &[u8], good: bool, until: &str) -> Vec<u8> {
        let time = |text: &str| tlv(0x18, text.as_bytes());
        let id = tlv(
            0x30,
            &[
                tlv(0x30, &tlv(0x06, &[0x2b, 14, 3, 2, 26])),
                tlv(0x04, &[1; 20]),
                tlv(0x04, &[2; 20]),
                tlv(0x02, serial),
            ]
            .concat(),
        );
        let status = if good { tlv(0x80, &[]) } else { tlv(0xa1, &time("20261101000000Z")) };
        let update = [time("20261120000000Z"), tlv(0xa0, &time(until))].concat();
        let single = tlv(0x30, &[id, status, update].concat());
        let data = tlv(
            0x30,
            &[tlv(0xa2, &tlv(0x04, &[3; 20])), time("20261120000000Z"), tlv(0x30, &single)]
                .concat(),
        );
        let signature = self.intermediate.key().sign(&data).unwrap();
        let ecdsa_with_sha256 = tlv(0x30, &tlv(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
        let bits = tlv(0x03, &[&[0][..], &signature].concat());
        let basic = tlv(0x30, &[data, ecdsa_with_sha256, bits].concat());
        let kind = tlv(0x06, &[0x2b, 6, 1, 5, 5, 7, 48, 1, 1]);
        let bytes = tlv(0x30, &[kind, tlv(0x04, &basic)].concat());
        tlv(0x30, &[tlv(0x0a, &[0]), tlv(0xa0, &bytes)].concat())
    }

    fn signed(&self, params: &CertificateParams, issuer: &Issuer) -> Vec<Vec<u8>> {
        let leaf = params.signed_by(&self.key, issuer).unwrap();
        vec![leaf.der().to_vec(), issuer.der().to_vec()]
    }
}

/// The extension of RFC 7633, section 4: status_request.
pub(crate) fn must_staple() -> CustomExtension {
    let oid = &[1, 3, 6, 1, 5, 5, 7, 1, 24];
    CustomExtension::from_oid_content(oid, vec![0x30, 3, 2, 1, 5])
}

/// The extension of RFC 6962, section 3.3.
fn timestamps(count: usize) -> CustomExtension {
    // SignedCertificateTimestamp: version, log, time, extensions, algorithm, signature.
    let one = [&[0][..], &[7; 32], &[0; 8], &[0, 0], &[4, 3, 0, 2, 1, 1]].concat();
    let one = [&u16::try_from(one.len()).unwrap().to_be_bytes()[..], &one].concat();
    let all = one.repeat(count);
    let list = [&u16::try_from(all.len()).unwrap().to_be_bytes()[..], &all].concat();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], tlv(0x04, &list))
}

/// RFC 4648, section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |six: &[u8]| {
        let six = format!("{:0<6}", std::str::from_utf8(six).unwrap());
        char::from(alphabet[usize::from_str_radix(&six, 2).unwrap()])
    };
    bits.as_bytes().chunks(6).map(digit).collect()
}

pub(crate) fn address(ip: &str) -> SocketAddr {
    SocketAddr::new(ip.parse().unwrap(), 443)
}

/// Begins then and lasts so many days, to the second.
pub(crate) fn lasts(params: &mut CertificateParams, from: i64, days: i64) {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let at = |time: i64| epoch + Duration::from_secs(u64::try_from(time).unwrap());
    params.not_before = at(from);
    params.not_after = at(from + days * DAY - 1);
}

/// Subject alternative names.
pub(crate) fn dns(names: &[String]) -> Vec<SanType> {
    names.iter().map(|name| SanType::DnsName(name.as_str().try_into().unwrap())).collect()
}

fn issuer(name: &str, (from, to): (i32, i32)) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::OrganizationName, ORGANIZATION);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(to, 1, 1);
    params
}

fn leaf() -> CertificateParams {
    let mut params = CertificateParams::new([HOST.to_owned()]).unwrap();
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = rcgen::date_time_ymd(2026, 10, 22);
    params.not_after = rcgen::date_time_ymd(2027, 1, 20);
    params
}

/// As a public authority would issue it.
fn public_leaf() -> CertificateParams {
    let mut params = leaf();
    params.custom_extensions.push(timestamps(2));
    let uris = vec![CRL_URL.to_owned()];
    params.crl_distribution_points.push(CrlDistributionPoint { uris });
    params
}
