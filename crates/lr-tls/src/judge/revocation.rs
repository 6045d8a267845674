//! Revocation: the stapled response, the list of the authority, and whether there is either.
//!
//! Authorities need not offer OCSP any more, and browsers do not ask for it, so its absence is no
//! finding (CA/B ballot SC-063). A staple that is there must be right, though.

use lr_core::{ErrorKind, Severity, Timestamp};

use super::chain::ChainVerdict;
use super::{Bench, Seen};
use crate::Cause;
use crate::certificate::Certificate;
use crate::crl::{OTHER_ISSUER, UNKNOWN_ISSUER};
use crate::ocsp::{self, Status};
use crate::rules::{MUST_STAPLE, NOT_REVOKED, REVOCABLE, STAPLE};

pub(super) fn judge(
    seen: &Seen<'_>,
    leaf: &Certificate,
    trust: ChainVerdict,
    bench: &mut Bench<'_, '_>,
) {
    staple(seen, leaf, bench);
    list(seen, leaf, bench);
    source(leaf, trust, bench);
}

fn staple(seen: &Seen<'_>, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    let staple = seen.face.staple();
    match (leaf.must_staple, staple) {
        (false, _) => bench.not_applicable(&MUST_STAPLE, "the certificate demands none"),
        (true, Some(_)) => bench.pass(&MUST_STAPLE),
        (true, None) if !seen.face.was_staple_wanted() => {
            let reason = "no handshake in which a staple could come was answered";
            bench.inconclusive(&MUST_STAPLE, ErrorKind::Protocol, reason);
        }
        (true, None) => {
            let detail = match leaf.ocsp_urls.is_empty() {
                true => "there is none, and the certificate names no responder to get one from",
                false => "there is none",
            };
            bench.fail(&MUST_STAPLE, detail);
        }
    }
    let Some(staple) = staple else {
        return bench.not_applicable(&STAPLE, "none was sent, and none must be");
    };
    let known: Vec<_> =
        seen.face.chain().iter().chain(seen.lookups.certificates()).cloned().collect();
    match ocsp::read(staple, &known) {
        Err(why) => {
            bench.fail(&STAPLE, format!("it is of no use: {why}"));
        }
        Ok(response) => {
            if let Some((detail, severity)) = flaw(&response, seen.now) {
                bench.fail_as(&STAPLE, severity, detail);
            } else {
                bench.pass(&STAPLE);
            }
        }
    }
}

fn flaw(response: &ocsp::Response, now: Timestamp) -> Option<(String, Severity)> {
    let over = response.next_update.filter(|next| *next < now);
    match (response.status, response.flaw) {
        (_, Some(flaw)) => Some((flaw.to_owned(), Severity::High)),
        (Status::Revoked(at), None) => {
            let at = at.map_or_else(String::new, |at| format!(" since {at}"));
            Some((format!("it says that the certificate is revoked{at}"), Severity::Critical))
        }
        (Status::Unknown, None) => {
            Some(("it says that the certificate is not known".into(), Severity::High))
        }
        (Status::Good, None) if response.this_update.unix() > now.unix() + 300 => {
            Some((format!("it begins at {}", response.this_update), Severity::High))
        }
        (Status::Good, None) => over.map(|next| (format!("it ended at {next}"), Severity::High)),
    }
}

fn list(seen: &Seen<'_>, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    let about: Vec<_> = seen.lookups.crls.iter().filter(|crl| crl.serial == leaf.serial).collect();
    if about.is_empty() {
        return bench.not_applicable(&NOT_REVOKED, "no revocation list was read");
    }
    for crl in about {
        match &crl.result {
            Err(obstacle) if obstacle.cause == Cause::TooLarge => {
                let reason = format!("the list was not read: {}", obstacle.message);
                bench.not_applicable(&NOT_REVOKED, reason);
            }
            Err(obstacle) => bench.unsure(&NOT_REVOKED, obstacle),
            Ok(facts) => match (&facts.flaw, facts.revoked) {
                (Some(flaw), _) if matches!(flaw.as_str(), OTHER_ISSUER | UNKNOWN_ISSUER) => {
                    bench.not_applicable(&NOT_REVOKED, format!("{}: {flaw}", crl.url));
                }
                (Some(flaw), _) => {
                    let detail =
                        format!("the revocation list at {} does not count: {flaw}", crl.url);
                    bench.fail_as(&NOT_REVOKED, Severity::Medium, detail);
                }
                (None, Some(at)) => {
                    let detail = format!("it is on the list at {}, since {at}", crl.url);
                    bench.fail(&NOT_REVOKED, detail).evidence("serial", leaf.serial.clone());
                }
                (None, None) => match facts.next_update {
                    Some(next) if next < seen.now => {
                        let reason = format!("the list at {} ended at {next}", crl.url);
                        bench.inconclusive(&NOT_REVOKED, ErrorKind::Protocol, reason);
                    }
                    _ => bench.pass(&NOT_REVOKED),
                },
            },
        }
    }
}

/// Baseline Requirements, section 7.1.2.11.2: needed unless the certificate is short-lived, which
/// since 2026-03-15 is seven days (section 1.6.1).
fn source(leaf: &Certificate, trust: ChainVerdict, bench: &mut Bench<'_, '_>) {
    const SHORT_MS: i64 = 10 * 86_400_000;
    if trust != ChainVerdict::Trusted {
        return bench.not_applicable(&REVOCABLE, "this is for public authorities");
    }
    if leaf.lifetime_ms() <= SHORT_MS {
        return bench.not_applicable(&REVOCABLE, "the certificate lives too short to be revoked");
    }
    match leaf.crl_urls.is_empty() && leaf.ocsp_urls.is_empty() {
        false => bench.pass(&REVOCABLE),
        true => {
            bench.fail(&REVOCABLE, "it names neither a revocation list nor an OCSP responder");
        }
    }
}
