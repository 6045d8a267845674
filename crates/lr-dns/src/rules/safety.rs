//! What somebody else could do with the domain, and what keeps him from it.

use lr_core::{Rule, Severity};

use super::TAKEOVER;

const RFC_8659: (&str, &str) = ("RFC 8659: CAA", "https://www.rfc-editor.org/rfc/rfc8659");

/// What does not exist cannot be claimed by others.
pub(crate) static NOT_CLAIMABLE: Rule = Rule::new("dns/targets-not-claimable", Severity::Critical)
    .says(
        "no record leads to a name that somebody else can claim",
        "a record leads to a name that anybody can claim",
    )
    .because("whoever claims it serves pages, gets certificates and reads cookies or mail under your name")
    .fix("remove the record now, or claim its target again yourself")
    .see(&[TAKEOVER, ("can-i-take-over-xyz", "https://github.com/EdOverflow/can-i-take-over-xyz")]);

/// Names of the inside stay inside.
pub(crate) static PRIVATE_NAMES: Rule = Rule::new("dns/internal-names-hidden", Severity::Low)
    .says(
        "names for staging and administration are not public",
        "a name for staging or administration is public",
    )
    .because("it is the first that attackers try, and unfinished pages end up in search engines")
    .fix("keep the name in internal DNS, or put a login before it and add it to the hosts of the launch")
    .see(&[("OWASP WSTG-CONF-05: administration interfaces", "https://owasp.org/www-project-web-security-testing-guide/stable/4-Web_Application_Security_Testing/02-Configuration_and_Deployment_Management_Testing/05-Enumerate_Infrastructure_and_Application_Admin_Interfaces")]);

/// What is proxied is not reachable beside the proxy.
pub(crate) static EDGE: Rule = Rule::new("dns/edge-not-bypassed", Severity::Medium)
    .says(
        "names behind a proxy do not lead around it",
        "a name leads around the proxy that protects the site",
    )
    .because("attackers reach the origin directly, and a part of all visitors does without the proxy")
    .fix("turn the proxy on for all addresses of the name, or remove the record that shows the origin")
    .see(&[("Cloudflare: proxy status", "https://developers.cloudflare.com/dns/proxy-status/")]);

/// CAA limits who may issue certificates.
pub(crate) static CAA: Rule = Rule::new("dns/caa-present", Severity::Low)
    .says(
        "CAA records say who may issue certificates",
        "no CAA record says who may issue certificates",
    )
    .because("every certification authority in the world may issue a certificate for the domain")
    .fix("add a CAA record that names the authority in use, such as `0 issue \"letsencrypt.org\"`")
    .see(&[RFC_8659]);

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
