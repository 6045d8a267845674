//! Rules about BIMI.

use lr_core::{Rule, Severity};

/// The BIMI record can be read.
pub static BIMI_RECORD: Rule = Rule::new("mailauth/bimi-record", Severity::Low)
    .says("the BIMI record can be read", "the BIMI record cannot be read")
    .because("mailbox providers show no logo")
    .fix("publish one record, `v=BIMI1; l=https://HOST/LOGO.svg; a=https://HOST/CERTIFICATE.pem;`")
    .see(&[(
        "draft-brand-indicators-for-message-identification",
        "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
    )]);

/// The addresses in the BIMI record can be used.
pub static BIMI_URIS: Rule = Rule::new("mailauth/bimi-uris", Severity::Medium)
    .says(
        "the addresses in the BIMI record can be used",
        "an address in the BIMI record cannot be used",
    )
    .because("mailbox providers show no logo")
    .fix("use `https:` addresses")
    .see(&[(
        "draft-brand-indicators-for-message-identification",
        "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
    )]);

/// A domain with a logo enforces DMARC.
pub static BIMI_DMARC: Rule = Rule::new("mailauth/bimi-dmarc", Severity::Medium)
    .says("a domain with a logo enforces DMARC", "a logo is published, but DMARC is not enforced")
    .because("mailbox providers show no logo for a domain that others can send as")
    .fix("set the DMARC policy to quarantine or reject, for subdomains too")
    .see(&[(
        "draft-brand-indicators-for-message-identification",
        "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
    )]);

/// The logo has a certificate.
pub static BIMI_CERTIFICATE: Rule = Rule::new("mailauth/bimi-certificate", Severity::Info)
    .says("the logo has a certificate", "the logo has no certificate")
    .because("the largest mailbox providers show no logo without one")
    .fix("get a mark certificate (VMC or CMC) and name it with `a=`")
    .see(&[
        (
            "draft-brand-indicators-for-message-identification",
            "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
        ),
        ("Google: set up BIMI", "https://support.google.com/a/answer/10911320"),
    ]);
