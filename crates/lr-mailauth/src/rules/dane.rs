//! Rules about DANE for SMTP (RFC 7672).

use lr_core::{Rule, Severity};

/// TLSA records of mail hosts are protected by DNSSEC.
pub static DANE_DNSSEC: Rule = Rule::new("mailauth/dane-dnssec", Severity::Low)
    .says(
        "TLSA records of mail hosts are protected by DNSSEC",
        "TLSA records of a mail host are not protected by DNSSEC",
    )
    .because("senders ignore them: they protect nothing")
    .fix("sign the zone of the mail host, or remove the records")
    .see(&[("RFC 7672, section 2.2", "https://www.rfc-editor.org/rfc/rfc7672#section-2.2")]);

/// TLSA records of mail hosts can be used.
pub static DANE_USAGE: Rule = Rule::new("mailauth/dane-usage", Severity::Medium)
    .says("TLSA records of mail hosts can be used", "a TLSA record of a mail host cannot be used")
    .because("senders ignore the record; if they can use none, encryption is not verified")
    .fix("publish `3 1 1` with the SHA-256 of the host's key, or `2 1 1` with that of its CA")
    .see(&[("RFC 7672, section 3.1", "https://www.rfc-editor.org/rfc/rfc7672#section-3.1")]);
