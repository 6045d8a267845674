//! Which CAA domains the certification authorities go by.

/// How the organisation in an authority's certificates begins, and the domains that it takes for its own
/// in CAA records.
///
/// The authorities disclose these in their practice statements and in the report of CAA identifiers of
/// the Common CA Database (CCADB). Confirmed by documents: Amazon (its guide to Certificate Manager, but
/// for `aws.amazon.com`), Let's Encrypt and Google (`pki.goog`) by their own pages, Sectigo and DigiCert's
/// brands as resellers word it. The other rows, and what these have more, were compared with a list that
/// others have made of practice statements and the CCADB report of 2025. In neither: `google.com`,
/// `buypass.no`, and what ZeroSSL has beside `zerossl.com`. Those are kept, since a domain too many lets
/// something pass and one too few is a false alarm. An authority that is missing here leaves the question
/// open.
const AUTHORITIES: &[(&str, &[&str])] = &[
    ("let's encrypt", &["letsencrypt.org"]),
    ("internet security research group", &["letsencrypt.org"]),
    ("google trust services", &["pki.goog", "google.com"]),
    (
        "amazon",
        &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"],
    ),
    (
        "digicert",
        &[
            "digicert.com",
            "www.digicert.com",
            "digicert.ne.jp",
            "cybertrust.ne.jp",
            "thawte.com",
            "geotrust.com",
            "rapidssl.com",
            "symantec.com",
            "digitalcertvalidation.com",
            "quovadisglobal.com",
            "amazon.com",
            "amazontrust.com",
            "awstrust.com",
            "amazonaws.com",
        ],
    ),
    ("geotrust", &["geotrust.com", "digicert.com"]),
    ("rapidssl", &["rapidssl.com", "digicert.com"]),
    ("thawte", &["thawte.com", "digicert.com"]),
    ("encryption everywhere", &["digicert.com"]),
    ("quovadis", &["quovadisglobal.com", "digicert.com"]),
    (
        "sectigo",
        &[
            "sectigo.com",
            "usertrust.com",
            "trust-provider.com",
            "comodo.com",
            "comodoca.com",
            "entrust.net",
            "affirmtrust.com",
        ],
    ),
    (
        "comodo",
        &["comodoca.com", "sectigo.com", "usertrust.com", "trust-provider.com", "comodo.com"],
    ),
    (
        "the usertrust network",
        &["sectigo.com", "usertrust.com", "trust-provider.com", "comodo.com", "comodoca.com"],
    ),
    (
        "zerossl",
        &[
            "sectigo.com",
            "usertrust.com",
            "trust-provider.com",
            "comodo.com",
            "comodoca.com",
            "zerossl.com",
        ],
    ),
    ("gehirn", &["sectigo.com", "usertrust.com", "trust-provider.com"]),
    ("entrust", &["entrust.net", "affirmtrust.com"]),
    ("affirmtrust", &["affirmtrust.com", "entrust.net"]),
    ("ssl corp", &["ssl.com", "entrust.net", "affirmtrust.com"]),
    ("globalsign", &["globalsign.com"]),
    ("godaddy", &["godaddy.com", "starfieldtech.com"]),
    ("starfield", &["starfieldtech.com", "godaddy.com", "amazon.com"]),
    ("microsoft", &["microsoft.com", "digicert.com"]),
    ("certainly", &["certainly.com"]),
    ("identrust", &["identrust.com"]),
    ("buypass", &["buypass.com", "buypass.no"]),
    ("actalis", &["actalis.it"]),
    ("asseco", &["certum.pl", "certum.eu"]),
    ("certum", &["certum.pl", "certum.eu"]),
    ("unizeto", &["certum.pl"]),
    ("certsign", &["certsign.ro"]),
    ("certigna", &["certigna.fr", "certigna.com"]),
    ("d-trust", &["d-trust.net", "dtrust.de", "d-trust.de"]),
    ("deutsche telekom security", &["telesec.de", "pki.dfn.de", "dfn.de"]),
    ("hellenic academic and research institutions", &["harica.gr"]),
    ("swisssign", &["swisssign.com"]),
    ("telia", &["telia.com"]),
    ("microsec", &["e-szigno.hu"]),
    ("netlock", &["netlock.hu", "netlock.net", "netlock.eu", "netlock.com"]),
    ("secom trust systems", &["secomtrust.net"]),
    ("cybertrust japan", &["cybertrust.co.jp", "cybertrust.ne.jp"]),
    ("taiwan-ca", &["twca.com.tw"]),
    ("emudhra", &["emsign.com"]),
    ("trustasia", &["trustasia.com"]),
    ("trustwave", &["trustwave.com", "securetrust.com", "vikingcloud.com"]),
    ("viking cloud", &["trustwave.com", "securetrust.com", "vikingcloud.com"]),
    ("accv", &["accv.es"]),
    ("ac camerfirma", &["camerfirma.com"]),
];

/// The domains by which the authority with this organisation goes; `None` if it is not known.
pub(crate) fn domains_of(organisation: &str) -> Option<&'static [&'static str]> {
    let plain = |text: &str| {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect::<String>()
    };
    let organisation = plain(organisation);
    let known = AUTHORITIES.iter().filter(|(known, _)| organisation.starts_with(&plain(known)));
    known.max_by_key(|(known, _)| known.len()).map(|(_, domains)| *domains)
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
            ("COMODO CA Limited", "comodoca.com"),
            ("Hellenic Academic and Research Institutions CA", "harica.gr"),
            ("SSL Corporation", "ssl.com"),
        ] {
            assert!(domains_of(organisation).unwrap().contains(&domain), "{organisation}");
        }
        assert_eq!(domains_of("Nobody's CA"), None);
        assert_eq!(domains_of(""), None);
    }
}
