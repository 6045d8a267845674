mod delegation;
mod safety;
mod servers;
mod visitors;

use lr_core::Rule;

pub(crate) use self::delegation::*;
pub(crate) use self::safety::*;
pub(crate) use self::servers::*;
pub(crate) use self::visitors::*;

const RFC_1034: (&str, &str) = ("RFC 1034: concepts", "https://www.rfc-editor.org/rfc/rfc1034");
const RFC_1912: (&str, &str) =
    ("RFC 1912: common errors", "https://www.rfc-editor.org/rfc/rfc1912");
const RFC_2182: (&str, &str) =
    ("RFC 2182: secondary servers", "https://www.rfc-editor.org/rfc/rfc2182");
const RFC_3901: (&str, &str) =
    ("RFC 3901: DNS over IPv6", "https://www.rfc-editor.org/rfc/rfc3901");
const TAKEOVER: (&str, &str) = (
    "MDN: subdomain takeover",
    "https://developer.mozilla.org/en-US/docs/Web/Security/Subdomain_takeovers",
);

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
    &ZONES_BELOW,
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
