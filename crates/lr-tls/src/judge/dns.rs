//! The certificate beside what DNS says of it. The records are handed in.

use lr_core::ErrorKind;
use rustls::crypto::aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256;

use super::{Bench, Seen};
use crate::certificate::Certificate;
use crate::rules::{CAA_ISSUER, TLSA};
use crate::{CaaFact, Der, TlsaFact};

/// Domains by which authorities recognise themselves in CAA records, by the organisation in their
/// issuers' names: from the certification practice statements that CCADB lists,
/// <https://www.ccadb.org/resources>.
const AUTHORITIES: &[(&str, &[&str])] = &[
    ("Let's Encrypt", &["letsencrypt.org"]),
    ("Google Trust Services", &["pki.goog"]),
    ("Google Trust Services LLC", &["pki.goog"]),
    (
        "DigiCert Inc",
        &[
            "digicert.com",
            "digicert.ne.jp",
            "rapidssl.com",
            "geotrust.com",
            "thawte.com",
            "symantec.com",
        ],
    ),
    (
        "DigiCert, Inc.",
        &[
            "digicert.com",
            "digicert.ne.jp",
            "rapidssl.com",
            "geotrust.com",
            "thawte.com",
            "symantec.com",
        ],
    ),
    (
        "Sectigo Limited",
        &["sectigo.com", "comodoca.com", "comodo.com", "usertrust.com", "trust-provider.com"],
    ),
    (
        "ZeroSSL",
        &["sectigo.com", "comodoca.com", "comodo.com", "usertrust.com", "trust-provider.com"],
    ),
    ("Amazon", &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"]),
    ("GlobalSign nv-sa", &["globalsign.com"]),
    ("GoDaddy.com, Inc.", &["godaddy.com", "starfieldtech.com"]),
    ("Starfield Technologies, Inc.", &["starfieldtech.com", "godaddy.com"]),
    ("Entrust, Inc.", &["entrust.net", "affirmtrust.com"]),
    ("SSL Corporation", &["ssl.com"]),
    ("SSL Corp", &["ssl.com"]),
    ("Buypass AS-983163327", &["buypass.com", "buypass.no"]),
    ("Actalis S.p.A.", &["actalis.it"]),
    ("Certum", &["certum.pl", "certum.eu"]),
    ("Asseco Data Systems S.A.", &["certum.pl", "certum.eu"]),
    ("Unizeto Technologies S.A.", &["certum.pl", "certum.eu"]),
    ("IdenTrust", &["identrust.com"]),
    ("Microsoft Corporation", &["microsoft.com"]),
    ("QuoVadis Limited", &["quovadisglobal.com", "digicert.com"]),
    ("Hellenic Academic and Research Institutions CA", &["harica.gr"]),
    ("SwissSign AG", &["swisssign.com"]),
];

pub(super) fn judge(seen: &Seen<'_>, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    match &seen.facts.caa {
        None => bench.not_applicable(&CAA_ISSUER, "the CAA records were not handed in"),
        Some(records) => caa(records, leaf, seen, bench),
    }
    match &seen.facts.tlsa {
        None => bench.not_applicable(&TLSA, "the TLSA records were not handed in"),
        Some(records) => tlsa(records, seen.face.chain(), bench),
    }
}

/// RFC 8659, section 4: `issuewild` counts for wildcards if there is one, `issue` for all else.
fn caa(records: &[CaaFact], leaf: &Certificate, seen: &Seen<'_>, bench: &mut Bench<'_, '_>) {
    let of = |tag: &str| -> Vec<&CaaFact> {
        records.iter().filter(|one| one.tag.as_str().eq_ignore_ascii_case(tag)).collect()
    };
    let wild = is_wildcard(leaf, seen.host);
    let relevant = match (wild, of("issuewild"), of("issue")) {
        (true, wild, _) if !wild.is_empty() => wild,
        (_, _, issue) => issue,
    };
    if relevant.is_empty() {
        return bench.pass(&CAA_ISSUER);
    }
    let allowed: Vec<String> = relevant
        .iter()
        .map(|one| one.value.as_str().split(';').next().unwrap_or_default().trim().to_owned())
        .collect();
    let organization = leaf.issuer_organization.as_ref().map(lr_core::Text::as_str);
    let nobody = allowed.iter().all(String::is_empty);
    let known = AUTHORITIES.iter().find(|(name, _)| Some(*name) == organization);
    let known = known.map_or(&[][..], |(_, domains)| domains).iter().copied();
    let own = seen.facts.authority_domains.iter().map(lr_core::Text::as_str);
    let domains: Vec<&str> = known.chain(own).collect();
    let list = match nobody {
        true => "nobody".to_owned(),
        false => allowed.join(", "),
    };
    let issuer = organization.unwrap_or("an authority without a name");
    if domains.is_empty() && !nobody {
        let reason = format!("it is not known by which domain {issuer} goes in CAA records");
        return bench.inconclusive(&CAA_ISSUER, ErrorKind::NotDecided, reason);
    }
    let same = |one: &String| domains.iter().any(|domain| one.eq_ignore_ascii_case(domain));
    if allowed.iter().any(same) {
        return bench.pass(&CAA_ISSUER);
    }
    let detail = format!("the certificate is by {issuer}; the records allow {list}");
    bench.fail(&CAA_ISSUER, detail).evidence("allowed", allowed);
}

fn is_wildcard(leaf: &Certificate, host: &str) -> bool {
    let exact = leaf.names.dns.iter().any(|name| name.eq_ignore_ascii_case(host));
    !exact && leaf.names.dns.iter().any(|name| name.starts_with("*."))
}

/// RFC 6698, section 2.1; RFC 7671, section 5.
fn tlsa(records: &[TlsaFact], chain: &[Der], bench: &mut Bench<'_, '_>) {
    if records.is_empty() {
        return bench.not_applicable(&TLSA, "there are none");
    }
    let mut uncertain = false;
    for record in records {
        let end_entity = matches!(record.usage, 1 | 3);
        let candidates = match end_entity {
            true => chain.get(..1).unwrap_or_default(),
            false => chain.get(1..).unwrap_or_default(),
        };
        for der in candidates.iter().take(20) {
            match matches(record, der) {
                Some(true) => return bench.pass(&TLSA),
                Some(false) => {}
                None => uncertain = true,
            }
        }
        // The anchor itself need not be sent.
        uncertain |= record.usage == 0;
    }
    if uncertain {
        let reason = "a record cannot be compared: by SHA-512, or with a root that is not sent";
        return bench.inconclusive(&TLSA, ErrorKind::NotDecided, reason);
    }
    let list: Vec<_> = records
        .iter()
        .take(10)
        .map(|one| format!("{} {} {} {}", one.usage, one.selector, one.matching, one.data))
        .collect();
    let finding = bench.fail(&TLSA, format!("none of {} records", records.len()));
    finding.evidence("records", list);
    if let Some(key) = chain.first().and_then(|der| Certificate::read(der).ok()) {
        let wanted = Der::from(sha256(&key.key_info));
        finding.fix(format!("publish `3 1 1 {wanted}`, the key that is served now"));
    }
}

/// Whether a record is of a certificate; `None` if that cannot be told.
fn matches(record: &TlsaFact, der: &Der) -> Option<bool> {
    let data = match record.selector {
        0 => der.as_bytes().to_vec(),
        1 => Certificate::read(der).ok()?.key_info,
        _ => return Some(false),
    };
    match record.matching {
        0 => Some(record.data.as_bytes() == data),
        1 => Some(record.data.as_bytes() == sha256(&data)),
        2 => None,
        _ => Some(false),
    }
}

pub(super) fn sha256(data: &[u8]) -> Vec<u8> {
    let suite = TLS13_AES_128_GCM_SHA256.tls13().map(|suite| suite.common.hash_provider);
    suite.map(|hash| hash.hash(data).as_ref().to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1.
    #[test]
    fn the_hash_is_the_standard_one() {
        let hash = Der::from(sha256(b"abc")).to_string();
        assert!(hash.starts_with("ba7816bf8f01cfea414140de5dae2223"));
    }
}
