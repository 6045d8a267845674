//! Rules about Mail exchanges (RFC 5321, RFC 7505).

use lr_core::{Rule, Severity};

/// The domain says where its mail goes.
pub static MX_PRESENT: Rule = Rule::new("mailauth/mx-present", Severity::Medium)
    .says("the domain says where its mail goes", "the domain receives no mail and does not say so")
    .because("replies and bounces are lost after days of trying; some receivers refuse mail from a domain that cannot be answered")
    .fix("publish MX records, or a null MX (`0 .`) if no mail is wanted")
    .see(&[("RFC 5321, section 5.1", "https://www.rfc-editor.org/rfc/rfc5321#section-5.1"), ("RFC 7505", "https://www.rfc-editor.org/rfc/rfc7505")]);

/// Mail hosts are named by MX records.
pub static MX_EXPLICIT: Rule = Rule::new("mailauth/mx-explicit", Severity::Low)
    .says(
        "mail hosts are named by MX records",
        "there is no MX record, so mail goes to the web server's address",
    )
    .because("unless that host runs a mail server, mail is tried for days and lost")
    .fix("publish MX records, or a null MX (`0 .`) if no mail is wanted")
    .see(&[("RFC 5321, section 5.1", "https://www.rfc-editor.org/rfc/rfc5321#section-5.1")]);

/// A null MX stands alone.
pub static MX_NULL_ALONE: Rule = Rule::new("mailauth/mx-null-alone", Severity::High)
    .says("a null MX stands alone", "a null MX stands beside other mail hosts")
    .because("senders differ in what they make of it: some give up at once")
    .fix("remove the null MX, or the others")
    .see(&[("RFC 7505, section 3", "https://www.rfc-editor.org/rfc/rfc7505#section-3")]);

/// A null MX has preference 0.
pub static MX_NULL_PREFERENCE: Rule = Rule::new("mailauth/mx-null-preference", Severity::Info)
    .says("a null MX has preference 0", "a null MX has another preference than 0")
    .because("that is not the form of the standard; senders may not recognise it")
    .fix("write `0 .`")
    .see(&[("RFC 7505, section 3", "https://www.rfc-editor.org/rfc/rfc7505#section-3")]);

/// A domain with a null MX sends no mail.
pub static MX_NULL_SILENT: Rule = Rule::new("mailauth/mx-null-silent", Severity::Medium)
    .says("a domain with a null MX sends no mail", "a domain with a null MX allows mail to be sent")
    .because("receivers refuse mail whose sender cannot be answered")
    .fix("publish `v=spf1 -all`, or mail hosts")
    .see(&[("RFC 7505, section 4.2", "https://www.rfc-editor.org/rfc/rfc7505#section-4.2")]);

/// Every mail host has an address.
pub static MX_TARGET_RESOLVES: Rule = Rule::new("mailauth/mx-target-resolves", Severity::High)
    .says("every mail host has an address", "a mail host has no address")
    .because("mail that is sent there waits, and is lost if no other host takes it")
    .fix("correct the name, or remove the MX record")
    .see(&[("RFC 5321, section 5.1", "https://www.rfc-editor.org/rfc/rfc5321#section-5.1")]);

/// No mail host is an alias.
pub static MX_TARGET_ALIAS: Rule = Rule::new("mailauth/mx-target-alias", Severity::Medium)
    .says("no mail host is an alias", "a mail host is an alias")
    .because("an MX must not lead to a CNAME: some senders refuse it")
    .fix("name the host that the alias leads to")
    .see(&[("RFC 2181, section 10.3", "https://www.rfc-editor.org/rfc/rfc2181#section-10.3")]);

/// Every MX record names a host.
pub static MX_TARGET_NAME: Rule = Rule::new("mailauth/mx-target-name", Severity::High)
    .says("every MX record names a host", "an MX record has an IP address instead of a host")
    .because("senders look for a host of that name, which does not exist: no mail arrives")
    .fix("give the address a name, and put that into the MX record")
    .see(&[
        ("RFC 1035, section 3.3.9", "https://www.rfc-editor.org/rfc/rfc1035#section-3.3.9"),
        ("RFC 5321, section 5.1", "https://www.rfc-editor.org/rfc/rfc5321#section-5.1"),
    ]);

/// No mail host is the sender's own machine.
pub static MX_TARGET_LOCAL: Rule = Rule::new("mailauth/mx-target-local", Severity::High)
    .says(
        "no mail host is the sender's own machine",
        "a mail host is a name that means the sender's own machine or network",
    )
    .because("no mail from outside arrives")
    .fix("name a host on the public Internet")
    .see(&[("RFC 6761, section 6.3", "https://www.rfc-editor.org/rfc/rfc6761#section-6.3")]);

/// Every mail host has public addresses.
pub static MX_TARGET_PUBLIC: Rule = Rule::new("mailauth/mx-target-public", Severity::High)
    .says("every mail host has public addresses", "a mail host has an address that is not public")
    .because("nobody outside that network can deliver mail there")
    .fix("publish the public address of the mail host")
    .see(&[("RFC 6890", "https://www.rfc-editor.org/rfc/rfc6890")]);

/// Mail hosts can be reached over IPv4.
pub static MX_TARGET_IPV4: Rule = Rule::new("mailauth/mx-target-ipv4", Severity::Medium)
    .says("mail hosts can be reached over IPv4", "no mail host can be reached over IPv4")
    .because("senders without IPv6, still a large part, cannot deliver mail")
    .fix("add an IPv4 address to a mail host")
    .see(&[("RFC 3974", "https://www.rfc-editor.org/rfc/rfc3974")]);

/// Every mail host is named once.
pub static MX_UNIQUE: Rule = Rule::new("mailauth/mx-unique", Severity::Info)
    .says("every mail host is named once", "a mail host is named twice")
    .because("the second record gives no second chance")
    .fix("remove one of them")
    .see(&[("RFC 5321, section 5.1", "https://www.rfc-editor.org/rfc/rfc5321#section-5.1")]);

/// A parked domain has a null MX.
pub static PARKED_NULL_MX: Rule = Rule::new("mailauth/parked-null-mx", Severity::Low)
    .says("a parked domain has a null MX", "a parked domain has no null MX")
    .because("mail to it is tried for days before it bounces")
    .fix("publish the single MX record `0 .`")
    .see(&[("RFC 7505", "https://www.rfc-editor.org/rfc/rfc7505")]);
