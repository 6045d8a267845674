//! What visitors and mail get.

use lr_core::{Rule, Severity};

use super::{RFC_1034, RFC_1912, TAKEOVER};

const RFC_2181: (&str, &str) =
    ("RFC 2181: clarifications", "https://www.rfc-editor.org/rfc/rfc2181");
const RFC_6890: (&str, &str) =
    ("RFC 6890: special-purpose addresses", "https://www.rfc-editor.org/rfc/rfc6890");

/// The domain has an IPv4 address.
pub(crate) static APEX_RESOLVES: Rule = Rule::new("dns/apex-resolves", Severity::Critical)
    .says("the domain resolves to an IPv4 address", "the domain does not resolve")
    .because("visitors who type the domain see an error page of their browser")
    .fix("add an A record for the domain that points to the web host")
    .see(&[RFC_1034]);

/// `www` has an IPv4 address.
pub(crate) static WWW_RESOLVES: Rule = Rule::new("dns/www-resolves", Severity::High)
    .says("www resolves to an IPv4 address", "www does not resolve")
    .because("visitors who type or follow the address with www see an error page of their browser")
    .fix("add a CNAME record for www that points to the domain or to the web host")
    .see(&[RFC_1034]);

/// Hosts that were given have an address.
pub(crate) static HOSTS_RESOLVE: Rule = Rule::new("dns/hosts-resolve", Severity::High)
    .says(
        "the hosts of the launch resolve to an IPv4 address",
        "a host of the launch does not resolve",
    )
    .because("what runs on this host cannot be reached")
    .fix("add an A or CNAME record for the host, or take it out of the configuration")
    .see(&[RFC_1034]);

/// Apex and `www` have IPv6 addresses.
pub(crate) static IPV6: Rule = Rule::new("dns/ipv6-addresses", Severity::Low)
    .says("the site has IPv6 addresses", "the site has no IPv6 address")
    .because("networks without IPv4 reach the site through translation only, if at all")
    .fix("add an AAAA record if the web host has IPv6")
    .see(&[("RFC 6540: IPv6 support required", "https://www.rfc-editor.org/rfc/rfc6540")]);

/// Names lead to addresses that anyone can reach.
pub(crate) static ADDRESSES_PUBLIC: Rule = Rule::new("dns/addresses-public", Severity::High)
    .says("names lead to public addresses", "a name leads to an address that is not public")
    .because("visitors reach nothing, or something on their own network; the inside is given away")
    .fix("point the record to the public address, and keep internal names in internal DNS")
    .see(&[RFC_6890]);

/// Given expectations hold.
pub(crate) static EXPECTED: Rule = Rule::new("dns/expected-records", Severity::High)
    .says("records are what they are expected to be", "a record is not what it is expected to be")
    .because("visitors are led to the wrong place")
    .fix("change the record at the DNS provider, or the expectation if that is out of date")
    .see(&[RFC_1034]);

/// Public resolvers give what is expected.
pub(crate) static SPREAD: Rule = Rule::new("dns/change-has-spread", Severity::Low)
    .says("public resolvers give what is expected", "a public resolver still gives an old answer")
    .because("visitors who use this resolver are led to the old place until its memory ends")
    .fix("wait for the time given before the old place is shut down")
    .see(&[RFC_1034]);

/// Aliases lead to names that exist.
pub(crate) static ALIAS_TARGETS: Rule = Rule::new("dns/alias-targets-exist", Severity::High)
    .says("aliases lead to names that exist", "an alias leads to a name that does not exist")
    .because("the name is dead, and whoever claims the missing target can serve pages under it")
    .fix("remove the CNAME record, or create the target again at its provider")
    .see(&[TAKEOVER, RFC_1034]);

/// Chains of aliases end.
pub(crate) static ALIAS_CHAINS: Rule = Rule::new("dns/alias-chains-end", Severity::High)
    .says(
        "chains of aliases are short and end",
        "a chain of aliases is too long or goes in circles",
    )
    .because("resolvers give up, and the name does not resolve")
    .fix("point the alias directly to the name at the end")
    .see(&[RFC_1034, RFC_1912]);

/// No CNAME at the apex.
pub(crate) static APEX_ALIAS: Rule = Rule::new("dns/apex-not-alias", Severity::High)
    .says("the apex of the zone is no alias", "the apex of the zone is an alias (CNAME)")
    .because("a CNAME may not stand beside SOA, NS and MX records: mail and delegation break for some resolvers")
    .fix("use A and AAAA records, or the ALIAS or flattening feature of the DNS provider")
    .see(&[RFC_1912, RFC_2181]);

/// Nothing stands beside an alias.
pub(crate) static ALIAS_ALONE: Rule = Rule::new("dns/alias-stands-alone", Severity::Medium)
    .says("aliases have no records beside them", "an alias has other records beside it")
    .because("what a visitor gets depends on the order in which a resolver has asked")
    .fix("remove either the CNAME record or all other records of the name")
    .see(&[
        ("RFC 2181, section 10.1", "https://www.rfc-editor.org/rfc/rfc2181#section-10.1"),
        RFC_1034,
    ]);

/// MX records name hosts.
pub(crate) static MAIL_TARGETS: Rule = Rule::new("dns/mail-targets", Severity::High)
    .says(
        "MX records name hosts that have an address and are no aliases",
        "an MX record names no usable host",
    )
    .because("mail to the domain is delayed or returned")
    .fix("name a host with A or AAAA records of its own in the MX record")
    .see(&[("RFC 5321, section 5.1", "https://www.rfc-editor.org/rfc/rfc5321#section-5.1")]);

/// SRV targets exist.
pub(crate) static SERVICE_TARGETS: Rule = Rule::new("dns/service-targets", Severity::Medium)
    .says(
        "SRV records name hosts that have an address and are no aliases",
        "an SRV record names a host that does not work",
    )
    .because("programs that look for the service find nothing, or a host that somebody else may take")
    .fix("name a host with an address of its own, or remove the SRV record of a service that is gone")
    .see(&[("RFC 2782: SRV", "https://www.rfc-editor.org/rfc/rfc2782")]);

/// Apex and `www` lead to one place.
pub(crate) static WWW_BESIDE_APEX: Rule = Rule::new("dns/www-beside-apex", Severity::Low)
    .says(
        "the domain and its www lead to the same host",
        "the domain and its www lead to different hosts",
    )
    .because("unless both serve the site or redirect to it, half of the visitors land elsewhere")
    .fix("point www to the domain with a CNAME record, or make sure that both hosts are meant")
    .see(&[RFC_1912]);

/// No wildcard.
pub(crate) static WILDCARD: Rule = Rule::new("dns/no-wildcard", Severity::Low)
    .says(
        "names that nobody has created do not exist",
        "every name below the domain exists (wildcard)",
    )
    .because(
        "mistyped and forgotten names lead somewhere, and anyone can link to a name of your making",
    )
    .fix("replace the wildcard by records for the names that are in use, if it is not needed")
    .see(&[("RFC 4592: wildcards", "https://www.rfc-editor.org/rfc/rfc4592")]);

/// Resolvers may remember.
pub(crate) static TTL_LOW: Rule = Rule::new("dns/ttls-not-too-low", Severity::Low)
    .says("resolvers may remember addresses for a while", "an address is forgotten almost at once")
    .because("every visit waits for DNS again, and the name servers get all of the load")
    .fix("raise the TTL to 60 seconds or more; 300 is a good value around a launch")
    .see(&[RFC_1912, RFC_1034]);

/// Mistakes do not last.
pub(crate) static TTL_HIGH: Rule = Rule::new("dns/ttls-not-too-high", Severity::Medium)
    .says("a change of addresses is seen within a day", "an address is remembered for more than a day")
    .because("after a cut-over or a mistake visitors are led to the old address for so long")
    .fix("lower the TTL to 3600 seconds or less, and wait for the old TTL before anything is changed")
    .see(&[RFC_1034, ("RFC 8767, section 4", "https://www.rfc-editor.org/rfc/rfc8767#section-4")]);

/// That a name is missing is soon forgotten.
pub(crate) static NEGATIVE_TTL: Rule = Rule::new("dns/negative-ttl", Severity::Low)
    .says(
        "that a name does not exist is remembered for a day at most",
        "that a name does not exist is remembered for more than a day",
    )
    .because("whoever asked for a name before it was created does not see it for so long")
    .fix("lower the last field (minimum) of the SOA record to between one and three hours")
    .see(&[("RFC 2308, section 5", "https://www.rfc-editor.org/rfc/rfc2308#section-5")]);
