mod canonical;
mod chains;
mod endings;
mod hops;
mod hsts;
mod kept;
mod tally;
mod upgrade;
mod view;

use lr_core::Recorder;

pub(crate) use self::canonical::canonical_host;
use self::view::View;
use crate::{Policy, Snapshot};

/// Decides every rule of [`RULES`](crate::RULES) from what was seen, asking nobody.
pub fn judge(snapshot: &Snapshot, policy: &Policy, out: &mut Recorder<'_>) {
    let view = View::of(snapshot);
    upgrade::judge(&view, out);
    chains::judge(&view, policy, out);
    hops::judge(&view, out);
    canonical::judge(&view, out);
    endings::judge(&view, out);
    hsts::judge(&view, policy, out);
}
