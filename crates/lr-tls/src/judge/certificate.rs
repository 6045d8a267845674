//! What is sent as a chain: whether it can be read, is for the host, is made for servers, leads to a
//! trusted root and is in order.

use data_encoding::BASE64;
use lr_core::{ErrorKind, Severity, Timestamp};

use super::chain::{ChainVerdict, Trust, examine};
use super::{
    Bench, CERTIFICATE_RULES, Seen, caa, dates, form, keys, logs, names, profile, read, renewal,
    revocation, strength, tlsa,
};
use crate::certificate::{Certificate, Key};
use crate::rules::{
    CHAIN_COMPLETE, CHAIN_CURRENT, CHAIN_LEAN, CHAIN_ORDER, CHAIN_TRUSTED, KEY_PROOF, NAME,
    PURPOSE, READABLE,
};
use crate::{Der, Lookups, Proof, Roots};

pub(super) fn judge(seen: &Seen<'_>, roots: &Roots, bench: &mut Bench<'_, '_>) {
    let chain = seen.face.chain();
    let Some(end_entity) = chain.first() else { return };
    let leaf = match Certificate::read(end_entity) {
        Ok(leaf) => leaf,
        Err(reason) => return unreadable(reason.as_str(), bench),
    };
    bench.pass(&READABLE);
    let certificates = read(chain);
    let (trust, append) = complete(chain, &certificates, seen.lookups, roots, seen.now);

    host_name(&leaf, seen.host, bench);
    purpose(&leaf, bench);
    trusted(&leaf, &certificates, &trust, &append, bench);
    order(chain, &certificates, bench);
    lean(&certificates, chain, &trust, seen, bench);
    key_proof(seen, &leaf, bench);
    dates::judge(&leaf, trust.verdict, seen.policy, seen.now, bench);
    strength::judge(&certificates, &trust.path, seen.policy, bench);
    form::judge(seen, &trust.path, trust.verdict, roots, bench);
    keys::judge(&certificates, &trust.path, seen.moduli, bench);
    logs::judge(&leaf, seen.face.timestamps(), trust.verdict, bench);
    revocation::judge(seen, &leaf, trust.verdict, bench);
    renewal::judge(seen, &leaf, bench);
    caa::judge(seen, &leaf, bench);
    tlsa::judge(seen, roots, bench);
    profile::certificate(seen, &leaf, bench);
}

/// Where the chain leads; and if only with certificates that were fetched, which those are.
pub(crate) fn complete(
    chain: &[Der],
    certificates: &[Option<Certificate>],
    lookups: &Lookups,
    roots: &Roots,
    now: Timestamp,
) -> (Trust, Vec<Der>) {
    let trust = examine(chain, certificates, roots, now);
    let lacking =
        matches!(trust.verdict, ChainVerdict::MissingIntermediate | ChainVerdict::UnknownRoot);
    let fetched: Vec<_> = lookups.certificates().cloned().collect();
    if !lacking || fetched.is_empty() {
        return (trust, Vec::new());
    }
    // What was fetched comes first: of many certificates sent, only the first few are read.
    let mut whole = chain.get(..1).unwrap_or_default().to_vec();
    whole.extend(fetched.iter().cloned());
    whole.extend(chain.iter().skip(1).cloned());
    let repaired = examine(&whole, &read(&whole), roots, now);
    match repaired.verdict {
        ChainVerdict::Trusted | ChainVerdict::TrustedOwnRoot => {
            let used = repaired.path.iter().filter_map(|place| whole.get(*place));
            let append: Vec<_> = used.filter(|der| !chain.contains(der)).cloned().collect();
            let names: Vec<_> =
                append.iter().filter_map(|der| Certificate::read(der).ok()).collect();
            let names: Vec<_> = names.iter().map(|one| one.title().to_string()).collect();
            let detail = format!("{} is not sent", names.join(", "));
            (Trust { verdict: ChainVerdict::MissingIntermediate, detail, ..trust }, append)
        }
        _ => (trust, Vec::new()),
    }
}

fn unreadable(reason: &str, bench: &mut Bench<'_, '_>) {
    bench.fail(&READABLE, format!("the end entity's certificate: {reason}"));
    for rule in CERTIFICATE_RULES.iter().filter(|rule| rule.id != READABLE.id) {
        bench.not_applicable(rule, "the certificate cannot be read");
    }
}

fn host_name(leaf: &Certificate, host: &str, bench: &mut Bench<'_, '_>) {
    if names::covers(leaf, host) {
        return bench.pass(&NAME);
    }
    bench.fail(&NAME, format!("not for {host}: {}", names::why_not(leaf, host))).evidence(
        "names",
        leaf.names.shown(20).iter().map(lr_core::Text::as_str).collect::<Vec<_>>(),
    );
}

fn purpose(leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    match leaf.purposes {
        Some(purposes) if !purposes.server => {
            bench.fail(&PURPOSE, "its extended key usage lacks serverAuth");
        }
        _ => bench.pass(&PURPOSE),
    }
}

/// The rules on where the chain leads: exactly one of them names the cause.
fn trusted(
    leaf: &Certificate,
    certificates: &[Option<Certificate>],
    trust: &Trust,
    append: &[Der],
    bench: &mut Bench<'_, '_>,
) {
    let at = |place: &usize| certificates.get(*place).and_then(Option::as_ref);
    let outdated: Vec<_> = trust.outdated.iter().filter_map(at).collect();
    let detail = trust.detail.as_str();
    match trust.verdict {
        ChainVerdict::Trusted | ChainVerdict::TrustedOwnRoot => {
            bench.pass(&CHAIN_TRUSTED);
            bench.pass(&CHAIN_COMPLETE);
            return bench.pass(&CHAIN_CURRENT);
        }
        ChainVerdict::MissingIntermediate => {
            let finding = bench.fail(&CHAIN_COMPLETE, detail);
            finding.evidence("issuer", leaf.issuer.clone());
            if !append.is_empty() {
                let lines = append.iter().map(pem).collect::<String>();
                finding.evidence("append", lines.lines().collect::<Vec<_>>());
                finding.fix("append the lines of `append` in the evidence to the certificate that is served");
            } else if let Some(url) = leaf.issuer_urls.first() {
                finding.evidence("issuer-url", url.clone());
                let fix = format!("append the issuer's certificate, from {url}, to the one served");
                finding.fix(fix);
            }
            let reason = "the chain cannot be followed to its root: see tls/chain-complete";
            bench.not_applicable(&CHAIN_TRUSTED, reason);
        }
        ChainVerdict::OutdatedIntermediate => {
            bench.pass(&CHAIN_COMPLETE);
            let reason = "an intermediate is out of date: see tls/chain-current";
            bench.not_applicable(&CHAIN_TRUSTED, reason);
        }
        verdict => {
            let cause = match verdict {
                ChainVerdict::SelfSigned => "self-signed",
                ChainVerdict::UnknownRoot if is_private(certificates, trust) => "private-root",
                ChainVerdict::UnknownRoot => "unknown-root",
                _ => "invalid",
            };
            bench.pass(&CHAIN_COMPLETE);
            bench.fail(&CHAIN_TRUSTED, detail).evidence("cause", cause);
        }
    }
    match (outdated.as_slice(), trust.verdict) {
        ([], ChainVerdict::OutdatedIntermediate) => {
            bench.fail(&CHAIN_CURRENT, detail);
        }
        ([], _) => bench.pass(&CHAIN_CURRENT),
        (outdated, _) => {
            let list: Vec<_> = outdated
                .iter()
                .map(|one| format!("{} ({} to {})", one.title(), one.not_before, one.not_after))
                .collect();
            bench.fail(&CHAIN_CURRENT, format!("out of date: {}", list.join(", ")));
        }
    }
}

/// Whether the path ends at a root that was sent: one of somebody's own, most likely.
fn is_private(certificates: &[Option<Certificate>], trust: &Trust) -> bool {
    let top = trust.path.last().and_then(|place| certificates.get(*place)?.as_ref());
    top.is_some_and(Certificate::is_self_issued)
}

/// RFC 7468, section 5.
pub(crate) fn pem(der: &Der) -> String {
    let text = BASE64.encode(der.as_bytes());
    let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
    let body = lines.collect::<Vec<_>>().join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

/// Certificates that no client needs: roots, and expired ones beside a valid path.
fn lean(
    certificates: &[Option<Certificate>],
    chain: &[Der],
    trust: &Trust,
    seen: &Seen<'_>,
    bench: &mut Bench<'_, '_>,
) {
    let trusted = matches!(trust.verdict, ChainVerdict::Trusted | ChainVerdict::TrustedOwnRoot);
    let mut needless = Vec::new();
    let mut expired = false;
    for (place, one) in certificates.iter().enumerate().skip(1).take(20) {
        let Some(one) = one else { continue };
        if chain[..place].contains(&chain[place]) {
            continue;
        }
        let used = trust.path.contains(&place);
        if one.is_self_issued() && one.is_ca {
            needless.push(format!("{} is a root", one.title()));
        } else if trusted && !used && one.is_over_at(seen.now) {
            expired = true;
            needless.push(format!("{} ended at {}", one.title(), one.not_after));
        }
    }
    match needless.is_empty() {
        true => bench.pass(&CHAIN_LEAN),
        false => {
            let severity = if expired { Severity::Low } else { CHAIN_LEAN.severity };
            bench.fail_as(&CHAIN_LEAN, severity, needless.join("; "));
        }
    }
}

/// Every certificate but the first must have issued an earlier one. Several for one issuer
/// (cross-signs) are in order.
fn order(chain: &[Der], certificates: &[Option<Certificate>], bench: &mut Bench<'_, '_>) {
    let issued = |certificate: &Certificate, before: &[Option<Certificate>]| {
        before.iter().flatten().any(|earlier| earlier.names_issuer(certificate))
    };
    let mut wrong = Vec::new();
    for (place, certificate) in certificates.iter().enumerate().skip(1).take(20) {
        let number = place + 1;
        let Some(certificate) = certificate else {
            wrong.push(format!("certificate {number} cannot be read"));
            continue;
        };
        let title = certificate.title();
        let before = &certificates[..place];
        let twice = chain[..place].contains(&chain[place]);
        if twice {
            wrong.push(format!("certificate {number} ({title}) is sent twice"));
        } else if !issued(certificate, before) {
            let later =
                issued(certificate, &certificates[place..]) && !certificate.is_self_issued();
            let how =
                if later { "comes before the one it issued" } else { "issued none of the others" };
            wrong.push(format!("certificate {number} ({title}) {how}"));
        }
    }
    match wrong.is_empty() {
        true => bench.pass(&CHAIN_ORDER),
        false => {
            bench.fail(&CHAIN_ORDER, wrong.join("; "));
        }
    }
}

fn key_proof(seen: &Seen<'_>, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    if !seen.face.is_first() {
        let reason = "no handshake was made with this certificate";
        return bench.not_applicable(&KEY_PROOF, reason);
    }
    let handshakes =
        seen.face.addresses.iter().flat_map(|address| [&address.modern, &address.tls12]);
    let proofs: Vec<_> = handshakes.flatten().map(|handshake| &handshake.proof).collect();
    let too_weak = matches!(leaf.key, Key::Rsa(bits) if bits < 2048);
    match proofs.iter().find(|proof| ***proof != Proof::Valid) {
        None if proofs.is_empty() => {
            bench.inconclusive(&KEY_PROOF, ErrorKind::Protocol, "no handshake came to its end");
        }
        None => bench.pass(&KEY_PROOF),
        Some(_) if too_weak => {
            bench.not_applicable(&KEY_PROOF, format!("signatures by {} are not checked", leaf.key));
        }
        Some(Proof::Unchecked(reason)) => {
            bench.inconclusive(&KEY_PROOF, ErrorKind::Protocol, reason.clone());
        }
        Some(_) => {
            bench.fail(
                &KEY_PROOF,
                "the signature over the handshake is not by the certificate's key",
            );
        }
    }
}
