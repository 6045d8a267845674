use lr_core::{Rule, Severity};

const RFC_1034: (&str, &str) = ("RFC 1034: concepts", "https://www.rfc-editor.org/rfc/rfc1034");
const RFC_1912: (&str, &str) =
    ("RFC 1912: common errors", "https://www.rfc-editor.org/rfc/rfc1912");
const RFC_2181: (&str, &str) =
    ("RFC 2181: clarifications", "https://www.rfc-editor.org/rfc/rfc2181");
const RFC_2182: (&str, &str) =
    ("RFC 2182: secondary servers", "https://www.rfc-editor.org/rfc/rfc2182");
const RFC_3901: (&str, &str) =
    ("RFC 3901: DNS over IPv6", "https://www.rfc-editor.org/rfc/rfc3901");
const RFC_6890: (&str, &str) =
    ("RFC 6890: special-purpose addresses", "https://www.rfc-editor.org/rfc/rfc6890");
const RFC_8659: (&str, &str) = ("RFC 8659: CAA", "https://www.rfc-editor.org/rfc/rfc8659");
const RFC_9499: (&str, &str) =
    ("RFC 9499: DNS terminology", "https://www.rfc-editor.org/rfc/rfc9499");
const TAKEOVER: (&str, &str) = (
    "MDN: subdomain takeover",
    "https://developer.mozilla.org/en-US/docs/Web/Security/Subdomain_takeovers",
);

/// The domain exists, and its zone is delegated.
pub(crate) static DELEGATED: Rule = Rule::new("dns/delegated", Severity::Critical)
    .says("the domain exists and its zone is delegated", "the domain does not exist")
    .because("nothing under this name can be reached by anyone")
    .fix("register the domain, or enter its name servers at the registrar")
    .see(&[RFC_1034]);

/// Every host name of a name server has an address.
pub(crate) static SERVERS_RESOLVE: Rule = Rule::new("dns/name-servers-resolve", Severity::High)
    .says("every name server has an address", "a name server has no address")
    .because(
        "resolvers lose time on it, and whoever registers the missing name can answer for the zone",
    )
    .fix("remove the name server from the zone and at the registrar, or give it an address")
    .see(&[RFC_1912]);

/// Every server answers over IPv4.
pub(crate) static SERVERS_ANSWER: Rule = Rule::new("dns/name-servers-answer", Severity::High)
    .says("every name server answers", "a name server does not answer")
    .because("some visitors wait for seconds, and one more failure takes the whole domain away")
    .fix("start the server or open port 53 (UDP and TCP) to it, or take it out of the zone and out of the delegation")
    .see(&[RFC_2182]);

/// Every server with an IPv6 address answers there.
pub(crate) static SERVERS_ANSWER_V6: Rule =
    Rule::new("dns/name-servers-answer-ipv6", Severity::Medium)
        .says("every name server answers over IPv6", "a name server does not answer over IPv6")
        .because("resolvers that prefer IPv6 lose time on it")
        .fix("open port 53 (UDP and TCP) over IPv6, or remove the server's AAAA record and glue")
        .see(&[RFC_3901]);

/// Every server has the zone.
pub(crate) static SERVERS_AUTHORITATIVE: Rule =
    Rule::new("dns/name-servers-authoritative", Severity::High)
        .says(
            "every name server is authoritative for the zone",
            "a name server is not authoritative for the zone",
        )
        .because("a part of all lookups fails or is repeated elsewhere; the delegation is lame")
        .fix("load the zone on that server, or take it out of the zone and out of the delegation")
        .see(&[RFC_9499, RFC_1912]);

/// All servers give the same records.
pub(crate) static SERVERS_AGREE: Rule = Rule::new("dns/name-servers-agree", Severity::High)
    .says("all name servers give the same records", "name servers give different records")
    .because("which site a visitor sees depends on the name server that happens to be asked")
    .fix("find the server with the old zone and make it transfer the new one, or change the record at every DNS provider that serves the zone")
    .see(&[RFC_1034, RFC_2182]);

/// All servers have the same version of the zone.
pub(crate) static SERIALS_AGREE: Rule = Rule::new("dns/serials-agree", Severity::Low)
    .says("all name servers have the same zone serial", "name servers have different zone serials")
    .because("one of them may be serving an older version of the zone")
    .fix("check zone transfers to the server with the older serial, if this lasts longer than the refresh time")
    .see(&[RFC_1034, RFC_1912]);

/// Parent and child name the same servers.
pub(crate) static DELEGATION_MATCHES: Rule = Rule::new("dns/delegation-matches", Severity::Medium)
    .says(
        "the delegation names the same name servers as the zone",
        "the delegation names other name servers than the zone",
    )
    .because("some resolvers use the one list and some the other, so changes reach visitors unevenly")
    .fix("enter the zone's own list of name servers at the registrar, or correct the NS records of the zone")
    .see(&[RFC_1034, RFC_1912]);

/// At least two name servers.
pub(crate) static ENOUGH_SERVERS: Rule = Rule::new("dns/enough-name-servers", Severity::Medium)
    .says("there are at least two name servers", "there are too few name servers")
    .because("when the only name server is down, so is everything else")
    .fix("add a second name server at another address, better still on another network")
    .see(&[RFC_1034, RFC_2182]);

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

/// CAA limits who may issue certificates.
pub(crate) static CAA: Rule = Rule::new("dns/caa-present", Severity::Low)
    .says(
        "CAA records say who may issue certificates",
        "no CAA record says who may issue certificates",
    )
    .because("every certification authority in the world may issue a certificate for the domain")
    .fix("add a CAA record that names the authority in use, such as `0 issue \"letsencrypt.org\"`")
    .see(&[RFC_8659]);

/// All rules of this crate.
pub static RULES: &[&Rule] = &[
    &DELEGATED,
    &SERVERS_RESOLVE,
    &SERVERS_ANSWER,
    &SERVERS_ANSWER_V6,
    &SERVERS_AUTHORITATIVE,
    &SERVERS_AGREE,
    &SERIALS_AGREE,
    &DELEGATION_MATCHES,
    &ENOUGH_SERVERS,
    &APEX_RESOLVES,
    &WWW_RESOLVES,
    &HOSTS_RESOLVE,
    &IPV6,
    &ADDRESSES_PUBLIC,
    &EXPECTED,
    &ALIAS_TARGETS,
    &ALIAS_CHAINS,
    &APEX_ALIAS,
    &CAA,
];
