use lr_core::{ErrorKind, Location, Recorder, Text};

use crate::caa::{CaaRecord, Climb, climb, domains_of};
use crate::judge::{Scene, list};
use crate::rules::{CAA, CAA_ISSUER, CAA_VALID};
use crate::snapshot::Role;

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let record = |name: &str| Location::record(name, "CAA");
    match climb(seen, &seen.domain) {
        Climb::Found { .. } => out.pass(&CAA, record(&seen.domain)),
        Climb::Nowhere => {
            let detail =
                format!("neither {} nor any domain above it has a CAA record", seen.domain);
            out.fail(&CAA, record(&seen.domain), detail);
        }
        Climb::Unknown(cause, why) => {
            out.inconclusive(&CAA, record(&seen.domain), cause, Text::new(&why));
        }
    }
    let nobody = !scene.policy.names_issuers();
    if nobody {
        out.not_applicable(&CAA_ISSUER, scene.domain(), "nobody said who is to issue");
    }
    let mut read = Vec::new();
    // An alias brings the records of its target (RFC 8659, section 3), which no certificate for
    // the domain alone would show.
    let names = seen.names.iter().filter(|probed| probed.role != Role::WellKnown);
    for probed in names {
        match climb(seen, &probed.name) {
            Climb::Found { at, records } => {
                if !read.contains(&at) {
                    grammar(&at, &records, out);
                    read.push(at.clone());
                }
                issuers(scene, &probed.name, &at, &records, out);
            }
            Climb::Nowhere => {
                let why = "there is no CAA record";
                out.not_applicable(&CAA_VALID, record(&probed.name), why);
                if !nobody {
                    // Who says nothing allows everybody.
                    out.pass(&CAA_ISSUER, record(&probed.name));
                }
            }
            // Of an alias whose target is elsewhere there may be nothing to be known, and other hosts
            // are asked about only where somebody is to issue.
            Climb::Unknown(ErrorKind::NotDecided, _) if probed.role != Role::Domain => {}
            Climb::Unknown(cause, why) => {
                for rule in [&CAA_VALID, &CAA_ISSUER] {
                    if *rule != CAA_ISSUER || !nobody {
                        out.inconclusive(rule, record(&probed.name), cause, Text::new(&why));
                    }
                }
            }
        }
    }
}

fn grammar(at: &str, records: &[String], out: &mut Recorder<'_>) {
    let place = || Location::record(at, "CAA");
    let wrong: Vec<_> = records
        .iter()
        .filter_map(|record| Some(format!("`{record}`: {}", CaaRecord::read(record).err()?)))
        .collect();
    match wrong.is_empty() {
        true => out.pass(&CAA_VALID, place()),
        false => {
            out.fail(&CAA_VALID, place(), wrong.join("; ")).evidence("records", wrong);
        }
    }
}

/// Whether each expected issuer may issue.
fn issuers(scene: &Scene<'_>, name: &str, at: &str, records: &[String], out: &mut Recorder<'_>) {
    let records: Vec<_> = records.iter().filter_map(|text| CaaRecord::read(text).ok()).collect();
    let policy = scene.policy;
    for wanted in &policy.issuers {
        one(scene, name, at, &records, false, &Wanted::domain(wanted), out);
    }
    let wildcards = policy.wildcard_issuers.iter().filter(|_| name == scene.snapshot.domain);
    for wanted in wildcards {
        one(scene, name, at, &records, true, &Wanted::domain(wanted), out);
    }
    for organisation in &policy.certificate_issuers {
        match domains_of(organisation) {
            Some(domains) => {
                let wanted = Wanted {
                    shown: format!("{organisation}, from whom the certificate in use is,"),
                    instance: organisation.clone(),
                    domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
                };
                one(scene, name, at, &records, false, &wanted, out);
            }
            None => {
                let why = format!("the CAA domains of {organisation} are not known here");
                out.inconclusive(
                    &CAA_ISSUER,
                    Location::record(name, "CAA"),
                    ErrorKind::NotDecided,
                    why,
                );
            }
        }
    }
}

/// Somebody who must be allowed to issue, by one of these domains.
struct Wanted {
    shown: String,
    instance: String,
    domains: Vec<String>,
}

impl Wanted {
    fn domain(text: &str) -> Self {
        let domain = text.trim().trim_end_matches('.').to_ascii_lowercase();
        Self { shown: domain.clone(), instance: domain.clone(), domains: vec![domain] }
    }
}

fn one(
    scene: &Scene<'_>,
    name: &str,
    at: &str,
    records: &[CaaRecord],
    wildcard: bool,
    wanted: &Wanted,
    out: &mut Recorder<'_>,
) {
    let name = if wildcard { format!("*.{name}") } else { name.to_owned() };
    let place = Location::record(name.as_str(), "CAA");
    let of_kind = relevant(records, wildcard);
    let theirs: Vec<_> = of_kind
        .iter()
        .filter(|record| {
            record.issuer().is_some_and(|issuer| wanted.domains.iter().any(|d| d == issuer))
        })
        .collect();
    // Without any such record, everybody may.
    if of_kind.is_empty() || theirs.iter().any(|record| parameters_allow(scene, record)) {
        out.pass(&CAA_ISSUER, place);
        return;
    }
    let allowed: Vec<_> = of_kind.iter().filter_map(|record| record.issuer()).collect();
    let detail = match theirs.first() {
        Some(record) => format!(
            "{} may issue for {name} only as the CAA records of {at} say: {}",
            wanted.shown,
            list(
                &record
                    .parameters
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect::<Vec<_>>()
            )
        ),
        None => format!(
            "{} may not issue for {name}: the CAA records of {at} allow {}",
            wanted.shown,
            if allowed.is_empty() { "nobody".to_owned() } else { list(&allowed) }
        ),
    };
    out.fail(&CAA_ISSUER, place, detail)
        .instance(wanted.instance.as_str())
        .evidence("wanted", wanted.domains.clone())
        .evidence("allowed", allowed.iter().map(|issuer| (*issuer).to_owned()).collect::<Vec<_>>());
}

/// The records that say who may issue: for a wildcard, `issuewild` if there is one (RFC 8659, section
/// 4.3), else `issue`.
fn relevant(records: &[CaaRecord], wildcard: bool) -> Vec<&CaaRecord> {
    let of_tag = |tag: &str| records.iter().filter(|record| record.tag == tag).collect::<Vec<_>>();
    let own = if wildcard { of_tag("issuewild") } else { Vec::new() };
    if own.is_empty() { of_tag("issue") } else { own }
}

/// Whether the account and the way to show control, as far as they are given, are among those that a
/// record allows (RFC 8657).
fn parameters_allow(scene: &Scene<'_>, record: &CaaRecord) -> bool {
    let own = |name: &str| {
        let found = record.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    let account = match (own("accounturi"), &scene.policy.account_uri) {
        (Some(allowed), Some(ours)) => allowed == ours,
        _ => true,
    };
    let method = match (own("validationmethods"), &scene.policy.validation_method) {
        (Some(allowed), Some(ours)) => allowed.split(',').any(|method| method == ours),
        _ => true,
    };
    account && method
}
