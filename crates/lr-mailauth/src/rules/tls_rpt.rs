//! Rules about TLS-RPT (RFC 8460).

use lr_core::{Rule, Severity};

/// Who demands encrypted mail asks for reports.
pub static TLSRPT_PRESENT: Rule = Rule::new("mailauth/tlsrpt-present", Severity::Low)
    .says(
        "who demands encrypted mail asks for reports",
        "encrypted mail is demanded, but no reports are asked for",
    )
    .because("mail that is not delivered for want of encryption goes unnoticed")
    .fix("publish `v=TLSRPTv1; rua=mailto:ADDRESS` as TXT at `_smtp._tls`")
    .see(&[("RFC 8460, section 3", "https://www.rfc-editor.org/rfc/rfc8460#section-3")]);

/// There is at most one TLS-RPT record.
pub static TLSRPT_SINGLE: Rule = Rule::new("mailauth/tlsrpt-single", Severity::Medium)
    .says("there is at most one TLS-RPT record", "there are several TLS-RPT records")
    .because("senders act as if there were none, and send no reports")
    .fix("merge them into one, with commas between the addresses")
    .see(&[("RFC 8460, section 3", "https://www.rfc-editor.org/rfc/rfc8460#section-3")]);

/// The TLS-RPT record begins with its version.
pub static TLSRPT_VERSION: Rule = Rule::new("mailauth/tlsrpt-version", Severity::Medium)
    .says(
        "the TLS-RPT record begins with its version",
        "the TLS-RPT record does not begin with `v=TLSRPTv1`",
    )
    .because("senders do not take it for a TLS-RPT record")
    .fix("begin the record with exactly `v=TLSRPTv1;`")
    .see(&[("RFC 8460, section 3", "https://www.rfc-editor.org/rfc/rfc8460#section-3")]);

/// The TLS-RPT record is in the grammar.
pub static TLSRPT_SYNTAX: Rule = Rule::new("mailauth/tlsrpt-syntax", Severity::Medium)
    .says("the TLS-RPT record is in the grammar", "the TLS-RPT record has a syntax error")
    .because("senders send no reports")
    .fix("write `v=TLSRPTv1; rua=mailto:ADDRESS`")
    .see(&[("RFC 8460, section 3", "https://www.rfc-editor.org/rfc/rfc8460#section-3")]);

/// Every TLS-RPT address can be used.
pub static TLSRPT_URIS: Rule = Rule::new("mailauth/tlsrpt-uris", Severity::Medium)
    .says("every TLS-RPT address can be used", "a TLS-RPT address cannot be used")
    .because("reports do not arrive")
    .fix("write each address as a `mailto:` or `https:` URI, with commas between")
    .see(&[("RFC 8460, section 3", "https://www.rfc-editor.org/rfc/rfc8460#section-3")]);
