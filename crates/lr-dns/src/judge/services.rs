use std::collections::BTreeMap;

use lr_core::{Location, Recorder};

use crate::chain::{Book, End};
use crate::judge::Scene;
use crate::rules::SERVICE_TARGETS;
use crate::status::is_authoritative;

/// The hosts that SRV records name (RFC 2782).
pub(super) fn judge(scene: &Scene<'_>, book: &Book<'_>, out: &mut Recorder<'_>) {
    let targets = targets(scene);
    if targets.is_empty() {
        let why = "no SRV record of a common service was seen";
        out.not_applicable(&SERVICE_TARGETS, scene.domain(), why);
    }
    for (name, hosts) in targets {
        let place = || Location::record(name, "SRV");
        for host in hosts {
            let chain = book.follow(host);
            let detail = if chain.is_alias() {
                format!("{} is an alias", chain.links.join(" -> "))
            } else {
                match chain.end {
                    End::Addresses(_) => {
                        out.pass(&SERVICE_TARGETS, place());
                        continue;
                    }
                    End::Missing => format!("{host} does not exist"),
                    End::NoAddress => format!("{host} has no IPv4 address"),
                    End::Loop => format!("{host} leads in circles"),
                    End::Unknown(cause, why) => {
                        out.inconclusive(&SERVICE_TARGETS, place(), cause, why);
                        continue;
                    }
                }
            };
            out.fail(&SERVICE_TARGETS, place(), format!("{name}: {detail}"))
                .instance(host)
                .evidence("host", host);
        }
    }
}

/// Each service with the hosts that it names; a lone dot says that there is no such service.
pub(super) fn targets<'a>(scene: &Scene<'a>) -> BTreeMap<&'a str, Vec<&'a str>> {
    let servers = scene.snapshot.endpoints().flat_map(|(_, endpoint)| &endpoint.asked);
    let told = servers.filter(|a| a.outcome.as_ref().is_ok_and(is_authoritative));
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for asked in told.chain(&scene.snapshot.resolver).filter(|asked| asked.rtype == "SRV") {
        let Ok(answer) = &asked.outcome else { continue };
        let hosts = answer.data("SRV").filter_map(|data| Some(data.rsplit_once(' ')?.1));
        let hosts: Vec<_> = hosts.filter(|host| !host.is_empty() && *host != ".").collect();
        if !hosts.is_empty() {
            let known = targets.entry(&asked.name).or_default();
            known.extend(hosts);
            known.sort_unstable();
            known.dedup();
        }
    }
    targets
}
