//! A profile, rule by rule.

use lr_core::{Rule, Severity};

/// Versions are those of the profile.
pub static PROFILE_VERSIONS: Rule = Rule::new("tls/profile-versions", Severity::Low)
    .says("versions are as the profile asks", "versions are not as the profile asks")
    .because("the server is open to attacks that the profile excludes, or shuts out clients that it includes")
    .fix("copy the protocols from Mozilla's generator for this profile")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS")]);

/// Suites are those of the profile.
pub static PROFILE_SUITES: Rule = Rule::new("tls/profile-suites", Severity::Low)
    .says("cipher suites are as the profile asks", "cipher suites are not as the profile asks")
    .because("the server takes suites that the profile excludes")
    .fix("copy the ciphers from Mozilla's generator for this profile")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS")]);

/// Groups are those of the profile.
pub static PROFILE_GROUPS: Rule = Rule::new("tls/profile-groups", Severity::Low)
    .says(
        "key exchange groups are as the profile asks",
        "key exchange groups are not as the profile asks",
    )
    .because("the server takes groups that the profile excludes, or lacks the ones it prefers")
    .fix("copy the curves from Mozilla's generator for this profile")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS")]);

/// Key, signature and lifetime are those of the profile.
pub static PROFILE_CERTIFICATE: Rule = Rule::new("tls/profile-certificate", Severity::Low)
    .says("the certificate is as the profile asks", "the certificate is not as the profile asks")
    .because("key, signature or lifetime differ from what the profile asks for")
    .fix("request a certificate with a key and a lifetime of the profile")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS")]);

/// max-age is that of the profile or longer.
pub static PROFILE_HSTS: Rule = Rule::new("tls/profile-hsts", Severity::Low)
    .says("HSTS is as the profile asks", "HSTS is not as the profile asks")
    .because("browsers forget earlier than the profile asks that the site is for HTTPS alone")
    .fix("send `Strict-Transport-Security: max-age=63072000`")
    .see(&[
        ("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS"),
        ("RFC 6797, section 6.1.1", "https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1"),
    ]);
