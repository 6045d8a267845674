//! Who serves the zone, by its parent and by its own word.

use lr_core::{Rule, Severity};

use super::{RFC_1034, RFC_1912, RFC_2182, RFC_3901, TAKEOVER};

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

/// Servers can be reached over IPv4.
pub(crate) static SERVERS_V4: Rule = Rule::new("dns/name-servers-ipv4", Severity::High)
    .says(
        "at least two name servers have an IPv4 address",
        "there are too few name servers with an IPv4 address",
    )
    .because("resolvers without IPv6 find nothing of the zone, or depend on a single server")
    .fix("give the name servers IPv4 addresses, in the zone and at the registrar (glue)")
    .see(&[RFC_3901, RFC_2182]);

/// The parent's addresses of the servers are right.
pub(crate) static GLUE: Rule = Rule::new("dns/glue-matches", Severity::Medium)
    .says(
        "the delegation gives the name servers' own addresses",
        "the delegation gives another address for a name server than it has",
    )
    .because("resolvers go to the old address first, where nobody or somebody else answers")
    .fix("enter the server's present addresses at the registrar (host or glue records)")
    .see(&[RFC_1912]);

/// No server is an alias.
pub(crate) static SERVERS_NOT_ALIASES: Rule =
    Rule::new("dns/name-servers-not-aliases", Severity::Medium)
        .says("no name server's name is an alias", "the name of a name server is an alias (CNAME)")
        .because("some resolvers do not follow it and lose the server")
        .fix("name the alias's target in the NS records, or give the name addresses of its own")
        .see(&[("RFC 2181, section 10.3", "https://www.rfc-editor.org/rfc/rfc2181#section-10.3")]);

/// The servers are on different networks.
pub(crate) static SERVER_NETWORKS: Rule = Rule::new("dns/name-server-networks", Severity::Low)
    .says("the name servers are on different networks", "all name servers are on one network")
    .because("one broken line or one attack takes all of them away at once")
    .fix("add a name server on another network")
    .see(&[("RFC 2182, section 3.1", "https://www.rfc-editor.org/rfc/rfc2182#section-3.1")]);

/// Zones below are served.
pub(crate) static ZONES_BELOW: Rule = Rule::new("dns/zones-below-served", Severity::Medium)
    .says(
        "zones below are served by those to whom they are delegated",
        "a zone below is delegated to somebody who does not serve it",
    )
    .because(
        "names in it do not resolve, and at many DNS hosts whoever creates the zone answers for them",
    )
    .fix("remove the NS records of a zone that is gone, or create the zone at the servers that they name")
    .see(&[RFC_1912, TAKEOVER]);
