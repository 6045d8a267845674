//! Whether the CAA records that were handed in let the authority in use issue again.

use lr_core::{Confidence, Text};

use super::authorities::{domains_of, is_known};
use super::{Bench, Seen};
use crate::CaaFact;
use crate::certificate::Certificate;
use crate::rules::CAA_ISSUER;

pub(super) fn judge(seen: &Seen<'_>, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    match &seen.facts.caa {
        None => bench.not_applicable(&CAA_ISSUER, "the CAA records were not handed in"),
        Some(records) => caa(records, leaf, seen, bench),
    }
}

/// RFC 8659, section 4: `issuewild` counts for wildcards if there is one, `issue` for all else.
fn caa(records: &[CaaFact], leaf: &Certificate, seen: &Seen<'_>, bench: &mut Bench<'_, '_>) {
    let of = |tag: &str| -> Vec<&CaaFact> {
        records.iter().filter(|one| one.tag.as_str().eq_ignore_ascii_case(tag)).collect()
    };
    // An authority that does not know what it is told must not issue (RFC 8659, section 4.5).
    if let Some(strange) = records.iter().find(|one| one.critical && !is_known_tag(&one.tag)) {
        let detail =
            format!("the property `{}` is critical, and unknown to authorities", strange.tag);
        bench.fail(&CAA_ISSUER, detail);
        return;
    }
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
    let organization = leaf.issuer_organization.as_ref().map(Text::as_str);
    let nobody = allowed.iter().all(String::is_empty);
    let known = organization.map_or(&[][..], domains_of).iter().copied();
    let own = seen.facts.authority_domains.iter().map(Text::as_str);
    let domains: Vec<&str> = known.chain(own).collect();
    let list = match nobody {
        true => "nobody".to_owned(),
        false => allowed.join(", "),
    };
    let issuer = organization.unwrap_or("an authority without a name");
    if domains.is_empty() && !nobody {
        let reason = format!("it is not known by which domain {issuer} goes in CAA records");
        // A gap in our table, or an authority that issues to its own: no doubt about the site.
        return bench.not_applicable(&CAA_ISSUER, reason);
    }
    let same = |one: &String| domains.iter().any(|domain| one.eq_ignore_ascii_case(domain));
    if allowed.iter().any(same) {
        return bench.pass(&CAA_ISSUER);
    }
    let detail = format!("the certificate is by {issuer}; the records allow {list}");
    // Who stands behind a domain that is not in our table may be the authority in use.
    let strange = allowed.iter().any(|one| !one.is_empty() && !is_known(one));
    let finding = bench.fail(&CAA_ISSUER, detail);
    finding.evidence("allowed", allowed);
    if strange {
        finding.confidence(Confidence::Medium);
    }
}

/// IANA's registry of CAA property tags: RFC 8659, RFC 9495 and the Baseline Requirements.
fn is_known_tag(tag: &Text) -> bool {
    let known =
        ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];
    known.iter().any(|one| tag.as_str().eq_ignore_ascii_case(one))
}

fn is_wildcard(leaf: &Certificate, host: &str) -> bool {
    let exact = leaf.names.dns.iter().any(|name| name.eq_ignore_ascii_case(host));
    !exact && leaf.names.dns.iter().any(|name| name.starts_with("*."))
}
