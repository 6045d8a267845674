mod canonical;
mod chains;
mod cookies;
mod duplicates;
mod endings;
mod families;
mod hops;
mod hsts;
mod hsts_scope;
mod kept;
mod pages;
mod probes;
mod sitemap;
mod tally;
mod upgrade;
mod view;

use lr_core::Recorder;

pub(crate) use self::canonical::{canonical_evidence, canonical_host};
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
    pages::judge(&view, out);
    duplicates::judge(&view, out);
    sitemap::judge(&view, out);
    cookies::judge(&view, out);
    probes::judge(&view, out);
    families::judge(&view, out);
    hsts::judge(&view, policy, out);
    hsts_scope::judge(&view, out);
}
