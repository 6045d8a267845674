//! Rules about what large mailbox providers demand of bulk senders.

use lr_core::{Rule, Severity};

/// A bulk sender has SPF, DKIM and DMARC.
pub static BULK_AUTHENTICATION: Rule = Rule::new("mailauth/bulk-authentication", Severity::High)
    .says("a bulk sender has SPF, DKIM and DMARC", "a bulk sender lacks SPF, DKIM or DMARC")
    .because("Google, Yahoo and Microsoft refuse the mail of those who send more than 5000 messages a day without all three")
    .fix("publish what is missing, and let the From domain agree with SPF or DKIM")
    .see(&[("Google: email sender guidelines", "https://support.google.com/a/answer/81126"), ("Yahoo: sender best practices", "https://senders.yahooinc.com/best-practices/")]);

/// Sending addresses have names that lead back to them.
pub static BULK_REVERSE_DNS: Rule = Rule::new("mailauth/bulk-reverse-dns", Severity::High)
    .says(
        "sending addresses have names that lead back to them",
        "a sending address has no name that leads back to it",
    )
    .because(
        "large mailbox providers refuse mail from addresses without valid forward and reverse DNS",
    )
    .fix("let the owner of the address set its PTR record, to a name with that address")
    .see(&[
        ("Google: email sender guidelines", "https://support.google.com/a/answer/81126"),
        ("RFC 7208, section 5.5", "https://www.rfc-editor.org/rfc/rfc7208#section-5.5"),
    ]);
