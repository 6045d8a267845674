//! Zones below, in which names of the launch lie.

use lr_core::{ErrorKind, Location, Recorder, Severity};
use lr_net::FailureReason;

use crate::judge::{Scene, list};
use crate::rules::ZONES_BELOW;
use crate::snapshot::{NameServer, Role, ZoneBelow};
use crate::status::{Status, is_at_or_below, status_from_here};

pub(super) fn judge(scene: &Scene<'_>, out: &mut Recorder<'_>) {
    if scene.snapshot.zones_below.is_empty() {
        let why = "no name that was looked at lies in a zone below";
        out.not_applicable(&ZONES_BELOW, scene.domain(), why);
    }
    for below in &scene.snapshot.zones_below {
        one(scene, below, out);
    }
}

fn one(scene: &Scene<'_>, below: &ZoneBelow, out: &mut Recorder<'_>) {
    let zone = below.name.as_str();
    let place = Location::record(zone, "NS");
    let (mut bad, mut unknown, mut good) = (Vec::new(), None, false);
    for server in &below.servers {
        if let Some(how) = without_address(server) {
            bad.push(how);
        }
        for endpoint in &server.endpoints {
            match status_from_here(endpoint, zone, scene.families) {
                Status::Authoritative => good = true,
                Status::Lame { how } | Status::Dead { how } => {
                    bad.push(format!("{} ({}): {how}", server.name, endpoint.address));
                }
                Status::Unknown { cause, why } => unknown = Some((cause, why)),
            }
        }
    }
    if bad.is_empty() {
        match unknown.filter(|_| !good) {
            Some((cause, why)) => out.inconclusive(&ZONES_BELOW, place, cause, why),
            None if good => out.pass(&ZONES_BELOW, place),
            None => {
                let why = format!("no server of {zone} could be asked");
                out.inconclusive(&ZONES_BELOW, place, ErrorKind::NotDecided, why);
            }
        }
        return;
    }
    let inside = |role| {
        let mut names = scene.snapshot.names.iter().filter(|probed| probed.role == role);
        names.any(|probed| is_at_or_below(&probed.name, zone))
    };
    let detail = format!("{zone} is delegated, and not served by {}", list(&bad));
    let finding = out.fail(&ZONES_BELOW, place, detail).evidence("servers", bad);
    if good {
        finding.severity(Severity::Low);
    } else if inside(Role::Given) || inside(Role::Www) {
        finding.severity(Severity::High);
    }
}

fn without_address(server: &NameServer) -> Option<String> {
    let failure = server.resolved.as_ref().err().filter(|_| server.endpoints.is_empty())?;
    let none = matches!(failure.reason, FailureReason::NoSuchName | FailureReason::NoAddress);
    none.then(|| format!("{}, which has no address", server.name))
}
