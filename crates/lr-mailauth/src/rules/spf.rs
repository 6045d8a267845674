//! Rules about SPF (RFC 7208).

use lr_core::{Rule, Severity};

/// The domain has an SPF record.
pub static SPF_PRESENT: Rule = Rule::new("mailauth/spf-present", Severity::High)
    .says("the domain has an SPF record", "the domain has no SPF record")
    .because("receivers cannot tell the domain's own servers from anyone else's; large mailbox providers refuse or junk its mail")
    .fix("publish one TXT record at the domain that lists who may send, such as `v=spf1 include:PROVIDER -all`; a domain that sends nothing publishes `v=spf1 -all`")
    .see(&[("RFC 7208, section 3", "https://www.rfc-editor.org/rfc/rfc7208#section-3"), ("Google: email sender guidelines", "https://support.google.com/a/answer/81126")]);

/// There is at most one SPF record.
pub static SPF_SINGLE: Rule = Rule::new("mailauth/spf-single", Severity::High)
    .says("there is at most one SPF record", "there are several SPF records")
    .because("receivers answer permerror and treat the domain as if its SPF were broken, for all of its mail")
    .fix("merge the records into one: one `v=spf1`, all mechanisms, one `all` at the end")
    .see(&[("RFC 7208, section 4.5", "https://www.rfc-editor.org/rfc/rfc7208#section-4.5")]);

/// Every text that is meant as SPF is read as SPF.
pub static SPF_VERSION: Rule = Rule::new("mailauth/spf-version", Severity::Medium)
    .says(
        "every text that is meant as SPF is read as SPF",
        "a text looks like SPF, but receivers do not read it as SPF",
    )
    .because("what it says has no effect, though it looks as if it had")
    .fix("begin the record with exactly `v=spf1` and a space, without quotation marks")
    .see(&[("RFC 7208, section 4.5", "https://www.rfc-editor.org/rfc/rfc7208#section-4.5")]);

/// The SPF record is in the grammar.
pub static SPF_SYNTAX: Rule = Rule::new("mailauth/spf-syntax", Severity::High)
    .says("the SPF record is in the grammar", "the SPF record has a syntax error")
    .because("a single error anywhere makes receivers answer permerror for all mail of the domain")
    .fix("correct the term that is named")
    .see(&[
        ("RFC 7208, section 4.6", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6"),
        ("RFC 7208, section 12", "https://www.rfc-editor.org/rfc/rfc7208#section-12"),
    ]);

/// Terms that want a host name have one.
pub static SPF_HOST_NAMES: Rule = Rule::new("mailauth/spf-host-names", Severity::High)
    .says("terms that want a host name have one", "a term has an IP address where a host name belongs")
    .because("receivers answer permerror or look up a name that does not exist; the address is not allowed to send")
    .fix("write `ip4:` or `ip6:` before an address")
    .see(&[("RFC 7208, section 7.1", "https://www.rfc-editor.org/rfc/rfc7208#section-7.1")]);

/// SPF needs at most ten DNS lookups.
pub static SPF_LOOKUPS: Rule = Rule::new("mailauth/spf-lookups", Severity::High)
    .says("SPF needs at most ten DNS lookups", "SPF needs more than ten DNS lookups")
    .because("receivers that get to the eleventh lookup answer permerror, so that mail of the later senders fails")
    .fix("remove senders that are no longer used, replace `a` and `mx` by addresses, or send from a subdomain with a record of its own")
    .see(&[("RFC 7208, section 4.6.4", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4")]);

/// SPF is not about to reach its limit of lookups.
pub static SPF_HEADROOM: Rule = Rule::new("mailauth/spf-headroom", Severity::Low)
    .says(
        "SPF is not about to reach its limit of lookups",
        "SPF is close to its limit of ten lookups",
    )
    .because("the next sender, or a change at a provider, breaks it")
    .fix("make room before adding a sender")
    .see(&[("RFC 7208, section 4.6.4", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4")]);

/// SPF makes at most two void lookups.
pub static SPF_VOID_LOOKUPS: Rule = Rule::new("mailauth/spf-void-lookups", Severity::High)
    .says("SPF makes at most two void lookups", "SPF makes more than two void lookups")
    .because("receivers may answer permerror once three lookups have found nothing")
    .fix("remove the terms whose names have no records")
    .see(&[("RFC 7208, section 4.6.4", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4")]);

/// SPF makes at most two void lookups for senders with IPv6.
pub static SPF_VOID_LOOKUPS_IPV6: Rule = Rule::new("mailauth/spf-void-lookups-ipv6", Severity::Low)
    .says("SPF makes at most two void lookups for senders with IPv6", "SPF makes more than two void lookups for senders with IPv6")
    .because("`a` of a host without an IPv6 address is a void lookup when the sender has one: mail sent over IPv6 may end in permerror while IPv4 works")
    .fix("replace `a:HOST` by `ip4:ADDRESS` where the host has IPv4 alone")
    .see(&[("RFC 7208, section 4.6.4", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4"), ("RFC 7208, section 5.3", "https://www.rfc-editor.org/rfc/rfc7208#section-5.3")]);

/// Every name in SPF has the records it is named for.
pub static SPF_HOSTS_EXIST: Rule = Rule::new("mailauth/spf-hosts-exist", Severity::Low)
    .says("every name in SPF has the records it is named for", "a name in SPF has no such records")
    .because("the term allows nobody, wastes a lookup, and whoever registers the name may send for the domain")
    .fix("remove the term or correct the name")
    .see(&[("RFC 7208, section 5", "https://www.rfc-editor.org/rfc/rfc7208#section-5")]);

/// SPF does not include itself.
pub static SPF_LOOP: Rule = Rule::new("mailauth/spf-loop", Severity::High)
    .says("SPF does not include itself", "SPF includes itself in a loop")
    .because(
        "receivers run into the lookup limit and answer permerror for all mail that gets there",
    )
    .fix("break the loop: no record may include one that leads back to it")
    .see(&[("RFC 7208, section 4.6.4", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4")]);

/// Every include leads to an SPF record.
pub static SPF_INCLUDE_TARGET: Rule = Rule::new("mailauth/spf-include-target", Severity::High)
    .says(
        "every include leads to an SPF record",
        "an include leads to a domain without an SPF record",
    )
    .because("receivers answer permerror for all mail that gets to this term")
    .fix("remove the include, or use the name that the provider documents")
    .see(&[("RFC 7208, section 5.2", "https://www.rfc-editor.org/rfc/rfc7208#section-5.2")]);

/// Every included SPF record can be evaluated.
pub static SPF_INCLUDE_VALID: Rule = Rule::new("mailauth/spf-include-valid", Severity::High)
    .says(
        "every included SPF record can be evaluated",
        "an included SPF record cannot be evaluated",
    )
    .because("receivers answer permerror for all mail that gets to this term")
    .fix("remove the include until its owner has corrected the record")
    .see(&[("RFC 7208, section 5.2", "https://www.rfc-editor.org/rfc/rfc7208#section-5.2")]);

/// Redirect leads to an SPF record.
pub static SPF_REDIRECT_TARGET: Rule = Rule::new("mailauth/spf-redirect-target", Severity::High)
    .says("redirect leads to an SPF record", "redirect leads to a domain without one SPF record")
    .because("receivers answer permerror for all mail that no term before it allows")
    .fix("point redirect to a domain with an SPF record, or end the record in `-all`")
    .see(&[("RFC 7208, section 6.1", "https://www.rfc-editor.org/rfc/rfc7208#section-6.1")]);

/// Redirect takes effect.
pub static SPF_REDIRECT_USED: Rule = Rule::new("mailauth/spf-redirect-used", Severity::Low)
    .says("redirect takes effect", "redirect stands beside an `all` and has no effect")
    .because("the record it names is never read")
    .fix("remove `all`, or the redirect")
    .see(&[("RFC 7208, section 6.1", "https://www.rfc-editor.org/rfc/rfc7208#section-6.1")]);

/// SPF does not allow everybody to send.
pub static SPF_PLUS_ALL: Rule = Rule::new("mailauth/spf-plus-all", Severity::High)
    .says("SPF does not allow everybody to send", "SPF allows everybody to send")
    .because("anyone can send mail as this domain that passes SPF, and by that DMARC")
    .fix("end the record in `-all` or `~all`")
    .see(&[("RFC 7208, section 5.1", "https://www.rfc-editor.org/rfc/rfc7208#section-5.1")]);

/// SPF says what to do with other senders.
pub static SPF_NEUTRAL_ALL: Rule = Rule::new("mailauth/spf-neutral-all", Severity::Medium)
    .says(
        "SPF says what to do with other senders",
        "SPF ends in `?all` and says nothing about other senders",
    )
    .because("mail of anyone is treated as if there were no SPF")
    .fix("end the record in `-all` or `~all` once all senders are listed")
    .see(&[
        ("RFC 7208, section 5.1", "https://www.rfc-editor.org/rfc/rfc7208#section-5.1"),
        ("RFC 7208, section 8.2", "https://www.rfc-editor.org/rfc/rfc7208#section-8.2"),
    ]);

/// SPF ends in `all` or redirect.
pub static SPF_ENDS: Rule = Rule::new("mailauth/spf-ends", Severity::Medium)
    .says("SPF ends in `all` or redirect", "SPF ends in neither `all` nor redirect")
    .because("what no term matches is neutral: mail of anyone is treated as if there were no SPF")
    .fix("add `-all` or `~all` at the end")
    .see(&[
        ("RFC 7208, section 4.7", "https://www.rfc-editor.org/rfc/rfc7208#section-4.7"),
        ("RFC 7208, section 5.1", "https://www.rfc-editor.org/rfc/rfc7208#section-5.1"),
    ]);

/// SPF ends in a definite `-all`.
pub static SPF_SOFTFAIL: Rule = Rule::new("mailauth/spf-softfail", Severity::Info)
    .says("SPF ends in a definite `-all`", "SPF ends in `~all`")
    .because("other senders are only marked as doubtful; together with a DMARC policy that is enforced this is fine")
    .fix("nothing needs to be done where DMARC is enforced; otherwise `-all` is clearer")
    .see(&[("RFC 7208, section 5.1", "https://www.rfc-editor.org/rfc/rfc7208#section-5.1"), ("RFC 7208, section 8.5", "https://www.rfc-editor.org/rfc/rfc7208#section-8.5")]);

/// SPF allows no vast address ranges.
pub static SPF_BROAD_RANGE: Rule = Rule::new("mailauth/spf-broad-range", Severity::Medium)
    .says("SPF allows no vast address ranges", "SPF allows a vast address range")
    .because("thousands of strangers' machines in that range can send mail as this domain")
    .fix("name the addresses or the small ranges that really send")
    .see(&[
        ("RFC 7208, section 5.6", "https://www.rfc-editor.org/rfc/rfc7208#section-5.6"),
        ("RFC 7208, section 11.4", "https://www.rfc-editor.org/rfc/rfc7208#section-11.4"),
    ]);

/// SPF lists addresses of the public Internet.
pub static SPF_PUBLIC_ADDRESSES: Rule = Rule::new("mailauth/spf-public-addresses", Severity::Medium)
    .says("SPF lists addresses of the public Internet", "SPF lists addresses that are not on the public Internet")
    .because("receivers never see mail from such an address, so the term allows nobody, and the public address of that sender is missing")
    .fix("list the public address that the mail leaves from")
    .see(&[("RFC 6890", "https://www.rfc-editor.org/rfc/rfc6890"), ("RFC 7208, section 5.6", "https://www.rfc-editor.org/rfc/rfc7208#section-5.6")]);

/// Ranges in SPF begin at their first address.
pub static SPF_HOST_BITS: Rule = Rule::new("mailauth/spf-host-bits", Severity::Info)
    .says(
        "ranges in SPF begin at their first address",
        "a range in SPF does not begin at its first address",
    )
    .because("receivers ignore the bits beyond the prefix: a wider range is allowed than it seems")
    .fix("write the first address of the range, or the longer prefix that was meant")
    .see(&[("RFC 7208, section 5.6", "https://www.rfc-editor.org/rfc/rfc7208#section-5.6")]);

/// SPF does without `ptr`.
pub static SPF_PTR: Rule = Rule::new("mailauth/spf-ptr", Severity::Low)
    .says("SPF does without `ptr`", "SPF uses `ptr`")
    .because("it is slow, unreliable, ignored by some receivers, and must not be published")
    .fix("list the addresses or hosts instead")
    .see(&[("RFC 7208, section 5.5", "https://www.rfc-editor.org/rfc/rfc7208#section-5.5")]);

/// Nothing stands after `all`.
pub static SPF_AFTER_ALL: Rule = Rule::new("mailauth/spf-after-all", Severity::Low)
    .says("nothing stands after `all`", "terms stand after `all`")
    .because("they are never looked at, so these senders are not allowed")
    .fix("move `all` to the end")
    .see(&[("RFC 7208, section 5.1", "https://www.rfc-editor.org/rfc/rfc7208#section-5.1")]);

/// No term of SPF is there twice.
pub static SPF_DUPLICATE: Rule = Rule::new("mailauth/spf-duplicate", Severity::Info)
    .says("no term of SPF is there twice", "a term of SPF is there twice")
    .because("the second one costs length and lookups and does nothing")
    .fix("remove one of them")
    .see(&[("RFC 7208, section 4.6.4", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4")]);

/// No modifier has the name of a mechanism.
pub static SPF_MODIFIER_NAMES: Rule = Rule::new("mailauth/spf-modifier-names", Severity::Medium)
    .says(
        "no modifier of SPF has the name of a mechanism",
        "a mechanism of SPF is written with an equals sign",
    )
    .because("receivers ignore modifiers that they do not know: the senders it names may not send")
    .fix("write a colon instead of the equals sign")
    .see(&[("RFC 7208, section 6", "https://www.rfc-editor.org/rfc/rfc7208#section-6")]);

/// The SPF answer fits into a small DNS packet.
pub static SPF_RECORD_LENGTH: Rule = Rule::new("mailauth/spf-record-length", Severity::Low)
    .says("the SPF answer fits into a small DNS packet", "the SPF answer is long")
    .because("the answer may be cut off over UDP; receivers behind old firewalls then see no SPF")
    .fix("shorten the record, or move parts into an include")
    .see(&[("RFC 7208, section 3.4", "https://www.rfc-editor.org/rfc/rfc7208#section-3.4")]);

/// `mx` in SPF names at most ten mail hosts.
pub static SPF_MX_LIMIT: Rule = Rule::new("mailauth/spf-mx-limit", Severity::High)
    .says("`mx` in SPF names at most ten mail hosts", "`mx` in SPF names more than ten mail hosts")
    .because("receivers answer permerror when they get to this term")
    .fix("list the addresses instead of `mx`")
    .see(&[("RFC 7208, section 4.6.4", "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4")]);

/// Every given sending address passes SPF.
pub static SPF_SENDERS: Rule = Rule::new("mailauth/spf-senders", Severity::High)
    .says("every given sending address passes SPF", "a given sending address does not pass SPF")
    .because("mail from this server fails SPF, and DMARC with it unless it is signed")
    .fix("add the address to the SPF record")
    .see(&[("RFC 7208, section 2.3", "https://www.rfc-editor.org/rfc/rfc7208#section-2.3")]);

/// No Sender ID record is left over.
pub static SPF_SENDER_ID: Rule = Rule::new("mailauth/spf-sender-id", Severity::Info)
    .says("no Sender ID record is left over", "a Sender ID record is left over")
    .because("`spf2.0` has been historic for years; it only lengthens the answer")
    .fix("remove the record")
    .see(&[
        ("RFC 7208, section 1", "https://www.rfc-editor.org/rfc/rfc7208#section-1"),
        (
            "Moving Sender ID to Historic",
            "https://datatracker.ietf.org/doc/status-change-change-sender-id-to-historic/",
        ),
    ]);

/// The SPF of a parked domain allows nobody.
pub static PARKED_SPF: Rule = Rule::new("mailauth/parked-spf", Severity::Medium)
    .says(
        "the SPF of a parked domain allows nobody",
        "the SPF of a parked domain does not forbid everybody",
    )
    .because("mail can be sent in the name of a domain that nobody watches")
    .fix("publish exactly `v=spf1 -all`")
    .see(&[
        (
            "M3AAWG: protecting parked domains",
            "https://www.m3aawg.org/sites/default/files/m3aawg_parked_domains_bp-2015-12.pdf",
        ),
        ("RFC 7208, section 10.1.2", "https://www.rfc-editor.org/rfc/rfc7208#section-10.1.2"),
    ]);

/// SPF is published as TXT alone.
pub static SPF_RECORD_TYPE: Rule = Rule::new("mailauth/spf-record-type", Severity::Low)
    .says("SPF is published as TXT alone", "there is an SPF record of the abandoned type 99")
    .because("nobody asks for it any more, and what it says drifts from what counts")
    .fix("remove the record of type SPF, keep the TXT record")
    .see(&[("RFC 7208, section 3.1", "https://www.rfc-editor.org/rfc/rfc7208#section-3.1")]);

/// A host that sends nothing says so.
pub static SPF_HOST: Rule = Rule::new("mailauth/spf-host", Severity::Low)
    .says("a host that sends nothing says so", "a host below the domain has no SPF record")
    .because("SPF is not inherited: mail can be sent as `user@host` unless DMARC refuses it")
    .fix("publish `v=spf1 -all` at hosts that send nothing")
    .see(&[("RFC 7208, section 10.1.2", "https://www.rfc-editor.org/rfc/rfc7208#section-10.1.2")]);

/// SPF covers the domain's own mail hosts.
pub static SPF_OWN_HOSTS: Rule = Rule::new("mailauth/spf-own-hosts", Severity::Info)
    .says(
        "SPF covers the domain's own mail hosts",
        "SPF does not cover one of the domain's own mail hosts",
    )
    .because("if the host also sends mail, such as bounces and replies, it fails SPF")
    .fix("add `mx`, or the host's address; ignore this if the host only receives")
    .see(&[("RFC 7208, section 5.4", "https://www.rfc-editor.org/rfc/rfc7208#section-5.4")]);
