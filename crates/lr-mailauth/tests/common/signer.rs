//! Signs messages, with keys that live as long as the test.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKey, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use lr_mailauth::message::{Canonicalization, canonical_body, canonical_field};

pub(crate) enum Key {
    Rsa(Box<RsaKey>),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    pub(crate) fn rsa() -> Self {
        Self::Rsa(Box::new(RsaKey::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(crate) fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The tags `k` and `p` of its record.
    pub(crate) fn record(&self) -> String {
        match self {
            Self::Rsa(key) => {
                let spki = key.public_key().as_der().unwrap();
                format!("k=rsa; p={}", super::common::base64(spki.as_ref()))
            }
            Self::Ed25519(key) => {
                format!("k=ed25519; p={}", super::common::base64(key.public_key().as_ref()))
            }
        }
    }

    /// The bare RSAPublicKey.
    pub(crate) fn bare_record(&self) -> String {
        let Self::Rsa(key) = self else { panic!("only RSA keys can be bare") };
        format!("k=rsa; p={}", super::common::base64(key.public_key().as_ref()))
    }

    fn sign(&self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature).unwrap();
                signature
            }
            Self::Ed25519(key) => {
                key.sign(digest::digest(&digest::SHA256, data).as_ref()).as_ref().to_vec()
            }
        }
    }
}

/// How to sign. The tags come in the order of RFC 6376's own example.
pub(crate) struct Signer<'k> {
    pub(crate) key: &'k Key,
    pub(crate) domain: String,
    pub(crate) forms: (Canonicalization, Canonicalization),
    pub(crate) signed: String,
    /// More tags, each with its semicolon.
    pub(crate) more: String,
    pub(crate) length: Option<usize>,
}

impl<'k> Signer<'k> {
    pub(crate) fn new(key: &'k Key) -> Self {
        let relaxed = Canonicalization::Relaxed;
        Self {
            key,
            domain: "shop.test".to_owned(),
            forms: (relaxed, relaxed),
            signed: "from:to:subject:date:message-id".to_owned(),
            more: String::new(),
            length: None,
        }
    }

    pub(crate) fn forms(self, header: Canonicalization, body: Canonicalization) -> Self {
        Self { forms: (header, body), ..self }
    }

    pub(crate) fn domain(self, domain: &str) -> Self {
        Self { domain: domain.to_owned(), ..self }
    }

    pub(crate) fn signed(self, names: &str) -> Self {
        Self { signed: names.to_owned(), ..self }
    }

    pub(crate) fn more(self, tags: &str) -> Self {
        Self { more: tags.to_owned(), ..self }
    }

    pub(crate) fn length(self, length: usize) -> Self {
        Self { length: Some(length), more: format!("{} l={length};", self.more), ..self }
    }

    /// The message, with a DKIM-Signature on top. Its lines end in CRLF.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let end = message.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let (header, body) = (&message[..end + 2], &message[end + 4..]);
        let mut body = canonical_body(body, self.forms.1);
        body.truncate(self.length.unwrap_or(usize::MAX));
        let form = |form| if form == Canonicalization::Simple { "simple" } else { "relaxed" };
        let own = format!(
            "DKIM-Signature: v=1; a={}; c={}/{}; d={}; s=s1;\r\n\th={};{}\r\n\tbh={};\r\n\tb=",
            self.key.algorithm(),
            form(self.forms.0),
            form(self.forms.1),
            self.domain,
            self.signed,
            self.more,
            super::common::base64(digest::digest(&digest::SHA256, &body).as_ref()),
        );
        let mut fields = fields(header);
        let mut data = Vec::new();
        for name in self.signed.split(':').map(str::trim) {
            let at = fields.iter().rposition(|field| {
                let colon = field.iter().position(|byte| *byte == b':').unwrap();
                field[..colon].trim_ascii().eq_ignore_ascii_case(name.as_bytes())
            });
            if let Some(at) = at {
                data.extend(canonical_field(&fields.remove(at), self.forms.0).unwrap());
            }
        }
        data.extend(canonical_field(own.as_bytes(), self.forms.0).unwrap());
        data.truncate(data.len() - 2);
        let signature = super::common::base64(&self.key.sign(&data));
        let folded: Vec<&[u8]> = signature.as_bytes().chunks(70).collect();
        let folded = folded.join(&b"\r\n\t "[..]);
        [own.as_bytes(), &folded, b"\r\n", message].concat()
    }
}

fn fields(header: &[u8]) -> Vec<Vec<u8>> {
    let mut fields: Vec<Vec<u8>> = Vec::new();
    let mut rest = header;
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        let line = &rest[..at];
        match fields.last_mut() {
            Some(field) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                field.extend(b"\r\n");
                field.extend(line);
            }
            _ => fields.push(line.to_vec()),
        }
        rest = &rest[at + 2..];
    }
    fields
}
