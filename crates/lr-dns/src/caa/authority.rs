//! Which CAA domains the certification authorities go by.

/// An authority: how the organisation in its certificates begins, and the domains that it takes for
/// its own in CAA records.
struct Authority {
    organisation: &'static str,
    domains: &'static [&'static str],
}

/// By what the authorities disclose of themselves in the Common CA Database (CCADB), report "CAA
/// identifiers". The larger ones; written from memory of it, so that one that is missing here leaves
/// the question open and is never taken for a fault.
const AUTHORITIES: &[Authority] = &[
    Authority { organisation: "let's encrypt", domains: &["letsencrypt.org"] },
    Authority { organisation: "internet security research group", domains: &["letsencrypt.org"] },
    Authority { organisation: "google trust services", domains: &["pki.goog", "google.com"] },
    Authority {
        organisation: "digicert",
        domains: &[
            "digicert.com",
            "digicert.ne.jp",
            "cybertrust.ne.jp",
            "thawte.com",
            "geotrust.com",
            "rapidssl.com",
            "symantec.com",
            "amazon.com",
            "amazontrust.com",
            "awstrust.com",
            "amazonaws.com",
        ],
    },
    Authority {
        organisation: "sectigo",
        domains: &[
            "sectigo.com",
            "comodo.com",
            "comodoca.com",
            "usertrust.com",
            "trust-provider.com",
            "entrust.net",
            "affirmtrust.com",
        ],
    },
    Authority {
        organisation: "zerossl",
        domains: &[
            "sectigo.com",
            "trust-provider.com",
            "usertrust.com",
            "comodoca.com",
            "comodo.com",
        ],
    },
    Authority {
        organisation: "amazon",
        domains: &[
            "amazon.com",
            "amazontrust.com",
            "awstrust.com",
            "amazonaws.com",
            "aws.amazon.com",
        ],
    },
    Authority { organisation: "globalsign", domains: &["globalsign.com"] },
    Authority { organisation: "godaddy", domains: &["godaddy.com", "starfieldtech.com"] },
    Authority { organisation: "starfield", domains: &["starfieldtech.com", "godaddy.com"] },
    Authority { organisation: "entrust", domains: &["entrust.net", "affirmtrust.com"] },
    Authority { organisation: "ssl corp", domains: &["ssl.com"] },
    Authority { organisation: "buypass", domains: &["buypass.com", "buypass.no"] },
    Authority { organisation: "actalis", domains: &["actalis.it"] },
    Authority { organisation: "microsoft", domains: &["microsoft.com"] },
    Authority { organisation: "certainly", domains: &["certainly.com"] },
];

/// The domains by which the authority with this organisation goes; `None` if it is not known.
pub(crate) fn domains_of(organisation: &str) -> Option<&'static [&'static str]> {
    let plain = |text: &str| {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect::<String>()
    };
    let organisation = plain(organisation);
    let known =
        AUTHORITIES.iter().filter(|known| organisation.starts_with(&plain(known.organisation)));
    known.max_by_key(|known| known.organisation.len()).map(|known| known.domains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisations_are_known_however_they_are_spelled() {
        for (organisation, domain) in [
            ("Let's Encrypt", "letsencrypt.org"),
            ("Let\u{2019}s Encrypt", "letsencrypt.org"),
            ("DigiCert, Inc.", "digicert.com"),
            ("GoDaddy.com, Inc.", "godaddy.com"),
            ("Google Trust Services LLC", "pki.goog"),
        ] {
            assert!(domains_of(organisation).unwrap().contains(&domain), "{organisation}");
        }
        assert_eq!(domains_of("Nobody's CA"), None);
        assert_eq!(domains_of(""), None);
    }
}
