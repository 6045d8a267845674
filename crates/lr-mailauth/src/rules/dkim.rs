//! Rules about DKIM keys (RFC 6376, RFC 8301, RFC 8463).

use lr_core::{Rule, Severity};

/// The domain publishes DKIM keys. Weighs [`Severity::High`] where the domain is known to sign: a
/// selector is given, or the policy expects it.
pub static DKIM_PRESENT: Rule = Rule::new("mailauth/dkim-present", Severity::Low)
    .says("the domain publishes DKIM keys", "the domain publishes no DKIM key")
    .because("its mail cannot be signed in its own name: forwarded mail fails DMARC, and large mailbox providers ask bulk senders for signatures")
    .fix("switch on DKIM at every sender and publish the keys they give")
    .see(&[("RFC 6376, section 3.6", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6"), ("Google: email sender guidelines", "https://support.google.com/a/answer/81126")]);

/// There is a key at every given selector.
pub static DKIM_GIVEN_SELECTOR: Rule = Rule::new("mailauth/dkim-given-selector", Severity::High)
    .says("there is a key at every given selector", "there is no key at a given selector")
    .because("mail that is signed with this selector fails DKIM")
    .fix("publish the key that the sender gives for this selector")
    .see(&[("RFC 6376, section 3.6.2", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.2")]);

/// The selectors in use are known.
pub static DKIM_SELECTOR_KNOWN: Rule = Rule::new("mailauth/dkim-selector-known", Severity::Info)
    .says("the selectors in use are known", "the selectors in use are not known")
    .because("something is published below `_domainkey`, but at none of the usual names, so no key could be looked at")
    .fix("name the selectors; they stand after `s=` in the DKIM-Signature of any mail that was sent")
    .see(&[("RFC 8020", "https://www.rfc-editor.org/rfc/rfc8020"), ("RFC 6376, section 3.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.1")]);

/// Every alias for a key leads somewhere.
pub static DKIM_ALIAS: Rule = Rule::new("mailauth/dkim-alias", Severity::High)
    .says("every alias for a key leads somewhere", "an alias for a key leads nowhere")
    .because("mail signed with this selector fails, and whoever gets the missing name can sign as the domain")
    .fix("remove the CNAME, or finish the set-up at the provider")
    .see(&[("RFC 6376, section 3.6.2", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.2"), ("RFC 1034, section 3.6.2", "https://www.rfc-editor.org/rfc/rfc1034#section-3.6.2")]);

/// There is one key at a selector.
pub static DKIM_SINGLE: Rule = Rule::new("mailauth/dkim-single", Severity::Medium)
    .says("there is one key at a selector", "there are several keys at one selector")
    .because("which of them a verifier takes is chance, so that signatures fail at random")
    .fix("leave one record; put the other key at a selector of its own")
    .see(&[(
        "RFC 6376, section 3.6.2.2",
        "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.2.2",
    )]);

/// Key records are in the grammar.
pub static DKIM_SYNTAX: Rule = Rule::new("mailauth/dkim-syntax", Severity::High)
    .says("key records are in the grammar", "a key record has a syntax error")
    .because("verifiers cannot read the key: signatures fail")
    .fix("write `name=value` pairs with semicolons between")
    .see(&[("RFC 6376, section 3.2", "https://www.rfc-editor.org/rfc/rfc6376#section-3.2")]);

/// Key records are of the version DKIM1.
pub static DKIM_VERSION: Rule = Rule::new("mailauth/dkim-version", Severity::High)
    .says("key records are of the version DKIM1", "a key record is of another version")
    .because("verifiers discard the record: signatures fail")
    .fix("write `v=DKIM1`")
    .see(&[("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1")]);

/// The version is the first tag of a key record.
pub static DKIM_VERSION_FIRST: Rule = Rule::new("mailauth/dkim-version-first", Severity::High)
    .says(
        "the version is the first tag of a key record",
        "the version is not the first tag of a key record",
    )
    .because("verifiers discard the record: signatures fail")
    .fix("move `v=DKIM1` to the front")
    .see(&[("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1")]);

/// Key records name their version.
pub static DKIM_VERSION_GIVEN: Rule = Rule::new("mailauth/dkim-version-given", Severity::Info)
    .says("key records name their version", "a key record does not name its version")
    .because("that is allowed; the version is recommended")
    .fix("begin the record with `v=DKIM1;`")
    .see(&[("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1")]);

/// Every key can be read.
pub static DKIM_KEY: Rule = Rule::new("mailauth/dkim-key", Severity::High)
    .says("every key can be read", "a key cannot be read")
    .because("verifiers cannot use it: signatures fail")
    .fix("publish the key again, whole and without line breaks, quotation marks or frames")
    .see(&[
        ("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1"),
        ("RFC 8463, section 4", "https://www.rfc-editor.org/rfc/rfc8463#section-4"),
    ]);

/// Every RSA key is long enough to be accepted.
pub static DKIM_KEY_LENGTH: Rule = Rule::new("mailauth/dkim-key-length", Severity::High)
    .says("every RSA key is long enough to be accepted", "an RSA key is too short to be accepted")
    .because("receivers must not accept signatures by RSA keys of less than 1024 bits")
    .fix("make a key of 2048 bits")
    .see(&[("RFC 8301, section 3.2", "https://www.rfc-editor.org/rfc/rfc8301#section-3.2")]);

/// Every RSA key has the recommended length.
pub static DKIM_KEY_STRENGTH: Rule = Rule::new("mailauth/dkim-key-strength", Severity::Low)
    .says("every RSA key has the recommended length", "an RSA key is shorter than recommended")
    .because("keys of 1024 bits can be broken by those with means")
    .fix("make a key of 2048 bits at the next rotation")
    .see(&[("RFC 8301, section 3.2", "https://www.rfc-editor.org/rfc/rfc8301#section-3.2")]);

/// No key in use has been revoked.
pub static DKIM_REVOKED: Rule = Rule::new("mailauth/dkim-revoked", Severity::Medium)
    .says("no key in use has been revoked", "a key in use has been revoked")
    .because("mail signed with this selector fails")
    .fix("publish the key again, or sign with another selector")
    .see(&[("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1")]);

/// There is a key that every receiver can use.
pub static DKIM_ALGORITHM: Rule = Rule::new("mailauth/dkim-algorithm", Severity::Medium)
    .says(
        "there is a key that every receiver can use",
        "all keys are of a kind that many receivers cannot use",
    )
    .because("large mailbox providers do not verify Ed25519 yet: to them the mail is unsigned")
    .fix("sign with an RSA key as well")
    .see(&[("RFC 8463, section 5", "https://www.rfc-editor.org/rfc/rfc8463#section-5")]);

/// Each selector has a key of its own.
pub static DKIM_DISTINCT: Rule = Rule::new("mailauth/dkim-distinct-keys", Severity::Info)
    .says("each selector has a key of its own", "the same key stands at several selectors")
    .because("a rotation from one to the other changes nothing: who has the old key signs on")
    .fix("make a new key for the selector that comes next, and withdraw the other")
    .see(&[("RFC 6376, section 3.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.1")]);

/// Every key may be used with SHA-256.
pub static DKIM_HASH: Rule = Rule::new("mailauth/dkim-hash", Severity::High)
    .says("every key may be used with SHA-256", "a key may be used with SHA-1 alone")
    .because("receivers must not accept SHA-1: signatures fail")
    .fix("remove `h=`, or add `sha256` to it")
    .see(&[("RFC 8301, section 3.1", "https://www.rfc-editor.org/rfc/rfc8301#section-3.1")]);

/// Every key in use is for mail.
pub static DKIM_SERVICE: Rule = Rule::new("mailauth/dkim-service", Severity::High)
    .says("every key in use is for mail", "a key is not for mail")
    .because("verifiers ignore it: signatures fail")
    .fix("remove `s=`, or write `s=email`")
    .see(&[("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1")]);

/// No key is marked as a test.
pub static DKIM_TESTING: Rule = Rule::new("mailauth/dkim-testing", Severity::Medium)
    .says("no key is marked as a test", "a key is marked as a test")
    .because("`t=y` tells receivers to treat the mail as if it were not signed")
    .fix("remove the `y` from `t=`")
    .see(&[("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1")]);

/// RSA keys are wrapped in the usual way.
pub static DKIM_KEY_FORMAT: Rule = Rule::new("mailauth/dkim-key-format", Severity::Info)
    .says("RSA keys are wrapped in the usual way", "an RSA key is wrapped in an unusual way")
    .because("some verifiers read only SubjectPublicKeyInfo")
    .fix("publish the key as SubjectPublicKeyInfo, as `openssl rsa -pubout` writes it")
    .see(&[
        ("RFC 6376, section 3.6.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1"),
        ("RFC 8017, section A.1.1", "https://www.rfc-editor.org/rfc/rfc8017#section-A.1.1"),
    ]);

/// Only real selectors have an answer.
pub static DKIM_WILDCARD: Rule = Rule::new("mailauth/dkim-wildcard", Severity::Medium)
    .says("only real selectors have an answer", "every selector has the same answer")
    .because("a wildcard answers for selectors that do not exist, so that missing keys look like broken ones")
    .fix("remove the wildcard TXT record below `_domainkey`")
    .see(&[("RFC 6376, section 3.6.2.1", "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.2.1"), ("RFC 4592, section 2", "https://www.rfc-editor.org/rfc/rfc4592#section-2")]);
