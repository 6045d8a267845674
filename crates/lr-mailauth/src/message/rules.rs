//! Rules about a received message.

use lr_core::{Rule, Severity};

const RFC_DKIM: (&str, &str) = ("RFC 6376", "https://www.rfc-editor.org/rfc/rfc6376");
const RFC_8301: (&str, &str) = ("RFC 8301", "https://www.rfc-editor.org/rfc/rfc8301");
const RFC_DMARC: (&str, &str) = ("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989");
const RFC_5322: (&str, &str) =
    ("RFC 5322, section 3.6", "https://www.rfc-editor.org/rfc/rfc5322#section-3.6");
const RFC_8058: (&str, &str) = ("RFC 8058", "https://www.rfc-editor.org/rfc/rfc8058");
const GOOGLE: (&str, &str) =
    ("Google: email sender guidelines", "https://support.google.com/a/answer/81126");

/// The message can be looked at as a whole.
pub static MESSAGE_SIZE: Rule = Rule::new("mailauth/message-size", Severity::Medium)
    .says("the message is of a size that receivers take", "the message is too large")
    .because("receivers refuse it, and its signatures cannot be judged")
    .fix("send links instead of attachments, and look for a loop that adds header fields")
    .see(&[(
        "RFC 5321, section 4.5.3.1",
        "https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1",
    )]);

/// The message says in one way who it is from.
pub static MESSAGE_FROM: Rule = Rule::new("mailauth/message-from", Severity::High)
    .says("one From field names the sender's domain", "the From field is not usable")
    .because("DMARC cannot be applied, and most receivers refuse such a message: what people see need not be what was checked")
    .fix("send one From field with one address")
    .see(&[RFC_5322, RFC_DMARC]);

/// The header fields that must be there are, once.
pub static MESSAGE_HEADER_FIELDS: Rule =
    Rule::new("mailauth/message-header-fields", Severity::Medium)
        .says(
            "the header fields that must be there are there once",
            "a header field is missing or repeated",
        )
        .because("large mailbox providers refuse messages that are not as RFC 5322 says")
        .fix("set Date and Message-ID, and each other field once, before the message is signed")
        .see(&[RFC_5322, GOOGLE]);

/// The envelope is known.
pub static MESSAGE_ENVELOPE: Rule = Rule::new("mailauth/message-envelope", Severity::Info)
    .says("the envelope of the message is known", "the envelope is assumed from the message")
    .because(
        "SPF is judged for a host and a sender that anybody could have written into the header",
    )
    .fix("give the address, HELO and MAIL FROM that the receiving host has in its log")
    .see(&[("RFC 7208, section 2.4", "https://www.rfc-editor.org/rfc/rfc7208#section-2.4")]);

/// The message is signed.
pub static MESSAGE_DKIM_SIGNED: Rule =
    Rule::new("mailauth/message-dkim-signed", Severity::Medium)
        .says("the message is signed", "the message is not signed")
        .because("it fails DMARC as soon as it is forwarded, and large mailbox providers ask bulk senders for signatures")
        .fix("switch on DKIM where the message is sent")
        .see(&[RFC_DKIM, GOOGLE]);

/// Every signature can be read.
pub static MESSAGE_DKIM_SYNTAX: Rule = Rule::new("mailauth/message-dkim-syntax", Severity::High)
    .says("every signature is as verifiers want it", "a signature is not as verifiers want it")
    .because("no verifier accepts the signature, whatever the key")
    .fix("mend the configuration of the signer, or update it")
    .see(&[("RFC 6376, section 3.5", "https://www.rfc-editor.org/rfc/rfc6376#section-3.5")]);

/// No signature is made with SHA-1.
pub static MESSAGE_DKIM_SHA256: Rule = Rule::new("mailauth/message-dkim-sha256", Severity::High)
    .says("signatures are made with SHA-256", "a signature is made with SHA-1")
    .because("receivers must not accept it: the message counts as unsigned")
    .fix("sign with rsa-sha256")
    .see(&[RFC_8301]);

/// Every signature covers From.
pub static MESSAGE_DKIM_FROM: Rule = Rule::new("mailauth/message-dkim-from", Severity::High)
    .says("every signature covers the From field", "a signature does not cover the From field")
    .because("no verifier accepts the signature: the sender's name could be anyone's")
    .fix("add From to the signed fields")
    .see(&[("RFC 6376, section 5.4", "https://www.rfc-editor.org/rfc/rfc6376#section-5.4")]);

/// Every signature has a key that may be used.
pub static MESSAGE_DKIM_KEY: Rule = Rule::new("mailauth/message-dkim-key", Severity::High)
    .says("every signature has a key that fits", "a signature has no key that fits")
    .because("the signature cannot be verified: the message counts as unsigned")
    .fix("publish the key of the signer at the selector that it uses")
    .see(&[("RFC 6376, section 6.1.2", "https://www.rfc-editor.org/rfc/rfc6376#section-6.1.2")]);

/// Every key is long enough to be accepted.
pub static MESSAGE_DKIM_KEY_LENGTH: Rule =
    Rule::new("mailauth/message-dkim-key-length", Severity::High)
        .says("keys are long enough to be accepted", "a key is too short to be accepted")
        .because("receivers must not accept the signature: the message counts as unsigned")
        .fix("sign with a key of 2048 bits")
        .see(&[RFC_8301]);

/// Every key has the recommended length.
pub static MESSAGE_DKIM_KEY_STRENGTH: Rule =
    Rule::new("mailauth/message-dkim-key-strength", Severity::Low)
        .says("keys have the recommended length", "a key is shorter than recommended")
        .because("keys of 1024 bits can be broken with effort, and some receivers rate them down")
        .fix("sign with a key of 2048 bits")
        .see(&[RFC_8301]);

/// There is one key at each selector.
pub static MESSAGE_DKIM_KEY_SINGLE: Rule =
    Rule::new("mailauth/message-dkim-key-single", Severity::Medium)
        .says("there is one key at each selector", "there are several keys at a selector")
        .because("which of them a verifier takes is chance, so that signatures fail at random")
        .fix("leave one record; put the other key at a selector of its own")
        .see(&[(
            "RFC 6376, section 3.6.2.2",
            "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.2.2",
        )]);

/// Keys are wrapped in the usual way.
pub static MESSAGE_DKIM_KEY_FORMAT: Rule =
    Rule::new("mailauth/message-dkim-key-format", Severity::Info)
        .says("RSA keys are wrapped in the usual way", "an RSA key is published bare")
        .because("some verifiers read only SubjectPublicKeyInfo, which everybody else publishes")
        .fix("publish the key as SubjectPublicKeyInfo (`openssl rsa -pubout`)")
        .see(&[(
            "RFC 6376, section 3.6.1",
            "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1",
        )]);

/// No key is marked as a test.
pub static MESSAGE_DKIM_TESTING: Rule =
    Rule::new("mailauth/message-dkim-testing", Severity::Medium)
        .says("no key is marked as a test", "a key is marked as a test")
        .because("receivers may treat the message as if it were not signed")
        .fix("remove `t=y` from the key record")
        .see(&[(
            "RFC 6376, section 3.6.1",
            "https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1",
        )]);

/// The body is as it was signed.
pub static MESSAGE_DKIM_BODY: Rule = Rule::new("mailauth/message-dkim-body", Severity::High)
    .says("the body is as it was signed", "the body was changed after it was signed")
    .because("the signature fails, and with it DMARC unless SPF saves it")
    .fix("sign after everything that changes the message, such as footers and disclaimers")
    .see(&[("RFC 6376, section 6.1.3", "https://www.rfc-editor.org/rfc/rfc6376#section-6.1.3")]);

/// The signed header fields are as they were signed.
pub static MESSAGE_DKIM_HEADER: Rule = Rule::new("mailauth/message-dkim-header", Severity::High)
    .says("the signed header fields are as they were signed", "signed header fields were changed, or the key is another")
    .because("the signature fails, and with it DMARC unless SPF saves it")
    .fix("sign after everything that changes the header, use relaxed canonicalization, and compare the published key with the signer's")
    .see(&[("RFC 6376, section 6.1.3", "https://www.rfc-editor.org/rfc/rfc6376#section-6.1.3")]);

/// No signature has expired.
pub static MESSAGE_DKIM_EXPIRED: Rule = Rule::new("mailauth/message-dkim-expired", Severity::High)
    .says("no signature has expired", "a signature has expired")
    .because("receivers may refuse the signature; if the message was delivered in time, only its copy is too old")
    .fix("let signatures live for a week at least, and check the signer's clock")
    .see(&[("RFC 6376, section 3.5", "https://www.rfc-editor.org/rfc/rfc6376#section-3.5")]);

/// The times in signatures make sense.
pub static MESSAGE_DKIM_TIME: Rule = Rule::new("mailauth/message-dkim-time", Severity::Low)
    .says("the times in signatures make sense", "a signature has a time that makes no sense")
    .because("some receivers refuse signatures from the future")
    .fix("set the clock of the signer")
    .see(&[("RFC 6376, section 3.5", "https://www.rfc-editor.org/rfc/rfc6376#section-3.5")]);

/// Signatures cover the whole body.
pub static MESSAGE_DKIM_WHOLE_BODY: Rule =
    Rule::new("mailauth/message-dkim-whole-body", Severity::Medium)
        .says("signatures cover the whole body", "a signature covers only a part of the body (`l`)")
        .because("anyone can put text after the signed part, and it still verifies; some receivers refuse such signatures")
        .fix("sign without `l`")
        .see(&[("RFC 6376, section 8.2", "https://www.rfc-editor.org/rfc/rfc6376#section-8.2")]);

/// SPF passes for the host that handed the message in.
pub static MESSAGE_SPF: Rule = Rule::new("mailauth/message-spf", Severity::Medium)
    .says("SPF passes for the connecting host", "SPF does not pass for the connecting host")
    .because("receivers take the host for one that may not send; DMARC then rests on DKIM alone")
    .fix("add the sending service to the SPF record of the domain behind MAIL FROM")
    .see(&[("RFC 7208", "https://www.rfc-editor.org/rfc/rfc7208")]);

/// Something that passes is aligned with From.
pub static MESSAGE_ALIGNED: Rule = Rule::new("mailauth/message-aligned", Severity::High)
    .says(
        "the message is authenticated in the name of its From domain",
        "nothing that passes is in the name of the From domain",
    )
    .because("DMARC fails: receivers refuse the message or put it into the spam folder")
    .fix("let the service sign with your own domain, or use a MAIL FROM below it")
    .see(&[RFC_DMARC, GOOGLE]);

/// DMARC passes.
pub static MESSAGE_DMARC: Rule = Rule::new("mailauth/message-dmarc", Severity::High)
    .says("the message passes DMARC", "the message fails DMARC")
    .because("receivers do with it what the policy says: refuse it, or put it into the spam folder")
    .fix("see why neither DKIM nor SPF passes in the name of the From domain")
    .see(&[RFC_DMARC]);

/// Bulk mail says how to unsubscribe.
pub static MESSAGE_UNSUBSCRIBE: Rule = Rule::new("mailauth/message-unsubscribe", Severity::Medium)
    .says("bulk mail says how to unsubscribe", "bulk mail does not say how to unsubscribe")
    .because("recipients report it as spam instead, and large mailbox providers refuse bulk mail without")
    .fix("add List-Unsubscribe with an https URI")
    .see(&[("RFC 2369", "https://www.rfc-editor.org/rfc/rfc2369"), GOOGLE]);

/// One click is enough to unsubscribe.
pub static MESSAGE_ONE_CLICK: Rule = Rule::new("mailauth/message-one-click", Severity::Medium)
    .says("one click is enough to unsubscribe", "one click is not enough to unsubscribe")
    .because("Google and Yahoo demand it of bulk senders")
    .fix("add `List-Unsubscribe-Post: List-Unsubscribe=One-Click` beside an https URI in List-Unsubscribe")
    .see(&[RFC_8058, GOOGLE]);

/// The fields for unsubscribing are signed.
pub static MESSAGE_UNSUBSCRIBE_SIGNED: Rule =
    Rule::new("mailauth/message-unsubscribe-signed", Severity::Medium)
        .says(
            "the fields for unsubscribing are signed",
            "the fields for unsubscribing are not signed",
        )
        .because("receivers must not offer one click without a valid signature over both fields")
        .fix("add List-Unsubscribe and List-Unsubscribe-Post to the signed fields")
        .see(&[RFC_8058]);

/// Links lead to public hosts.
pub static MESSAGE_LINK_PUBLIC: Rule = Rule::new("mailauth/message-link-public", Severity::High)
    .says("links lead to public hosts", "a link leads to a host that recipients cannot reach")
    .because("the link is dead for everyone outside, and tells strangers about the network inside")
    .fix("set the public base URL where the message is made")
    .see(&[
        ("RFC 6761", "https://www.rfc-editor.org/rfc/rfc6761"),
        ("RFC 6890", "https://www.rfc-editor.org/rfc/rfc6890"),
    ]);

/// Links lead to no staging host.
pub static MESSAGE_LINK_STAGING: Rule =
    Rule::new("mailauth/message-link-staging", Severity::Medium)
        .says("links lead to the real site", "a link leads to a staging host")
        .because(
            "recipients land on a copy that is not meant for them, or on nothing once it is gone",
        )
        .fix("set the public base URL where the message is made")
        .see(&[(
            "RFC 5321, section 2.3.5",
            "https://www.rfc-editor.org/rfc/rfc5321#section-2.3.5",
        )]);

/// Every rule of the check of a message.
pub static MESSAGE_RULES: &[&Rule] = &[
    &MESSAGE_SIZE,
    &MESSAGE_FROM,
    &MESSAGE_HEADER_FIELDS,
    &MESSAGE_ENVELOPE,
    &MESSAGE_DKIM_SIGNED,
    &MESSAGE_DKIM_SYNTAX,
    &MESSAGE_DKIM_SHA256,
    &MESSAGE_DKIM_FROM,
    &MESSAGE_DKIM_KEY,
    &MESSAGE_DKIM_KEY_LENGTH,
    &MESSAGE_DKIM_KEY_STRENGTH,
    &MESSAGE_DKIM_KEY_SINGLE,
    &MESSAGE_DKIM_KEY_FORMAT,
    &MESSAGE_DKIM_TESTING,
    &MESSAGE_DKIM_BODY,
    &MESSAGE_DKIM_HEADER,
    &MESSAGE_DKIM_EXPIRED,
    &MESSAGE_DKIM_TIME,
    &MESSAGE_DKIM_WHOLE_BODY,
    &MESSAGE_SPF,
    &MESSAGE_ALIGNED,
    &MESSAGE_DMARC,
    &MESSAGE_UNSUBSCRIBE,
    &MESSAGE_ONE_CLICK,
    &MESSAGE_UNSUBSCRIBE_SIGNED,
    &MESSAGE_LINK_PUBLIC,
    &MESSAGE_LINK_STAGING,
];
