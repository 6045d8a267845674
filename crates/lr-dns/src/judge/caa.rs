use lr_core::{ErrorKind, Location, Recorder, Text};

use crate::caa::{Climb, climb};
use crate::judge::Scene;
use crate::rules::CAA;
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
    // An alias brings the records of its target (RFC 8659, section 3), which no certificate for
    // the domain alone would show.
    for probed in seen.names.iter().filter(|probed| probed.role == Role::Www) {
        match climb(seen, &probed.name) {
            Climb::Found { at, .. } if at == probed.name => out.pass(&CAA, record(&probed.name)),
            Climb::Unknown(cause, why) if cause != ErrorKind::NotDecided => {
                out.inconclusive(&CAA, record(&probed.name), cause, Text::new(&why));
            }
            _ => {}
        }
    }
}
