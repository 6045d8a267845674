//! Rules about MTA-STS (RFC 8461).

use lr_core::{Rule, Severity};

/// A policy for encrypted mail that is served is announced.
pub static STS_ANNOUNCED: Rule = Rule::new("mailauth/sts-announced", Severity::Medium)
    .says(
        "a policy for encrypted mail that is served is announced",
        "a policy for encrypted mail is served, but not announced",
    )
    .because("without the record at `_mta-sts` no sender asks for the policy: it has no effect")
    .fix("publish `v=STSv1; id=1;` as TXT at `_mta-sts`")
    .see(&[("RFC 8461, section 3.1", "https://www.rfc-editor.org/rfc/rfc8461#section-3.1")]);

/// There is at most one MTA-STS record.
pub static STS_SINGLE: Rule = Rule::new("mailauth/sts-single", Severity::Medium)
    .says("there is at most one MTA-STS record", "there are several MTA-STS records")
    .because("senders act as if there were none")
    .fix("leave one")
    .see(&[("RFC 8461, section 3.1", "https://www.rfc-editor.org/rfc/rfc8461#section-3.1")]);

/// The MTA-STS record is in the grammar.
pub static STS_SYNTAX: Rule = Rule::new("mailauth/sts-syntax", Severity::Medium)
    .says("the MTA-STS record is in the grammar", "the MTA-STS record has a syntax error")
    .because("senders act as if there were no record")
    .fix("begin the record with exactly `v=STSv1;` and write the rest as `name=value;`")
    .see(&[("RFC 8461, section 3.1", "https://www.rfc-editor.org/rfc/rfc8461#section-3.1")]);

/// The MTA-STS record has a usable id.
pub static STS_ID: Rule = Rule::new("mailauth/sts-id", Severity::Medium)
    .says(
        "the MTA-STS record has a usable id",
        "the id of the MTA-STS record is missing or malformed",
    )
    .because("senders act as if there were no record, and cannot see that the policy has changed")
    .fix("give `id` 1 to 32 letters and digits, such as the time of the last change")
    .see(&[("RFC 8461, section 3.1", "https://www.rfc-editor.org/rfc/rfc8461#section-3.1")]);

/// The MTA-STS policy can be fetched.
pub static STS_POLICY_REACHABLE: Rule = Rule::new("mailauth/sts-policy-reachable", Severity::Medium)
    .says("the MTA-STS policy can be fetched", "the MTA-STS policy cannot be fetched")
    .because("senders that do not know the policy yet go without; those that know it hold on to an old one")
    .fix("serve it with status 200 at `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`, with a certificate for that host")
    .see(&[("RFC 8461, section 3.3", "https://www.rfc-editor.org/rfc/rfc8461#section-3.3")]);

/// The MTA-STS policy is served without a redirect.
pub static STS_NO_REDIRECT: Rule = Rule::new("mailauth/sts-no-redirect", Severity::Medium)
    .says(
        "the MTA-STS policy is served without a redirect",
        "the MTA-STS policy is behind a redirect",
    )
    .because("senders must not follow redirects, so there is no policy for them")
    .fix("serve the policy at its own address")
    .see(&[("RFC 8461, section 3.3", "https://www.rfc-editor.org/rfc/rfc8461#section-3.3")]);

/// The MTA-STS policy is served as text/plain.
pub static STS_CONTENT_TYPE: Rule = Rule::new("mailauth/sts-content-type", Severity::Medium)
    .says("the MTA-STS policy is served as text/plain", "the MTA-STS policy is not served as text/plain")
    .because("senders that look at the media type take the answer for something else, such as an error page")
    .fix("serve it with `Content-Type: text/plain`")
    .see(&[("RFC 8461, section 3.2", "https://www.rfc-editor.org/rfc/rfc8461#section-3.2")]);

/// The MTA-STS policy is in the grammar.
pub static STS_POLICY: Rule = Rule::new("mailauth/sts-policy", Severity::Medium)
    .says("the MTA-STS policy is in the grammar", "the MTA-STS policy cannot be read")
    .because("senders act as if there were no policy")
    .fix("correct the line that is named")
    .see(&[("RFC 8461, section 3.2", "https://www.rfc-editor.org/rfc/rfc8461#section-3.2")]);

/// The MTA-STS policy says how long it holds.
pub static STS_MAX_AGE: Rule = Rule::new("mailauth/sts-max-age", Severity::Medium)
    .says(
        "the MTA-STS policy says how long it holds",
        "the lifetime of the MTA-STS policy is missing or out of range",
    )
    .because("senders act as if there were no policy")
    .fix("set `max_age` to a number of seconds up to 31557600")
    .see(&[("RFC 8461, section 3.2", "https://www.rfc-editor.org/rfc/rfc8461#section-3.2")]);

/// The MTA-STS policy holds for weeks.
pub static STS_LIFETIME: Rule = Rule::new("mailauth/sts-lifetime", Severity::Low)
    .says("the MTA-STS policy holds for weeks", "the MTA-STS policy holds for a short time only")
    .because("an attacker who can keep senders from the policy that long can read the mail")
    .fix("raise `max_age` to at least 604800, a week")
    .see(&[("RFC 8461, section 10.2", "https://www.rfc-editor.org/rfc/rfc8461#section-10.2")]);

/// The MTA-STS policy names mail hosts.
pub static STS_HOSTS: Rule = Rule::new("mailauth/sts-hosts", Severity::Medium)
    .says("the MTA-STS policy names mail hosts", "the MTA-STS policy names no mail host")
    .because("senders act as if there were no policy")
    .fix("add an `mx:` line for every mail host")
    .see(&[("RFC 8461, section 3.2", "https://www.rfc-editor.org/rfc/rfc8461#section-3.2")]);

/// The MTA-STS policy covers every mail host.
pub static STS_MX: Rule = Rule::new("mailauth/sts-mx", Severity::High)
    .says(
        "the MTA-STS policy covers every mail host",
        "the MTA-STS policy does not cover a mail host",
    )
    .because("senders that keep the policy do not deliver to that host: mail is lost")
    .fix("add an `mx:` line for the host, and change the `id` of the record")
    .see(&[("RFC 8461, section 4.1", "https://www.rfc-editor.org/rfc/rfc8461#section-4.1")]);

/// The MTA-STS policy is enforced.
pub static STS_ENFORCED: Rule = Rule::new("mailauth/sts-enforced", Severity::Low)
    .says("the MTA-STS policy is enforced", "the MTA-STS policy is only tested")
    .because("failures are reported, but mail is delivered all the same, to whoever answers")
    .fix("when reports show no failures any more, set `mode: enforce`")
    .see(&[("RFC 8461, section 5", "https://www.rfc-editor.org/rfc/rfc8461#section-5")]);

/// The MTA-STS policy is in use.
pub static STS_IN_USE: Rule = Rule::new("mailauth/sts-in-use", Severity::Low)
    .says("the MTA-STS policy is in use", "the MTA-STS policy says that there is none")
    .because("mail can be read on the way by whoever keeps senders from encryption; the mode is meant for leaving MTA-STS")
    .fix("set `mode: testing` or `mode: enforce`, or remove the record once `max_age` is over")
    .see(&[("RFC 8461, section 8.3", "https://www.rfc-editor.org/rfc/rfc8461#section-8.3")]);
