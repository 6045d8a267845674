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

/// Servers can be reached over IPv4.
pub(crate) static SERVERS_V4: Rule = Rule::new("dns/name-servers-ipv4", Severity::High)
    .says(
        "at least two name servers have an IPv4 address",
        "there are too few name servers with an IPv4 address",
    )
    .because("resolvers without IPv6 find nothing of the zone, or depend on a single server")
    .fix("give the name servers IPv4 addresses, in the zone and at the registrar (glue)")
    .see(&[RFC_3901, RFC_2182]);

/// Servers answer whatever they are asked.
pub(crate) static EVERY_QUESTION: Rule =
    Rule::new("dns/every-question-answered", Severity::Medium)
        .says(
            "name servers answer every question about the zone",
            "a name server leaves some questions unanswered",
        )
        .because("certification authorities refuse to issue when CAA is not answered, and visitors wait when AAAA is not")
        .fix("update the server, and look for a firewall in front of it that drops some record types")
        .see(&[
            ("RFC 8906: failure to communicate", "https://www.rfc-editor.org/rfc/rfc8906"),
            ("RFC 4074: misbehaviour with AAAA", "https://www.rfc-editor.org/rfc/rfc4074"),
        ]);

/// All servers have the same SOA record but for the serial.
pub(crate) static SOA_AGREES: Rule = Rule::new("dns/soa-agrees", Severity::Low)
    .says(
        "all name servers have the same SOA record, but for the serial",
        "name servers have different SOA records",
    )
    .because("their zones come from different sources, which can grow apart unnoticed")
    .fix("let all name servers take the zone from one source, or enter the same SOA values at each DNS host")
    .see(&[RFC_1034, RFC_1912]);

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

/// CAA limits who may issue certificates.
pub(crate) static CAA: Rule = Rule::new("dns/caa-present", Severity::Low)
    .says(
        "CAA records say who may issue certificates",
        "no CAA record says who may issue certificates",
    )
    .because("every certification authority in the world may issue a certificate for the domain")
    .fix("add a CAA record that names the authority in use, such as `0 issue \"letsencrypt.org\"`")
    .see(&[RFC_8659]);

/// Every server answers over TCP too.
pub(crate) static SERVERS_TCP: Rule = Rule::new("dns/name-servers-answer-tcp", Severity::Medium)
    .says("every name server answers over TCP", "a name server does not answer over TCP")
    .because("long answers come over TCP only, and are lost for everybody who asks this server")
    .fix("open port 53 to the server over TCP, not only over UDP")
    .see(&[("RFC 7766: DNS over TCP", "https://www.rfc-editor.org/rfc/rfc7766#section-5")]);

/// Every server hears questions with EDNS.
pub(crate) static SERVERS_EDNS: Rule = Rule::new("dns/name-servers-edns", Severity::Medium)
    .says(
        "every name server answers questions with EDNS",
        "a name server drops questions with EDNS",
    )
    .because("all resolvers ask with EDNS, and lose seconds before they try without; some never do")
    .fix("update the server, or let the firewall in front of it pass DNS questions with EDNS")
    .see(&[("RFC 6891: EDNS", "https://www.rfc-editor.org/rfc/rfc6891#section-6.2")]);

/// Every server repeats the question as it was spelled.
pub(crate) static SERVERS_CASE: Rule = Rule::new("dns/name-servers-keep-case", Severity::Low)
    .says(
        "every name server repeats questions as they were spelled",
        "a name server changes the letters of a question",
    )
    .because("resolvers that spell names at random (0x20) to keep forgers out take its answers for forged")
    .fix("update the server, or take out what rewrites DNS messages in front of it")
    .see(&[
        ("RFC 4343: case insensitivity", "https://www.rfc-editor.org/rfc/rfc4343#section-4.1"),
        ("draft-vixie-dnsext-dns0x20", "https://datatracker.ietf.org/doc/html/draft-vixie-dnsext-dns0x20-00"),
    ]);

/// A name that exists is not denied for want of a type.
pub(crate) static NO_FALSE_DENIALS: Rule = Rule::new("dns/names-not-denied", Severity::High)
    .says("names that exist are not denied", "a name server denies a name that it has records for")
    .because(
        "resolvers believe that there is nothing at all under the name, and visitors see an error",
    )
    .fix("make the server answer NOERROR without records (NODATA) for types that the name has not")
    .see(&[
        ("RFC 8020: NXDOMAIN", "https://www.rfc-editor.org/rfc/rfc8020#section-2"),
        ("RFC 4074: misbehaviour with AAAA", "https://www.rfc-editor.org/rfc/rfc4074#section-4.2"),
    ]);

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

/// No server recurses for strangers.
pub(crate) static RECURSION: Rule = Rule::new("dns/recursion-closed", Severity::Medium)
    .says(
        "name servers do not look up other names for strangers",
        "a name server looks up other names for everybody",
    )
    .because("it can be used to attack others, and to poison what it serves itself")
    .fix("turn recursion off on the authoritative server")
    .see(&[("RFC 5358: reflector attacks", "https://www.rfc-editor.org/rfc/rfc5358")]);

/// No server gives the zone away.
pub(crate) static TRANSFER: Rule = Rule::new("dns/transfer-closed", Severity::Medium)
    .says(
        "name servers do not give the whole zone to strangers",
        "a name server gives the whole zone to everybody (AXFR)",
    )
    .because("all names, internal ones and those of unreleased products too, can be read by anyone")
    .fix("allow zone transfers to the addresses of the secondary servers only")
    .see(&[("RFC 5936, section 5", "https://www.rfc-editor.org/rfc/rfc5936#section-5")]);

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

/// What does not exist cannot be claimed by others.
pub(crate) static NOT_CLAIMABLE: Rule = Rule::new("dns/targets-not-claimable", Severity::Critical)
    .says(
        "no record leads to a name that somebody else can claim",
        "a record leads to a name that anybody can claim",
    )
    .because("whoever claims it serves pages, gets certificates and reads cookies or mail under your name")
    .fix("remove the record now, or claim its target again yourself")
    .see(&[TAKEOVER, ("can-i-take-over-xyz", "https://github.com/EdOverflow/can-i-take-over-xyz")]);

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

/// Names of the inside stay inside.
pub(crate) static PRIVATE_NAMES: Rule = Rule::new("dns/internal-names-hidden", Severity::Low)
    .says(
        "names for staging and administration are not public",
        "a name for staging or administration is public",
    )
    .because("it is the first that attackers try, and unfinished pages end up in search engines")
    .fix("keep the name in internal DNS, or put a login before it and add it to the hosts of the launch")
    .see(&[("OWASP WSTG-CONF-05: administration interfaces", "https://owasp.org/www-project-web-security-testing-guide/stable/4-Web_Application_Security_Testing/02-Configuration_and_Deployment_Management_Testing/05-Enumerate_Infrastructure_and_Application_Admin_Interfaces")]);

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

/// CAA records can be read.
pub(crate) static CAA_VALID: Rule = Rule::new("dns/caa-valid", Severity::Medium)
    .says("CAA records follow the grammar", "a CAA record does not follow the grammar")
    .because("authorities ignore the record or refuse to issue, and certificates are not renewed")
    .fix("correct the record; the values are `ca-domain; parameter=value`, `mailto:` or `https:` addresses")
    .see(&[RFC_8659, ("RFC 8657: parameters", "https://www.rfc-editor.org/rfc/rfc8657")]);

/// CAA records let the authority in use issue.
pub(crate) static CAA_ISSUER: Rule = Rule::new("dns/caa-allows-issuer", Severity::High)
    .says(
        "CAA records allow the certification authority in use",
        "CAA records forbid the certification authority in use",
    )
    .because("the next certificate is refused, and the site goes dark when the present one ends")
    .fix("add a CAA record that names the authority")
    .see(&[RFC_8659]);

/// What is proxied is not reachable beside the proxy.
pub(crate) static EDGE: Rule = Rule::new("dns/edge-not-bypassed", Severity::Medium)
    .says(
        "names behind a proxy do not lead around it",
        "a name leads around the proxy that protects the site",
    )
    .because("attackers reach the origin directly, and a part of all visitors does without the proxy")
    .fix("turn the proxy on for all addresses of the name, or remove the record that shows the origin")
    .see(&[("Cloudflare: proxy status", "https://developers.cloudflare.com/dns/proxy-status/")]);

/// Signed answers can be verified.
pub(crate) static DNSSEC_VALID: Rule = Rule::new("dns/dnssec-valid", Severity::Critical)
    .says("signed answers can be verified (DNSSEC)", "signed answers cannot be verified (DNSSEC)")
    .because("for everybody whose resolver validates, which are most, the domain does not resolve")
    .fix("sign the zone again, or correct or remove the DS record at the registrar")
    .see(&[("RFC 4035, section 5", "https://www.rfc-editor.org/rfc/rfc4035#section-5")]);

/// The chain of trust is whole.
pub(crate) static DNSSEC_CHAIN: Rule = Rule::new("dns/dnssec-chain", Severity::High)
    .says(
        "the chain of trust leads from the root to the zone (DNSSEC)",
        "the chain of trust to the zone is broken (DNSSEC)",
    )
    .because("for everybody whose resolver validates the domain does not resolve")
    .fix("tell the operator of the zone where it breaks; if that is your own, correct its DS record at the registrar")
    .see(&[("RFC 4035, section 5.2", "https://www.rfc-editor.org/rfc/rfc4035#section-5.2")]);

/// Signatures last.
pub(crate) static DNSSEC_LASTS: Rule = Rule::new("dns/dnssec-signatures-last", Severity::High)
    .says("signatures are valid for some days yet (DNSSEC)", "signatures end soon (DNSSEC)")
    .because("when they end, the domain does not resolve for most people")
    .fix("see why the zone is not signed again in time")
    .see(&[("RFC 6781, section 4.4.2", "https://www.rfc-editor.org/rfc/rfc6781#section-4.4.2")]);

/// Algorithms are current.
pub(crate) static DNSSEC_ALGORITHMS: Rule = Rule::new("dns/dnssec-algorithms", Severity::Medium)
    .says(
        "keys and digests use current algorithms (DNSSEC)",
        "a key or digest uses an outdated algorithm (DNSSEC)",
    )
    .because("resolvers treat the zone as unsigned or refuse it, each in its own time")
    .fix("roll the keys to ECDSAP256SHA256 (13) and enter a SHA-256 digest at the registrar")
    .see(&[
        ("RFC 9904: algorithm recommendations", "https://www.rfc-editor.org/rfc/rfc9904"),
        ("RFC 8624", "https://www.rfc-editor.org/rfc/rfc8624#section-3"),
    ]);

/// SRV targets exist.
pub(crate) static SERVICE_TARGETS: Rule = Rule::new("dns/service-targets", Severity::Medium)
    .says(
        "SRV records name hosts that have an address and are no aliases",
        "an SRV record names a host that does not work",
    )
    .because("programs that look for the service find nothing, or a host that somebody else may take")
    .fix("name a host with an address of its own, or remove the SRV record of a service that is gone")
    .see(&[("RFC 2782: SRV", "https://www.rfc-editor.org/rfc/rfc2782")]);

/// All rules of this crate.
pub static RULES: &[&Rule] = &[
    &DELEGATED,
    &SERVERS_RESOLVE,
    &SERVERS_ANSWER,
    &SERVERS_ANSWER_V6,
    &SERVERS_AUTHORITATIVE,
    &SERVERS_AGREE,
    &SERIALS_AGREE,
    &SOA_AGREES,
    &EVERY_QUESTION,
    &DELEGATION_MATCHES,
    &ENOUGH_SERVERS,
    &SERVERS_V4,
    &APEX_RESOLVES,
    &WWW_RESOLVES,
    &HOSTS_RESOLVE,
    &IPV6,
    &ADDRESSES_PUBLIC,
    &EXPECTED,
    &SPREAD,
    &ALIAS_TARGETS,
    &ALIAS_CHAINS,
    &APEX_ALIAS,
    &CAA,
    &SERVERS_TCP,
    &SERVERS_EDNS,
    &SERVERS_CASE,
    &NO_FALSE_DENIALS,
    &GLUE,
    &SERVERS_NOT_ALIASES,
    &SERVER_NETWORKS,
    &RECURSION,
    &TRANSFER,
    &ALIAS_ALONE,
    &MAIL_TARGETS,
    &SERVICE_TARGETS,
    &NOT_CLAIMABLE,
    &WWW_BESIDE_APEX,
    &WILDCARD,
    &PRIVATE_NAMES,
    &TTL_LOW,
    &TTL_HIGH,
    &NEGATIVE_TTL,
    &CAA_VALID,
    &CAA_ISSUER,
    &EDGE,
    &DNSSEC_VALID,
    &DNSSEC_LASTS,
    &DNSSEC_ALGORITHMS,
    &DNSSEC_CHAIN,
];
