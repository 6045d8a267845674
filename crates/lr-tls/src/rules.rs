//! The catalogue: every rule that this crate decides.

mod certificate;
mod profile;
mod protocol;

use lr_core::{Rule, Severity};

pub use self::certificate::{
    CAA_ISSUER, CHAIN_LEAN, FORM, KNOWN_KEY, MUST_STAPLE, NOT_REVOKED, RENEWAL, REVOCABLE,
    SAME_CERTIFICATE, STAPLE, TIMESTAMPS, TLSA,
};
pub use self::profile::{
    PROFILE_CERTIFICATE, PROFILE_DH, PROFILE_GROUPS, PROFILE_HSTS, PROFILE_LIFETIME, PROFILE_ORDER,
    PROFILE_STAPLE, PROFILE_SUITES, PROFILE_VERSIONS,
};
pub use self::protocol::{
    AEAD, ANONYMOUS, CLIENT_CERTIFICATE, COMPRESSION, DEFAULT_CERTIFICATE, DH_SIZE, EMS, EXPORT,
    FORWARD_SECRECY, HSTS, HTTP2, LARGE_HELLO, NULL, OLD_VERSIONS, POST_QUANTUM, RC4,
    RENEGOTIATION, SMALL_BLOCK, SSL, TOLERANCE,
};

const BR: (&str, &str) = (
    "CA/B Forum Baseline Requirements",
    "https://cabforum.org/working-groups/server/baseline-requirements/requirements/",
);

/// Something listens where HTTPS is expected.
pub static REACHABLE: Rule = Rule::new("tls/reachable", Severity::High)
    .says("something listens for TLS", "nothing listens for TLS")
    .because(
        "browsers try HTTPS first, and links, preload lists and HSTS lead nowhere else: visitors \
         see that the site cannot be reached",
    )
    .fix("open the port in the firewall and let the web server listen on it, on every address")
    .see(&[("RFC 9110, section 4.2.2", "https://www.rfc-editor.org/rfc/rfc9110#section-4.2.2")]);

/// A handshake with what browsers offer succeeds.
pub static HANDSHAKE: Rule = Rule::new("tls/handshake", Severity::Critical)
    .says("a TLS handshake succeeds", "no TLS handshake succeeds")
    .because("no browser can open the site: the connection fails before the first request")
    .fix(
        "switch TLS on for this port and this host name; a server that answers in plain text \
         lacks the TLS setting of its listener, one that sends an alert often lacks the name",
    )
    .see(&[("RFC 8446, section 4", "https://www.rfc-editor.org/rfc/rfc8446#section-4")]);

/// All addresses serve TLS if one does.
pub static EVERY_ADDRESS: Rule = Rule::new("tls/every-address", Severity::Medium)
    .says("IPv4 and IPv6 serve TLS alike", "an address in DNS does not serve TLS")
    .because(
        "visitors who reach the dead address wait, or fail for good where the other family is not \
         available to them",
    )
    .fix("let the server listen on both families, or remove the address from DNS")
    .see(&[("RFC 8305, section 5", "https://www.rfc-editor.org/rfc/rfc8305#section-5")]);

/// TLS 1.2 or 1.3 is offered.
pub static VERSION: Rule = Rule::new("tls/version", Severity::Critical)
    .says("TLS 1.2 or 1.3 is offered", "neither TLS 1.2 nor 1.3 is offered")
    .because("browsers have removed older versions: nobody can open the site")
    .fix("update the TLS library, and enable TLS 1.3 and 1.2 alone")
    .see(&[("RFC 8996", "https://www.rfc-editor.org/rfc/rfc8996")]);

/// TLS 1.3 is offered.
pub static VERSION_13: Rule = Rule::new("tls/version-13", Severity::Low)
    .says("TLS 1.3 is offered", "TLS 1.3 is not offered")
    .because("every connection costs a round trip more, and the certificate travels in the clear")
    .fix("enable TLS 1.3 (nginx: `ssl_protocols TLSv1.2 TLSv1.3`)")
    .see(&[
        ("RFC 9325, section 3.1.1", "https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1"),
        ("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS"),
    ]);

/// The server signs with the key of its certificate.
pub static KEY_PROOF: Rule = Rule::new("tls/key-proof", Severity::Critical)
    .says(
        "the server proves that it has the certificate's key",
        "the server's signature does not fit its certificate",
    )
    .because("every client ends the handshake")
    .fix("configure the private key that the certificate was requested with")
    .see(&[("RFC 8446, section 4.4.3", "https://www.rfc-editor.org/rfc/rfc8446#section-4.4.3")]);

/// The certificate can be read.
pub static READABLE: Rule = Rule::new("tls/certificate-readable", Severity::Critical)
    .says("the certificate can be read", "the certificate cannot be read")
    .because("every client ends the handshake")
    .fix("install the certificate again, as the authority delivered it")
    .see(&[("RFC 5280, section 4.1", "https://www.rfc-editor.org/rfc/rfc5280#section-4.1")]);

/// The chain leads to a trusted root.
pub static CHAIN_TRUSTED: Rule = Rule::new("tls/chain-trusted", Severity::Critical)
    .says("the chain leads to a trusted root", "the chain does not lead to a trusted root")
    .because("browsers show a full-page warning instead of the site")
    .fix("get a certificate from a public authority, for example by ACME, and serve that")
    .see(&[
        ("RFC 5280, section 6", "https://www.rfc-editor.org/rfc/rfc5280#section-6"),
        ("Mozilla's root program", "https://wiki.mozilla.org/CA"),
    ]);

/// No intermediate is missing.
pub static CHAIN_COMPLETE: Rule = Rule::new("tls/chain-complete", Severity::High)
    .says("the chain is sent with its intermediates", "an intermediate certificate is missing")
    .because(
        "some browsers fetch it themselves and hide the fault; curl, Java, Python, webhooks and \
         mobile apps refuse the connection",
    )
    .fix("append the issuer's certificate to the one served, for example by `fullchain.pem`")
    .see(&[("RFC 8446, section 4.4.2", "https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2")]);

/// No intermediate is out of date.
pub static CHAIN_CURRENT: Rule = Rule::new("tls/chain-current", Severity::Critical)
    .says("the intermediates are within their validity", "an intermediate has expired")
    .because("clients that find no other path show a warning or refuse the connection")
    .fix("serve the chain that the authority delivers today in place of the old one")
    .see(&[("RFC 5280, section 6.1.3", "https://www.rfc-editor.org/rfc/rfc5280#section-6.1.3")]);

/// Each certificate follows the one that it issued.
pub static CHAIN_ORDER: Rule = Rule::new("tls/chain-order", Severity::Low)
    .says("the chain is sent in order", "the chain is out of order or has what does not belong")
    .because("strict and old clients fail, and every handshake is longer than it need be")
    .fix("send the end entity's certificate, then each one's issuer, each once")
    .see(&[
        ("RFC 5246, section 7.4.2", "https://www.rfc-editor.org/rfc/rfc5246#section-7.4.2"),
        ("RFC 8446, section 4.4.2", "https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2"),
    ]);

/// The certificate is for the host.
pub static NAME: Rule = Rule::new("tls/name", Severity::Critical)
    .says("the certificate is for this host name", "the certificate is for another host name")
    .because("browsers show a full-page warning instead of the site")
    .fix("request a certificate with this name among its subject alternative names")
    .see(&[("RFC 9525, section 6", "https://www.rfc-editor.org/rfc/rfc9525#section-6")]);

/// The certificate may authenticate servers.
pub static PURPOSE: Rule = Rule::new("tls/server-purpose", Severity::Critical)
    .says("the certificate is made for servers", "the certificate is not made for servers")
    .because("browsers show a full-page warning instead of the site")
    .fix("request a server certificate (extended key usage serverAuth)")
    .see(&[(
        "RFC 5280, section 4.2.1.12",
        "https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12",
    )]);

/// The certificate has not expired.
pub static NOT_EXPIRED: Rule = Rule::new("tls/not-expired", Severity::Critical)
    .says("the certificate has not expired", "the certificate has expired")
    .because("browsers show a full-page warning instead of the site")
    .fix("renew it now, and find out why the automatic renewal did not")
    .see(&[(
        "RFC 5280, section 4.1.2.5",
        "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5",
    )]);

/// The certificate's validity has begun.
pub static ALREADY_VALID: Rule = Rule::new("tls/already-valid", Severity::Critical)
    .says("the certificate's validity has begun", "the certificate is not valid yet")
    .because("browsers show a full-page warning until then")
    .fix("serve the previous certificate until this one's time has come; check clocks")
    .see(&[(
        "RFC 5280, section 4.1.2.5",
        "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5",
    )]);

/// The certificate is not about to expire, measured by its own lifetime.
pub static RENEWED: Rule = Rule::new("tls/renewed-in-time", Severity::Medium)
    .says("the certificate is renewed in time", "the certificate is about to expire")
    .because(
        "automatic renewal replaces a certificate when a third of its life is left; less than a \
         quarter means that it fails or does not exist, and the site goes down on the last day",
    )
    .fix("renew it, and look at the renewal's log; ask the authority for the time (ARI)")
    .see(&[
        ("RFC 9773, section 4", "https://www.rfc-editor.org/rfc/rfc9773#section-4"),
        ("Let's Encrypt: when to renew", "https://letsencrypt.org/docs/integration-guide/"),
    ]);

/// A public certificate does not live longer than allowed at its issue.
pub static LIFETIME: Rule = Rule::new("tls/lifetime", Severity::High)
    .says("the certificate's lifetime is within limits", "the certificate lives too long")
    .because("browsers refuse public certificates that live longer than allowed at their issue")
    .fix("request a new certificate; ACME clients get a lifetime within limits by default")
    .see(&[
        ("CA/B ballot SC-081v3", "https://cabforum.org/2025/04/11/ballot-sc081v3-introduce-schedule-of-reducing-validity-and-data-reuse-periods/"),
        BR,
    ]);

/// The keys of the chain are strong enough.
pub static KEY_STRENGTH: Rule = Rule::new("tls/key-strength", Severity::High)
    .says("the keys of the chain are strong", "a key of the chain is too weak")
    .because("clients refuse it, and who breaks it can pose as the site")
    .fix("make a new key (ECDSA P-256, or RSA with 2048 bits or more) and a certificate for it")
    .see(&[BR, ("RFC 9325, section 4.5", "https://www.rfc-editor.org/rfc/rfc9325#section-4.5")]);

/// No signature of the chain uses a broken hash function.
pub static SIGNATURE_STRENGTH: Rule = Rule::new("tls/signature-strength", Severity::High)
    .says(
        "the chain is signed with sound algorithms",
        "the chain is signed with a broken algorithm",
    )
    .because("clients refuse it: certificates with the same signature can be forged")
    .fix("get a certificate that is signed with SHA-256 or better, and serve its current chain")
    .see(&[("RFC 9155", "https://www.rfc-editor.org/rfc/rfc9155"), BR]);

/// Every rule of this crate.
pub static RULES: &[&Rule] = &[
    &REACHABLE,
    &HANDSHAKE,
    &EVERY_ADDRESS,
    &VERSION,
    &VERSION_13,
    &KEY_PROOF,
    &READABLE,
    &CHAIN_TRUSTED,
    &CHAIN_COMPLETE,
    &CHAIN_CURRENT,
    &CHAIN_ORDER,
    &NAME,
    &PURPOSE,
    &NOT_EXPIRED,
    &ALREADY_VALID,
    &RENEWED,
    &LIFETIME,
    &KEY_STRENGTH,
    &SIGNATURE_STRENGTH,
    &CHAIN_LEAN,
    &SAME_CERTIFICATE,
    &FORM,
    &TIMESTAMPS,
    &MUST_STAPLE,
    &STAPLE,
    &NOT_REVOKED,
    &REVOCABLE,
    &KNOWN_KEY,
    &RENEWAL,
    &CAA_ISSUER,
    &TLSA,
    &SSL,
    &OLD_VERSIONS,
    &TOLERANCE,
    &LARGE_HELLO,
    &NULL,
    &ANONYMOUS,
    &EXPORT,
    &RC4,
    &SMALL_BLOCK,
    &FORWARD_SECRECY,
    &AEAD,
    &DH_SIZE,
    &COMPRESSION,
    &RENEGOTIATION,
    &EMS,
    &CLIENT_CERTIFICATE,
    &HTTP2,
    &HSTS,
    &DEFAULT_CERTIFICATE,
    &POST_QUANTUM,
    &PROFILE_VERSIONS,
    &PROFILE_SUITES,
    &PROFILE_ORDER,
    &PROFILE_GROUPS,
    &PROFILE_DH,
    &PROFILE_CERTIFICATE,
    &PROFILE_LIFETIME,
    &PROFILE_STAPLE,
    &PROFILE_HSTS,
];
