//! Rules about DMARC (RFC 9989).

use lr_core::{Rule, Severity};

/// A DMARC policy applies to the domain.
pub static DMARC_PRESENT: Rule = Rule::new("mailauth/dmarc-present", Severity::High)
    .says("a DMARC policy applies to the domain", "no DMARC policy applies to the domain")
    .because("anyone can put the domain into the From line, and nobody tells its owner; large mailbox providers ask bulk senders for a policy")
    .fix("publish a TXT record at `_dmarc.DOMAIN`, to begin with `v=DMARC1; p=none; rua=mailto:REPORTS@DOMAIN`")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989"), ("Google: email sender guidelines", "https://support.google.com/a/answer/81126")]);

/// There is at most one DMARC record.
pub static DMARC_SINGLE: Rule = Rule::new("mailauth/dmarc-single", Severity::High)
    .says("there is at most one DMARC record", "there are several DMARC records")
    .because("receivers discard them all: the domain has no policy")
    .fix("remove all but one")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The DMARC record begins with `v=DMARC1`.
pub static DMARC_VERSION: Rule = Rule::new("mailauth/dmarc-version", Severity::High)
    .says(
        "the DMARC record begins with `v=DMARC1`",
        "a text looks like DMARC, but receivers do not read it as DMARC",
    )
    .because("the domain has no policy, though it looks as if it had")
    .fix("begin the record with exactly `v=DMARC1;`")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The DMARC record is in the grammar.
pub static DMARC_SYNTAX: Rule = Rule::new("mailauth/dmarc-syntax", Severity::High)
    .says("the DMARC record is in the grammar", "the DMARC record has a syntax error")
    .because("receivers drop the part or the whole record, so that the policy is not what it seems")
    .fix("write `name=value` pairs with semicolons between")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// Every DMARC tag has one of its values.
pub static DMARC_VALUES: Rule = Rule::new("mailauth/dmarc-values", Severity::High)
    .says("every DMARC tag has one of its values", "a DMARC tag has a value that it does not have")
    .because("receivers fall back to no policy or to the default")
    .fix("use one of the values that are named")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// No DMARC tag is there twice.
pub static DMARC_DUPLICATE_TAG: Rule = Rule::new("mailauth/dmarc-duplicate-tag", Severity::High)
    .says("no DMARC tag is there twice", "a DMARC tag is there twice")
    .because("receivers differ in which one they take, and some discard the record")
    .fix("remove one of them")
    .see(&[
        ("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989"),
        ("RFC 6376, section 3.2", "https://www.rfc-editor.org/rfc/rfc6376#section-3.2"),
    ]);

/// Every DMARC tag is known.
pub static DMARC_KNOWN_TAGS: Rule = Rule::new("mailauth/dmarc-known-tags", Severity::Low)
    .says("every DMARC tag is known", "a DMARC tag is known to nobody")
    .because("receivers ignore it: what it was to say has no effect")
    .fix("correct its spelling or remove it")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The DMARC record uses current tags.
pub static DMARC_CURRENT_TAGS: Rule = Rule::new("mailauth/dmarc-current-tags", Severity::Low)
    .says("the DMARC record uses current tags", "the DMARC record uses a tag that has been removed")
    .because("current receivers ignore it, older ones obey it: the policy differs from one receiver to the next")
    .fix("remove `pct`, `rf` and `ri`; `t=y` replaces `pct=0`")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// Report addresses have no size limit.
pub static DMARC_REPORT_SIZE: Rule = Rule::new("mailauth/dmarc-report-size", Severity::Info)
    .says("report addresses have no size limit", "a report address has a size limit")
    .because("limits after `!` have been removed from DMARC; some receivers drop the whole address")
    .fix("remove the `!` and what follows")
    .see(&[("RFC 9990", "https://www.rfc-editor.org/rfc/rfc9990")]);

/// Every report address is a usable URI.
pub static DMARC_REPORT_URIS: Rule = Rule::new("mailauth/dmarc-report-uris", Severity::Medium)
    .says("every report address is a usable URI", "a report address is no usable URI")
    .because("the reports that would show a failing sender never arrive")
    .fix("write `mailto:NAME@DOMAIN`, with commas between several")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The DMARC record has a policy.
pub static DMARC_POLICY_TAG: Rule = Rule::new("mailauth/dmarc-policy-tag", Severity::High)
    .says("the DMARC record has a policy", "the DMARC record has no `p` tag")
    .because("it counts as `p=none`, or is ignored when it asks for no reports either")
    .fix("add `p=none`, `p=quarantine` or `p=reject`")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// `p` comes right after the version.
pub static DMARC_POLICY_FIRST: Rule = Rule::new("mailauth/dmarc-policy-first", Severity::Low)
    .says("`p` comes right after the version", "`p` does not come right after the version")
    .because("receivers that follow RFC 7489 may discard the record")
    .fix("move `p` right behind `v=DMARC1;`")
    .see(&[("RFC 7489, section 6.4", "https://www.rfc-editor.org/rfc/rfc7489#section-6.4")]);

/// The DMARC policy is enforced.
pub static DMARC_POLICY: Rule = Rule::new("mailauth/dmarc-policy", Severity::Medium)
    .says("the DMARC policy is enforced", "the DMARC policy is `none`")
    .because("mail that forges the domain is delivered like any other; `none` is the right first step, for watching the reports, and not the last")
    .fix("when the reports show that all own mail passes, go on to `p=quarantine` or `p=reject`")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The DMARC policy for subdomains is as strict as the domain's.
pub static DMARC_SUBDOMAIN_POLICY: Rule =
    Rule::new("mailauth/dmarc-subdomain-policy", Severity::Medium)
        .says(
            "the DMARC policy for subdomains is as strict as the domain's",
            "the DMARC policy for subdomains is weaker than the domain's",
        )
        .because("forgers use any subdomain instead of the domain")
        .fix("remove `sp`, so that `p` applies to subdomains too")
        .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The DMARC policy for subdomains that do not exist is as strict as for others.
pub static DMARC_NONEXISTENT_POLICY: Rule =
    Rule::new("mailauth/dmarc-nonexistent-policy", Severity::Low)
        .says(
            "the DMARC policy for subdomains that do not exist is as strict as for others",
            "the DMARC policy for subdomains that do not exist is weaker than for others",
        )
        .because("forgers make up a subdomain")
        .fix("remove `np`, or set it to `reject`")
        .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The DMARC policy is meant seriously.
pub static DMARC_TESTING: Rule = Rule::new("mailauth/dmarc-testing", Severity::Medium)
    .says("the DMARC policy is meant seriously", "the DMARC policy is marked as a test")
    .because("`t=y` asks receivers to apply one level less than the policy says")
    .fix("remove `t=y` when the reports show that all own mail passes")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// DMARC reports are asked for.
pub static DMARC_REPORTS: Rule = Rule::new("mailauth/dmarc-reports", Severity::Low)
    .says("DMARC reports are asked for", "nobody receives DMARC reports")
    .because("a sender that breaks, or a forger, goes unnoticed")
    .fix("add `rua=mailto:NAME@DOMAIN`")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// DMARC failure options have an address for reports.
pub static DMARC_FAILURE_OPTIONS: Rule =
    Rule::new("mailauth/dmarc-failure-options", Severity::Info)
        .says(
            "DMARC failure options have an address for reports",
            "DMARC failure options have no address for reports",
        )
        .because("without `ruf`, `fo` has no effect")
        .fix("remove `fo`, or add `ruf`")
        .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The domain does not claim to be a public suffix.
pub static DMARC_PSD: Rule = Rule::new("mailauth/dmarc-psd", Severity::Low)
    .says("the domain does not claim to be a public suffix", "the domain claims to be a public suffix")
    .because("with `psd=y` the policy is no longer the organization's own: alignment with subdomains changes")
    .fix("remove `psd=y`, unless others register domains below this one")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// No DMARC record stands where nobody looks.
pub static DMARC_LOCATION: Rule = Rule::new("mailauth/dmarc-location", Severity::Medium)
    .says("no DMARC record stands where nobody looks", "a DMARC record stands where nobody looks")
    .because("receivers look at `_dmarc.DOMAIN` alone")
    .fix(
        "move the record to `_dmarc.DOMAIN`; panels that append the zone's name want only `_dmarc`",
    )
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// Only a DMARC record stands at the name for it.
pub static DMARC_ALONE: Rule = Rule::new("mailauth/dmarc-alone", Severity::Low)
    .says(
        "only a DMARC record stands at the name for it",
        "a text that is no DMARC record stands at the name for it",
    )
    .because("it has no effect there, and hints at a record put in the wrong place")
    .fix("move it to where it belongs, or remove it")
    .see(&[("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989")]);

/// The alias for the DMARC record leads somewhere.
pub static DMARC_ALIAS: Rule = Rule::new("mailauth/dmarc-alias", Severity::High)
    .says(
        "the alias for the DMARC record leads somewhere",
        "the alias for the DMARC record leads nowhere",
    )
    .because("the domain has no policy, and whoever gets the missing name decides it")
    .fix("correct or remove the CNAME at `_dmarc.DOMAIN`")
    .see(&[
        ("RFC 9989", "https://www.rfc-editor.org/rfc/rfc9989"),
        ("RFC 1034, section 3.6.2", "https://www.rfc-editor.org/rfc/rfc1034#section-3.6.2"),
    ]);

/// Whoever gets DMARC reports has agreed.
pub static DMARC_REPORT_CONSENT: Rule = Rule::new("mailauth/dmarc-report-consent", Severity::Medium)
    .says("whoever gets DMARC reports has agreed", "a third party that is to get DMARC reports has not agreed")
    .because("receivers send no reports there")
    .fix("let the owner of that domain publish `v=DMARC1` as TXT at the name that is given, or use an address of your own")
    .see(&[("RFC 9990, section 4", "https://www.rfc-editor.org/rfc/rfc9990#section-4")]);

/// DMARC reports can be delivered.
pub static DMARC_REPORT_DELIVERY: Rule = Rule::new("mailauth/dmarc-report-delivery", Severity::Low)
    .says("DMARC reports can be delivered", "DMARC reports cannot be delivered")
    .because("the address has no mail host: what goes wrong with the domain's mail is not heard of")
    .fix("use an address that takes mail")
    .see(&[("RFC 9990, section 3.5", "https://www.rfc-editor.org/rfc/rfc9990#section-3.5")]);
