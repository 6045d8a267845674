//! How name servers behave.

use lr_core::{Rule, Severity};

use super::{RFC_1034, RFC_1912, RFC_2182, RFC_3901};

const RFC_9499: (&str, &str) =
    ("RFC 9499: DNS terminology", "https://www.rfc-editor.org/rfc/rfc9499");

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

/// All servers have the same SOA record but for the serial.
pub(crate) static SOA_AGREES: Rule = Rule::new("dns/soa-agrees", Severity::Low)
    .says(
        "all name servers have the same SOA record, but for the serial",
        "name servers have different SOA records",
    )
    .because("their zones come from different sources, which can grow apart unnoticed")
    .fix("let all name servers take the zone from one source, or enter the same SOA values at each DNS host")
    .see(&[RFC_1034, RFC_1912]);

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
