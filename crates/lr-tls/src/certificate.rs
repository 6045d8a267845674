use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use data_encoding::HEXLOWER;
use lr_core::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::{
    DistributionPointName, FromDer, GeneralName, ParsedExtension, X509Certificate, X509Name,
    X509Version,
};
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use crate::Der;

/// What a person wants to know of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CertificateSummary {
    /// Subject name.
    pub subject: Text,
    /// Issuer name.
    pub issuer: Text,
    /// Organisation in the issuer's name, as authorities are told apart by.
    #[serde(default)]
    pub issuer_organization: Option<Text>,
    /// DNS names and addresses of the subject alternative name extension; at most 100.
    pub sans: Vec<Text>,
    /// Begin of validity.
    pub not_before: Timestamp,
    /// End of validity, inclusive.
    pub not_after: Timestamp,
    /// Kind and size of the key, such as `RSA 2048`.
    pub key: Text,
    /// Signature algorithm.
    pub signature: Text,
    /// Serial number in hexadecimal.
    pub serial: Text,
}

/// The facts of a certificate that the judgement needs.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) subject: Text,
    pub(crate) issuer: Text,
    /// The names' DER contents without the header, as trust anchors carry them.
    pub(crate) subject_der: Vec<u8>,
    pub(crate) issuer_der: Vec<u8>,
    pub(crate) names: Names,
    pub(crate) common_name: Option<Text>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) key: Key,
    pub(crate) signature: Signature,
    pub(crate) serial: Text,
    pub(crate) is_ca: bool,
    /// Purposes by OID, if the certificate restricts them.
    pub(crate) purposes: Option<Purposes>,
    /// Where the issuer's certificate can be fetched, as the certificate says.
    pub(crate) issuer_urls: Vec<Text>,
    pub(crate) crl_urls: Vec<Text>,
    pub(crate) ocsp_urls: Vec<Text>,
    /// Organisation of the issuer.
    pub(crate) issuer_organization: Option<Text>,
    /// Identifier of the issuer's key.
    pub(crate) authority_key: Option<Vec<u8>>,
    /// SubjectPublicKeyInfo as DER.
    pub(crate) key_info: Vec<u8>,
    /// Serial number: the contents of a DER integer.
    pub(crate) serial_der: Vec<u8>,
    /// Certificate timestamps in the certificate (RFC 6962, section 3.3).
    pub(crate) timestamps: usize,
    /// Whether a stapled OCSP response must come with it (RFC 7633).
    pub(crate) must_staple: bool,
    /// Whether its key may sign revocation lists, if it says what its key may do.
    pub(crate) signs_lists: Option<bool>,
    /// Whether its key may sign, if it says what its key may do.
    pub(crate) signs: Option<bool>,
}

/// The subject alternative names that a host can be matched with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) dns: Vec<String>,
    pub(crate) ips: Vec<IpAddr>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Purposes {
    pub(crate) server: bool,
    pub(crate) ocsp: bool,
}

/// A public key, as far as its strength is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa(u32),
    Ec(&'static str),
    /// An elliptic curve that clients do not support, or weaker than P-256.
    OtherCurve(String),
    Modern(&'static str),
    Dsa,
    Unknown(String),
}

/// A signature algorithm, as far as its strength is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    Sound(&'static str),
    /// With a hash function for which collisions can be made.
    Broken(&'static str),
    Unknown(String),
}

impl Certificate {
    /// Reads a certificate; says why if that is not possible.
    pub(crate) fn read(der: &Der) -> Result<Self, Text> {
        let (rest, raw) = X509Certificate::from_der(der.as_bytes())
            .map_err(|error| Text::new(&format!("it cannot be read: {error}")))?;
        if !rest.is_empty() {
            return Err(Text::new("bytes follow the certificate"));
        }
        let mut read = Self {
            subject: shown(raw.subject()),
            issuer: shown(raw.issuer()),
            subject_der: contents(raw.subject().as_raw()).to_vec(),
            issuer_der: contents(raw.issuer().as_raw()).to_vec(),
            names: Names::default(),
            common_name: common_name(raw.subject()),
            not_before: Timestamp::from_unix(raw.validity().not_before.timestamp()),
            not_after: Timestamp::from_unix(raw.validity().not_after.timestamp()),
            key: key(raw.public_key()),
            signature: signature(&raw.signature_algorithm),
            serial: hex(raw.raw_serial()),
            is_ca: raw.version() == X509Version::V1 && raw.subject() == raw.issuer(),
            purposes: None,
            issuer_urls: Vec::new(),
            crl_urls: Vec::new(),
            ocsp_urls: Vec::new(),
            issuer_organization: organization(raw.issuer()),
            authority_key: None,
            key_info: raw.public_key().raw.to_vec(),
            serial_der: raw.raw_serial().to_vec(),
            timestamps: 0,
            must_staple: false,
            signs_lists: None,
            signs: None,
        };
        for extension in raw.extensions() {
            read.extend(extension.parsed_extension());
            // A list of features with status_request among them (RFC 7633, section 4).
            let features = extension.oid.to_id_string() == "1.3.6.1.5.5.7.1.24";
            let staple = || extension.value.windows(3).any(|bytes| bytes == [2, 1, 5]);
            read.must_staple |= features && staple();
        }
        Ok(read)
    }

    /// Whether its subject and issuer are the same.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject_der == self.issuer_der
    }

    /// Whether `other` has the name of this one's issuer.
    pub(crate) fn names_issuer(&self, other: &Self) -> bool {
        self.issuer_der == other.subject_der
    }

    /// Validity has the grain of a second, and its end is inclusive: a fraction of the last second
    /// belongs to it.
    pub(crate) fn is_valid_at(&self, time: Timestamp) -> bool {
        self.not_before <= time && !self.is_over_at(time)
    }

    pub(crate) fn is_over_at(&self, time: Timestamp) -> bool {
        time.unix() > self.not_after.unix()
    }

    /// Length of the validity in milliseconds. The end is inclusive (RFC 5280, section 4.1.2.5), so
    /// it is a second longer than the difference.
    pub(crate) fn lifetime_ms(&self) -> i64 {
        self.not_after.unix_ms() - self.not_before.unix_ms() + 1000
    }

    /// The name for people: the subject, or the first host name if that is empty.
    pub(crate) fn title(&self) -> Text {
        match self.subject.as_str() {
            "" => {
                self.names.dns.first().map_or_else(|| Text::new("(no name)"), |dns| Text::new(dns))
            }
            _ => self.subject.clone(),
        }
    }

    pub(crate) fn summary(&self) -> CertificateSummary {
        CertificateSummary {
            subject: self.subject.clone(),
            issuer: self.issuer.clone(),
            issuer_organization: self.issuer_organization.clone(),
            sans: self.names.shown(100),
            not_before: self.not_before,
            not_after: self.not_after,
            key: self.key.to_string().into(),
            signature: self.signature.to_string().into(),
            serial: self.serial.clone(),
        }
    }

    fn extend(&mut self, extension: &ParsedExtension<'_>) {
        match extension {
            ParsedExtension::SubjectAlternativeName(names) => {
                for name in &names.general_names {
                    match name {
                        GeneralName::DNSName(name) => self.names.dns.push((*name).to_owned()),
                        GeneralName::IPAddress(bytes) => self.names.ips.extend(ip(bytes)),
                        _ => {}
                    }
                }
            }
            ParsedExtension::BasicConstraints(constraints) => self.is_ca = constraints.ca,
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.purposes =
                    Some(Purposes { server: usage.server_auth, ocsp: usage.ocsp_signing });
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                for description in &access.accessdescs {
                    // id-ad-caIssuers and id-ad-ocsp (RFC 5280, section 4.2.2.1).
                    let GeneralName::URI(url) = &description.access_location else { continue };
                    match description.access_method.to_id_string().as_str() {
                        "1.3.6.1.5.5.7.48.2" => self.issuer_urls.push(Text::new(url)),
                        "1.3.6.1.5.5.7.48.1" => self.ocsp_urls.push(Text::new(url)),
                        _ => {}
                    }
                }
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                for point in points.iter() {
                    let Some(DistributionPointName::FullName(names)) = &point.distribution_point
                    else {
                        continue;
                    };
                    for name in names {
                        if let GeneralName::URI(url) = name {
                            self.crl_urls.push(Text::new(url));
                        }
                    }
                }
            }
            ParsedExtension::AuthorityKeyIdentifier(authority) => {
                self.authority_key = authority.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            ParsedExtension::SCT(timestamps) => self.timestamps = timestamps.len(),
            ParsedExtension::KeyUsage(usage) => {
                self.signs_lists = Some(usage.crl_sign());
                self.signs = Some(usage.digital_signature());
            }
            _ => {}
        }
    }
}

impl Names {
    pub(crate) fn is_empty(&self) -> bool {
        self.dns.is_empty() && self.ips.is_empty()
    }

    /// The names for people, the first `limit` of them.
    pub(crate) fn shown(&self, limit: usize) -> Vec<Text> {
        let dns = self.dns.iter().map(|name| Text::new(name));
        dns.chain(self.ips.iter().map(|ip| Text::new(&ip.to_string()))).take(limit).collect()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::Ec(curve) => write!(f, "ECDSA {curve}"),
            Self::OtherCurve(curve) => write!(f, "ECDSA on curve {curve}"),
            Self::Modern(name) => f.write_str(name),
            Self::Dsa => f.write_str("DSA"),
            Self::Unknown(oid) => write!(f, "algorithm {oid}"),
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sound(name) | Self::Broken(name) => f.write_str(name),
            Self::Unknown(oid) => write!(f, "algorithm {oid}"),
        }
    }
}

fn shown(name: &X509Name<'_>) -> Text {
    Text::new(&name.to_string())
}

fn common_name(subject: &X509Name<'_>) -> Option<Text> {
    subject.iter_common_name().next().and_then(|name| name.as_str().ok()).map(Text::new)
}

fn organization(name: &X509Name<'_>) -> Option<Text> {
    name.iter_organization().next().and_then(|name| name.as_str().ok()).map(Text::new)
}

pub(crate) fn hex(bytes: &[u8]) -> Text {
    // 20 octets at most (RFC 5280, section 4.1.2.2); an enemy's may be longer.
    let shown = &bytes[..bytes.len().min(64)];
    Text::from(HEXLOWER.encode(shown))
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    match <[u8; 4]>::try_from(bytes) {
        Ok(v4) => Some(Ipv4Addr::from(v4).into()),
        Err(_) => <[u8; 16]>::try_from(bytes).ok().map(|v6| Ipv6Addr::from(v6).into()),
    }
}

/// What follows the header of a DER value.
fn contents(der: &[u8]) -> &[u8] {
    let header = match der.get(1) {
        Some(length @ 0x80..) => 2 + usize::from(length & 0x7f),
        _ => 2,
    };
    der.get(header..).unwrap_or_default()
}

/// RFC 3279, RFC 5480, RFC 8410 and RFC 9881.
fn key(info: &SubjectPublicKeyInfo<'_>) -> Key {
    match info.algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => match info.parsed() {
            Ok(PublicKey::RSA(rsa)) => Key::Rsa(bits(rsa.modulus)),
            _ => Key::Unknown("RSA with an unreadable modulus".into()),
        },
        "1.2.840.10045.2.1" => {
            let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            let curve = curve.as_ref().map(Oid::to_id_string).unwrap_or_default();
            match curve.as_str() {
                "1.2.840.10045.3.1.7" => Key::Ec("P-256"),
                "1.3.132.0.34" => Key::Ec("P-384"),
                "1.3.132.0.35" => Key::Ec("P-521"),
                _ => Key::OtherCurve(curve),
            }
        }
        "1.3.101.112" => Key::Modern("Ed25519"),
        "1.3.101.113" => Key::Modern("Ed448"),
        "2.16.840.1.101.3.4.3.17" => Key::Modern("ML-DSA-44"),
        "2.16.840.1.101.3.4.3.18" => Key::Modern("ML-DSA-65"),
        "2.16.840.1.101.3.4.3.19" => Key::Modern("ML-DSA-87"),
        "1.2.840.10040.4.1" => Key::Dsa,
        oid => Key::Unknown(oid.to_owned()),
    }
}

/// Length of a big-endian number in bits.
fn bits(number: &[u8]) -> u32 {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let digits = &number[start..];
    let unused = digits.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(digits.len() * 8).unwrap_or(u32::MAX).saturating_sub(unused)
}

/// RFC 4055, RFC 5758, RFC 8410 and RFC 9881; the broken ones from RFC 3279.
fn signature(algorithm: &AlgorithmIdentifier<'_>) -> Signature {
    match algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.11" => Signature::Sound("RSA with SHA-256"),
        "1.2.840.113549.1.1.12" => Signature::Sound("RSA with SHA-384"),
        "1.2.840.113549.1.1.13" => Signature::Sound("RSA with SHA-512"),
        "1.2.840.113549.1.1.10" => pss(algorithm),
        "1.2.840.10045.4.3.2" => Signature::Sound("ECDSA with SHA-256"),
        "1.2.840.10045.4.3.3" => Signature::Sound("ECDSA with SHA-384"),
        "1.2.840.10045.4.3.4" => Signature::Sound("ECDSA with SHA-512"),
        "1.3.101.112" => Signature::Sound("Ed25519"),
        "1.3.101.113" => Signature::Sound("Ed448"),
        "2.16.840.1.101.3.4.3.17" => Signature::Sound("ML-DSA-44"),
        "2.16.840.1.101.3.4.3.18" => Signature::Sound("ML-DSA-65"),
        "2.16.840.1.101.3.4.3.19" => Signature::Sound("ML-DSA-87"),
        "1.2.840.113549.1.1.2" => Signature::Broken("RSA with MD2"),
        "1.2.840.113549.1.1.4" => Signature::Broken("RSA with MD5"),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => Signature::Broken("RSA with SHA-1"),
        "1.2.840.10045.4.1" => Signature::Broken("ECDSA with SHA-1"),
        "1.2.840.10040.4.3" => Signature::Broken("DSA with SHA-1"),
        oid => Signature::Unknown(oid.to_owned()),
    }
}

fn pss(algorithm: &AlgorithmIdentifier<'_>) -> Signature {
    let params = algorithm.parameters.as_ref().and_then(|any| RsaSsaPssParams::try_from(any).ok());
    let hash = params.as_ref().and_then(RsaSsaPssParams::hash_algorithm);
    match (params.is_some(), hash.map(|hash| hash.algorithm.to_id_string()).as_deref()) {
        (true, Some("2.16.840.1.101.3.4.2.1")) => Signature::Sound("RSA-PSS with SHA-256"),
        (true, Some("2.16.840.1.101.3.4.2.2")) => Signature::Sound("RSA-PSS with SHA-384"),
        (true, Some("2.16.840.1.101.3.4.2.3")) => Signature::Sound("RSA-PSS with SHA-512"),
        // The default of an absent hash (RFC 4055, section 3.1).
        (true, None | Some("1.3.14.3.2.26")) => Signature::Broken("RSA-PSS with SHA-1"),
        _ => Signature::Unknown("RSA-PSS with unknown parameters".into()),
    }
}
