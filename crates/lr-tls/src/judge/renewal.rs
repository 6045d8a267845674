//! How the certificate is renewed, as far as that shows from outside.

use lr_core::{Severity, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Bench, Seen};
use crate::certificate::Certificate;
use crate::rules::RENEWAL;
use crate::{Lookups, Policy};

/// How a certificate seems to be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Renewal {
    /// By a program: the authority speaks ACME or the lifetime is that of ACME, and it is not late.
    Automated,
    /// By hand, it seems: it lives long, and the authority is not known for ACME.
    ProbablyManual,
    /// It should have been renewed by now.
    Overdue,
}

/// Organisations whose public certificates are issued by ACME alone or mostly. Let's Encrypt and
/// Google run ACME servers by the implementations that draft-ietf-acme-ari-08 lists; the others are
/// remembered and not checked. One too many or too few changes a hint of severity info.
const ACME: &[&str] = &[
    "Let's Encrypt",
    "Google Trust Services",
    "ZeroSSL",
    "Buypass AS-983163327",
    "SSL Corporation",
    "Actalis S.p.A.",
    "Cloudflare, Inc.",
];

/// Lifetime up to which hardly anybody renews by hand.
const SHORT_DAYS: i64 = 100;
const DAY_MS: i64 = 86_400_000;

/// 2027-03-15, when public certificates begin to live 100 days at most (ballot SC-081v3).
const HUNDRED_DAYS_FROM: i64 = 1_805_068_800;

/// The verdict and why.
pub(crate) fn verdict(
    leaf: &Certificate,
    lookups: &Lookups,
    policy: &Policy,
    now: Timestamp,
) -> (Renewal, String) {
    let window = lookups.renewals.iter().find(|one| one.serial == leaf.serial);
    let window = window.and_then(|one| one.result.as_ref().ok());
    if let Some(window) = window.filter(|window| window.end < now) {
        let what = format!("the authority wanted it renewed by {}", window.end);
        return (Renewal::Overdue, what);
    }
    let (lifetime, left) = (leaf.lifetime_ms(), leaf.not_after.unix_ms() - now.unix_ms());
    if left < policy.renew.of(lifetime) {
        return (Renewal::Overdue, format!("it ends at {}", leaf.not_after));
    }
    let organization = leaf.issuer_organization.as_ref().map(lr_core::Text::as_str);
    if let Some(known) = ACME.iter().find(|known| organization == Some(known)) {
        return (Renewal::Automated, format!("{known} issues by ACME"));
    }
    let days = lifetime / DAY_MS;
    if days <= SHORT_DAYS {
        return (Renewal::Automated, format!("it lives {days} days"));
    }
    let issuer = organization.unwrap_or("its issuer");
    (Renewal::ProbablyManual, format!("it lives {days} days, and {issuer} is not known for ACME"))
}

pub(super) fn judge(seen: &Seen<'_>, leaf: &Certificate, bench: &mut Bench<'_, '_>) {
    if !leaf.is_valid_at(seen.now) || leaf.is_self_issued() {
        return bench.not_applicable(&RENEWAL, "the certificate needs replacing, not renewing");
    }
    let (verdict, why) = verdict(leaf, seen.lookups, seen.policy, seen.now);
    let late =
        leaf.not_after.unix_ms() - seen.now.unix_ms() < seen.policy.renew.of(leaf.lifetime_ms());
    match verdict {
        Renewal::Automated => bench.pass(&RENEWAL),
        Renewal::Overdue if late => {
            bench.not_applicable(&RENEWAL, "it is about to expire: see tls/renewed-in-time");
        }
        Renewal::Overdue => {
            bench.fail(&RENEWAL, format!("overdue: {why}")).evidence("renewal", "overdue");
        }
        Renewal::ProbablyManual => {
            let next = match leaf.not_after.unix() >= HUNDRED_DAYS_FROM {
                true => "; the next one, from 2027-03-15, may live 100 days at most",
                false => "",
            };
            let detail = format!("probably by hand: {why}{next}");
            let finding = bench.fail_as(&RENEWAL, Severity::Info, detail);
            finding.evidence("renewal", "probably-manual");
        }
    }
}
