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

/// The order of suites is whose the profile says.
pub static PROFILE_ORDER: Rule = Rule::new("tls/profile-order", Severity::Info)
    .says(
        "the order of suites is whose the profile says",
        "the order of suites is not whose the profile says",
    )
    .because(
        "all suites of the profile are strong, and clients know best which they compute fast: \
         phones without AES instructions lose time and battery",
    )
    .fix("let the client's order count (nginx: `ssl_prefer_server_ciphers off`)")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS")]);

/// Diffie-Hellman groups have the size of the profile.
pub static PROFILE_DH: Rule = Rule::new("tls/profile-dh", Severity::Low)
    .says(
        "Diffie-Hellman groups are as large as the profile asks",
        "a Diffie-Hellman group is smaller than the profile asks",
    )
    .because("keys of smaller groups can be computed")
    .fix("remove the DHE suites, which the profile does without, or make larger parameters")
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

/// Key and signature are those of the profile.
pub static PROFILE_CERTIFICATE: Rule = Rule::new("tls/profile-certificate", Severity::Low)
    .says("the certificate is as the profile asks", "the certificate is not as the profile asks")
    .because("key or signature differ from what the profile asks for")
    .fix("request a certificate for a key of the profile: ECDSA P-256 is in all of them")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS")]);

/// The lifetime is that of the profile or shorter.
pub static PROFILE_LIFETIME: Rule = Rule::new("tls/profile-lifetime", Severity::Low)
    .says(
        "the certificate lives as long as the profile asks",
        "the certificate lives longer than the profile asks",
    )
    .because("what is replaced seldom is replaced by hand, and a stolen key is of use for longer")
    .fix("request a certificate for 90 days or less, and renew it by ACME")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS")]);

/// A staple is sent where there can be one.
pub static PROFILE_STAPLE: Rule = Rule::new("tls/profile-staple", Severity::Info)
    .says("OCSP is stapled as the profile asks", "OCSP is not stapled as the profile asks")
    .because("clients that ask the authority itself tell it who visits the site, and wait for it")
    .fix("switch OCSP stapling on (nginx: `ssl_stapling on`)")
    .see(&[
        ("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS"),
        ("RFC 6066, section 8", "https://www.rfc-editor.org/rfc/rfc6066#section-8"),
    ]);

/// max-age is that of the profile or longer.
pub static PROFILE_HSTS: Rule = Rule::new("tls/profile-hsts", Severity::Low)
    .says("HSTS is as the profile asks", "HSTS is not as the profile asks")
    .because("browsers forget earlier than the profile asks that the site is for HTTPS alone")
    .fix("send `Strict-Transport-Security: max-age=63072000`")
    .see(&[
        ("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS"),
        ("RFC 6797, section 6.1.1", "https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1"),
    ]);
