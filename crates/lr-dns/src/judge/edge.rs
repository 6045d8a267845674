//! Proxies in front of a site, and ways around them.

use std::net::IpAddr;

use lr_core::{Confidence, Location, Recorder, Severity};
use lr_net::AddressClass;

use crate::chain::Chain;
use crate::judge::{Scene, list};
use crate::provider::{self, Provider, is_cloudflare};
use crate::rules::EDGE;
use crate::snapshot::Role;
use crate::status::is_authoritative;

/// Labels that people give to the machine behind the proxy.
const ORIGINS: [&str; 6] = ["direct", "origin", "mail", "ftp", "cpanel", "webmail"];

/// Who serves the name at the end of a chain.
pub(crate) fn provider_of(chain: &Chain) -> Option<&'static Provider> {
    let by_alias = chain.links.iter().skip(1).rev().find_map(|link| provider::by_name(link));
    by_alias.or_else(|| {
        let mut found = chain.addresses().iter().map(|ip| provider::by_address(*ip));
        let first = found.next()??;
        found.all(|other| other.is_some_and(|other| other.name == first.name)).then_some(first)
    })
}

/// How the name stands to Cloudflare's proxy: `proxied`, `mixed`, or nothing.
pub(crate) fn edge_of(chain: &Chain) -> Option<&'static str> {
    let addresses = chain.addresses();
    let inside = addresses.iter().filter(|ip| is_cloudflare(**ip)).count();
    match inside {
        0 => None,
        count if count == addresses.len() => Some("cloudflare-proxied"),
        _ => Some("cloudflare-mixed"),
    }
}

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let site = scene.snapshot.names.iter().filter(|p| matches!(p.role, Role::Domain | Role::Www));
    let protected = site
        .filter_map(|probed| scene.chains.get(probed.name.as_str()))
        .any(|chain| edge_of(chain) == Some("cloudflare-proxied"));
    if protected {
        by_spf(scene, out);
    }
    for (name, chain) in &scene.chains {
        let place = Location::host(*name);
        let outside: Vec<String> = chain
            .addresses()
            .iter()
            .filter(|ip| !is_cloudflare(**ip) && AddressClass::of(**ip).is_public())
            .map(IpAddr::to_string)
            .collect();
        let label = name.split('.').next().unwrap_or_default();
        if chain.addresses().is_empty() {
            out.not_applicable(&EDGE, place, format!("{name} does not resolve"));
        } else if edge_of(chain) == Some("cloudflare-mixed") && !outside.is_empty() {
            let detail =
                format!("{name} leads to Cloudflare's proxy and to {} beside it", list(&outside));
            out.fail(&EDGE, place, detail).evidence("outside", outside);
        } else if protected
            && ORIGINS.contains(&label)
            && !outside.is_empty()
            && provider_of(chain).is_none()
        {
            let detail = format!("the site is proxied, and {name} shows {}", list(&outside));
            out.fail(&EDGE, place, detail)
                .evidence("outside", outside)
                .severity(Severity::Low)
                .confidence(Confidence::Low);
        } else {
            out.pass(&EDGE, place);
        }
    }
}

/// The hosts that SPF names one by one, when the site is proxied: often the machine behind it. Whole
/// networks say nothing about a machine (RFC 7208, section 5.6).
fn by_spf(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    let seen = scene.snapshot;
    let told = seen.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let told = told.filter(|asked| asked.name == seen.domain && asked.rtype == "TXT");
    let answers = told.filter_map(|asked| asked.outcome.as_ref().ok());
    let texts = answers.filter(|answer| is_authoritative(answer)).flat_map(|a| a.data("TXT"));
    let place = || Location::record(seen.domain.as_str(), "TXT");
    for text in texts {
        let text = text.trim_matches('"').to_ascii_lowercase();
        let Some(terms) = text.strip_prefix("v=spf1 ") else { continue };
        let single: Vec<String> = terms
            .split_ascii_whitespace()
            .filter_map(|term| {
                let term = term.trim_start_matches('+');
                let address = term.strip_prefix("ip4:").or_else(|| term.strip_prefix("ip6:"))?;
                let whole = address.strip_suffix("/32").or_else(|| address.strip_suffix("/128"));
                let address: IpAddr = whole.unwrap_or(address).parse().ok()?;
                let hidden = !is_cloudflare(address) && AddressClass::of(address).is_public();
                hidden.then(|| address.to_string())
            })
            .collect();
        if single.is_empty() {
            out.pass(&EDGE, place());
            continue;
        }
        let detail = format!("the site is proxied, and its SPF record shows {}", list(&single));
        out.fail(&EDGE, place(), detail)
            .evidence("outside", single)
            .severity(Severity::Low)
            .confidence(Confidence::Low);
    }
}
