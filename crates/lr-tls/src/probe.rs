//! Hellos that go no further than the server's first words. No key is made and nothing is decrypted,
//! so they can offer what no TLS library of today knows.

pub(crate) mod hello;
pub(crate) mod plan;
pub(crate) mod reply;
pub(crate) mod suites;

use lr_core::Text;
use serde::{Deserialize, Serialize};

pub use self::suites::SuiteClass;
use crate::{Der, Obstacle, Version};

/// What a hello asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Probe {
    /// TLS 1.2 with every suite, the strongest first, and compression.
    Tls12,
    /// The same in reverse order: a server with an opinion of its own chooses as before.
    Tls12Reversed,
    /// TLS 1.2 with the weak suites alone.
    Weak,
    /// TLS 1.2 with strong suites for ECDSA certificates alone.
    Ecdsa,
    /// TLS 1.2 with strong suites for RSA certificates alone.
    Rsa,
    /// TLS 1.2 without a server name.
    NoName,
    /// TLS 1.1 at most.
    Tls11,
    /// TLS 1.0 at most.
    Tls10,
    /// SSL 3.0.
    Ssl3,
    /// SSL 2.0.
    Ssl2,
    /// TLS 1.3 alone, with every group and no key share.
    Tls13,
    /// TLS 1.3 with the post-quantum group X25519MLKEM768 alone.
    PostQuantum,
    /// TLS 1.3 with this group alone, by its IANA number.
    Group(u16),
    /// TLS 1.3 with the suites that no browser offers alone.
    RareSuites,
    /// TLS 1.2 with the curves that no browser offers alone.
    RareCurves,
    /// TLS 1.2 with every suite but this one, by its IANA number: whether there was a choice.
    Others(u16),
    /// TLS 1.2 with the suites of one class alone.
    Class(SuiteClass),
    /// TLS 1.3 and 1.2, small.
    Small,
    /// TLS 1.3 and 1.2, larger than a packet, as hellos with post-quantum key shares are.
    Large,
}

/// A hello and what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProbeSeen {
    /// What was asked.
    pub probe: Probe,
    /// What came back.
    pub answer: Answer,
    /// How often it failed again while an ordinary hello right after it was answered. Once is
    /// chance or a limit of rate; twice is the server's way with this hello.
    pub again: u8,
}

/// What a server said to a hello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Answer {
    /// It accepts.
    Hello(Box<HelloSeen>),
    /// It refuses with this alert (RFC 8446, section 6).
    Alert(u8),
    /// Neither.
    Failed(Obstacle),
}

/// What a server chose, and what it showed before encryption began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HelloSeen {
    /// The version it chose.
    pub version: Version,
    /// The suite it chose, by its IANA name; empty for SSL 2.0.
    pub suite: String,
    /// Whether data would be compressed.
    pub compressed: bool,
    /// Group of the key exchange, by its IANA name.
    pub group: Option<String>,
    /// Bits of the prime of a Diffie-Hellman exchange over a finite field.
    pub dh_bits: Option<u32>,
    /// Protocol chosen by ALPN.
    pub alpn: Option<Text>,
    /// Stapled OCSP response.
    pub staple: Option<Der>,
    /// Whether it asks the client for a certificate.
    pub client_certificate: bool,
    /// Whether it renegotiates securely (RFC 5746).
    pub secure_renegotiation: bool,
    /// Whether it binds the master secret to the handshake (RFC 7627).
    pub extended_master_secret: bool,
    /// Certificate timestamps that came in the handshake (RFC 6962, section 3.3.1), at most 20.
    #[serde(default)]
    pub timestamps: u8,
    /// The certificates it sent: 0 for [`AddressSeen::chain`](crate::AddressSeen::chain), n for the
    /// nth of [`AddressSeen::other_chains`](crate::AddressSeen::other_chains), counted from 1.
    pub chain: Option<u8>,
}

impl HelloSeen {
    /// A server that chose this, and showed nothing else.
    #[must_use]
    pub fn new(version: Version, suite: impl Into<String>) -> Self {
        Self {
            version,
            suite: suite.into(),
            compressed: false,
            group: None,
            dh_bits: None,
            alpn: None,
            staple: None,
            client_certificate: false,
            secure_renegotiation: true,
            extended_master_secret: true,
            timestamps: 0,
            chain: None,
        }
    }
}

impl ProbeSeen {
    /// A hello that was sent once.
    #[must_use]
    pub fn new(probe: Probe, answer: Answer) -> Self {
        Self { probe, answer, again: 0 }
    }
}

impl Answer {
    /// What the server chose, if it accepts.
    #[must_use]
    pub fn hello(&self) -> Option<&HelloSeen> {
        match self {
            Self::Hello(hello) => Some(hello),
            _ => None,
        }
    }

    /// Why there was no answer, if there was none.
    pub(crate) fn obstacle(&self) -> Option<&Obstacle> {
        match self {
            Self::Failed(obstacle) => Some(obstacle),
            _ => None,
        }
    }
}

/// The post-quantum group that browsers offer (IANA, TLS supported groups).
pub(crate) const X25519MLKEM768: u16 = 0x11ec;

/// Names in IANA's registry of supported groups: those of RFC 8446, RFC 4492, RFC 7027 and
/// draft-ietf-tls-ecdhe-mlkem.
pub(crate) const GROUPS: &[(u16, &str)] = &[
    (X25519MLKEM768, "X25519MLKEM768"),
    (0x11eb, "SecP256r1MLKEM768"),
    (0x11ed, "SecP384r1MLKEM1024"),
    (29, "x25519"),
    (23, "secp256r1"),
    (24, "secp384r1"),
    (25, "secp521r1"),
    (30, "x448"),
    (22, "secp256k1"),
    (256, "ffdhe2048"),
    (257, "ffdhe3072"),
    (1, "sect163k1"),
    (2, "sect163r1"),
    (3, "sect163r2"),
    (4, "sect193r1"),
    (5, "sect193r2"),
    (6, "sect233k1"),
    (7, "sect233r1"),
    (8, "sect239k1"),
    (9, "sect283k1"),
    (10, "sect283r1"),
    (11, "sect409k1"),
    (12, "sect409r1"),
    (13, "sect571k1"),
    (14, "sect571r1"),
    (15, "secp160k1"),
    (16, "secp160r1"),
    (17, "secp160r2"),
    (18, "secp192k1"),
    (19, "secp192r1"),
    (20, "secp224k1"),
    (21, "secp224r1"),
    (26, "brainpoolP256r1"),
    (27, "brainpoolP384r1"),
    (28, "brainpoolP512r1"),
];

/// Name of a group in IANA's registry; its number if it has none here.
pub(crate) fn group_name(code: u16) -> String {
    let found = GROUPS.iter().find(|(known, _)| *known == code);
    found.map_or_else(|| format!("0x{code:04x}"), |(_, name)| (*name).to_owned())
}
