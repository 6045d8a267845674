//! What a web server says beyond its certificate: protocols, policies, and whom it lets in.

use lr_core::{Confidence, Rule};

use super::answers::{Answers, Fact};
use super::{Bench, names};
use crate::certificate::Certificate;
use crate::config::Service;
use crate::rules::{CLIENT_CERTIFICATE, DEFAULT_CERTIFICATE, HSTS, HTTP2};
use crate::{AddressSeen, Cause, HostSeen, Obstacle, PageSeen, Probe, ProbeSeen};

static RULES: &[&Rule] = &[&CLIENT_CERTIFICATE, &HTTP2, &HSTS, &DEFAULT_CERTIFICATE];

pub(super) fn judge(host: &HostSeen, seen: &AddressSeen, bench: &mut Bench<'_, '_>) {
    let answers = Answers::of(seen);
    if let Some(obstacle) = answers.nothing() {
        return excuse(obstacle, bench);
    }
    let https = Service::of(host.port) == Service::Https;
    client_certificate(&answers, bench);
    match https {
        true => {
            http2(&answers, bench);
            hsts(seen, bench);
        }
        false => {
            let reason = "this port is not for HTTPS";
            [&HTTP2, &HSTS].into_iter().for_each(|rule| bench.not_applicable(rule, reason));
        }
    }
    default_certificate(host, &answers, bench);
}

pub(super) fn excuse(obstacle: &Obstacle, bench: &mut Bench<'_, '_>) {
    for rule in RULES {
        bench.excuse(rule, obstacle);
    }
}

fn client_certificate(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let seen = answers.seen;
    if !answers.asks_client() {
        return bench.pass(&CLIENT_CERTIFICATE);
    }
    let refusal = [&seen.modern, &seen.tls12].into_iter().find_map(|one| one.as_ref().err());
    let refusal = refusal.filter(|obstacle| obstacle.cause == Cause::Alert);
    match (&seen.page, refusal) {
        // 495 and 496 are nginx' own; others say 400 or 403.
        (Some(Ok(page)), _) if matches!(page.status, 400 | 403 | 495 | 496) => {
            let detail = format!(
                "the server asks for a certificate, and answers {} to who has none",
                page.status
            );
            let finding = bench.fail(&CLIENT_CERTIFICATE, detail);
            if page.status == 403 {
                finding.confidence(Confidence::Medium);
            }
        }
        (Some(Ok(_)), _) => bench.pass(&CLIENT_CERTIFICATE),
        (Some(Err(obstacle)), _) | (None, Some(obstacle))
            if matches!(obstacle.cause, Cause::Alert | Cause::Closed | Cause::Reset) =>
        {
            let detail = format!(
                "the server asks for a certificate, and ends the connection of who has none ({})",
                obstacle.message
            );
            bench.fail(&CLIENT_CERTIFICATE, detail);
        }
        (Some(Err(obstacle)), _) => bench.unsure(&CLIENT_CERTIFICATE, obstacle),
        (None, _) if seen.modern.is_ok() => bench.pass(&CLIENT_CERTIFICATE),
        (None, _) => match seen.modern.as_ref().err() {
            Some(obstacle) => bench.unsure(&CLIENT_CERTIFICATE, obstacle),
            None => bench.pass(&CLIENT_CERTIFICATE),
        },
    }
}

fn http2(answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let by_handshake = answers.seen.modern.as_ref().ok().map(|one| one.alpn.as_ref());
    let asked = !answers.seen.probes.is_empty() || answers.seen.page.is_some();
    if !asked && by_handshake == Some(None) {
        return bench.not_applicable(&HTTP2, "the certificate alone was looked at");
    }
    let by_hello = || answers.hello(Probe::Tls12).map(|hello| hello.alpn.as_ref());
    match by_handshake.or_else(by_hello) {
        Some(Some(alpn)) if alpn.as_str() == "h2" => bench.pass(&HTTP2),
        Some(chosen) => {
            let chosen = chosen.map_or("nothing", |alpn| alpn.as_str());
            bench.fail(&HTTP2, format!("of h2 and http/1.1, the server chooses {chosen}"));
        }
        None => bench.not_applicable(&HTTP2, "no version that HTTP/2 needs is spoken"),
    }
}

fn hsts(seen: &AddressSeen, bench: &mut Bench<'_, '_>) {
    match &seen.page {
        None => bench.not_applicable(&HSTS, "no page was asked for"),
        Some(Err(obstacle)) => bench.unsure(&HSTS, obstacle),
        // nginx leaves headers out of errors unless it is told otherwise.
        Some(Ok(PageSeen { status, hsts: None })) if *status >= 400 || *status == 0 => {
            bench.not_applicable(&HSTS, format!("the front page is an error ({status})"));
        }
        Some(Ok(PageSeen { hsts: None, .. })) => {
            bench.fail(&HSTS, "there is no Strict-Transport-Security header");
        }
        Some(Ok(PageSeen { hsts: Some(header), .. })) => match max_age(header.as_str()) {
            Some(0) => {
                bench.fail(&HSTS, "max-age is 0, which tells browsers to forget the policy");
            }
            Some(_) => bench.pass(&HSTS),
            None => {
                bench.fail(
                    &HSTS,
                    format!("the header has no max-age, so it does not count: {header}"),
                );
            }
        },
    }
}

/// RFC 6797, section 6.1: directives in any order and case, values perhaps in quotes.
pub(super) fn max_age(header: &str) -> Option<u64> {
    header.split(';').find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        let value = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("max-age").then(|| value.parse().ok())?
    })
}

fn default_certificate(host: &HostSeen, answers: &Answers<'_>, bench: &mut Bench<'_, '_>) {
    let is_default = |one: &&ProbeSeen| one.probe == Probe::NoName;
    let Some(probe) = answers.seen.probes.iter().find(is_default) else {
        return bench.not_applicable(&DEFAULT_CERTIFICATE, "no hellos of our own were sent");
    };
    match answers.fact(probe.probe) {
        Fact::Yes(hello) => {
            let chain = hello.chain.and_then(|place| answers.seen.chain_at(place));
            let leaf = chain.and_then(|chain| Certificate::read(chain.first()?).ok());
            match leaf {
                Some(leaf) if names::covers(&leaf, &host.host) => bench.pass(&DEFAULT_CERTIFICATE),
                // Then it is that certificate's fault, not the missing name's.
                Some(_) if hello.chain == Some(0) => bench.pass(&DEFAULT_CERTIFICATE),
                Some(leaf) => {
                    let detail =
                        format!("without a server name: {}", names::why_not(&leaf, &host.host));
                    bench.fail(&DEFAULT_CERTIFICATE, detail).evidence("subject", leaf.title());
                }
                None => {
                    let reason = "the certificate sent without a server name is not known";
                    bench.not_applicable(&DEFAULT_CERTIFICATE, reason);
                }
            }
        }
        Fact::Unknown(obstacle) => bench.unsure(&DEFAULT_CERTIFICATE, obstacle),
        _ => {
            let reason = "the server wants a server name, or speaks TLS 1.3 alone";
            bench.not_applicable(&DEFAULT_CERTIFICATE, reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::max_age;

    #[test]
    fn max_age_is_read_in_all_forms() {
        for (header, expected) in [
            ("max-age=63072000; includeSubDomains; preload", Some(63_072_000)),
            ("includeSubDomains ; Max-Age = \"5\"", Some(5)),
            ("max-age=0", Some(0)),
            ("includeSubDomains", None),
            ("max-age=soon", None),
        ] {
            assert_eq!(max_age(header), expected, "{header}");
        }
    }
}
