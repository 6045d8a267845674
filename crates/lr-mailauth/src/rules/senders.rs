//! Rules about who may send.

use lr_core::{Rule, Severity};

/// Only approved providers may send.
pub static SENDER_APPROVED: Rule = Rule::new("mailauth/sender-approved", Severity::Medium)
    .says("only approved providers may send", "a provider that is not approved may send")
    .because("whoever has an account there may be able to send in the domain's name, and nobody watches it")
    .fix("remove its term from SPF and its aliases below `_domainkey`, or approve it")
    .see(&[("RFC 7208, section 11.4", "https://www.rfc-editor.org/rfc/rfc7208#section-11.4")]);

/// Every sender is known.
pub static SENDER_KNOWN: Rule = Rule::new("mailauth/sender-known", Severity::Low)
    .says("every sender is known", "a sender has no known owner")
    .because("nobody can say who may send in the domain's name")
    .fix("find out who it belongs to; then approve it by its name or address range, or remove it")
    .see(&[("RFC 7208, section 11.4", "https://www.rfc-editor.org/rfc/rfc7208#section-11.4")]);

/// Every approved provider may send.
pub static SENDER_PRESENT: Rule = Rule::new("mailauth/sender-present", Severity::Medium)
    .says("every approved provider may send", "an approved provider may not send")
    .because("mail that is sent through it fails SPF, and DKIM if its key is not published either")
    .fix("add the include that the provider documents, or publish its keys")
    .see(&[("RFC 7208, section 5.2", "https://www.rfc-editor.org/rfc/rfc7208#section-5.2")]);
