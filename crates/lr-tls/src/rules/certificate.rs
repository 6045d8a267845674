//! The certificate beyond its chain and dates, and what others say of it.

use lr_core::{Rule, Severity};

/// No superfluous certificate is sent.
pub static CHAIN_LEAN: Rule = Rule::new("tls/chain-lean", Severity::Info)
    .says("nothing is sent that no client needs", "certificates are sent that no client needs")
    .because("every handshake is longer than it need be, and an expired certificate beside a valid path makes old clients fail")
    .fix("send the end entity's certificate and the intermediates of one path, without the root")
    .see(&[("RFC 8446, section 4.4.2", "https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2")]);

/// Addresses serve the same certificate.
pub static SAME_CERTIFICATE: Rule = Rule::new("tls/same-certificate", Severity::Low)
    .says("all addresses serve the same certificate", "addresses serve different certificates")
    .because("one of the servers was forgotten when the certificate was renewed or changed")
    .fix("deploy the same certificate everywhere, and watch every address")
    .see(&[("RFC 9525, section 6", "https://www.rfc-editor.org/rfc/rfc9525#section-6")]);

/// Certificates follow RFC 5280 and the profile of the Baseline Requirements.
pub static FORM: Rule = Rule::new("tls/certificate-form", Severity::Medium)
    .says("the certificates are well-formed", "a certificate is not well-formed")
    .because("clients differ in what they let pass: some refuse it, and updates make them stricter")
    .fix("get a certificate from an authority that follows the profile; for one's own authority mend its configuration")
    .see(&[("RFC 5280, section 4.2", "https://www.rfc-editor.org/rfc/rfc5280#section-4.2"), ("CA/B Forum Baseline Requirements", "https://cabforum.org/working-groups/server/baseline-requirements/requirements/")]);

/// There are enough SCTs.
pub static TIMESTAMPS: Rule = Rule::new("tls/timestamps", Severity::High)
    .says("the certificate is logged publicly", "the certificate has too few log timestamps")
    .because(
        "Chrome and Safari refuse public certificates that are not in enough transparency logs",
    )
    .fix("get a certificate from an authority that logs it, as all public ones do by default")
    .see(&[
        (
            "Chrome's CT policy",
            "https://googlechrome.github.io/CertificateTransparency/ct_policy.html",
        ),
        ("Apple's CT policy", "https://support.apple.com/en-us/103214"),
        ("RFC 6962, section 3.3", "https://www.rfc-editor.org/rfc/rfc6962#section-3.3"),
    ]);

/// A must-staple certificate comes with a staple.
pub static MUST_STAPLE: Rule = Rule::new("tls/must-staple", Severity::High)
    .says(
        "a certificate that demands a staple comes with one",
        "the certificate demands a staple that is not sent",
    )
    .because("Firefox and other clients refuse the connection")
    .fix("switch OCSP stapling on, or request a certificate without the must-staple extension")
    .see(&[("RFC 7633, section 4", "https://www.rfc-editor.org/rfc/rfc7633#section-4")]);

/// A stapled OCSP response is good.
pub static STAPLE: Rule = Rule::new("tls/staple", Severity::High)
    .says("the stapled response is good", "the stapled response is not good")
    .because("clients that read it refuse the connection: a bad staple is worse than none")
    .fix(
        "renew a revoked certificate; let the server fetch fresh responses, or switch stapling off",
    )
    .see(&[
        ("RFC 6960, section 3.2", "https://www.rfc-editor.org/rfc/rfc6960#section-3.2"),
        ("RFC 6066, section 8", "https://www.rfc-editor.org/rfc/rfc6066#section-8"),
    ]);

/// The certificate is not on its revocation list.
pub static NOT_REVOKED: Rule = Rule::new("tls/not-revoked", Severity::Critical)
    .says("the certificate is not revoked", "the certificate is revoked")
    .because("browsers show a full-page warning instead of the site")
    .fix("request a new certificate with a new key, and find out why the old one was revoked")
    .see(&[("RFC 5280, section 6.3", "https://www.rfc-editor.org/rfc/rfc5280#section-6.3")]);

/// There is a source for revocation.
pub static REVOCABLE: Rule = Rule::new("tls/revocable", Severity::Low)
    .says(
        "the certificate says where its revocation is published",
        "nobody can tell whether the certificate is revoked",
    )
    .because("if the key is lost, clients cannot be told")
    .fix("get a certificate from an authority that publishes revocation lists, as public ones must")
    .see(&[
        (
            "CA/B Forum Baseline Requirements",
            "https://cabforum.org/working-groups/server/baseline-requirements/requirements/",
        ),
        ("RFC 5280, section 4.2.1.13", "https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13"),
    ]);

/// The key is not one whose private part is published.
pub static KNOWN_KEY: Rule = Rule::new("tls/known-key", Severity::Critical)
    .says("the private key is not publicly known", "the private key is publicly known")
    .because("anybody can pose as the site: the private key is on the internet, or can be computed")
    .fix("make a new key and a certificate for it, and have the old one revoked")
    .see(&[
        (
            "CA/B Forum Baseline Requirements",
            "https://cabforum.org/working-groups/server/baseline-requirements/requirements/",
        ),
        ("RFC 9500", "https://www.rfc-editor.org/rfc/rfc9500"),
    ]);

/// One verdict on how the certificate is renewed.
pub static RENEWAL: Rule = Rule::new("tls/renewal", Severity::Medium)
    .says("renewal is automated", "renewal is not automated, or it is overdue")
    .because("certificates live shorter every year: who renews by hand will one day be late")
    .fix("use an ACME client, and one that asks for renewal information (ARI)")
    .see(&[("RFC 9773, section 4.2", "https://www.rfc-editor.org/rfc/rfc9773#section-4.2"), ("RFC 8555", "https://www.rfc-editor.org/rfc/rfc8555"), ("CA/B ballot SC-081v3", "https://cabforum.org/2025/04/11/ballot-sc081v3-introduce-schedule-of-reducing-validity-and-data-reuse-periods/")]);

/// CAA allows the issuer of the certificate.
pub static CAA_ISSUER: Rule = Rule::new("tls/caa-issuer", Severity::High)
    .says("CAA records allow the authority in use", "CAA records forbid the authority in use")
    .because("the next renewal will fail, and the site goes down when the certificate expires")
    .fix("add the authority to the CAA records, or change the authority before the next renewal")
    .see(&[("RFC 8659, section 4.2", "https://www.rfc-editor.org/rfc/rfc8659#section-4.2")]);

/// One TLSA record matches.
pub static TLSA: Rule = Rule::new("tls/tlsa", Severity::High)
    .says("TLSA records match the certificate", "no TLSA record matches the certificate")
    .because("mail servers and others that check DANE refuse to deliver")
    .fix("publish the new key's TLSA record before the certificate is changed, and remove the old one after")
    .see(&[("RFC 6698, section 2.1", "https://www.rfc-editor.org/rfc/rfc6698#section-2.1"), ("RFC 7671, section 8", "https://www.rfc-editor.org/rfc/rfc7671#section-8")]);
