use std::fmt;

use lr_core::Severity;
use serde::{Deserialize, Serialize};

use crate::engine::Name;

/// What kind of thing a format is: decides which rule speaks about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// Whoever holds it can act.
    Credential,
    /// A credential of a sandbox.
    Test,
    /// A private key.
    PrivateKey,
    /// A password inside a URL.
    UrlPassword,
    /// Sent to browsers by design, and harmless only while restricted at the provider.
    Restrictable,
    /// Sent to browsers by design. In the inventory, never a finding.
    Public,
}

/// One kind of secret: how it looks, what it opens, and how to replace it.
///
/// Formats are plain static data, written from what the providers document. [`crate::formats`]
/// lists them.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Format {
    /// Stable name in kebab-case; part of the key of a finding.
    pub id: &'static str,
    /// Who issues it.
    pub provider: &'static str,
    /// What it is called there.
    pub name: &'static str,
    /// Which rule speaks about it.
    pub kind: Kind,
    /// Severity of a finding, before anything is known of its surroundings.
    pub severity: Severity,
    /// What whoever holds it can do.
    pub capability: &'static str,
    /// Where and how to replace it.
    pub rotate: &'static str,
    /// The provider's page about it.
    pub reference: &'static str,
    /// Literals of which each occurrence holds one: all that is looked for in a first pass.
    pub(crate) keywords: &'static [&'static str],
    pub(crate) shape: Shape,
    pub(crate) check: Structure,
    /// A byte that must stand at a distance from the keyword; spares common keywords the regex.
    pub(crate) landmark: Option<(usize, u8)>,
    /// Bits per character that the part after the keyword has at least.
    pub(crate) entropy: f32,
    /// Whether it wins over formats without a name that match the same bytes.
    pub(crate) is_prior: bool,
}

/// What stands for the formats of rules of one's own: they name neither provider nor way to replace.
#[cfg(feature = "gitleaks")]
pub(crate) static OWN: Format = Format::new(
    "own",
    ("a rule of your own", "secret"),
    &[],
    Shape::Captured { pattern: "", worth: |_| true },
);

/// How to get from a keyword to the secret.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// The keyword opens it.
    Token { pattern: &'static str },
    /// The keyword follows `least..=most` bytes of `class`, which belong to it.
    Infix { pattern: &'static str, least: usize, most: usize, class: fn(&u8) -> bool },
    /// It is the value given to a name that holds the keyword, in any case, and one of `with`.
    Assigned { pattern: &'static str, with: &'static [&'static str] },
    /// The password of a URL of one of these schemes; of any other one if there are none.
    Url { schemes: &'static [&'static str] },
    /// An armoured private key.
    Pem(Pem),
    /// A JSON web token.
    Jwt(Jwt),
    /// What a name that holds the keyword is given, if it looks like a secret.
    Named(Name),
    /// The first group of the pattern, which begins at the keyword, if it is `worth` it.
    Captured { pattern: &'static str, worth: fn(&[u8]) -> bool },
    /// The values of a Kubernetes Secret.
    Kubernetes,
}

/// Which private keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pem {
    Plain,
    Encrypted,
    ServiceAccount,
}

/// Which JSON web tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jwt {
    SupabaseServiceRole,
    SupabaseAnon,
    Other,
}

/// What the characters themselves prove.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Structure {
    Unknown,
    /// The last six are the CRC-32 of those between prefix and them, in base 62.
    Crc62,
    /// The last eight are the CRC-32 of those between prefix and them, in hexadecimal.
    Crc16Body,
    /// The last eight are the CRC-32 of all before them, in hexadecimal.
    Crc16All,
    /// Base64 of a JSON object follows the prefix.
    Json,
    /// Nothing, but the query of which it is a part says how long it is valid.
    Query,
}

/// Parts of names under which programs keep keys.
pub(crate) const KEYS: &[&str] = &[
    "key", "token", "secret", "pass", "auth", "pwd", "api", "access", "cred", "_pat", "pw",
    "bearer",
];
/// The same, and names of what goes with them.
pub(crate) const NAMES: &[&str] = &[
    "key", "token", "secret", "pass", "auth", "pwd", "api", "access", "cred", "_pat", "pw",
    "bearer", "id", "client", "crumb", "login", "host", "lic", "pub",
];

impl Format {
    /// A credential that opens with one of `keywords`.
    pub(crate) const fn token(
        id: &'static str,
        (provider, name): (&'static str, &'static str),
        keywords: &'static [&'static str],
        pattern: &'static str,
    ) -> Self {
        Self::new(id, (provider, name), keywords, Shape::Token { pattern })
    }

    /// A credential that is told by the name it is given to.
    pub(crate) const fn assigned(
        id: &'static str,
        (provider, name): (&'static str, &'static str),
        keywords: &'static [&'static str],
        with: &'static [&'static str],
        pattern: &'static str,
    ) -> Self {
        Self::new(id, (provider, name), keywords, Shape::Assigned { pattern, with })
    }

    pub(crate) const fn new(
        id: &'static str,
        (provider, name): (&'static str, &'static str),
        keywords: &'static [&'static str],
        shape: Shape,
    ) -> Self {
        Self {
            id,
            provider,
            name,
            kind: Kind::Credential,
            severity: Severity::Critical,
            capability: "",
            rotate: "",
            reference: "",
            keywords,
            shape,
            check: Structure::Unknown,
            landmark: None,
            entropy: 3.0,
            is_prior: false,
        }
    }

    pub(crate) const fn kind(self, kind: Kind) -> Self {
        let severity = match kind {
            Kind::Credential | Kind::PrivateKey => Severity::Critical,
            Kind::UrlPassword => Severity::High,
            Kind::Test => Severity::Low,
            Kind::Restrictable | Kind::Public => Severity::Info,
        };
        Self { kind, severity, ..self }
    }

    pub(crate) const fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    pub(crate) const fn can(self, capability: &'static str) -> Self {
        Self { capability, ..self }
    }

    pub(crate) const fn rotate(self, rotate: &'static str, reference: &'static str) -> Self {
        Self { rotate, reference, ..self }
    }

    pub(crate) const fn check(self, check: Structure) -> Self {
        Self { check, ..self }
    }

    pub(crate) const fn landmark(self, at: usize, byte: u8) -> Self {
        Self { landmark: Some((at, byte)), ..self }
    }

    pub(crate) const fn entropy(self, entropy: f32) -> Self {
        Self { entropy, ..self }
    }

    /// Whether its characters end in a checksum of the others.
    pub(crate) const fn has_checksum(&self) -> bool {
        matches!(self.check, Structure::Crc62 | Structure::Crc16Body | Structure::Crc16All)
    }

    pub(crate) const fn prior(self) -> Self {
        Self { is_prior: true, ..self }
    }

    /// When two formats claim the same bytes, the lower rank wins.
    pub(crate) fn rank(&self) -> u8 {
        match self.shape {
            _ if self.is_prior => 0,
            Shape::Token { .. } | Shape::Infix { .. } | Shape::Pem(_) | Shape::Jwt(_) => 1,
            Shape::Kubernetes => 2,
            Shape::Url { schemes: [_, ..] } => 3,
            Shape::Assigned { .. } | Shape::Url { .. } => 4,
            Shape::Captured { .. } => 5,
            Shape::Named(_) => 6,
        }
    }

    /// Whether browsers get it by design.
    pub(crate) const fn is_for_everyone(&self) -> bool {
        matches!(self.kind, Kind::Public | Kind::Restrictable)
    }

    /// Whether nothing but the name it is given to tells it.
    pub(crate) const fn is_told_by_name(&self) -> bool {
        matches!(self.shape, Shape::Assigned { .. } | Shape::Named(_) | Shape::Captured { .. })
    }

    /// Whether the secret identifies itself, so that it is worth looking for in binary files.
    pub(crate) const fn identifies_itself(&self) -> bool {
        !self.is_told_by_name() && !matches!(self.shape, Shape::Url { .. } | Shape::Kubernetes)
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Format")
            .field("id", &self.id)
            .field("provider", &self.provider)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
