//! Domains by which authorities recognise themselves in CAA records, by the organisation in their
//! issuers' names.
//!
//! The domains are those that SSLMate's CAA Record Helper has from the CCADB
//! (<https://github.com/SSLMate/caa_helper>), the organisations those of certificates in use in 2026.
//! What is from elsewhere says from where.

type Row = (&'static [&'static str], &'static [&'static str]);

const SECTIGO: &[&str] =
    &["sectigo.com", "comodoca.com", "comodo.com", "usertrust.com", "trust-provider.com"];

#[rustfmt::skip]
const AUTHORITIES: &[Row] = &[
    (&["Let's Encrypt"], &["letsencrypt.org"]),
    (&["Google Trust Services", "Google Trust Services LLC"], &["pki.goog"]),
    (
        &["DigiCert Inc", "DigiCert, Inc.", "DigiCert, Inc", "QuoVadis Limited"],
        &[
            "digicert.com", "symantec.com", "geotrust.com", "rapidssl.com", "thawte.com",
            "digitalcertvalidation.com", "quovadisglobal.com",
            // DigiCert's practice statement, section 4.2.1.
            "digicert.ne.jp", "cybertrust.ne.jp", "www.digicert.com", "pkioverheid.nl",
        ],
    ),
    (&["Sectigo Limited", "Sectigo (Europe) SL", "COMODO CA Limited"], SECTIGO),
    // <https://help.zerossl.com/hc/en-us/articles/360060119753-Invalid-CAA-Records>
    (&["ZeroSSL"], SECTIGO),
    (&["Amazon"], &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"]),
    (&["GlobalSign nv-sa"], &["globalsign.com"]),
    (&["GoDaddy.com, Inc.", "Starfield Technologies, Inc."], &["godaddy.com", "starfieldtech.com"]),
    (&["Entrust, Inc.", "Entrust Limited"], &["entrust.net", "affirmtrust.com"]),
    (&["SSL Corporation", "SSL Corp"], &["ssl.com"]),
    (&["Buypass AS-983163327"], &["buypass.com", "buypass.no"]),
    (&["Actalis S.p.A."], &["actalis.it"]),
    (&["Certum", "Asseco Data Systems S.A.", "Unizeto Technologies S.A."], &["certum.pl", "certum.eu"]),
    (&["IdenTrust"], &["identrust.com", "www.identrust.com"]),
    (&["Hellenic Academic and Research Institutions CA"], &["harica.gr"]),
    (&["SwissSign AG"], &["swisssign.com", "swisssign.net", "swisssign.ch"]),
    (&["D-Trust GmbH"], &["dtrust.de", "d-trust.de", "dtrust.net", "d-trust.net"]),
    (&["Atos"], &["atos.net"]),
    (&["Microsec Ltd."], &["e-szigno.hu"]),
    (&["TAIWAN-CA"], &["twca.com.tw"]),
    (&["SECOM Trust Systems Co., Ltd."], &["secomtrust.net"]),
    (&["FNMT-RCM"], &["fnmt.es"]),
    (&["Telia Company AB"], &["telia.com", "telia.fi", "telia.se"]),
    (&["IZENPE S.A."], &["izenpe.com", "izenpe.eus", "izenpe.net", "izenpe.org", "izenpe.es"]),
    (&["CERTSIGN SA"], &["certsign.ro"]),
    (&["NETLOCK Ltd."], &["netlock.hu", "netlock.net", "netlock.eu"]),
    (&["DHIMYOTIS"], &["certigna.fr"]),
    (&["Disig a.s."], &["disig.sk"]),
    (&["Firmaprofesional S.A."], &["firmaprofesional.com"]),
    (&["WISeKey"], &["wisekey.com", "hightrusted.com", "certifyid.com", "oiste.org"]),
    // By a table that cites Microsoft's practice statement 3.3.2, which was not at hand.
    (&["Microsoft Corporation"], &["microsoft.com", "digicert.com"]),
];

/// The domains of an authority; none if it is not known.
pub(super) fn domains_of(organization: &str) -> &'static [&'static str] {
    let found = AUTHORITIES.iter().find(|(names, _)| names.contains(&organization));
    found.map_or(&[], |(_, domains)| domains)
}

/// Whether a domain is one of those in the table.
pub(super) fn is_known(domain: &str) -> bool {
    AUTHORITIES.iter().any(|(_, all)| all.iter().any(|one| one.eq_ignore_ascii_case(domain)))
}
