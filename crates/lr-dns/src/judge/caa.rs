use lr_core::{ErrorKind, Location, Recorder, Text};

use crate::caa::{CaaRecord, Climb, climb};
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
    if scene.policy.issuers.is_empty() {
        out.not_applicable(&CAA_ISSUER, scene.domain(), "nobody said who is to issue");
    }
    let mut read = Vec::new();
    // An alias brings the records of its target (RFC 8659, section 3), which no certificate for
    // the domain alone would show.
    let names = seen.names.iter().filter(|p| matches!(p.role, Role::Domain | Role::Www));
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
                if !scene.policy.issuers.is_empty() {
                    // Who says nothing allows everybody.
                    out.pass(&CAA_ISSUER, record(&probed.name));
                }
            }
            // Of an alias whose target is elsewhere there may be nothing to be known.
            Climb::Unknown(ErrorKind::NotDecided, _) if probed.role == Role::Www => {}
            Climb::Unknown(cause, why) => {
                for rule in [&CAA_VALID, &CAA_ISSUER] {
                    if *rule != CAA_ISSUER || !scene.policy.issuers.is_empty() {
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

/// Whether each expected issuer may issue (RFC 8659, section 4.2): without any `issue` record,
/// everybody may.
fn issuers(scene: &Scene<'_>, name: &str, at: &str, records: &[String], out: &mut Recorder<'_>) {
    let place = || Location::record(name, "CAA");
    let records: Vec<_> = records.iter().filter_map(|text| CaaRecord::read(text).ok()).collect();
    let of_kind: Vec<_> = records.iter().filter(|record| record.tag == "issue").collect();
    let allowed: Vec<_> = of_kind.iter().filter_map(|record| record.issuer()).collect();
    for wanted in &scene.policy.issuers {
        let wanted = wanted.trim().trim_end_matches('.').to_ascii_lowercase();
        if of_kind.is_empty() || allowed.contains(&wanted.as_str()) {
            out.pass(&CAA_ISSUER, place());
            continue;
        }
        let detail = format!(
            "{wanted} may not issue for {name}: the CAA records of {at} allow {}",
            if allowed.is_empty() { "nobody".to_owned() } else { list(&allowed) }
        );
        out.fail(&CAA_ISSUER, place(), detail)
            .instance(wanted.as_str())
            .evidence("wanted", wanted.as_str())
            .evidence(
                "allowed",
                allowed.iter().map(|issuer| (*issuer).to_owned()).collect::<Vec<_>>(),
            );
    }
}
